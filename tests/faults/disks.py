"""Filling a disk to the last byte."""

from __future__ import annotations

import os
from pathlib import Path

LARGEST_BLOCK = 1 << 20


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
