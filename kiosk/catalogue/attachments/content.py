"""
The content of an attached file, read by a separate bounded process (reader.py), never by this one.

If a file ends, hangs or overloads that process, it is refused; nothing else happens.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kiosk.errors import Refused

READER = Path(__file__).with_name("reader.py")
PDF = "application/pdf"
PATIENCE_S = 30.0
REDACTING_S = 120.0
"""A clerk waits for a hundred pages that are drawn, covered and proven."""
AT_ONCE = 2
"""Files read in parallel; a terminal has two cores, which other pages need too."""
TURN_S = 10.0
"""Longest wait for a turn: a server has few threads, and other pages must not wait behind files."""
_turn = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Content:
    """The real type of a file, and its number of pages (0 if it has none)."""

    type: str
    pages: int


@dataclass(frozen=True)
class Picture:
    """One page of a file of `pages` pages: width times height pixels as PNG or JPEG, with its words if known."""

    pages: int
    width: int
    height: int
    words: str
    content: bytes
    type: str


class FileNotRead(Refused):
    """A file that is refused or not shown; the code is a key of attachment.REASONS."""


def check(path: Path) -> Content:
    """
    Return the type of a file by its content, after a search for active content.

    Raises:
        NotRead: why it is refused.
    """
    answer, _ = _ask("check", str(path.resolve()))
    return Content(str(answer["type"]), int(str(answer["pages"])))


def picture(path: Path, kind: str, page: int, width: int) -> Picture:
    """
    Return one page (from 1) as an image at most `width` pixels wide.

    Raises:
        NotRead: it cannot be drawn.
    """
    return _picture(*_ask("picture", str(path.resolve()), kind, str(page), str(width)))


def page_in_memory(pdf: bytes, page: int, width: int) -> Picture:
    """
    Return one page (from 1) of a PDF that is on no disk, as an image at most `width` pixels wide.

    Raises:
        NotRead: it cannot be drawn.
    """
    return _picture(*_ask("page", "-", PDF, str(page), str(width), given=pdf))


def _picture(answer: dict[str, object], content: bytes) -> Picture:
    pages, wide, high = (int(str(answer[name])) for name in ("pages", "width", "height"))
    return Picture(pages, wide, high, str(answer["words"]), content, str(answer["type"]))


def paper(path: Path, kind: str, first: int, last: int) -> bytes:
    """
    Return the pages first to last as a PDF for a page printer.

    Raises:
        FileNotRead: it cannot be made.
    """
    return _ask("paper", str(path.resolve()), kind, str(first), str(last))[1]


@dataclass(frozen=True)
class Redacted:
    """
    A file in which areas are covered, proven to hold nothing of them.

    covered: the passages of the text layer under the boxes. elsewhere: pages on which one of them can still be read.
    """

    content: bytes
    pages: int
    covered: Sequence[str]
    elsewhere: Sequence[int]


Boxes = Sequence[Sequence[float]]
"""Areas: page from 1, then left, top, width and height in shares of the page."""


def sheet(source: bytes, kind: str, page: int, width: int) -> Picture:
    """
    Return a whole page (from 1) of a file that is on no disk, for boxes to be drawn on it.

    Raises:
        FileNotRead: it cannot be drawn.
    """
    answer, drawn = _asked("sheet", source, kind, page=page, width=width)
    return _picture({**answer, "words": "", "type": "image/jpeg"}, drawn)


def find(source: bytes, kind: str, words: str) -> Boxes:
    """Return where a PDF says these words; a picture says none. Errors as of `sheet`."""
    found: Any = _asked("find", source, kind, words=words)[0]["areas"]
    return [tuple(each) for each in found]


def redacted(source: bytes, kind: str, areas: Boxes) -> Redacted:
    """
    Return the file with these areas covered, after another process has looked for what might be left.

    Raises:
        FileNotRead: it cannot be drawn; "redaction-left", "redaction-outside".
    """
    answer, made = _asked("redact", source, kind, areas=areas)
    facts: Any = answer
    _asked("prove", made, kind, areas=areas, pages=facts["pages"])
    return Redacted(made, facts["pages"], facts["covered"], facts["elsewhere"])


def _asked(what: str, source: bytes, kind: str, **asked: object) -> tuple[dict[str, object], bytes]:
    line = json.dumps(asked).encode() + b"\n"
    return _ask(what, "-", kind, given=line + source, patience_s=REDACTING_S)


def can_draw(kind: str) -> bool:
    """Return whether this machine has the libraries to show files of that type, and can keep a hostile one apart."""
    from kiosk.catalogue.foreign.isolation import can_isolate

    return find_spec("pypdfium2" if kind == PDF else "PIL") is not None and can_isolate()


def _ask(
    *arguments: str, given: bytes = b"", patience_s: float = PATIENCE_S
) -> tuple[dict[str, object], bytes]:
    command = [sys.executable, "-I", "-B", str(READER), *arguments]
    if not _turn.acquire(timeout=TURN_S):
        raise FileNotRead("file-busy")
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            timeout=patience_s,
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
        answer = json.loads(line)
    except ValueError as error:
        # The process was ended by a limit or by the file itself.
        raise FileNotRead("file-bomb" if done.returncode < 0 else "file-unreadable") from error
    if "fault" in answer:
        raise FileNotRead(str(answer["fault"]))
    return answer, content
