"""
The gallery against pictures that somebody looked at: every component, every state, the sample screens.

`KIOSK_NEW_PICTURES=1 ./run test tests/terminal/test_gallery.py` takes them anew; look at each before it is committed.
Other versions of the fonts draw other glyphs: then the comparison is skipped, and says so.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from pixelmatch.contrib.PIL import pixelmatch
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parent / "pictures"
VERSIONS = PICTURES / "fonts.json"
FONTS = ("Noto Sans CJK SC", "Noto Serif CJK SC")
MOST_DIFFERENT = 0.0005
"""Of all pixels; another build of the browser rounds a few edges otherwise."""
THRESHOLD, UNSEEN = 0.15, 26
"""
What pixelmatch takes for another colour. Where red, green and blue each differ by 26 at most it never does (1.145 times
26² is less than 35215 times the square of the threshold), so that it need not look, slowly, where no more differs.
"""
KIOSK, TABLET, PHONE, DESK = (1080, 1920), (768, 1024), (390, 844), (1366, 768)

WHOLE_HEIGHT = "Math.max(innerHeight, document.documentElement.scrollHeight)"

State = Callable[[Page], None]


def _focus(selector: str) -> State:
    def bring(page: Page) -> None:
        page.locator(selector).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")

    return bring


def _hold(selector: str) -> State:
    def bring(page: Page) -> None:
        page.locator(selector).first.hover()
        page.mouse.down()

    return bring


SCREENS: dict[str, tuple[str, tuple[int, int], bool, State | None]] = {
    "parts-tablet": ("parts", TABLET, True, None),
    "parts-phone": ("parts", PHONE, True, None),
    "parts-largest-high-contrast": ("parts?text_size=3&contrast=high", TABLET, True, None),
    "question-kiosk": ("question?personal=1", KIOSK, False, None),
    "choice-phone": ("choice?personal=1", PHONE, False, None),
    "wrong-phone": ("wrong?personal=1", PHONE, True, None),
    "check-kiosk": ("check?personal=1", KIOSK, False, None),
    "receipt-kiosk": ("receipt?personal=1", KIOSK, False, None),
    "document-kiosk": ("document", KIOSK, False, None),
    "record-kiosk": ("record", KIOSK, True, None),
    "record-phone": ("record", PHONE, True, None),
    "results-phone": ("results", PHONE, True, None),
    "desk": ("desk", DESK, True, None),
    "focus-button": ("question", TABLET, False, _focus(".actions .button-primary")),
    "focus-choice": ("choice", TABLET, False, _focus(".choice-input")),
    "pressed-button": ("question", TABLET, False, _hold(".actions .button-primary")),
    "pressed-choice": ("choice", TABLET, False, _hold(".choice")),
}
"""Picture: page of the gallery, viewport, whether the whole page is taken, what is done before."""


def font_versions() -> dict[str, str]:
    """The version of each face that draws the pages."""
    if shutil.which("fc-match") is None:
        return {}
    return {
        name: subprocess.run(
            ["fc-match", "-f", "%{family[0]} %{fontversion}", name],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in FONTS
    }


def taken(chromium: Browser, url: str, name: str) -> Image.Image:
    path, (width, height), is_whole, state = SCREENS[name]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", service_workers="block"
    )
    page = context.new_page()
    page.goto(f"{url}/gallery/{path}")
    page.evaluate("document.fonts.ready")
    if state:
        state(page)
    if is_whole:  # as one screen, or what stays in view would lie across the middle
        page.set_viewport_size({"width": width, "height": page.evaluate(WHOLE_HEIGHT)})
    content = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("name", SCREENS)
def test_the_gallery_looks_as_it_was_approved(chromium: Browser, gallery_url: str, name: str) -> None:
    path = PICTURES / f"{name}.png"
    now = taken(chromium, gallery_url, name)
    if os.environ.get("KIOSK_NEW_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        now.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        VERSIONS.write_text(json.dumps(font_versions(), indent=1, sort_keys=True) + "\n", "utf-8")
        return
    known = json.loads(VERSIONS.read_text("utf-8"))
    if font_versions() != known:
        pytest.skip(f"other fonts than the pictures were taken with: {font_versions()} instead of {known}")
    approved = Image.open(path).convert("RGB")
    assert now.size == approved.size
    few = MOST_DIFFERENT * now.width * now.height
    steps = ImageChops.difference(now, approved)
    red, green, blue = steps.split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    if sum(largest.histogram()[UNSEEN + 1 :]) <= few:
        return
    box = steps.getbbox()
    different = pixelmatch(now.crop(box), approved.crop(box), threshold=THRESHOLD)
    if different > few:
        seen = path.with_name(f"{name}.now.png")
        now.save(seen)
        pytest.fail(f"{different} pixels differ within {box}; how it looks now: {seen}")


def test_every_approved_picture_is_compared_with_something() -> None:
    assert {path.stem for path in PICTURES.glob("*.png") if not path.stem.endswith(".now")} == set(SCREENS)
