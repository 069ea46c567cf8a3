"""
What follows an arrival of the catalogue: after each round search index, page images and what can be heard match what
is published.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from peewee import DatabaseError

from kiosk import blobs, db, side_lists
from kiosk.catalogue.attachments import page_images as attachments_pages
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.catalogue.pages import aloud
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.search import county_words
from kiosk.catalogue.search.indexing import look_closely, update_index
from kiosk.speech import known, published
from kiosk.speech.known import KnownWriter
from sync.terminal.report import RoundReport

AfterPull = Callable[[RoundReport], None]

_log = logging.getLogger(__name__)


def look_at_index(home: Path) -> None:
    """Compare the search index with its digests; a wrong one is rebuilt by what follows the next round."""
    try:
        look_closely(home / "index")
    except OSError as error:
        _log.error("the index cannot be looked at: %s", error)


def keep_up(home: Path) -> AfterPull:
    """
    Return a function that updates the search index and what can be heard, and erases page images of files that are no
    longer public.
    """
    heard = known.writer(home)

    def keep(report: RoundReport) -> None:
        found = update_index(home / "index", county_words.words_here())
        if found.state not in ("current", "busy"):
            _log.info("index %s: %d put, %d removed", found.state, found.documents, found.removed)
        keep_known(home, heard)
        attachments_pages.keep_only(home, attachments_store.published_files())

    return keep


def keep_known(home: Path, heard: KnownWriter) -> None:
    """Note the hub's list of recordings, and which texts of what has arrived can be heard."""
    try:
        heard.keep_list(
            side_lists.digest(db.store, side_lists.AUDIO),
            _listed,
            lambda: set(blobs.of_home(home).held()),
        )
        here = documents.position()
        heard.keep_texts(here.epoch, here.seq, lambda after: _texts(after, here.seq))
    except DatabaseError as error:  # the agent replaces a damaged database; then it is made
        _log.error("speech-known: not kept up: %s", error)


def _listed() -> Iterator[tuple[str, str]]:
    """Yield key and file of each recording of the hub's list."""
    for key, sha256, _size in published.rows_of(side_lists.read(db.store, side_lists.AUDIO)):
        yield key, sha256


def _texts(after: int, until: int) -> Iterator[str]:
    """Yield all texts of the documents that changed after a position of the feed."""
    for change in documents.changes(after, until):
        record = json.loads(change.record) if change.record else None
        if record and record["kind"] in KINDS:
            yield from aloud.shown(record)
