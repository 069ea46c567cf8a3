"""What all tests share: a clock, the small county, an installed Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator, Sequence

import hypothesis
import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from kiosk.clock import FixedClock
from tests import cheaper, costs, postgres
from tests.building import terminal_settings
from tests.clocks import MONDAY_MORNING
from tests.world import PATIENCE_S, World

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ENGINES = ("chromium-headless-shell", *CHROMIUM)
"""The first is the same engine without a browser's own windows: the same pictures for half the processor time."""
TEXT_PROFILE = "generic-80-serial"
"""The journeys' paper is Chinese text, so that tests can read what it says; rasters have tests of their own."""
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


expect.set_options(timeout=PATIENCE_S * 1000)  # waits for what happens; a slow machine is no fault
hypothesis.settings.register_profile(
    "steady", derandomize=True, database=None, deadline=None, print_blob=True
)
hypothesis.settings.load_profile(
    "steady"
)  # the same examples in every run: an invariant fails for who broke it
cheaper.pay_less()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run tell what each test file costs."""
    parser.addoption("--costs", action="store_true", help="processor time by test file, into tests/costs.txt")


def pytest_configure(config: pytest.Config) -> None:
    """Count where somebody asked for it."""
    if config.getoption("--costs"):
        config.pluginmanager.register(costs.Costs())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the dearest files to the front: a run ends when its last worker does. All else stays in its order."""
    seconds = costs.known()
    items.sort(key=lambda item: -seconds.get(costs.name_of(item), 0.0))


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at a Monday morning in Guan county."""
    return FixedClock(MONDAY_MORNING)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers of this test process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Chromium's engine; without one browser tests are skipped, but never in CI."""
    yield from _browser(playwright, ENGINES)


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright) -> Iterator[Browser]:
    """The whole Chromium, as terminals run it."""
    yield from _browser(playwright, CHROMIUM)


def _browser(playwright: Playwright, names: Sequence[str]) -> Iterator[Browser]:
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have a Chromium")
        pytest.skip("no Chromium is installed: apt install chromium")
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def county_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A county that journeys share; it rests between the files that use it."""
    with World(tmp_path_factory.mktemp("county"), terminal_settings(printer_profile=TEXT_PROFILE)) as world:
        world.make()
        world.start_all()
        world.rest()
        yield world


@pytest.fixture(scope="module")
def county(county_of_the_run: World) -> Iterator[World]:
    """A running county that journeys share; each journey is a new citizen."""
    county_of_the_run.go_on()
    yield county_of_the_run
    county_of_the_run.rest()


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server of this test process."""
    with postgres.running() as cluster:
        yield cluster


HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note on a test that it failed, for what cleans up after it."""
    report = yield
    if report.failed:
        item.stash[HAS_FAILED] = True
    return report


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the hub of this test keeps its tables, once on each engine: empty for a file of its home."""
    if request.param == "sqlite":
        yield ""
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    yield cluster.cleared()
    if request.node.stash.get(HAS_FAILED, False):
        postgres.close_what_is_open()
