"""
The supply as text: one JSON object a thing, as the hub keeps its history and as terminals get it.

What arrives is read strictly and checked as a form is. A kind that this version does not know is left out, so that an
older terminal goes on with the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any

from kiosk.consultation.supply import things
from kiosk.consultation.supply.things import (
    BookingTerms,
    DayException,
    DayRule,
    DaySpan,
    ExceptionKind,
    OpeningRule,
    PlaceKind,
    ServicePoint,
    Supply,
    SupplyPart,
    Thing,
    Topic,
)
from kiosk.errors import RuleBroken
from sync.wire.errors import Malformed
from sync.wire.reading import Fields, read_object

VERSION = 1


class SupplyUnreadable(Exception):
    """A list of places, topics and hours cannot be used; the message names what is wrong."""


def written(thing: Thing) -> str:
    """Return a thing as text, equal things as equal texts; `read` reads it."""
    values = {each.name: _plain(getattr(thing, each.name)) for each in fields(thing)}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, date):
        return str(value or "")
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return [{"topic": topic, "windows": windows} for topic, windows in sorted(value.items())]
    if isinstance(value, tuple):
        return [_member(each) for each in value]
    return value


def _member(value: Any) -> Any:
    if isinstance(value, DaySpan):
        return {"starts": value.starts, "ends": value.ends}
    return {"text": value} if isinstance(value, str) else value


def read(part: SupplyPart, text: str) -> Thing:
    """
    Return the thing that `written` wrote.

    Raises:
        SupplyUnreadable: It is none, or breaks one of its own rules.
    """
    try:
        return _read(part, read_object(text.encode()))
    except (Malformed, RuleBroken, ValueError) as error:
        raise SupplyUnreadable(f"{part}: {error}") from error


def _read(part: SupplyPart, given: Fields) -> Thing:
    thing = _READERS[part](given)
    thing.check()
    return thing


def _place(given: Fields) -> ServicePoint:
    return ServicePoint(
        code=_code(given),
        kind=PlaceKind(given.text("kind", most=20)),
        name=given.text("name", most=things.LONGEST_NAME),
        address=_line(given, "address"),
        way=_line(given, "way"),
        telephone=_line(given, "telephone"),
        link=_line(given, "link"),
        township=_line(given, "township"),
        is_sample=given.flag("is_sample"),
    )


def _topic(given: Fields) -> Topic:
    return Topic(
        code=_code(given),
        name=given.text("name", most=things.LONGEST_NAME),
        group=_line(given, "group"),
        department=_line(given, "department"),
        bring=tuple(each.text("text", most=things.LONGEST_TEXT) for each in given.objects("bring", most=20)),
        checklist=_line(given, "checklist"),
        place_in_list=given.number("place_in_list", most=9_999),
        is_sample=given.flag("is_sample"),
    )


def _rule(given: Fields) -> OpeningRule:
    return OpeningRule(
        code=_code(given),
        place=given.text("place", form=things.CODE),
        day_rule=DayRule(given.text("day_rule", most=20)),
        spans=_spans(given),
        slot=given.number("slot", most=things.MIDNIGHT),
        windows=_windows(given),
        valid_from=_day(given, "valid_from"),
        valid_to=_day(given, "valid_to") if given.values.get("valid_to") else None,
        weekdays=given.numbers("weekdays", most=7),
        nth=given.numbers("nth", most=5),
        follows_holidays=given.flag("follows_holidays"),
        is_sample=given.flag("is_sample"),
    )


def _exception(given: Fields) -> DayException:
    return DayException(
        code=_code(given),
        place=given.text("place", form=things.CODE, empty=True),
        kind=ExceptionKind(given.text("kind", most=20)),
        first=_day(given, "first"),
        last=_day(given, "last"),
        reason=_line(given, "reason"),
        spans=_spans(given),
        slot=given.number("slot", most=things.MIDNIGHT),
        windows=_windows(given),
        as_weekday=given.number("as_weekday", most=6) if given.values.get("as_weekday") != "" else None,
        is_sample=given.flag("is_sample"),
    )


LATER_TERMS = ("missed_times", "missed_days")
"""Terms that a text of an earlier version does not have: they are as they were."""


def _terms(given: Fields) -> BookingTerms:
    numbers = {
        each.name: given.number(each.name)
        for each in fields(BookingTerms)
        if each.name != "opens_unannounced" and (each.name in given.values or each.name not in LATER_TERMS)
    }
    return BookingTerms(**numbers, opens_unannounced=given.flag("opens_unannounced"))


_READERS: Mapping[SupplyPart, Callable[[Fields], Thing]] = {
    SupplyPart.PLACE: _place,
    SupplyPart.TOPIC: _topic,
    SupplyPart.RULE: _rule,
    SupplyPart.EXCEPTION: _exception,
    SupplyPart.TERMS: _terms,
}


def _code(given: Fields) -> str:
    return given.text("code", form=things.CODE)


def _line(given: Fields, name: str) -> str:
    return given.text(name, most=things.LONGEST_TEXT, empty=True)


def _day(given: Fields, name: str) -> date:
    return date.fromisoformat(given.text(name, most=10))


def _spans(given: Fields) -> tuple[DaySpan, ...]:
    rows = given.objects("spans", most=things.MOST_SPANS)
    return tuple(
        DaySpan(each.number("starts", most=things.MIDNIGHT), each.number("ends", most=things.MIDNIGHT))
        for each in rows
    )


def _windows(given: Fields) -> dict[str, int]:
    rows = given.objects("windows", most=things.MOST_THINGS)
    return {
        each.text("topic", form=things.CODE): each.number("windows", most=things.MOST_WINDOWS)
        for each in rows
    }


def supply_of(found: Iterable[Thing]) -> Supply:
    """Return the supply that these things make."""
    parts: dict[SupplyPart, dict[str, Any]] = {part: {} for part in SupplyPart}
    for each in found:
        parts[things.part_of(each)][things.code_of(each)] = each
    return Supply(
        parts[SupplyPart.PLACE],
        parts[SupplyPart.TOPIC],
        parts[SupplyPart.RULE],
        parts[SupplyPart.EXCEPTION],
        parts[SupplyPart.TERMS].get(things.THE_TERMS, BookingTerms()),
    )


def things_of(supply: Supply) -> list[Thing]:
    """Return the things of a supply."""
    parts: tuple[Mapping[str, Thing], ...] = (
        supply.places,
        supply.topics,
        supply.rules,
        supply.exceptions,
    )
    return [supply.terms, *(each for part in parts for _, each in sorted(part.items()))]


def as_list(supply: Supply) -> bytes:
    """Return a supply as it travels to terminals; `read_list` reads it."""
    rows = [{"part": things.part_of(each).value, **json.loads(written(each))} for each in things_of(supply)]
    return json.dumps({"v": VERSION, "things": rows}, ensure_ascii=False, separators=(",", ":")).encode()


def read_list(content: bytes) -> Supply:
    """
    Return the supply that `as_list` wrote, without what this version does not know.

    Raises:
        SupplyUnreadable: It is none; a thing that is known breaks its own rules.
    """
    try:
        rows = read_object(content).objects("things", most=things.MOST_THINGS)
        return supply_of(_read(SupplyPart(row.text("part")), row) for row in rows if _is_known(row))
    except (Malformed, RuleBroken, ValueError) as error:
        raise SupplyUnreadable(str(error)) from error


_KINDS: Mapping[str, tuple[str, type[StrEnum]]] = {
    SupplyPart.PLACE: ("kind", PlaceKind),
    SupplyPart.RULE: ("day_rule", DayRule),
    SupplyPart.EXCEPTION: ("kind", ExceptionKind),
}


def _is_known(row: Fields) -> bool:
    part = row.text("part", most=20)
    if part not in {*SupplyPart}:
        return False
    name, words = _KINDS.get(part, ("", SupplyPart))
    return not name or row.text(name, most=20) in {*words}
