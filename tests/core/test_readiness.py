"""The readiness report of a running county says what is well and what needs a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import readiness
from kiosk.clock import FixedClock, SystemClock
from kiosk.errors import Refused
from tests.world import World, eventually


def test_a_terminal_at_work_is_ready(county: World) -> None:
    def report() -> dict[str, readiness.Line]:
        return {line.name: line for line in readiness.of_home(county.terminal_home, SystemClock())}

    eventually(lambda: all(line.ok for line in report().values()), "everything is well")
    assert {"settings", "disk", "clock", "database", "sync", "outbox", "certificate", "printer"} <= set(
        report()
    )


def test_a_broken_settings_file_is_one_line_of_the_report(county: World) -> None:
    path = county.hub_home / "hub.toml"
    before = path.read_text("utf-8")
    try:
        path.write_text(before + "\ncolour = 1\n", "utf-8")
        report = {line.name: line for line in readiness.of_home(county.hub_home, SystemClock())}
    finally:
        path.write_text(before, "utf-8")
    assert not report["settings"].ok
    assert "colour" in report["settings"].words
    assert report["database"].ok


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(Refused, match="no-home"):
        readiness.of_home(tmp_path, clock)
