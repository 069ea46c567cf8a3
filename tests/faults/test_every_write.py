"""
Taking in a request is broken off at every single write that it makes, and every one of them is made to fail.

Whatever happens, the disk holds all of it or nothing, and a number that was said belongs to a whole request.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.clock import FixedClock
from sync.wire import sealing
from tests import building
from tests.clocks import MONDAY_MORNING
from tests.faults import one_request
from tests.faults.one_request import REFUSED, UNHEARD
from tests.terminals import link
from tests.world import REPOSITORY

WRITES = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "link", "mkdir")
KILL = "signal=KILL:when={}"
SEED = 20261122
TABLES = ("submission", "outbox", "print_job", "print_event")


@dataclass(frozen=True)
class Outcome:
    """How one try ended: the child's exit code (negative: a signal) and the numbers it said."""

    ended: int
    said: tuple[str, ...]


class Bench:
    """Runs the program under strace, each time on a fresh copy of one station."""

    def __init__(self, root: Path, station: Path) -> None:
        self.root, self.station = root, station
        self.tries = 0
        self.ends: Counter[int] = Counter()
        self.program = subprocess.Popen(
            [sys.executable, "-m", one_request.__name__],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """Ends the program."""
        assert self.program.stdin
        assert self.program.stdout
        self.program.stdin.close()
        self.program.wait(120)
        self.program.stdout.close()

    def fresh(self) -> Path:
        """A copy of the station."""
        self.tries += 1
        return Path(shutil.copytree(self.station, self.root / f"try-{self.tries}"))

    def run(self, home: Path, *how: str, too_early: bool = False) -> Outcome:
        """One try on this station with strace's options."""
        assert self.program.stdin
        self.program.stdin.write(json.dumps({"home": str(home), "too_early": too_early}) + "\n")
        self.program.stdin.flush()
        pid = int(self._line())
        command = ["strace", "-f", *how, "-o", str(home / "trace"), "-p", str(pid)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr
            attached = tracer.stderr.readline()
            os.kill(pid, signal.SIGCONT)
            assert "attached" in attached, attached
            answer = json.loads(self._line())
            tracer.stderr.read()
        self.ends[answer["ended"]] += 1
        return Outcome(answer["ended"], tuple(answer["said"]))

    def _line(self) -> str:
        assert self.program.stdout
        return self.program.stdout.readline()

    def count(self) -> Counter[str]:
        """How often an undisturbed try makes each of the writes."""
        home = self.fresh()
        assert self.run(home, "-e", f"trace={','.join(WRITES)}").ended == 0
        lines = (home / "trace").read_text("utf-8").splitlines()
        calls = [line.split(maxsplit=1)[1].split("(")[0] for line in lines if "(" in line]
        return Counter(call for call in calls if call in WRITES)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have strace")
        pytest.skip("strace is not installed: apt install strace")
    root = tmp_path_factory.mktemp("writes")
    bench = Bench(root, a_station(root / "station"))
    yield bench
    bench.close()


def a_station(home: Path) -> Path:
    """The folder of an enrolled station that has taken nothing yet."""
    home.mkdir()
    clock = FixedClock(MONDAY_MORNING)
    database = building.station(home)
    link(clock, seal_key=sealing.new_key_pair()[1], station=database)
    database.close()
    return home


def faults_of(home: Path, outcome: Outcome) -> list[str]:
    """What is wrong after one try: nothing, when the promise was kept."""
    found = []
    with closing(sqlite3.connect(home / "station.sqlite3")) as connection:
        sizes = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
        if len(set(sizes.values())) != 1:
            found.append(f"a part is stored: {sizes}")
        places = connection.execute("SELECT last_seq FROM hub_link").fetchone()[0]
        if places != sizes["outbox"]:
            found.append(f"{places} places for {sizes['outbox']} entries")
        stored = [number for (number,) in connection.execute("SELECT number FROM submission")]
        if outcome.said and list(outcome.said) != stored:
            found.append(f"said {outcome.said}, stored {stored}")
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            found.append("damaged")
    return found


def again(home: Path, outcome: Outcome) -> list[str]:
    """What is wrong when the citizen sends the same form again after a restart."""
    heard: list[str] = []
    one_request.take(home, heard.append)
    found = faults_of(home, Outcome(0, tuple(heard)))
    if outcome.said and list(outcome.said) != heard:
        found.append(f"said {outcome.said}, then {heard}")
    return found


def places(bench: Bench, how: str, names: tuple[str, ...]) -> Iterator[str]:
    """strace's words for each single write of these names."""
    counted = bench.count()
    assert counted["pwrite64"] > 10, "the program must be seen writing"
    for name in names:
        for place in range(1, counted[name] + 1):
            yield f"inject={name}:{how.format(place)}"


def sweep(bench: Bench, how: str, names: tuple[str, ...] = WRITES, *, too_early: bool = False) -> list[str]:
    """Everything that is wrong over all writes of these names, each disturbed in its turn."""
    found = []
    for at in places(bench, how, names):
        home = bench.fresh()
        outcome = bench.run(home, "-e", at, too_early=too_early)
        found += [f"{at}: {fault}" for fault in [*expected_end(how, outcome), *faults_of(home, outcome)]]
        if not too_early:
            found += [f"{at}, again: {fault}" for fault in again(home, outcome)]
        shutil.rmtree(home)
    return found


def expected_end(how: str, outcome: Outcome) -> list[str]:
    """A kill kills; an error of the disk is either survived or ends in the one error that answers 507."""
    ends = (-signal.SIGKILL,) if how.startswith("signal") else (0, REFUSED, UNHEARD)
    return [] if outcome.ended in ends else [f"ended with {outcome.ended}"]


def test_killed_at_any_write_all_or_nothing_is_stored(bench: Bench) -> None:
    assert sweep(bench, KILL) == []
    assert bench.ends[-signal.SIGKILL] > 30, "the kills must have been felt"


def test_killed_again_while_the_next_start_mends_it_all_or_nothing_is_stored(bench: Bench) -> None:
    chance = random.Random(SEED)
    found = []
    for first in places(bench, KILL, WRITES):
        second = f"inject=pwrite64:{KILL.format(chance.randint(1, 20))}"
        home = bench.fresh()
        outcomes = [bench.run(home, "-e", at) for at in (first, second)]
        said = Outcome(0, tuple(dict.fromkeys(number for each in outcomes for number in each.said)))
        found += [f"{first}, {second}: {fault}" for fault in [*faults_of(home, said), *again(home, said)]]
        shutil.rmtree(home)
    assert found == []


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("lasting", ["", "+"], ids=["once", "from then on"])
def test_a_write_that_fails_leaves_all_or_nothing_and_never_a_number_without_a_request(
    bench: Bench, error: str, lasting: str
) -> None:
    refused = bench.ends[REFUSED]
    assert sweep(bench, f"error={error}:when={{}}{lasting}") == []
    assert bench.ends[REFUSED] > refused + 10, "the errors must have been felt"


def test_the_sweep_finds_a_number_that_is_said_before_it_is_stored(bench: Bench) -> None:
    """The negative control."""
    found = sweep(bench, KILL, ("pwrite64", "fdatasync"), too_early=True)
    assert any("said" in fault for fault in found), "the sweep must see what it is there for"
