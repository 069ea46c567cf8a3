"""The hub's register for kinds without a table of their own: the inbox of the sync and its states."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import from_stamp
from kiosk.errors import NotFound, Refused
from kiosk.intake import questions, sealed
from kiosk.intake.by_organ import organ_register
from kiosk.intake.form import blanks
from kiosk.intake.handling import HandOver, Register, Work, said
from kiosk.intake.kinds import SUBMITTED, SubmissionKind
from kiosk.intake.office.listing import Asked, ListViewer
from kiosk.seen import UNSEEN, Seen
from sync.hub import statuses
from sync.hub.greeting import SealKey
from sync.hub.models import InboxEntry, NumberStatus
from sync.hub.statuses import SetStatus
from sync.wire.submission import SealedSubmission


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

    def inbox(self, asked: Asked, viewer: ListViewer, *, limit: int, offset: int) -> list[Matter]:
        """Return submissions in the state that is asked for (or all) whose number begins so, oldest first."""
        found = self._asked(asked, viewer).order_by(InboxEntry.no).limit(limit).offset(offset)
        return [self._matter(*row) for row in found.tuples().execute(db.store)]

    def how_many(self, asked: Asked, viewer: ListViewer) -> int:
        """Return how many submissions a list has."""
        return int(self._asked(asked, viewer).count(db.store))

    def numbers(self, asked: Asked, viewer: ListViewer) -> list[str]:
        """Return the numbers of a whole list, oldest first."""
        return [
            number
            for number, *_ in self._asked(asked, viewer).order_by(InboxEntry.no).tuples().execute(db.store)
        ]

    def cases_of(self, numbers: Sequence[str]) -> list[Matter]:
        """Return the submissions with these numbers."""
        found = self._all().where(InboxEntry.number.in_(numbers))
        return [self._matter(*row) for row in found.tuples().execute(db.store)]

    def choices(self, viewer: ListViewer) -> Mapping[str, Sequence[str]]:
        """Return nothing: its list is filtered by state and number alone."""
        return {}

    def counts(self, viewer: ListViewer) -> Mapping[str, int]:
        """Return how many submissions are in each state."""
        many = peewee.fn.COUNT(InboxEntry.number)
        found = (
            InboxEntry.select(NumberStatus.state, many)
            .join(NumberStatus, on=InboxEntry.number == NumberStatus.number)
            .where(InboxEntry.kind == self.kind.name)
            .group_by(NumberStatus.state)
        )
        return dict(found.tuples().execute(db.store))

    def organ_of(self, number: str) -> str | None:
        """Return the organ that handles a submission; None for an unknown number."""
        return organ_register.of(number)

    def seal_again(self, number: str, to: SealKey, reading_keys: Mapping[str, bytes], organ: str) -> None:
        """Seal a submission to another key, in the caller's transaction. Raises NotFound, Refused."""
        sealed.seal_again(number, to, reading_keys, organ)

    def hand_over(self, number: str, given: HandOver, work: Work) -> None:
        """Give a submission to another organ, in the caller's transaction. Raises NotFound, Refused."""
        matter = self.matter(number)
        if given.to:
            self.seal_again(number, given.to, given.reading_keys, given.organ)
        organ_register.keep(number, given.organ)
        detail = {"before": matter.organ_code, "organ_code": given.organ, "why": given.why}
        statuses.set_status(
            db.store,
            number=number,
            state=matter.state,
            detail=said(self.kind.name, given.organ, work),
            changed_at=work.now,
        )
        audit.record(
            at=work.now, actor=given.actor, act=Act.SUBMISSION_HANDED_OVER, subject=number, detail=detail
        )

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

    def _asked(self, asked: Asked, viewer: ListViewer) -> peewee.ModelSelect[InboxEntry]:
        found = self._all()
        if viewer.organs is not None:
            found = found.where(organ_register.ORGAN.in_(viewer.organs))
        if asked.state:
            found = found.where(NumberStatus.state == asked.state)
        if prefix := asked.number.upper():
            found = found.where(InboxEntry.number.startswith(prefix))
        return found

    def _all(self) -> peewee.ModelSelect[InboxEntry]:
        found = InboxEntry.select(
            InboxEntry.number, InboxEntry.envelope, NumberStatus.state, organ_register.ORGAN
        ).join(NumberStatus, on=InboxEntry.number == NumberStatus.number)
        return organ_register.with_organ(found).where(InboxEntry.kind == self.kind.name)

    def _matter(self, number: str, written: str, state: str, organ: str) -> Matter:
        envelope = json.loads(written)
        given = questions.opened(self.kind.questions, {}, envelope)
        return Matter(
            number=number,
            organ_code=organ,
            submitted_at=from_stamp(envelope["submitted_at"]),
            state=state,
            answers=questions.rows(self.kind.questions, given, goes=blanks.Goes.CLEAR),
        )


@db.writing(db.store)
def hand_over(register: Register, number: str, given: HandOver, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Give a submission to another organ.

    Raises:
        Refused: "same-organ"; "reading-key-missing", "sealed-part-broken" where it has to be sealed again.
        NotFound: "no-such-case".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    if register.organ_of(number) == given.organ:
        raise Refused("same-organ", given.organ)
    register.hand_over(number, given, work)
