"""What of a published document is read aloud, block by block as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.catalogue.pages import display
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.text import passages
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _


def shown(record: Record) -> Iterator[str]:
    """Yield what pages say of a document: its title and organs, its facts, its line in a list, and its texts."""
    yield record["title"]
    yield from record.get("issuers") or ()
    for fact in display.facts(record):
        yield fact.value
    if day := record.get("published_on"):
        yield _("%(day)s发布", day=date_words(day))
    for cell in display.line_of(record):
        yield cell.text
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
