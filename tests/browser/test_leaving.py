"""Leaving: time to answer, more of it as often as one likes, and afterwards nothing, by whatever way one looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import KIOSK, Console, a_context
from tests.browser.hands import stop_time
from tests.browser.test_the_story import tap
from tests.world import World

pytestmark = pytest.mark.browser

WISH, NAME = "示例村2025年修桥的花费", "张样例"
LEAST_TO_ANSWER_S, LEAST_EXTENSIONS = 20, 10
"""WCAG 2.2.1; RELIABILITY.md T06 warns after 60 s and wipes after 30 s more."""


@pytest.fixture
def told(chromium: Browser) -> Iterator[Page]:
    """A kiosk whose time the test tells."""
    console = Console()
    context = a_context(chromium, KIOSK, console)
    page = context.new_page()
    stop_time(page)
    yield page
    context.close()


def begin(page: Page, county: World) -> None:
    """A request up to the page of the name, with a wish and half a name written."""
    page.goto(county.terminal_url + "/request/")
    tap(page, "开始填写")
    page.get_by_label("您想要什么信息？").fill(WISH)
    tap(page, "下一步")
    page.locator("label.choice").first.tap()
    tap(page, "下一步")
    expect(page.locator("legend")).to_contain_text("纸的")


def seconds(page: Page, many: float) -> None:
    page.clock.run_for(int(many * 1000))


def test_the_question_can_be_answered_for_as_long_and_as_often_as_the_law_asks(
    told: Page, county: World
) -> None:
    begin(told, county)
    idle = told.locator("#idle")
    for _ in range(LEAST_EXTENSIONS + 1):
        seconds(told, 59)
        expect(idle).to_be_hidden()
        seconds(told, 2)
        expect(idle).to_be_visible()
        seconds(told, LEAST_TO_ANSWER_S + 5)
        expect(idle).to_be_visible()
        with told.expect_response("**/awake"):
            told.locator("[data-idle-go]").tap()
        expect(idle).to_be_hidden()
    told.reload()
    expect(told.locator("legend")).to_contain_text("纸的")
    told.goto(county.terminal_url + "/request/what")
    expect(told.get_by_label("您想要什么信息？")).to_have_value(WISH)


def looked_back(page: Page) -> str:
    """All that the way back shows, step by step, until there is nothing further back."""
    seen = ""
    for _ in range(20):
        page.go_back(wait_until="load")
        if page.url == "about:blank":
            return seen
        seen += page.content()
    raise AssertionError("the way back has no end")


@pytest.mark.parametrize("way", ["by the button", "by silence"])
def test_after_leaving_no_way_back_shows_anything(told: Page, county: World, way: str) -> None:
    begin(told, county)
    if way == "by the button":
        told.locator(".head-leave button").tap()
        expect(told.locator("h1")).to_have_text("您想查什么、办什么？")
    else:
        seconds(told, 61)
        with told.expect_navigation(url="**/attract"):
            seconds(told, 31)
    seen = looked_back(told)
    assert WISH not in seen
    told.goto(county.terminal_url + "/request/what")
    assert WISH not in told.content()
    assert told.url.endswith("/request/"), "the request begins anew"
    assert told.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_second_tab_of_the_same_visit_is_as_empty_as_the_first(told: Page, county: World) -> None:
    begin(told, county)
    other = told.context.new_page()
    other.goto(county.terminal_url + "/request/what")
    expect(other.get_by_label("您想要什么信息？")).to_have_value(WISH)
    told.bring_to_front()
    told.locator(".head-leave button").tap()
    expect(told.locator("h1")).to_have_text("您想查什么、办什么？")
    other.reload()
    assert WISH not in other.content()
    assert other.url.endswith("/request/")


def test_i_am_finished_stays_in_sight_however_far_one_reads(told: Page, county: World) -> None:
    told.goto(county.terminal_url + "/documents/sample:policy-001")
    leave = told.locator(".head-leave button")
    expect(leave).to_be_in_viewport()
    told.mouse.wheel(0, 100_000)
    told.evaluate("document.scrollingElement.scrollTo(0, 100000)")
    expect(leave).to_be_in_viewport()
    leave.tap()
    expect(told.locator("h1")).to_have_text("您想查什么、办什么？")


def test_a_press_is_seen_acts_on_release_and_can_be_taken_back(told: Page, county: World) -> None:
    told.goto(county.terminal_url + "/request/")
    button = told.get_by_role("button", name="开始填写")
    box = button.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    resting = button.evaluate(
        "one => getComputedStyle(one).backgroundColor + getComputedStyle(one).transform"
    )
    told.mouse.move(x, y)
    told.mouse.down()
    pressed = button.evaluate(
        "one => getComputedStyle(one).backgroundColor + getComputedStyle(one).transform"
    )
    assert pressed != resting
    assert told.url.endswith("/request/"), "nothing happens before the finger is lifted"
    told.mouse.move(x, y - 400)
    told.mouse.up()
    assert told.url.endswith("/request/"), "moved away and lifted: nothing was pressed"
    button.tap()
    expect(told).to_have_url(county.terminal_url + "/request/what")
