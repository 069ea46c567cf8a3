"""Handing in a request: what is sealed, what stays masked, and when it counts as received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.clock import Clock, today
from kiosk.disclosure import rules, slips
from kiosk.disclosure.rules import ApplicantType, EntryMode, Paper
from kiosk.intake.actions import Desk, Handover, Promise, take_in
from kiosk.intake.codes import QueryCode
from kiosk.intake.models import Organ, Submission
from kiosk.privacy import masked_name
from kiosk.workdays import REPLY_WORKDAYS, Deadline, WorkCalendar
from printers.document import Slip

KIND = "disclosure"
SEALED = (
    "notice", "wanted", "supply", "obtain", "name", "document", "number", "person", "phone", "address", "email",
)  # fmt: skip
"""Answers that leave this machine sealed only: who asks, how they are reached, what for, which notice they read."""


@dataclass(frozen=True)
class Counter:
    """Where and when a request is handed in."""

    clock: Clock
    calendar: WorkCalendar
    desk: Desk
    in_person_organs: tuple[str, ...]
    place: slips.Place
    has_printer: bool


def hand_in(
    answers: dict[str, str],
    *,
    key: str,
    organ: Organ,
    code: QueryCode,
    counter: Counter,
    assisted_by: str = "",
) -> Submission:
    """
    The stored submission; the same key never makes two.

    Args:
        assisted_by: Staff number of whoever filled it in for the citizen, who confirmed it (LAW.md §1.2); else empty.
    Raises:
        Refused: "not-enrolled", "numbers-used-up".
        StoreFull: nothing was written.
    """
    day = today(counter.clock)
    receipt = rules.receipt_under_art_31(
        is_in_person=organ.code in counter.in_person_organs,
        is_clock_trusted=counter.clock.trusted(),
        day=day,
    )
    applicant = ApplicantType(answers["applicant"])
    shown_name = masked_name(answers["name"]) if applicant is ApplicantType.CITIZEN else answers["name"]
    deadline = counter.calendar.after(day, REPLY_WORKDAYS)

    def slip(promise: Promise) -> Slip:
        facts = slips.Facts(organ, shown_name, slips.obtain_words(answers["obtain"]), deadline, assisted_by)
        return slips.receipt(promise, facts, counter.place)

    handover = Handover(
        key=key,
        kind=KIND,
        organ=organ,
        clear={"applicant_type": applicant.value, **_entry(assisted_by)},
        personal=sealed_part(answers),
        masked=_masked(shown_name, answers["obtain"], deadline, assisted_by),
        received_on=receipt.received_on,
        received_basis=receipt.basis.value,
        code=code,
        slip=slip if counter.has_printer and answers["paper"] != Paper.NONE else None,
        assisted_by=assisted_by,
    )
    return take_in(handover, counter.desk)


def _entry(assisted_by: str) -> dict[str, str]:
    """How the request was made, in clear: the law asks for it, and it says nothing of the citizen."""
    if not assisted_by:
        return {"entry_mode": EntryMode.SELF.value}
    return {"entry_mode": EntryMode.STAFF_DICTATED.value, "assisted_by": assisted_by}


def _masked(shown_name: str, obtain: str, deadline: Deadline, assisted_by: str) -> dict[str, Any]:
    """What stays readable on this machine, for the page on which the citizen finds the request again."""
    shown = {
        "name": shown_name,
        "obtain": obtain,
        "due_on": deadline.on.isoformat(),
        "due_provisional": deadline.is_provisional,
    }
    return {**shown, "assisted_by": assisted_by} if assisted_by else shown


def sealed_part(answers: dict[str, str]) -> dict[str, Any]:
    """The answers that are sealed; empty ones are left out."""
    return {name: answers[name] for name in SEALED if answers.get(name)}
