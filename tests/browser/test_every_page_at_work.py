"""Every page of the hall's staff and of the county's clerks in a real browser (checks.py says what holds)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import faults_at
from tests.browser.everything import Everything

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", ["hall", "desk"])
def test_every_page_can_be_read_and_used_by_all(
    chromium: Browser, everything: Everything, place: str
) -> None:
    assert faults_at(place, chromium, everything) == {}
