"""
What holds for every page in a real browser: axe-core, our own rules, weight, and no complaint of the browser.

axe runs on every page as it first comes (of a desk in both languages), and then pairwise: each page at each viewport of
its place, in each language, while text sizes and contrasts take turns. Our own rules (rules.js) are measured at every
size and viewport.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from kiosk.web.language import languages
from tests.browser import pages
from tests.browser.everything import Everything
from tests.browser.pages import Listed
from tests.browser.walking import Walk

HERE = Path(__file__).parent
AXE = next((HERE.parent / "vendor").glob("axe-core-*.min.js")).read_text("utf-8") + "\n"
RULES, LOOKING = ((HERE / name).read_text("utf-8") for name in ("rules.js", "looks.js"))
MEASURING = f"window.faultsOf =\n{RULES};\n{LOOKING}"
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
FIRST = (1, "normal")
DENSE = ("hall", "desk")
KIOSK_TYPE, TABLET_TYPE, PHONE_TYPE, DESK_TYPE = 28, 21, 16, 15
MILLIMETRE = 3.86
HEAVIEST = 150_000
"""Bytes over the wire of a page and its parts, without fonts and audio."""

ARRIVED = """() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter((one) => !/\\.(woff2?|wav|opus|bin)(\\?|$)/.test(one.name))
    .reduce((sum, one) => sum + one.encodedBodySize, 0); }"""
"""Unfolds the page; its weight."""
MEASURED = "([all, limits]) => looks.measured(all, limits)"
FITTING = "([sheets, look]) => looks.fitting(sheets, look)"
AXED = "(all) => looks.axed(all)"
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

Look = tuple[int, str]
Shape = tuple[int, int]


class Complaints(list[str]):
    """What the browser said about a page that nobody expected."""

    def listen(self, page: Page) -> None:
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(EXPECTED):
            self.append(text)


def limits(place: str, width: int) -> dict[str, float | bool]:
    """Return what rules.js holds a page of this place to; px."""
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


def a_context(chromium: Browser, shape: Shape) -> BrowserContext:
    """Return a browser of a person who looks at pages at this shape."""
    return chromium.new_context(
        viewport={"width": shape[0], "height": shape[1]},
        has_touch=True,
        reduced_motion="reduce",
        service_workers="block",
    )


def measuring(chromium: Browser, place: str, *, with_axe: bool = False) -> BrowserContext:
    """Return a browser at a place whose pages can be asked for their faults."""
    context = a_context(chromium, VIEWPORTS[place][0])
    context.add_init_script(AXE + MEASURING if with_axe else MEASURING)
    return context


class Checks:
    """One page in one language at all its looks; `faults` by what was looked at."""

    def __init__(self, page: Page, place: str, name: str) -> None:
        self.page, self.place, self.name = page, place, name
        self.shape: Shape = (0, 0)
        self.faults: dict[str, list[str]] = {}

    def note(self, where: str, found: list[str]) -> None:
        """Keep what was found, if anything."""
        if found:
            self.faults[f"{self.name} {where}".strip()] = found

    def take(self, shape: Shape) -> None:
        """Give the window this shape."""
        if shape != self.shape:
            self.shape = shape
            self.page.set_viewport_size({"width": shape[0], "height": shape[1]})

    def measure(self, looks: Sequence[Look], what: str = "") -> None:
        """Hold the page to our own rules at these looks."""
        width, height = self.shape
        found = self.page.evaluate(MEASURED, [looks, limits(self.place, width)])
        for (size, _), faults in zip(looks, found, strict=True):
            self.note(what or f"{width}x{height} size {size}", faults)

    def measure_sizes(self) -> None:
        """Hold the page to our own rules at every size of type that its place offers."""
        self.measure([FIRST] if self.place in DENSE else [(size, "normal") for size in SIZES])

    def fit(self, **sheets: str) -> None:
        """Only that nothing is cut, covered or wider than the screen under each of these styles."""
        found = self.page.evaluate(FITTING, [list(sheets.values()), FIRST])
        for what, faults in zip(sheets, found, strict=True):
            self.note(f"with {what.replace('_', ' ')}", faults)

    def in_forced_colours(self) -> None:
        """Every control keeps an edge when the system takes all backgrounds away."""
        self.page.emulate_media(forced_colors="active")
        self.note("in forced colours", self.page.evaluate(EDGES))
        self.page.emulate_media(forced_colors="none")

    def ask_axe(self, looks: Iterable[Look]) -> None:
        """Ask axe at these looks: everything once, and again what another look or shape may change."""
        asked = list(dict.fromkeys(looks))
        for look, faults in zip(asked, self.page.evaluate(AXED, asked) if asked else [], strict=True):
            self.note(f"{self.shape[0]}x{self.shape[1]} {look} axe", faults)


def look_at(checks: Checks, lang: str, number: int) -> None:
    """
    Note all faults of the page that the browser shows.

    Args:
        number: Which of its place it is; sizes and contrasts take turns by it.
    """
    is_first, is_dense = lang == "zh", checks.place in DENSE
    weight = checks.page.evaluate(ARRIVED)
    if weight > HEAVIEST:
        checks.note("weight", [f"{weight} bytes"])
    for at, shape in enumerate(VIEWPORTS[checks.place]):
        checks.take(shape)
        turn = LOOKS[(number + at * 2 + (0 if is_first else 3)) % len(LOOKS)]
        checks.measure_sizes()
        comes_first = at == 0 and (is_first or is_dense)
        takes_turn = not is_dense and (is_first or at == number % 2)
        checks.ask_axe([*[FIRST] * comes_first, *[turn] * takes_turn])
        if comes_first:
            wear_out(checks)
    if (is_first or is_dense) and checks.place != "kiosk":
        narrow(checks)


def wear_out(checks: Checks) -> None:
    """What readers and their systems may change at the first shape: spacing, size of type, colours."""
    sheets = {"wider_type": WIDE_TYPE}
    if checks.place == "web":
        sheets["type_twice_as_large"] = TWICE
    checks.fit(**sheets)
    checks.in_forced_colours()


def narrow(checks: Checks) -> None:
    """A zoomed and a narrow window."""
    for shape in (*filter(None, [ZOOMED.get(checks.place)]), NARROW):
        checks.take(shape)
        checks.measure([FIRST], f"{shape[0]}x{shape[1]}")
    if checks.page.evaluate(LENGTHEN_TAGS):
        checks.measure([FIRST], "with longer tags")


def faults_at(place: str, chromium: Browser, everything: Everything) -> dict[str, list[str]]:
    """Return the faults of all pages of a place, by page, language and look."""
    complaints, desks = Complaints(), dict[str, Any]()
    context = measuring(chromium, place, with_axe=True)
    page = context.new_page()
    complaints.listen(page)
    faults: dict[str, list[str]] = {}
    for lang in LANGUAGES if place != "hall" else LANGUAGES[:1]:
        for number, listed in enumerate(pages.at(place)):
            if listed.lang not in ("", lang):
                continue
            checks = Checks(page, place, f"{listed} {lang}")
            visit(checks, listed, Walk(everything, place, page, lang, desks), number)
            checks.note("browser", list(complaints))
            complaints.clear()
            faults |= checks.faults
    context.close()
    return faults


def visit(checks: Checks, listed: Listed, walk: Walk, number: int) -> None:
    """Go to a page and look at it."""
    checks.take(VIEWPORTS[walk.place][0])
    listed.reach(walk)
    checks.page.wait_for_load_state()  # what was pressed may have led to another page
    if walk.status != listed.status:
        checks.note("", [f"answered {walk.status}"])
        return
    look_at(checks, walk.lang, number)
