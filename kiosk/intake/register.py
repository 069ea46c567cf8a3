"""The hub's register for kinds without a table of their own: the inbox of the sync and its states."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db
from kiosk.clock import from_stamp
from kiosk.errors import NotFound
from kiosk.intake import questions
from kiosk.intake.handling import Work, said
from kiosk.intake.kinds import SUBMITTED, SubmissionKind
from sync.hub.inbox import SetStatus
from sync.hub.models import InboxEntry, NumberStatus
from sync.wire.protocol import SealedSubmission


@dataclass(frozen=True)
class Matter:
    """A submission in the desk's list; `answers` are those in clear, label and words."""

    number: str
    organ_code: str
    submitted_at: datetime
    state: str
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PlainRegister:
    """The submissions of one kind."""

    kind: SubmissionKind

    def take_in(self, submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
        """Set the first state; the sync stores the rest."""
        organ = str(submission.envelope.get("organ", ""))
        set_status(
            db.store,
            number=submission.number,
            state=SUBMITTED,
            detail=said(self.kind.name, organ, work),
            changed_at=work.now,
        )

    def inbox(self, *, state: str, number: str, limit: int, offset: int) -> list[Matter]:
        """Return submissions in this state (empty: all) whose number begins so, oldest first."""
        found = self._all().order_by(InboxEntry.no).limit(limit).offset(offset)
        if state:
            found = found.where(NumberStatus.state == state)
        if prefix := number.strip().upper():
            found = found.where(InboxEntry.number.startswith(prefix))
        return [self._matter(*row) for row in found.tuples().execute(db.store)]

    def counts(self) -> Mapping[str, int]:
        """Return how many submissions are in each state."""
        many = peewee.fn.COUNT(InboxEntry.number)
        found = (
            InboxEntry.select(NumberStatus.state, many)
            .join(NumberStatus, on=InboxEntry.number == NumberStatus.number)
            .where(InboxEntry.kind == self.kind.name)
            .group_by(NumberStatus.state)
        )
        return dict(found.tuples().execute(db.store))

    def matter(self, number: str) -> Matter:
        """
        Return the submission with this number.

        Raises:
            NotFound: "no-such-case".
        """
        found = self._all().where(InboxEntry.number == number)
        row = next(iter(found.tuples().execute(db.store)), None)
        if row is None:
            raise NotFound("no-such-case", number)
        return self._matter(*row)

    def _all(self) -> peewee.ModelSelect[InboxEntry]:
        return (
            InboxEntry.select(InboxEntry.number, InboxEntry.envelope, NumberStatus.state)
            .join(NumberStatus, on=InboxEntry.number == NumberStatus.number)
            .where(InboxEntry.kind == self.kind.name)
        )

    def _matter(self, number: str, written: str, state: str) -> Matter:
        envelope = json.loads(written)
        given = questions.opened(self.kind.questions, {}, envelope)
        return Matter(
            number=number,
            organ_code=str(envelope.get("organ", "")),
            submitted_at=from_stamp(envelope["submitted_at"]),
            state=state,
            answers=questions.rows(self.kind.questions, given, goes=questions.Goes.CLEAR),
        )
