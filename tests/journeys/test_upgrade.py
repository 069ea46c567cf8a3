"""Homes that an earlier version left, with what citizens entrusted to them, go on under this one."""

from __future__ import annotations

import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import audit
from kiosk.machine import homes
from tests.clocks import CLOCK
from tests.journeys.story import Promised, sign_in
from tests.pages import Visitor
from tests.world import CLERK, PASSWORD, World, eventually

SINCE_MONDAY = timedelta(days=8)
"""The upgrade happens the day after the homes were left, on 1 December 2026."""
OLD_HOMES = Path(__file__).parents[1] / "upgrade"
REGISTERED = Promised("GX01-261130-0001-TN-V", "9602 5343 2467")
"""Handed in, synced, opened and registered before the upgrade; its slip was printed."""
WAITING = Promised("GX01-261130-0002-4F-X", "5382 2721 8689")
"""Handed in before the upgrade while the agent was stopped: still in the terminal's outbox."""


@dataclass(frozen=True)
class County:
    """The old homes in their new places."""

    world: World

    def desk(self) -> Visitor:
        """The clerk of before, with the password of before."""
        desk = Visitor(self.world.hub_url)
        sign_in(desk, CLERK, PASSWORD)
        return desk

    def progress(self, promised: Promised) -> str:
        """What the terminal says of a number."""
        visitor = Visitor(self.world.terminal_url)
        visitor.open("/progress")
        return visitor.submit("/progress", number=promised.number, code=promised.code).text


def unpacked(name: str, home: Path) -> None:
    with lzma.open(OLD_HOMES / f"{name}-1c2a5f6.tar.xz") as packed, tarfile.open(fileobj=packed) as archive:
        archive.extractall(home, filter="data")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with World(tmp_path_factory.mktemp("county")) as world:
        unpacked("hub", world.hub_home)
        unpacked("terminal", world.terminal_home)
        with (world.hub_home / "hub.toml").open("a", encoding="utf-8") as settings:
            settings.write("\nsecond_factor = false\n")  # what comes after it has its own tests
        world.ahead = dict.fromkeys(("hub", "web", "agent", "printer"), SINCE_MONDAY)
        world.start("hub", "paper")
        world.tell_terminal(hub_url=world.hub_url, runtime_dir=str(world.root / "memory"))
        world.start("web", "agent", "printer")
        yield County(world)


def test_what_waited_in_the_outbox_arrives_and_is_opened(county: County) -> None:
    desk = county.desk()
    eventually(lambda: WAITING.number in desk.open("/desk/requests").text, "the waiting request on the desk")
    desk.open(f"/desk/requests/{WAITING.number}")
    opened = desk.submit("/open")
    assert "张样例" in opened.text
    assert "示例街道2025年道路维修的预算" in opened.text


def test_a_case_of_before_keeps_its_dates_and_its_sealed_part_opens(county: County) -> None:
    desk = county.desk()
    case = desk.open(f"/desk/requests/{REGISTERED.number}")
    assert "办理中" in case.text
    assert "2026-12-28" in case.text or "2026年12月28日" in case.text
    assert "张样例" in desk.submit("/open").text


def test_numbers_and_codes_of_before_find_their_requests(county: County) -> None:
    assert "已登记" in county.progress(REGISTERED)
    assert WAITING.number in county.progress(WAITING)


def test_documents_of_before_are_shown_and_searched(county: County) -> None:
    visitor = Visitor(county.world.terminal_url)
    assert visitor.open("/documents/sample:policy-001").title


def test_the_chain_of_acts_of_before_goes_on_unbroken(county: County) -> None:
    county.desk()
    database = homes.open_hub(county.world.hub_home, CLOCK)
    try:
        assert audit.first_break() is None
    finally:
        database.close()
