"""What a view may ask the running application for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, cast

from flask import current_app

from config.settings import HubSettings, TerminalSettings
from kiosk.clock import Clock
from kiosk.workdays import WorkCalendar

Settings = TypeVar("Settings", TerminalSettings, HubSettings)


@dataclass(frozen=True)
class Wiring(Generic[Settings]):
    """The parts of one application: its home directory, settings, clock and calendar."""

    home: Path
    settings: Settings
    clock: Clock
    calendar: WorkCalendar


def terminal() -> Wiring[TerminalSettings]:
    """The wiring of the terminal that serves this request."""
    return cast("Wiring[TerminalSettings]", current_app.extensions["kiosk"])


def hub() -> Wiring[HubSettings]:
    """The wiring of the hub that serves this request."""
    return cast("Wiring[HubSettings]", current_app.extensions["kiosk"])


def wiring() -> Wiring[TerminalSettings] | Wiring[HubSettings]:
    """The wiring of whichever application serves this request."""
    return cast("Wiring[TerminalSettings] | Wiring[HubSettings]", current_app.extensions["kiosk"])
