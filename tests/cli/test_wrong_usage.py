"""What a person can get wrong on the command line: told in one line, never by a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli.program import main
from tests.building import hub_home


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    home = tmp_path / "hub"
    hub_home(home)
    return home


@pytest.mark.parametrize(
    "given",
    [
        ["search", "低保", "--limit", "0"],
        ["search", "低保", "--limit", "-1"],
        ["search", "低保", "--limit", "1001"],
        ["search", "低保", "--limit", "9" * 30],
        ["search", "低保", "--limit", "abc"],
        ["print", "9" * 30],
        ["hub", "--port", "65536"],
        ["hub", "--port", "-1"],
        ["catalogue", "check-links", "--most", "-1"],
    ],
    ids=" ".join,
)
def test_a_number_out_of_bounds_is_wrong_usage(given: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*given, "--home", str(tmp_path)])
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["search", "低保", "--kind", "rumour"], "there is no kind rumour; there are policy"),
        (["device", "add", "  "], "a terminal's name has 1 to 60 characters"),
        (["device", "add", "长" * 61], "a terminal's name has 1 to 60 characters"),
        (["catalogue", "import", "/dev/null"], "/dev/null is no file"),
        (["hub", "--host", "no.such.host.invalid", "--port", "0"], "is no address of this machine"),
        (["hub", "--workers", "2"], "several workers need PostgreSQL: `init-hub --database URL`"),
    ],
    ids=["kind", "no name", "long name", "no file", "host", "workers"],
)
def test_what_cannot_be_done_is_told_in_one_line(
    hub: Path, given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*given, "--home", str(hub)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert told in line


def test_a_home_that_is_a_file_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes"
    path.write_text("x")
    assert main(["init-hub", "--home", str(path)]) == 1
    assert capsys.readouterr().err.strip() == f"{path} is a file: it is left as it is"
    assert path.read_text() == "x"


@pytest.mark.parametrize("form", ["png", "pdf", "text", "html", "escpos"])
def test_a_paper_in_any_form_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    home, path = tmp_path / "terminal", tmp_path / "not-there" / "a"
    home.mkdir()
    (home / "terminal.toml").write_text("", "utf-8")
    assert main(["print", "--self-test", "--as", form, "--output", str(path), "--home", str(home)]) == 1
    assert capsys.readouterr().err.strip() == f"{path} could not be written: No such file or directory"


def test_a_day_beyond_all_calendars_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline", "9999-12-31"]) == 1
    assert "no calendar reaches" in capsys.readouterr().err


def test_a_question_that_is_no_text_asks_nothing_and_says_so(
    hub: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", os.fsdecode(b"\xff\xfe"), "--home", str(hub)]) == 0
    assert capsys.readouterr().out.startswith("nothing was asked")


def test_a_reader_that_has_enough_ends_a_command_without_a_word() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "deadline", "2026-01-05"],
        stdout=writes,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, "")
