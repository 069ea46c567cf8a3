"""Every page of a kiosk in each other language, in a real browser (checks.py says what holds)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.checks import LANGUAGES, faults_at
from tests.browser.everything import Everything

pytestmark = pytest.mark.browser


def test_every_page_of_a_kiosk_can_be_read_and_used_by_all_who_read_another_language(
    chromium: Browser, everything: Everything
) -> None:
    assert faults_at("kiosk", chromium, everything, LANGUAGES[1:]) == {}
