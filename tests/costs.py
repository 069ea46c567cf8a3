"""
What each test file costs: seconds of processor time of its test process and of everything that it starts.

`./run test --costs` prints them, the dearest first, and writes them to `costs.txt`, by which the next run begins with
the dearest files. No test asks for them: they depend on the machine. What a session shares (a county, a browser) is
counted where it was first asked for. Needs Linux, whose /proc lists all processes.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

TABLE = Path(__file__).with_name("costs.txt")
LEAST_S, SHOWN = 1.0, 30
"""What costs less has no line; so many are printed."""
_PER_SECOND = os.sysconf("SC_CLK_TCK")


def spent_s() -> float:
    """Return the processor time of this process and of all under it, those that have ended too."""
    under: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        number = int(stat.parent.name)
        ticks[number] = sum(int(one) for one in fields[11:15])  # proc(5): utime, stime, cutime, cstime
        under[int(fields[1])].append(number)
    waiting, total = [os.getpid()], 0
    while waiting:
        number = waiting.pop()
        total += ticks.get(number, 0)
        waiting += under[number]
    return total / _PER_SECOND


def known() -> dict[str, float]:
    """Return the recorded seconds by file, under its path in this folder."""
    lines = [line.split() for line in TABLE.read_text("utf-8").splitlines()]
    return {name: float(seconds) for seconds, name in lines}


def name_of(item: pytest.Item) -> str:
    """Return the path of a test's file in this folder."""
    return os.path.relpath(item.path, TABLE.parent)


class Costs:
    """The part of a run that counts: by file in each process that runs tests, gathered in the one that was called."""

    def __init__(self) -> None:
        self._by_file: dict[str, float] = defaultdict(float)
        self._before = spent_s()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Book what was spent on the file of this test once the next one is of another file."""
        done = yield
        if nextitem is None or nextitem.path != item.path:
            now = spent_s()
            self._by_file[name_of(item)] += now - self._before
            self._before = now
        return done

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Give what was counted to the process that gathers."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["costs"] = dict(self._by_file)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of xdist counted."""
        for name, seconds in getattr(node, "workeroutput", {}).get("costs", {}).items():
            self._by_file[name] += seconds

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the dearest files, and write down the costs of all that were run."""
        every = sorted(self._by_file.items(), key=lambda one: -one[1])
        terminalreporter.section("seconds of processor time")
        for name, seconds in [*every[:SHOWN], (f"{len(every)} files", sum(self._by_file.values()))]:
            terminalreporter.line(f"{seconds:8.1f}  {name}")
        write_down({**known(), **self._by_file})


def write_down(costs: dict[str, float]) -> None:
    """Replace the table, but for files that are no more and those that cost next to nothing."""
    kept = [
        (seconds, name)
        for name, seconds in costs.items()
        if seconds >= LEAST_S and (TABLE.parent / name).is_file()
    ]
    TABLE.write_text("".join(f"{seconds:.1f} {name}\n" for seconds, name in sorted(kept, reverse=True)))
