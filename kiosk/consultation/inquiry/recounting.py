"""
The promised days of open inquiries, counted again with another calendar of working days.

The number of working days that was promised stays; only the day on which they end is another one.
"""

from __future__ import annotations

from datetime import date

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import beijing_day
from kiosk.consultation.inquiry import inquiries, models
from kiosk.consultation.inquiry.models import Inquiry, InquiryRow
from kiosk.consultation.inquiry.rules import OPEN, InquiryState
from kiosk.intake import sealed
from kiosk.intake.handling import Work
from kiosk.workdays import Deadline, MovedDeadline


def would_move(work: Work) -> list[MovedDeadline]:
    """Return the open inquiries whose promised day is another one, or otherwise certain, by the calendar of `work`."""
    return [
        MovedDeadline(found.number, found.deadline, will)
        for found in _open()
        if (will := _counted(found, work)) != found.deadline
    ]


def recount(actor: str, work: Work) -> int:
    """Store the days that moved, inside the caller's transaction; terminals hear of each; return how many."""
    moved = would_move(work)
    for each in moved:
        assert each.will is not None
        day, was = each.will, each.was
        models.change(each.number, due=day.day, is_provisional=day.is_provisional, due_why=day.why)
        inquiries.tell(models.inquiry(each.number), work)
        detail = {"before": was.day.isoformat() if was else "", "due": day.day.isoformat()}
        audit.record(at=work.now, actor=actor, act=Act.INQUIRY_RECOUNTED, subject=each.number, detail=detail)
    return len(moved)


def _open() -> list[Inquiry]:
    numbers = InquiryRow.select(InquiryRow.number).where(InquiryRow.state.in_(list(OPEN)))
    found = [number for (number,) in numbers.order_by(InquiryRow.number).tuples().execute(db.store)]
    return sorted(models.inquiries(found), key=lambda each: each.number)


def _counted(found: Inquiry, work: Work) -> Deadline:
    will = work.calendar.after(_first_day(found), found.workdays)
    asked = found.deadline
    assert asked is not None
    return Deadline(will.day, found.workdays, will.is_provisional, asked.basis, will.why)


def _first_day(found: Inquiry) -> date:
    """Return the day from which the promise runs: of the further question, of leaving, or of the arrival here."""
    if found.state is InquiryState.ASKED_AGAIN and found.asked_again_at:
        return beijing_day(found.asked_again_at)
    is_known = sealed.said_in_clear(found.number).get("received_on") is not None
    return beijing_day(found.submitted_at if is_known else found.taken_at)
