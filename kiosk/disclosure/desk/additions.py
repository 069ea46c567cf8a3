"""What citizens added to a request, on its page: read in a clerk's session, compared with the applicant, decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.disclosure import cases
from kiosk.disclosure.desk.dossier_pages import in_clear, paper_rows
from kiosk.disclosure.following import follow_ups
from kiosk.disclosure.following.addition_kinds import ADDITIONS, CORRECTION, SATISFACTION, WITHDRAWAL
from kiosk.disclosure.following.addition_models import FollowUp, FollowUpState
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import questions, sealed
from kiosk.intake.attached import arrived_pieces
from kiosk.intake.by_organ import organ_register
from kiosk.intake.desk.views import refusal_words, work
from kiosk.intake.form.blanks import Goes
from kiosk.intake.handling import Handling
from kiosk.intake.handover.rating import RATING
from kiosk.seen import Seen, Shown, Touched
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response
KINDS = {kind.name: kind for kind in ADDITIONS}
STATES = {
    FollowUpState.WAITING: N_("等待处理"),
    FollowUpState.DONE: N_("已办"),
    FollowUpState.REFUSED: N_("没有采纳"),
}


@dataclass(frozen=True)
class AdditionRow:
    """One addition in the list of a case: its kind, what the hub may read of it, its state."""

    found: FollowUp
    kind: str
    said: str
    state: str
    is_waiting: bool
    has_content: bool


def rows_of(number: str) -> Sequence[AdditionRow]:
    """Return what was added to a request, oldest first."""
    return [_row(each) for each in follow_ups.of_case(number)]


def _row(found: FollowUp) -> AdditionRow:
    kind = KINDS[found.kind]
    rating = found.said.get(RATING, "")
    return AdditionRow(
        found,
        str(kind.counted_as),
        kind.brief(RATING, rating) if rating else "",
        _(STATES[found.state]),
        found.state is FollowUpState.WAITING,
        found.kind != SATISFACTION.name,
    )


def shown_addition(added: str) -> Shown:
    """Return an addition as a version of which an act is taken."""
    try:
        found = follow_ups.one(added)
    except NotFound:
        return Shown(name=f"addition/{added}", href=url_for(".inbox"))
    return Shown(
        ((N_("编号"), found.number), (N_("状态"), _(STATES[found.state]))),
        name=f"addition/{added}",
        href=url_for(".added", added=added),
        touched=lambda: Touched(found.settled_by, found.settled_at or found.taken_at),
    )


def add_to(pages: Blueprint, _handling: Handling) -> None:
    """Add the pages below `/added`."""
    pages.context_processor(lambda: {"additions_of": rows_of})
    pages.add_url_rule("/added/<added>", "added", show)
    pages.add_url_rule("/added/<added>/open", "open_added", open_added, methods=["POST"])
    pages.add_url_rule("/added/<added>/files/<int:at>", "added_file", added_file, methods=["POST"])
    pages.add_url_rule("/added/<added>/settle", "settle_added", settle_added, methods=["POST"])


def _found(added: str) -> FollowUp:
    """Return an addition; 404 for one to a case of an organ that this account does not see."""
    try:
        found = follow_ups.one(added)
    except NotFound:
        abort(404)
    organ = cases.organ_of(found.about) or organ_register.of(added)
    if organ is not None and not access.sees(organ):
        abort(404)
    return found


def show(added: str) -> Answer:
    """Show one addition: what is in clear, and the way to its sealed part."""
    access.require(Permission.SEE_REQUESTS)
    return _page(_found(added))


def open_added(added: str) -> Answer:
    """Show the sealed part, in this response only; the opening is logged on disk before."""
    person = access.require(Permission.READ_PERSONAL)
    found = _found(added)
    try:
        opened = follow_ups.open_sealed(added, person.reading_keys, person.name, hub().clock.now())
    except NotFound:
        return _page(found, problem=_("这件申请还没有送到，现在核对不了。")), 409
    except Refused as refused:
        status = 403 if refused.code == "reading-key-missing" else 409
        return _page(found, problem=refusal_words(refused.code)), status
    asked = KINDS[found.kind].questions
    answers = questions.opened(asked, opened.opened.personal, opened.opened.envelope)
    rows = [
        {"label": label, "value": value} for label, value in questions.rows(asked, answers, goes=Goes.SEALED)
    ]
    files = arrived_pieces.files_of(added, opened.opened)
    return _page(found, rows=rows, files=files, is_applicant=opened.is_applicant, is_open=True)


def added_file(added: str, at: int) -> Answer:
    """Send a file of an addition in clear, in this response only; the opening is logged before."""
    person = access.require(Permission.READ_PERSONAL)
    _found(added)
    try:
        opened = follow_ups.open_sealed(added, person.reading_keys, person.name, hub().clock.now())
        found = arrived_pieces.opened_file(added, opened.opened, at)
    except NotFound:
        abort(409)
    except Refused as refused:
        abort({"reading-key-missing": 403, "no-such-file": 404}.get(refused.code, 409))
    return in_clear(found)


@acts_on(shown_addition, N_("处理补充材料"))
def settle_added(added: str, *, seen: Seen) -> Answer:
    """Accept or refuse what waits: a withdrawal ends the case, a late correction counts as excused."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found = _found(added)
    is_accepted = request.form.get("verdict") == "accept"
    try:
        follow_ups.settle(added, is_accepted=is_accepted, actor=person.name, work=work(), seen=seen)
    except NotFound:
        return _page(found, problem=_("这件申请还没有送到，现在办不了。")), 409
    except RuleBroken as broken:
        return _page(found, problem=_sentence(broken.code)), 409
    flash(_("已处理，申请人能查到。") if is_accepted else _("已记下：没有采纳。"))
    return redirect(url_for(".case", number=found.about), code=303)


def _page(found: FollowUp, problem: str = "", **more: Any) -> str:
    person = access.signed_in()
    assert person is not None
    return render_template(
        "disclosure/desk/addition.html",
        row=_row(found),
        shown=shown_addition(found.number),
        problem=problem,
        may_handle=access.may(Permission.HANDLE_REQUESTS),
        may_read=access.may(Permission.READ_PERSONAL),
        holds_key=sealed.key_of(found.number) in person.reading_keys,
        is_withdrawal=found.kind == WITHDRAWAL.name,
        is_correction=found.kind == CORRECTION.name,
        brought=paper_rows(found.number, found.said),
        **{"rows": [], "files": [], "is_applicant": None, "is_open": False, **more},
    )


def _sentence(code: str) -> str:
    known = {
        "addition-settled": _("已经处理过了。"),
        "already-answered": _("答复已经作出，不能再撤回。"),
        "case-ended": _("这件申请已经办结。"),
        "no-correction-asked": _("没有发过补正通知，不能按补正处理。"),
    }
    return known.get(code, _("现在办不了这一步（%(code)s）。", code=code))
