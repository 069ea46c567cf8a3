"""The start page is one page: nothing that one can touch lies below the screen, in any size of type or language."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import Browser

from kiosk.web.language import languages
from tests.browser.conftest import KIOSK, LANDSCAPE
from tests.world import World

pytestmark = pytest.mark.browser

NOTICE = "11月23日至26日低温雨雪，路面结冰，出行请慢，取暖防煤气中毒"
NOTICES = """words => { const list = document.createElement('ul'); list.className = 'pinned';
  list.innerHTML = `<li><a class="pinned-line" href="#"><span>${words}</span></a></li>`.repeat(2);
  document.querySelector('.pinned')?.remove(); document.querySelector('.home-ask').after(list); }"""


@pytest.mark.parametrize("shape", [KIOSK, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_start_page_is_one_page_with_two_urgent_notices(
    chromium: Browser, county: World, shape: dict[str, int]
) -> None:
    context = chromium.new_context(viewport=shape, has_touch=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(county.terminal_url)
    found = {}
    for language, size in itertools.product(languages.TABLE.values(), (1, 2, 3)):
        page.goto(county.terminal_url)
        if page.get_attribute("html", "lang") != language.tag:
            with page.expect_navigation():
                page.locator(f"button[name=lang][value={language.code}]").click()
        page.evaluate(
            "size => { document.documentElement.className = document.documentElement.className"
            ".replace(/size-\\d/, `size-${size}`); }",
            size,
        )
        assert page.locator(f"html.size-{size}").count() == 1
        page.add_style_tag(url="/static/css/catalogue.css")
        page.evaluate(NOTICES, NOTICE)
        over = page.evaluate("document.documentElement.scrollHeight - innerHeight")
        if over > 0:
            found[language.code, size] = over
    context.close()
    assert found == {}
