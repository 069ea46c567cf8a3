"""
Acts on the calendar: one person proposes a year, another approves it; the operator of the machine may do both.

An approved year is a new version, and the running deadlines are counted with it in the same transaction. Every earlier
version stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.calendar import models
from kiosk.calendar.models import CalendarProposal, CalendarVersion
from kiosk.errors import NotFound, Refused
from kiosk.seen import UNSEEN, Seen
from kiosk.workdays import WorkCalendar, Year, calendar_of, load_years, read_years, written_years

SHIPPED = "shipped"
"""Who made the first version."""
Recount = Callable[[str, WorkCalendar], int]
"""Counts the running deadlines for an account with a calendar, in the caller's transaction; returns how many moved."""


class Way(StrEnum):
    """How a year came in."""

    SHIPPED = "shipped"
    FILE = "file"
    NOTICE = "notice"
    HAND = "hand"


def seed(now: datetime) -> None:
    """Make the first version of the shipped files, where there is none."""
    if models.last_seq():
        return
    with db.writing(db.store):
        if models.last_seq():  # another process was quicker
            return
        years = load_years()
        version = calendar_of(years).version
        models.add_version(CalendarVersion(1, version, 0, Way.SHIPPED, now, SHIPPED, SHIPPED), years)


def keep_salvaged(now: datetime) -> bool:
    """
    Keep the calendar that was salvaged where its newest version is whole; begin again with the shipped one otherwise.

    A day that is missing would silently be a plain one, so the days are compared with the version that they make.
    """
    if models.is_whole():
        return True
    with db.writing(db.store):
        models.forget_all()
    seed(now)
    return False


def proposed_years(proposed: Year) -> list[Year]:
    """Return the announced years as they would be with this one."""
    now = [each for each in models.years_at(models.last_seq()) if each.year != proposed.year]
    return sorted([*now, proposed], key=lambda each: each.year)


def year_now(number: int) -> Year | None:
    """Return a year as its notices announced it; None: it is not announced."""
    return next((each for each in models.years_at(models.last_seq()) if each.year == number), None)


def propose(
    year: Year, way: Way, text: str, *, now: datetime, by: str, seen: Seen = UNSEEN
) -> CalendarProposal:
    """
    Propose a year; proposing it again replaces one's own proposal.

    Args:
        text: The notice as it was pasted, for the second person to compare; or empty.
    Raises:
        Refused: "no-change", "already-proposed" by somebody else.
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        _check_change(year)
        waiting = models.proposal(year.year)
        if waiting and waiting.proposed_by != by:
            raise Refused("already-proposed", f"{year.year} is proposed already")
        content = written_years([year]).decode()
        made = CalendarProposal(year.year, way, content, text, models.last_seq(), by, now)
        models.store_proposal(made)
        audit.record(
            at=now, actor=by, act=Act.WORKDAYS_PROPOSED, subject=str(year.year), detail={"way": way.value}
        )
    return made


def year_of_proposal(found: CalendarProposal) -> Year:
    """Return the year that waits."""
    return read_years(found.content.encode())[0]


@db.writing(db.store)
def approve(number: int, *, now: datetime, by: str, recount: Recount, seen: Seen = UNSEEN) -> int:
    """
    Make the proposed year the calendar's; return how many running deadlines moved.

    Raises:
        NotFound: "not-proposed".
        Refused: "own-proposal", "calendar-changed" since it was proposed.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = models.proposal(number)
    if found is None:
        raise NotFound("not-proposed")
    if found.proposed_by == by:
        raise Refused("own-proposal", "somebody else must approve this")
    if found.based_on != models.last_seq():
        raise Refused("calendar-changed", "another year was approved since this was proposed")
    models.forget_proposal(number)
    return _make_version(
        year_of_proposal(found), Way(found.way), now=now, by=(found.proposed_by, by), recount=recount
    )


def withdraw(number: int, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Withdraw or refuse a proposal.

    Raises:
        NotFound: "not-proposed".
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        if models.proposal(number) is None:
            raise NotFound("not-proposed")
        models.forget_proposal(number)
        audit.record(at=now, actor=by, act=Act.WORKDAYS_PROPOSAL_WITHDRAWN, subject=str(number))


@db.writing(db.store)
def take_alone(year: Year, *, now: datetime, by: str, recount: Recount) -> int:
    """
    Make a year the calendar's by the operator of the machine alone; return how many running deadlines moved.

    Raises:
        Refused: "no-change".
    """
    _check_change(year)
    models.forget_proposal(year.year)
    return _make_version(year, Way.FILE, now=now, by=(by, by), recount=recount)


def _check_change(year: Year) -> None:
    if year_now(year.year) == year:
        raise Refused("no-change", f"{year.year} is announced exactly so already")


def _make_version(year: Year, way: Way, *, now: datetime, by: tuple[str, str], recount: Recount) -> int:
    calendar = calendar_of(proposed_years(year))
    seq = models.last_seq() + 1
    models.add_version(CalendarVersion(seq, calendar.version, year.year, way, now, *by), [year])
    moved = recount(by[1], calendar)
    audit.record(
        at=now,
        actor=by[1],
        act=Act.WORKDAYS_CHANGED,
        subject=str(year.year),
        detail={"way": way.value, "version": calendar.version, "proposed_by": by[0], "moved": moved},
    )
    return moved
