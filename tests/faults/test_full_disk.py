"""A terminal whose disk is full takes no request, says so before a number is shown, and goes on when there is room."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.story import fill_in, promised
from tests.pages import Visitor
from tests.world import World


@pytest.fixture
def cramped(small_disk: Callable[[int], Path]) -> Iterator[World]:
    world = World(small_disk(200))
    try:
        world.make()
        world.start_all()
        yield world
    finally:
        world.end()


def test_no_number_without_room_and_no_manual_step_after(cramped: World) -> None:
    citizen = Visitor(cramped.terminal_url)
    fill_in(citizen)
    ballast = cramped.root / "ballast"
    with ballast.open("wb") as filling:
        try:
            while True:
                filling.write(os.urandom(4096))
                filling.flush()
        except OSError:
            pass  # that was the last free page
    refused = citizen.http.post(
        cramped.terminal_url + "/request/check", data=citizen.page.form("/request/check").fields, timeout=30
    )
    assert refused.status_code == 507
    assert not re.search(r"\d{6}-\d{4}-", refused.text)
    reader = Visitor(cramped.terminal_url)
    assert (
        "（示例）" in reader.http.get(cramped.terminal_url + "/documents/sample:policy-001", timeout=30).text
    )
    ballast.unlink()
    promise = promised(citizen.open("/request/check") and citizen.submit("/request/check"))
    assert promise.number
