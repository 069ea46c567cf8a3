"""Where a terminal stands is said at the hub: when its code is made, and anew when it moves."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk import db
from kiosk.cli.program import main
from kiosk.clock import FixedClock
from kiosk.machine import homes
from tests import building
from tests.building import hub_home
from tests.clocks import MONDAY_MORNING


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    home = tmp_path / "hub"
    hub_home(home)
    return home


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / homes.HUB_DB)) as connection:
        return connection.execute(sql).fetchall()


def test_a_code_is_made_for_a_place(hub: Path) -> None:
    given = ["--township", "柳林镇", "--township", "辛集镇", "--home", str(hub)]
    assert main(["device", "add", "示例1号机", *given]) == 0
    assert main(["device", "add", "示例网页", "--channel", "web", "--home", str(hub)]) == 0
    told = rows(hub, "SELECT name, townships, channel FROM enrolment_code ORDER BY rowid")
    assert [(name, json.loads(str(places)), channel) for name, places, channel in told] == [
        ("示例1号机", ["柳林镇", "辛集镇"], "kiosk"),
        ("示例网页", [], "web"),
    ]
    assert rows(hub, "SELECT act, subject, detail FROM audit WHERE act LIKE 'device%'") == [
        ("device.code-made", "示例1号机", '{"channel": "kiosk", "townships": "柳林镇 辛集镇"}'),
        ("device.code-made", "示例网页", '{"channel": "web", "townships": ""}'),
    ]


def test_a_terminal_without_a_name_gets_no_code(hub: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["device", "add", " ", "--home", str(hub)]) == 1
    assert "1 to 60 characters" in capsys.readouterr().err
    assert rows(hub, "SELECT 1 FROM audit WHERE act LIKE 'device%'") == []


def test_a_terminal_that_nobody_enrolled_cannot_be_placed(
    hub: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["device", "place", "示例9号机", "--township", "柳林镇", "--home", str(hub)]) == 1
    assert "no terminal named 示例9号机 is enrolled" in capsys.readouterr().err
    assert rows(hub, "SELECT 1 FROM audit WHERE act = 'device-place'") == []


def test_a_terminal_that_moves_is_placed_anew_and_that_is_logged(hub: Path) -> None:
    clock = FixedClock(moment=MONDAY_MORNING)
    building.enrol(building.hub_app(hub, clock=clock), "示例1号机", clock)
    db.store.close()
    assert main(["device", "place", "示例1号机", "--township", "辛集镇", "--home", str(hub)]) == 0
    assert rows(hub, "SELECT townships, channel FROM device") == [('["辛集镇"]', "kiosk")]
    assert rows(hub, "SELECT subject FROM audit WHERE act = 'device-place'") == [("示例1号机",)]
