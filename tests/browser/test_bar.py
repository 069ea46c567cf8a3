"""The bar is on every page: whatever word a button of it says, it stays in its button and on the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from kiosk.web.language import languages
from tests.browser.checks import NARROW, TWICE, WIDE_TYPE, measuring
from tests.world import World

pytestmark = pytest.mark.browser

SHAPES = (NARROW, (390, 844), (600, 900), (768, 1024), (1080, 1920), (1200, 800), (1920, 1080))
"""One for each way in which the bar is laid out."""
SIZES = (1, 2, 3)
SCALES = {"as it is": "", "type twice as large": TWICE, "wider type": WIDE_TYPE}
WORDS = ("", "Accessibility settings", "Donaudampfschifffahrtsgesellschaft", "无障碍阅读设置")
"""What every button says: its own words, long ones, one that is wider than a phone, a language without spaces."""
BAR_ALONE = "() => { for (const one of document.querySelectorAll('.head, main > *')) one.remove(); }"
FAULTS = """([all, sizes, sheets]) => all.map((words) => {
  for (const one of document.querySelectorAll('.bar-button > span')) {
    one.dataset.own ??= one.textContent;
    one.dataset.lang ??= one.lang;
    one.lang = !words ? one.dataset.lang : /\\p{Script=Han}/u.test(words) ? 'zh-CN' : 'de';
    one.textContent = words || one.dataset.own;
  }
  document.querySelector('.speech-strip')?.removeAttribute('hidden');
  return sizes.map((size) => looks.fitting(sheets, [size, 'normal']));
})"""


def test_any_word_fits_its_button_in_the_bar(chromium: Browser, county: World) -> None:
    context = measuring(chromium, "web")
    page = context.new_page()
    faults = {}
    for language in languages.TABLE.values():
        page.goto(county.terminal_url + "/help")
        if page.get_attribute("html", "lang") != language.tag:
            with page.expect_navigation():
                page.locator(f"button[name=lang][value={language.code}]").click()
        page.evaluate(BAR_ALONE)
        assert page.locator(".bar-button").count() > 3
        for shape in SHAPES:
            page.set_viewport_size({"width": shape[0], "height": shape[1]})
            found = page.evaluate(FAULTS, [WORDS, SIZES, list(SCALES.values())])
            for words, of_words in zip(WORDS, found, strict=True):
                for size, of_size in zip(SIZES, of_words, strict=True):
                    for scale, each in zip(SCALES, of_size, strict=True):
                        if each:
                            faults[language.code, *shape, words, size, scale] = each
    context.close()
    assert not faults, "\n".join(f"{look}: {each}" for look, each in faults.items())
