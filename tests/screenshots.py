"""
Pictures of every page: `./run screenshots [--few] [--into DIR]`.

Starts a county on this machine alone, walks the list of pages (tests/browser/pages.py) as citizen, hall and clerk, and
writes one picture a page and viewport. `--few` writes only those that the README shows, into this folder.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser import pages
from tests.browser.checks import VIEWPORTS, a_context
from tests.browser.everything import Everything
from tests.browser.walking import Walk
from tests.conftest import ENGINES, FLAGS

DOCS = Path(__file__).parents[1] / "docs"
FEW = {
    ("kiosk", "/", (1080, 1920)): "home",
    ("kiosk", "/", (1920, 1080)): "home-landscape",
    ("web", "/", (390, 844)): "home-phone",
    ("kiosk", "/documents/sample:policy-001 policy in_force", (1080, 1920)): "document",
    ("kiosk", "/request/what writing pinyin", (1080, 1920)): "question",
    ("kiosk", "/request/receipt", (1080, 1920)): "receipt-page",
    ("desk", "/desk/requests with requests", (1366, 768)): "desk",
}
"""Place, page and viewport: name of the picture in docs/."""


def named(text: str) -> str:
    """A file's name for a page."""
    return re.sub(r"[^\w]+", "-", text).strip("-") or "home"


def shoot(browser: Browser, everything: Everything, into: Path, *, few: bool) -> int:
    """Writes the pictures; how many."""
    written = 0
    desks: dict[str, Any] = {}
    for place, shapes in VIEWPORTS.items():
        for shape in shapes:
            wanted = {page: name for (at, page, size), name in FEW.items() if (at, size) == (place, shape)}
            context = a_context(browser, shape)
            page = context.new_page()
            for listed in pages.at(place):
                if few and str(listed) not in wanted:
                    continue
                listed.reach(Walk(everything, place, page, "zh", desks))
                name = wanted[str(listed)] if few else f"{place}-{named(str(listed))}-{shape[0]}"
                picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
                picture.convert("RGB").quantize(256).save(into / f"{name}.png", optimize=True)
                written += 1
            context.close()
    return written


def main() -> None:
    """Starts the county, takes the pictures, ends it."""
    parser = argparse.ArgumentParser(prog="./run screenshots", description=__doc__)
    parser.add_argument("--few", action="store_true", help="only the pictures of the README, into docs/")
    parser.add_argument("--into", type=Path, default=Path("var/screenshots"), help="folder for all others")
    given = parser.parse_args()
    into = DOCS if given.few else given.into
    into.mkdir(parents=True, exist_ok=True)
    path = next(found for name in ENGINES if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        everything = Everything(Path(folder))
        try:
            everything.start()
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            written = shoot(browser, everything, into, few=given.few)
            browser.close()
        finally:
            everything.end()
    print(f"{written} pictures in {into}")


if __name__ == "__main__":
    main()
