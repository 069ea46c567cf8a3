"""When an answer is due, and how the desk explains it: events and calendar in, dates out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kiosk.disclosure import deadlines
from kiosk.disclosure.course import replay
from kiosk.disclosure.deadlines import DayRange
from kiosk.disclosure.events import CaseAct, CaseEvent
from kiosk.errors import RuleBroken
from kiosk.workdays import WorkCalendar, load_calendar, workdays_left

AT = datetime(2026, 2, 13, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return load_calendar()


def received(day: str, act: CaseAct = CaseAct.RECEIPT_CONFIRMED) -> CaseEvent:
    return CaseEvent(1, AT, "lina", act, {"received_on": day})


def test_no_deadline_runs_before_receipt_is_confirmed(calendar: WorkCalendar) -> None:
    assert replay([CaseEvent(1, AT, "terminal", CaseAct.TAKEN_IN, {})], calendar).due is None


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2025-01-26", "2025-02-28"),
        ("2026-02-13", "2026-03-19"),
        ("2026-02-14", "2026-03-20"),
        ("2026-09-18", "2026-10-22"),
        ("2026-10-01", "2026-11-03"),
        ("2026-12-03", "2026-12-31"),
    ],
)
def test_an_answer_is_due_twenty_working_days_after_receipt(
    day: str, due: str, calendar: WorkCalendar
) -> None:
    """Dates: LAW.md §4, two libraries and the notices agree."""
    found = replay([received(day)], calendar).due
    assert found is not None
    assert found.day == date.fromisoformat(due)


def test_opening_and_registering_do_not_move_the_deadline(calendar: WorkCalendar) -> None:
    later = [CaseEvent(2, AT, "lina", CaseAct.OPENED, {}), CaseEvent(3, AT, "lina", CaseAct.REGISTERED, {})]
    due = replay([received("2026-02-13"), *later], calendar).due
    assert due is not None
    assert due.day == date(2026, 3, 19)


def test_a_deadline_that_reaches_late_december_says_why_it_is_provisional(calendar: WorkCalendar) -> None:
    due = replay([received("2026-12-03")], calendar).due
    assert due is not None
    assert (due.is_provisional, due.why) == (True, "next-year-not-announced")


def test_the_count_names_each_day_that_did_not_count(calendar: WorkCalendar) -> None:
    """Spring Festival 2026: 15 to 23 February off, 14 and 28 February worked Saturdays."""
    due = replay([received("2026-02-13")], calendar).due
    assert due is not None
    count = deadlines.counting(date(2026, 2, 13), due, calendar)
    assert count.first_day == date(2026, 2, 14)
    assert count.worked_weekends == (date(2026, 2, 14), date(2026, 2, 28))
    assert count.not_counted == (
        DayRange(date(2026, 2, 15), date(2026, 2, 23), is_holiday=True),
        DayRange(date(2026, 3, 1), date(2026, 3, 1), is_holiday=False),
        DayRange(date(2026, 3, 7), date(2026, 3, 8), is_holiday=False),
        DayRange(date(2026, 3, 14), date(2026, 3, 15), is_holiday=False),
    )
    assert count.calendar_version == calendar.version
    assert [source.issued_on.year for source in count.sources] == [2025]


@pytest.mark.parametrize(
    ("today", "left"),
    [("2026-03-18", 1), ("2026-03-19", 0), ("2026-03-20", -1), ("2026-03-23", -2), ("2026-02-13", 20)],
)
def test_days_left_are_working_days(today: str, left: int, calendar: WorkCalendar) -> None:
    assert workdays_left(date.fromisoformat(today), date(2026, 3, 19), calendar) == left


@pytest.mark.parametrize(
    ("day", "earliest", "code"),
    [
        ("2026-11-19", "2026-11-20", "before-submission"),
        ("2026-11-24", "2026-11-20", "after-today"),
        ("2026-11-24", None, "after-today"),
    ],
)
def test_receipt_is_confirmed_neither_before_submission_nor_in_the_future(
    day: str, earliest: str | None, code: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        deadlines.check_confirmed_day(
            date.fromisoformat(day),
            earliest=date.fromisoformat(earliest) if earliest else None,
            today=date(2026, 11, 23),
        )
    assert broken.value.code == code


def test_with_an_unverified_clock_only_the_future_is_refused() -> None:
    deadlines.check_confirmed_day(date(2026, 11, 1), earliest=None, today=date(2026, 11, 23))
    with pytest.raises(RuleBroken, match="after-today"):
        deadlines.check_confirmed_day(date(2026, 11, 24), earliest=None, today=date(2026, 11, 23))
