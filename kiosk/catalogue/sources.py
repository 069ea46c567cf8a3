"""Which waiting entries of an import are public already: at their `source_url`, on a site of the county."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from urllib.parse import urlsplit


def of_batch(connection: sqlite3.Connection, batch: int, sites: Sequence[str]) -> tuple[list[str], list[str]]:
    """
    The waiting entries of an import that are public already, and the others.

    Args:
        sites: Hosts of the county's own sites; empty: any web address counts. An address that was looked at and
            did not answer counts for nothing.
    """
    sourced: list[str] = []
    others: list[str] = []
    rows = connection.execute(
        "SELECT e.doc_id, coalesce(json_extract(e.record, '$.source_url'), ''), coalesce(l.fails, 0) FROM entry e"
        " LEFT JOIN link_look l ON l.url = json_extract(e.record, '$.source_url')"
        " WHERE e.state = 'waiting' AND e.batch_id = ? ORDER BY e.proposed_at, e.doc_id",
        (batch,),
    )
    for doc_id, url, fails in rows:
        (sourced if url and not fails and _is_on(url, sites) else others).append(doc_id)
    return sourced, others


def _is_on(url: str, sites: Sequence[str]) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    return not sites or any(host == site or host.endswith(f".{site}") for site in sites)
