"""
Tables of the working-day calendar at the hub, and the queries that read it as it is and as it was.

A version sets whole years; a year is as the last version that set it says. Nothing is ever changed or deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db
from kiosk.calendar import rules
from kiosk.calendar.rules import ListedDay, NoticeWrong
from kiosk.workdays import Source, WorkCalendar, Year, calendar_of


class WorkdayVersion(db.StoreModel):
    """One version: which year it set (0: all shipped ones), how, when, and by whom."""

    seq = peewee.IntegerField(primary_key=True)
    version = peewee.TextField()
    year = peewee.IntegerField()
    way = peewee.TextField()
    at = db.StampField()
    proposed_by = peewee.TextField()
    approved_by = peewee.TextField()


class WorkdayYear(db.StoreModel):
    """A year that a version set as a whole."""

    seq = peewee.IntegerField()
    year = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("seq", "year")


class WorkdayException(db.StoreModel):
    """A day that a notice names; of the year whose notice it is, even in the December before."""

    seq = peewee.IntegerField()
    year = peewee.IntegerField()
    day = db.DayField()
    is_workday = peewee.BooleanField()
    name = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("seq", "year", "day")


class WorkdayNotice(db.StoreModel):
    """A source notice of a year; the day of issue is empty where it is not known."""

    seq = peewee.IntegerField()
    year = peewee.IntegerField()
    no = peewee.IntegerField()
    name = peewee.TextField()
    number = peewee.TextField()
    issued_on = db.DayField()
    url = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("seq", "year", "no")


class WorkdayProposal(db.StoreModel):
    """A year that waits for a second person."""

    year = peewee.IntegerField(primary_key=True)
    way = peewee.TextField()
    content = peewee.TextField()
    text = peewee.TextField()
    based_on = peewee.IntegerField()
    proposed_by = peewee.TextField()
    proposed_at = db.StampField()


@dataclass(frozen=True)
class CalendarVersion:
    """Who made a version of the calendar, when and how; year 0: the shipped years as a whole."""

    seq: int
    version: str
    year: int
    way: str
    at: datetime
    proposed_by: str
    approved_by: str


_LAST = db.Statement(lambda: WorkdayVersion.select(peewee.fn.COALESCE(peewee.fn.MAX(WorkdayVersion.seq), 0)))


def last_seq() -> int:
    """Return the number of the version in force; 0 before the first."""
    row = _LAST.first(db.store)
    assert row is not None
    return int(row[0])


def versions() -> list[CalendarVersion]:
    """Return all versions, the newest first."""
    return db.rows(WorkdayVersion.select().order_by(WorkdayVersion.seq.desc()), CalendarVersion)


def years_at(seq: int) -> list[Year]:
    """Return the announced years as they were in a version, in order."""
    latest = (
        WorkdayYear.select(WorkdayYear.year, peewee.fn.MAX(WorkdayYear.seq))
        .where(WorkdayYear.seq <= seq)
        .group_by(WorkdayYear.year)
    )
    return [_year(*row) for row in sorted(latest.tuples().execute(db.store))]


def calendar_at(seq: int) -> WorkCalendar:
    """Return the calendar of a version."""
    return calendar_of(years_at(seq))


def _year(year: int, seq: int) -> Year:
    of = WorkdayException
    days = of.select(of.day, of.is_workday, of.name).where(of.seq == seq, of.year == year).order_by(of.day)
    by = WorkdayNotice
    notices = (
        by.select(by.name, by.number, by.issued_on, by.url)
        .where(by.seq == seq, by.year == year)
        .order_by(by.no)
    )
    return rules.year_of(year, db.rows(days, ListedDay), db.rows(notices, Source))


def add_version(made: CalendarVersion, years: Iterable[Year]) -> None:
    """Store a version and the years that it sets, inside the caller's transaction."""
    WorkdayVersion.insert(**vars(made)).execute()
    for each in years:
        WorkdayYear.insert(seq=made.seq, year=each.year).execute()
        WorkdayException.insert_many(
            [{"seq": made.seq, "year": each.year, **vars(day)} for day in rules.listed(each)]
        ).execute()
        WorkdayNotice.insert_many(
            [
                {
                    "seq": made.seq,
                    "year": each.year,
                    "no": no,
                    "name": source.name,
                    "number": source.number,
                    "issued_on": str(source.issued_on or ""),
                    "url": source.url,
                }
                for no, source in enumerate(each.sources, start=1)
            ]
        ).execute()


@dataclass(frozen=True)
class CalendarProposal:
    """
    A year that waits for a second person.

    Args:
        content: The year, as `workdays.as_list` writes it. text: The notice as it was pasted, or empty.
        based_on: The version that the first person saw.
    """

    year: int
    way: str
    content: str
    text: str
    based_on: int
    proposed_by: str
    proposed_at: datetime


def proposal(year: int) -> CalendarProposal | None:
    """Return what is proposed for a year."""
    return db.one(WorkdayProposal.select().where(WorkdayProposal.year == year), CalendarProposal)


def proposals() -> list[CalendarProposal]:
    """Return all that waits, the oldest first."""
    return db.rows(WorkdayProposal.select().order_by(WorkdayProposal.proposed_at), CalendarProposal)


def store_proposal(made: CalendarProposal) -> None:
    """Store a proposal in place of the one for the same year."""
    forget_proposal(made.year)
    WorkdayProposal.insert(**vars(made)).execute()


def forget_proposal(year: int) -> None:
    """Delete what is proposed for a year."""
    WorkdayProposal.delete().where(WorkdayProposal.year == year).execute()


def is_whole() -> bool:
    """Return whether the newest version's days are those that its name was made of."""
    newest = next(iter(versions()), None)
    try:
        return newest is not None and calendar_at(newest.seq).version == newest.version
    except NoticeWrong:
        return False


def forget_all() -> None:
    """Delete a calendar that is not whole, inside the caller's transaction."""
    for each in (WorkdayException, WorkdayNotice, WorkdayYear, WorkdayVersion, WorkdayProposal):
        each.delete().execute()
