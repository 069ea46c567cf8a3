"""Actions of the hall's staff at a terminal: answering calls, opening the staff page, printing for the hall."""

from __future__ import annotations

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.hall import assisted, models
from kiosk.web import paper_orders
from printers.paper.document import Slip


def call_staff(clock: Clock) -> int:
    """
    Store a call for a person; return its number. Pressing again while nobody has come returns the same call.

    Raises:
        StoreFull: Nobody will see a call.
    """
    with db.writing(db.store):
        return models.call_staff(clock)


def answer_call(call: int, *, by: str, clock: Clock) -> None:
    """Record that a member of the staff went to the citizen; the audit chain names the first one."""
    with db.writing(db.store):
        if models.answer_call(call, clock.now()):
            audit.record(at=clock.now(), actor=by, act=Act.CALL_ANSWERED, subject=str(call))


def open_hall(number: str, clock: Clock) -> None:
    """Record that a named member of the staff opened the hall's page."""
    with db.writing(db.store):
        audit.record(at=clock.now(), actor=assisted.actor(number), act=Act.HALL_OPENED, subject=number)


def print_for_hall(slip: Slip, *, key: str, kind: str, by: str, minutes: int, clock: Clock) -> None:
    """Order a paper of the hall's staff together with its audit line; one key is one paper."""
    with db.writing(db.store):
        paper_orders.order(
            slip, request_key=f"hall-{key}", kind=kind, clock=clock, minutes=minutes, is_visitors=False
        )
        audit.record(at=clock.now(), actor=by, act=Act.HALL_PRINTED, subject=kind)
