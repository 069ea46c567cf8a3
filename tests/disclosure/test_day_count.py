"""Why a date: the working of a deadline says the same as the deadline, day by day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.disclosure.course import replay
from kiosk.disclosure.days import day_words
from kiosk.disclosure.days.day_count import (
    ClockStart,
    CountKind,
    CountRow,
    DayCount,
    day_count,
    read_clocks,
    rows,
    travelling,
)
from kiosk.disclosure.events import CaseAct, CaseEvent, Said
from kiosk.workdays import REPLY_WORKDAYS, load_calendar

CALENDAR = load_calendar()
VECTORS = Path(__file__).resolve().parents[2] / "../shared/law/workday_vectors.json"


def event(act: CaseAct, on: str, **detail: Said) -> CaseEvent:
    """What was noted on the day on which it happened."""
    return CaseEvent(
        0, datetime.fromisoformat(f"{on}T09:00:00+00:00").astimezone(UTC), "lina", act, {"on": on, **detail}
    )


def received(on: str) -> CaseEvent:
    return event(CaseAct.RECEIPT_CONFIRMED, on, basis="confirmed")


def counted(*events: CaseEvent) -> DayCount:
    found = day_count(replay(events, CALENDAR), CALENDAR)
    assert found is not None
    return found


def kinds(count: DayCount, run: int = -1) -> dict[date, CountKind]:
    return {each.day: each.kind for each in count.runs[run].days}


def check(count: DayCount) -> None:
    """The last number is the number of working days, and its day is the deadline."""
    last = count.runs[-1].days[-1]
    assert count.deadline is not None
    assert (last.day, last.number) == (count.deadline.day, REPLY_WORKDAYS + count.extended_by)
    assert count.runs[-1].counted == REPLY_WORKDAYS + count.extended_by


def test_no_day_is_counted_before_receipt_is_certain() -> None:
    assert day_count(replay([], CALENDAR), CALENDAR) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2019-04-19", "2019-05-20"),
        ("2020-01-15", "2020-02-19"),
        ("2022-09-23", "2022-10-26"),
        ("2025-01-26", "2025-02-28"),
        ("2026-02-14", "2026-03-20"),
        ("2026-10-01", "2026-11-03"),
        ("2026-12-03", "2026-12-31"),
    ],
)
def test_the_count_ends_on_the_dates_of_the_table(start: str, end: str) -> None:
    count = counted(received(start))
    check(count)
    assert count.runs[-1].days[-1].day == date.fromisoformat(end)
    assert count.runs[-1].days[0].kind is CountKind.ZERO


def test_the_vectors_of_the_notes_hold() -> None:
    if not VECTORS.is_file():
        pytest.skip("../shared is not there")
    for row in json.loads(VECTORS.read_text("utf-8")):
        assert counted(received(row["received"])).runs[-1].days[-1].day.isoformat() == row["+20"]


def test_holidays_and_make_up_days_are_named() -> None:
    count = counted(received("2026-02-13"))
    found = kinds(count)
    assert found[date(2026, 2, 14)] is CountKind.MADE_UP
    assert found[date(2026, 2, 15)] is CountKind.HOLIDAY
    assert found[date(2026, 3, 1)] is CountKind.WEEKEND
    said = [line for _why, lines in day_words.of_count(count) for line in lines]
    (spring,) = [each for each in said if "春节" in each.words]
    assert (spring.days, spring.words) == ("2月15日至2月23日", "春节放假，不计")
    assert "第1个工作日（调休上班）" in [each.words for each in said]
    assert any("春节放假和周末不计" in each for each in day_words.summary(count))


def test_a_correction_begins_a_second_clock() -> None:
    asked = event(CaseAct.CORRECTION_ASKED, "2026-03-04", until="2026-03-18")
    waiting = counted(received("2026-03-02"), asked)
    assert waiting.deadline is None
    assert kinds(waiting)[date(2026, 3, 5)] is CountKind.WAITING
    assert waiting.runs[0].days[-1].day == date(2026, 3, 18)
    count = counted(received("2026-03-02"), asked, event(CaseAct.CORRECTED, "2026-03-10"))
    check(count)
    first, second = count.runs
    assert (first.why, first.counted, first.days[-1].day) == (ClockStart.RECEIVED, 2, date(2026, 3, 9))
    assert (second.why, second.start) == (ClockStart.CORRECTED, date(2026, 3, 10))


def test_suspended_days_do_not_count_and_an_extension_goes_on_counting() -> None:
    asked = event(CaseAct.OPINION_ASKED, "2026-03-04", kind="third-party", party=1)
    arrived = event(CaseAct.OPINION_ARRIVED, "2026-03-11", party=1, answer="agrees")
    longer = event(CaseAct.EXTENDED, "2026-03-20", workdays=10, approved_by="王主任", reason="量大")
    count = counted(received("2026-03-02"), asked, arrived, longer)
    check(count)
    assert count.runs[-1].suspended == 5
    found = kinds(count)
    assert [found[date(2026, 3, day)] for day in (4, 5, 11, 12)] == [
        CountKind.COUNTED, CountKind.SUSPENDED, CountKind.SUSPENDED, CountKind.COUNTED,
    ]  # fmt: skip
    (end,) = [each for each in count.runs[-1].days if each.is_first_end]
    assert end.number == REPLY_WORKDAYS
    words = "".join(day_words.summary(count))
    assert "征求意见的5个工作日不计" in words
    assert "延长10个工作日" in words


def test_a_corrected_receipt_is_named_on_the_day_it_was_noted() -> None:
    noted = CaseEvent(
        0, datetime(2026, 3, 9, 1, tzinfo=UTC), "lina", CaseAct.RECEIPT_CORRECTED,
        {"on": "2026-03-02", "basis": "confirmed", "reason": "签收单"},
    )  # fmt: skip
    count = counted(received("2026-03-05"), noted)
    check(count)
    assert count.runs[0].start == date(2026, 3, 2)
    by_day = {each.day: [step.act for step in each.steps] for each in count.runs[0].days if each.steps}
    assert by_day[date(2026, 3, 9)] == [CaseAct.RECEIPT_CORRECTED]


def test_a_date_that_may_move_says_so() -> None:
    assert any(each.startswith("暂定") for each in day_words.summary(counted(received("2026-12-03"))))
    assert not any(each.startswith("暂定") for each in day_words.summary(counted(received("2026-11-02"))))


DAYS = st.dates(date(2025, 1, 2), date(2026, 9, 30))
GAPS = st.lists(st.integers(0, 12), min_size=5, max_size=5)


@settings(max_examples=60)
@given(DAYS, GAPS, st.booleans(), st.booleans(), st.integers(0, 20))
def test_whatever_happens_the_working_ends_on_the_deadline(
    start: date, gaps: Sequence[int], is_corrected: bool, is_suspended: bool, extension: int
) -> None:
    days = [start + timedelta(days=sum(gaps[:n])) for n in range(6)]
    events = [received(str(start))]
    if is_corrected:
        events += [event(CaseAct.CORRECTION_ASKED, str(days[1]), until=str(days[2])),
                   event(CaseAct.CORRECTED, str(days[2]))]  # fmt: skip
    if is_suspended:
        events += [event(CaseAct.OPINION_ASKED, str(days[3]), kind="third-party", party=1),
                   event(CaseAct.OPINION_ARRIVED, str(days[4]), party=1, answer="agrees")]  # fmt: skip
    if extension:
        events.append(
            event(CaseAct.EXTENDED, str(days[5]), workdays=extension, approved_by="王主任", reason="量大")
        )
    count = counted(*events)
    check(count)
    for run in count.runs:
        held = [each for row in rows(run) for each in days_of(row)]
        assert held == [each.day for each in run.days]
    sent = json.loads(json.dumps({"count": travelling(count)}))
    assert read_clocks(sent) == [(run.why, rows(run)) for run in count.runs]


def days_of(row: CountRow) -> list[date]:
    return [row.first + timedelta(days=n) for n in range((row.last - row.first).days + 1)]


def test_a_status_of_another_version_has_no_working() -> None:
    assert read_clocks({}) == []
    assert read_clocks({"count": [["gone", []]]}) == []
