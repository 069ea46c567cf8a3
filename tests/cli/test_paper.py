"""What an operator prints: a stored slip, the self-test, the day report, the readiness report."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk import db
from kiosk.cli import program as cli
from kiosk.clock import stamp
from kiosk.machine import homes
from printers.paper import plain
from printers.paper.document import KeyValue, Slip
from printers.spooler import spool
from printers.spooler.spool import PrintJobState
from tests import building
from tests.building import terminal_settings
from tests.clocks import CLOCK


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    settings = terminal_settings(printer="tcp://127.0.0.1:1", station_name="示例大厅1号机")
    homes.open_terminal(building.terminal_home(tmp_path, CLOCK, settings), CLOCK)
    yield tmp_path
    db.store.close()
    db.catalogue.close()


def run(*arguments: str) -> int:
    return cli.main(arguments)


def jobs(home: Path) -> list[spool.Job]:
    connection = sqlite3.connect(home / homes.STATION_DB)
    keys = [key for (key,) in connection.execute("SELECT request_key FROM print_job ORDER BY id")]
    found = [spool.jobs_of(db.store, key)[-1] for key in keys]
    connection.close()
    return found


def test_the_self_test_goes_to_the_worker_that_owns_the_printer(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("print", "--home", str(home), "--self-test") == 0
    (job,) = jobs(home)
    assert (job.kind, job.state, job.document().kind) == ("self-test", PrintJobState.QUEUED, "self-test")
    assert f"slip {job.id}" in capsys.readouterr().out


@pytest.mark.parametrize(("form", "head"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("escpos", b"\x1b@")])
def test_the_self_test_of_any_profile_as_a_file(home: Path, form: str, head: bytes) -> None:
    out = home / "test.out"
    further = ["--profile", "generic-58", "--as", form, "--output", str(out)]
    assert run("print", "--home", str(home), "--self-test", *further) == 0
    assert out.read_bytes().startswith(head)
    assert jobs(home) == []


def test_an_unknown_profile_is_refused_in_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("print", "--home", str(home), "--self-test", "--profile", "none-such", "--as", "png") == 1
    assert "generic-80" in capsys.readouterr().err


def test_a_slip_must_be_named(home: Path) -> None:
    assert run("print", "--home", str(home)) == 1
    assert run("print", "--home", str(home), "7") == 1


def a_busy_day(home: Path) -> None:
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    with db.writing(db.store):
        connection = db.store.connection()
        for number, at in ((1, now), (2, now), (3, now - timedelta(days=1))):
            connection.execute(
                "INSERT INTO submission (key, number, kind, organ_code, organ_name, submitted_at, received_basis,"
                " masked, code_hash, state, state_at) VALUES (?, ?, 'disclosure', 'GX', '冠县', ?, '', ?, '', 's', ?)",
                (f"k{number}", f"N{number}", stamp(at), '{"name": "张*"}', stamp(at)),
            )
        slip = Slip("disclosure-receipt", "回执", (KeyValue("申请人", "张*"),))
        later = now + timedelta(minutes=10)
        first = spool.enqueue(
            db.store, slip, request_key="k1", kind="receipt", created_at=now, expires_at=later
        )
        spool.step(db.store, first, PrintJobState.SENDING, by="worker", why="", now=now)
        spool.step(db.store, first, PrintJobState.UNCERTAIN, by="worker", why="", now=now, paper_mm=184)
        copy = spool.reprint(db.store, first, by="citizen", why="missing", now=now, expires_at=later)
        for state, mm in ((PrintJobState.SENDING, 0), (PrintJobState.SENT, 190), (PrintJobState.PRINTED, 0)):
            spool.step(db.store, copy, state, by="worker", why="", now=now, paper_mm=mm)


def test_the_day_report_counts_and_names_nobody(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_busy_day(home)
    assert run("report-day", "--home", str(home), "--date", "2026-11-23") == 0
    told = "".join(capsys.readouterr().out.split())
    for words in (
        "本机日报",
        "政府信息公开申请2",
        "没拿到，补打过1",
        "补打：打印好的1",
        "用纸374毫米",
        "等着送0",
        "示例大厅1号机",
    ):
        assert words in told
    assert "张" not in told


def test_the_day_report_of_a_quiet_day_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("report-day", "--home", str(home), "--date", "2026-01-01") == 0
    assert capsys.readouterr().out.count("没有") == 2


def test_the_day_report_on_paper_is_a_slip_of_the_spool(home: Path) -> None:
    assert run("report-day", "--home", str(home), "--paper", "--large") == 0
    (job,) = jobs(home)
    assert (job.kind, job.document().kind, job.document().large) == ("report", "day-report", True)


def test_the_readiness_report_on_paper_puts_first_what_needs_a_person(home: Path) -> None:
    assert run("check", "--home", str(home), "--paper") == 1
    (job,) = jobs(home)
    told = plain.render(job.document(), 48)
    assert job.document().kind == "readiness-report"
    assert told.index("要人处理") < told.index("正常")


def test_without_a_printer_paper_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    building.terminal_home(tmp_path, CLOCK)
    assert run("print", "--home", str(tmp_path), "--self-test") == 1
    assert "no printer" in capsys.readouterr().err
