"""
Rules of reading comfort, of addresses that a form may redirect to, and of what is personal in a visit.

Knows neither Flask nor the session: it reads and writes plain mappings.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from kiosk.web.language import languages
from kiosk.web.language.languages import SOURCE, Language

TEXT_SIZES = (1, 2, 3)
"""34, 42 and 52 px of reading text on a kiosk (static/css/tokens.css)."""
CONTRASTS = ("normal", "high")
POSITIONS = ("usual", "low")
"""Low: all controls are in the lower 60 % of a portrait screen, within reach from a seat."""
VOLUMES = range(1, 6)
COMFORT_KEYS = frozenset({"text_size", "contrast", "lang", "position", "volume", "aloud"})
IMPERSONAL_KEYS = COMFORT_KEYS | {
    "csrf_token",
    "_fresh",
    "_permanent",
    "_flashes",
    "call",
    "reported",
    "counted",
}


@dataclass(frozen=True)
class Comfort:
    """Text size 1 to 3, contrast normal or high, and the language."""

    text_size: int = 1
    contrast: str = "normal"
    language: Language = SOURCE


def comfort_of(stored: Mapping[str, object]) -> Comfort:
    """Return the comfort settings of a session; unknown values count as unset."""
    size, contrast = stored.get("text_size"), stored.get("contrast")
    return Comfort(
        text_size=size if isinstance(size, int) and size in TEXT_SIZES else 1,
        contrast=contrast if isinstance(contrast, str) and contrast in CONTRASTS else "normal",
        language=languages.named(stored.get("lang")),
    )


def asked_changes(answers: Mapping[str, str]) -> dict[str, str | int]:
    """Return the changes of a settings form as a session stores them."""
    changes: dict[str, str | int] = {}
    size = answers.get("text_size", "")
    if size.isascii() and size.isdigit() and int(size) in TEXT_SIZES:
        changes["text_size"] = int(size)
    if answers.get("contrast") in CONTRASTS:
        changes["contrast"] = answers["contrast"]
    if answers.get("lang") in languages.TABLE:
        changes["lang"] = answers["lang"]
    if answers.get("position") in POSITIONS:
        changes["position"] = answers["position"]
    volume = answers.get("volume", "")
    if volume.isascii() and volume.isdigit() and int(volume) in VOLUMES:
        changes["volume"] = int(volume)
    if answers.get("aloud") in ("on", "off"):
        changes["aloud"] = answers["aloud"]
    return changes


def is_personal(stored: Mapping[str, object]) -> bool:
    """Return whether a visit holds more than display settings."""
    return any(key not in IMPERSONAL_KEYS for key in stored)


class Reach(StrEnum):
    """From where a telephone can open the public pages."""

    ANYWHERE = "anywhere"
    HALL = "hall"
    """Only from the hall's own network."""
    NOWHERE = "nowhere"
    """Only this machine itself can."""


def reach_of(public_url: str) -> Reach:
    """Return the reach of the public pages by their address; a name that cannot be resolved counts as anywhere."""
    host = urlsplit(public_url).hostname or ""
    if host == "localhost":
        return Reach.NOWHERE
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return (
            Reach.HALL
            if host.endswith((".local", ".lan", ".internal")) or "." not in host
            else Reach.ANYWHERE
        )
    if address.is_loopback or address.is_unspecified:
        return Reach.NOWHERE
    return Reach.HALL if address.is_private or address.is_link_local else Reach.ANYWHERE
