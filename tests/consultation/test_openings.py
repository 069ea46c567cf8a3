"""Which slots of which days a supply opens: rules, make-up days, dates that beat rules, shares of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.consultation.supply import openings, written
from kiosk.consultation.supply.things import (
    BookingTerms,
    DayException,
    DayRule,
    DaySpan,
    ExceptionKind,
    OpeningRule,
    PlaceKind,
    Supply,
    Thing,
    Topic,
    part_of,
)
from kiosk.consultation.supply.written import SupplyUnreadable
from kiosk.errors import RuleBroken
from kiosk.workdays import load_calendar
from tests.consultation.samples import BIRTH, HALL, MORNING, a_rule, a_supply

CALENDAR = load_calendar()
PLAIN_FRIDAY, PLAIN_SATURDAY = date(2026, 12, 4), date(2026, 12, 5)
MAKE_UP_SATURDAY = next(day for day in sorted(CALENDAR.years[2026].work) if day.weekday() == 5)
LABOUR_DAY = date(2026, 5, 1)


def opens(supply: Supply, day: date) -> list[int]:
    return [slot.starts for slot in openings.slots_on(supply, "hall", day, CALENDAR)]


def test_a_day_is_cut_into_slots_and_a_break_has_none() -> None:
    supply = a_supply(a_rule())
    assert opens(supply, PLAIN_FRIDAY) == [540, 570, 600, 630, 840, 870, 900, 930]


@pytest.mark.parametrize(
    ("rule", "day", "is_open"),
    [
        (a_rule(), PLAIN_FRIDAY, True),
        (a_rule(), PLAIN_SATURDAY, False),
        (a_rule(), MAKE_UP_SATURDAY, True),
        (a_rule(), LABOUR_DAY, False),
        (a_rule(follows_holidays=False), LABOUR_DAY, True),
        (a_rule(follows_holidays=False), MAKE_UP_SATURDAY, False),
        (a_rule(day_rule=DayRule.WEEKDAYS, weekdays=(4,)), PLAIN_FRIDAY, True),
        (a_rule(day_rule=DayRule.WEEKDAYS, weekdays=(4,)), LABOUR_DAY, False),
        (a_rule(day_rule=DayRule.WEEKDAYS, weekdays=(5,)), PLAIN_SATURDAY, True),
        (a_rule(day_rule=DayRule.WEEKDAYS, weekdays=(5,)), MAKE_UP_SATURDAY, False),
        (a_rule(day_rule=DayRule.WEEKDAYS, weekdays=(5,)), LABOUR_DAY + timedelta(days=1), False),
        (a_rule(day_rule=DayRule.NTH, weekdays=(4,), nth=(1, 3)), PLAIN_FRIDAY, True),
        (a_rule(day_rule=DayRule.NTH, weekdays=(4,), nth=(2,)), PLAIN_FRIDAY, False),
        (a_rule(day_rule=DayRule.NTH, weekdays=(0,), nth=(5,)), date(2026, 11, 30), True),
        (a_rule(day_rule=DayRule.NTH, weekdays=(2,), nth=(5,)), date(2026, 11, 25), True),
        (a_rule(valid_from=date(2026, 12, 7)), PLAIN_FRIDAY, False),
        (a_rule(valid_to=date(2026, 12, 3)), PLAIN_FRIDAY, False),
    ],
)
def test_a_rule_names_its_days(rule: OpeningRule, day: date, is_open: bool) -> None:
    assert bool(opens(a_supply(rule), day)) is is_open


def test_a_make_up_day_is_listed_until_somebody_decides_which_weekday_it_is_worked_for() -> None:
    rule = a_rule(day_rule=DayRule.WEEKDAYS, weekdays=(1,))
    supply = a_supply(rule)
    asked = (MAKE_UP_SATURDAY, MAKE_UP_SATURDAY, CALENDAR)
    assert openings.undecided(supply, *asked) == [(MAKE_UP_SATURDAY, "hall")]
    said = DayException("d1", "hall", ExceptionKind.MADE_UP, MAKE_UP_SATURDAY, MAKE_UP_SATURDAY, as_weekday=1)
    assert opens(a_supply(rule, said), MAKE_UP_SATURDAY)
    assert openings.undecided(a_supply(rule, said), *asked) == []
    none = replace(said, as_weekday=None)
    assert not opens(a_supply(rule, none), MAKE_UP_SATURDAY)
    assert openings.undecided(a_supply(rule, none), *asked) == []
    assert openings.undecided(a_supply(a_rule()), *asked) == [], "working days need no decision"


def test_a_date_beats_a_rule_and_a_closure_beats_both() -> None:
    instead = DayException(
        "d1", "hall", ExceptionKind.INSTEAD, PLAIN_SATURDAY, PLAIN_SATURDAY,
        spans=(MORNING,), slot=60, windows={"birth": 1},
    )  # fmt: skip
    assert opens(a_supply(a_rule(), instead), PLAIN_SATURDAY) == [540, 600]
    part = DayException(
        "d2", "", ExceptionKind.CLOSED, PLAIN_FRIDAY, PLAIN_FRIDAY, "停电", (DaySpan(570, 610),)
    )
    assert opens(a_supply(a_rule(), part), PLAIN_FRIDAY) == [540, 630, 840, 870, 900, 930]
    whole = replace(part, spans=(), last=PLAIN_SATURDAY)
    assert opens(a_supply(a_rule(), instead, whole), PLAIN_SATURDAY) == []


def test_a_year_without_notice_is_not_bookable_or_provisional() -> None:
    far = date(max(CALENDAR.years) + 1, 3, 1)
    while far.weekday() > 4:
        far += timedelta(days=1)
    assert opens(a_supply(a_rule()), far) == []
    assert opens(a_supply(a_rule(), terms=BookingTerms(opens_unannounced=True)), far)
    assert openings.is_provisional(CALENDAR, far)
    assert not openings.is_provisional(CALENDAR, LABOUR_DAY)


def test_two_rules_may_not_open_one_topic_twice_at_a_time() -> None:
    other = a_rule(code="r2", day_rule=DayRule.WEEKDAYS, weekdays=(4,), spans=(DaySpan(10 * 60, 12 * 60),))
    asked = (date(2026, 12, 1), date(2026, 12, 31), CALENDAR)
    assert openings.overlap(a_supply(a_rule(), other), "hall", *asked) == PLAIN_FRIDAY
    assert openings.overlap(a_supply(a_rule(), replace(other, weekdays=(5,))), "hall", *asked) is None


@given(
    windows=st.integers(1, 7),
    slot=st.sampled_from((10, 15, 30)),
    desk=st.integers(0, 60),
    priority=st.integers(0, 40),
    phones=st.integers(0, 100),
)
def test_shares_of_a_day_are_spread_and_never_more_than_the_seats(
    windows: int, slot: int, desk: int, priority: int, phones: int
) -> None:
    terms = BookingTerms(desk_percent=desk, priority_percent=priority, phone_percent=phones)
    supply = a_supply(a_rule(slot=slot, windows={"birth": windows}), terms=terms)
    slots = openings.slots_on(supply, "hall", PLAIN_FRIDAY, CALENDAR)
    total = sum(each.seats for each in slots)
    assert all(0 <= each.kept + each.priority <= each.seats for each in slots)
    assert all(0 <= each.phones <= each.seats for each in slots)
    assert total * desk // 100 == sum(each.kept for each in slots)
    assert total * phones // 100 == sum(each.phones for each in slots)


WRONG: Mapping[str, Thing] = {
    "code-wrong": replace(HALL, code="Ä"),
    "address-missing": replace(HALL, address=" "),
    "telephone-missing": replace(HALL, kind=PlaceKind.TELEPHONE),
    "link-missing": replace(HALL, kind=PlaceKind.VIDEO),
    "department-missing": replace(BIRTH, department=""),
    "spans-overlap": a_rule(spans=(MORNING, DaySpan(600, 700))),
    "slot-wrong": a_rule(slot=121),
    "windows-missing": a_rule(windows={"birth": 0}),
    "weekdays-missing": a_rule(day_rule=DayRule.WEEKDAYS),
    "nth-missing": a_rule(day_rule=DayRule.NTH, weekdays=(1,)),
    "valid-wrong": a_rule(valid_to=date(2025, 1, 1)),
    "reason-missing": DayException("d1", "", ExceptionKind.CLOSED, PLAIN_FRIDAY, PLAIN_FRIDAY),
    "days-wrong": DayException("d1", "", ExceptionKind.CLOSED, PLAIN_SATURDAY, PLAIN_FRIDAY, "停电"),
    "terms-wrong": BookingTerms(desk_percent=90, priority_percent=20),
}


@pytest.mark.parametrize("code", WRONG)
def test_what_cannot_be_right_is_refused(code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        WRONG[code].check()
    assert refused.value.code == code


FULL = a_supply(
    a_rule(),
    a_rule(code="r2", day_rule=DayRule.NTH, weekdays=(5,), nth=(1, 5), valid_to=date(2027, 1, 1)),
    DayException("d1", "", ExceptionKind.CLOSED, PLAIN_FRIDAY, PLAIN_SATURDAY, "停电", (MORNING,)),
    DayException("d2", "hall", ExceptionKind.MADE_UP, MAKE_UP_SATURDAY, MAKE_UP_SATURDAY, as_weekday=0),
    Topic("school", "上学", "上学", "县教育和体育局", ("户口簿", "房产证"), "guide-1"),
)


def test_a_supply_travels_whole() -> None:
    assert written.read_list(written.as_list(FULL)) == FULL


def test_an_older_terminal_leaves_out_what_it_does_not_know() -> None:
    newer = written.as_list(FULL).decode()
    newer = newer.replace('"kind":"hall"', '"kind":"hologram"').replace('"part":"terms"', '"part":"weather"')
    found = written.read_list(newer.encode())
    assert not found.places
    assert found.rules == FULL.rules


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"slot":30', '"slot":"30"'),
        ('"slot":30', '"slot":0'),
        ('"windows":2', '"windows":51'),
        ('"starts":540', '"starts":1440'),
        ('"valid_from":"2026-01-01"', '"valid_from":"soon"'),
        ('"name":"生育"', '"name":"生\\u0000育"'),
        ('"horizon_days":14', '"horizon_days":9999'),
        ("{", "["),
    ],
)
def test_a_list_that_cannot_be_right_is_not_used(was: str, now: str) -> None:
    content = written.as_list(FULL).decode()
    assert was in content
    with pytest.raises(SupplyUnreadable):
        written.read_list(content.replace(was, now, 1).encode())


def test_a_thing_of_the_history_is_read_as_it_was_written() -> None:
    for each in written.things_of(FULL):
        assert written.read(part_of(each), written.written(each)) == each
