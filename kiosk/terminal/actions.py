"""What is done at this machine: calls for a person, papers of the hall, visits counted, the page's sign of life."""

from __future__ import annotations

from contextlib import suppress

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock, today
from kiosk.errors import StoreFull
from kiosk.terminal import models
from kiosk.web import assisted, paper
from printers.document import Slip


def call_staff(clock: Clock) -> int:
    """
    Return the call of this machine for a person; pressing again while nobody came joins it.

    Raises:
        StoreFull: nobody will see a call.
    """
    with db.writing(db.store):
        return models.call_staff(clock)


def answer_call(call: int, *, by: str, clock: Clock) -> None:
    """Note that somebody went; who said so first stands in the log."""
    with db.writing(db.store):
        if models.answer_call(call, clock.now()):
            audit.record(at=clock.now(), actor=by, act=Act.CALL_ANSWERED, subject=str(call))


def open_hall(number: str, clock: Clock) -> None:
    """Note that a named member of the staff opened the hall's page."""
    with db.writing(db.store):
        audit.record(at=clock.now(), actor=assisted.actor(number), act=Act.HALL_OPENED, subject=number)


def print_for_hall(slip: Slip, *, key: str, kind: str, by: str, minutes: int, clock: Clock) -> None:
    """Order a paper of the hall's staff together with its line in the log; one key is one paper."""
    with db.writing(db.store):
        paper.order(slip, request_key=f"hall-{key}", kind=kind, clock=clock, minutes=minutes)
        audit.record(at=clock.now(), actor=by, act=Act.HALL_PRINTED, subject=kind)


def count_visit(clock: Clock) -> None:
    """Count a visit that held something; on a full disk the day has one less."""
    with suppress(StoreFull), db.writing(db.store):
        models.count_visit(today(clock))


def note_page(clock: Clock) -> None:
    """Note that the page on the screen is alive; on a full disk it will say so again."""
    with suppress(StoreFull), db.writing(db.store):
        models.note_page(clock.now())
