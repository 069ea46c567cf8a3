"""A kiosk's clock says itself when it cannot be right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from kiosk.clock import (
    SET_CLOCK,
    FixedClock,
    HubTime,
    SystemClock,
    beijing_day,
    from_stamp,
    set_to,
    stamp,
    today,
)

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def machines_own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the clock of the tests away: what the machine's own clock says is the subject here."""
    monkeypatch.delenv(SET_CLOCK)


@pytest.mark.parametrize(("year", "is_trusted"), [(1970, False), (2016, False), (2027, True), (2101, False)])
def test_an_impossible_year_is_not_trusted(year: int, is_trusted: bool) -> None:
    with time_machine.travel(datetime(year, 6, 1, tzinfo=UTC)):
        assert SystemClock().trusted() is is_trusted


@pytest.mark.parametrize(
    ("since_then", "is_trusted"),
    [
        (timedelta(minutes=-4), True),
        (timedelta(days=-1), False),
        (timedelta(days=90), True),
        (timedelta(days=367), False),
    ],
)
def test_a_clock_before_or_long_after_the_hubs_last_time_is_wrong(
    since_then: timedelta, is_trusted: bool
) -> None:
    with time_machine.travel(NOW):
        assert SystemClock(lambda: HubTime(NOW - since_then, 0)).trusted() is is_trusted


@pytest.mark.parametrize(("ahead_s", "is_trusted"), [(0, True), (-240, True), (301, False), (-86_400, False)])
def test_a_clock_that_was_out_of_step_when_the_hub_spoke_last_is_wrong(
    ahead_s: int, is_trusted: bool
) -> None:
    with time_machine.travel(NOW):
        assert SystemClock(lambda: HubTime(NOW, ahead_s)).trusted() is is_trusted


def test_the_day_is_beijings_day() -> None:
    assert beijing_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert today(FixedClock(datetime(2026, 11, 22, 15, 59, tzinfo=UTC))) == date(2026, 11, 22)


def test_a_stored_time_is_read_back() -> None:
    assert from_stamp(stamp(NOW)) == NOW


def test_a_set_clock_runs_on_from_its_moment_whatever_the_machine_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new_years_eve = datetime(2027, 12, 31, 15, 59, tzinfo=UTC)
    monkeypatch.setenv(SET_CLOCK, set_to(new_years_eve))
    with time_machine.travel(datetime(2031, 5, 1, tzinfo=UTC), tick=False):
        first = SystemClock()
        began = first.now()
        again = SystemClock().now()
    assert new_years_eve <= began <= again < new_years_eve + timedelta(seconds=30)
    assert first.trusted()


def test_a_clock_set_to_an_impossible_year_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SET_CLOCK, set_to(datetime(1970, 6, 1, tzinfo=UTC)))
    assert not SystemClock().trusted()


def test_steady_time_does_not_jump_with_the_wall() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    with time_machine.travel(datetime(1970, 1, 1, tzinfo=UTC), tick=False):
        assert clock.now().year == 1970
    assert clock.monotonic() >= before
    assert clock.boot_id() == SystemClock().boot_id()
