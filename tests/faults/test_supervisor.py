"""The supervisor: what crashes comes back, what refuses stops all, and nothing outlives it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.machine.serving import PARTS, TRY_AGAIN, Child, Supervisor
from tests.faults.ledgers import arrive
from tests.journeys.story import fill_in, promised
from tests.pages import Visitor
from tests.world import HOST, PATIENCE_S, REPOSITORY, World, answers, eventually

CHILD = """
import os, pathlib, sys
starts = pathlib.Path(sys.argv[1])
with starts.open("a") as file:
    file.write(f"{os.getpid()}\\n")
if len(sys.argv) > 2:
    sys.exit(int(sys.argv[2]))
sys.stdin.read()
"""


def a_child(starts: Path, *ends: int) -> Child:
    """A process that notes its start; it ends with that code at once, or lives as long as its lifeline."""
    return Child(starts.stem, [sys.executable, "-S", "-c", CHILD, str(starts), *map(str, ends)])


def pids(starts: Path) -> list[int]:
    """The processes that a child was so far."""
    return [int(line) for line in starts.read_text().split()] if starts.exists() else []


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def supervised(*children: Child) -> Iterator[list[int]]:
    """A running supervisor; yields the list that gets its exit code."""
    supervisor = Supervisor(list(children))
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run()))
    thread.start()
    try:
        yield codes
    finally:
        supervisor.stop.set()
        thread.join()


def test_a_child_that_is_killed_comes_back_and_the_others_stay(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    with supervised(a_child(one), a_child(two)):
        eventually(lambda: pids(one) and pids(two), "both start")
        os.kill(pids(one)[0], signal.SIGKILL)
        eventually(lambda: len(pids(one)) == 2, "it comes back")
        assert is_alive(pids(two)[0])
    assert len(pids(two)) == 1
    assert not any(is_alive(pid) for pid in pids(one) + pids(two))


def test_a_child_that_refuses_stops_all(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    with supervised(a_child(one), a_child(two, 1)) as codes:
        eventually(lambda: codes, "the supervisor ends")
    assert codes == [1]
    assert len(pids(two)) == 1
    assert not any(is_alive(pid) for pid in pids(one))


@pytest.mark.parametrize("code", [TRY_AGAIN, 70, 0])
def test_a_child_that_ends_otherwise_is_tried_again(tmp_path: Path, code: int) -> None:
    one = tmp_path / "one"
    with supervised(a_child(one, code)) as codes:
        eventually(lambda: len(pids(one)) >= 3, "it is tried again")
        assert codes == []
    assert codes == [0]


HANGS = """
import os, pathlib, sys, time
with pathlib.Path(sys.argv[1]).open("a") as file:
    file.write(f"{os.getpid()}\\n")
while True:
    os.write(int(os.environ["KIOSK_BEAT"]), b".")
    time.sleep(0.05)
"""


@pytest.mark.parametrize("hung_after_s", [0.6, 0.0])
def test_a_child_that_hangs_is_ended_and_comes_back(tmp_path: Path, hung_after_s: float) -> None:
    """The control has no bound: it hangs for good."""
    starts = tmp_path / "one"
    child = Child("one", [sys.executable, "-S", "-c", HANGS, str(starts)], hung_after_s=hung_after_s)
    with supervised(child):
        eventually(lambda: child.beaten_at or (pids(starts) and not hung_after_s), "it beats")
        os.kill(pids(starts)[0], signal.SIGSTOP)
        if hung_after_s:
            eventually(lambda: len(pids(starts)) == 2, "it comes back")
        else:
            threading.Event().wait(1.0)
            assert len(pids(starts)) == 1
            os.kill(pids(starts)[0], signal.SIGCONT)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A hub, a printer and an enrolled terminal that nobody has started."""
    with World(tmp_path_factory.mktemp("supervised")) as world:
        world.make()
        world.start("paper")
        world.learn_port()
        yield world


@contextmanager
def a_terminal(county: World) -> Iterator[subprocess.Popen[str]]:
    """`python -m kiosk terminal`, as a service runs it."""
    command = [sys.executable, "-m", "kiosk", "terminal", "--home", str(county.terminal_home)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def children_of(process: subprocess.Popen[str]) -> dict[str, int]:
    """The parts of a terminal that run at this moment."""
    found = {}
    for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        if "--only" in words:
            found[words[words.index("--only") + 1]] = int(pid)
    return found


def all_parts(process: subprocess.Popen[str]) -> dict[str, int]:
    """The three parts, once they run."""
    return eventually(lambda: found if len(found := children_of(process)) == len(PARTS) else {}, "all start")


def taken_port(county: World) -> socket.socket:
    """Another program on the terminal's port."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of before may still linger
    taken.bind((HOST, county.terminal_port))
    taken.listen()
    return taken


def test_each_part_comes_back_and_a_visit_survives(county: World) -> None:
    health = county.terminal_url + "/healthz"
    with a_terminal(county) as process:
        parts = all_parts(process)
        eventually(lambda: answers(health), "the terminal answers")
        citizen = Visitor(county.terminal_url)
        fill_in(citizen)
        for pid in parts.values():
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: set(all_parts(process).values()).isdisjoint(parts.values()), "all come back")
        eventually(lambda: answers(health), "the terminal answers again")
        number = promised(citizen.submit("/request/check")).number
        arrive(county, {number})
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def test_a_killed_supervisor_leaves_nobody_behind(county: World) -> None:
    with a_terminal(county) as process:
        parts = all_parts(process)
        eventually(lambda: answers(county.terminal_url + "/healthz"), "the terminal answers")
        process.kill()
        eventually(lambda: not any(map(is_alive, parts.values())), "its children end")
    with taken_port(county) as free:
        assert free.getsockname()[1] == county.terminal_port


def test_a_part_that_refuses_stops_the_terminal_with_one_sentence(county: World) -> None:
    with taken_port(county), a_terminal(county) as process:
        parts = all_parts(process)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert not any(map(is_alive, parts.values()))
    sentences = [line for line in said.splitlines() if not re.match(r"\d{4}-\d\d-\d\d .* INFO ", line)]
    assert sentences == [f"port {county.terminal_port} on {HOST} is in use by another program"]
