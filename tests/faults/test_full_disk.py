"""A terminal whose disk is full takes no request, says so before a number is shown, and goes on when there is room."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.machine.homes import RESERVE_FILE
from kiosk.machine.serving import TRY_AGAIN
from tests.building import terminal_settings
from tests.conftest import TEXT_PROFILE
from tests.faults.conftest import Run
from tests.faults.disks import fill, small_disk_at
from tests.faults.ledgers import (
    arrive,
    at_terminal,
    column,
    job_states,
    originals,
    papers_are_settled,
    set_printer,
)
from tests.journeys.story import fill_in, hand_in, promised
from tests.pages import PATIENCE_S, Page, Visitor
from tests.world import World, eventually

DISK_MB = 100
TRIES = 5
LOOK_UPS = ("/", "/help", "/search?q=低保", "/documents/sample:policy-001", "/browse/policy")
PARTS = ("web", "agent", "printer")


@pytest.fixture(scope="module")
def cramped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A county on a small disk, logs and papers on another; each test leaves room and all processes."""
    disk = tmp_path_factory.mktemp("cramped") / "disk"
    settings = terminal_settings(printer_profile=TEXT_PROFILE)
    with small_disk_at(disk, DISK_MB), World(disk, settings) as world:
        world.logs = tmp_path_factory.mktemp("logs")
        world.papers = tmp_path_factory.mktemp("papers")
        world.make()
        world.start_all()
        words = world.terminal_home / "writing"
        eventually(lambda: list(words.glob("words-*.sqlite3")), "the words are unpacked")
        yield world


@pytest.fixture
def ballast(cramped: World) -> Iterator[Path]:
    """Where the ballast goes; the disk has room again afterwards, and what had to stop runs again."""
    path = cramped.root / "ballast"
    yield path
    path.unlink(missing_ok=True)
    for part in PARTS:
        if part not in cramped.processes:
            cramped.start(part)


def look_ups_go_on(world: World) -> None:
    for page in LOOK_UPS:
        found = Visitor(world.terminal_url).open(page)
        assert "（示例）" in found.text or page in ("/", "/help"), page


def everything_arrives(world: World) -> None:
    arrive(world, column(at_terminal(world, "SELECT number FROM submission")))


def refused_for_want_of_room(world: World, ballast: Path) -> tuple[Visitor, Page]:
    """
    A visitor whose request met the full disk, and what the screen said.

    The agent's upkeep gives back a few pages now and then; a request that fits into them is taken for good.
    """
    for _ in range(TRIES):
        citizen = Visitor(world.terminal_url)
        fill_in(citizen)
        form = citizen.page.form("/request/check")
        fill(ballast)
        page = Page(citizen.http.post(world.terminal_url + form.action, data=form.fields, timeout=PATIENCE_S))
        if page.status != 200:
            return citizen, page
        ballast.unlink()
    raise AssertionError("the disk was never full")


def test_no_number_without_room_and_no_manual_step_after(cramped: World, ballast: Path) -> None:
    hand_in(Visitor(cramped.terminal_url))
    citizen, refused = refused_for_want_of_room(cramped, ballast)
    assert refused.status == 507
    assert "没有交出去" in refused.text
    assert not re.search(r"\d{6}-\d{4}-", refused.text)
    before = column(at_terminal(cramped, "SELECT number FROM submission"))
    look_ups_go_on(cramped)
    ballast.unlink()
    citizen.open("/request/check")
    later = promised(citizen.submit("/request/check"))
    assert later.number not in before
    everything_arrives(cramped)


def test_who_leaves_a_full_machine_leaves_nothing_behind(cramped: World, ballast: Path) -> None:
    citizen = Visitor(cramped.terminal_url)
    fill_in(citizen, wanted="金丝雀三号")
    cookies = dict(citizen.http.cookies)
    fill(ballast)
    citizen.submit("/leave")
    intruder = Visitor(cramped.terminal_url)
    intruder.http.cookies.update(cookies)
    assert "金丝雀" not in intruder.open("/request/check").text


def test_what_is_only_counted_takes_no_page_away(cramped: World, ballast: Path) -> None:
    """A search that found nothing is answered although it cannot be counted; a report that is not noted says so."""
    reader = Visitor(cramped.terminal_url)
    form = reader.open("/documents/sample:fee-001/problem").form("/problem")
    fill(ballast)
    for at in range(TRIES):
        assert "没有查到" in Visitor(cramped.terminal_url).open(f"/search?q=饕餮鼯鼠{'魍魉魑魅鼬'[at]}").text
    answers = {**form.fields, "what": "wrong"}
    told = Page(reader.http.post(cramped.terminal_url + form.action, data=answers, timeout=PATIENCE_S))
    assert (told.status, "谢谢" in told.text) in ((507, False), (200, True))
    assert "disk-full" in cramped.log("web")


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_machine_that_starts_on_a_full_disk_still_looks_things_up(
    cramped: World, ballast: Path, how: str
) -> None:
    """A friendly end removes SQLite's side files, and without room for new ones nothing could be read."""
    for part in PARTS:
        (cramped.kill if how == "killed" else cramped.stop)(part)
    fill(ballast)
    cramped.start("web")
    look_ups_go_on(cramped)
    ballast.unlink()
    hand_in(Visitor(cramped.terminal_url))
    cramped.start("agent", "printer")
    everything_arrives(cramped)


def test_a_start_without_any_room_asks_to_be_tried_again(
    cramped: World, ballast: Path, kiosk_command: Run
) -> None:
    for part in PARTS:
        cramped.stop(part)
    (cramped.terminal_home / RESERVE_FILE).unlink()
    fill(ballast)
    said = kiosk_command("terminal", "--home", str(cramped.terminal_home), "--only", "agent")
    assert said.returncode == TRY_AGAIN, "a refusal would make the supervisor stop for good"
    assert said.stderr.count("\n") == 1
    assert "disk" in said.stderr


def test_a_paper_on_its_way_when_the_disk_fills_comes_out_once(cramped: World, ballast: Path) -> None:
    """The worker cannot write down that it came out: it is unsure, or proves it when there is room in time."""
    eventually(lambda: papers_are_settled(cramped), "the printer has nothing to do")
    citizen = Visitor(cramped.terminal_url)
    fill_in(citizen)
    set_printer(cramped, "stuck", after=200)
    said = len(cramped.log("printer"))
    number = promised(citizen.submit("/request/check")).number
    eventually(lambda: job_states(cramped)[number][0] in ("sending", "sent"), "the paper is on its way")
    fill(ballast)
    set_printer(cramped, "none")
    eventually(lambda: originals(cramped)[number], "the paper comes out")
    eventually(lambda: "disk-full" in cramped.log("printer")[said:], "the worker met the full disk")
    ballast.unlink()
    eventually(lambda: papers_are_settled(cramped), "the worker says what it knows")
    assert job_states(cramped)[number] in (["uncertain"], ["printed"])
    assert all(cramped.processes[part].poll() is None for part in PARTS), "each waited for room by itself"
    assert originals(cramped)[number] == 1


@pytest.mark.parametrize("free_kb", [16, 1500])
def test_a_catalogue_that_does_not_fit_stops_no_agent(
    cramped: World, ballast: Path, kiosk_command: Run, tmp_path: Path, free_kb: int
) -> None:
    """With some room the replica takes it, and the room ends when its file is to grow."""
    cramped.stop("agent")
    batch = tmp_path / "batch.jsonl"
    batch.write_text("".join(a_long_answer(free_kb, place) for place in range(60)), "utf-8")
    imported = kiosk_command("catalogue", "import", str(batch), "--home", str(cramped.hub_home), "--publish")
    assert imported.returncode == 0, imported.stderr
    os.truncate(ballast, max(0, fill(ballast) - free_kb * 1024))
    said = len(cramped.log("agent"))
    cramped.start("agent")
    agent = cramped.processes["agent"]
    eventually(lambda: agent.poll() is not None or len(cramped.log("agent")) > said, "a round ends")
    look_ups_go_on(cramped)
    assert "unexpected" not in cramped.log("agent")[said:]
    assert agent.poll() is None
    ballast.unlink()
    cramped.kill("agent")
    cramped.start("agent")
    page = f"/search?q=满盘第{free_kb}号"
    eventually(lambda: f"满盘第{free_kb}号" in Visitor(cramped.terminal_url).open(page).text, "it is found")


def a_long_answer(batch: int, place: int) -> str:
    """One line of an import file, some 12 KB long."""
    chance = random.Random(batch * 1000 + place)
    body = "".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(4000))
    record = {
        "id": f"full:{batch}-{place}",
        "kind": "question",
        "title": f"满盘第{batch}号问{place}",
        "body": body,
    }
    return json.dumps(record, ensure_ascii=False) + "\n"
