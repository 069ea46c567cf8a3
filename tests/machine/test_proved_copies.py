"""A copy is proved before a terminal erases anything because of it, and only the recovery key opens it."""

from __future__ import annotations

import io
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk import blobs, db
from kiosk.app import readiness
from kiosk.cli.program import main
from kiosk.clock import FixedClock
from kiosk.errors import Refused, StoreDamaged
from kiosk.machine import archives, backups, homes, proofs
from tests import building
from tests.machine.hubs import HubHome, new_hub
from tests.postgres import Cluster


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[HubHome]:
    made = new_hub(tmp_path / "hub", clock)
    made.take_in(3)
    yield made
    db.store.close()


def digests_of(hub: HubHome) -> readiness.CheckResult:
    report = {line.name: line for line in readiness.of_home(hub.home, hub.clock)}
    db.store.obj.close_all()
    return report["digests"]


@pytest.mark.parametrize(
    ("table", "column", "key", "named"),
    [
        ("inbox", "sealed", "no = 2", "inbox 2 "),
        ("inbox", "envelope", "no = 3", "inbox 3 "),
        ("inbox", "digest", "no = 1", "inbox 1 "),
        ("reading_key", "public_key", "seq = 1", "reading_key "),
    ],
)
def test_one_flipped_bit_is_found_by_check_and_backup_and_licenses_nothing(
    hub: HubHome, tmp_path: Path, table: str, column: str, key: str, named: str
) -> None:
    assert digests_of(hub).ok
    hub.flip(column, table, key)
    found = digests_of(hub)
    assert not found.ok
    assert named in found.words
    with pytest.raises(StoreDamaged, match=named):
        backups.backup(hub.home, tmp_path / "copy", hub.clock)
    assert not list(tmp_path.glob("copy*"))
    assert not list(hub.home.glob(".copying-*"))
    assert hub.through() == 0


def test_one_flipped_bit_in_a_file_of_a_document_is_found_too(hub: HubHome, tmp_path: Path) -> None:
    files = blobs.of_home(hub.home)
    kept = files.put(io.BytesIO(b"an attachment"), 100)
    backups.backup(hub.home, tmp_path / "before", hub.clock)
    path = files.path(kept.sha256)
    assert path is not None
    path.write_bytes(b"an atuachment")
    assert f"file {kept.sha256}" in digests_of(hub).words
    with pytest.raises(StoreDamaged, match=f"file {kept.sha256}"):
        backups.backup(hub.home, tmp_path / "copy", hub.clock)


def test_a_copy_made_before_rows_were_compared_is_compared_when_it_comes_back(
    hub: HubHome, tmp_path: Path
) -> None:
    """The negative control of `restore`: the archive is whole, what was copied is not."""
    hub.flip("sealed", "inbox", "no = 2")
    plain(hub, tmp_path / "old.tar")
    with pytest.raises(Refused, match="inbox 2 "):
        backups.restore(tmp_path / "old.tar", tmp_path / "back", hub.clock)
    assert not (tmp_path / "back").exists()


def test_a_copy_without_encryption_of_an_earlier_version_comes_back(hub: HubHome, tmp_path: Path) -> None:
    plain(hub, tmp_path / "old.tar")
    backups.restore(tmp_path / "old.tar", tmp_path / "back", hub.clock)
    assert archives.label(tmp_path / "old.tar").recovery_id == ""


def plain(hub: HubHome, file: Path) -> None:
    """A copy as it was made before: a tar file, with nothing compared."""
    with tarfile.open(file, "w") as archive:
        for name in ("hub.toml", "signing.key", "web.key", "hub.sqlite3"):
            archive.add(hub.home / name, name)


def test_a_proved_copy_licenses_and_comes_back_with_the_recovery_key_only(
    hub: HubHome, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    backups.backup(hub.home, copy, hub.clock)
    assert hub.through() == 3
    assert copy.stat().st_mode & 0o077 == 0
    content = copy.read_bytes()
    assert (hub.home / "signing.key").read_bytes() not in content
    assert b"SQLite format 3" not in content
    with pytest.raises(Refused, match="is encrypted"):
        backups.restore(copy, tmp_path / "back", hub.clock)
    other = building.another_hub(tmp_path / "other")
    with pytest.raises(Refused, match="another recovery key"):
        backups.restore(copy, tmp_path / "back", hub.clock, recovery_key=other)
    assert not (tmp_path / "back").exists()
    backups.restore(copy, tmp_path / "back", hub.clock, recovery_key=hub.recovery_key)
    with closing(sqlite3.connect(tmp_path / "back" / homes.HUB_DB)) as connection:
        assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (3,)


@pytest.mark.parametrize("at", ["head", "middle", "end", "cut", "doubled"])
def test_a_copy_that_was_changed_or_cut_is_found_without_the_recovery_key(
    hub: HubHome, tmp_path: Path, at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    backups.backup(hub.home, copy, hub.clock)
    assert main(["verify", str(copy)]) == 0
    content = bytearray(copy.read_bytes())
    places = {"head": 40, "middle": len(content) // 2, "end": len(content) - 10}
    if at in places:
        content[places[at]] ^= 1
    copy.write_bytes({"cut": content[:-1000], "doubled": content * 2}.get(at, content))
    capsys.readouterr()
    assert main(["verify", str(copy)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    with pytest.raises(Refused, match=r"not a copy|head is damaged"):
        backups.restore(copy, tmp_path / "back", hub.clock, recovery_key=hub.recovery_key)


def test_verifying_with_the_recovery_key_opens_every_file(
    hub: HubHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    backups.backup(hub.home, copy, hub.clock)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{hub.recovery_key}\n"))
    assert main(["verify", "--open", str(copy)]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("0000-0000\n"))
    assert main(["verify", "--open", str(copy)]) == 1


def test_a_disk_that_gives_back_other_bytes_gets_no_copy(
    hub: HubHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bit that changes on the way to the disk: found because the archive is read again."""
    replaced = os.fsync

    def spoil(handle: int) -> None:
        replaced(handle)
        if os.readlink(f"/proc/self/fd/{handle}").endswith("copy.part"):
            with (tmp_path / "copy.part").open("r+b") as target:
                target.seek(5000)
                target.write(b"?")

    monkeypatch.setattr("os.fsync", spoil)
    with pytest.raises(StoreDamaged, match="read again"):
        backups.backup(hub.home, tmp_path / "copy", hub.clock)
    assert not list(tmp_path.glob("copy*"))
    assert hub.through() == 0


def test_what_a_killed_backup_left_in_the_home_is_removed_by_the_next(hub: HubHome, tmp_path: Path) -> None:
    left = hub.home / ".copying-abc"
    left.mkdir()
    (left / "hub.sqlite3").write_bytes(b"plain")
    backups.backup(hub.home, tmp_path / "copy", hub.clock)
    assert not left.exists()


def test_a_hub_of_an_earlier_version_makes_copies_once_it_was_told_its_recovery_key(
    hub: HubHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(hub.file)) as connection:
        connection.execute("UPDATE reading_key SET recovery_public = ''")
        connection.commit()
    home = str(hub.home)
    assert main(["backup", "--home", home, str(tmp_path / "copy")]) == 1
    assert "recovery-key --home" in capsys.readouterr().err
    report = {line.name: line for line in readiness.of_home(hub.home, hub.clock)}
    assert not report["copies"].ok
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{hub.recovery_key}\n"))
    assert main(["recovery-key", "--home", home]) == 0
    assert main(["backup", "--home", home, str(tmp_path / "copy")]) == 0
    backups.restore(tmp_path / "copy", tmp_path / "back", hub.clock, recovery_key=hub.recovery_key)


def test_a_terminal_with_a_broken_row_is_not_copied(tmp_path: Path, clock: FixedClock) -> None:
    home = tmp_path / "terminal"
    home.mkdir()
    (home / homes.TERMINAL_FILE).write_text("")
    db.create_catalogue(home, "feed-a", clock.now())
    homes.open_terminal(home, clock)
    with db.writing(db.store):
        db.store.execute_sql(
            "INSERT INTO outbox (epoch, seq, key, kind, number, envelope, sealed, digest, created_at)"
            " VALUES ('e', 1, 'k', 'disclosure', 'N', '{}', x'00', 'd', '')"
        )
    with pytest.raises(StoreDamaged, match="outbox 1 "):
        backups.backup(home, tmp_path / "copy.tar", clock)
    db.store.close()
    db.catalogue.close()


def test_on_postgresql_a_broken_row_is_found_by_check_backup_and_restore(
    cluster: Cluster, tmp_path: Path, clock: FixedClock
) -> None:
    hub = new_hub(tmp_path / "hub", clock, cluster.empty())
    hub.take_in(2)
    backups.backup(hub.home, tmp_path / "good", clock)
    assert hub.through() == 2
    database = homes.open_hub(hub.home, clock)
    database.execute_sql(
        "UPDATE inbox SET sealed = set_byte(sealed, 9, get_byte(sealed, 9) # 1) WHERE no = 2"
    )
    assert "inbox 2 " in digests_of(hub).words
    with pytest.raises(StoreDamaged, match="inbox 2 "):
        backups.backup(hub.home, tmp_path / "copy", clock)
    with pytest.MonkeyPatch.context() as patched:  # a copy made by a version that compared nothing
        patched.setattr(proofs, "in_hub", lambda _: [])
        backups.backup(hub.home, tmp_path / "bad", clock)
    other = cluster.empty()
    with pytest.raises(Refused, match="inbox 2 "):
        backups.restore(tmp_path / "bad", tmp_path / "back", clock, other, recovery_key=hub.recovery_key)
    backups.restore(tmp_path / "good", tmp_path / "back", clock, other, recovery_key=hub.recovery_key)
    database.close_all()
