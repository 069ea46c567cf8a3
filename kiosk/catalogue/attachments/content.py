"""
What is in an attached file, asked of a bounded process of its own (attachments_reader.py), never of this one.

A file that ends, hangs or bursts that process is refused; nothing else happens.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kiosk.errors import Refused

READER = Path(__file__).with_name("reader.py")
PDF = "application/pdf"
PATIENCE_S = 30.0
AT_ONCE = 2
"""Files that are read side by side; a terminal has two cores, and other pages want them too."""
TURN_S = 10.0
"""How long somebody waits for a turn: the threads of a server are few, and other pages must not wait behind files."""
_turn = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Content:
    """What a file really is: its media type, and how many pages it has (0 where that means nothing)."""

    type: str
    pages: int


@dataclass(frozen=True)
class Picture:
    """One page of a file of `pages` pages: width times height pixels as PNG or JPEG; its words where they are known."""

    pages: int
    width: int
    height: int
    words: str
    content: bytes
    type: str


class FileNotRead(Refused):
    """A file that is not taken or not shown; the code is a key of attachments.REASONS."""


def check(path: Path) -> Content:
    """
    Return the type of a file by its content, after a look for anything that could act by itself.

    Raises:
        FileNotRead: why it is not taken.
    """
    told, _ = _ask("check", str(path))
    return Content(str(told["type"]), int(str(told["pages"])))


def picture(path: Path, kind: str, page: int, width: int) -> Picture:
    """
    One page (from 1), no wider than `width` pixels.

    Raises:
        FileNotRead: it cannot be drawn.
    """
    told, content = _ask("picture", str(path), kind, str(page), str(width))
    pages, wide, high = (int(str(told[name])) for name in ("pages", "width", "height"))
    return Picture(pages, wide, high, str(told["words"]), content, str(told["type"]))


def paper(path: Path, kind: str, first: int, last: int) -> bytes:
    """
    Return the pages first to last as a PDF for a page printer.

    Raises:
        FileNotRead: it cannot be made.
    """
    return _ask("paper", str(path), kind, str(first), str(last))[1]


def can_draw(kind: str) -> bool:
    """Return whether this machine has what it takes to show files of that type."""
    return find_spec("pypdfium2" if kind == PDF else "PIL") is not None


def _ask(*arguments: str) -> tuple[dict[str, object], bytes]:
    command = [sys.executable, "-I", "-B", str(READER), *arguments]
    if not _turn.acquire(timeout=TURN_S):
        raise FileNotRead("file-busy")
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileNotRead("file-bomb") from error
    except OSError as error:
        raise FileNotRead("file-unchecked") from error
    finally:
        _turn.release()
    line, _, content = done.stdout.partition(b"\n")
    try:
        told = json.loads(line)
    except ValueError as error:
        # The process was ended by a limit or by the file itself.
        raise FileNotRead("file-bomb" if done.returncode < 0 else "file-unreadable") from error
    if "fault" in told:
        raise FileNotRead(str(told["fault"]))
    return told, content
