"""
Style sheets as one file each: the parts in `static/css` joined at the start, with the county's own look at the end.

One request instead of eight before anything is painted. The joined files live in memory under `static/sheets/`.
"""

from __future__ import annotations

import re
from pathlib import Path

from config import colours
from config.settings import HubSettings, TerminalSettings

PARTS = {
    "sheets/terminal.css": (
        "tokens", "base", "components", "pieces", "reading", "record", "terminal", "ways", "dialog", "speech",
    ),
    "sheets/attract.css": ("tokens", "base", "attract"),
    "sheets/screen.css": ("tokens", "base", "screen"),
    "sheets/desk.css": ("tokens", "base", "components", "pieces", "reading", "record", "desk", "workdays", "week"),
}  # fmt: skip
"""Sheets that pages ask for: the files each is made of, in the order in which they override each other."""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def joined(static: Path, settings: TerminalSettings | HubSettings) -> dict[str, bytes]:
    """Return the sheets by the name under which pages ask for them."""
    look = county_look(settings) if isinstance(settings, TerminalSettings) else ""
    return {
        name: "\n".join([*(_lean(static / "css" / f"{part}.css") for part in parts), look]).encode()
        for name, parts in PARTS.items()
    }


def county_look(settings: TerminalSettings) -> str:
    """
    Return the style rules that the settings change in tokens.css: colours, and the size of a millimetre on this
    screen.
    """
    own = TerminalSettings()
    size = f":root{{--mm:{settings.px_per_mm}px}}" if settings.px_per_mm else ""
    rules = []
    if settings.primary_colour != own.primary_colour:
        colour = settings.primary_colour
        rules += [
            f"--primary:{colour}",
            f"--primary-deep:{colours.deep(colour)}",
            f"--wash:{colours.wash(colour)}",
            f"--wash-deep:{colours.wash_deep(colour)}",
        ]
    if settings.seal_colour != own.seal_colour:
        rules += [f"--seal:{settings.seal_colour}", f"--seal-deep:{colours.deep(settings.seal_colour)}"]
    return size + (f":root:not(.contrast-high){{{';'.join(rules)}}}" if rules else "")


def _lean(path: Path) -> str:
    """Return a sheet without comments, indentation and empty lines."""
    lines = (line.strip() for line in COMMENT.sub("", path.read_text("utf-8")).splitlines())
    return "\n".join(line for line in lines if line)
