"""Five changes that newcomers make: each touches the places that CONTRIBUTING.md says, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from config import settings_file
from config.settings import TerminalSettings
from kiosk.clock import FixedClock
from printers.device import profiles
from printers.paper import selftest
from tests.building import a_terminal

REPOSITORY = Path(__file__).resolve().parents[2]
MODEL = """
[newcomer-80]
title = "新牌 80 毫米"
width_dots = 640
columns = 53
"""


def table() -> list[list[str]]:
    """Return the rows of the table: change, places, shown by."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8").split("| change | places | shown by |\n")[1]
    lines = text.split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_each_change_is_shown_by_a_test_that_is_there() -> None:
    assert len(table()) == 5
    for change, places, shown in table():
        test, name = re.findall(r"`([^`]+)`", shown)
        assert f"def {name}(" in (REPOSITORY / test).read_text("utf-8"), change
        for place in re.findall(r"`([^` ]+/[^` ]+)`", places):
            assert (REPOSITORY / place).is_file(), f"{change}: {place} is gone"


def test_no_change_touches_more_files_than_its_row_and_its_words_or_sample() -> None:
    touched = {change: len(re.findall(r"`[^` ]+/[^` ]+`", places)) for change, places, _ in table()}
    assert touched == {
        "a question on a form": 1,
        "a kind of record": 2,
        "a printer model": 1,
        "the idle time": 0,
        "a language": 1,
    }


def test_a_printer_model_is_one_table(tmp_path: Path) -> None:
    before = profiles.load()
    path = tmp_path / "printers.toml"
    path.write_text(profiles.DEFAULT_TABLE.read_text("utf-8") + MODEL, "utf-8")
    after = profiles.load(path)
    assert after.keys() - before.keys() == {"newcomer-80"}
    page = selftest.slip(after["newcomer-80"])
    assert "新牌 80 毫米" in str(page)
    assert len(selftest.ladder(after)) == len(selftest.ladder(before)) + 1, (
        "the installer's page shows its width"
    )


def test_the_idle_time_is_a_setting(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text("idle_s = 175\n", "utf-8")
    chosen = settings_file.load(path, TerminalSettings)
    with a_terminal(tmp_path, clock, chosen) as app:
        page = app.test_client().get("/help", base_url=f"http://127.0.0.1:{chosen.port}").text
    assert 'data-idle-s="175"' in page
