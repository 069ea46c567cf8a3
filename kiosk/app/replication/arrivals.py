"""What follows an arrival of the catalogue: after each round search index and page images match what is published."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from kiosk.catalogue.attachments import page_images as attachments_pages
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.catalogue.search import county_words
from kiosk.catalogue.search.indexing import look_closely, update_index
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
    """Return a function that updates the search index and erases page images of files that are no longer public."""

    def keep(report: RoundReport) -> None:
        found = update_index(home / "index", county_words.words_here())
        if found.state not in ("current", "busy"):
            _log.info("index %s: %d put, %d removed", found.state, found.documents, found.removed)
        attachments_pages.keep_only(home, attachments_store.published_files())

    return keep
