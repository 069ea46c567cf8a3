"""
Tracking at the hub: the state of a number for its query code; wrong guesses are counted.

A wrong number and a wrong code get the same answer at the same cost. Limits: RELIABILITY T19.
"""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from peewee import Case

from sync.hub.inbox import STATUS_COLUMNS, status_change
from sync.hub.models import InboxEntry, NumberStatus, TrackAttempt
from sync.statements import Database, Writing
from sync.wire.protocol import StatusChange, Track, Tracked
from sync.wire.reading import stamp

WRONG_PER_NUMBER = 10
NUMBER_WINDOW = timedelta(hours=24)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2 parameters as terminals use them for query codes, so that an unknown number costs the same."""


def track(database: Database, writing: Writing, asked: Track, now: datetime) -> Tracked:
    """
    Return the state of the number if the code is right.

    The guess is counted on disk before the code is compared, and forgiven when it was right; the comparison
    itself, some 30 ms, holds no lock. A number that was guessed at too often is closed to wrong codes alone: a stranger
    must not close it to its owner, nor one visitor a machine to the next. What bounds guessing is the room for this
    work (`kiosk/app/hub.py`), the networks' budgets at public stations, and the twelve digits.
    """
    with writing(database):
        code_hash = (
            InboxEntry.select(InboxEntry.code_hash).where(InboxEntry.number == asked.number).scalar(database)
        )
        TrackAttempt.delete().where(TrackAttempt.since <= stamp(now - NUMBER_WINDOW)).execute(database)
        is_open = _count(database, _subject(asked.number), now)
    if code_hash is None:
        _hasher.hash(asked.code)
        return Tracked(None, locked=not is_open)
    if not _matches(code_hash, asked.code):
        return Tracked(None, locked=not is_open)
    with writing(database):
        TrackAttempt.delete().where(TrackAttempt.subject == _subject(asked.number)).execute(database)
        return Tracked(_state(database, asked.number))


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


def _subject(number: str) -> str:
    return f"number:{number}"


def _count(database: Database, subject: str, now: datetime) -> bool:
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
