"""What the desk shows of an inquiry in clear: the version that an act on it names."""

from __future__ import annotations

from flask import url_for

from kiosk.consultation.inquiry import models
from kiosk.consultation.inquiry.models import Inquiry, WrittenAnswer
from kiosk.consultation.inquiry.rules import AnswerState, InquiryState
from kiosk.errors import NotFound
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.web.language.wording import N_

STATES = {
    InquiryState.SUBMITTED: N_("待答复"),
    InquiryState.ASKED_AGAIN: N_("有追问，待答复"),
    InquiryState.ANSWERED: N_("已答复"),
}
ANSWERS = {
    AnswerState.DRAFT: N_("有草稿"),
    AnswerState.WAITING: N_("等另一人审核"),
    AnswerState.RETURNED: N_("审核退回"),
    AnswerState.RELEASED: N_("已答复"),
}


def inquiry(number: str) -> Shown:
    """Return the inquiry with this number."""
    try:
        return inquiry_shown(models.inquiry(number))
    except NotFound:
        return Shown(name=f"inquiry/{number}", href=url_for(".inbox"))


def inquiry_shown(found: Inquiry) -> Shown:
    """Return an inquiry: its state, who handles it, the promise, the answer that is being written."""
    written = next(reversed(models.answers(found.number)), None)
    lines = (
        (N_("编号"), found.number),
        (N_("状态"), STATES[found.state]),
        (N_("承办人"), found.assigned_to),
        (N_("答复期限"), found.due.isoformat() if found.due else ""),
        (N_("答复"), ANSWERS[written.state] if written else ""),
        (N_("写的人"), written.written_by if written else ""),
    )
    exact = f"{found.organ_code} {found.asked_again_at} {(written.no, written.version) if written else ''}"
    return Shown(
        lines,
        exact,
        name=f"inquiry/{found.number}",
        href=url_for(".case", number=found.number),
        touched=lambda: _last_of(written),
    )


def _last_of(written: WrittenAnswer | None) -> Touched:
    if written is None:
        return NOBODY
    return Touched(written.settled_by or written.written_by, written.settled_at or written.written_at)
