"""How the printers of this machine stand: what the workers last saw of them, one row a printer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from printers.spooler.models import Database, Printer

RECEIPT, PAGE = "receipt", "page"
"""The two printers of a machine: one for slips, one for A4."""


@dataclass(frozen=True)
class DeviceState:
    """What the worker last saw: `ok`, `low` (prints, paper near its end), `bad` with a reason, or `unknown`."""

    state: str
    reason: str
    checked_at: datetime | None
    torn: bool


def device(database: Database, name: str = RECEIPT) -> DeviceState:
    """The state of one printer."""
    columns = (Printer.state, Printer.reason, Printer.checked_at, Printer.torn)
    (found,) = Printer.select(*columns).where(Printer.name == name).tuples().execute(database)
    return DeviceState(*found)


def note_device(database: Database, state: str, reason: str, now: datetime, name: str = RECEIPT) -> None:
    """Writes down what the printer said."""
    _put(database, name, state=state, reason=reason, checked_at=now)


def tear(database: Database, name: str = RECEIPT) -> None:
    """A job broke off: the next one begins with a clean start."""
    _put(database, name, torn=True)


def mend(database: Database, name: str = RECEIPT) -> None:
    """The clean start has been made."""
    _put(database, name, torn=False)


def _put(database: Database, name: str, **columns: Any) -> None:
    Printer.update(**columns).where(Printer.name == name).execute(database)
