"""A station file damaged in any way gives every sealed row that is still whole, and its numbers go on."""

from __future__ import annotations

import random
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import stamp
from kiosk.db import raw_pages
from kiosk.intake import models, numbers
from kiosk.intake.models import Submission
from kiosk.machine import link_copy, station
from sync.terminal import outbox
from sync.terminal.enrolment import Enrolment, keep
from sync.terminal.models import HubLink
from tests.clocks import CLOCK

MANY = 24
SEEDS = 100
DAY = date(2026, 11, 30)


@dataclass(frozen=True)
class Sound:
    """
    A station with submissions: the sealed part of each by its number, and for each piece of it the pages, counted over
    the file and then its log, in which it is stored.
    """

    home: Path
    records: dict[str, bytes]
    places: dict[str, list[set[int]]]
    last_seq: int
    last_place: int


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sound]:
    """Half of its rows in the file, half in the log, as after a power cut; some sealed parts fill several pages."""
    made = _a_station(tmp_path_factory.mktemp("made") / "home")
    yield made
    db.store.initialize(None)


def _a_station(home: Path) -> Sound:
    home.mkdir()
    chance = random.Random(7)
    database = db.open_sqlite(home / station.STATION_DB)
    db.migrate(database, station.KIND, CLOCK.now())
    db.store.initialize(database)
    with db.writing(database):
        keep(
            database,
            Enrolment("device-1", "GX03", "A", b"k" * 32, "hub-a", b"s" * 32, "key-1", "f"),
            CLOCK.now(),
        )
        HubLink.update(session="ab" * 8, hub_time=stamp(CLOCK.now())).execute(database)
    for at in range(MANY):
        _hand_in(database, bytes(chance.randbytes(chance.choice((500, 900, 2_500, 9_000)))))
        if at == MANY - 8:
            database.checkpoint()
    with closing(sqlite3.connect(home / station.STATION_DB)) as looking:  # so that closing leaves the log
        looking.execute("SELECT count(*) FROM outbox").fetchone()
        copied = home.with_name("copied")
        shutil.copytree(home, copied)
    (copied / f"{station.STATION_DB}-shm").unlink(missing_ok=True)
    link_copy.keep(copied, database)
    last = HubLink.select(HubLink.last_seq).scalar(database)
    records = _records(home)
    database.close()
    assert len(records) == MANY
    return Sound(copied, records, _places(copied, records), last, MANY)


def _hand_in(database: db.SqliteFile, sealed: bytes) -> str:
    key = str(uuid.uuid4())
    with db.writing(database):
        number = numbers.issue("GX03", DAY)
        outbox.add(database, key=key, kind="disclosure", number=number, envelope={"organ": "GX-01"},
                   sealed=sealed, created_at=CLOCK.now())  # fmt: skip
        models.add(
            Submission(
                key,
                number,
                "disclosure",
                "GX-01",
                "办公室",
                CLOCK.now(),
                DAY,
                "in_person",
                {"a": "b"},
                "hash",
                "submitted",
                CLOCK.now(),
            )
        )
    return number


def _records(home: Path) -> dict[str, bytes]:
    """The sealed part of each entry by its number, read by SQLite."""
    with closing(sqlite3.connect(home / station.STATION_DB)) as reading:
        return dict(reading.execute("SELECT number, sealed FROM outbox").fetchall())


Damage = Callable[[random.Random, bytearray, bytearray], None]
"""Changes the file and its log."""


def scattered(chance: random.Random, file: bytearray, log: bytearray) -> None:
    for _ in range(chance.choice((1, 8, 60, 400))):
        content = file if chance.random() < len(file) / (len(file) + len(log)) else log
        content[chance.randrange(len(content))] = chance.randrange(256)


def pages(chance: random.Random, file: bytearray, log: bytearray) -> None:
    for _ in range(chance.choice((1, 2, 6))):
        at = chance.randrange(len(file) // 4096) * 4096
        file[at : at + 4096] = chance.choice((bytes(4096), chance.randbytes(4096), file[:4096]))


def cut(chance: random.Random, file: bytearray, log: bytearray) -> None:
    content = chance.choice((file, log))
    del content[chance.randrange(len(content)) :]


def headless(chance: random.Random, file: bytearray, log: bytearray) -> None:
    many = chance.choice((1, 16, 100, 4096))
    file[:many] = bytes(many)
    if chance.random() < 0.3:
        log[:32] = chance.randbytes(32)


def emptied(chance: random.Random, file: bytearray, log: bytearray) -> None:
    file.clear()
    if chance.random() < 0.5:
        log.clear()


DAMAGES: tuple[Damage, ...] = (scattered, pages, cut, headless, emptied)


def images(file: bytes, log: bytes) -> list[bytes]:
    """Every page of the file, then every frame of its log with its head."""
    return [file[at : at + 4096] for at in range(0, len(file), 4096)] + [
        log[at : at + 4120] for at in range(32, len(log), 4120)
    ]


def _pieces(sealed: bytes) -> list[bytes]:
    return [sealed[at : at + 48] for at in range(0, len(sealed) - 47, 48)]


def _places(home: Path, records: dict[str, bytes]) -> dict[str, list[set[int]]]:
    """Where each piece is; one that lies across two pages is nowhere, and is left out."""
    stored = images(*_content(home))
    found = {
        number: [{at for at, image in enumerate(stored) if piece in image} for piece in _pieces(sealed)]
        for number, sealed in records.items()
    }
    return {
        number: [*filter(None, places), {at for at, image in enumerate(stored) if number.encode() in image}]
        for number, places in found.items()
    }


def _content(home: Path) -> tuple[bytes, bytes]:
    path = home / station.STATION_DB
    return path.read_bytes(), path.with_name(path.name + "-wal").read_bytes()


def whole(sound: Sound, file: bytes, log: bytes) -> set[str]:
    """
    The numbers whose sealed part can still be had: each piece of it lies in a page, or in a frame that was committed,
    of which nothing was changed. Found without any code of the salvage.
    """
    was_file, was_log = _content(sound.home)
    was, now = images(was_file, was_log), images(file.ljust(len(was_file), b"?"), log)
    kept = {at for at, (one, other) in enumerate(zip(was, now, strict=False)) if one == other}
    first = len(was_file) // 4096
    commits = [at for at in range(first, len(was)) if any(was[at][4:8]) and at in kept]
    if log[:32] != was_log[:32]:
        commits = []
    kept -= set(range(max(commits, default=first - 1) + 1, len(was)))
    return {number for number, places in sound.places.items() if all(place & kept for place in places)}


def damaged_copy(sound: Sound, home: Path, seed: int) -> tuple[set[str], str]:
    """A home with damage of this seed, the numbers that are still whole, and the kind of the damage."""
    chance = random.Random(seed)
    damage = DAMAGES[seed % len(DAMAGES)]
    file, log = map(bytearray, _content(sound.home))
    damage(chance, file, log)
    home.mkdir()
    (home / station.STATION_DB).write_bytes(file)
    (home / f"{station.STATION_DB}-wal").write_bytes(log)
    shutil.copy(sound.home / link_copy.FILE, home / link_copy.FILE)
    return whole(sound, bytes(file), bytes(log)), damage.__name__


@pytest.mark.parametrize("part", range(5))
def test_every_sealed_row_that_is_whole_comes_through(sound: Sound, tmp_path: Path, part: int) -> None:
    found = 0
    for seed in range(part, SEEDS, 5):
        home = tmp_path / str(seed)
        expected, kind = damaged_copy(sound, home, seed)
        opened = station.open_station(home, CLOCK)
        entries = deliverable(opened)
        assert expected <= entries.keys(), (seed, kind, len(expected - entries.keys()))
        assert all(sound.records[number] == sealed for number, sealed in entries.items())
        found += len(expected)
        assert_goes_on(sound, opened)
        assert station.fault_of(home) == ""
        opened.close()
        shutil.rmtree(home)
    assert found or DAMAGES[part] is emptied


def deliverable(opened: db.SqliteFile) -> dict[str, bytes]:
    """The sealed parts that the terminal sends, by number, each whole by its digest."""
    found = opened.execute_sql("SELECT number, sealed, digest FROM outbox WHERE state IN ('waiting', 'sent')")
    return {number: sealed for number, sealed, digest in found if sha256(sealed).hexdigest() == digest}


def test_a_salvage_that_forgets_the_log_is_found_out(
    sound: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: the same seeds, with a reader that leaves out one of the two files."""
    read = raw_pages.read
    monkeypatch.setattr(raw_pages, "read", lambda path, log: read(path, log.with_name("none")))
    lost = 0
    for seed in range(10):
        expected, _ = damaged_copy(sound, tmp_path / str(seed), seed)
        opened = station.open_station(tmp_path / str(seed), CLOCK)
        lost += len(expected - deliverable(opened).keys())
        opened.close()
    assert lost


def assert_goes_on(sound: Sound, opened: db.SqliteFile) -> None:
    """Numbers and places go on behind all that were given out."""
    db.store.initialize(opened)
    number = _hand_in(opened, b"later")
    assert int(number.split("-")[2]) > sound.last_place
    assert HubLink.select(HubLink.last_seq).scalar(opened) > sound.last_seq
    assert HubLink.select(HubLink.session).scalar(opened) == "ab" * 8
