"""
Assisted service: a named member of the hall's staff helps the citizen at the terminal, for a limited time.

It is an entry in the citizen's own visit and ends with it at the latest: nothing of it can reach the next citizen.
`kiosk/hall/pages/assist.py` opens it; all other modules only ask `present`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, cast

import flask

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.errors import StoreUnready
from kiosk.hall.pins import Member
from kiosk.web.context import terminal
from kiosk.web.session import SealedSession

ENTRY = "assisted"
"""Key in the session."""
WARN_S = 120
"""Seconds before the end from which the banner asks whether more time is needed (LAW.md §5.2 wants 20 s at least)."""
MOST_EXTENSIONS = 2
"""Times that the end is put off by a press; the next time the PIN is asked for again."""
OVER = "assisted_over"
"""Key in the session: the reason why assisted service ended by itself, shown once on the next page."""
Visit = MutableMapping[str, Any]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assistance:
    """
    The assisting member and the end of the time; `has_keyboard`: types on an attached keyboard, so no panel is shown.
    """

    number: str
    name: str
    left_s: int
    has_keyboard: bool

    @property
    def minutes(self) -> int:
        """Return the minutes left, rounded up."""
        return math.ceil(self.left_s / 60)

    @property
    def is_ending(self) -> bool:
        """Return whether it is time to ask for more time."""
        return self.left_s <= WARN_S


def present() -> Assistance | None:
    """Return the assistance in this visit now, or None."""
    entry = flask.session.get(ENTRY)
    if entry is None:
        return None
    left_s = math.ceil(entry["until_s"] - terminal().clock.monotonic())
    return Assistance(entry["number"], entry["name"], max(left_s, 0), entry["keyboard"])


def mark() -> str:
    """Return the `Member.mark` of when the PIN was given; empty when nobody assists."""
    return str(flask.session.get(ENTRY, {}).get("mark", ""))


def begin(member: Member, minutes: int) -> None:
    """Begin assisted service in this visit, which keeps its contents under a fresh token."""
    clock = terminal().clock
    flask.session[ENTRY] = {
        "number": member.number,
        "name": member.name,
        "mark": member.mark,
        "until_s": clock.monotonic() + minutes * 60,
        "keyboard": False,
    }
    cast("SealedSession", flask.session).renew()
    note(Act.ASSIST_OPENED, member.number, clock)


def may_extend() -> bool:
    """Return whether a press puts the end off; else the PIN is asked for: somebody else may be pressing."""
    return int(flask.session[ENTRY].get("extended", 0)) < MOST_EXTENSIONS


def extend(minutes: int) -> None:
    """Set the end of assisted service to so many minutes from now."""
    clock = terminal().clock
    entry = flask.session[ENTRY]
    flask.session[ENTRY] = {
        **entry,
        "until_s": clock.monotonic() + minutes * 60,
        "extended": entry.get("extended", 0) + 1,
    }
    note(Act.ASSIST_EXTENDED, entry["number"], clock)


def use_keyboard(wanted: bool) -> None:
    """Set whether the panel on the screen is left out."""
    flask.session[ENTRY] = {**flask.session[ENTRY], "keyboard": wanted}


def end(why: str) -> None:
    """
    End assisted service; the visit goes on under a fresh token.

    Args:
        why: "handed-over" (the citizen confirms), "handed-back", "time", "account": for the audit. The last two are
            said on the next page, for nobody pressed anything.
    """
    if note_end(flask.session, why):
        cast("SealedSession", flask.session).renew()
        if why in ("time", "account"):
            flask.session[OVER] = why


def note_end(visit: Visit, why: str) -> bool:
    """
    Remove the entry from a visit; return whether there was one. `left`: the visit ends with it.

    On a full disk it ends all the same, and only the log says so.
    """
    entry = visit.pop(ENTRY, None)
    if entry is None:
        return False
    try:
        note(Act.ASSIST_ENDED, entry["number"], terminal().clock, why=why)
    except StoreUnready as error:
        _log.error("%s: the end of assisted service was not noted", error.code)
    return True


def over() -> str:
    """Return, once, the reason why assisted service ended by itself; empty otherwise."""
    return str(flask.session.pop(OVER, ""))


def note(act: Act, number: str, clock: Clock, **detail: str) -> None:
    """Write an act of assisted service into this terminal's audit chain."""
    with db.writing(db.store):
        audit.record(
            at=clock.now(),
            actor=actor(number),
            act=act,
            subject=number,
            detail=detail,
        )


def note_handed_in(number: str, by: str, clock: Clock) -> None:
    """Record that a request was filled in with help, in the transaction that stores it."""
    audit.record(at=clock.now(), actor=actor(by), act=Act.ASSIST_HANDED_IN, subject=number)


def actor(number: str) -> str:
    """Return the name of a member of the hall's staff in the audit chain."""
    return f"hall:{number}"
