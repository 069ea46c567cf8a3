"""
Errors of the product; each names what happened and carries a code, never a sentence for the screen.

KioskError
├── Refused          a person asked for something that cannot be done now; the command line says why in one line
│   └── RuleBroken   a rule of law or procedure forbids the step ("extension-too-long", ...)
├── NotFound         there is no such number, document or account
├── StoreFull        the disk is full: nothing was written, or "outcome-unknown"
├── StoreDamaged     a database file cannot be read
└── StoreAway        the database server cannot be reached, or has no turn for us: nothing was written
"""

from __future__ import annotations


class KioskError(Exception):
    """Base of all errors of the product; `code` is stable and `detail` holds no personal data."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Refused(KioskError):
    """A request that a person can correct; the command line prints `detail` and exits with 1."""


class RuleBroken(Refused):
    """A rule forbids the step."""


class NotFound(KioskError):
    """Nothing has that number or name."""


UNKNOWN_OUTCOME = "outcome-unknown"
"""Code of a StoreFull after which a power cut decides whether the transaction is there: nobody may deny it."""


class StoreFull(KioskError):
    """The disk is full or refuses to write; the transaction was rolled back, or its outcome is unknown."""


class StoreDamaged(KioskError):
    """A database file cannot be read."""


class StoreAway(KioskError):
    """
    The database server cannot serve at this moment ("store-away", "store-busy"); the same request may be repeated.
    """
