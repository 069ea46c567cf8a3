"""
The two applications: `terminal.py` and `hub.py` build each one's wiring, `shell.py` is what both share.

Together with the command line this room alone knows every feature. Each application is imported when it is made: a
terminal that also loaded the hub's modules would show its first page later (bench/README.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from config.settings import HubSettings, TerminalSettings
from kiosk.clock import Clock

if TYPE_CHECKING:
    from kiosk.intake.handling import Handling
    from kiosk.intake.kinds import SubmissionKind


def create_terminal(
    home: Path,
    settings: TerminalSettings,
    clock: Clock | None = None,
    *,
    kinds: Sequence[SubmissionKind] | None = None,
) -> Flask:
    """
    Return the application that citizens touch.

    Args:
        home: The terminal's home directory, enrolled before.
        kinds: Kinds of submissions taken there; None means all.
    Raises:
        StoreDamaged: A database of `home` cannot be read.
    """
    from kiosk.app import terminal
    from kiosk.app.submissions import KINDS

    return terminal.create(home, settings, clock, KINDS if kinds is None else kinds)


def create_hub(
    home: Path,
    settings: HubSettings,
    clock: Clock | None = None,
    *,
    handlings: Sequence[Handling] | None = None,
) -> Flask:
    """
    Return the application that clerks touch and terminals sync with.

    Args:
        handlings: Kinds of submissions handled there, and how; None means all.
    Raises:
        StoreDamaged: The database of `home` cannot be read, or "no-signing-key": terminals trust that key and no other.
    """
    from kiosk.app import hub
    from kiosk.app.handlings import HANDLINGS

    return hub.create(home, settings, clock, HANDLINGS if handlings is None else handlings)
