"""An answer is read by a voice of the phone itself; where there is only one of a server, no button is offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kiosk.web.assets import static_files

pytestmark = pytest.mark.browser
SCRIPT = Path(static_files.__file__).parents[2] / "static/js/answer-aloud.js"
PAGE = """<section data-answer-text><p>可以报销。</p><p>带身份证。</p></section>
<button data-answer-aloud hidden>念</button>"""
VOICES = """(isLocal) => { window.said = [];
  const voice = { lang: "zh-CN", localService: isLocal };
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  Object.defineProperty(window, "speechSynthesis", { value: {
    speaking: false, getVoices: () => [voice], addEventListener: () => {}, cancel: () => {},
    speak: (one) => window.said.push(one.text) } }); }"""


@pytest.mark.parametrize("is_local", [True, False])
def test_only_a_voice_of_the_phone_reads_an_answer(chromium: Browser, is_local: bool) -> None:
    page = chromium.new_page()
    page.set_content(PAGE)
    page.evaluate(VOICES, is_local)
    page.add_script_tag(path=SCRIPT)
    button = page.locator("button")
    if is_local:
        button.click()
        assert page.evaluate("window.said") == ["可以报销。", "带身份证。"]
    else:
        expect(button).to_be_hidden()
    page.close()
