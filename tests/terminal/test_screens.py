"""The look in a real browser: contrast, targets, type, no sideways scrolling, and what the scripts add."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.checks import AXE, MEASURING, OURS_TOO
from tests.browser.hands import stop_time
from tests.terminal.conftest import Screen
from tools.gallery import SCREENS

pytestmark = pytest.mark.browser

KIOSK, LANDSCAPE, TABLET, PHONE, NARROW = (1080, 1920), (1920, 1080), (768, 1024), (390, 844), (320, 700)
PAGES = (
    "/",
    "/attract",
    "/offline",
    "/help",
    "/still-here",
    "/gallery/error/404",
    *(f"/gallery/{name}" for name in SCREENS),
)
LARGEST = "text_size=3&contrast=high&personal=1"
LEAST_TARGET_PX = 60
LEAST_TYPE_PX = {KIOSK: 28, LANDSCAPE: 28, TABLET: 21, PHONE: 16, NARROW: 16}

SMALL_TARGETS = """least => [...document.querySelectorAll('a[href], button, .input, label.choice, summary')]
  .filter(e => !e.matches('.skip') && !e.closest('.result, .prose, .desk, dialog:not([open])'))
  .map(e => [e.textContent.trim() || e.id, e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < least - 0.5 || box.height < least - 0.5))
  .map(([words, box]) => `${words} ${box.width}x${box.height}`)"""
SMALL_TYPE = """least => { const small = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) { const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !parent.getBoundingClientRect().width) continue;
    if (parent.closest('.visually-hidden, .skip, noscript, dialog:not([open])')) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < least - 0.1) small.add(`${texts.currentNode.textContent.trim()} ${size}`); }
  return [...small]; }"""
SIDEWAYS = "() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"
ALL = f"""async ([without, type, target]) => ({{
  axe: await looks.audited(without), ours: looks.seen(), sideways: ({SIDEWAYS})(),
  type: type && ({SMALL_TYPE})(type), targets: type && ({SMALL_TARGETS})(target) }})"""
TWICE_ON_PURPOSE = ("landmark-unique",)
"""The gallery of parts shows the same landmark twice."""
WHOLE_HEIGHT = "Math.max(innerHeight, document.documentElement.scrollHeight)"
ONE_ROUND = "fetch('/awake').then(answer => answer.status)"
"""Whatever was sent before has arrived when this has."""


@pytest.fixture
def checked(
    chromium: Browser, gallery_url: str, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, str]]:
    """A page with axe in it, and its address."""
    (width, height), query = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, service_workers="block")
    context.add_init_script(AXE + MEASURING)
    yield context.new_page(), f"{gallery_url}%s?{query}"
    context.close()


@pytest.mark.parametrize(
    "checked",
    [(KIOSK, ""), (LANDSCAPE, LARGEST), (TABLET, "text_size=2&lang=en"), (PHONE, ""), (NARROW, LARGEST)],
    indirect=True,
    ids=["kiosk", "landscape-largest", "tablet-english", "phone", "narrow-largest"],
)
def test_every_screen_can_be_read_and_touched_by_all(checked: tuple[Page, str]) -> None:
    page, address = checked
    size = page.viewport_size
    assert size
    faults: dict[str, object] = {}
    for path in PAGES:
        page.set_viewport_size(size)
        page.goto(address % path)
        if size["width"] < KIOSK[0]:  # whole, or the bar above its lower part counts as a fault
            page.set_viewport_size({"width": size["width"], "height": page.evaluate(WHOLE_HEIGHT)})
        without = (
            *(TWICE_ON_PURPOSE if path.startswith("/gallery/parts") else ()),
            *(OURS_TOO if (size["width"], size["height"]) != KIOSK else ()),  # axe's own once, ours at each
        )
        least = 0 if path.endswith("/desk") else LEAST_TYPE_PX[(size["width"], size["height"])]
        found = page.evaluate(ALL, [without, least, LEAST_TARGET_PX])
        faults |= {f"{path} {what}": each for what, each in found.items() if each}
    assert faults == {}


@pytest.mark.parametrize("screen", [KIOSK, PHONE], indirect=True, ids=["kiosk", "phone"])
def test_no_page_breaks_the_content_policy_or_calls_elsewhere(screen: Screen) -> None:
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        screen.open(path)
    assert [url for url in asked if not url.startswith(screen.url)] == []
    # The one expected word is the browser's own about the page that answers 404 on purpose.
    assert [words for words in screen.complaints if "404" not in words] == []


def test_the_start_page_fits_both_kiosks_without_scrolling(screen: Screen) -> None:
    for width, height in (KIOSK, LANDSCAPE):
        screen.page.set_viewport_size({"width": width, "height": height})
        page = screen.open("/")
        assert page.evaluate("document.documentElement.scrollHeight") == height
        assert page.locator(".tile").count() == 7


def test_larger_type_comes_in_place_and_keeps_what_was_typed(screen: Screen) -> None:
    page = screen.open("/gallery/question")
    page.locator("#wanted").fill("清水镇征地补偿")
    for size in ("size-2", "size-3", "size-1"):
        with page.expect_response("**/settings"):
            page.locator("[name=text_size]").tap()
        expect(page.locator(f"html.{size}")).to_have_count(1)
        expect(page.locator("[name=text_size][aria-disabled]")).to_have_count(0)
    expect(page.locator("#wanted")).to_have_value("清水镇征地补偿")
    expect(page.locator("[name=text_size]")).to_contain_text("字再大些")


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(screen: Screen) -> None:
    page = screen.open("/gallery/wrong")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[data-error-summary] a").nth(1).tap()
    expect(page.locator("#phone")).to_be_focused()
    label = page.locator("label[for=phone]").bounding_box()
    assert label
    assert 0 <= label["y"] < 960


def test_a_second_tap_within_a_second_sends_nothing(screen: Screen) -> None:
    page = screen.open("/gallery/question")
    page.clock.install()
    sent: list[str] = []
    page.route(
        "**/gallery/question", lambda route: (sent.append(route.request.method), route.fulfill(status=204))
    )
    press = "document.querySelector('.ask').requestSubmit()"
    page.evaluate(f"{press}; {press};")
    page.evaluate(ONE_ROUND)
    assert sent == ["POST"]
    page.clock.fast_forward(1100)
    page.evaluate(press)
    page.evaluate(ONE_ROUND)
    assert sent == ["POST", "POST"]


class Idle:
    """A question page in a browser whose time passes only in `wait`, however slow the machine is."""

    def __init__(self, screen: Screen) -> None:
        stop_time(screen.page)
        self.page = screen.open("/gallery/question")
        self.dialog = self.page.locator("#idle")
        self.count = self.page.locator("[data-idle-count]")

    def wait(self, seconds: float) -> None:
        self.page.clock.run_for(int(seconds * 1000))


@pytest.fixture
def idle(screen: Screen) -> Idle:
    return Idle(screen)


def test_after_a_quiet_minute_the_screen_asks_and_one_tap_goes_on(idle: Idle) -> None:
    idle.wait(59)
    expect(idle.dialog).not_to_be_visible()
    idle.wait(2)
    expect(idle.dialog).to_be_visible()
    expect(idle.page.locator("[data-idle-go]")).to_be_focused()
    idle.wait(28)
    assert int(idle.count.inner_text()) in (1, 2)
    idle.page.locator("[data-idle-go]").tap()
    expect(idle.dialog).not_to_be_visible()
    idle.wait(59)
    expect(idle.dialog).not_to_be_visible()


def test_without_an_answer_the_server_forgets_first_and_then_the_attract_screen_comes(idle: Idle) -> None:
    order: list[str] = []
    idle.page.on("request", lambda request: order.append(f"{request.method} {urlsplit(request.url).path}"))
    idle.wait(61)
    with idle.page.expect_navigation(url="**/attract"):
        idle.wait(31)
    pages = [each for each in order if "/static/" not in each and "/awake" not in each]
    assert (pages[0], pages[-1]) == ("POST /leave", "GET /attract")
    expect(idle.page.locator(".slide-title:visible")).to_have_text("补贴发了没有")


def test_a_server_that_does_not_answer_leaves_nothing_on_the_screen(idle: Idle) -> None:
    idle.page.locator("#wanted").fill("清水镇征地补偿")
    idle.page.route("**/leave", lambda route: route.abort())
    idle.wait(61)
    with idle.page.expect_request("**/leave"):
        idle.wait(31)
    assert idle.page.evaluate("document.body.hidden")
    with idle.page.expect_request("**/leave"):
        idle.wait(3)


def test_somebody_who_writes_for_long_is_not_forgotten(idle: Idle) -> None:
    awake: list[str] = []
    idle.page.on(
        "request",
        lambda told: awake.append(told.url) if "/awake" in told.url and told.method == "GET" else None,
    )
    for _ in range(10):
        idle.page.locator("#wanted").press("a")
        idle.wait(20)
    expect(idle.dialog).not_to_be_visible()
    assert 4 <= len(awake) <= 7
