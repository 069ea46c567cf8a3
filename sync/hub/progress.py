"""
Tracking at the hub: the state of a number for its query code; wrong guesses are counted.

A wrong number and a wrong code get the same answer at the same cost. Limits: RELIABILITY T19.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from peewee import Case

from sync.hub.device import Device
from sync.hub.inbox import STATUS_COLUMNS, status_change
from sync.hub.models import InboxEntry, NumberStatus, TrackAttempt
from sync.statements import Database, Writing
from sync.wire.protocol import StatusChange, Track, Tracked
from sync.wire.reading import stamp

WRONG_PER_NUMBER = 10
NUMBER_WINDOW = timedelta(hours=24)
WRONG_PER_DEVICE = 5
DEVICE_WINDOW = timedelta(minutes=15)
WRONG_PER_PUBLIC_STATION = 500
"""The same limit for a public web terminal: it limits its own visitors, and numbers are locked all the same."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2 parameters as terminals use them for query codes, so that an unknown number costs the same."""


def track(database: Database, writing: Writing, device: Device, asked: Track, now: datetime) -> Tracked:
    """
    Return the state of the number if the code is right and the guesses are within their limits.

    The guess is counted on disk before the code is compared, and removed when it was right; the comparison
    itself, some 30 ms, holds no lock. A number that was guessed at too often is closed to wrong codes alone: a stranger
    must not close it to its owner. Two workers never allow the last guess twice: one statement looks and counts.
    """
    with writing(database):
        code_hash = (
            InboxEntry.select(InboxEntry.code_hash).where(InboxEntry.number == asked.number).scalar(database)
        )
        of_device, of_number = _subjects(device, asked.number)
        TrackAttempt.delete().where(TrackAttempt.since <= stamp(now - NUMBER_WINDOW)).execute(database)
        if not _count_one(database, of_device, now):
            return Tracked(None, locked=True)
        is_open = _count_one(database, of_number, now)
    if code_hash is None:
        _hasher.hash(asked.code)
        return Tracked(None, locked=not is_open)
    if not _matches(code_hash, asked.code):
        return Tracked(None, locked=not is_open)
    with writing(database):
        _forgive(database, device, asked.number)
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


@dataclass(frozen=True)
class _Subject:
    """
    A number or terminal whose guesses are counted: at most so many in a window, which begins with the first of them.
    """

    name: str
    most: int
    window: timedelta


def _subjects(device: Device, number: str) -> tuple[_Subject, _Subject]:
    most = WRONG_PER_PUBLIC_STATION if device.channel == "web" else WRONG_PER_DEVICE
    return (
        _Subject(f"device:{device.id}", most, DEVICE_WINDOW),
        _Subject(f"number:{number}", WRONG_PER_NUMBER, NUMBER_WINDOW),
    )


def _count_one(database: Database, subject: _Subject, now: datetime) -> bool:
    """
    Count one wrong guess if the limit allows; return whether it was counted. A window that has passed begins again.
    """
    is_over = TrackAttempt.since <= stamp(now - subject.window)
    counted = TrackAttempt.insert(subject=subject.name, wrong=1, since=stamp(now)).on_conflict(
        conflict_target=[TrackAttempt.subject],
        update={
            TrackAttempt.wrong: Case(None, [(is_over, 1)], TrackAttempt.wrong + 1),
            TrackAttempt.since: Case(None, [(is_over, stamp(now))], TrackAttempt.since),
        },
        where=is_over | (TrackAttempt.wrong < subject.most),
    )
    return bool(counted.as_rowcount().execute(database))


def _uncount(database: Database, name: str) -> None:
    TrackAttempt.update(wrong=TrackAttempt.wrong - 1).where(TrackAttempt.subject == name).execute(database)


def _forgive(database: Database, device: Device, number: str) -> None:
    TrackAttempt.delete().where(TrackAttempt.subject == f"number:{number}").execute(database)
    _uncount(database, f"device:{device.id}")
