"""The week of a place in a real browser: hours are dragged, and nothing is stored before a form is sent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.conftest import Console, a_context
from tests.browser.everything import ADMIN, Everything
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser
OFFICE = {"width": 1366, "height": 768}
WEEK = "/desk/supply?week=2026-11-30&place=hall"


@pytest.fixture
def week(chromium: Browser, everything: Everything) -> Iterator[Page]:
    console = Console()
    context = a_context(chromium, OFFICE, console)
    walk = Walk(everything, "desk", context.new_page(), "zh", {})
    walk.sit_down(ADMIN)
    walk.open(WEEK)
    yield walk.page
    context.close()
    assert console.complaints == []


def block(page: Page, day: str, at: int = 0) -> Locator:
    return page.locator(f"[data-day='{day}'] .week-block[data-starts]").nth(at)


def drag(page: Page, what: Locator, by_px: float, *, from_bottom: bool = False) -> None:
    box = what.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + (box["height"] - 3 if from_bottom else box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by_px / 2)
    page.mouse.move(x, y + by_px)
    page.mouse.up()


def test_hours_are_dragged_and_the_form_is_filled_in(week: Page) -> None:
    assert week.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "the week fits an office screen"
    )
    drag(week, block(week, "2026-12-01"), 0.62 * 60)
    assert week.locator("[data-week-said]").inner_text().endswith("10:00-12:30、14:00-17:00")
    week.get_by_role("link", name="只改这一天").click()
    form = parse_qs(urlsplit(week.url).query)
    assert (form["day"], form["rule"]) == (["2026-12-01"], ["hallweek"])
    assert week.locator("#spans").input_value() == "10:00-12:30\n14:00-17:00"
    assert week.locator("#first").input_value() == "2026-12-01"
    assert week.locator("#windows-birth").input_value() == "1"
    week.go_back()
    assert block(week, "2026-12-01").inner_text().startswith("09:00-11:30"), "nothing was stored"


def test_an_edge_makes_hours_longer_and_what_was_drawn_goes_back(week: Page) -> None:
    drag(week, block(week, "2026-12-03"), 0.62 * 30, from_bottom=True)
    assert "09:00-12:00" in week.locator("[data-week-said]").inner_text()
    assert block(week, "2026-12-03").inner_text().startswith("09:00-12:00")
    week.get_by_role("button", name="放回去").click()
    assert block(week, "2026-12-03").inner_text().startswith("09:00-11:30")
    assert week.locator("[data-week-drawn]").is_hidden()


def test_new_hours_are_drawn_where_nothing_is(week: Page) -> None:
    drag(week, week.locator("[data-day='2026-12-06'] .week-blocks"), 0.62 * 60)
    week.get_by_role("link", name="每周这一天都这样开").click()
    assert week.locator("#weekdays-6").is_checked()
    assert "-" in week.locator("#spans").input_value()


def test_a_click_without_a_drag_opens_the_form(week: Page) -> None:
    block(week, "2026-12-04").locator("a").click()
    week.wait_for_url("**/desk/supply/rule/hallweek")
