"""Copies of a home hold what cannot be had again, and nothing that was only lent."""

from __future__ import annotations

import sqlite3
import tarfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from kiosk import audit, blobs, db
from kiosk.app import readiness
from kiosk.catalogue.records import named
from kiosk.cli.program import main
from kiosk.clock import FixedClock, today
from kiosk.errors import Refused
from kiosk.machine import backups, homes
from sync.hub.models import SyncPosition
from sync.terminal import held_lists
from tests import building
from tests.building import hub_home
from tests.postgres import Cluster

CANARY = b"a name that was lent"


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, str]:
    home = tmp_path / "hub"
    return home, hub_home(home)


@pytest.fixture
def hub(made: tuple[Path, str]) -> Path:
    return made[0]


def test_a_hub_comes_back_with_the_files_of_its_documents(
    made: tuple[Path, str], tmp_path: Path, clock: FixedClock
) -> None:
    hub, recovery_key = made
    kept = blobs.of_home(hub).put(BytesIO(b"an attachment"), 100)
    backups.backup(hub, tmp_path / "copy.tar", clock)
    backups.restore(tmp_path / "copy.tar", tmp_path / "back", clock, recovery_key=recovery_key)
    back = blobs.of_home(tmp_path / "back")
    assert back.held() == {kept.sha256: kept.size}
    assert back.verified(kept.sha256)
    db.store.close()


def test_a_copy_with_a_damaged_file_makes_no_hub(hub: Path, tmp_path: Path, clock: FixedClock) -> None:
    """A copy of an earlier version, which looked at no file while it was made."""
    kept = blobs.of_home(hub).put(BytesIO(b"an attachment"), 100)
    path = blobs.of_home(hub).path(kept.sha256)
    assert path is not None
    path.write_bytes(b"another thing")
    with tarfile.open(tmp_path / "copy.tar", "w") as archive:
        for name in ("hub.toml", "hub.sqlite3", path.relative_to(hub)):
            archive.add(hub / name, str(name))
    with pytest.raises(Refused, match=f"file {kept.sha256}"):
        backups.restore(tmp_path / "copy.tar", tmp_path / "back", clock)
    assert not (tmp_path / "back").exists()
    db.store.close()


def test_the_copy_of_a_terminal_holds_no_list_that_was_lent(tmp_path: Path, clock: FixedClock) -> None:
    home = tmp_path / "terminal"
    homes.open_terminal(building.terminal_home(home, clock), clock)
    with db.writing(db.store):
        held_lists.keep(db.store, "named-rows", CANARY, clock.now())
    backups.backup(home, tmp_path / "copy.tar", clock)
    assert CANARY not in (tmp_path / "copy.tar").read_bytes()
    with tarfile.open(tmp_path / "copy.tar") as archive:
        archive.extract(homes.STATION_DB, tmp_path, filter="data")
    copied = sqlite3.connect(tmp_path / homes.STATION_DB)
    assert copied.execute("SELECT count(*) FROM side_list").fetchone() == (0,)
    copied.close()
    assert held_lists.read(db.store, "named-rows") == CANARY
    db.store.close()
    db.catalogue.close()


def test_a_copy_that_outlives_the_window_of_its_names_is_named_until_it_is_erased(
    hub: Path, tmp_path: Path, clock: FixedClock
) -> None:
    """`check` says it; a copy without names, or one made after the window, is no matter."""
    homes.open_hub(hub, clock)
    with db.writing(db.store):
        connection = db.store.connection()
        connection.execute(
            "INSERT INTO named_list (doc_id, seq, township, shown_from, shown_until, list)"
            " VALUES ('v:1', 1, '柳林镇', '2026-11-01', ?, '{}')",
            (today(clock).isoformat(),),
        )
    db.store.close()
    backups.backup(hub, tmp_path / "before.tar", clock)
    homes.open_hub(hub, clock)
    assert copies_of(hub, clock).ok, "the window is open today"
    clock.advance(2 * 86_400)
    with db.writing(db.store):
        named.close(today(clock))
    backups.backup(hub, tmp_path / "after.tar", clock)
    found = copies_of(hub, clock)
    assert not found.ok
    assert str(tmp_path / "before.tar") in found.words
    assert "after.tar" not in found.words
    (tmp_path / "before.tar").unlink()
    assert copies_of(hub, clock).ok
    db.store.close()


def copies_of(hub: Path, clock: FixedClock) -> readiness.CheckResult:
    return next(line for line in readiness.of_home(hub, clock) if line.name == "copies")


def test_a_hub_on_postgresql_comes_back_in_another_database(
    cluster: Cluster,
    tmp_path: Path,
    clock: FixedClock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the tools of PostgreSQL, while it is in use; what came after the copy is not called safe."""
    home, copy, back = tmp_path / "hub", tmp_path / "copy.tar", tmp_path / "back"
    assert main(["init-hub", "--home", str(home), "--database", cluster.empty()]) == 0
    recovery_key = capsys.readouterr().out
    kept = blobs.of_home(home).put(BytesIO(b"an attachment"), 100)
    database = homes.open_hub(home, clock)
    with db.writing(database):
        SyncPosition.update(inbox_no=7).execute(database)
    epoch = SyncPosition.select(SyncPosition.hub_epoch).scalar(database)
    assert main(["backup", "--home", str(home), str(copy)]) == 0
    database.close_all()

    other = cluster.empty()
    monkeypatch.setattr("sys.stdin", StringIO(recovery_key * 2))
    assert main(["restore", "--home", str(back), str(copy), "--database", other]) == 0
    database = homes.open_hub(back, clock)
    assert homes.hub_settings(back).database == other
    assert blobs.of_home(back).held() == {kept.sha256: kept.size}
    assert audit.first_break() is None
    position = SyncPosition.select().get(database)
    assert position.inbox_no == 7
    assert position.hub_epoch != epoch
    database.close_all()
    assert copied_through(home, clock) == 7

    assert main(["restore", "--home", str(tmp_path / "third"), str(copy), "--database", other]) == 1
    assert "has tables already" in capsys.readouterr().err
    assert not (tmp_path / "third").exists()
    report = {line.name: line for line in readiness.of_home(home, clock)}
    assert report["database"].words.startswith("PostgreSQL 1")
    assert report["copy-tools"].ok
    db.store.obj.close_all()


def copied_through(home: Path, clock: FixedClock) -> int:
    database = homes.open_hub(home, clock)
    through = SyncPosition.select(SyncPosition.backed_up_through).scalar(database)
    database.close_all()
    return int(through)
