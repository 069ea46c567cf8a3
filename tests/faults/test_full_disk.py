"""A terminal whose disk is full takes no request, says so before a number is shown, and goes on when there is room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.disks import fill
from tests.faults.ledgers import arrive
from tests.journeys.story import fill_in, hand_in, promised
from tests.pages import Visitor
from tests.world import World

DISK_MB = 40
LOOK_UPS = ("/", "/search?q=低保", "/documents/sample:policy-001", "/browse/policy", "/help")


@pytest.fixture
def cramped(small_disk: Callable[[int], Path]) -> Iterator[World]:
    world = World(small_disk(DISK_MB))
    try:
        world.make()
        world.start_all()
        yield world
    finally:
        world.end()


def look_ups_go_on(world: World) -> None:
    for page in LOOK_UPS:
        found = Visitor(world.terminal_url).open(page)
        assert "（示例）" in found.text or page in ("/", "/help"), page


def test_no_number_without_room_and_no_manual_step_after(cramped: World) -> None:
    earlier = hand_in(Visitor(cramped.terminal_url))
    citizen = Visitor(cramped.terminal_url)
    fill_in(citizen)
    ballast = cramped.root / "ballast"
    fill(ballast)
    refused = citizen.submit("/request/check", expect=507)
    assert "没有交出去" in refused.text
    assert not re.search(r"\d{6}-\d{4}-", refused.text)
    look_ups_go_on(cramped)
    ballast.unlink()
    citizen.open("/request/check")
    later = promised(citizen.submit("/request/check"))
    assert later.number != earlier.number
    arrive(cramped, {earlier.number, later.number})


def test_a_machine_that_starts_on_a_full_disk_still_looks_things_up(cramped: World) -> None:
    ballast = cramped.root / "ballast"
    fill(ballast)
    for part in ("web", "agent", "printer"):
        cramped.kill(part)
    cramped.start("web")
    look_ups_go_on(cramped)
    ballast.unlink()
    citizen = Visitor(cramped.terminal_url)
    fill_in(citizen)
    assert promised(citizen.submit("/request/check")).number
