"""The hub's end of what halls report of their bookings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kiosk.consultation.booking import attended
from kiosk.consultation.booking.attended_models import Attendance, AttendedBooking
from kiosk.errors import Refused
from kiosk.intake.handling import Work
from sync.hub.answering import Ask
from sync.hub.device import Device
from sync.statements import Database
from sync.wire.errors import Malformed
from sync.wire.reading import Fields

REPORT = "hall-bookings"
MOST = 500
SECONDS_A_DAY = 24 * 3600


def asks(work: Callable[[], Work]) -> Mapping[str, Ask]:
    """Return what halls ask of the hub, by name."""

    def report(_database: Database, device: Device, asked: Fields) -> Mapping[str, Any]:
        """Take a hall's word on its bookings; one in quarantine, or for phones, gives none."""
        if device.state != "active" or device.channel == "web":
            raise Refused("not-now")
        place = asked.text("place", most=80)
        rows = [_read(each) for each in asked.objects("bookings", most=MOST)]
        early = [each.number for each in rows if not attended.follow(place, each, work())]
        return {"early": [{"number": each} for each in early]}

    return {REPORT: report}


def _read(fields: Fields) -> AttendedBooking:
    try:
        day, state = (
            date.fromisoformat(fields.text("day", most=10)),
            Attendance(fields.text("state", most=20)),
        )
    except ValueError as error:
        raise Malformed("bad-booking") from error
    seconds = {
        name: fields.number(name, most=SECONDS_A_DAY) for name in ("at_s", "came_s", "called_s", "ended_s")
    }
    return AttendedBooking(
        number=fields.text("booking", most=40),
        day=day,
        state=state,
        epoch=fields.number("epoch"),
        seq=fields.number("seq"),
        ticket=fields.text("ticket", most=10, empty=True),
        window=fields.text("window", most=60, empty=True),
        result=fields.text("result", most=20, empty=True),
        **seconds,
    )
