"""
Tracking at the hub: the state of a number for its query code; wrong guesses are counted.

A wrong number and a wrong code get the same answer at the same cost. Limits: RELIABILITY T19.
"""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from peewee import Case

from sync.hub.models import InboxEntry, NewCode, NumberStatus, TrackAttempt
from sync.hub.statuses import STATUS_COLUMNS, status_change
from sync.statements import Database, Statement, Writing, slot
from sync.wire.lookups import Track, Tracked
from sync.wire.protocol import StatusChange
from sync.wire.reading import stamp

WRONG_PER_NUMBER = 10
NUMBER_WINDOW = timedelta(hours=24)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2 parameters as terminals use them for query codes, so that an unknown number costs the same."""


_NEW_CODE = Statement(lambda: NewCode.select(NewCode.code_hash).where(NewCode.number == slot(NewCode.number)))


def track(database: Database, writing: Writing, asked: Track, now: datetime) -> Tracked:
    """
    Return the state of the number if the code is right.

    The guess is counted on disk before the code is compared, and forgiven when it was right; the comparison
    itself, some 30 ms, holds no lock. A number that was guessed at too often is closed to wrong codes alone: a stranger
    must not close it to its owner, nor one visitor a machine to the next. What bounds guessing is the room for this
    work (`kiosk/app/hub.py`), the networks' budgets at public stations, and the twelve digits.
    """
    with writing(database):
        code_hash = _code_hash(database, asked.number)
        TrackAttempt.delete().where(TrackAttempt.since <= stamp(now - NUMBER_WINDOW)).execute(database)
        is_open = count_guess(database, subject(asked.number), now)
    if code_hash is None:
        _hasher.hash(asked.code)
        return Tracked(None, locked=not is_open)
    if not _matches(code_hash, asked.code):
        return Tracked(None, locked=not is_open)
    with writing(database):
        forget_guesses(database, subject(asked.number))
        return Tracked(_state(database, asked.number))


def new_code_hash(database: Database, number: str) -> str:
    """Return the hash of a new slip's code; empty: the first one holds."""
    found = _NEW_CODE.first(database, number=number)
    return str(found[0]) if found else ""


def _code_hash(database: Database, number: str) -> str | None:
    """Return the hash of the code that opens a number now: of a new slip's, else of the first one's."""
    found: str | None = new_code_hash(database, number) or (
        InboxEntry.select(InboxEntry.code_hash).where(InboxEntry.number == number).scalar(database)
    )
    return found


def _matches(code_hash: str, code: str) -> bool:
    try:
        return _hasher.verify(code_hash, code)
    except (Argon2Error, InvalidHashError):
        return False


def _state(database: Database, number: str) -> StatusChange:
    said = NumberStatus.select(*STATUS_COLUMNS).where(NumberStatus.number == number).tuples().first(database)
    if said is not None:
        return status_change(said)
    received_at = (
        InboxEntry.select(InboxEntry.received_at).where(InboxEntry.number == number).scalar(database)
    )
    return StatusChange(0, number, "received", {}, datetime.fromisoformat(received_at))


def subject(number: str) -> str:
    """Return the name under which wrong guesses at a number's code are counted."""
    return f"number:{number}"


def forget_guesses(database: Database, subject: str) -> None:
    """Forget the wrong guesses at a subject, after a right one."""
    TrackAttempt.delete().where(TrackAttempt.subject == subject).execute(database)


def count_guess(database: Database, subject: str, now: datetime) -> bool:
    """
    Count one wrong guess if the limit allows; return whether it was counted. A window that has passed begins again.

    One statement looks and counts, so that two workers never allow the last guess twice.
    """
    is_over = TrackAttempt.since <= stamp(now - NUMBER_WINDOW)
    counted = TrackAttempt.insert(subject=subject, wrong=1, since=stamp(now)).on_conflict(
        conflict_target=[TrackAttempt.subject],
        update={
            TrackAttempt.wrong: Case(None, [(is_over, 1)], TrackAttempt.wrong + 1),
            TrackAttempt.since: Case(None, [(is_over, stamp(now))], TrackAttempt.since),
        },
        where=is_over | (TrackAttempt.wrong < WRONG_PER_NUMBER),
    )
    return bool(counted.as_rowcount().execute(database))
