"""
The calendar in force, followed without a restart: at the hub by its table, at a terminal by the hub's side list.

Each question costs one small query; the calendar itself is read again only when its version is another one.
"""

from __future__ import annotations

import logging

from kiosk import db, side_lists
from kiosk.workdays import CalendarError, WorkCalendar, load_calendar, read_list

_log = logging.getLogger(__name__)


class HubCalendar:
    """The calendar in force at the hub; called for each use."""

    def __init__(self) -> None:
        self._known: tuple[int, WorkCalendar] | None = None

    def __call__(self) -> WorkCalendar:
        """Return the calendar of the newest version."""
        from kiosk.calendar import models  # a terminal loads this module too, and has no such tables

        seq, known = models.last_seq(), self._known
        if known is None or known[0] != seq:
            known = self._known = (seq, models.calendar_at(seq) if seq else load_calendar())
        return known[1]


class HeldCalendar:
    """The calendar at a terminal: what the hub sent last, or the shipped one while it has sent none."""

    def __init__(self) -> None:
        self._known: tuple[str, WorkCalendar] | None = None

    def __call__(self) -> WorkCalendar:
        """Return the calendar that this terminal holds."""
        digest, known = side_lists.digest(db.store, side_lists.WORKDAYS), self._known
        if known is None or known[0] != digest:
            known = self._known = (digest, self._read())
        return known[1]

    def _read(self) -> WorkCalendar:
        content = side_lists.read(db.store, side_lists.WORKDAYS)
        try:
            return read_list(content) if content else load_calendar()
        except CalendarError as error:
            _log.error("workdays: the hub's list cannot be read, the shipped one serves: %s", error)
            return load_calendar()
