"""
Errors of the product; each names what happened and carries a code, never a sentence for the screen.

KioskError
├── Refused          a person asked for something that cannot be done now; the command line says why in one line
│   └── RuleBroken   a rule of law or procedure forbids the step ("extension-too-long", ...)
├── NotFound         there is no such number, document or account
├── StoreUnready     a database cannot be written at this moment
│   ├── StoreFull    the disk is full: nothing was written, or "outcome-unknown"
│   └── StoreAway    the server cannot be reached, or the machine does not let us: nothing was written
└── StoreDamaged     a database file cannot be read
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


class StoreUnready(KioskError):
    """A database cannot be written at this moment; the transaction was rolled back, or its outcome is unknown."""


class StoreFull(StoreUnready):
    """The disk is full or refuses to write; the transaction was rolled back, or its outcome is unknown."""


class StoreDamaged(KioskError):
    """A database file cannot be read."""


class StoreAway(StoreUnready):
    """
    The database cannot serve at this moment; the same request may be repeated.

    Of a server: "store-away", "store-busy". Of a file: "disk-read-only", "disk-failing", "no-descriptors",
    "no-memory", "store-mended" (a damaged station is being salvaged).
    """
