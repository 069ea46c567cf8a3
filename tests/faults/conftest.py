"""A small disk that can be filled, and the command line as an operator runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.disks import small_disk_at
from tests.world import PATIENCE_S, REPOSITORY

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def kiosk_command() -> Run:
    """Runs `python -m kiosk ...` and returns what it said."""

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kiosk", *arguments],
            cwd=REPOSITORY,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    return run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts a disk of so many megabytes for this test."""
    with ExitStack() as mounted:
        yield lambda megabytes: mounted.enter_context(small_disk_at(tmp_path / "small", megabytes))
