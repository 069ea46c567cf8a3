"""The hub's end of seats: the list of free times, and what terminals ask about seats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from kiosk.app.replication import device_keys
from kiosk.clock import Clock, today
from kiosk.errors import Refused
from kiosk.seats import leasing, models, phone_limits, rules, times_list
from kiosk.seats.leased_models import FREE, HELD, RETURNED, SPENT
from kiosk.seats.leases import travelling
from kiosk.seats.leasing import Named
from kiosk.seats.rules import Seat, SeatChannel
from sync.hub.answering import Ask
from sync.hub.device import Device
from sync.hub.side_lists import Provider
from sync.statements import Database
from sync.wire.errors import Malformed
from sync.wire.reading import Fields

REPORT, HOLD, PHONE = "seats", "seat-hold", "seat-phone"
MOST_NAMED = 20_000
PHONE_KEY = "telephone numbers"


def provider(home: Path, clock: Clock) -> Provider:
    """Return the maker of the list of free times, the same for all terminals."""

    def make(_database: Database, _device: Device) -> bytes:
        now, first = clock.now(), today(clock)
        ahead = models.sessions(first, first + timedelta(days=leasing.FARTHEST_DAYS))
        listed = [
            each
            for each in ahead
            if each.day <= rules.last_day(now, each.horizon_days * rules.LEASED_HORIZONS) and not each.closed
        ]
        free = models.free_counts([each.id for each in listed], now)
        left = ((each, rules.left(each, free.get(each.id, 0), SeatChannel.TERMINAL, now)) for each in listed)
        return times_list.written(left, device_keys.hub_secret(home, PHONE_KEY))

    return Provider(make=make, mark=lambda _database, _device: leasing.list_mark(clock.now()))


def asks(home: Path, clock: Clock) -> Mapping[str, Ask]:
    """Return what terminals may ask about seats, by name."""

    def report(_database: Database, device: Device, asked: Fields) -> Mapping[str, Any]:
        """Take a terminal's word on its seats; one in quarantine may give it, and gets no new ones."""
        named = [_named(each) for each in asked.objects("seats", most=MOST_NAMED)]
        channel = device.channel if device.state == "active" else ""
        seed = device_keys.signing_seed(home)
        reply = leasing.report(device.terminal, named, clock.now(), channel=channel, seed=seed)
        lists = {"wanted": reply.wanted, "void": reply.void, "done": reply.done}
        return {
            "leases": [travelling(each) for each in reply.leases],
            **{name: [{"lease": lease} for lease in leases] for name, leases in lists.items()},
        }

    def hold(_database: Database, device: Device, asked: Fields) -> Mapping[str, Any]:
        """Give a form at a terminal a seat of the hub."""
        if device.state != "active":
            raise Refused("not-now")
        session, seed = asked.text("session"), device_keys.signing_seed(home)
        given = leasing.hold_for(device.terminal, session, clock.now(), channel=device.channel, seed=seed)
        return {"lease": travelling(given)}

    def phone(_database: Database, device: Device, asked: Fields) -> Mapping[str, Any]:
        """Say whether a telephone number may book one more."""
        seat = Seat(asked.text("session"), asked.number("no"), asked.text("lease"))
        channel = SeatChannel.WEB if device.channel == "web" else SeatChannel.TERMINAL
        mark, before = asked.text("phone", empty=True), asked.text("instead_of", empty=True)
        phone_limits.check(mark, seat, channel, clock.now(), instead_of=before)
        return {}

    return {REPORT: report, HOLD: _saying_why(hold), PHONE: _saying_why(phone)}


def _saying_why(ask: Ask) -> Ask:
    """Return the same question with a refusal as an answer."""

    def asked(database: Database, device: Device, fields: Fields) -> Mapping[str, Any]:
        try:
            return ask(database, device, fields)
        except Refused as refusal:
            return {"refused": refusal.code}

    return asked


def _named(fields: Fields) -> Named:
    state = fields.text("state")
    if state not in (FREE, HELD, SPENT, RETURNED):
        raise Malformed("bad-state")
    return Named(Seat(fields.text("session"), fields.number("no"), fields.text("lease")), state)
