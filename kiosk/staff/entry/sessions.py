"""Sessions at the desk: begun at sign-in, listed for their owner, ended by them, by a new password, or by their age."""

from __future__ import annotations

import math
import secrets
from datetime import datetime, timedelta

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.errors import NotFound, StoreFull
from kiosk.staff.entry import session_models
from kiosk.staff.entry.session_models import OwnSession

SEEN_EVERY = timedelta(minutes=1)
"""A session is noted as used at most this often, so that reading pages does not write to disk."""
WARN_S = 900
"""Seconds before its end from which a session says so on each page."""
LONGEST_BROWSER = 120


def begin(name: str, *, address: str, browser: str, now: datetime, longest: timedelta) -> str:
    """Add a session to the list of its owner; return its id, which opens nothing."""
    id = secrets.token_urlsafe(12)
    with db.writing(db.store, alone=False):
        session_models.begin(
            OwnSession(id, name, now, now, address, browser[:LONGEST_BROWSER]), forget_before=now - longest
        )
    return id


def is_open(id: str, name: str, now: datetime) -> bool:
    """Return whether the session was not ended elsewhere; note that it is used."""
    seen = session_models.seen_at(id, name)
    if seen is None:
        return False
    if now - seen >= SEEN_EVERY:
        try:
            with db.writing(db.store, alone=False):
                session_models.see(id, now)
        except StoreFull:
            return True  # the list is a little behind; the session itself goes on
    return True


def left_s(begun_s: float, now_s: float, longest_s: float) -> int:
    """Return the whole seconds until a session ends by its age, by steady time; 0 when it is over."""
    return max(0, math.ceil(begun_s + longest_s - now_s))


def end(id: str, name: str, *, now: datetime) -> None:
    """
    End one of one's own sessions.

    Raises:
        NotFound: "no-such-session".
    """
    with db.writing(db.store):
        if not session_models.end(id, name):
            raise NotFound("no-such-session")
        audit.record(at=now, actor=name, act=Act.STAFF_SESSION_ENDED, subject=name)


def leave(id: str, name: str) -> None:
    """Remove a session from the list: its owner signed out."""
    with db.writing(db.store, alone=False):
        session_models.end(id, name)
