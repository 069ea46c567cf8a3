"""The readiness report of a running county says what is well and what needs a person."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from kiosk import audit, blobs, db
from kiosk.app import readiness
from kiosk.clock import Clock, FixedClock
from kiosk.errors import Refused
from kiosk.machine import homes
from sync.hub.models import SetAside
from sync.terminal.models import BlobState
from tests import building
from tests.building import hub_home
from tests.clocks import CLOCK
from tests.world import World, eventually


def test_a_terminal_at_work_is_ready(county: World) -> None:
    def report() -> dict[str, readiness.CheckResult]:
        return {line.name: line for line in readiness.of_home(county.terminal_home, CLOCK)}

    def unwell() -> dict[str, str]:
        """What is not well but the page, which is not if a browser of another test looked at this county before."""
        return {name: line.words for name, line in report().items() if not line.ok and name != "page"}

    eventually(lambda: not unwell(), "everything is well")
    assert {"settings", "disk", "clock", "database", "sync", "outbox", "certificate", "printer"} <= set(
        report()
    )


def test_a_broken_settings_file_is_one_line_of_the_report(county: World) -> None:
    path = county.hub_home / "hub.toml"
    before = path.read_text("utf-8")
    try:
        path.write_text(before + "\ncolour = 1\n", "utf-8")
        report = {line.name: line for line in readiness.of_home(county.hub_home, CLOCK)}
    finally:
        path.write_text(before, "utf-8")
    assert not report["settings"].ok
    assert "colour" in report["settings"].words
    assert report["database"].ok


def test_a_changed_record_of_an_act_is_found(tmp_path: Path, clock: FixedClock) -> None:
    home = tmp_path / "hub"
    hub_home(home)
    database = homes.open_hub(home, clock)
    with db.writing(database):
        connection = database.connection()
        for name in ("one", "two", "three"):
            audit.record(at=clock.now(), actor="lina", act=audit.Act.DISCLOSURE_OPENED, subject=name)
    assert line_of(home, clock, "audit") == readiness.CheckResult("audit", True, "unbroken")
    with db.writing(database):
        connection = database.connection()
        seq = connection.execute("SELECT seq FROM audit WHERE subject = 'two'").fetchone()[0]
        connection.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    assert line_of(home, clock, "audit") == readiness.CheckResult(
        "audit", False, f"broken at entry {seq + 1}"
    )
    db.store.close()


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(Refused, match="no-home"):
        readiness.of_home(tmp_path, clock)


def test_a_hub_that_lost_a_file_of_a_document_says_which(tmp_path: Path, clock: FixedClock) -> None:
    home = tmp_path / "hub"
    hub_home(home)
    store = blobs.of_home(home)
    kept, lost = store.put(BytesIO(b"kept"), 10), store.put(BytesIO(b"lost"), 10)
    database = homes.open_hub(home, clock)
    with db.writing(database):
        connection = database.connection()
        connection.executemany(
            "INSERT INTO document_attachment(doc_id, at, sha256, size) VALUES (?, 0, ?, 4)",
            [("d:1", kept.sha256), ("d:2", lost.sha256), ("d:3", lost.sha256)],
        )
    assert line_of(home, clock, "files") == readiness.CheckResult("files", True, "2 published, 0 missing")
    store.remove(lost.sha256)
    assert line_of(home, clock, "files") == readiness.CheckResult(
        "files", False, f"2 published, 1 missing: {lost.sha256}"
    )
    db.store.close()


def line_of(home: Path, clock: Clock, name: str) -> readiness.CheckResult:
    return next(line for line in readiness.of_home(home, clock) if line.name == name)


@pytest.mark.parametrize(
    ("error", "is_ok", "words"),
    [
        (None, True, "3 of 5 here, 1.5 MB to come, 2 beyond the quota"),
        ("disk-low", False, "3 of 5 here, 1.5 MB to come, 2 beyond the quota (disk-low)"),
    ],
)
def test_a_terminal_says_how_far_its_files_are(
    tmp_path: Path, clock: FixedClock, error: str | None, is_ok: bool, words: str
) -> None:
    home = tmp_path / "terminal"
    homes.open_terminal(building.terminal_home(home, clock), clock)
    assert line_of(home, clock, "files") == readiness.CheckResult("files", True, "none yet")
    with db.writing(db.store):
        BlobState.insert(
            noted_at="", wanted=5, held=3, missing_bytes=1_500_000, beyond=2, error=error
        ).execute(db.store)
    assert line_of(home, clock, "files") == readiness.CheckResult("files", is_ok, words)
    db.store.close()
    db.catalogue.close()


def test_a_machine_that_cannot_draw_pages_says_so(county: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.catalogue.attachments.content.can_draw", lambda kind: False)
    files = line_of(county.terminal_home, CLOCK, "files")
    assert not files.ok
    assert "pypdfium2" in files.words


def test_a_terminal_says_for_a_month_that_its_submissions_were_salvaged(
    tmp_path: Path, clock: FixedClock
) -> None:
    home = building.terminal_home(tmp_path, clock)
    assert line_of(home, clock, "history") == readiness.CheckResult("history", True, "in one piece")
    (home / homes.STATION_DB).write_bytes(b"")
    homes.open_home(home, clock)
    said = line_of(home, clock, "history")
    assert said.ok, "no submission was damaged"
    assert "was empty and salvaged" in said.words
    assert "0 submissions damaged" in said.words
    clock.advance(31 * 86_400)
    assert line_of(home, clock, "history").words == "in one piece"


def test_an_upload_that_waits_for_a_person_is_a_line_of_the_report(tmp_path: Path, clock: FixedClock) -> None:
    hub_home(tmp_path / "hub")

    def uploads() -> readiness.CheckResult:
        return next(line for line in readiness.of_home(tmp_path / "hub", clock) if line.name == "uploads")

    assert uploads().ok
    with db.writing(db.store):
        SetAside.insert(
            key="k",
            digest="d",
            device="d1",
            epoch="A",
            seq=1,
            number="n",
            code="seq-taken",
            envelope="{}",
            sealed=b"\x00",
            received_at="2026-11-23T01:00:00Z",
        ).execute(db.store)
    assert not uploads().ok
    assert "1 held" in uploads().words
    db.store.close()
