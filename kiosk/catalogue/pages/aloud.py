"""What of a published document is read aloud, block by block as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.catalogue.pages import display
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.text import passages
from kiosk.web.language.i18n import date_words


def shown(record: Record) -> Iterator[str]:
    """Yield a document's title, number, organs and days, then its texts."""
    yield record["title"]
    yield record.get("doc_no") or ""
    yield from record.get("issuers") or ()
    for day in filter(None, (record.get("published_on"), record.get("drawn_on"))):
        yield date_words(day)
    yield from texts(record)


def texts(record: Record) -> Iterator[str]:
    """Yield the blocks of one document below its title, never names of persons."""
    yield record.get("summary") or ""
    if not display.has_names(record):
        yield from _strings(record.get("fields") or {})
    for each in passages.split(record["body"]):
        yield f"{each.label}{each.text}"


def _strings(value: Any) -> Iterator[str]:
    """Yield every text inside a value, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
