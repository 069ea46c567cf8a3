"""
Access to the desk: the account behind a request and its permissions, which every desk checks before it answers.

The desk of accounts writes the entry at sign-in (`enter`); the other desks only read it. The entry lives in
`flask.session`, an encrypted row whose key only the clerk's cookie holds, so that an unwrapped reading key is
on no disk in clear. The permissions of each role are one table in `kiosk/staff/rules.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

import flask
from flask import abort, g, redirect, request, url_for

from kiosk.web.context import hub
from kiosk.web.permissions import Permission
from kiosk.web.session import SealedSession

__all__ = [
    "HalfSignedIn",
    "Permission",
    "SignedIn",
    "enter",
    "enter_half",
    "forget",
    "half_signed_in",
    "keep_secret",
    "leave",
    "may",
    "organs",
    "require",
    "require_somebody",
    "sees",
    "signed_in",
]

ENTRY = "desk"
HALF = "desk-half"
"""Key of a sign-in that waits for its second factor; it opens nothing."""
HALF_LIFE_S = 600.0
SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class SignedIn:
    """The account behind this request."""

    name: str
    role: str
    version: int
    permissions: frozenset[Permission]
    reading_keys: Mapping[str, bytes] = field(repr=False)
    """Key id to private reading key; empty for roles and accounts that hold none."""
    session_id: str = ""
    """Names the session in the list of its owner; opens nothing."""
    begun_s: float = 0.0
    """Steady time of the sign-in."""


@dataclass(frozen=True)
class HalfSignedIn:
    """A sign-in with the right password that waits for its second factor."""

    name: str
    version: int
    reading_keys: Mapping[str, bytes] = field(repr=False)
    wanted: str = ""
    """The page to go to afterwards."""
    secret: str = field(default="", repr=False)
    """Of an authenticator that is being set up."""


def signed_in() -> SignedIn | None:
    """Return the account that signed in with this browser, or None."""
    entry = flask.session.get(ENTRY)
    if entry is None:
        return None
    return SignedIn(
        name=entry["name"],
        role=entry["role"],
        version=entry["version"],
        permissions=frozenset(Permission(each) for each in entry["permissions"]),
        reading_keys=_opened(entry["reading_keys"]),
        session_id=entry.get("session_id", ""),
        begun_s=entry.get("begun_s", 0.0),
    )


def half_signed_in(now_s: float) -> HalfSignedIn | None:
    """Return the sign-in of this browser that waits for its second factor; None after ten minutes (steady time)."""
    entry = flask.session.get(HALF)
    if entry is None or not 0 <= now_s - entry["begun_s"] < HALF_LIFE_S:
        return None
    return HalfSignedIn(
        entry["name"], entry["version"], _opened(entry["reading_keys"]), entry["wanted"], entry["secret"]
    )


def enter_half(half: HalfSignedIn, now_s: float) -> None:
    """Write a sign-in that waits for its second factor, in a session that keeps nothing from before."""
    session = cast("SealedSession", flask.session)
    session.clear()
    session[HALF] = {
        "name": half.name,
        "version": half.version,
        "reading_keys": _written(half.reading_keys),
        "wanted": half.wanted,
        "secret": half.secret,
        "begun_s": now_s,
    }
    session.renew()


def keep_secret(secret: str) -> None:
    """Keep the secret of an authenticator that is being set up until it has shown a right code."""
    flask.session[HALF] = {**flask.session[HALF], "secret": secret}


def _opened(kept: Mapping[str, str]) -> dict[str, bytes]:
    return {key_id: bytes.fromhex(key) for key_id, key in kept.items()}


def _written(reading_keys: Mapping[str, bytes]) -> dict[str, str]:
    return {key_id: key.hex() for key_id, key in reading_keys.items()}


def may(permission: Permission) -> bool:
    """Return whether the account of this request has the permission; False when nobody is signed in."""
    person = signed_in()
    return person is not None and permission in person.permissions


def organs() -> frozenset[str] | None:
    """
    Return the codes of the organs whose submissions this account may see; None: all of them.

    Every list, count, search and file of submissions is limited to these; what belongs to another organ answers as if
    it were not there (404). Of nobody, and of an account that was closed, none.
    """
    if "organs" not in g:
        person = signed_in()
        g.organs = frozenset() if person is None else hub().organs_seen(person.name)
    found: frozenset[str] | None = g.organs
    return found


def sees(organ: str) -> bool:
    """Return whether this account may see the submissions of the organ with this code."""
    seen = organs()
    return seen is None or organ in seen


def require(permission: Permission) -> SignedIn:
    """
    Return the account of this request if it has the permission; every view of a desk begins with this line.

    Ends the request otherwise: nobody signed in → the sign-in page (401 for anything but reading), not in
    the role → 403.
    """
    person = require_somebody()
    if permission not in person.permissions:
        abort(403)
    return person


def require_somebody() -> SignedIn:
    """
    Return the account of this request, whatever its role; ends the request as `require` does when there is none.
    """
    person = signed_in()
    if person is None and request.method in SAFE_METHODS:
        abort(redirect(url_for("staff.sign_in", next=request.full_path.rstrip("?")), code=303))
    if person is None:
        abort(401)
    return person


def enter(
    *,
    name: str,
    role: str,
    version: int,
    permissions: Iterable[Permission],
    reading_keys: Mapping[str, bytes],
    session_id: str,
    begun_s: float,
) -> None:
    """Write the entry at sign-in, in a session that keeps nothing from before and has a fresh token."""
    session = cast("SealedSession", flask.session)
    session.clear()
    session[ENTRY] = {
        "name": name,
        "role": role,
        "version": version,
        "permissions": sorted(permissions),
        "reading_keys": _written(reading_keys),
        "session_id": session_id,
        "begun_s": begun_s,
    }
    session.renew()


def leave() -> None:
    """End the session on the server; its row and its cookie are removed with this answer."""
    cast("SealedSession", flask.session).end()


def forget() -> None:
    """Remove the entry in the middle of a visit (account changed); the browser gets a fresh session."""
    session = cast("SealedSession", flask.session)
    session.clear()
    session.renew()
