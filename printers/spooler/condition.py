"""Condition of this machine's printers as the workers last saw it, one row for each printer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from printers.spooler.models import PLACE, Database, PrinterRow, Rows

RECEIPT, PAGE = "receipt", "page"
"""Names of a machine's two printers: one for slips, one for A4."""
_NAMED = Rows(lambda: PrinterRow.select().where(PrinterRow.name == PLACE))


@dataclass(frozen=True)
class DeviceState:
    """State of a printer: `ok`, `low` (prints, paper near its end), `bad` with a reason, or `unknown`."""

    state: str
    reason: str
    checked_at: datetime | None
    torn: bool


def device(database: Database, name: str = RECEIPT) -> DeviceState:
    """Return the state of one printer."""
    (found,) = _NAMED.found(database, name)
    return DeviceState(found["state"], found["reason"], found["checked_at"], found["torn"])


def note_device(database: Database, state: str, reason: str, now: datetime, name: str = RECEIPT) -> None:
    """Store the state that the printer reported."""
    _put(database, name, state=state, reason=reason, checked_at=now)


def note_break(database: Database, name: str = RECEIPT) -> None:
    """Note that a job was interrupted: the next one begins with a clean start."""
    _put(database, name, torn=True)


def note_clean_start(database: Database, name: str = RECEIPT) -> None:
    """Note that the clean start has been made."""
    _put(database, name, torn=False)


def _put(database: Database, name: str, **columns: Any) -> None:
    PrinterRow.update(**columns).where(PrinterRow.name == name).execute(database)
