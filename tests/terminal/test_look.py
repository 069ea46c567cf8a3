"""One sheet a page, the county's colours and the size of a millimetre; sounds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from config import colours, settings_file
from config.settings import TerminalSettings
from config.settings_file import SettingsError
from kiosk.web.assets import style_sheets
from tests.browser.hands import stop_time
from tests.building import terminal_settings
from tests.terminal.conftest import Screen
from tests.web.assets.test_colours import contrast
from tools.gallery import gallery_app

TEMPLATES = Path(style_sheets.__file__).parents[2] / "templates"


def sheet_of(told: TerminalSettings) -> str:
    client = gallery_app(told).test_client()
    address = re.search(r'href="(/static/sheets/terminal\.css\?v=[0-9a-f]{10})"', client.get("/").text)
    assert address
    answer = client.get(address[1])
    assert answer.mimetype == "text/css"
    assert "max-age" in answer.headers["Cache-Control"]
    return answer.text


def test_a_page_asks_for_one_sheet_that_holds_all_its_parts() -> None:
    page = gallery_app().test_client().get("/help").text
    assert len(re.findall(r'rel="stylesheet" href="/static/sheets/', page)) == 1
    joined = sheet_of(terminal_settings())
    for part in style_sheets.PARTS["sheets/terminal.css"]:
        source = (Path(style_sheets.__file__).parents[2] / "static" / "css" / f"{part}.css").read_text(
            "utf-8"
        )
        first_rule = re.search(r"^([.:*a-z][^{,]*)[,{]", source, re.MULTILINE)
        assert first_rule
        assert first_rule[1].strip() in joined, part
    assert "/*" not in joined


def test_the_countys_colours_and_millimetres_come_last_and_leave_high_contrast_alone() -> None:
    told = terminal_settings(primary_colour="#1b4332", seal_colour="#7a1712", px_per_mm="2.7")
    look = sheet_of(told).splitlines()[-1]
    assert look.startswith(":root{--mm:2.7px}:root:not(.contrast-high){--primary:#1b4332;")
    assert "--seal:#7a1712" in look
    assert sheet_of(terminal_settings()).count("--primary:") == 2


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('primary_colour = "#3b82f6"', "primary_colour: its contrast with"),
        ('primary_colour = "#194d7c"', "its own wash is 6.5:1, below 7:1: choose a darker colour"),
        ('primary_colour = "blue"', "must be a colour such as #163e66"),
        ('seal_colour = "#e53935"', "seal_colour: its contrast with"),
        ('px_per_mm = "wide"', "must be a number from 1 to 20 in quotes"),
        ('px_per_mm = "0.5"', "must be a number from 1 to 20 in quotes"),
        ('sound = "loud"', "must be one of none, warning, all"),
    ],
)
def test_a_look_that_nobody_could_read_is_refused_with_a_clear_fault(
    tmp_path: Path, line: str, fault: str
) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(line, "utf-8")
    with pytest.raises(SettingsError, match=re.escape(fault)):
        settings_file.load(path, TerminalSettings)


@pytest.mark.parametrize(
    ("one", "other"), [("#163e66", "#ffffff"), ("#9c2318", "#faf6ec"), ("#777777", "#000000")]
)
def test_contrast_is_counted_as_the_tests_of_the_tokens_count_it(one: str, other: str) -> None:
    assert colours.contrast(one, other) == pytest.approx(contrast(one, other))


def test_sounds_are_as_the_settings_say() -> None:
    for sound, heard in (("none", (False, False)), ("warning", (True, False)), ("all", (True, True))):
        page = gallery_app(terminal_settings(sound=sound)).test_client().get("/help").text
        assert ("sound/ask.wav" in page, "sound/touch.wav" in page) == heard


@pytest.mark.browser
def test_the_other_language_brings_along_what_is_half_written(screen: Screen) -> None:
    page = screen.open("/gallery/question")
    page.locator("#wanted").fill("清水镇\n征地补偿")
    page.locator("[name=lang]").tap()
    expect(page.locator("html[lang=en]")).to_have_count(1)
    expect(page.locator("#wanted")).to_have_value("清水镇\n征地补偿")
    page.reload()
    expect(page.locator("#wanted")).to_have_value("")


@pytest.mark.browser
def test_a_choice_comes_along_with_the_language(screen: Screen) -> None:
    page = screen.open("/gallery/choice")
    chosen = page.locator(".choice-input").nth(1)
    page.locator(".choice").nth(1).tap()
    expect(chosen).to_be_checked()
    page.locator("[name=lang]").tap()
    expect(page.locator("html[lang=en]")).to_have_count(1)
    expect(chosen).to_be_checked()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("press", "comes"),
    [("lang", "html[lang=en]"), ("text_size", "html.size-2"), ("contrast", "html.contrast-high")],
)
def test_without_scripts_nothing_typed_is_lost_when_the_look_changes(
    chromium: Browser, gallery_url: str, press: str, comes: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gallery_url + "/gallery/question")
    page.locator("#wanted").fill("清水镇\n征地补偿")
    page.locator(f"[name={press}]").click()
    expect(page.locator(comes)).to_have_count(1)
    assert page.url == gallery_url + "/gallery/question"
    expect(page.locator("#wanted")).to_have_value("清水镇\n征地补偿")
    page.goto(gallery_url + "/gallery/question")
    expect(page.locator("#wanted")).to_have_value("")
    page.goto(gallery_url + "/gallery/choice")
    page.locator(".choice").nth(1).click()
    page.locator(f"[name={press}]").click()
    expect(page.locator(".choice-input").nth(1)).to_be_checked()
    context.close()


@pytest.mark.browser
def test_what_is_half_written_in_the_search_box_comes_along_too(chromium: Browser, gallery_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gallery_url)
    page.locator("#q").fill("高龄")
    page.locator("[name=lang]").click()
    expect(page.locator("html[lang=en]")).to_have_count(1)
    assert page.url == gallery_url + "/"
    expect(page.locator("#q")).to_have_value("高龄")
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q="))
    context.close()


@pytest.mark.browser
def test_enter_goes_on_and_does_not_change_the_look(chromium: Browser, gallery_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gallery_url + "/gallery/wrong")
    with page.expect_request(lambda sent: sent.method == "POST") as posted:
        page.locator("input[type=text]").first.press("Enter")
    assert "/settings" not in posted.value.url
    context.close()


def test_every_page_that_asks_names_its_form_for_the_settings_buttons() -> None:
    asking = [
        page for page in TEMPLATES.rglob("*.html") if 'class="question-form"' in page.read_text("utf-8")
    ]
    assert len(asking) >= 3
    for page in asking:
        text = page.read_text("utf-8")
        form = re.search(r'<form id="([a-z-]+)" class="question-form"', text)
        assert form, page.name
        assert f'{{% set asks = "{form[1]}" %}}' in text, page.name


@pytest.mark.browser
def test_the_clock_of_an_open_page_goes_on(screen: Screen) -> None:
    stop_time(screen.page)
    page = screen.open("/")
    before = page.locator(".head-clock").inner_text()
    assert before.endswith("14:05")
    page.clock.run_for(61_000)
    expect(page.locator(".head-clock")).to_have_text(before.replace("14:05", "14:06"))


@pytest.mark.browser
def test_low_position_keeps_all_one_touches_in_the_lower_three_fifths(screen: Screen) -> None:
    page = screen.open("/help")
    page.locator("[name=position]").tap()
    expect(page.locator("html.position-low")).to_have_count(1)
    for path in ("/", "/gallery/question", "/gallery/receipt?personal=1"):
        screen.open(path)
        for place in (0, 100_000):
            page.evaluate("place => document.body.scrollTo(0, place)", place)
            tops = page.evaluate(VISIBLE_TOPS)
            assert len(tops) > 3
            assert min(tops) >= 0.4 * 1920 - 1, path


VISIBLE_TOPS = """() => [...document.querySelectorAll('a[href], button, input, textarea')]
  .map(e => e.getBoundingClientRect())
  .map(box => [box.left + box.width / 2, box.top + box.height / 2, box])
  .filter(([x, y, box]) => box.width > 1 && document.elementFromPoint(x, y)?.closest('a, button, input, textarea'))
  .map(([, y]) => y)"""


def test_a_low_machine_begins_each_visit_low_and_a_person_may_change_it() -> None:
    client = gallery_app(terminal_settings(low_position=True)).test_client()
    assert "position-low" in client.get("/").text
    client.post("/settings", data={"position": "usual", "next": "/"})
    assert "position-usual" in client.get("/").text
    client.post("/leave")
    assert "position-low" in client.get("/").text
