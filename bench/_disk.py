"""Speed of the disk: the lower bound of every promise that is kept with a commit."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

BLOCK = 4096


def append_ms(folder: Path, times: int) -> list[float]:
    """Return the milliseconds of one appended block and its fsync."""
    handle = os.open(folder / "appended", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    block, took = os.urandom(BLOCK), []
    for _ in range(times):
        began = time.perf_counter()
        os.write(handle, block)
        os.fsync(handle)
        took.append((time.perf_counter() - began) * 1000)
    os.close(handle)
    return took


def commit_ms(folder: Path, times: int) -> list[float]:
    """
    Return the milliseconds of one row of 2 KB in a bare SQLite table: WAL, synchronous=FULL, one connection kept.
    """
    base = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    base.execute("PRAGMA journal_mode = wal")
    base.execute("PRAGMA synchronous = full")
    base.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, content BLOB)")
    content, took = os.urandom(2048), []
    for _ in range(times):
        began = time.perf_counter()
        base.execute("BEGIN IMMEDIATE")
        base.execute("INSERT INTO bare (content) VALUES (?)", (content,))
        base.execute("COMMIT")
        took.append((time.perf_counter() - began) * 1000)
    base.close()
    return took
