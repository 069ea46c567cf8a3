"""
The version of a thing that a person saw: an act on it names that version, and is refused when it is another by now.

A page shows a thing as `Shown`; its form brings back the digest (kiosk/web/desk_acts.py); the act calls `Seen.hold`
first in its own transaction. Writers take turns (`db.writing`), so of two acts on one version
the second finds the change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NoReturn

from kiosk.errors import KioskError

Lines = tuple[tuple[str, str], ...]
"""Label and value of each fact that a page shows: source texts or data, the same in every language."""


@dataclass(frozen=True)
class Touched:
    """Who changed a thing last, and when; by is empty where it was no person of the desk."""

    by: str
    at: datetime | None


NOBODY = Touched("", None)


def _nobody() -> Touched:
    return NOBODY


@dataclass(frozen=True)
class Shown:
    """
    A thing as a page shows it.

    Args:
        lines: What a person reads, to compare two versions by eye; none: there is no such thing (any more).
        exact: Whatever else belongs to the version: hashes, times, counts.
        name: Says which thing it is; not part of the version.
        href: The page that shows it.
        touched: Returns who changed it last; asked for only when two versions differ.
    """

    lines: Lines = ()
    exact: str = ""
    name: str = ""
    href: str = ""
    touched: Callable[[], Touched] = field(default=_nobody, compare=False)

    @cached_property
    def digest(self) -> str:
        """Return the hash of the version."""
        text = json.dumps([self.lines, self.exact], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class ChangedMeanwhile(KioskError):
    """The thing is not as the person saw it: nothing was written. was: the lines that they saw; now: as it is."""

    def __init__(self, was: Lines, now: Shown) -> None:
        super().__init__("changed-meanwhile")
        self.was, self.now = was, now


@dataclass
class Seen:
    """
    What a person saw of a thing before an act on it.

    Args:
        digest: Of the version that was shown; empty: the form named none.
        lines: As they were shown.
        now: Reads the thing as it is.
    """

    digest: str
    lines: Lines
    now: Callable[[], Shown]
    is_held: bool = False
    """The act compared it: from here on the change is its own."""

    def hold(self, now: Shown | None = None) -> None:
        """
        Compare with the thing as it is; the first line of an act inside its transaction.

        Args:
            now: The thing as it is, where only the act itself can tell.
        Raises:
            ChangedMeanwhile: It is another version.
        """
        now = now or self.now()
        if now.digest != self.digest:
            raise ChangedMeanwhile(self.lines, now)
        self.is_held = True


def _unread() -> NoReturn:
    raise AssertionError("nothing was shown")


class _Unseen(Seen):
    def hold(self, now: Shown | None = None) -> None:
        """Do nothing: no page was shown."""


UNSEEN = _Unseen("", (), _unread)
"""For acts of the command line and of the hub itself, which nobody reads on a page before."""
