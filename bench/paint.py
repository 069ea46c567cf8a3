"""
First paint, which a person waits for, of the main pages in Chromium on this machine, and what they weigh on the wire.

    python -m bench.paint [--small]

Each load has an empty browser cache; the peer is a page of one word from the same server.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from bench._county import county
from bench._figures import Row, of_rounds, row, say, tell
from tests.conftest import CHROMIUM, FLAGS

PAGES = {
    "home": "/",
    "search": "/search?q=高龄",
    "list": "/browse/policy",
    "document": "/documents/sample:policy-001",
    "help": "/help",
    "request": "/request/",
}
PEER = "/healthz"
ROUNDS, LOADS = 3, 10
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  const found = list.getEntriesByName('first-contentful-paint')[0];
  if (found) done(found.startTime); }).observe({ type: 'paint', buffered: true }))"""
WEIGHT = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter((one) => !/\\.(woff2?|wav|opus|bin)(\\?|$)/.test(one.name))
  .reduce((sum, one) => sum + one.encodedBodySize, 0) / 1000"""


def load(browser: Browser, url: str) -> tuple[float, float]:
    """Return milliseconds from the start of the navigation to the first paint, and kB over the wire."""
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, service_workers="block")
    page = context.new_page()
    page.goto(url)
    painted, weight = float(page.evaluate(PAINTED)), float(page.evaluate(WEIGHT))
    context.close()
    return painted, weight


def rows(rounds: int, loads: int) -> Iterator[Row]:
    """Measure first paint (p50 and p95) and weight of each page."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        say("no Chromium is installed: nothing is measured")
        return
    with county(0) as world, sync_playwright() as playwright:
        world.start("web", "agent")
        world.wait_for_the_catalogue()
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        load(browser, world.terminal_url)
        peer = [[load(browser, world.terminal_url + PEER)[0] for _ in range(loads)] for _ in range(rounds)]
        peers = {"one word p50": of_rounds(peer, 0.5), "one word p95": of_rounds(peer, 0.95)}
        for name, page in PAGES.items():
            seen = [[load(browser, world.terminal_url + page) for _ in range(loads)] for _ in range(rounds)]
            times = [[painted for painted, _ in each] for each in seen]
            note = f"{rounds} rounds of {loads} loads with an empty cache"
            yield row(f"first paint of {name}, p50", "ms", of_rounds(times, 0.5), peers, note)
            yield row(f"first paint of {name}, p95", "ms", of_rounds(times, 0.95), peers, note)
            yield row(f"weight of {name}", "kB", seen[0][0][1], {}, "without fonts and sound")
        browser.close()


def main() -> int:
    """Print the figures; return exit code 0."""
    parser = argparse.ArgumentParser(prog="bench.paint", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look; the figures mean nothing")
    given = parser.parse_args()
    return tell(rows(1, 2) if given.small else rows(ROUNDS, LOADS))


if __name__ == "__main__":
    raise SystemExit(main())
