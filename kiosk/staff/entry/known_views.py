"""
Browsers in which an account signed in before: their wrong passwords are counted apart from those of all others.

The cookie holds a random token and, for each account, a mark that only the hub can make. It opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from flask import after_this_request, request
from werkzeug.wrappers import Response

from kiosk.staff import rules
from kiosk.staff.entry.signing_in import TriedFrom
from kiosk.web.context import hub
from kiosk.web.floods.buckets import network_of

COOKIE = "desk-known"
LIFE_S = 365 * 86_400
MOST = 8
"""Accounts that one browser is known for."""
PURPOSE = "sign-in-tries"
_FORM = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{32}){1,8}")


def tried_from(name: str) -> TriedFrom:
    """Return where a try at this account comes from."""
    key = hub().secret(PURPOSE)
    token, *marks = _cookie().split(".")
    is_known = any(hmac.compare_digest(mark, _mark(rules.plain_name(name), token, key)) for mark in marks)
    return TriedFrom(network_of(request.remote_addr or ""), token if is_known else "", key)


def remember(name: str) -> None:
    """Make this browser known for the account that has just signed in."""
    token, *marks = _cookie().split(".")
    token = token or secrets.token_hex(16)
    mark = _mark(name, token, hub().secret(PURPOSE))
    kept = [mark, *(each for each in marks if each != mark)][:MOST]

    @after_this_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie(
            _name(),
            ".".join([token, *kept]),
            max_age=LIFE_S,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=_is_secure(),
        )
        return response


def _cookie() -> str:
    value = request.cookies.get(_name(), "")
    return value if _FORM.fullmatch(value) else ""


def _name() -> str:
    return ("__Host-" if _is_secure() else "") + COOKIE


def _is_secure() -> bool:
    return hub().settings.public_url.startswith("https://")


def _mark(name: str, token: str, key: bytes) -> str:
    text = f"{name}\n{token}".encode()
    return hashlib.blake2b(text, key=key, digest_size=16, person=b"known browser").hexdigest()
