"""The seat that an unfinished form holds: kept among its answers, for three minutes where the hub gave it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.consultation.booking.times import TakenSeat
from kiosk.intake.form.blanks import Answers
from kiosk.seats.rules import Seat, SeatSession

NAME = "held"
"""Its name among the answers of a form."""


@dataclass(frozen=True)
class HeldSeat:
    """
    A seat that a form holds.

    until_s: Steady time at which it may be gone; None: it stays.
    """

    seat: Seat
    session: SeatSession
    until_s: float | None

    @property
    def place(self) -> str:
        """Return the place of its session."""
        return self.session.place

    @property
    def topic(self) -> str:
        """Return the topic of its session."""
        return self.session.topic

    def left_s(self, steady_s: float) -> int | None:
        """Return the seconds left; None: it stays."""
        return None if self.until_s is None else max(0, round(self.until_s - steady_s))


def kept(answers: Answers, taken: TakenSeat, steady_s: float) -> Answers:
    """Return the answers with a seat that was taken at this steady time."""
    session, seat = taken.session, taken.seat
    written = {
        "session": session.id,
        "of": session.of,
        "place": session.place,
        "topic": session.topic,
        "day": session.day.isoformat(),
        "starts": session.starts,
        "ends": session.ends,
        "no": seat.no,
        "lease": seat.lease,
        "code": seat.code,
        "until_s": None if taken.left_s is None else steady_s + taken.left_s,
    }
    return {**answers, NAME: json.dumps(written)}


def dropped(answers: Answers) -> Answers:
    """Return the answers without a seat."""
    return {name: value for name, value in answers.items() if name != NAME}


def of(answers: Mapping[str, str]) -> HeldSeat | None:
    """Return the seat that a form holds by its answers."""
    if NAME not in answers:
        return None
    found = json.loads(answers[NAME])
    session = SeatSession(
        id=found["session"],
        of=found["of"],
        place=found["place"],
        topic=found["topic"],
        day=date.fromisoformat(found["day"]),
        starts=found["starts"],
        ends=found["ends"],
        seats=0,
    )
    return HeldSeat(Seat(session.id, found["no"], found["lease"], found["code"]), session, found["until_s"])
