"""A terminal as the hub knows it: light enough for whatever lists what a device may have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """An enrolled terminal as its row says."""

    id: str
    name: str
    terminal: str
    epoch: str
    state: str
    townships: tuple[str, ...] = ()
    """Where it stands, as the hub was told; it decides what the terminal may hold."""
    channel: str = "kiosk"
