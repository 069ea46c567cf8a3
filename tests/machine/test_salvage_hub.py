"""What is intact in a damaged hub is in the new one, which starts; 200 kinds of damage, each from its own seed."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from kiosk import audit, blobs, db
from kiosk.app.handlings import HANDLINGS
from kiosk.app.salvaging import SalvagedHub, fill, salvage_hub
from kiosk.cli.program import main
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.machine import homes, proofs
from sync.hub import hub_history
from sync.hub.models import InboxEntry, SyncPosition
from tests.clocks import MONDAY_MORNING
from tests.machine.hubs import HubHome, new_hub

SEEDS = 200
MANY = 12


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> HubHome:
    made = new_hub(tmp_path_factory.mktemp("whole") / "hub", FixedClock(MONDAY_MORNING))
    made.take_in(MANY)
    blobs.of_home(made.home).put(BytesIO(b"an attachment"), 100)
    return made


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty hub's file, made once."""
    home = tmp_path_factory.mktemp("fresh")
    (home / "hub.toml").write_text("")
    homes.open_hub(home, FixedClock(MONDAY_MORNING), is_new=True).close_all()
    return home / homes.HUB_DB


def some_bytes(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 40)):
        content[chance.randrange(len(content))] = chance.randrange(256)


def a_page(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content) // 4096) * 4096
    content[at : at + 4096] = chance.randbytes(4096)


def zeros(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content))
    content[at : at + 8192] = bytes(len(content[at : at + 8192]))


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def the_first_page(content: bytearray, chance: random.Random) -> None:
    content[:4096] = chance.randbytes(4096)


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    some_bytes,
    a_page,
    zeros,
    cut,
    the_first_page,
)


def readable(file: Path) -> set[str]:
    """The digests of sealed parts that SQLite itself still finds whole, each asked for by itself."""
    found = set()
    with closing(sqlite3.connect(file)) as connection:
        for no in range(1, MANY + 1):
            with suppress(sqlite3.DatabaseError, TypeError, ValueError, AttributeError):
                sealed, digest, envelope, bound = connection.execute(
                    "SELECT sealed, digest, envelope, envelope_digest FROM inbox WHERE no = ?", (no,)
                ).fetchone()
                if (
                    sha256(sealed).hexdigest() == digest
                    and sha256(envelope.encode()).hexdigest() == bound
                    and f'"digest":"{digest}"' in envelope
                ):
                    found.add(digest)
    return found


@pytest.mark.parametrize("part", range(5))
def test_what_is_intact_by_its_digest_is_in_a_hub_that_starts(
    hub: HubHome, fresh: Path, tmp_path: Path, part: int
) -> None:
    content = hub.file.read_bytes()
    kept_in_all = 0
    for seed in range(part, SEEDS, 5):
        chance = random.Random(seed)
        damaged = bytearray(content)
        DAMAGES[seed % len(DAMAGES)](damaged, chance)
        file, new = tmp_path / "damaged.sqlite3", tmp_path / "new.sqlite3"
        file.write_bytes(bytes(damaged))
        shutil.copy(fresh, new)
        database = bound(new)
        found = SalvagedHub()
        fill(database, file, hub.clock, found)
        kept = {digest for (digest,) in InboxEntry.select(InboxEntry.digest).tuples().execute(database)}
        assert readable(file) <= kept, seed
        assert proofs.in_hub(database) == [], seed
        assert audit.first_break() is None, seed
        assert SyncPosition.select(SyncPosition.inbox_no).scalar(database) >= 1_000
        kept_in_all += len(kept)
        database.close()
        for each in tmp_path.iterdir():
            each.unlink()
    assert kept_in_all > 0


def bound(file: Path) -> db.SqliteFile:
    database = db.open_sqlite(file)
    db.store.initialize(database)
    db.catalogue.initialize(database)
    return database


@pytest.fixture
def damaged(hub: HubHome, tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "damaged"
    shutil.copytree(hub.home, home)
    file = home / homes.HUB_DB
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'inbox'").fetchone()
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = bytes(4096)
    content[:100] = bytes(100)
    file.write_bytes(bytes(content))
    yield home
    if db.store.obj:
        db.store.obj.close_all()


def test_the_command_makes_a_hub_that_serves_takes_in_and_is_proved(
    damaged: Path, hub: HubHome, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["check", "--home", str(damaged)]) == 1
    capsys.readouterr()
    assert main(["salvage", "--home", str(damaged), str(out)]) == 0
    said = capsys.readouterr().out
    assert f"inbox: {MANY}" in said
    database = homes.open_hub(out, hub.clock)
    assert InboxEntry.select().count(database) == MANY
    assert database.execute_sql("SELECT count(*) FROM disclosure_case").fetchone() == (MANY,)
    assert proofs.in_hub(database) == []
    assert audit.first_break() is None
    epoch, _ = hub_history.epochs(database)
    database.close_all()
    with closing(sqlite3.connect(hub.file)) as connection:
        assert connection.execute("SELECT hub_epoch FROM sync_position").fetchone() != (epoch,)
    assert (out / "signing.key").read_bytes() == (damaged / "signing.key").read_bytes()
    again = HubHome(out, hub.recovery_key, hub.clock, hub.device)
    assert again.take_in(1)
    assert main(["backup", "--home", str(out), str(tmp_path / "copy")]) == 0


def test_the_damaged_hub_is_only_read_and_an_existing_home_is_left_alone(damaged: Path, hub: HubHome) -> None:
    before = {path: path.read_bytes() for path in damaged.rglob("*") if path.is_file()}
    salvage_hub(damaged, damaged.with_name("out"), hub.clock, HANDLINGS)
    assert {path: path.read_bytes() for path in damaged.rglob("*") if path.is_file()} == before
    with pytest.raises(Refused, match="not empty"):
        salvage_hub(damaged, damaged.with_name("out"), hub.clock, HANDLINGS)


def test_a_broken_sealed_part_is_named_and_not_taken(hub: HubHome, tmp_path: Path) -> None:
    home = tmp_path / "damaged"
    shutil.copytree(hub.home, home)
    HubHome(home, hub.recovery_key, hub.clock, hub.device).flip("sealed", "inbox", "no = 2")
    blobs.of_home(home)
    path = next((home / "blobs").glob("*/*"))
    path.write_bytes(b"an atuachment")
    found = salvage_hub(home, tmp_path / "out", hub.clock, HANDLINGS)
    assert found.rows["inbox"] == MANY - 1
    assert found.lost_files == [path.name]
    db.store.obj.close_all()
