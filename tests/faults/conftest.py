"""A small disk that can be filled, and the command line as an operator runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.world import REPOSITORY

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
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts a disk of so many megabytes in memory; needs root, which CI has."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        place = tmp_path / "small"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            if os.environ.get("CI"):
                pytest.fail(f"CI must be able to mount a small disk: {done.stderr}")
            pytest.skip("a small disk can be mounted by root only")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "-l", str(place)], check=False)
