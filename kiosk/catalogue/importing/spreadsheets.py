"""
Rows of a spreadsheet, read by a separate bounded process (sheet_reader.py), never by this one.

If a file ends, hangs or overloads that process, it is refused; nothing else happens.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

READER = Path(__file__).with_name("sheet_reader.py")
PATIENCE_S = 180.0
LONGEST_LINE = 40_000_000


class SheetNotRead(Exception):
    """A spreadsheet that is not read: bomb, too-large, sheets (several have content), unreadable or unchecked."""


def rows(path: Path, most: int, patience_s: float = PATIENCE_S) -> Iterator[tuple[int, list[str]]]:
    """
    Yield the rows of the one visible sheet as texts with their number from 1: the first row, then all that are not
    empty.

    Args:
        most: Most rows of a sheet.
    Raises:
        NotRead: perhaps after some rows.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", str(READER), str(path), str(most)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    assert process.stdout is not None
    watchdog = threading.Timer(patience_s, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        while line := process.stdout.readline(LONGEST_LINE):
            answer = json.loads(line) if line.endswith(b"\n") else {"fault": "too-large"}
            if isinstance(answer, list):
                yield answer[0], answer[1]
            elif "end" in answer:
                return
            else:
                raise SheetNotRead(answer["fault"])
        process.wait()
        raise SheetNotRead("bomb" if process.returncode < 0 else "unreadable")
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
