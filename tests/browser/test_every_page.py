"""
Every page (pages.py) in a real browser: axe-core, our own rules, weight, and no complaint of the browser.

axe runs on every page as it first comes (of a desk in both languages), and then pairwise: each page at each viewport of
its place, in each language, while text sizes and contrasts take turns. Our own rules (rules.js) are measured at every
size and viewport.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from kiosk.web.language import languages
from tests.browser import pages
from tests.browser.everything import Everything
from tests.browser.pages import Listed
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser

AXE = next((Path(__file__).parents[1] / "vendor").glob("axe-core-*.min.js")).read_text("utf-8")
RULES = (Path(__file__).parent / "rules.js").read_text("utf-8")
VIEWPORTS = {
    "kiosk": ((1080, 1920), (1920, 1080)),
    "web": ((390, 844), (768, 1024)),
    "hall": ((1366, 768),),
    "desk": ((1366, 768),),
}
NARROW = (320, 640)
"""WCAG 1.4.10: 1280 px at 400 %."""
ZOOMED = {"hall": (683, 384), "desk": (683, 384)}
"""A desk's screen at 200 %; phones enlarge the type instead."""
LANGUAGES = tuple(languages.TABLE)
SIZES, CONTRASTS = (1, 2, 3), ("normal", "high")
LOOKS = tuple(itertools.product(SIZES, CONTRASTS))
DENSE = ("hall", "desk")
KIOSK_TYPE, TABLET_TYPE, PHONE_TYPE, DESK_TYPE = 28, 21, 16, 15
MILLIMETRE = 3.86
HEAVIEST = 150_000
"""Bytes over the wire of a page and its parts, without fonts and audio."""

PUT_ON = """([size, contrast]) => {
  const root = document.documentElement;
  if (!root.classList.contains('terminal')) return;
  root.className = root.className.replace(/size-\\d/, `size-${size}`).replace(/contrast-\\w+/, `contrast-${contrast}`);
}"""
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
FLAT = ".dock, .actions { position: static !important; }"
"""What stays in view covers what lies below it, which axe takes for a fault; people scroll."""
ASK_AXE = """() => axe.run(document, {resultTypes: ['violations'], preload: false,
  rules: {'target-size': {enabled: true}, 'color-contrast-enhanced': {enabled: true}}})
  .then((found) => [found.passes.length,
    found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`)])"""
WEIGHT = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter((one) => !/\\.(woff2?|wav|opus|bin)(\\?|$)/.test(one.name))
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
DRESS = """(rules) => { const more = new CSSStyleSheet(); more.replaceSync(rules);
  document.adoptedStyleSheets = rules ? [more] : []; }"""
TWICE = "html { font-size: 200%; }"
"""WCAG 1.4.4: type twice as large, as a phone's own setting makes it."""
LENGTHEN_TAGS = """() => [...document.querySelectorAll('.tag > span')]
  .map((one) => { one.lang = 'zh-CN'; one.textContent += '：下一年放假安排还没公布，公布后再算'; }).length"""
"""A tag says something longer in some state of its page: whatever it says, it stays on the screen."""
WIDE_TYPE = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-block-end: 2em !important; }"""
"""WCAG 1.4.12."""
EDGES = """() => [...document.querySelectorAll('button, a.button, .input, label.choice, .tile, .chip, select')]
  .filter((one) => one.checkVisibility() && !one.closest('dialog:not([open])') && !one.matches('.search-input'))
  .filter((one) => { const style = getComputedStyle(one);
    const isPlain = /none|hidden/.test(style.borderTopStyle) || parseFloat(style.borderTopWidth) < 1;
    return isPlain && !style.textDecorationLine.includes('underline'); })
  .map((one) => `no edge in forced colours: ${one.className} “${one.textContent.trim().slice(0, 20)}”`)"""
EXPECTED = (
    "Service Worker registration blocked by Playwright",
    "Failed to load resource: the server responded with",
)


class Complaints(list[str]):
    """What the browser said about a page that nobody expected."""

    def listen(self, page: Page) -> None:
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(EXPECTED):
            self.append(text)


def limits(place: str, width: int) -> dict[str, float | bool]:
    """What rules.js holds a page of this place to; px."""
    if place in DENSE:
        return {"type": DESK_TYPE, "target": 24, "main": 40, "apart": 4, "ems": 60, "still": True}
    if place == "kiosk":
        main = max(80, 20 * MILLIMETRE)
        return {"type": KIOSK_TYPE, "target": 60, "main": main, "apart": 8, "ems": 40, "still": True}
    kind = PHONE_TYPE if width < 600 else TABLET_TYPE
    return {
        "type": kind,
        "target": 44,
        "main": 60 if width < 600 else 64,
        "apart": 8,
        "ems": 40,
        "still": True,
    }


@pytest.fixture(scope="module")
def desks() -> dict[str, Any]:
    """Who sits at the desk already, and what they have begun."""
    return {}


def a_context(chromium: Browser, width: int, height: int, **more: Any) -> BrowserContext:
    return chromium.new_context(
        viewport={"width": width, "height": height},
        has_touch=True,
        reduced_motion="reduce",
        service_workers="block",
        **more,
    )


class Checks:
    """One page at all its looks; `faults` by what was looked at."""

    def __init__(self, page: Page, place: str) -> None:
        self.page, self.place = page, place
        self.faults: dict[str, list[str]] = {}

    def note(self, where: str, found: list[str]) -> None:
        if found:
            self.faults[where] = found

    def measure(self, where: str, shape: tuple[int, int]) -> None:
        self.note(where, self.page.evaluate(RULES, limits(self.place, shape[0])))

    def dressed(self, where: str, shape: tuple[int, int], rules: str) -> None:
        """Only that nothing is cut, covered or wider than the screen."""
        self.page.evaluate(DRESS, rules)
        anyhow = {"type": 0, "target": 0, "main": 0, "apart": -1, "ems": 999, "still": False}
        self.note(where, self.page.evaluate(RULES, anyhow))
        self.page.evaluate(DRESS, "")

    def in_forced_colours(self, where: str) -> None:
        """Every control keeps an edge when the system takes all backgrounds away."""
        self.page.emulate_media(forced_colors="active")
        self.note(where, self.page.evaluate(EDGES))
        self.page.emulate_media(forced_colors="none")

    def ask_axe(self, where: str) -> None:
        self.page.evaluate(DRESS, FLAT)
        passed, violations = self.page.evaluate(ASK_AXE)
        self.page.evaluate(DRESS, "")
        assert passed, where
        self.note(f"{where} axe", violations)


def check(listed: Listed, walk: Walk, number: int) -> dict[str, list[str]]:
    """All faults of one page in one language."""
    page, checks = walk.page, Checks(walk.page, walk.place)
    shapes = VIEWPORTS[walk.place]
    page.set_viewport_size({"width": shapes[0][0], "height": shapes[0][1]})
    listed.reach(walk)
    if walk.status != listed.status:
        return {f"{listed} {walk.lang}": [f"answered {walk.status}"]}
    page.evaluate(AXE)
    weight = page.evaluate(WEIGHT)
    if weight > HEAVIEST:
        checks.note(f"{listed} {walk.lang} weight", [f"{weight} bytes"])
    page.evaluate(UNFOLD)
    first = walk.lang == "zh"
    for at, (width, height) in enumerate(shapes):
        page.set_viewport_size({"width": width, "height": height})
        turn = LOOKS[(number + at * 2 + (0 if first else 3)) % len(LOOKS)]
        looks = [(size, "normal") for size in SIZES] if walk.place not in DENSE else [(1, "normal")]
        for look in looks:
            page.evaluate(PUT_ON, look)
            checks.measure(f"{listed} {walk.lang} {width}x{height} size {look[0]}", (width, height))
        if at == 0 and (first or walk.place in DENSE):
            page.evaluate(PUT_ON, (1, "normal"))
            checks.ask_axe(f"{listed} {walk.lang} {width}x{height}")
        if walk.place not in DENSE and (first or at == number % 2):
            page.evaluate(PUT_ON, turn)
            checks.ask_axe(f"{listed} {walk.lang} {width}x{height} {turn}")
    if first or walk.place in DENSE:
        strain(checks, f"{listed} {walk.lang}", shapes[0])
    return checks.faults


def strain(checks: Checks, name: str, shape: tuple[int, int]) -> None:
    """What readers and their systems may change: spacing, colours, zoom, a narrow window."""
    page, place = checks.page, checks.place
    page.evaluate(PUT_ON, (1, "normal"))
    page.set_viewport_size({"width": shape[0], "height": shape[1]})
    checks.dressed(f"{name} with wider type", shape, WIDE_TYPE)
    checks.in_forced_colours(f"{name} in forced colours")
    if place == "kiosk":
        return
    if place == "web":
        checks.dressed(f"{name} with type twice as large", shape, TWICE)
    for width, height in (NARROW, *filter(None, [ZOOMED.get(place)])):
        page.set_viewport_size({"width": width, "height": height})
        checks.measure(f"{name} {width}x{height}", (width, height))
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    if page.evaluate(LENGTHEN_TAGS):
        checks.measure(f"{name} with longer tags", NARROW)


@pytest.mark.parametrize("place", VIEWPORTS)
def test_every_page_can_be_read_and_used_by_all(
    chromium: Browser, everything: Everything, desks: dict[str, Any], place: str
) -> None:
    complaints = Complaints()
    context = a_context(chromium, *VIEWPORTS[place][0])
    page = context.new_page()
    complaints.listen(page)
    faults: dict[str, list[str]] = {}
    for lang in LANGUAGES if place != "hall" else LANGUAGES[:1]:
        for number, listed in enumerate(pages.at(place)):
            if listed.lang not in ("", lang):
                continue
            walk = Walk(everything, place, page, lang, desks)
            faults |= check(listed, walk, number)
            if complaints:
                faults[f"{listed} {lang} browser"] = list(complaints)
                complaints.clear()
    context.close()
    assert faults == {}
