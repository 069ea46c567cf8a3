"""The checks of pages find what is wrong at one look only: each fault here is put into a page that has none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.checks import Checks, look_at, measuring

pytestmark = pytest.mark.browser

ADDRESS = "http://page.example.cn/"
SOUND = """<!doctype html><html lang="zh-CN" class="terminal size-1 contrast-normal"><head><title>页</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width"><style>
body { margin: 16px; font-size: 28px; color: #000; background: #fff; } .size-3 body { font-size: 40px; }
.button { display: block; box-sizing: border-box; min-width: 90px; min-height: 90px; font-size: inherit;
  color: #000; background: #fff; border: 2px solid #000; margin-block: 16px; } FAULT_STYLE</style></head>
<body><main><h1>题目</h1><p class="lead">一句话。</p><button type="button" class="button">好</button>FAULT</main></body>
</html>"""


@pytest.fixture(params=["kiosk", "web"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, str]]:
    context = measuring(chromium, request.param, with_axe=True)
    yield context.new_page(), request.param
    context.close()


def found(
    page: tuple[Page, str], style: str = "", markup: str = "", lang: str = "zh"
) -> dict[str, list[str]]:
    """What the checks say of the sound page with this in it."""
    shown, place = page
    body = SOUND.replace("FAULT_STYLE", style).replace("FAULT", markup)
    shown.route("**/*", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    checks = Checks(shown, place, "")
    shown.goto(ADDRESS)
    look_at(checks, lang)
    return checks.faults


def named(faults: dict[str, list[str]], words: str) -> set[str]:
    """Where these words are among the faults."""
    return {where for where, each in faults.items() if any(words in one for one in each)}


def test_a_sound_page_has_no_faults(page: tuple[Page, str]) -> None:
    assert found(page) == {}


def test_a_target_that_is_too_small_at_the_largest_size_only(page: tuple[Page, str]) -> None:
    faults = found(page, ".size-3 .button { min-height: 0; height: 40px; line-height: 1; padding: 0; }")
    assert named(faults, "target of") == set(faults)
    assert {where.partition(" ")[2] for where in faults} == {"size 3"}
    assert len(faults) == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_grey_words_in_high_contrast_only(page: tuple[Page, str], lang: str) -> None:
    faults = found(page, ".contrast-high .lead { color: #999; }", lang=lang)
    assert named(faults, "contrast of") == set(faults)
    assert {where.partition(" ")[2] for where in faults} == {"size 1 high"}
    assert len(faults) == 2


@pytest.mark.parametrize("grey", ["#bbb", "#808080", "#666"], ids=["under 3", "under 4.5", "under 7"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_that_are_too_pale(page: tuple[Page, str], grey: str, lang: str) -> None:
    faults = found(page, f"body .lead {{ color: {grey}; font-size: 16px; }}", lang=lang)
    assert len(named(faults, "contrast of")) >= 8
    assert bool(named(faults, "color-contrast")) == (lang == "zh")


@pytest.mark.parametrize(
    ("style", "is_seen"),
    [
        ("opacity: 0.5", True),
        ("color: rgb(0 0 0 / 50%)", True),
        ("background: #555", True),
        ("background: rgb(0 0 0 / 60%)", True),
        ("background: #fff", False),
        ("color: #fff; background: #000", False),
        ("opacity: 0.95", False),
    ],
)
def test_how_pale_words_are_is_reckoned_through_what_is_transparent(
    page: tuple[Page, str], style: str, is_seen: bool
) -> None:
    faults = found(page, markup=f'<div style="{style}"><p>一句话。</p></div>')
    assert bool(named(faults, "contrast of")) == is_seen
    assert bool(named(faults, "color-contrast")) == is_seen


def test_words_over_something_dark_that_is_not_around_them_are_seen_by_axe(page: tuple[Page, str]) -> None:
    dark = '<div style="position: absolute; inset: 0; background: #333"></div>'
    words = '<p style="position: absolute; top: 0">一句话。</p>'
    faults = found(page, markup=f'<div style="position: relative; height: 90px">{dark}{words}</div>')
    assert named(faults, "color-contrast") == set(faults) != set()


def test_a_link_that_looks_like_its_text(page: tuple[Page, str]) -> None:
    link = '<p>一句话，<a href="/" style="color: #000; text-decoration: STYLE">一处</a>，又一句。</p>'
    assert len(named(found(page, markup=link.replace("STYLE", "none")), "a link like its text")) >= 8
    assert found(page, markup=link.replace("STYLE", "underline")) == {}


def test_a_target_under_another_one(page: tuple[Page, str]) -> None:
    second = (
        '<button type="button" class="button button-quiet" style="margin-block-start: MARGIN">又</button>'
    )
    assert len(named(found(page, markup=second.replace("MARGIN", "-100px")), "covers: ")) >= 8
    assert not named(found(page, markup=second.replace("MARGIN", "-30px")), "covers: ")


def test_what_only_a_finger_scrolls_at_the_largest_size_only(page: tuple[Page, str]) -> None:
    style = ".long { overflow: auto; height: 200px; } .size-3 .long { height: 50px; }"
    lines = '<div class="long" HOW><p>一</p><p>二</p></div>'
    faults = found(page, style, lines.replace("HOW", ""))
    assert {where.partition(" ")[2] for where in named(faults, "no key scrolls")} == {"size 3"}
    assert found(page, style, lines.replace("HOW", 'tabindex="0" role="group" aria-label="两行"')) == {}


def test_a_field_without_a_label(page: tuple[Page, str]) -> None:
    assert named(found(page, markup='<input class="input" style="height: 90px; width: 300px">'), "label: ")


def test_a_nameless_button_that_only_the_second_shape_shows(page: tuple[Page, str]) -> None:
    hidden = (
        "#late { display: none; } @media (min-width: 760px) and (max-width: 800px), (min-width: 1900px) {"
    )
    style = f"{hidden} #late {{ display: block; }} }}"
    faults = found(page, style, '<button type="button" id="late" class="button"></button>')
    where = named(faults, "button-name")
    assert len(where) == 1
    assert where.pop().startswith("1920x1080" if page[1] == "kiosk" else "768x1024")


@pytest.mark.parametrize("page", ["web"], indirect=True)
def test_what_is_too_wide_for_the_narrowest_screen_only(page: tuple[Page, str]) -> None:
    faults = found(page, markup='<div style="width: 350px; height: 2px; margin-left: -8px">一</div>')
    assert named(faults, "wider than the screen") >= {"320x640"}
    assert not any(where.startswith(("390x844", "768x1024")) for where in named(faults, "wider"))


@pytest.mark.parametrize("page", ["kiosk"], indirect=True)
def test_words_that_are_cut_with_wider_type_and_a_control_without_an_edge(page: tuple[Page, str]) -> None:
    style = ".tight { width: 58px; overflow: hidden; white-space: nowrap; } .button { border-style: none; }"
    faults = found(page, style, '<p class="tight">两字</p>')
    assert "with wider type" in named(faults, "cut off")
    assert "1080x1920 size 1" not in faults
    assert named(faults, "no edge") == {"in forced colours"}
