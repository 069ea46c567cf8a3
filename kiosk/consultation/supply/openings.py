"""
Which slots of which days a supply opens: rules, then the dates that beat them. Pure.

A make-up day counts as a working day. Which weekday it is worked for the yearly notice does not say: rules of weekdays
do not hold on it until somebody decided (`undecided`). Source: QUEUE.md §5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.consultation.supply.things import (
    DayException,
    DayRule,
    DaySpan,
    ExceptionKind,
    OpeningRule,
    Supply,
)
from kiosk.workdays import SETTLED_UNTIL, WorkCalendar

NTH_LAST = 5


@dataclass(frozen=True)
class OpenTime:
    """A part of a day in which a topic has windows at a place; rule: what says so."""

    span: DaySpan
    topic: str
    windows: int
    slot: int
    rule: str


@dataclass(frozen=True)
class Slot:
    """
    A time for one topic at one place, with its seats.

    Args:
        kept: Seats for desk and telephone. priority: Seats for old and disabled people. phones: Most that phones take.
    """

    place: str
    topic: str
    day: date
    starts: int
    ends: int
    seats: int
    kept: int
    priority: int
    phones: int

    @property
    def session_id(self) -> str:
        """Return the id of the session; the same place, topic and time always have the same one."""
        return session_id(self.place, self.topic, self.day, self.starts)


def session_id(place: str, topic: str, day: date, starts: int) -> str:
    """Return the id of a session."""
    return f"c-{place}-{topic}-{day:%Y%m%d}-{starts // 60:02}{starts % 60:02}"


def is_provisional(calendar: WorkCalendar, day: date) -> bool:
    """Return whether a notice may still change this day: its year has none, or the days around New Year."""
    return day.year not in calendar.years or day > date(calendar.last_announced, *SETTLED_UNTIL)


def is_made_up(calendar: WorkCalendar, day: date) -> bool:
    """Return whether a day of the weekend is worked."""
    return day.weekday() > 4 and calendar.is_workday(day)


def holds_on(rule: OpeningRule, day: date, calendar: WorkCalendar, as_weekday: int | None = None) -> bool:
    """
    Return whether a rule names a day.

    Args:
        as_weekday: The weekday that a make-up day was decided to be worked for.
    """
    if day < rule.valid_from or (rule.valid_to and day > rule.valid_to):
        return False
    if rule.day_rule is DayRule.WORKDAYS:
        return calendar.is_workday(day) if rule.follows_holidays else day.weekday() < 5
    if rule.follows_holidays and is_made_up(calendar, day):
        return rule.day_rule is DayRule.WEEKDAYS and as_weekday in rule.weekdays
    if day.weekday() not in rule.weekdays or (rule.follows_holidays and _is_holiday(calendar, day)):
        return False
    return rule.day_rule is DayRule.WEEKDAYS or _is_nth(day, rule.nth)


def _is_holiday(calendar: WorkCalendar, day: date) -> bool:
    return bool(calendar.holiday(day)) or (day.weekday() < 5 and not calendar.is_workday(day))


def _is_nth(day: date, nth: Sequence[int]) -> bool:
    is_last = (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 in nth or (is_last and NTH_LAST in nth)


def exceptions_on(supply: Supply, place: str, day: date) -> list[DayException]:
    """Return what dates say of a place on a day, in the order of their codes."""
    return [each for _, each in sorted(supply.exceptions.items()) if each.holds(place, day)]


def openings_on(supply: Supply, place: str, day: date, calendar: WorkCalendar) -> list[OpenTime]:
    """Return when a place is open on a day and for which topics, closures not yet taken out, in order."""
    if day.year not in calendar.years and not supply.terms.opens_unannounced:
        return []
    said = exceptions_on(supply, place, day)
    instead = [each for each in said if each.kind is ExceptionKind.INSTEAD]
    decided = next((each for each in said if each.kind is ExceptionKind.MADE_UP), None)
    as_weekday = decided.as_weekday if decided else None
    set_by_date = {topic for each in instead for topic in each.windows}
    rules = [
        rule
        for _, rule in sorted(supply.rules.items())
        if rule.place == place and holds_on(rule, day, calendar, as_weekday)
    ]
    hours: list[OpeningRule | DayException] = [*instead, *rules]
    found = [
        OpenTime(span, topic, windows, each.slot, each.code)
        for each in hours
        for span in each.spans
        for topic, windows in each.windows.items()
        if windows and topic in supply.topics and (each in instead or topic not in set_by_date)
    ]
    return sorted(found, key=lambda each: (each.span, each.topic))


def closed_on(supply: Supply, place: str, day: date) -> list[DaySpan]:
    """Return the times that closures take out of a day."""
    closures = [each for each in exceptions_on(supply, place, day) if each.kind is ExceptionKind.CLOSED]
    return [span for each in closures for span in (each.spans or (DaySpan(0, 24 * 60),))]


def slots_on(supply: Supply, place: str, day: date, calendar: WorkCalendar) -> list[Slot]:
    """Return the slots of a place on a day, by topic and time."""
    if place not in supply.places:
        return []
    closed = closed_on(supply, place, day)
    by_topic: dict[str, dict[DaySpan, int]] = defaultdict(dict)
    for each in openings_on(supply, place, day, calendar):
        for span in _cut(each.span, each.slot):
            if not any(span.meets(other) for other in closed):
                by_topic[each.topic][span] = max(by_topic[each.topic].get(span, 0), each.windows)
    return [
        slot for topic in sorted(by_topic) for slot in _shared(supply, place, topic, day, by_topic[topic])
    ]


def _cut(span: DaySpan, minutes: int) -> Iterator[DaySpan]:
    for starts in range(span.starts, span.ends - minutes + 1, minutes):
        yield DaySpan(starts, starts + minutes)


def _shared(
    supply: Supply, place: str, topic: str, day: date, seats: Mapping[DaySpan, int]
) -> Iterator[Slot]:
    """Yield the slots of a day with their shares, spread so that a window of one seat keeps every n-th time."""
    terms, before = supply.terms, 0
    for span, count in sorted(seats.items()):
        after = before + count
        kept, priority = (
            after * percent // 100 - before * percent // 100
            for percent in (terms.desk_percent, terms.priority_percent)
        )
        priority = min(priority, count - kept)
        phones = after * terms.phone_percent // 100 - before * terms.phone_percent // 100
        yield Slot(place, topic, day, span.starts, span.ends, count, kept, priority, phones)
        before = after


def slots_between(supply: Supply, first: date, last: date, calendar: WorkCalendar) -> list[Slot]:
    """Return all slots of the days from first to last, both counted."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        slot
        for place in sorted(supply.places)
        for day in days
        for slot in slots_on(supply, place, day, calendar)
    ]


def overlap(supply: Supply, place: str, first: date, last: date, calendar: WorkCalendar) -> date | None:
    """Return the first day on which two rules of a place open the same topic at the same time; None: there is none."""
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        found = openings_on(supply, place, day, calendar)
        for at, one in enumerate(found):
            if any(one.topic == other.topic and one.span.meets(other.span) for other in found[at + 1 :]):
                return day
    return None


def undecided(supply: Supply, first: date, last: date, calendar: WorkCalendar) -> list[tuple[date, str]]:
    """Return the make-up days, each with a place whose rules of weekdays nobody decided about."""
    found = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if not is_made_up(calendar, day):
            continue
        found += [
            (day, place)
            for place in sorted(supply.places)
            if _has_weekday_rules(supply, place, day) and not exceptions_on(supply, place, day)
        ]
    return found


def _has_weekday_rules(supply: Supply, place: str, day: date) -> bool:
    return any(
        rule.place == place
        and rule.day_rule is DayRule.WEEKDAYS
        and rule.follows_holidays
        and rule.valid_from <= day
        and (rule.valid_to is None or day <= rule.valid_to)
        for rule in supply.rules.values()
    )
