"""Recording of published texts: which of the catalogue's texts are recorded, and the commands that record them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from config.settings import HubSettings
from kiosk.catalogue.pages import display
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.text import passages
from kiosk.clock import SystemClock
from kiosk.machine import homes
from kiosk.speech import actions, published
from kiosk.speech.bank import Bank, Speaker


def record_documents(
    home: Path, voices: Path | None, *, limit: int | None, from_scratch: bool
) -> actions.Made:
    """
    Record what the hub has published, the most needed first.

    Args:
        voices: The folder with the voice file; None only removes what is no longer published.
    """
    from kiosk.speech.kokoro import KokoroVoice

    settings = homes.hub_settings(home)
    clock = SystemClock()
    homes.open_hub(home, clock)
    voice = None if voices is None else KokoroVoice(voices, pronunciations(settings))
    return actions.make(
        voice,
        published_texts(),
        files=published.of_hub(home),
        shipped=Speaker(Bank.load()),
        now=clock.now,
        limit=limit,
        from_scratch=from_scratch,
    )


def pronunciations(settings: HubSettings) -> dict[str, str]:
    """Return the county's own pronunciations: word → pinyin."""
    return dict(tuple(part.strip() for part in each.split("=", 1)) for each in settings.pronunciation)  # type: ignore[misc]


def published_texts() -> Iterator[str]:
    """
    Yield the blocks of every published document as its page shows them, titles first, the newest of each kind first.
    """
    every = documents.found(documents.live())
    every.sort(key=lambda one: one.published_on, reverse=True)
    every.sort(key=lambda one: one.described.spoken)
    for document in every:
        yield document.title
        yield from document.issuer_names
    for document in every:
        yield from _blocks(document.content)


def _blocks(record: Record) -> Iterator[str]:
    """Yield the texts of one document, never names of persons."""
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
