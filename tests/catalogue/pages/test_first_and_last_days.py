"""Pages of what is shown for some days only: on the day before, the first, the last and the day after."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from kiosk.clock import BEIJING, FixedClock, stamp
from tests.catalogue.conftest import SETTINGS, VILLAGE, OpenTerminal, a_record
from tests.terminals import link

DAYS = [
    (date(2026, 10, 31), False),
    (date(2026, 11, 1), True),
    (date(2026, 11, 30), True),
    (date(2026, 12, 1), False),
]
"""Of a window that is November."""
NOTICE = a_record(
    "p:1", fields={"pinned": {"from": "2026-11-01", "until": "2026-11-30", "text": "清水镇道路结冰，请慢行"}}
)
IN_EACH_HOUR = [time(0, 0), time(23, 59)]


@pytest.mark.parametrize("hour", IN_EACH_HOUR)
@pytest.mark.parametrize(("day", "is_shown"), DAYS)
def test_an_urgent_notice_is_on_the_pages_from_its_first_to_its_last_day(
    open_terminal: OpenTerminal, clock: FixedClock, day: date, hour: time, is_shown: bool
) -> None:
    terminal = open_terminal(SETTINGS)
    terminal.catalogue.publish(NOTICE)
    clock.moment = datetime.combine(day, hour, BEIJING)
    for path in ("/", "/attract"):
        assert ("清水镇道路结冰" in terminal.get(path)) == is_shown, path


@pytest.mark.parametrize("hour", IN_EACH_HOUR)
@pytest.mark.parametrize(("day", "is_shown"), DAYS)
def test_a_list_of_names_is_on_its_page_from_its_first_to_its_last_day(
    open_terminal: OpenTerminal, clock: FixedClock, day: date, hour: time, is_shown: bool
) -> None:
    terminal = open_terminal(SETTINGS)
    terminal.catalogue.publish(VILLAGE)
    terminal.catalogue.lend(VILLAGE)  # type: ignore[attr-defined]  # a replica's catalogue
    clock.moment = datetime.combine(day, hour, BEIJING)
    link(clock, hub_time=stamp(clock.now()))
    assert ('href="/documents/v:1/names"' in terminal.get("/documents/v:1")) == is_shown
    names = terminal.get("/documents/v:1/names", expect=200 if is_shown else 302)
    assert ("赵样例" in names) == is_shown
