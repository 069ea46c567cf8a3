"""
Attachments on a terminal: pages of a file as pictures, saving it on a phone, printing it on A4.

The browser of a kiosk never gets the file itself: no plugin, no download, no foreign script.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk import blobs
from kiosk.blobs import Blobs
from kiosk.catalogue.attachments import page_images, store
from kiosk.catalogue.attachments.content import FileNotRead, Picture, can_draw
from kiosk.catalogue.records import attachment as attachments
from kiosk.catalogue.records import documents, listings
from kiosk.catalogue.records.attachment import Attachment
from kiosk.catalogue.records.documents import Document
from kiosk.catalogue.records.kinds import READING_PLACES
from kiosk.clock import today
from kiosk.errors import StoreUnready
from kiosk.web import context, paper_orders
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language
from kiosk.web.paper_orders import PaperChoice
from printers.paper.document import KeyValue, Para, Slip
from printers.spooler import spool

Page = str | tuple[str, int] | BaseResponse
PAPER = "attachment"
MOST_PLACES = 200
FILE_POLICY = "default-src 'none'; sandbox"
"""Content security policy of a file that a browser shows instead of saving: it may do nothing."""


@dataclass(frozen=True)
class AttachmentRow:
    """One attachment in a list: its state on this machine, and the address it opens."""

    item: Attachment
    is_here: bool
    href: str
    picture: str = ""
    """Address of its picture if it is one and is here: pages show it beside their text."""


@dataclass(frozen=True)
class ReadingPlace:
    """A reading place with printed copies."""

    doc_id: str
    title: str
    address: str
    hours: str
    telephone: str
    papers: str


def add_to(pages: Blueprint) -> None:
    """Add the routes of attachments."""
    base = "/documents/<path:doc_id>/attachments/<int:at>"
    pages.add_url_rule(base, view_func=attachment)
    pages.add_url_rule(f"{base}/picture", view_func=attachment_picture)
    pages.add_url_rule(f"{base}/file", view_func=attachment_file)
    pages.add_url_rule(f"{base}/print", view_func=choose_pages)
    pages.add_url_rule(f"{base}/print", view_func=print_pages, methods=["POST"])


def listed(document: Document) -> list[AttachmentRow]:
    """Return the attachments for a document's page."""
    kept = blobs.of_home(context.terminal().home)
    return [
        AttachmentRow(
            item,
            bool(item.sha256) and kept.path(item.sha256) is not None,
            url_for("catalogue.attachment", doc_id=document.doc_id, at=item.at),
            _shown_beside(document, item, kept),
        )
        for item in attachments.of(document.content)
    ]


def _shown_beside(document: Document, item: Attachment, kept: Blobs) -> str:
    if not item.type.startswith("image/") or not item.shown or not can_draw(item.type):
        return ""
    if not item.sha256 or kept.sound(item.sha256) is None:
        return ""
    return url_for("catalogue.attachment_picture", doc_id=document.doc_id, at=item.at)


def _found(doc_id: str, at: int) -> tuple[Document, Attachment, Path | None]:
    """Return a published document, one of its attachments, and its file if it is on this machine."""
    document = documents.one(doc_id)
    items = attachments.of(document.content) if document else []
    if document is None or not 1 <= at <= len(items):
        abort(404)
    item = items[at - 1]
    kept = blobs.of_home(context.terminal().home)
    return document, item, kept.sound(item.sha256) if item.sha256 else None


def attachment(doc_id: str, at: int) -> Page:
    """Show one attachment: a page of it as a picture, or how else to get it."""
    document, item, path = _found(doc_id, at)
    page, zoom = _asked_page(item), _asked_zoom()
    if item.sha256:
        _note_use(item.sha256)
    picture, why = _picture(item, path, page, zoom)
    settings = context.terminal().settings
    here = url_for("catalogue.attachment", doc_id=doc_id, at=at)
    return render_template(
        "catalogue/attachment.html",
        document=document,
        item=item,
        media=item.media,
        page=page,
        zoom=zoom,
        picture=picture,
        why=why,
        can_save=path is not None and settings.channel == "web",
        can_print=path is not None and bool(item.shown) and settings.page_printer != "none",
        link=_link(here, page, zoom),
        image=url_for("catalogue.attachment_picture", doc_id=doc_id, at=at, page=page, zoom=zoom),
        ask=(document.content.get("fields") or {}).get("ask") or _own_telephone(),
        paper_places=paper_places(),
    )


def _asked_page(item: Attachment) -> int:
    return min(max(request.args.get("page", 1, type=int), 1), max(item.pages, 1))


def _asked_zoom() -> int:
    return 2 if request.args.get("zoom") == "2" else 1


def _link(here: str, page: int, zoom: int) -> Any:
    def link(**changes: int | None) -> str:
        now = {"page": page, "zoom": zoom, **changes}
        query = "&".join(f"{name}={value}" for name, value in now.items() if value not in (None, 1))
        return f"{here}?{query}" if query else here

    return link


def _own_telephone() -> Mapping[str, str]:
    settings = context.terminal().settings
    return {"organ_name": settings.organ_name, "telephone": settings.organ_phone or settings.help_phone}


def _picture(item: Attachment, path: Path | None, page: int, zoom: int) -> tuple[Picture | None, str]:
    """Return the page as a picture, or the reason for none: elsewhere, not-here, not-shown, busy, cannot."""
    if not item.sha256:
        return None, "elsewhere"
    if path is None:
        return None, "not-here"
    if not item.shown:
        return None, "not-shown"
    if not can_draw(item.type):
        return None, "cannot"
    try:
        return page_images.drawn(context.terminal().home, path, item, page, zoom), ""
    except FileNotRead as fault:
        return None, "busy" if fault.code == "file-busy" else "cannot"


def _note_use(sha256: str) -> None:
    """Note that the file was used, so that it is fetched first and kept longest; ignore a full disk."""
    with suppress(StoreUnready):
        store.note_use(sha256, today(context.terminal().clock))


def attachment_picture(doc_id: str, at: int) -> Page:
    """Show the picture of one page."""
    _document, item, path = _found(doc_id, at)
    picture, _why = _picture(item, path, _asked_page(item), _asked_zoom())
    if picture is None:
        abort(404)
    return Response(picture.content, mimetype=picture.type)


def attachment_file(doc_id: str, at: int) -> Page:
    """Send the file as a download; 404 on a kiosk, where nothing can be saved."""
    _document, item, path = _found(doc_id, at)
    if path is None or item.media is None or context.terminal().settings.channel != "web":
        abort(404)
    return as_download(item, path)


def as_download(item: Attachment, path: Path) -> Response:
    """Return a response that a browser saves and never opens as a page of ours."""
    answer = send_file(path, mimetype=item.type, as_attachment=True, download_name=item.file_name)
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def paper_places() -> list[ReadingPlace]:
    """Return the reading places with printed copies (Regulation art. 25, seed item 8)."""
    found = []
    for document in listings.listed(READING_PLACES.id, {}, MOST_PLACES):
        fields = document.content.get("fields") or {}
        if fields.get("paper_copies"):
            address, hours, telephone = (fields.get(name, "") for name in ("address", "hours", "telephone"))
            papers = "、".join(fields["paper_copies"])
            found.append(ReadingPlace(document.doc_id, document.title, address, hours, telephone, papers))
    return found


def paper_places_of(document: Document) -> list[ReadingPlace]:
    """
    Return the reading places with printed copies, if the document's kind is laid out on paper or it has attachments.
    """
    is_document = document.described.is_laid_out or bool(document.content.get("attachments"))
    return paper_places() if is_document else []


def _printable(doc_id: str, at: int) -> tuple[Document, Attachment]:
    document, item, path = _found(doc_id, at)
    if path is None or not item.shown or context.terminal().settings.page_printer == "none":
        abort(404)
    return document, item


def choose_pages(doc_id: str, at: int) -> Page:
    """Show the choice between this page, all pages and no paper."""
    _document, item = _printable(doc_id, at)
    page, is_short = _asked_page(item), item.pages <= context.terminal().settings.most_sheets
    ways = [("page", _("打印第%(page)s页", page=page))] if item.pages > 1 else [("all", _("打印"))]
    if item.pages > 1 and is_short:
        ways.append(("all", _("全部打印，共%(pages)s页", pages=item.pages)))
    hint = item.title
    if not is_short:
        hint = _("“%(name)s”共%(pages)s页，太长，只能一页一页打印。", name=item.title, pages=item.pages)
    return paper_orders.choose(
        PaperChoice(
            question=_("要在A4纸上打印吗？"),
            hint=hint,
            action=url_for("catalogue.print_pages", doc_id=doc_id, at=at),
            back=url_for("catalogue.attachment", doc_id=doc_id, at=at, page=page),
            ways=ways,
            hidden={"leaf": str(page)},
        )
    )


def print_pages(doc_id: str, at: int) -> Page:
    """Order pages of an attachment from the page printer; a second tap on the same page orders nothing more."""
    document, item = _printable(doc_id, at)
    wired, key = context.terminal(), request.form.get("key", "")
    if not paper_orders.is_key(key):
        abort(404)
    page = min(max(request.form.get("leaf", 1, type=int), 1), item.pages)
    is_all = request.form.get("size") == "all"
    if is_all and item.pages > wired.settings.most_sheets:
        abort(404)
    first, last = (1, item.pages) if is_all else (page, page)
    pages = f"{first}–{last}" if first != last else str(first)
    named = Slip(
        PAPER,
        item.title,
        (Para(document.title), KeyValue(_("附件"), item.title), KeyValue(_("页"), pages)),
        lang=language().tag,
    )
    paper_orders.order(
        named,
        request_key=f"document-{key}",
        kind=PAPER,
        clock=wired.clock,
        minutes=wired.settings.unprinted_minutes,
        device=spool.PAGE,
        source=page_images.as_source(item, first, last),
    )
    return redirect(url_for("catalogue.paper_page", key=key, document=doc_id), 303)
