"""Addresses that a form may lead back to."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_address(target: str | None, otherwise: str = "/") -> str:
    """Return `target` when it is a path of this machine, else `otherwise`: a form never leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(ord(character) < 0x20 or character == "\\" for character in target):
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target
