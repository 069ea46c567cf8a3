"""The hub's end of seats: the list of free times, and what terminals ask about seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kiosk.app.replication import device_keys
from kiosk.calendar.in_force import HubCalendar
from kiosk.clock import Clock, today
from kiosk.consultation.supply import models as supply_models
from kiosk.consultation.supply import openings
from kiosk.consultation.supply.offered import HubSupply
from kiosk.errors import Refused
from kiosk.seats import leasing, models, phone_limits, rules, times_list
from kiosk.seats.leased_models import FREE, HELD, RETURNED, SPENT
from kiosk.seats.leases import travelling
from kiosk.seats.leasing import Named
from kiosk.seats.phone_limits import PhoneLimits
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
    """Return the maker of the list of free times, the same for all terminals of a channel."""

    beside_phones = _Shares()

    def make(_database: Database, device: Device) -> bytes:
        now, first = clock.now(), today(clock)
        ahead = models.sessions(first, first + timedelta(days=leasing.FARTHEST_DAYS))
        listed = [
            each
            for each in ahead
            if each.day <= rules.last_day(now, each.horizon_days * rules.LEASED_HORIZONS) and not each.closed
        ]
        free = models.free_counts([each.id for each in listed], now)
        channel, leave = SeatChannel.TERMINAL, {}
        if device.channel == "web":
            channel, leave = SeatChannel.WEB, beside_phones([(each.place, each.day) for each in listed])
        left = (
            (each, rules.left(each, free.get(each.id, 0), channel, now, leave.get(each.id, 0)))
            for each in listed
        )
        return times_list.written(left, device_keys.hub_secret(home, PHONE_KEY))

    return Provider(
        make=make,
        mark=lambda _database, device: " ".join(
            (leasing.list_mark(clock.now()), device.channel, str(supply_models.last_seq()))
        ),
    )


class _Shares:
    """The seats that phones leave to the other channels, by the county's terms."""

    def __init__(self) -> None:
        self._supply, self._calendar = HubSupply(), HubCalendar()

    def __call__(self, asked: Iterable[tuple[str, date]]) -> dict[str, int]:
        """Return how many seats phones leave of each session of these places and days."""
        supply, calendar = self._supply(), self._calendar()
        slots = (
            slot
            for place, day in sorted(set(asked))
            for slot in openings.slots_on(supply, place, day, calendar)
        )
        return {slot.session_id: slot.seats - slot.phones for slot in slots}

    def limits(self) -> PhoneLimits:
        """Return how much one telephone number may book."""
        terms = self._supply().terms
        return PhoneLimits(terms.each_topic, terms.in_all, terms.missed_times, terms.missed_days)


def asks(home: Path, clock: Clock) -> Mapping[str, Ask]:
    """Return what terminals may ask about seats, by name."""

    shares = _Shares()

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
        known = models.session(session) if device.channel == "web" else None
        leave = shares([(known.place, known.day)]).get(session, 0) if known else 0
        given = leasing.hold_for(
            device.terminal, session, clock.now(), channel=device.channel, seed=seed, leave=leave
        )
        return {"lease": travelling(given)}

    def phone(_database: Database, device: Device, asked: Fields) -> Mapping[str, Any]:
        """Say whether a telephone number may book one more."""
        seat = Seat(asked.text("session"), asked.number("no"), asked.text("lease"))
        channel = SeatChannel.WEB if device.channel == "web" else SeatChannel.TERMINAL
        mark, before = asked.text("phone", empty=True), asked.text("instead_of", empty=True)
        phone_limits.check(mark, seat, channel, clock.now(), instead_of=before, limits=shares.limits())
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
