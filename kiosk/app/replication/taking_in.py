"""The hub's end of a submission: it becomes a case of its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kiosk import db
from kiosk.clock import Clock
from kiosk.intake.attached import arrived_pieces
from kiosk.intake.attached.clean_files import PIECE
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import Handling, Work
from kiosk.staff.actions import reading_public_key
from kiosk.staff.by_organ import wall
from kiosk.workdays import WorkCalendar
from sync.hub.greeting import SealKey
from sync.hub.inbox import OnTaken
from sync.hub.statuses import SetStatus
from sync.statements import Database
from sync.wire.submission import SealedSubmission


def taker(
    clock: Clock,
    calendar: Callable[[], WorkCalendar],
    organ_name: Callable[[str], str],
    handlings: Sequence[Handling],
    office: str,
    by: str = "",
) -> OnTaken:
    """
    Return the function that makes a case of a submission, whether a terminal sent it or a person let it in.

    Args:
        office: Code of the county's disclosure office.
        by: Account of the desk that enters it; empty for what terminals sent.
    """

    handled = {handling.kind.name: handling for handling in handlings}
    additions = {name: take_in for each in handlings for name, take_in in each.additions.items()}

    def on_taken(database: Database, submission: SealedSubmission, set_status: SetStatus) -> None:
        """Make the case of a submission's kind, in the same transaction; other kinds wait in the inbox."""
        work = Work(clock.now(), calendar(), organ_name, by)
        handling = handled.get(submission.kind)
        if handling:
            handling.register.take_in(_by_keeper(submission, office), work, set_status)
            if handling.catch_up:
                handling.catch_up(submission.number, work)
        elif submission.kind == PIECE:
            arrived_pieces.take_in(submission)
        elif add := additions.get(submission.kind):
            add(_by_keeper(submission, office), work, set_status)

    return on_taken


def _by_keeper(submission: SealedSubmission, office: str) -> SealedSubmission:
    """Return a submission under the organ that handles it at first, which is known from here on."""
    named, key_id = (str(submission.envelope.get(name) or "") for name in ("organ", "key_id"))
    keeper = wall.keeper(named, key_id, office=office)
    organ_register.note(keeper)
    if keeper == named:
        return submission
    organ_register.keep(submission.number, keeper)
    return replace(submission, envelope={**submission.envelope, "organ": keeper, "addressed_to": named})


def collector(
    clock: Clock,
    calendar: Callable[[], WorkCalendar],
    organ_name: Callable[[str], str],
    handlings: Sequence[Handling],
) -> Callable[[Database, str], None]:
    """Return the function that notes a collected answer with its case."""

    def on_collected(database: Database, number: str) -> None:
        """Note it in a transaction of its own: the citizen has the answer whatever happens here."""
        work = Work(clock.now(), calendar(), organ_name)
        with db.writing(db.store):
            for handling in handlings:
                if handling.collected:
                    handling.collected(number, work)

    return on_collected


def seal_key(database: Database) -> SealKey:
    """Return the key that terminals seal to at present."""
    return SealKey(*reading_public_key())
