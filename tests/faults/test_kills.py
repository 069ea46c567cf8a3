"""
kill -9 of every process while citizens hand in requests: nothing that was promised is lost, nothing is doubled.

The processes are real; the moments are chosen by a seed. Single writes are the subject of test_every_write.py.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from requests import PreparedRequest, Request

from tests.building import terminal_settings
from tests.conftest import TEXT_PROFILE
from tests.faults.crowd import Citizens, send_again
from tests.faults.ledgers import (
    arrive,
    at_terminal,
    column,
    job_states,
    originals,
    papers_are_settled,
    reprints,
    set_printer,
)
from tests.journeys.story import fill_in, promised
from tests.pages import Visitor
from tests.world import HOST, World, eventually

SEED = 20261122
KILLS = ("web", "printer", "agent", "paper", "hub") * 2 + ("web", "printer")
LONGEST_PEACE_S = 0.8


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A county of this file's own, for its processes are killed."""
    with World(tmp_path_factory.mktemp("killed"), terminal_settings(printer_profile=TEXT_PROFILE)) as world:
        world.make()
        world.start_all()
        yield world


def papers_tell_the_truth(world: World) -> None:
    """Every paper has an end that is true: a proven one hangs out once, an unsure one is called so."""
    eventually(lambda: papers_are_settled(world), f"all papers settle; {world.log('printer')[-600:]}")
    seen, states = originals(world), job_states(world)
    for number, (original, *_) in states.items():
        assert seen[number] <= 1, f"{number} came out {seen[number]} times without a mark"
        if original == "printed":
            assert seen[number] == 1, f"{number} is called printed and did not come out"
        else:
            assert original in ("uncertain", "superseded"), f"{number}: {original}"


def test_kills_at_random_moments_lose_and_double_nothing(county: World) -> None:
    chance = random.Random(SEED)
    before = numbers_taken(county)
    with Citizens(county) as citizens:
        for name in KILLS:
            citizens.stop.wait(chance.uniform(0, LONGEST_PEACE_S))
            county.kill(name)
            county.start(name)
    assert len(citizens.handed) >= len(KILLS) // 2, "the storm must have met citizens"
    assert citizens.breaks, "a citizen must have felt a kill"
    numbers = [each.promise.number for each in citizens.handed]
    assert len(set(numbers)) == len(numbers)
    for each in citizens.handed:
        assert send_again(each) == each.promise
    arrive(county, before.union(numbers))
    papers_tell_the_truth(county)
    on_paper = {each.promise.number for each in citizens.handed if each.wants_paper}
    assert on_paper == set(job_states(county)) - before


def test_an_answer_that_nobody_heard_is_given_again(county: World) -> None:
    """The web process ends after the request is stored and before anybody read its answer."""
    citizen = Visitor(county.terminal_url)
    form = fill_in(citizen, paper="none").form("/request/check")
    before = numbers_taken(county)
    unheard = citizen.http.prepare_request(
        Request("POST", county.terminal_url + form.action, data=form.fields)
    )
    with socket.create_connection((HOST, county.terminal_port)) as line:
        line.sendall(as_sent(unheard))
        eventually(lambda: numbers_taken(county) != before, "the request is stored")
        county.kill("web")
    county.start("web")
    (number,) = numbers_taken(county) - before
    assert promised(citizen.submit("/request/check")).number == number
    arrive(county, numbers_taken(county))


@pytest.mark.parametrize("victim", ["printer", "paper"])
def test_a_paper_that_broke_off_is_called_unsure_and_its_reprint_is_marked(
    county: World, victim: str
) -> None:
    eventually(lambda: papers_are_settled(county), "the printer has nothing to do")
    citizen = Visitor(county.terminal_url)
    fill_in(citizen)
    set_printer(county, "stuck", after=400)
    number = promised(citizen.submit("/request/check")).number
    eventually(lambda: job_states(county)[number][0] in ("sending", "sent"), "the paper is on its way")
    county.kill(victim)
    county.start(victim)
    set_printer(county, "none")
    eventually(lambda: job_states(county)[number] == ["uncertain"], "the paper is called unsure")
    assert "不知道打出来没有" in citizen.open("/request/receipt").text
    citizen.submit("/request/receipt/again")
    eventually(lambda: job_states(county)[number] == ["superseded", "printed"], "the reprint comes out")
    assert originals(county)[number] <= 1
    assert reprints(county)[number] == 1


def test_these_checks_see_what_is_lost_or_doubled(county: World) -> None:
    """The negative control."""
    handed = Citizens(county).one()
    eventually(lambda: originals(county)[handed.promise.number], "the paper comes out")
    with pytest.raises(AssertionError):
        arrive(county, numbers_taken(county) | {"GX03-261122-0001-AA-0"})
    with pytest.raises(AssertionError):
        arrive(county, numbers_taken(county) - {handed.promise.number})
    paper = max(county.papers.glob("*.txt"))
    paper.with_name("twice.txt").write_bytes(paper.read_bytes())
    with pytest.raises(AssertionError, match="2 times"):
        papers_tell_the_truth(county)


def numbers_taken(county: World) -> set[str]:
    """The numbers that the terminal gave so far."""
    return set(column(at_terminal(county, "SELECT number FROM submission")))


def as_sent(request: PreparedRequest) -> bytes:
    """A request as it goes over the line."""
    lines = [f"{request.method} {request.path_url} HTTP/1.1", f"Host: {urlsplit(request.url or '').netloc}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", str(request.body)]).encode()
