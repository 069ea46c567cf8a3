"""The type of a record as it is imported, stored, carried and shown: its keys and their values."""

from __future__ import annotations

from typing import Any, TypedDict, cast


class Link(TypedDict):
    """A relation to another record."""

    rel: str
    id: str


class _Always(TypedDict):
    id: str
    kind: str
    title: str
    body: str


class Record(_Always, total=False):
    """
    A record of something published; `rules.check` lists the further rules.

    Days are YYYY-MM-DD. `fields` is described by its kind (`kinds.py`), an attachment by `attachment.py`.
    """

    summary: str
    doc_no: str
    index_no: str
    issuers: list[str]
    topics: list[str]
    audience: list[str]
    drawn_on: str
    published_on: str
    effective_on: str
    valid_until: str
    validity: str
    validity_reason: str
    disclosure: str
    source: str
    source_url: str
    links: list[Link]
    attachments: list[Any]
    fields: dict[str, Any]


def changed(record: Record, **keys: Any) -> Record:
    """Return the record with other values for some of its keys."""
    return cast("Record", {**record, **keys})
