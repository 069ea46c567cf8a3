"""
The page of files that go with a form: photographs of papers or files of the telephone, each checked and locked at once.

What is given stays in memory while it is read, and nothing of it is on a disk in clear.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answered

from kiosk.errors import Refused
from kiosk.intake import begun
from kiosk.intake.attached import brought
from kiosk.intake.attached.clean_files import LARGEST, MOST_FILES, MOST_TOGETHER
from kiosk.intake.attached.held_files import SealedFile
from kiosk.intake.begun import Begun
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages import handed_in
from kiosk.intake.pages.here import takes_files
from kiosk.web import context, half_written
from kiosk.web.language.wording import gettext as _

Page = Answered
FORM_BYTES = 100_000
"""Of what a form sends besides its file."""
CAMERA = "camera=(self), microphone=(), geolocation=()"
MB = 1_000_000


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add `/files`: what was given, giving one more, taking one back."""
    views = FilePages(kind)
    pages.url_value_preprocessor(_allow_a_file)
    pages.add_url_rule("/files", "files", views.show)
    pages.add_url_rule("/files", "add_files", views.add, methods=["POST"])
    pages.add_url_rule("/files/<file>/remove", "remove_file", views.remove, methods=["POST"])
    pages.add_url_rule("/files/<file>/picture", "file_picture", views.picture)


def _allow_a_file(endpoint: str | None, _values: object) -> None:
    if endpoint and endpoint.endswith(".add_files"):
        asked = request._get_current_object()  # type: ignore[attr-defined]  # flask's proxy
        asked.max_content_length = LARGEST + FORM_BYTES
        asked._get_file_stream = lambda *_size, **_kind: io.BytesIO()


def is_lacking(form: Begun) -> bool:
    """Return whether files that go with a form were not given, or are no longer here."""
    held = context.terminal().held_files
    return brought.lacks_files(form) or not all(held.is_here(form.key, each) for each in brought.going(form))


def sealed(form: Begun) -> Sequence[SealedFile] | None:
    """Return the locked files that go with a form; None if one is no longer here and the form was not handed in."""
    found = [context.terminal().held_files.sealed(form.key, each) for each in brought.going(form)]
    here = [each for each in found if each]
    return here if len(here) == len(found) or handed_in.is_stored(form) else None


def erase(form: Begun) -> None:
    """Erase the files of a form that was handed in: they are in its outbox."""
    if form.files:
        context.terminal().held_files.drop_all(form.key)


@dataclass(frozen=True)
class FilePages:
    """The views of one kind."""

    kind: SubmissionKind

    def show(self) -> Page:
        """Show the files so far, and how one more is given here."""
        form = self._form()
        if form is None:
            return redirect(url_for(".check"), 303)
        return self._page(form)

    def add(self) -> Page:
        """Check what is given, lock and keep it; the first one that is refused is named with its reason."""
        form = self._form()
        if form is None or not takes_files():
            return redirect(url_for(".check"), 303)
        given = [each for each in request.files.getlist("file") if each.filename]
        if not given:
            return half_written.refuse(said={"problem": _("还没有选文件。请先拍照或者选文件。")})
        wired = context.terminal()
        try:
            for each in given:
                clean = wired.clean_file(each.stream, each.filename or "")
                kept = wired.held_files.keep(form.key, form.files, clean)
                form = replace(form, files=(*form.files, kept))
        except Refused as refused:
            begun.keep(session, self.kind, form)
            return half_written.refuse(said={"problem": file_words(refused.code)})
        begun.keep(session, self.kind, form)
        flash(_("收下了，已加密。"))
        return redirect(url_for(".files"), 303)

    def remove(self, file: str) -> Page:
        """Take a file back."""
        form = self._form()
        if form is None:
            return redirect(url_for(".check"), 303)
        for each in form.files:
            if each.id == file:
                context.terminal().held_files.drop(form.key, each)
        left = tuple(each for each in form.files if each.id != file)
        begun.keep(session, self.kind, replace(form, files=left))
        return redirect(url_for(".files"), 303)

    def picture(self, file: str) -> Response:
        """Send a picture of this visit's form back, in this response only."""
        form = self._form()
        found = (
            next((each for each in form.files if each.id == file and each.is_picture), None) if form else None
        )
        content = context.terminal().held_files.content(form.key, found) if form and found else None
        if content is None or found is None:
            abort(404)
        return Response(content, content_type=found.type)

    def _form(self) -> Begun | None:
        """Return the unfinished form of this visit, if papers are handed in here with it."""
        form = begun.of(session, self.kind)
        if form is None or handed_in.is_stored(form):
            return None
        return form if form.answers.get(brought.NAME) == brought.PapersWay.HERE else None

    def _page(self, form: Begun) -> Response:
        held, settings = context.terminal().held_files, context.terminal().settings
        has_camera = settings.channel != "web" and settings.document_camera
        pending = begun.pending(self.kind, form)
        page = render_template(
            "intake/files.html",
            files=form.files,
            lost=frozenset(each.id for each in form.files if not held.is_here(form.key, each)),
            problem=half_written.said().get("problem", ""),
            has_camera=has_camera,
            may_add=len(form.files) < MOST_FILES,
            most=MOST_FILES,
            largest=LARGEST,
            largest_mb=LARGEST // MB,
            is_whole=not is_lacking(form),
            onward=url_for(".question", name=pending.name) if pending else url_for(".check"),
        )
        headers = {"Permissions-Policy": CAMERA} if has_camera else {}
        return Response(page, headers=headers, mimetype="text/html")


def file_words(code: str) -> str:
    """Return why a file is not taken, and what to do."""
    return {
        "scan-type": _("只收照片（JPEG、PNG）和PDF，这个文件没有收。别的文件请打印出来拍照，或者交到窗口。"),
        "scan-too-large": _(
            "一个文件最大%(most)s MB，这个文件没有收。请拍得小一些，或者把纸质的交到窗口。",
            most=LARGEST // MB,
        ),
        "files-too-many": _("最多%(most)s个文件，这一个没有收。多的请把纸质的交到窗口。", most=MOST_FILES),
        "files-too-large": _(
            "加起来最大%(most)s MB，这一个没有收。请去掉一个，或者把纸质的交到窗口。",
            most=MOST_TOGETHER // MB,
        ),
        "files-no-room": _("这台机器现在存不下文件，这一个没有收。请过一会儿再试，或者把纸质的交到窗口。"),
        "file-busy": _("正在检查别人的文件，请过一会儿再交一次。"),
        "file-locked": _("文件加了密码，打不开，没有收。请去掉密码，或者打印出来拍照。"),
        "file-empty": _("这个文件是空的，没有收。"),
        "file-active": _("文件里有会自己运行的内容，没有收。请打印出来拍照。"),
        "file-embedded": _("文件里夹着别的文件，没有收。请分开交，或者打印出来拍照。"),
        "file-svg": _("只收照片（JPEG、PNG）和PDF，这个文件没有收。别的文件请打印出来拍照，或者交到窗口。"),
        "file-type": _("只收照片（JPEG、PNG）和PDF，这个文件没有收。别的文件请打印出来拍照，或者交到窗口。"),
        "file-unchecked": _("这台机器不能检查文件，没有收。请把纸质的交到窗口。"),
    }.get(code, _("文件打不开或者太复杂，没有收。请重新拍照，或者把纸质的交到窗口。"))
