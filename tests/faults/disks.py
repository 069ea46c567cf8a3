"""A small disk in memory, and filling it to the last byte."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LARGEST_BLOCK = 1 << 20


@contextmanager
def small_disk_at(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes mounted at `place`; needs root, which CI has."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        if os.environ.get("CI"):
            pytest.fail(f"CI must be able to mount a small disk: {done.stderr}")
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill(ballast: Path) -> int:
    """Writes `ballast` until not one more byte fits, larger blocks first; returns its size in bytes."""
    handle = os.open(ballast, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    block = LARGEST_BLOCK
    try:
        while block:
            try:
                os.write(handle, b"\xa5" * block)
            except OSError:
                block //= 2  # what is left is smaller than this block
        return os.fstat(handle).st_size
    finally:
        os.close(handle)
