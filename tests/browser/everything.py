"""A county with all that its pages can show: people of every role at the desk, a hall with a PIN, a web station."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kiosk import db
from kiosk.catalogue.feedback import problems
from kiosk.clock import today
from kiosk.hall import accounts
from kiosk.machine import homes
from kiosk.seats import actions as seats
from kiosk.seats.rules import SeatChannel
from kiosk.staff import actions as staff
from sync.carried.counts import Tally
from sync.hub.models import EnrolledDevice, SetAside
from tests.building import terminal_settings
from tests.clocks import CLOCK
from tests.journeys.story import hand_in
from tests.pages import Visitor
from tests.world import PASSWORD, World, answers, eventually
from tools import demo_supply
from tools.virtual_reader.card_reader import CardReader
from tools.virtual_reader.ports import CardPort, Port

HALL_NUMBER, LOCKED_NUMBER, HALL_PIN = "1024", "2048", "480917"
PUBLIC = "https://gk.example.cn/kiosk"
CLERK, PUBLISHER, SECOND_PUBLISHER, ADMIN, SECOND_ADMIN, NEWCOMER, FORGETFUL = (
    "li.shili", "zhao.shili", "sun.shili", "qian.shili", "zheng.shili", "zhou.shili", "wu.shili",
)  # fmt: skip
PEOPLE = {
    PUBLISHER: "publisher",
    SECOND_PUBLISHER: "publisher",
    ADMIN: "admin",
    SECOND_ADMIN: "admin",
    NEWCOMER: "clerk",
    FORGETFUL: "clerk",
}
SETTINGS = terminal_settings(
    public_url=PUBLIC,
    help_phone="0635-0000000",
    organ_phone="0635-0000001",
    page_printer="ipp://127.0.0.1:9/ipp/print",
    document_camera=True,
    queue_letter="A",
    queue_hours=("0:00-24:00",),
)


READER = CardReader()
"""The virtual card reader of the county's terminal; nothing is laid on it but by a page of the list."""


class WebStation(World):
    """A terminal with `channel = "web"` beside the county's own, at the same hub."""

    def __init__(self, root: Path, county: World) -> None:
        root.mkdir()
        super().__init__(root, terminal_settings(channel="web", help_phone="0635-0000000"))
        self.county, self.hub_home = county, county.hub_home

    def make(self) -> None:
        self.hub_port = self.county.hub_port
        self.make_terminal("网上1号")


class Everything:
    """The county, its web station and its people; `url(place)` for each place of pages.py."""

    def __init__(self, root: Path) -> None:
        (root / "hall").mkdir()
        self.cards = CardPort(Port(root / "cards"), READER)
        self.scanner = Port(root / "codes")
        self.county = World(
            root / "hall",
            replace(
                SETTINGS,
                card_reader=f"serial://{root / 'cards'}",
                code_scanner=f"serial://{root / 'codes'}",
            ),
        )
        self.web = WebStation(root / "web", self.county)

    def start(self) -> None:
        """All processes; returns when both stations have the catalogue."""
        self.county.make()
        database = homes.open_hub(self.county.hub_home, CLOCK)
        with db.writing(database):
            for name, role in PEOPLE.items():
                staff.add_account(name, role, PASSWORD, CLOCK.now())
            devices = [place.device for place in accounts.places()]
            for number, name in ((HALL_NUMBER, "王示例"), (LOCKED_NUMBER, "李示例")):
                accounts.add(
                    number=number,
                    name=name,
                    pin=HALL_PIN,
                    devices=devices,
                    now=CLOCK.now(),
                    by="operator:test",
                )
        demo_supply.add(CLOCK)
        database.close()
        self.web.make()
        self.county.start("paper")
        self.county.start("web", "agent", "printer")
        self.web.start("web", "agent")
        for station in (self.county, self.web):
            station.wait_for_the_catalogue()
        assist = self.county.terminal_url + "/assist"
        eventually(lambda: answers(assist), "the hall's staff is known at the terminal")

    def hand_in(self) -> str:
        """The number of a request that a citizen has just made."""
        return hand_in(Visitor(self.county.terminal_url), paper="none").number

    def report_a_problem(self, doc_id: str) -> None:
        """What citizens told of a document, as the hub has it once the counts of the day came up."""
        database = homes.open_hub(self.county.hub_home, CLOCK)
        with db.writing(database):
            problems.take(today(CLOCK), Tally("problem", doc_id, "wrong", "第3条不对"))
        database.close()

    def hold_an_upload(self) -> None:
        """One upload that the hub holds for a person, as after a disk that was copied."""
        database = homes.open_hub(self.county.hub_home, CLOCK)
        with db.writing(database):
            SetAside.insert(
                key="00000000-0000-7000-8000-00000000beef",
                digest="0" * 64,
                device=EnrolledDevice.select(EnrolledDevice.id)
                .order_by(EnrolledDevice.terminal)
                .scalar(database),
                epoch="copied",
                seq=1,
                number="GX01-261123-0001-K7-4",
                code="seq-taken",
                envelope='{"organ": "GX-ZFB", "submitted_at": "2026-11-23T01:00:00Z"}',
                sealed=b"\x00",
                received_at="2026-11-23T01:00:00Z",
            ).on_conflict_ignore().execute(database)
        database.close()

    def book(self, session: str) -> None:
        """A seat of this session has a booking."""
        database = homes.open_hub(self.county.hub_home, CLOCK)
        with db.writing(database):
            seats.book(session, "GX01-261123-0009-K7-4", SeatChannel.DESK, CLOCK.now())
        database.close()

    @contextmanager
    def disk_refuses(self, place: str) -> Iterator[None]:
        """The web process of a terminal can add nothing to its files meanwhile, as on a failing disk."""
        process = {"kiosk": self.county, "web": self.web}[place].processes["web"]
        before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (8192, before[1]))
        try:
            yield
        finally:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)

    def count_as_closed(self) -> None:
        """Whoever mistook a PIN of the hall has now done so too often."""
        station = sqlite3.connect(self.county.terminal_home / homes.STATION_DB)
        with station:
            station.execute("UPDATE pin_try SET wrong = 15 WHERE wrong > 0")
        station.close()

    def url(self, place: str) -> str:
        """Where a place's pages begin."""
        county = self.county
        return {
            "kiosk": county.terminal_url,
            "hall": county.terminal_url,
            "web": self.web.terminal_url,
            "desk": county.hub_url,
        }[place]

    def rest(self) -> None:
        """Halts all processes until they `go_on`."""
        self.web.rest()
        self.county.rest()

    def go_on(self) -> None:
        """Lets all processes run that rested."""
        self.county.go_on()
        self.web.go_on()

    def end(self) -> None:
        """Ends whatever runs."""
        self.web.end()
        self.county.end()
