"""The generation of the index that is in use, kept open for reading."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.catalogue.search import index, indexing
from kiosk.catalogue.search.index import IndexUnusable, Texts
from kiosk.catalogue.search.indexing import TERMS, Stamp
from kiosk.catalogue.search.terms import Terms
from kiosk.catalogue.search.words import SearchWords


@dataclass(frozen=True)
class OpenIndex:
    """
    One generation of the index, open for reading.

    written: Modification time of its stamp, in nanoseconds.
    text: None where the full text cannot be used.
    words: The words with which it was made, for a query must be cut like the texts.
    """

    generation: Path
    written: int
    stamp: Stamp | None
    text: Texts | None
    terms: Terms | None
    words: SearchWords

    def differs(self, generation: Path, written: int) -> bool:
        """Return whether this is another generation than that one, or the same before it was written again."""
        return (self.generation, self.written) != (generation, written)


class Opening:
    """
    The index in `folder`, opened at the first call; one for the process, safe for its threads.

    A new generation or stamp, and the words that came with it, are opened at the next call. `words` are those
    of the product, read when they are first needed, for the time without an index.
    """

    def __init__(self, folder: Path, words: Callable[[], SearchWords]) -> None:
        self.folder = folder
        self._turn = threading.Lock()
        self._words = words
        self._opened: OpenIndex | None = None

    def current(self) -> OpenIndex:
        """Return the newest generation, opened once; the empty one while there is none."""
        generation = indexing.current(self.folder)
        if generation is None:
            return self._nothing()
        try:
            written = (generation / indexing.STAMP).stat().st_mtime_ns
        except OSError:
            return self._nothing()
        opened = self._opened
        if opened is None or opened.differs(generation, written):
            with self._turn:
                opened = self._opened or self._nothing()
                if opened.differs(generation, written):
                    opened = _open(generation, written, opened.words)
                self._opened = opened
        if (opened.text or opened.terms) and (generation / indexing.BROKEN).exists():
            self._close(opened)  # another process saw the damage
            return replace(opened, text=None, terms=None)
        return opened

    def _nothing(self) -> OpenIndex:
        return OpenIndex(Path(), 0, None, None, None, self._words())

    def report_damage(self, opened: OpenIndex) -> None:
        """Mark a generation that cannot be read, for the writer to rebuild it, and search without it."""
        with suppress(OSError):
            (opened.generation / indexing.BROKEN).touch()
        self._close(opened)

    def _close(self, opened: OpenIndex) -> None:
        with self._turn:
            if self._opened is opened:
                self._opened = replace(opened, text=None, terms=None)


def _open(generation: Path, written: int, before: SearchWords) -> OpenIndex:
    """
    Open a generation with its words; keep the words `before` if they are the same, for a cutter is slow to build.

    One that cannot be opened is marked as damaged. Where not even the mark can be written the machine is at fault: it
    is opened again at the next question.
    """
    stamp = indexing.read_stamp(generation)
    words = before if stamp and stamp.words == before.version else indexing.words_of(generation) or before
    text = None
    if stamp and (stamp.schema, stamp.cut) == (index.SCHEMA, words.cut):
        try:
            text = index.open_texts(generation)
        except IndexUnusable as error:
            if error.code == "damaged":
                try:
                    (generation / indexing.BROKEN).touch()
                except OSError:
                    written = 0
    return OpenIndex(generation, written, stamp, text, _open_terms(generation / TERMS), words)


def _open_terms(path: Path) -> Terms | None:
    try:
        terms = Terms(path)
        terms.beginning("a", limit=1)
    except sqlite3.DatabaseError:
        return None
    return terms
