"""An enrolled terminal as the hub stores it; loads nothing, for modules that only list what a device may have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """An enrolled terminal, as in its row."""

    id: str
    name: str
    terminal: str
    epoch: str
    state: str
    townships: tuple[str, ...] = ()
    """Townships it serves, as the county entered them; they decide what the terminal may hold."""
    channel: str = "kiosk"
