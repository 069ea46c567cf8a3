"""
Assisted service: a named member of the hall's staff sits beside the citizen, for a limited time.

It is an entry in the citizen's own visit and ends with it at the latest: nothing of it can reach the next citizen.
Who may open it stands in `kiosk/terminal/`; everybody else only asks `present`.
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
from kiosk.errors import StoreFull
from kiosk.hall.pins import Member
from kiosk.web.context import terminal
from kiosk.web.session import SealedSession

ENTRY = "assisted"
"""Name in the session."""
WARN_S = 120
"""From here on the banner asks whether more time is needed (LAW.md §5.2 wants 20 s at least)."""
OVER = "assisted_over"
"""Name in the session of why assisted service ended by itself; said once, on the next page."""
Visit = MutableMapping[str, Any]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assistance:
    """Who assists, and for how long; `has_keyboard`: types on an attached keyboard, so no panel is shown."""

    number: str
    name: str
    left_s: int
    has_keyboard: bool

    @property
    def minutes(self) -> int:
        """Minutes left, the one that has begun counted whole."""
        return math.ceil(self.left_s / 60)

    @property
    def is_ending(self) -> bool:
        """Whether it is time to ask for more."""
        return self.left_s <= WARN_S


def present() -> Assistance | None:
    """Who assists in this visit now, or None."""
    entry = flask.session.get(ENTRY)
    if entry is None:
        return None
    left_s = math.ceil(entry["until_s"] - terminal().clock.monotonic())
    return Assistance(entry["number"], entry["name"], max(left_s, 0), entry["keyboard"])


def mark() -> str:
    """What `Member.mark` was when the PIN was given; empty when nobody assists."""
    return str(flask.session.get(ENTRY, {}).get("mark", ""))


def begin(member: Member, minutes: int) -> None:
    """Opens assisted service in this visit, which keeps what it holds but gets a fresh token."""
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


def extend(minutes: int) -> None:
    """So many minutes from now."""
    clock = terminal().clock
    entry = flask.session[ENTRY]
    flask.session[ENTRY] = {**entry, "until_s": clock.monotonic() + minutes * 60}
    note(Act.ASSIST_EXTENDED, entry["number"], clock)


def use_keyboard(wanted: bool) -> None:
    """Whether fields leave the screen's panel away."""
    flask.session[ENTRY] = {**flask.session[ENTRY], "keyboard": wanted}


def end(why: str) -> None:
    """
    Assisted service is over; the visit goes on under a fresh token.

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
    Takes the entry out of a visit, and whether there was one; `left`: the visit ends with it.

    On a full disk it ends all the same, and only the log says so.
    """
    entry = visit.pop(ENTRY, None)
    if entry is None:
        return False
    try:
        note(Act.ASSIST_ENDED, entry["number"], terminal().clock, why=why)
    except StoreFull:
        _log.error("store-full: the end of assisted service was not noted")
    return True


def over() -> str:
    """Why assisted service ended by itself, once; empty otherwise."""
    return str(flask.session.pop(OVER, ""))


def note(act: Act, number: str, clock: Clock, **detail: str) -> None:
    """One line of the audit chain of this terminal, of an act of assisted service."""
    with db.writing(db.store):
        audit.record(
            at=clock.now(),
            actor=actor(number),
            act=act,
            subject=number,
            detail=detail,
        )


def note_handed_in(number: str, by: str, clock: Clock) -> None:
    """That a request was filled in with help, in the transaction that stores it."""
    audit.record(at=clock.now(), actor=actor(by), act=Act.ASSIST_HANDED_IN, subject=number)


def actor(number: str) -> str:
    """A member of the hall's staff in the audit chain."""
    return f"hall:{number}"
