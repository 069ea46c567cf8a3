"""
A record as it is imported, stored, carried and shown: its keys, what each holds, and how one is made.

A record is a typed mapping and not a dataclass: see "Records" in the README of the catalogue for the figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NotRequired, TypeAlias, TypedDict, cast

Unchecked: TypeAlias = Mapping[str, Any]
"""An object of JSON that somebody brought; `rules.check` says whether it is a record."""
KindFields: TypeAlias = dict[str, Any]
"""What only records of one kind hold, by name; the schema of the kind (`kinds.py`) says what each holds."""


class Link(TypedDict):
    """A relation to another record."""

    rel: str
    id: str


class AttachmentItem(TypedDict):
    """One attachment as a record holds it; `attachment.Attachment` is how pages see it."""

    name: str
    type: NotRequired[str]
    size: NotRequired[int]
    sha256: NotRequired[str]
    pages: NotRequired[int]
    url: NotRequired[str]


class _Always(TypedDict):
    id: str
    kind: str
    title: str
    body: str


class Record(_Always, total=False):
    """
    What is published about one thing; `rules.check` says what else must hold.

    Days are YYYY-MM-DD. A county that gave only the name of an attachment has a text instead of an item.
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
    attachments: list[AttachmentItem | str]
    fields: KindFields


def parsed(text: str) -> Record:
    """Return the record of a stored text: what is stored was checked when it came."""
    found: Record = json.loads(text)
    return found


def checked(unchecked: Unchecked) -> Record:
    """Return an object in which `rules.check` found no fault, or of which a form shows the faults, as a record."""
    return cast("Record", unchecked)


def changed(record: Record, **keys: Any) -> Record:
    """Return the record with other values under some of its keys."""
    return checked({**record, **keys})
