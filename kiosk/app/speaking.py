"""Recording of published texts: which of the catalogue's texts are recorded, and the commands that record them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from config.settings import HubSettings
from kiosk.catalogue.pages import aloud
from kiosk.catalogue.records import documents
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
        yield from aloud.texts(document.content)
