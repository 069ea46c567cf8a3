"""At the hub: recordings of what is published, made by the optional voice; outdated ones are removed."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk import db
from kiosk.blobs import Blobs
from kiosk.speech import bank, ogg, rules
from kiosk.speech.bank import Speaker
from kiosk.speech.models import SpeechAudio, SpeechChange

MOST_BYTES = 5_000_000
LONGEST_TEXT = 1_500
"""Characters of a block that is recorded: about six minutes."""
_log = logging.getLogger(__name__)


class Voice(Protocol):
    """A voice that turns text into Opus files."""

    def say(self, text: str) -> bytes: ...

    def silence(self, seconds: float) -> bytes: ...


@dataclass(frozen=True)
class Made:
    """The result of one run: recorded, seconds of sound, removed, still missing."""

    recorded: int
    seconds: float
    removed: int
    missing: int


def make(
    voice: Voice | None,
    texts: Iterable[str],
    *,
    files: Blobs,
    shipped: Speaker,
    now: Callable[[], datetime],
    limit: int | None = None,
    from_scratch: bool = False,
) -> Made:
    """
    Record up to `limit` of the published `texts`, the most needed first, and remove recordings of other texts.

    Args:
        voice: None: only remove.
        from_scratch: Remove all recordings first, as after a change of the pronunciations.
    Raises:
        StoreFull: the recording in progress was not stored; those before it are.
    """
    wanted = _wanted(texts, shipped)
    removed = _forget(files, set() if from_scratch else set(wanted))
    held = _held()
    missing = [key for key in wanted if key not in held]
    recorded, seconds = 0, 0.0
    for key in missing[:limit] if voice else ():
        rank, text = wanted[key]
        try:
            sound = voice.say(text) if voice else b""
            length = ogg.read(sound).seconds
        except (rules.Unspeakable, ogg.NotOpus):
            _log.warning("not-recorded: a text of %d characters cannot be said", len(text))
            continue
        blob = files.put(io.BytesIO(sound), MOST_BYTES)
        with db.writing(db.store):
            SpeechAudio.insert(
                key=key, sha256=blob.sha256, size=blob.size, seconds=length, rank=rank, made_at=now()
            ).execute()
            _note()
        recorded, seconds = recorded + 1, seconds + length
    return Made(recorded, seconds, removed, len(missing) - recorded)


def _wanted(texts: Iterable[str], shipped: Speaker) -> dict[str, tuple[int, str]]:
    """Return key → (rank, text) of texts without a shipped recording."""
    found: dict[str, tuple[int, str]] = {}
    for rank, text in enumerate(texts):
        bare = rules.canonical(text)
        speakable = bank.is_speech(bare) and len(bare) <= LONGEST_TEXT and not rules.is_identity(bare)
        if speakable and shipped.keys(text) is None:
            found.setdefault(rules.key(text), (rank, text))
    return found


def _forget(files: Blobs, keep: set[str]) -> int:
    with db.writing(db.store):
        held = _held()
        gone = [key for key in held if key not in keep]
        for key in gone:
            SpeechAudio.delete().where(SpeechAudio.key == key).execute()
        if gone:
            _note()
    files.keep_only({sha256 for key, sha256 in held.items() if key in keep})
    return len(gone)


def _held() -> dict[str, str]:
    """Return key → SHA-256 of each recording."""
    return dict(SpeechAudio.select(SpeechAudio.key, SpeechAudio.sha256).tuples().execute())


def _note() -> None:
    SpeechChange.update(number=SpeechChange.number + 1).execute()
