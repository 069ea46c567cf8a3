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
from flask import abort, redirect, request, url_for

from kiosk.web.permissions import Permission
from kiosk.web.session import SealedSession

__all__ = [
    "Permission",
    "SignedIn",
    "enter",
    "forget",
    "leave",
    "may",
    "require",
    "require_somebody",
    "signed_in",
]

ENTRY = "desk"
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
        reading_keys={key_id: bytes.fromhex(key) for key_id, key in entry["reading_keys"].items()},
    )


def may(permission: Permission) -> bool:
    """Return whether the account of this request has the permission; False when nobody is signed in."""
    person = signed_in()
    return person is not None and permission in person.permissions


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
) -> None:
    """Write the entry at sign-in, in a session that keeps nothing from before and has a fresh token."""
    session = cast("SealedSession", flask.session)
    session.clear()
    session[ENTRY] = {
        "name": name,
        "role": role,
        "version": version,
        "permissions": sorted(permissions),
        "reading_keys": {key_id: key.hex() for key_id, key in reading_keys.items()},
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
