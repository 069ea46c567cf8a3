"""Which waiting entries of an import are already public: at their `source_url`, on a site of the county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from peewee import JOIN

from kiosk.catalogue.records.models import Entry, LinkLook
from kiosk.db import JsonText, rows

SOURCE_URL = JsonText(Entry.record, "source_url")


@dataclass(frozen=True)
class _Claimed:
    """The address where an entry is said to be public, and how often in a row it did not answer."""

    doc_id: str
    url: str | None
    fails: int | None


def of_batch(batch: int, sites: Sequence[str]) -> tuple[list[str], list[str]]:
    """
    Return the waiting entries of an import that are already public, and the others.

    Args:
        sites: Hosts of the county's own sites; empty: any web address counts. An address that was checked and
            did not answer does not count.
    """
    sourced: list[str] = []
    others: list[str] = []
    query = (
        Entry.select(Entry.doc_id, SOURCE_URL.alias("url"), LinkLook.fails)
        .join(LinkLook, JOIN.LEFT_OUTER, on=(LinkLook.url == SOURCE_URL))
        .where(Entry.state == "waiting", Entry.batch_id == batch)
        .order_by(Entry.proposed_at, Entry.doc_id)
    )
    for each in rows(query, _Claimed):
        is_public = each.url and not each.fails and _is_on(each.url, sites)
        (sourced if is_public else others).append(each.doc_id)
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
