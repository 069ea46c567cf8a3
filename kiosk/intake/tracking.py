"""
Tracking of a submission by its number and query code.

Wrong codes are counted on disk before the answer: after 10 of a day a number is closed to wrong ones, but the right
code is always heard, so that no stranger can close somebody's number. A wrong number and a wrong code get the same
answer and cost the same work. Source: RELIABILITY.md T19.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import peewee

from kiosk import db
from kiosk.clock import Clock, today
from kiosk.intake import codes, models
from kiosk.intake.kinds import Delivery
from kiosk.intake.models import Submission
from kiosk.workdays import Deadline, read_deadline
from sync.terminal.models import HubLink

WRONG_CODES_A_DAY = 10


class Attempt(db.StoreModel):
    """Wrong codes of a day, by number."""

    subject = peewee.TextField()
    day = db.DayField()
    wrong = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("subject", "day")


_COUNT = db.Statement(
    lambda: (
        Attempt.insert({**db.inserted(Attempt.subject, Attempt.day), Attempt.wrong: 1})
        .on_conflict(
            conflict_target=[Attempt.subject, Attempt.day],
            update={Attempt.wrong: Attempt.wrong + 1},
            where=Attempt.wrong < WRONG_CODES_A_DAY,
        )
        .returning(Attempt.wrong)
    )
)
_FORGIVE = db.Statement(
    lambda: Attempt.delete().where(
        Attempt.subject == db.slot(Attempt.subject), Attempt.day == db.slot(Attempt.day)
    )
)


@dataclass(frozen=True)
class HubState:
    """A state as the hub sent it; `detail` holds nothing personal."""

    number: str
    state: str
    changed_at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """
    What may be shown of a submission, wherever it was handed in.

    kind: Its name; empty if a hub of an earlier version did not send it.
    detail: What else the hub said of it; nothing personal.
    as_of: When the hub said it; None: just now.
    """

    number: str
    kind: str
    state: str
    changed_at: datetime
    organ_name: str
    due: Deadline | None
    delivery: Delivery
    organ_code: str = ""
    submitted_at: datetime | None = None
    """When it was handed in, where that is known here."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    as_of: datetime | None = None

    def kept(self) -> dict[str, Any]:
        """Return the progress for the session; `read_progress` reads it."""
        return {
            "number": self.number,
            "kind": self.kind,
            "state": self.state,
            "changed_at": self.changed_at.isoformat(),
            "organ_name": self.organ_name,
            "delivery": self.delivery.value,
            "organ_code": self.organ_code,
            "submitted_at": self.submitted_at.isoformat() if self.submitted_at else "",
            "detail": dict(self.detail),
            "as_of": self.as_of.isoformat() if self.as_of else "",
            **(self.due.as_dict() if self.due else {}),
        }


def read_progress(kept: Mapping[str, Any] | None) -> Progress | None:
    """Return the progress kept in a visit; None for nothing, or for what an earlier version kept."""
    if kept is None or "kind" not in kept:
        return None
    return Progress(
        kept["number"],
        kept["kind"],
        kept["state"],
        datetime.fromisoformat(kept["changed_at"]),
        kept["organ_name"],
        read_deadline(kept),
        Delivery(kept.get("delivery") or (Delivery.ARRIVED if kept["has_arrived"] else Delivery.WAITING)),
        kept.get("organ_code", ""),
        _moment(kept.get("submitted_at", "")),
        kept.get("detail", {}),
        _moment(kept.get("as_of", "")),
    )


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def progress_of(
    known: HubState | None,
    own: Submission | None,
    delivery: Delivery = Delivery.WAITING,
    as_of: datetime | None = None,
) -> Progress:
    """
    Return the progress by what the hub answered just now and what this terminal has of it; at least one is given.

    The last day for an answer is the hub's once it has counted one, else the one promised at handing in; each
    with its own doubt and basis.

    Args:
        delivery: What this terminal knows of the way to the hub; a state from there says that it has arrived.
        as_of: When the hub said it last, where it could not be asked just now.
    """
    is_known = known is not None
    if known is None:
        assert own is not None
        known = HubState(own.number, own.state, own.state_at, own.detail)
    due = read_deadline(known.detail) or (read_deadline(own.masked) if own else None)
    kind = own.kind if own else str(known.detail.get("kind", ""))
    names_organ = "organ_name" in known.detail
    organ_name = str(known.detail["organ_name"]) if names_organ else own.organ_name if own else ""
    if is_known or names_organ:
        delivery = Delivery.ARRIVED
    return Progress(
        known.number,
        kind,
        known.state,
        known.changed_at,
        organ_name,
        due,
        delivery,
        str(known.detail.get("organ") or (own.organ_code if own else "")),
        own.submitted_at if own else None,
        known.detail,
        as_of,
    )


@dataclass(frozen=True)
class FoundSubmission:
    """The submission of this terminal."""

    submission: Submission


@dataclass(frozen=True)
class UnknownNumber:
    """
    No such number here, or another code; is_ours: it begins as this terminal's numbers do, so the hub is not asked.

    The beginning decides, never whether the number is here: that must not show by what happens next.
    """

    is_ours: bool


@dataclass(frozen=True)
class Closed:
    """A wrong code, after too many others today."""


_OWN = db.Statement(lambda: HubLink.select(HubLink.terminal))


def _own_code() -> str:
    row = _OWN.first(db.store)
    return str(row[0]) if row else ""


def look_up(number: str, digits: str, clock: Clock) -> FoundSubmission | UnknownNumber | Closed:
    """
    Return the submission with this number (written form) and code (12 digits), if this terminal issued it.

    The attempt is counted before the code is compared, and removed if it was right.
    """
    day = today(clock)
    with db.writing(db.store):
        is_counted = _COUNT.first(db.store, subject=number, day=day) is not None
        submission = models.by_number(number)
        is_ours = number.partition("-")[0] == _own_code()
    is_right = codes.matches(submission.code_hash, digits) if submission else codes.waste_time()
    if submission is None or not is_right:
        return UnknownNumber(is_ours) if is_counted else Closed()
    with db.writing(db.store):
        _FORGIVE.run(db.store, subject=number, day=day)
    return FoundSubmission(submission)
