"""
A hub and three terminals in one process for tests of seats: each has its database file, and a line that can be cut.

Everything between them goes through the product's own reading and writing of messages; only HTTP and the signatures of
requests are left out.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk import db, side_lists
from kiosk.app.seats import asks as seat_asks
from kiosk.app.seats import seat_rounds
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.machine import homes
from kiosk.seats import actions, leased, leased_models
from kiosk.seats.rules import Seat
from sync.hub import hub_history
from sync.hub.device import Device
from sync.terminal import outbox
from sync.terminal.enrolment import Enrolment, keep
from sync.terminal.models import HubLink
from sync.wire.errors import Unreachable
from sync.wire.protocol import JSON_TYPE, write
from sync.wire.reading import read_object
from sync.wire.signing import Answer
from tests import building
from tests.building import MADE_AT, a_folder
from tests.seats.supply import NOW

NAMES = ("one", "two", "three")


@dataclass(frozen=True)
class Made:
    """The files that each example begins with."""

    hub: Path
    enrolled: tuple[Enrolment, ...]
    stations: tuple[Path, ...]


@functools.cache
def made() -> Made:
    """Make a hub with three terminals, once for this process."""
    folder = a_folder()
    building.enrolled_hub(folder / "hub")
    app = building.hub_app(folder / "hub")
    clock = FixedClock(MADE_AT)
    first = building.enrolled_hub(folder / "again").enrolled
    enrolled = (first, *(building.enrol(app, name, clock) for name in NAMES[1:]))
    db.real(db.store).close_all()
    stations = []
    for name, given in zip(NAMES, enrolled, strict=True):
        (folder / name).mkdir()
        database = building.station(folder / name)
        with db.writing(database):
            keep(database, given, MADE_AT)
        database.close_all()
        stations.append(database.path)
    return Made(folder / "hub", enrolled, tuple(stations))


@contextmanager
def bound(database: db.SqliteFile) -> Iterator[None]:
    """Bind a database as `db.store` for a moment."""
    before = db.store.obj
    db.store.initialize(database)
    try:
        yield
    finally:
        db.store.initialize(before)


@dataclass
class SeatHubMachine:
    """The hub: its database, its clock, and the numbers that it has taken."""

    home: Path
    clock: FixedClock
    database: db.SqliteFile
    taken: set[str] = field(default_factory=set)

    def ask(self, device: Device, name: str, body: bytes) -> bytes:
        """Answer a terminal's question, in a transaction as the product's own routes do."""
        with bound(self.database), db.writing(self.database):
            asks = seat_asks.asks(self.home, self.clock)
            return write({"v": 1, **asks[name](self.database, device, read_object(body))})

    def take(self, device: Device, number: str, seat: Seat) -> None:
        """Take a booking in, once."""
        if number in self.taken:
            return
        with bound(self.database), db.writing(self.database):
            actions.claim(seat, number, self.clock.now(), device=device.terminal)
        self.taken.add(number)

    def list_for(self, device: Device) -> bytes:
        """The side list of free times."""
        with bound(self.database):
            content = seat_asks.provider(self.home, self.clock).make(self.database, device)
        assert content is not None
        return content

    def epoch(self) -> str:
        with bound(self.database):
            return hub_history.epochs(self.database)[0]


@dataclass
class SeatTerminal:
    """A terminal: its station, its clock, its line to the hub."""

    device: Device
    hub: SeatHubMachine
    clock: FixedClock
    database: db.SqliteFile
    is_cut: bool = False
    loses_answers: bool = False

    def send(self, _method: str, path: str, body: bytes = b"") -> Answer:
        """Send a question over the line, as `sync.wire.line.HubLine`."""
        if self.is_cut:
            raise Unreachable("hub-unreachable")
        answer = self.hub.ask(self.device, path.rpartition("/")[2], body)
        if self.loses_answers:
            raise Unreachable("hub-unreachable")
        return Answer(200, answer, JSON_TYPE)

    def round(self) -> None:
        """Do what the agent does: hello, push, lists, report."""
        if self.is_cut:
            return
        with bound(self.database):
            self._hello()
            for entry in outbox.next_batch(self.database, 100):
                at = entry.envelope
                self.hub.take(self.device, entry.number, Seat(at["session"], at["seat"], at["lease"]))
                if not self.loses_answers:
                    with db.writing(self.database):
                        outbox.mark_acked(
                            self.database, entry.key, hub_no=1, hub_epoch=self.hub.epoch(), now=NOW
                        )
            with db.writing(self.database):
                side_lists.replace(
                    self.database, side_lists.SEATS, self.hub.list_for(self.device), self.clock.now()
                )
            seat_rounds.send(self, self.clock)

    def _hello(self) -> None:
        epoch = self.hub.epoch()
        with db.writing(self.database):
            known = HubLink.select(HubLink.hub_epoch).scalar(self.database)
            if known != epoch:
                outbox.offer_again(self.database, self.epoch, highest=0, missing=())
                HubLink.update(hub_epoch=epoch).execute(self.database)

    def news(self) -> None:
        """Do a round in which the hub is asked for seats, although nothing has changed here."""
        with bound(self.database), db.writing(self.database):
            leased_models.note_reported("", "", self.clock.now())
        self.round()

    @property
    def epoch(self) -> str:
        return self.device.epoch

    def hold(self, session: str, key: str) -> Seat:
        """Hold a seat for a form, of the hub or of its own."""
        with bound(self.database):
            return seat_rounds.hold_over(self, self.clock, session, key)

    def confirm(self, seat: Seat, number: str, key: str) -> Seat:
        """Spend a seat in the transaction that stores the booking and its outbox entry."""
        with bound(self.database), db.writing(self.database):
            spent = leased.spend(seat, number, key, self.clock)
            envelope = {"session": spent.session, "seat": spent.no, "lease": spent.lease}
            outbox.add(
                self.database,
                key=key,
                kind="booking",
                number=number,
                envelope=envelope,
                sealed=b"sealed",
                created_at=self.clock.now(),
            )
            return spent

    def own(self) -> list[dict[str, Any]]:
        """Its leases, as it names them."""
        with bound(self.database):
            return leased_models.named()


@contextmanager
def a_county(folder: Path, clock: FixedClock) -> Iterator[tuple[SeatHubMachine, list[SeatTerminal]]]:
    """A hub with three terminals, each with a clock of its own."""
    given = made()
    shutil.copytree(given.hub, folder / "hub")
    hub_database = db.open_sqlite(folder / "hub" / homes.HUB_DB)
    hub = SeatHubMachine(folder / "hub", clock, hub_database)
    terminals = []
    for name, path, enrolled in zip(NAMES, given.stations, given.enrolled, strict=True):
        (folder / name).mkdir()
        shutil.copyfile(path, folder / name / path.name)
        device = Device(enrolled.device, name, enrolled.terminal, enrolled.epoch, "active")
        terminals.append(
            SeatTerminal(
                device, hub, FixedClock(clock.moment, boot=name), db.open_sqlite(folder / name / path.name)
            )
        )
    try:
        yield hub, terminals
    finally:
        for database in (hub.database, *(each.database for each in terminals)):
            database.close_all()


__all__ = ["Refused", "SeatHubMachine", "SeatTerminal", "a_county", "bound"]
