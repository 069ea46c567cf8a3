"""What the desk shows of the calendar: a year by months, and the versions that acts on it name."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import url_for

from kiosk import audit
from kiosk.audit import Act
from kiosk.calendar import actions, models, rules
from kiosk.calendar.models import CalendarProposal
from kiosk.clock import from_stamp, stamp
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.web.language.wording import N_
from kiosk.workdays import WorkCalendar, calendar_of

_ACTS = (Act.WORKDAYS_PROPOSED, Act.WORKDAYS_PROPOSAL_WITHDRAWN, Act.WORKDAYS_CHANGED)


class DayKind(StrEnum):
    """How a day counts."""

    WORKED = "worked"
    MADE_UP = "made-up"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"


@dataclass(frozen=True)
class DayShown:
    """A day of the year view; is_changed: it counts otherwise than in the version that it is compared with."""

    day: date
    kind: DayKind
    name: str
    is_changed: bool


Month = Sequence[Sequence[DayShown | None]]
"""Weeks from Monday to Sunday; None: a day of another month."""


def kind_of(calendar: WorkCalendar, day: date) -> DayKind:
    """Return how a day counts: a weekend day within a holiday is shown as the holiday."""
    if calendar.is_workday(day):
        return DayKind.WORKED if day.weekday() < 5 else DayKind.MADE_UP
    return DayKind.HOLIDAY if day.weekday() < 5 or calendar.holiday(day) else DayKind.WEEKEND


def year_view(number: int, calendar: WorkCalendar, before: WorkCalendar | None = None) -> dict[int, Month]:
    """Return the twelve months of a year, compared with another calendar where one is given."""
    return {
        month: [
            [_day(number, month, day, calendar, before) for day in week]
            for week in months.Calendar().monthdayscalendar(number, month)
        ]
        for month in range(1, 13)
    }


def _day(year: int, month: int, day: int, now: WorkCalendar, before: WorkCalendar | None) -> DayShown | None:
    if not day:
        return None
    found = date(year, month, day)
    is_changed = before is not None and before.is_workday(found) != now.is_workday(found)
    return DayShown(found, kind_of(now, found), now.holiday(found), is_changed)


def compared(year: int) -> tuple[WorkCalendar, WorkCalendar] | None:
    """Return the calendar as it is and as it would be with what is proposed for a year."""
    found = models.proposal(year)
    if found is None:
        return None
    now = models.calendar_at(models.last_seq())
    return now, calendar_of(actions.proposed_years(actions.year_of_proposal(found)))


def calendar() -> Shown:
    """Return the calendar in force: which years are announced, by which notices."""
    seq = models.last_seq()
    lines = tuple(
        (str(each.year), "\n".join(source.number or source.name for source in each.sources))
        for each in models.years_at(seq)
    )
    return Shown(lines, str(seq), name="workdays", href=url_for("calendar_desk.year"), touched=_touched)


def proposal(year: int) -> Shown:
    """Return what is proposed for a year."""
    found = models.proposal(year)
    return (
        proposal_shown(found) if found else Shown(name=f"workdays/{year}", href=url_for("calendar_desk.year"))
    )


def proposal_shown(found: CalendarProposal) -> Shown:
    """Return a proposal: by whom, which days change."""
    pair = compared(found.year)
    assert pair is not None
    changed = "\n".join(f"{each.day} {'班' if each.is_workday else '休'}" for each in rules.changes(*pair))
    lines = (
        (N_("年份"), str(found.year)),
        (N_("提出人"), found.proposed_by),
        (N_("变化的日子"), changed),
    )
    return Shown(
        lines,
        f"{found.content} {found.based_on} {stamp(found.proposed_at)}",
        name=f"workdays/{found.year}",
        href=url_for("calendar_desk.proposal", year=found.year),
        touched=_touched,
    )


def _touched() -> Touched:
    years = {each.year for each in models.versions()} | {each.year for each in models.proposals()}
    subjects = [str(year) for year in sorted(years)]
    line = audit.last_about(_ACTS, subjects)
    return Touched(line.actor, from_stamp(line.at)) if line else NOBODY


KIND_WORDS: Mapping[DayKind, str] = {
    DayKind.WORKED: "",
    DayKind.MADE_UP: N_("班"),
    DayKind.HOLIDAY: N_("休"),
    DayKind.WEEKEND: "",
}
