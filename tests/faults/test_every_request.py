"""
The whole request of a submission is broken off at every write and made to fail at every write, in this process.

From the visit's first read to its last write, for each kind of submission and on the path through the staff: the screen
never denies what is stored and never shows a number that is not, after a restart too; pressed again, one is stored.
"""

from __future__ import annotations

import errno
import itertools
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk import db, side_lists
from kiosk.db import engine
from kiosk.hall import pins
from kiosk.hall.pins import Member, Roster
from kiosk.intake import codes
from kiosk.intake.pages.walk import Walk
from sync.terminal import held_lists
from tests.faults.shim import Disk, faulty_disk
from tests.intake.county import TOKEN, County, a_county
from tests.intake.test_kinds import ANSWERS, BOOKINGS, PRINTED, REQUESTS

NUMBER = re.compile(r"GX01-\d{6}-\d{4}-\w{2}-\w")
CODE = re.compile(r"\b\d{4} \d{4} \d{4}\b")
DENIALS = ("没有交出去", "没有交上", "没有编号")
TABLES = ("submission", "outbox", "print_job", "print_event")
FORMS = {
    "request": {**{name: given for name, given in ANSWERS.items() if name != "paper"}, **PRINTED},
    "book": {"topic": {"topic": "birth"}, "child": {"expected": "明年三月"}, **PRINTED},
}
MEMBER = Member("1024", "王示例", pins.hashed("480917"))
ONCE, FROM_THEN_ON = False, True
AGAIN_EVERY = 4
"""After each write that failed the screen and the files are judged; pressing again is tried after so many."""


@dataclass
class Form:
    """
    One way to hand in.

    Args:
        steps: The addresses that are sent one after the other, from pages that are open. assisted: By the staff.
    """

    path: str
    steps: tuple[str, ...]
    assisted: bool = False


FORMS_OF = {
    "request": Form("request", ("/request/check",)),
    "made up": Form("book", ("/book/check",)),
    "assisted": Form("book", ("/book/check", "/book/confirm"), assisted=True),
}


@dataclass
class Bench:
    """A terminal whose station is put back to the moment before handing in, for each try."""

    county: County
    form: Form
    root: Path
    disk: Disk
    before: Path
    cookie: str
    token: str
    numbers: Iterator[int] = field(default_factory=itertools.count)
    tries: int = 0
    felt: int = 0
    found: list[str] = field(default_factory=list)

    def fresh(self, source: Path | None = None) -> FlaskClient:
        """Put a copy of a station in place, as after a restart; return the browser of the visit."""
        db.real(db.store).close_all()
        self.tries += 1
        home = self.root / f"try-{self.tries}"
        shutil.copytree(source or self.before, home)
        self.disk.folder = home
        db.store.initialize(db.open_sqlite(home / "station.sqlite3"))
        client = self.county.citizen.client.application.test_client()
        client.set_cookie("visit", self.cookie)
        return client

    def hand_in(self, client: FlaskClient) -> list[str]:
        """Press, as often as this way needs, and return what the screen showed after each press."""
        return [self.send(client, step, self.token) for step in self.form.steps]

    def send(self, client: FlaskClient, address: str, token: str = "") -> str:
        """The page at the end of every redirect; empty where a browser would give up."""
        answer = client.post(address, data={"csrf_token": token}) if token else client.get(address)
        for _ in range(20):
            if answer.status_code not in (303, 307):
                return answer.text
            address = answer.headers["Location"]
            is_repeated = answer.status_code == 307 and token
            answer = client.post(address, data={"csrf_token": token}) if is_repeated else client.get(address)
        return ""

    def stored(self, home: Path | None = None) -> list[tuple[str, str]]:
        """Numbers and hashes of codes, as this process reads them or as a start at this place would."""
        home = home or self.disk.folder
        with closing(sqlite3.connect(home / "station.sqlite3")) as connection:
            sizes = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES
            }
            if len(set(sizes.values())) != 1:
                self.found.append(f"a part is stored: {sizes}")
            return connection.execute("SELECT number, code_hash FROM submission").fetchall()

    def after_a_restart(self) -> list[tuple[str, str]]:
        """What a start finds that takes the files as they are now."""
        return self.stored(shutil.copytree(self.disk.folder, self.root / f"restart-{next(self.numbers)}"))

    def judge(self, where: str, pages: list[str]) -> None:
        """Note what the screen showed and the store does not hold, or denied and it does."""
        held, later = self.stored(), self.after_a_restart()
        for page in pages:
            number, code = NUMBER.search(page), CODE.search(page)
            if number and not all(number[0] == each[0] for each in (*held, *later, ("",))[:2]):
                self.found.append(f"{where}: shows {number[0]}, stored {held}, after a restart {later}")
            if number and not code:
                self.found.append(f"{where}: a number without its code")
            if code and held and not codes.matches(held[0][1], code[0].replace(" ", "")):
                self.found.append(f"{where}: another code")
        if (held or later) and any(denial in pages[-1] for denial in DENIALS):
            self.found.append(f"{where}: denies what is stored: {held}, after a restart {later}")

    def again(self, where: str, client: FlaskClient) -> None:
        """Press again on a sound disk, as somebody does who saw no number: one is stored, and it is shown."""
        before = self.stored()
        page = self.send(client, f"/{self.form.path}/check")
        if self.form.assisted and not before and "开始填写" in page:
            return  # killed after its visit got another name and before the browser knew it: nothing was promised
        if not NUMBER.search(page):
            page = self.press_on(client, page)
        self.judge(f"{where}, again", [page])
        if len(self.stored()) != 1 or not NUMBER.search(page) or (before and before != self.stored()):
            self.found.append(f"{where}, again: {before} became {self.stored()}: {page[-3000:]}")

    def press_on(self, client: FlaskClient, page: str) -> str:
        """Press what the screen offers until there is a receipt."""
        for _ in range(3):
            token = TOKEN.search(page)
            action = "confirm" if "本人确认" in page and "请本人确认" not in page else "check"
            page = self.send(client, f"/{self.form.path}/{action}", token[1] if token else "none")
            if NUMBER.search(page):
                break
        return page

    def writes(self) -> int:
        """How often an undisturbed handing in writes."""
        client = self.fresh()
        with self.disk.watched():
            pages = self.hand_in(client)
        assert NUMBER.search(pages[-1]), pages[-1]
        assert self.disk.count > 10, "the writes must be seen"
        return self.disk.count

    def sweep(self, error: int, *, lasts: bool) -> list[str]:
        """Make each write fail in its turn; return everything that is wrong."""
        for at in range(1, self.writes() + 1):
            client, where = self.fresh(), f"{errno.errorcode[error]} at {at}"
            with self.disk.failing(at, error, lasts=lasts):
                pages = self.hand_in(client)
            self.felt += self.disk.felt
            self.judge(where, pages)
            if at % AGAIN_EVERY == 0:
                self.again(where, client)
            self.clean()
        return self.found

    def killed_everywhere(self) -> list[str]:
        """Start again from the files as they were before each write; return everything that is wrong."""
        client, moments = self.fresh(), list[tuple[Path, str]]()

        def keep() -> None:
            cookie = client.get_cookie("visit")
            kept = shutil.copytree(self.disk.folder, self.root / f"moment-{len(moments)}")
            moments.append((kept, cookie.value if cookie else ""))

        with self.disk.watched(keep):
            self.hand_in(client)
        for at, (moment, self.cookie) in enumerate(moments, 1):
            client = self.fresh(moment)
            self.again(f"killed before write {at}", client)
            self.felt += 1
            self.clean()
        return self.found

    def clean(self) -> None:
        """Remove the files of a try."""
        db.real(db.store).close_all()
        for path in [self.disk.folder, *self.root.glob("restart-*")]:
            shutil.rmtree(path)


def at_the_last_press(county: County, form: Form) -> tuple[str, str]:
    """Fill in the form and open every page that is to be sent; return the visit's cookie and its token."""
    citizen = county.citizen
    citizen.fill_in(form.path, FORMS[form.path])
    if form.assisted:
        citizen.send("/assist", number=MEMBER.number, pin="480917")
    page = citizen.open(f"/{form.path}/check")
    token, cookie = TOKEN.search(page), citizen.client.get_cookie("visit")
    assert token
    assert cookie
    return cookie.value, token[1]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    root = tmp_path_factory.mktemp("requests")
    with faulty_disk(root), a_county(root, [REQUESTS, BOOKINGS]) as made:
        with db.writing(db.store):
            content = Roster((MEMBER,), b"k" * 32).body()
            held_lists.keep(db.store, side_lists.HALL_STAFF, content, made.clock.now())
        yield made
        db.store.initialize(made.at_terminal[0])


@pytest.fixture
def bench(county: County, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Bench]]:
    def make(name: str) -> Bench:
        form = FORMS_OF[name]
        db.store.initialize(county.at_terminal[0])
        cookie, token = at_the_last_press(county, form)
        db.checkpoint(db.store)
        before = tmp_path / "before"
        before.mkdir()
        shutil.copy(db.real(db.store).path, before / "station.sqlite3")
        county.citizen.client.delete_cookie("visit")
        return Bench(county, form, tmp_path, disk, before, cookie, token)

    with faulty_disk(tmp_path) as disk:
        yield make


@pytest.mark.parametrize("name", FORMS_OF)
def test_killed_before_any_write_the_next_start_shows_what_is_stored(
    bench: Callable[[str], Bench], name: str
) -> None:
    tried = bench(name)
    assert tried.killed_everywhere() == []
    assert tried.felt > 10


@pytest.mark.parametrize(
    ("name", "error", "lasts"),
    [
        ("request", errno.ENOSPC, FROM_THEN_ON),
        ("request", errno.EIO, ONCE),
        ("made up", errno.ENOSPC, ONCE),
        ("made up", errno.ENOSPC, FROM_THEN_ON),
        ("made up", errno.EIO, ONCE),
        ("made up", errno.EIO, FROM_THEN_ON),
        ("assisted", errno.ENOSPC, ONCE),
        ("assisted", errno.EIO, FROM_THEN_ON),
    ],
)
def test_whatever_write_fails_the_screen_denies_nothing_and_invents_nothing(
    bench: Callable[[str], Bench], name: str, error: int, lasts: bool
) -> None:
    tried = bench(name)
    assert tried.sweep(error, lasts=lasts) == []
    assert tried.felt > 10, "the errors must have been felt"


def test_the_sweep_finds_a_screen_that_denies_what_the_next_start_finds(
    bench: Callable[[str], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a failed sync is believed as it is."""
    monkeypatch.setattr(engine, "_overwrite", lambda connection: None)
    found = bench("made up").sweep(errno.EIO, lasts=ONCE)
    assert any("denies what is stored" in fault for fault in found), found


def test_the_sweep_finds_a_number_that_is_shown_and_not_stored(
    bench: Callable[[str], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a page that does not ask the store."""
    monkeypatch.setattr(Walk, "_not_stored", lambda *_: "GX01-261123-0001-K7-4 1234 5678 9012")
    found = bench("made up").sweep(errno.ENOSPC, lasts=ONCE)
    assert any("shows GX01" in fault for fault in found), found
