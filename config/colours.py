"""Contrast of a county's colours, computed as in WCAG 2.2: text never falls below 7:1."""

from __future__ import annotations

import re

PAPER, CARD, WHITE, BLACK = "#faf6ec", "#fffdf7", "#ffffff", "#000000"
LEAST_CONTRAST = 7.0
"""WCAG 2.2, 1.4.6 (AAA)."""
WASH_PART, WASH_DEEP_PART, DEEP_PART = 0.09, 0.18, 0.3
_FORM = re.compile(r"#[0-9a-f]{6}")


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (level / 255 for level in _levels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, part: float, ground: str) -> str:
    """Return `part` (0 to 1) of `colour` mixed into `ground`."""
    both = zip(_levels(colour), _levels(ground), strict=True)
    return "#" + "".join(f"{round(one * part + other * (1 - part)):02x}" for one, other in both)


def deep(colour: str) -> str:
    """Return the shade of a pressed button."""
    return mixed(colour, 1 - DEEP_PART, BLACK)


def wash(colour: str) -> str:
    """Return the background of a box in this colour."""
    return mixed(colour, WASH_PART, WHITE)


def wash_deep(colour: str) -> str:
    """Return the background of a pressed box in this colour."""
    return mixed(colour, WASH_DEEP_PART, WHITE)


def fault(colour: str) -> str | None:
    """Return the reason `colour` cannot be the seal's, or None: white on it and it on paper and cards need 7:1."""
    return _fault(colour, {"white": WHITE, "the paper": PAPER, "the cards": CARD})


def primary_fault(colour: str) -> str | None:
    """Return the reason `colour` cannot be the primary one, or None: it is also shown on its own wash."""
    is_colour = _FORM.fullmatch(colour)
    wash = {"its own wash": wash_deep(colour)} if is_colour else {}
    return fault(colour) or _fault(colour, wash)


def _fault(colour: str, grounds: dict[str, str]) -> str | None:
    if not _FORM.fullmatch(colour):
        return "must be a colour such as #163e66, in small letters"
    worst, name = min((contrast(colour, ground), name) for name, ground in grounds.items())
    if worst < LEAST_CONTRAST:
        return (
            f"its contrast with {name} is {worst:.1f}:1, below {LEAST_CONTRAST:.0f}:1: choose a darker colour"
        )
    return None


def _levels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
