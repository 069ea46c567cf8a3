"""
What a county offers: service points, topics, opening rules, days that differ, and the terms of booking.

Each is a frozen value with its own checks; knows neither Flask nor a database. Times are minutes since midnight of a
local date: +08:00 without change since 1992 (QUEUE.md §5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from kiosk.errors import RuleBroken

CODE = re.compile(r"[a-z0-9]{2,12}")
"""Of places, topics, rules and exceptions: short, for it is part of a session's id."""
MIDNIGHT = 24 * 60
MOST_SPANS = 4
"""Parts of one day, with breaks between them."""
SLOTS = range(5, 121)
"""Minutes of one consultation."""
MOST_WINDOWS = 50
MOST_HORIZON_DAYS = 60
LONGEST_NAME = 40
LONGEST_TEXT = 200
MOST_THINGS = 2_000
"""Places, topics, rules and exceptions together; a side list of some 500 kB."""


class PlaceKind(StrEnum):
    """How a citizen meets the person who answers."""

    HALL = "hall"
    CENTRE = "centre"
    TELEPHONE = "telephone"
    VIDEO = "video"


AT_A_PLACE = frozenset({PlaceKind.HALL, PlaceKind.CENTRE})
"""Kinds to which a citizen goes."""


class DayRule(StrEnum):
    """Which days a rule names."""

    WORKDAYS = "workdays"
    WEEKDAYS = "weekdays"
    NTH = "nth"
    """The n-th of a weekday in its month, such as the first and third Saturday."""


class ExceptionKind(StrEnum):
    """What a date says against the rules."""

    CLOSED = "closed"
    """All day, or the named times."""
    INSTEAD = "instead"
    """These times for the topics that it names, in the place of their rules; a topic without a window is not open."""
    MADE_UP = "made-up"
    """A make-up day: the weekday whose rules hold on it, or none; the notice does not say (QUEUE.md §5)."""


@dataclass(frozen=True, order=True)
class DaySpan:
    """A part of a day, in minutes since midnight; ends is not part of it."""

    starts: int
    ends: int

    def check(self) -> None:
        """Raise RuleBroken "span-wrong" for a span that is none."""
        if not 0 <= self.starts < self.ends <= MIDNIGHT:
            raise RuleBroken("span-wrong", f"{self.starts}-{self.ends}")

    def meets(self, other: DaySpan) -> bool:
        """Return whether two spans have a minute in common."""
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class ServicePoint:
    """
    A place where questions are answered, or the telephone or video meeting that takes its place.

    Args:
        way: How to get there, as it is printed on a slip. telephone: Of the place; for a consultation by telephone
            the number that answers. link: Address or number of the county's own video meeting.
        township: Where it is, as terminals are placed; empty for the county.
    """

    code: str
    kind: PlaceKind
    name: str
    address: str = ""
    way: str = ""
    telephone: str = ""
    link: str = ""
    township: str = ""
    is_sample: bool = False

    def check(self) -> None:
        """Raise RuleBroken "code-wrong", "name-missing", "address-missing", "telephone-missing", "link-missing"."""
        _check_code(self.code)
        _check_name(self.name)
        if self.kind in AT_A_PLACE and not self.address.strip():
            raise RuleBroken("address-missing", self.code)
        if self.kind is PlaceKind.TELEPHONE and not self.telephone.strip():
            raise RuleBroken("telephone-missing", self.code)
        if self.kind is PlaceKind.VIDEO and not self.link.strip():
            raise RuleBroken("link-missing", self.code)


@dataclass(frozen=True)
class Topic:
    """
    What somebody may ask about, by an event of life.

    Args:
        group: Event of life under which it is found, such as 生育. department: Who answers.
        bring: What to bring, a line each. checklist: Id of the guide in the catalogue whose checklist is shown too.
        place_in_list: Order in lists; equal ones by code.
    """

    code: str
    name: str
    group: str
    department: str
    bring: tuple[str, ...] = ()
    checklist: str = ""
    place_in_list: int = 0
    is_sample: bool = False

    def check(self) -> None:
        """Raise RuleBroken "code-wrong", "name-missing", "department-missing"."""
        _check_code(self.code)
        _check_name(self.name)
        if not self.department.strip():
            raise RuleBroken("department-missing", self.code)


@dataclass(frozen=True)
class OpeningRule:
    """
    Hours that repeat at one place.

    Args:
        weekdays: 0 Monday to 6 Sunday; none for working days. nth: 1 to 5 of the month, 5 the last one.
        follows_holidays: Working days by the yearly notice, and no weekday of a holiday (调休); without it the plain
            week counts.
        spans: Parts of the day; what is between them is a break. slot: Minutes of one consultation.
        windows: How many people each topic has at once.
    """

    code: str
    place: str
    day_rule: DayRule
    spans: tuple[DaySpan, ...]
    slot: int
    windows: Mapping[str, int]
    valid_from: date
    valid_to: date | None = None
    weekdays: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    follows_holidays: bool = True
    is_sample: bool = False

    def check(self) -> None:
        """Raise RuleBroken "code-wrong", "weekdays-missing", "nth-missing", "valid-wrong", and as `check_hours`."""
        _check_code(self.code)
        check_hours(self.spans, self.slot, self.windows)
        if self.day_rule is not DayRule.WORKDAYS and not self.weekdays:
            raise RuleBroken("weekdays-missing", self.code)
        if self.day_rule is DayRule.NTH and not self.nth:
            raise RuleBroken("nth-missing", self.code)
        if not all(0 <= each <= 6 for each in self.weekdays) or not all(1 <= each <= 5 for each in self.nth):
            raise RuleBroken("weekdays-missing", self.code)
        if self.valid_to and self.valid_to < self.valid_from:
            raise RuleBroken("valid-wrong", self.code)


@dataclass(frozen=True)
class DayException:
    """
    Dates that differ from the rules; a date beats a rule.

    Args:
        place: Code of one place; empty for all.
        spans: CLOSED: the times that fall out, none for the whole day. INSTEAD: the times that hold.
        slot, windows: Of INSTEAD alone. as_weekday: Of MADE_UP alone, 0 to 6; None: no weekday's rules hold.
        reason: What citizens read.
    """

    code: str
    place: str
    kind: ExceptionKind
    first: date
    last: date
    reason: str = ""
    spans: tuple[DaySpan, ...] = ()
    slot: int = 0
    windows: Mapping[str, int] = field(default_factory=dict)
    as_weekday: int | None = None
    is_sample: bool = False

    def check(self) -> None:
        """Raise RuleBroken "code-wrong", "days-wrong", "reason-missing", "weekdays-missing", and as `check_hours`."""
        _check_code(self.code)
        if not self.first <= self.last or (self.last - self.first).days > 366:
            raise RuleBroken("days-wrong", self.code)
        if self.kind is ExceptionKind.INSTEAD:
            check_hours(self.spans, self.slot, {each: max(1, many) for each, many in self.windows.items()})
        else:
            check_spans(self.spans)
        if self.kind is ExceptionKind.CLOSED and not self.reason.strip():
            raise RuleBroken("reason-missing", self.code)
        if self.as_weekday is not None and not 0 <= self.as_weekday <= 6:
            raise RuleBroken("weekdays-missing", self.code)

    def holds(self, place: str, day: date) -> bool:
        """Return whether it speaks of this place on this day."""
        return self.place in ("", place) and self.first <= day <= self.last


@dataclass(frozen=True)
class BookingTerms:
    """
    BookingTerms of booking, one for the county.

    Args:
        horizon_days: How many days ahead one may book. notice_min: Minutes before a time at which it closes.
        each_topic, in_all: Open bookings of one telephone (QUEUE.md §8: 1 and 2).
        desk_percent: Share of seats kept for desk and telephone until 15:00 the day before (§8: 20).
        priority_percent: Share kept for old and disabled people, served by a person or a terminal's own question.
        phone_percent: Most of a day's seats that phones may take.
        opens_unannounced: Days of a year without notice can be booked, shown as provisional; else not at all.
        answer_workdays: Within how many working days a question that was left is answered.
        missed_times, missed_days: So many missed bookings of one telephone within so many days close booking at
            machines and phones for it, until the first of them is so old (QUEUE.md §9: 3 and 30); 0 times: never.
    """

    horizon_days: int = 14
    notice_min: int = 30
    each_topic: int = 1
    in_all: int = 2
    desk_percent: int = 20
    priority_percent: int = 10
    phone_percent: int = 60
    opens_unannounced: bool = False
    answer_workdays: int = 5
    missed_times: int = 3
    missed_days: int = 30

    def check(self) -> None:
        """Raise RuleBroken "terms-wrong" with the name of the field."""
        for name, least, most in (
            ("horizon_days", 1, MOST_HORIZON_DAYS),
            ("notice_min", 0, 7 * MIDNIGHT),
            ("each_topic", 1, 10),
            ("in_all", 1, 20),
            ("desk_percent", 0, 100),
            ("priority_percent", 0, 100),
            ("phone_percent", 0, 100),
            ("answer_workdays", 1, 60),
            ("missed_times", 0, 20),
            ("missed_days", 1, 366),
        ):
            if not least <= getattr(self, name) <= most:
                raise RuleBroken("terms-wrong", name)
        if self.desk_percent + self.priority_percent > 100:
            raise RuleBroken("terms-wrong", "priority_percent")


Thing = ServicePoint | Topic | OpeningRule | DayException | BookingTerms


class SupplyPart(StrEnum):
    """The parts of a supply."""

    PLACE = "place"
    TOPIC = "topic"
    RULE = "rule"
    EXCEPTION = "exception"
    TERMS = "terms"


THE_TERMS = "terms"
"""The code of the one row of terms."""


def part_of(thing: Thing) -> SupplyPart:
    """Return which part of a supply a thing is."""
    kinds: Mapping[type[Thing], SupplyPart] = {
        ServicePoint: SupplyPart.PLACE,
        Topic: SupplyPart.TOPIC,
        OpeningRule: SupplyPart.RULE,
        DayException: SupplyPart.EXCEPTION,
        BookingTerms: SupplyPart.TERMS,
    }
    return kinds[type(thing)]


def code_of(thing: Thing) -> str:
    """Return the code of a thing within its part."""
    return THE_TERMS if isinstance(thing, BookingTerms) else thing.code


@dataclass(frozen=True)
class Supply:
    """All that a county offers, each part by code."""

    places: Mapping[str, ServicePoint] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    rules: Mapping[str, OpeningRule] = field(default_factory=dict)
    exceptions: Mapping[str, DayException] = field(default_factory=dict)
    terms: BookingTerms = field(default_factory=BookingTerms)

    def topics_at(self, place: str) -> list[Topic]:
        """Return the topics that have a window at a place, in their order."""
        found = {code for each in self._hours(place) for code, windows in each.windows.items() if windows}
        return in_order(self.topics[code] for code in found if code in self.topics)

    def places_for(self, topic: str) -> list[ServicePoint]:
        """Return the places that have a window for a topic: halls first, then by name."""
        kinds = list(PlaceKind)
        found = [
            place
            for code, place in self.places.items()
            if any(each.windows.get(topic) for each in self._hours(code))
        ]
        return sorted(found, key=lambda each: (kinds.index(each.kind), each.name, each.code))

    def _hours(self, place: str) -> list[OpeningRule | DayException]:
        rules = [each for each in self.rules.values() if each.place == place]
        return [*rules, *(each for each in self.exceptions.values() if each.place in ("", place))]


def in_order(topics: Iterable[Topic]) -> list[Topic]:
    """Return topics as lists show them."""
    return sorted(topics, key=lambda each: (each.place_in_list, each.code))


def check_hours(spans: Sequence[DaySpan], slot: int, windows: Mapping[str, int]) -> None:
    """Raise RuleBroken "spans-missing", "slot-wrong", "windows-missing", and as `check_spans`."""
    if not spans:
        raise RuleBroken("spans-missing")
    check_spans(spans)
    if slot not in SLOTS or all(each.starts + slot > each.ends for each in spans):
        raise RuleBroken("slot-wrong", str(slot))
    if not any(windows.values()) or not all(0 <= each <= MOST_WINDOWS for each in windows.values()):
        raise RuleBroken("windows-missing")


def check_spans(spans: Sequence[DaySpan]) -> None:
    """Raise RuleBroken "span-wrong", "spans-many", "spans-overlap"."""
    for each in spans:
        each.check()
    if len(spans) > MOST_SPANS:
        raise RuleBroken("spans-many")
    if any(after.starts < before.ends for before, after in pairwise(sorted(spans))):
        raise RuleBroken("spans-overlap")


def _check_code(code: str) -> None:
    if not CODE.fullmatch(code):
        raise RuleBroken("code-wrong", code)


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise RuleBroken("name-missing", name)
