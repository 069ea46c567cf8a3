"""What the desk adds to a case: whom it is given to, notes, urging, links between repeats, scans of what came."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answered

from kiosk.clock import today
from kiosk.disclosure import cases, steps
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.desk import shown
from kiosk.disclosure.events import CaseAct
from kiosk.disclosure.office import dossier, worklist
from kiosk.disclosure.office.dossier import LARGEST_SCAN, LONGEST_NOTE, MOST_SCANS
from kiosk.disclosure.rules import Behalf
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import numbers, sealed
from kiosk.intake.attached import arrived_pieces, brought
from kiosk.intake.attached.brought import PapersWay
from kiosk.intake.attached.clean_files import FILES, CleanFile
from kiosk.intake.desk import list_pages
from kiosk.intake.desk.list_pages import ListRow
from kiosk.intake.desk.views import work
from kiosk.intake.handling import Handling
from kiosk.intake.office import listing
from kiosk.intake.office.listing import PAGE_ROWS
from kiosk.seen import Seen, Shown
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.unsent import form_drafts
from kiosk.web.unsent.form_drafts import DraftOfForm

Answer = str | tuple[str, int] | Answered
MOST_AT_ONCE = 5
"""Scans sent with one form."""


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add assignment of chosen rows, and below a case: note, urge, link, scans."""
    added = DossierPages(handling)
    pages.context_processor(added.variables)
    pages.url_value_preprocessor(_allow_scans)
    pages.add_url_rule("/assign", "assign", added.assign, methods=["POST"])
    for name, view in (
        ("give", added.give),
        ("note", added.note),
        ("urge", added.urge),
        ("link", added.link),
        ("scans", added.add_scans),
    ):
        pages.add_url_rule(f"/<number>/{name}", name, view, methods=["POST"])
    pages.add_url_rule("/<number>/scans/<int:scan>", "scan", added.scan, methods=["POST"])
    pages.add_url_rule("/<number>/files/<int:at>", "file", added.file, methods=["POST"])


def _allow_scans(endpoint: str | None, _values: object) -> None:
    """Allow a clerk to send scans, which are kept in memory while they are read: they are on no disk in clear."""
    if endpoint and endpoint.endswith("_desk.scans") and access.may(Permission.HANDLE_REQUESTS):
        asked = request._get_current_object()  # type: ignore[attr-defined]  # flask's proxy
        asked.max_content_length = MOST_AT_ONCE * LARGEST_SCAN
        asked._get_file_stream = lambda *_size, **_kind: io.BytesIO()


def _seen_case(number: str) -> Case:
    """Return a case that this person may see."""
    try:
        found = cases.case(number)
    except NotFound:
        abort(404)
    if not access.sees(found.organ_code):
        abort(404)
    return found


def assignments(numbers_listed: Sequence[str]) -> Shown:
    """Return to whom these cases are given."""
    found = {case.number: case.assigned_to for case in worklist.cases_of(numbers_listed)}
    lines = tuple((number, found.get(number, "")) for number in numbers_listed)
    return Shown(lines, name="assignments", href=url_for(".inbox"))


def _listed() -> Shown:
    return assignments(request.form.get("listed", "").split()[:PAGE_ROWS])


@dataclass(frozen=True)
class DossierPages:
    """The views."""

    handling: Handling

    def variables(self) -> dict[str, Any]:
        """Return what the list and the page of a case show of it."""
        return {
            "assignments_shown": _of_rows,
            "clerks": hub().clerks,
            "dossier_of": self._dossier,
            "brought_rows": self._brought,
            "longest_note": LONGEST_NOTE,
        }

    def _dossier(self, number: str) -> dict[str, Any]:
        """Return what the page of a case shows without opening anything."""
        happened = cases.events(number)
        return {
            "notes": sum(event.act is CaseAct.NOTED for event in happened),
            "scans": dossier.scans(number, {}),
            "links": dossier.links(number),
            "has_receipt": any(event.act is CaseAct.RECEIPT_PRINTED for event in happened),
            "most_scans": MOST_SCANS,
            "note_draft": self._note_draft(number),
        }

    def _note_draft(self, number: str) -> DraftOfForm | None:
        """Return the note that this person began; None where their session could not seal one."""
        key, person = sealed.key_of(number), access.require_somebody()
        return form_drafts.here(f"note/{number}", key) if key in person.reading_keys else None

    def _brought(self, number: str) -> list[dict[str, str]]:
        """Return in whose name the applicant asks and what goes with the request; nothing where neither is said."""
        said, rows = sealed.said_in_clear(number), []
        if said.get("behalf") == Behalf.ANOTHER:
            rows.append({"label": _("替谁申请"), "value": self.handling.kind.brief("behalf", said["behalf"])})
        return [*rows, *paper_rows(number, said)]

    @acts_on(_listed, N_("分派"), {"to": TypedField(N_("承办人")), "chosen": TypedField("")})
    def assign(self, *, seen: Seen) -> Answer:
        """Give the chosen rows of a list to a person, or to nobody."""
        person = access.require(Permission.HANDLE_REQUESTS)
        asked = listing.read_written(request.form.get(list_pages.LIST, ""))
        chosen = [_seen_case(number).number for number in request.form.getlist("chosen")[:PAGE_ROWS]]
        to = request.form.get("to", "")
        if not chosen:
            flash(_("还没有选中哪一件：先在行首打勾，再分派。"), "wrong")
        elif to and to not in hub().clerks():
            flash(_("没有这个办理员，没有分派。"), "wrong")
        else:
            many = dossier.assign(chosen, to, person.name, work(), seen)
            flash(
                _("%(many)s件交给了%(to)s。", many=many, to=to)
                if to
                else _("%(many)s件不再分给谁。", many=many)
            )
        return redirect(list_pages.address(asked), code=303)

    @acts_on(shown.case, N_("分派"), {"to": TypedField(N_("承办人"))})
    def give(self, number: str, *, seen: Seen) -> Answer:
        """Give one case to a person, or to nobody."""
        person = access.require(Permission.HANDLE_REQUESTS)
        _seen_case(number)
        to = request.form.get("to", "")
        if to and to not in hub().clerks():
            flash(_("没有这个办理员，没有分派。"), "wrong")
        else:
            dossier.assign([number], to, person.name, work(), seen)
            flash(_("交给了%(to)s。", to=to) if to else _("不再分给谁。"))
        return _back(number)

    @acts_on(shown.case, N_("记下"), {"text": TypedField(N_("内部备注"))})
    def note(self, number: str, *, seen: Seen) -> Answer:
        """Store an internal note, sealed to the key of the case's organ."""
        person = access.require(Permission.HANDLE_REQUESTS)
        found = _seen_case(number)
        try:
            key = hub().seal_key(found.organ_code)
            dossier.add_note(number, request.form.get("text", ""), key, person.name, work(), seen)
        except RuleBroken as broken:
            flash(_broken_words(broken.code), "wrong")
        else:
            form_drafts.end(f"note/{number}")
            flash(_("记下了，已封存。"))
        return _back(number)

    @acts_on(shown.case, N_("催办"), {"until": TypedField(N_("几号以前"))})
    def urge(self, number: str, *, seen: Seen) -> Answer:
        """Urge the handling, until a day or at once."""
        person = access.require(Permission.HANDLE_REQUESTS)
        _seen_case(number)
        day = today(hub().clock)
        try:
            given = request.form.get("until", "").strip()
            until = date.fromisoformat(given) if given else day
            if until < day:
                raise ValueError(given)
            dossier.urge(number, until, person.name, work(), seen)
        except ValueError:
            flash(_("催办的日期要是今天或者以后的一天。"), "wrong")
        except RuleBroken as broken:
            flash(_broken_words(broken.code), "wrong")
        else:
            flash(_("已催办，答复以前一直亮灯。"))
        return _back(number)

    @acts_on(shown.case, N_("关联"), {"other": TypedField(N_("另一件的编号"))})
    def link(self, number: str, *, seen: Seen) -> Answer:
        """Link a case with an earlier one of the same content; both stay counted."""
        person = access.require(Permission.HANDLE_REQUESTS)
        _seen_case(number)
        other = numbers.parse(request.form.get("other", "")) or request.form.get("other", "").strip().upper()
        try:
            dossier.link(number, other, person.name, work(), seen)
        except RuleBroken as broken:
            flash(_broken_words(broken.code), "wrong")
        else:
            flash(_("关联好了，两件都各自计数。"))
        return _back(number)

    @acts_on(shown.case, N_("添加扫描件"))
    def add_scans(self, number: str, *, seen: Seen) -> Answer:
        """Check, redraw and seal scans of what came."""
        person = access.require(Permission.HANDLE_REQUESTS)
        found = _seen_case(number)
        given = [each for each in request.files.getlist("file") if each.filename][:MOST_AT_ONCE]
        try:
            if not given:
                raise Refused("scan-missing")
            clean = [hub().clean_file(each.stream, each.filename or "") for each in given]
            key = hub().seal_key(found.organ_code)
            dossier.add_scans(number, clean, key, person.name, work(), seen)
        except Refused as refused:
            flash(file_words(refused.code), "wrong")
        else:
            flash(_("扫描件加好了，已封存。"))
        return _back(number)

    def scan(self, number: str, scan: int) -> Response:
        """Send a scan in clear, in this response only; the opening is logged before."""
        person = access.require(Permission.READ_PERSONAL)
        _seen_case(number)
        try:
            file = dossier.open_scan(number, scan, person.reading_keys, person.name, work())
        except NotFound:
            abort(404)
        except Refused as refused:
            abort(403 if refused.code == "reading-key-missing" else 409)
        return in_clear(file)

    def file(self, number: str, at: int) -> Response:
        """Send a file of the applicant in clear, in this response only; the opening is logged before."""
        person = access.require(Permission.READ_PERSONAL)
        _seen_case(number)
        try:
            opened = steps.open_sealed(number, person.reading_keys, person.name, hub().clock.now())
            found = arrived_pieces.opened_file(number, opened, at)
        except Refused as refused:
            abort({"reading-key-missing": 403, "no-such-file": 404}.get(refused.code, 409))
        return in_clear(found)


def paper_rows(number: str, said: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what comes with a submission, by what it says in clear; nothing where it brings nothing."""
    rows = []
    if said.get(brought.NAME) == PapersWay.WINDOW:
        rows.append({"label": _("一起交的材料"), "value": _("纸质的，申请人交到窗口")})
    if FILES in said:
        whole = len(arrived_pieces.whole_files(number))
        words = _("%(many)s个文件，送到了%(whole)s个", many=said[FILES], whole=whole)
        rows.append({"label": _("一起交的材料"), "value": words})
    return rows


def in_clear(file: CleanFile) -> Response:
    """Answer with a file that a browser shows and lets do nothing."""
    headers = {"Content-Disposition": "inline", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(file.content, content_type=file.type, headers=headers)


def _of_rows(rows: Sequence[ListRow]) -> Shown:
    return assignments([row.case.number for row in rows])


def _back(number: str) -> Answered:
    return redirect(url_for(".case", number=number), code=303)


def _broken_words(code: str) -> str:
    return {
        "note-empty": _("备注是空的，没有记。"),
        "note-too-long": _("备注太长，最多%(most)s个字，没有记。", most=LONGEST_NOTE),
        "urge-closed": _("这件已经办结，不用催办。"),
        "link-self": _("这就是本件的编号，填另一件的。"),
        "link-unknown": _("没有这个编号的申请，再对一遍。"),
        "linked-already": _("这两件已经关联过了。"),
    }[code]


def file_words(code: str) -> str:
    return {
        "scan-missing": _("先选文件，再添加。"),
        "scan-type": _("只收PDF、JPEG、PNG，没有添加。"),
        "scan-too-large": _("一个文件最大20 MB，没有添加。"),
        "scans-full": _("一件申请最多%(most)s个扫描件，没有添加。", most=MOST_SCANS),
        "file-busy": _("正在检查别的文件，请过一会儿再试。"),
        "file-locked": _("文件加了密码，打不开，没有添加。"),
        "file-active": _("文件里有会自己运行的内容，没有添加。请重新扫描。"),
        "file-embedded": _("文件里夹着别的文件，没有添加。请重新扫描。"),
    }.get(code, _("文件打不开或者太复杂，没有添加。请重新扫描成PDF或者图片。"))
