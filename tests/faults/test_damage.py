"""Real processes whose files are damaged under them: they mend them by themselves, and look-ups go on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from kiosk.machine.station import STATION_DB
from tests.faults.ledgers import arrive, at_hub, column
from tests.journeys.story import fill_in, promised
from tests.pages import Visitor
from tests.world import World, answers, eventually

BACK_S = 10.0
LOOK_UPS = ("/", "/search?q=" + quote("低保"), "/documents/sample:policy-001", "/browse/policy")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("damaged")) as world:
        world.make()
        world.start_all()
        yield world


def hand_in(county: World) -> str:
    citizen = Visitor(county.terminal_url)
    fill_in(citizen)
    return promised(citizen.submit("/request/check")).number


def takes_again(county: World) -> str:
    try:
        return hand_in(county)
    except AssertionError:
        return ""


def spoil(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with path.open("r+b") as file:
        for at in range(0, path.stat().st_size, 4096):
            if chance.random() < 0.5:
                file.seek(at)
                file.write(chance.randbytes(100))


def test_a_station_spoiled_in_use_is_salvaged_and_nobody_waits(county: World) -> None:
    county.stop("hub")
    numbers = {hand_in(county), hand_in(county)}
    spoil(county.terminal_home / STATION_DB, 3)
    for page in LOOK_UPS:
        assert answers(county.terminal_url + page), page
    later = eventually(lambda: takes_again(county), "it takes requests again", BACK_S)
    county.start("hub")
    arrive(county, {later, *numbers})
    assert "Traceback" not in county.log("printer")


def test_an_empty_station_is_no_new_one(county: World) -> None:
    for part in ("web", "agent", "printer"):
        county.kill(part)
    (county.terminal_home / STATION_DB).write_bytes(b"")
    county.start("web", "agent", "printer")
    number = eventually(lambda: takes_again(county), "it takes requests again", BACK_S)
    eventually(lambda: number in column(at_hub(county, "SELECT number FROM inbox")), "the hub takes it")
    numbers = column(at_hub(county, "SELECT number FROM inbox"))
    assert len({each[:16] for each in numbers}) == len(numbers)
    assert at_hub(county, "SELECT state FROM device") == [("active",)]


def test_a_catalogue_that_is_gone_comes_again(county: World) -> None:
    for part in ("web", "agent"):
        county.stop(part)
    for path in (county.terminal_home / "catalogue").iterdir():
        path.unlink()
    county.start("web")
    page = Visitor(county.terminal_url).open("/search?q=低保", expect=503)
    assert "没有查到" not in page.text
    assert "正在重新取回" in page.text
    county.start("agent")
    county.wait_for_the_catalogue()
