"""
Where a submission stands, for whoever holds its number and query code.

Wrong codes are counted on disk before the answer: a number is closed for the day after 10. A wrong number and
a wrong code get the same answer and cost the same work. Source: RELIABILITY.md T19.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk import db
from kiosk.clock import Clock, today
from kiosk.intake import codes, models
from kiosk.intake.models import Submission

WRONG_CODES_A_DAY = 10


@dataclass(frozen=True)
class Found:
    """The submission of this terminal."""

    submission: Submission


@dataclass(frozen=True)
class NotFound:
    """No such number here, or another code; `is_ours` only steers whether the hub is asked, nobody is told."""

    is_ours: bool


@dataclass(frozen=True)
class Closed:
    """Too many wrong codes today."""


def look_up(number: str, digits: str, clock: Clock) -> Found | NotFound | Closed:
    """
    The submission with this number (written form) and code (12 digits), if this terminal issued it.

    The attempt is counted before the code is compared, and forgiven when it was right.
    """
    day = today(clock).isoformat()
    with db.writing(db.store) as connection:
        row = connection.execute(
            "SELECT wrong FROM attempt WHERE subject = ? AND day = ?", (number, day)
        ).fetchone()
        if row and row[0] >= WRONG_CODES_A_DAY:
            return Closed()
        submission = models.by_number(connection, number)
        connection.execute(
            "INSERT INTO attempt (subject, day, wrong) VALUES (?, ?, 1)"
            " ON CONFLICT (subject, day) DO UPDATE SET wrong = wrong + 1",
            (number, day),
        )
    if submission is None:
        codes.waste_time()
        return NotFound(is_ours=False)
    if not codes.matches(submission.code_hash, digits):
        return NotFound(is_ours=True)
    with db.writing(db.store) as connection:
        connection.execute("DELETE FROM attempt WHERE subject = ? AND day = ?", (number, day))
    return Found(submission)
