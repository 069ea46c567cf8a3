"""Attachments at the hub's desk: uploaded, renamed, sorted, removed, and viewed before approval."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from kiosk import blobs
from kiosk.audit import Act
from kiosk.catalogue.attachments import page_images, store
from kiosk.catalogue.attachments.content import FileNotRead, Picture
from kiosk.catalogue.attachments.views import as_download
from kiosk.catalogue.desk import shown
from kiosk.catalogue.desk.entry import Answer, attached_rows, found_entry, hand, kept_files
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records import attachment
from kiosk.catalogue.records.attachment import Attachment
from kiosk.catalogue.records.models import Entry
from kiosk.catalogue.records.record import changed
from kiosk.catalogue.records.rules import check
from kiosk.catalogue.records.schema import N_
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import gettext as _

MOST_AT_ONCE = 10


def add_to(pages: Blueprint) -> None:
    """Add the pages of attachments."""
    pages.add_url_rule("/attachments/<path:doc_id>", "attachments", listed, methods=["GET", "POST"])
    pages.add_url_rule("/arrange/<path:doc_id>", "arrange", arrange, methods=["POST"])
    pages.add_url_rule("/detach/<int:at>/<path:doc_id>", "detach", detach, methods=["POST"])
    pages.add_url_rule("/attached/<int:at>/<path:doc_id>", "attached", attached)
    pages.add_url_rule("/attached-picture/<int:at>/<path:doc_id>", "attached_picture", picture)
    pages.add_url_rule("/attached-file/<int:at>/<path:doc_id>", "attached_file", file)


@acts_on(shown.entry, N_("添加附件，送审核"), {"name": TypedField(N_("给公民看的名称"))})
def listed(doc_id: str, *, seen: Seen) -> Answer:
    """Show the attachments of an entry, with a form for more; store an upload."""
    access.require(Permission.APPROVE_CATALOGUE)
    entry = found_entry(doc_id)
    if request.method == "GET":
        return _page(entry, [])
    given = [each for each in request.files.getlist("file") if each.filename][:MOST_AT_ONCE]
    named = attachment.clean_name(request.form.get("name", ""))
    if not given:
        return _page(entry, [("", _("请选一个文件。"))]), 422
    taken, wrong = [], []
    for each in given:
        name = named if named and len(given) == 1 else attachment.clean_name(each.filename or "")
        try:
            taken.append(store.take(cast("BinaryIO", each.stream), name or _("附件"), kept_files()))
        except FileNotRead as fault:
            wrong.append((name, _(attachment.REASONS.get(fault.code, fault.code))))
        finally:
            each.close()
    before = entry.content.get("attachments") or []
    if taken and not wrong:
        wrong = _keep(entry, [*before, *taken], seen)
    if wrong:
        return _page(entry, wrong), 422
    flash(_("已添加，等另一位审核后发布。"))
    return redirect(url_for("catalogue_desk.attachments", doc_id=doc_id), 303)


def _keep(entry: Entry, items: list[Any], seen: Seen) -> list[tuple[str, str]]:
    """Propose the entry with these attachments; return its faults, if any."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    record = changed(entry.content, attachments=items)
    if not items:
        del record["attachments"]
    faults = check(record)
    if faults:
        reasons = {**attachment.REASONS, "too-many": _("附件太多，最多%(most)s个。", most=attachment.MOST)}
        return [("", _(reasons.get(fault.code, fault.code))) for fault in faults]
    waits = entry.state == "waiting" and entry.act in ("new", "edit", "amend", "repeal")
    act, reason = (entry.act, entry.reason) if waits else ("edit", "")
    actions.save(
        record,
        hand(person.name),
        act=act,
        reason=reason,
        batch_id=entry.batch_id,
        logged=Act.CATALOGUE_ATTACHMENTS,
        seen=seen,
        files=len(items),
    )
    return []


def _page(entry: Entry, wrong: list[tuple[str, str]], typed: dict[int, tuple[str, str]] | None = None) -> str:
    """Show the attachments; `typed`: name and position of each as submitted with a fault."""
    return render_template(
        "catalogue/desk/attachments.html",
        entry=entry,
        shown=shown.entry_shown(entry),
        items=attached_rows(entry.content),
        wrong=wrong,
        typed=typed or {},
        most_mb=hub().settings.attachment_mb,
        types=sorted({each.ending.upper() for each in attachment.TYPES.values()}),
        accept=",".join(f".{each.ending}" for each in attachment.TYPES.values()),
    )


@acts_on(
    shown.entry,
    N_("保存名称和顺序，送审核"),
    {"name-": TypedField(N_("名称")), "place-": TypedField(N_("顺序"))},
)
def arrange(doc_id: str, *, seen: Seen) -> Answer:
    """Store other names and another order."""
    access.require(Permission.APPROVE_CATALOGUE)
    entry = found_entry(doc_id)
    seen.hold()
    items = list(entry.content.get("attachments") or [])
    typed = {
        at: (request.form.get(f"name-{at}", ""), request.form.get(f"place-{at}", ""))
        for at in range(1, len(items) + 1)
    }
    wrong, places = [], {}
    for at, (name, place) in typed.items():
        if not attachment.clean_name(name):
            wrong.append((f"#name-{at}", _("第%(at)s个附件没有名称。", at=at)))
        if not re.fullmatch(r"[0-9]{1,3}", place.strip(), re.ASCII):
            wrong.append((f"#place-{at}", _("第%(at)s个附件的顺序要写数字。", at=at)))
        else:
            places[at] = int(place)
    if wrong:
        return _page(entry, wrong, typed), 422
    arranged = [
        attachment.renamed(items[at - 1], attachment.clean_name(typed[at][0]))
        for at in sorted(places, key=lambda at: (places[at], at))
    ]
    if arranged == items:
        flash(_("没有改动。"))
    elif wrong := _keep(entry, arranged, seen):
        return _page(entry, wrong, typed), 422
    else:
        flash(_("已改，等另一位审核后发布。"))
    return redirect(url_for("catalogue_desk.attachments", doc_id=doc_id), 303)


@acts_on(shown.entry, N_("去掉附件"))
def detach(doc_id: str, at: int, *, seen: Seen) -> Answer:
    """Remove one attachment; `sha256` names it, so that no other one is removed from a changed entry."""
    access.require(Permission.APPROVE_CATALOGUE)
    entry = found_entry(doc_id)
    seen.hold()
    items = list(entry.content.get("attachments") or [])
    known = attachment.of(entry.content)
    if 1 <= at <= len(items) and known[at - 1].sha256 == request.form.get("sha256", ""):
        del items[at - 1]
        _keep(entry, items, seen)
        flash(_("已去掉，等另一位审核后发布。"))
    return redirect(url_for("catalogue_desk.attachments", doc_id=doc_id), 303)


def _found(doc_id: str, at: int) -> tuple[Entry, Attachment, Path]:
    """
    Return an entry, one of its attachments and its file; abort with 404 if one is missing. A damaged file is set aside,
    and the list of attachments says so.
    """
    access.require(Permission.APPROVE_CATALOGUE)
    entry = found_entry(doc_id)
    items = attachment.of(entry.content)
    item = items[at - 1] if 1 <= at <= len(items) else None
    kept = blobs.of_hub(hub().home)
    if item is None or not item.sha256 or kept.path(item.sha256) is None:
        abort(404)
    path = kept.sound(item.sha256)
    if path is None:
        flash(_("“%(name)s”的文件坏了，没有打开，另存了一份备查。请重新上传。", name=item.name))
        abort(redirect(url_for("catalogue_desk.attachments", doc_id=doc_id), 303))
    return entry, item, path


def _drawn(item: Attachment, path: Path) -> Picture | None:
    if not item.shown:
        return None
    page = min(max(request.args.get("page", 1, type=int), 1), max(item.pages, 1))
    zoom = page_images.SMALL if "small" in request.args else 1
    try:
        return page_images.drawn(hub().home, path, item, page, zoom)
    except FileNotRead:
        return None


def attached(doc_id: str, at: int) -> Answer:
    """Show one attachment as citizens will see it."""
    entry, item, path = _found(doc_id, at)
    here = url_for("catalogue_desk.attached", doc_id=doc_id, at=at)
    return render_template(
        "catalogue/desk/attached.html",
        entry=entry,
        item=item,
        picture=_drawn(item, path),
        page=min(max(request.args.get("page", 1, type=int), 1), max(item.pages, 1)),
        link=lambda page: f"{here}?page={page}" if page else here,
    )


def picture(doc_id: str, at: int) -> Answer:
    """Send the picture of one page; with `small`, the thumbnail."""
    _entry, item, path = _found(doc_id, at)
    drawn = _drawn(item, path)
    if drawn is None:
        abort(404)
    return Response(drawn.content, mimetype=drawn.type)


def file(doc_id: str, at: int) -> Answer:
    """Send the file as a download."""
    _entry, item, path = _found(doc_id, at)
    if item.media is None:
        abort(404)
    return as_download(item, path)
