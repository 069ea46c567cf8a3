"""The catalogue as it comes down: after each round the search and the drawn pages are brought to what is published."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk import db
from kiosk.catalogue import actions, attachments_pages, attachments_store, county_words
from kiosk.catalogue.upkeep import update_index
from sync.report import RoundReport
from sync.statements import Database

AfterPull = Callable[[RoundReport], None]

_log = logging.getLogger(__name__)


def put(replica: Database, doc_id: str, seq: int, record: dict[str, Any] | None, digest: str) -> None:
    """Puts one row of the feed into a replica."""
    actions.put(replica.connection(), doc_id, seq, record, digest)


def keep_up(home: Path) -> AfterPull:
    """Keeps the search index in step, and erases drawn pages of files that are no longer public."""

    def keep(report: RoundReport) -> None:
        words = county_words.words_here(db.store.connection())
        found = update_index(home / "index", db.catalogue.connection(), words)
        if found.state not in ("current", "busy"):
            _log.info("index %s: %d put, %d removed", found.state, found.documents, found.removed)
        attachments_pages.keep_only(home, attachments_store.published_files(db.catalogue.connection()))

    return keep
