"""
Pages of attached files: drawn once as pictures, cached in HOME/shown within a limit, and as PDF for the printer.

The cache can be redrawn at any time, so a full disk costs only time; pages of a document that is no longer public are
erased with it. A page that cannot be drawn is remembered too, and a file with several such pages is drawn no more.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import threading
from pathlib import Path

from kiosk import db
from kiosk.blobs import Blobs
from kiosk.catalogue.attachments import content
from kiosk.catalogue.attachments.content import FileNotRead, Picture
from kiosk.catalogue.records.attachment import SHA256, TYPES, Attachment

FOLDER = "shown"
SMALL = 0
WIDTHS = {SMALL: 240, 1: 1_200, 2: 2_400}
"""Pixels of a page beside its name, at normal size on the screen, and enlarged."""
MOST_BYTES = 200_000_000
_SOURCE = re.compile(r"attachment ([0-9a-f]{64}) (\S+) ([1-9]\d{0,4})-([1-9]\d{0,4})")

LASTING = frozenset({"file-bomb", "file-unreadable"})
"""Faults of the file itself: another try would end alike."""
MOST_FAULTS = 5
"""Pages of one file that may fail before no further one is tried: each costs up to 20 seconds of processor."""
_turns = tuple(threading.Lock() for _each in range(16))
"""A page that is being drawn is waited for; pages share these locks by their place."""

_log = logging.getLogger(__name__)


def drawn(home: Path, path: Path, item: Attachment, page: int, zoom: int) -> Picture:
    """
    Return one page of a file that is on this machine.

    Raises:
        NotRead: it cannot be drawn.
    """
    place = home / FOLDER / item.sha256 / f"{page}-{zoom}.picture"
    turn = _turns[hash(place) % len(_turns)]
    if not turn.acquire(timeout=content.TURN_S):
        raise FileNotRead("file-busy")
    try:
        kept = _kept(place)
        if kept is None:
            kept = _draw(path, item, page, zoom, place)
            _keep(home / FOLDER, place, kept)
        return kept
    finally:
        turn.release()


def _draw(path: Path, item: Attachment, page: int, zoom: int, place: Path) -> Picture:
    failed = sorted(place.parent.glob("*.fault"))
    mark = place.with_suffix(".fault")
    if mark in failed or len(failed) >= MOST_FAULTS:
        raise FileNotRead(_fault_of(mark if mark in failed else failed[0]))
    try:
        return content.picture(path, item.type, page, WIDTHS[zoom])
    except FileNotRead as fault:
        if fault.code in LASTING:
            _remember(mark, fault.code)
        raise


def _fault_of(mark: Path) -> str:
    try:
        code = mark.read_text("ascii")
    except (OSError, ValueError):
        return "file-unreadable"
    return code if code in LASTING else "file-unreadable"


def _remember(mark: Path, code: str) -> None:
    try:
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        db.write_atomically(mark, code.encode())
    except OSError as error:
        _log.warning("fault-not-kept: %s; the page is tried again each time", error.strerror)


def _kept(place: Path) -> Picture | None:
    try:
        facts = json.loads(place.with_suffix(".json").read_text("utf-8"))
        return Picture(**facts, content=place.read_bytes())
    except (OSError, ValueError, TypeError):
        return None


def _keep(folder: Path, place: Path, made: Picture) -> None:
    facts = {name: value for name, value in vars(made).items() if name != "content"}
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        db.write_atomically(place, made.content)
        db.write_atomically(place.with_suffix(".json"), json.dumps(facts, ensure_ascii=False).encode())
        _make_room(folder)
    except OSError as error:
        shutil.rmtree(place.parent, ignore_errors=True)
        _log.warning("pages-not-kept: %s; they are drawn again each time", error.strerror)


def _make_room(folder: Path) -> None:
    """Delete the pages of the least recently drawn files until the rest fits the limit."""
    sizes = {
        each: sum(one.stat().st_size for one in each.iterdir()) for each in folder.iterdir() if each.is_dir()
    }
    for each in sorted(sizes, key=lambda one: one.stat().st_mtime)[:-1]:
        if sum(sizes.values()) <= MOST_BYTES:
            return
        shutil.rmtree(each, ignore_errors=True)
        del sizes[each]


def keep_only(home: Path, named: set[str]) -> int:
    """Delete the pages of files that no published document refers to; return how many files."""
    folder = home / FOLDER
    gone = [each for each in folder.iterdir() if each.name not in named] if folder.is_dir() else []
    for each in gone:
        shutil.rmtree(each, ignore_errors=True)
    return len(gone)


def as_source(item: Attachment, first: int, last: int) -> str:
    """Return the name by which the printer's spool refers to pages of a file."""
    return f"attachment {item.sha256} {item.type} {first}-{last}"


def paper(blobs: Blobs, source: str) -> bytes:
    """
    Return the PDF of the pages that `as_source` named.

    Raises:
        NotRead: the file is no longer here, or cannot be made into paper.
    """
    found = _SOURCE.fullmatch(source)
    if found is None or found[2] not in TYPES or not SHA256.fullmatch(found[1]):
        raise FileNotRead("file-missing")
    path = blobs.sound(found[1])
    if path is None:
        raise FileNotRead("file-missing")
    return content.paper(path, found[2], int(found[3]), int(found[4]))
