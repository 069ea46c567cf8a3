"""Dates counted in working days as the notices set them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.workdays import CalendarError, load_calendar

CALENDAR = load_calendar()
VECTORS = Path(__file__).resolve().parents[1] / "../shared/law/workday_vectors.json"


@pytest.mark.parametrize(
    ("received", "seven", "fifteen", "twenty", "forty"),
    [
        ("2019-04-19", "2019-04-29", "2019-05-13", "2019-05-20", "2019-06-18"),
        ("2020-01-15", "2020-01-23", "2020-02-12", "2020-02-19", "2020-03-18"),
        ("2022-09-23", "2022-10-09", "2022-10-19", "2022-10-26", "2022-11-23"),
        ("2025-01-26", "2025-02-11", "2025-02-21", "2025-02-28", "2025-03-28"),
        ("2026-02-13", "2026-03-02", "2026-03-12", "2026-03-19", "2026-04-17"),
        ("2026-09-18", "2026-09-29", "2026-10-15", "2026-10-22", "2026-11-19"),
        ("2026-10-01", "2026-10-15", "2026-10-27", "2026-11-03", "2026-12-01"),
        ("2022-09-09", "2022-09-21", "2022-10-08", "2022-10-13", "2022-11-10"),
        ("2024-09-12", "2024-09-24", "2024-10-10", "2024-10-16", "2024-11-13"),
        ("2026-01-04", "2026-01-13", "2026-01-23", "2026-01-30", "2026-03-05"),
        ("2026-02-14", "2026-03-03", "2026-03-13", "2026-03-20", "2026-04-20"),
        ("2026-09-20", "2026-09-30", "2026-10-16", "2026-10-23", "2026-11-20"),
        ("2026-11-05", "2026-11-16", "2026-11-26", "2026-12-03", "2026-12-31"),
    ],
)
def test_holidays_and_makeup_days_move_the_deadline(
    received: str, seven: str, fifteen: str, twenty: str, forty: str
) -> None:
    start = date.fromisoformat(received)
    counted = [CALENDAR.after(start, days).day.isoformat() for days in (7, 15, 20, 40)]
    assert counted == [seven, fifteen, twenty, forty]


def test_the_vectors_of_the_notes_hold() -> None:
    if not VECTORS.is_file():
        pytest.skip("../shared is not there")
    for row in json.loads(VECTORS.read_text("utf-8")):
        for key, expected in row.items():
            if key.startswith("+") and expected:
                counted = CALENDAR.after(date.fromisoformat(row["received"]), int(key[1:]))
                assert counted.day.isoformat() == expected, (row["received"], key)


def test_a_date_inside_the_announced_year_is_settled() -> None:
    assert not CALENDAR.after(date(2026, 11, 23), 20).is_provisional


def test_a_date_after_christmas_waits_for_next_years_notice() -> None:
    counted = CALENDAR.after(date(2026, 12, 3), 20)
    assert counted.day == date(2026, 12, 31)
    assert counted.why == "next-year-not-announced"


def test_a_date_in_a_year_without_notice_is_provisional() -> None:
    assert CALENDAR.after(date(2026, 12, 30), 7).why == "year-not-announced"


def test_the_days_not_counted_can_be_named() -> None:
    off = CALENDAR.days_off(date(2026, 9, 24), date(2026, 9, 28))
    assert off == [date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)]


@given(st.dates(date(2019, 1, 1), date(2027, 6, 30)), st.integers(1, 60))
def test_a_deadline_is_a_workday_and_counts_exactly(start: date, days: int) -> None:
    counted = CALENDAR.after(start, days)
    between = [start + timedelta(days=n) for n in range(1, (counted.day - start).days + 1)]
    assert CALENDAR.is_workday(counted.day)
    assert sum(CALENDAR.is_workday(day) for day in between) == days


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("year = 2030\noff = []\nwork = []\nsource = []\n", "not announced"),
        (
            "year = 2030\noff = [2030-01-05]\nwork = []\n[[source]]\nname='x'\nissued_on=2029-11-01\n",
            "weekdays",
        ),
        (
            "year = 2030\noff = []\nwork = [2030-01-07]\n[[source]]\nname='x'\nissued_on=2029-11-01\n",
            "weekend",
        ),
        ("year = 2030\n", "off"),
        ("nonsense = = 1", "2030.toml"),
    ],
)
def test_a_calendar_file_that_cannot_be_right_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "2030.toml").write_text(text, "utf-8")
    with pytest.raises(CalendarError, match=fault):
        load_calendar(tmp_path)
