"""
How the screen looks to this person, and which addresses a form may lead back to.

Knows neither Flask nor the session: it reads and writes plain mappings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

TEXT_SIZES = (1, 2, 3)
"""34, 42 and 52 px to read on a kiosk (static/css/tokens.css)."""
CONTRASTS = ("normal", "high")
LANGUAGES = ("zh", "en")
COMFORT_KEYS = frozenset({"text_size", "contrast", "lang"})
IMPERSONAL_KEYS = COMFORT_KEYS | {"csrf_token", "_fresh", "_permanent", "_flashes"}


@dataclass(frozen=True)
class Comfort:
    """Text size 1 to 3, contrast normal or high, language zh or en."""

    text_size: int = 1
    contrast: str = "normal"
    lang: str = "zh"


def comfort_of(stored: Mapping[str, object]) -> Comfort:
    """What a session asks for; whatever is unknown counts as not asked."""
    size, contrast, lang = stored.get("text_size"), stored.get("contrast"), stored.get("lang")
    return Comfort(
        text_size=size if isinstance(size, int) and size in TEXT_SIZES else 1,
        contrast=contrast if isinstance(contrast, str) and contrast in CONTRASTS else "normal",
        lang=lang if isinstance(lang, str) and lang in LANGUAGES else "zh",
    )


def asked_changes(answers: Mapping[str, str]) -> dict[str, str | int]:
    """What a settings form asks to change, in the form in which a session keeps it."""
    changes: dict[str, str | int] = {}
    size = answers.get("text_size", "")
    if size.isascii() and size.isdigit() and int(size) in TEXT_SIZES:
        changes["text_size"] = int(size)
    if answers.get("contrast") in CONTRASTS:
        changes["contrast"] = answers["contrast"]
    if answers.get("lang") in LANGUAGES:
        changes["lang"] = answers["lang"]
    return changes


def is_personal(stored: Mapping[str, object]) -> bool:
    """True once a visit holds more than how the screen looks."""
    return any(key not in IMPERSONAL_KEYS for key in stored)


def local_address(target: str | None, otherwise: str = "/") -> str:
    """`target` when it is a path of this machine, else `otherwise`: a form never leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(ord(character) < 0x20 or character == "\\" for character in target):
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target
