"""
What holds for every page in a real browser: axe-core, our own rules, weight, and no complaint of the browser.

Our own rules (rules.js: places, sizes, contrast) are asked of each page in each language at each shape of its place, at
every size of type and in both contrasts. axe is asked about each page in each language once, of Chinese ones in normal
and of others in high contrast, and again about elements that another look or shape shows first. That finds the same as
axe at every look: of its answers only contrast, targets, links in text and what scrolls depend on a look, and those our
own rules ask at each. `test_checks.py` puts a fault of each into a sound page, some of them at one look only.
"""

from __future__ import annotations

from collections.abc import Sequence
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
COLOURS, RULES, LOOKING = (
    (HERE / name).read_text("utf-8") for name in ("colours.js", "rules.js", "looks.js")
)
MEASURING = f"{COLOURS}\nwindow.faultsOf =\n{RULES};\n{LOOKING}"
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
FIRST = (1, "normal")
LOOKS = (FIRST, (2, "normal"), (3, "normal"), (1, "high"))
"""Size of type and contrast; neither changes what the other does."""
OURS_TOO = ("color-contrast", "target-size")
"""Rules of axe that take half of its time; it knows more than ours of what covers what, alike in all languages."""
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
LOOKED = "([all, limits, without]) => looks.looked(all, limits, without)"
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
    always = {"still": True, "contrast": True}
    if place in DENSE:
        return {"type": DESK_TYPE, "target": 24, "main": 40, "apart": 4, "ems": 60, **always}
    if place == "kiosk":
        main = max(80, 20 * MILLIMETRE)
        return {"type": KIOSK_TYPE, "target": 60, "main": main, "apart": 8, "ems": 40, **always}
    kind, main = (PHONE_TYPE, 60) if width < 600 else (TABLET_TYPE, 64)
    return {"type": kind, "target": 44, "main": main, "apart": 8, "ems": 40, **always}


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
        self._ask(MEASURED, looks, what=what)

    def _ask(self, call: str, looks: Sequence[Look], *more: object, what: str = "") -> None:
        """Note the faults at these looks, each under `what` or under its shape and look."""
        width, height = self.shape
        found = self.page.evaluate(call, [looks, limits(self.place, width), *more])
        for (size, contrast), faults in zip(looks, found, strict=True):
            high = " high" if contrast == "high" else ""
            self.note(what or f"{width}x{height} size {size}{high}", faults)

    def measure_sizes(self) -> None:
        """Hold the page to our own rules at every look that its place offers."""
        self.measure([FIRST] if self.place in DENSE else LOOKS)

    def look(self, looks: Sequence[Look], without: Sequence[str] = ()) -> None:
        """Hold the page to our own rules at these looks, and to axe's, `without` some, what none before has shown."""
        self._ask(LOOKED, looks, without)

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


def look_at(checks: Checks, lang: str) -> None:
    """Note all faults of the page that the browser shows."""
    is_first, is_dense = lang == "zh", checks.place in DENSE
    weight = checks.page.evaluate(ARRIVED)
    if weight > HEAVIEST:
        checks.note("weight", [f"{weight} bytes"])
    for at, shape in enumerate(VIEWPORTS[checks.place]):
        checks.take(shape)
        looks = [FIRST] if is_dense else LOOKS if is_first else LOOKS[::-1]
        checks.look(looks, () if is_first else OURS_TOO)
        if at == 0 and (is_first or is_dense):
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


def faults_at(
    place: str, chromium: Browser, everything: Everything, languages: Sequence[str] = LANGUAGES
) -> dict[str, list[str]]:
    """Return the faults of all pages of a place, by page, language and look."""
    complaints, desks = Complaints(), dict[str, Any]()
    context = measuring(chromium, place, with_axe=True)
    page = context.new_page()
    complaints.listen(page)
    faults: dict[str, list[str]] = {}
    for lang in languages if place != "hall" else languages[:1]:
        for listed in pages.at(place):
            if listed.lang not in ("", lang):
                continue
            checks = Checks(page, place, f"{listed} {lang}")
            visit(checks, listed, Walk(everything, place, page, lang, desks))
            checks.note("browser", list(complaints))
            complaints.clear()
            faults |= checks.faults
    context.close()
    return faults


def visit(checks: Checks, listed: Listed, walk: Walk) -> None:
    """Go to a page and look at it."""
    checks.take(VIEWPORTS[walk.place][0])
    listed.reach(walk)
    checks.page.wait_for_load_state()  # what was pressed may have led to another page
    if walk.status != listed.status:
        checks.note("", [f"answered {walk.status}"])
        return
    look_at(checks, walk.lang)
