"""The dates after a day of receipt are those of the home that is named: the hub's table, or what a terminal holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.cli import program as cli
from tests import building
from tests.building import terminal_settings
from tests.calendar.notices_of_years import INVENTED_2027
from tests.clocks import CLOCK
from tests.world import a_made_hub

RECEIVED = "2026-12-14"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Path]:
    """A hub to which the notice of 2027 came."""
    home, notice = tmp_path / "hub", tmp_path / "2027.txt"
    shutil.copytree(a_made_hub(), home)
    notice.write_text(INVENTED_2027, "utf-8")
    given = ["--number", "国办发明电〔2026〕99号", "--issued", "2026-11-24"]
    assert cli.main(["workdays", "import", str(notice), "--home", str(home), *given]) == 0
    yield home
    db.real(db.store).close_all()


def said(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert cli.main(["deadline", RECEIVED, "--json", *more]) == 0
    found: dict[str, dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_the_calendar_of_the_hub_counts_where_it_is_named(
    hub: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the notice 2026-12-26 is worked, 12-31 and 01-01 are off: one day later than assumed."""
    shipped, own = said(capsys)["+20"], said(capsys, "--home", str(hub))["+20"]
    assert (shipped["date"], shipped["provisional"]) == ("2027-01-11", True)
    assert (own["date"], own["provisional"]) == ("2027-01-12", False)


def test_a_terminal_counts_by_the_shipped_calendar_until_its_hub_sends_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    building.terminal_home(tmp_path, CLOCK, terminal_settings())
    assert said(capsys, "--home", str(tmp_path)) == said(capsys)
    assert cli.main(["deadline", RECEIVED, "--home", str(tmp_path / "nowhere")]) == 1
    db.store.close()
    db.catalogue.close()
