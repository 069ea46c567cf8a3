"""Small supplies for tests: one hall, two topics, and rules of working days."""

from __future__ import annotations

from datetime import date
from typing import Any

from kiosk.consultation.supply import written
from kiosk.consultation.supply.things import (
    BookingTerms,
    DayRule,
    DaySpan,
    OpeningRule,
    PlaceKind,
    ServicePoint,
    Supply,
    Thing,
    Topic,
)

MORNING, AFTERNOON = DaySpan(9 * 60, 11 * 60), DaySpan(14 * 60, 16 * 60)
HALL = ServicePoint("hall", PlaceKind.HALL, "县政务服务大厅", address="人民路1号")
BIRTH = Topic("birth", "生育", "生育", "县卫生健康局")
SCHOOL = Topic("school", "上学", "上学", "县教育和体育局", ("户口簿", "房产证"), "guide-1", 1)


def a_rule(**said: Any) -> OpeningRule:
    """Half hours of working days, two windows for births."""
    values: dict[str, Any] = {
        "code": "r1",
        "place": "hall",
        "day_rule": DayRule.WORKDAYS,
        "spans": (MORNING, AFTERNOON),
        "slot": 30,
        "windows": {"birth": 2},
        "valid_from": date(2026, 1, 1),
    }
    return OpeningRule(**{**values, **said})


def a_supply(*said: Thing, terms: BookingTerms | None = None) -> Supply:
    """A hall, the topic of births, and what is given."""
    return written.supply_of([HALL, BIRTH, terms or BookingTerms(), *said])
