"""A terminal whose clock is wrong takes requests, says that the time is to be verified, and syncs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.building import terminal_settings
from tests.clocks import CLOCK
from tests.conftest import TEXT_PROFILE
from tests.faults.ledgers import arrive, at_hub, at_terminal, column, papers_are_settled
from tests.journeys.story import hand_in
from tests.pages import Visitor
from tests.world import World, eventually

PARTS = ("web", "agent", "printer")


class LateWorld(World):
    """A county whose terminal has a wrong clock; the hub's is right."""

    def set_clock(self, ahead: timedelta) -> None:
        """The terminal starts anew with its clock so far ahead of the true time."""
        for part in PARTS:
            if part in self.processes:
                self.stop(part)
        self.ahead = dict.fromkeys(PARTS, ahead)
        self.start(*PARTS)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LateWorld]:
    with LateWorld(tmp_path_factory.mktemp("late"), terminal_settings(printer_profile=TEXT_PROFILE)) as world:
        world.make()
        world.start("paper")
        yield world


def newest_paper(county: World) -> str:
    """What the paper says that came out last."""
    eventually(lambda: papers_are_settled(county), "the paper comes out")
    text: str = max(county.papers.glob("*.txt")).read_text("utf-8")
    return text.replace("\n", "")


def basis_at_hub(county: World, number: str) -> tuple[str | None, str]:
    """When the request counts as received, and why, as the desk sees it."""
    ((received_on, basis),) = at_hub(
        county, "SELECT received_on, received_basis FROM disclosure_case WHERE number = ?", number
    )
    return received_on, basis


def everything_arrives(county: World) -> None:
    arrive(county, column(at_terminal(county, "SELECT number FROM submission")))


def years_ahead(year: int) -> timedelta:
    """From now to a summer's day of that year."""
    return datetime(year, 6, 1, tzinfo=UTC) - CLOCK.now()


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_wrong_year_takes_requests_says_so_and_syncs(county: LateWorld, year: int) -> None:
    county.set_clock(years_ahead(year))
    citizen = Visitor(county.terminal_url)
    promise = hand_in(citizen)
    assert "时间待核对" in citizen.page.text
    assert str(year) not in citizen.page.text, "no date is promised that nobody knows"
    paper = newest_paper(county)
    assert promise.number in paper
    assert "本机时钟待核对" in paper
    assert "预计不晚于" not in paper
    everything_arrives(county)
    assert basis_at_hub(county, promise.number) == (None, "clock_unverified")
    reader = Visitor(county.terminal_url)
    reader.open("/progress")
    assert promise.number in reader.submit("/progress", number=promise.number, code=promise.code).text


def skew_s(county: LateWorld) -> int:
    """How far ahead the terminal's clock was at the last round of sync."""
    return int(at_terminal(county, "SELECT skew_s FROM hub_link")[0][0])


def test_a_clock_some_days_ahead_is_found_out_by_the_sync_and_a_right_one_is_believed_again(
    county: LateWorld,
) -> None:
    """Three days are plausible by themselves; the hub's signed time shows them."""
    county.set_clock(timedelta(days=3))
    eventually(lambda: skew_s(county) > 86_400, "a round of sync")
    doubted = hand_in(Visitor(county.terminal_url), paper="none")
    county.set_clock(timedelta(0))
    eventually(lambda: abs(skew_s(county)) < 60, "a round of sync")
    citizen = Visitor(county.terminal_url)
    believed = hand_in(citizen)
    assert "待核对" not in citizen.page.text
    assert "预计不晚于" in newest_paper(county)
    everything_arrives(county)
    assert basis_at_hub(county, doubted.number) == (None, "clock_unverified")
    assert basis_at_hub(county, believed.number)[1] != "clock_unverified"
