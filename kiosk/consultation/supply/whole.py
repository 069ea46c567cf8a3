"""Whether a supply fits together: what rules and dates refer to is there, and nothing opens twice at a time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from kiosk.consultation.supply import openings, things, written
from kiosk.consultation.supply.things import (
    DayException,
    ExceptionKind,
    OpeningRule,
    Supply,
    SupplyPart,
    Thing,
)
from kiosk.errors import RuleBroken
from kiosk.workdays import WorkCalendar

AHEAD = timedelta(days=366)
"""Overlaps of rules are looked for a year ahead."""


@dataclass(frozen=True)
class SupplyChange:
    """A thing as it is to be; thing None: it ends."""

    part: SupplyPart
    code: str
    thing: Thing | None


def change_to(thing: Thing) -> SupplyChange:
    """Return the change that puts a thing in place of what has its code."""
    return SupplyChange(things.part_of(thing), things.code_of(thing), thing)


def thing_in(supply: Supply, part: SupplyPart, code: str) -> Thing | None:
    """Return the thing with this code, or None."""
    if part is SupplyPart.TERMS:
        return supply.terms
    parts: Mapping[SupplyPart, Mapping[str, Thing]] = {
        SupplyPart.PLACE: supply.places,
        SupplyPart.TOPIC: supply.topics,
        SupplyPart.RULE: supply.rules,
        SupplyPart.EXCEPTION: supply.exceptions,
    }
    return parts[part].get(code)


def changed(supply: Supply, changes: Iterable[SupplyChange]) -> Supply:
    """Return a supply as these changes leave it."""
    found = {(things.part_of(each), things.code_of(each)): each for each in written.things_of(supply)}
    for each in changes:
        found.pop((each.part, each.code), None)
        if each.thing:
            found[each.part, each.code] = each.thing
    return written.supply_of(found.values())


def real_changes(supply: Supply, changes: Iterable[SupplyChange]) -> list[SupplyChange]:
    """Return the changes that change something: the same form sent twice changes nothing the second time."""
    return [each for each in changes if thing_in(supply, each.part, each.code) != each.thing]


def check(supply: Supply, today: date, calendar: WorkCalendar) -> None:
    """
    Refuse a supply that does not fit together.

    Raises:
        RuleBroken: "supply-too-large", "place-unknown", "topic-unknown", "rules-overlap" (detail: the day),
            "dates-overlap" (two dates that set hours, detail: the day), and what a thing's own check refuses.
    """
    found = written.things_of(supply)
    if len(found) > things.MOST_THINGS:
        raise RuleBroken("supply-too-large")
    for each in found:
        each.check()
    _check_references(supply)
    for place in supply.places:
        _check_dates(supply, place)
        day = openings.overlap(supply, place, today, today + AHEAD, calendar)
        if day:
            raise RuleBroken("rules-overlap", day.isoformat())


def _check_references(supply: Supply) -> None:
    hours: list[OpeningRule | DayException] = [*supply.rules.values(), *supply.exceptions.values()]
    for each in hours:
        if each.place and each.place not in supply.places:
            raise RuleBroken("place-unknown", each.place)
        for topic in each.windows:
            if topic not in supply.topics:
                raise RuleBroken("topic-unknown", topic)


def _check_dates(supply: Supply, place: str) -> None:
    """Refuse two dates that set the hours of one topic on one day, or both say what a make-up day is worked for."""
    own = [each for each in supply.exceptions.values() if each.place in ("", place)]
    for one, other in combinations(sorted(own, key=lambda each: each.first), 2):
        is_apart = one.kind is not other.kind or one.kind is ExceptionKind.CLOSED or one.last < other.first
        is_of_others = one.kind is ExceptionKind.INSTEAD and not one.windows.keys() & other.windows.keys()
        if not is_apart and not is_of_others:
            raise RuleBroken("dates-overlap", other.first.isoformat())
