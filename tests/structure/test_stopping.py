"""A run of the tests that is stopped half-way, in whichever way, leaves no process behind, resting ones neither."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.world import REPOSITORY, eventually

pytestmark = pytest.mark.browser

HALF_WAY = """
import os, pathlib, threading
from tests.world import World

def test_never_ends(tmp_path, chromium, cluster):
    with World(tmp_path) as world:
        world.start("paper")
        world.rest()
        pathlib.Path(os.environ["KIOSK_TEST_HALF_WAY"]).touch()
        threading.Event().wait()
"""
MARK = "KIOSK_TEST_HALF_WAY"


def marked(value: str) -> set[int]:
    """The processes that were started with this in their environment, wherever they belong now."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has just ended, or is somebody else's
        if f"{MARK}={value}".encode() in environment:
            found.add(int(entry.name))
    return found


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "KILL"])
def test_a_run_that_is_stopped_half_way_leaves_no_process(tmp_path: Path, way: signal.Signals) -> None:
    test, reached = tmp_path / "test_half_way.py", tmp_path / f"reached-{uuid.uuid4().hex}"
    test.write_text(HALF_WAY, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-n", "1"]
    run = subprocess.Popen(
        [*command, "-c", str(REPOSITORY / "pyproject.toml"), "--basetemp", str(tmp_path / "run"), str(test)],
        cwd=REPOSITORY,
        env={**os.environ, MARK: str(reached)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        eventually(lambda: reached.exists() or run.poll() is not None, "the run is half-way")
        assert reached.exists()
        assert len(marked(str(reached))) > 6, (
            "pytest and its worker, a printer, Playwright, Chromium, PostgreSQL"
        )
        if way is signal.SIGINT:
            os.killpg(run.pid, way)  # a terminal tells all of its group
        else:
            run.send_signal(way)
        run.wait(120)
        eventually(lambda: not marked(str(reached)), "all that the run started has ended")
    finally:
        for left in marked(str(reached)):
            os.kill(left, signal.SIGKILL)
        run.wait()
