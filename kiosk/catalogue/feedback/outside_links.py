"""
Outside web addresses in published records, and whether they still answer: checked again in turn.

An address is reported as dead only after it failed on several days: sites have bad nights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from peewee import EXCLUDED, JOIN, Case, ModelSelect, fn

from kiosk import db
from kiosk.catalogue.feedback import outside
from kiosk.catalogue.publishing.sources import SOURCE_URL
from kiosk.catalogue.records.models import DocumentRow, Entry, LinkLook, LinkPosition, LinkUse
from kiosk.db import Holds

MOST_A_ROUND = 5
DEAD_AFTER = 3
"""Days of failed checks after which an address is dead."""
LONGEST = 2_000
_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、（）《》]+")
_FAILED = (outside.GONE, outside.NO_HOST, outside.QUIET)

Look = Callable[[str], str]


def named_in(record: Any) -> set[str]:
    """Return every web address in the texts of a record, without the punctuation that ends a sentence."""
    return {found for text in _texts(record) for found in _found(text)}


def _found(text: str) -> Iterator[str]:
    for match in _ADDRESS.findall(text):
        address = match.rstrip(".,;:!?)]}")
        if len(address) <= LONGEST:
            yield address


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def collect() -> int:
    """Update the table of addresses to what is published now; return how many there are."""
    seq = int(DocumentRow.select(fn.COALESCE(fn.MAX(DocumentRow.seq), 0)).scalar())
    known = int(LinkPosition.select(fn.COALESCE(fn.MAX(LinkPosition.through), 0)).scalar())
    if seq > known:
        changed = list(_changed(known))
        with db.writing(db.store):
            for each in changed:
                _replace(each.doc_id, named_in(json.loads(each.record)) if each.record else set())
            wanted = LinkUse.select(LinkUse.url) | _waiting()
            LinkLook.delete().where(LinkLook.url.not_in(wanted)).execute()
            LinkPosition.insert({LinkPosition.one: 1, LinkPosition.through: seq}).on_conflict(
                conflict_target=[LinkPosition.one], preserve=[LinkPosition.through]
            ).execute()
    return int(LinkUse.select(LinkUse.url).distinct().count())


def _changed(known: int) -> ModelSelect[DocumentRow]:
    """Return the query of documents that changed since and contain addresses, or contained some before."""
    named_before = DocumentRow.doc_id.in_(LinkUse.select(LinkUse.doc_id))
    names = (DocumentRow.deleted == 1) | Holds(DocumentRow.record, "://") | named_before
    return DocumentRow.select(DocumentRow.doc_id, DocumentRow.record).where(DocumentRow.seq > known, names)


def _waiting() -> ModelSelect[Entry]:
    """Return the query of addresses at which waiting entries are said to be public already."""
    is_shown = (Entry.state == "waiting") & (SOURCE_URL != "")
    return Entry.select(SOURCE_URL.alias("url")).where(is_shown)


def _replace(doc_id: str, urls: set[str]) -> None:
    LinkUse.delete().where(LinkUse.doc_id == doc_id).execute()
    for url in sorted(urls):
        LinkUse.insert({LinkUse.doc_id: doc_id, LinkUse.url: url}).execute()


def due(today: date, days: int, most: int) -> list[str]:
    """
    Return the addresses to check: new ones, then those that failed before today, then those not checked for `days`.
    """
    wanted = (LinkUse.select(LinkUse.url) | _waiting()).alias("wanted")
    failed = (LinkLook.fails > 0) & (LinkLook.looked_on < today.isoformat())
    is_old = LinkLook.looked_on <= (today - timedelta(days=days)).isoformat()
    query = (
        LinkLook.select(wanted.c.url)
        .from_(wanted)
        .join(LinkLook, JOIN.LEFT_OUTER, on=(wanted.c.url == LinkLook.url))
        .where(LinkLook.url.is_null() | failed | is_old)
        .order_by(LinkLook.url.is_null(False), LinkLook.fails == 0, LinkLook.looked_on, wanted.c.url)
        .limit(most)
    )
    return [str(url) for (url,) in query.tuples().execute()]


def check(today: date, days: int, most: int = MOST_A_ROUND, look: Look = outside.look) -> dict[str, int]:
    """
    Check what is due, outside any transaction; return how many addresses answered in which way.

    An unclear result (a refusal, an overload) counts neither as alive nor as dead.
    """
    collect()
    said: dict[str, int] = {}
    for url in due(today, days, most):
        how = look(url)
        said[how] = said.get(how, 0) + 1
        _note(url, how, today)
    return said


def _note(url: str, said: str, today: date) -> None:
    looked = {
        LinkLook.url: url,
        LinkLook.looked_on: today.isoformat(),
        LinkLook.said: said,
        LinkLook.fails: int(said in _FAILED),
    }
    fails = Case(None, [(EXCLUDED.fails == 0, 0)], LinkLook.fails + 1)
    with db.writing(db.store):
        LinkLook.insert(looked).on_conflict(
            conflict_target=[LinkLook.url],
            preserve=[LinkLook.looked_on, LinkLook.said],
            update={LinkLook.fails: fails},
        ).execute()
