"""To the phone: a code of the same public page, and nothing else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser

from kiosk.clock import FixedClock
from tests.building import a_terminal, terminal_settings

PUBLIC = "https://gk.example.cn/kiosk"
Open = Callable[..., FlaskClient]


@pytest.fixture
def opened(tmp_path: Path, clock: FixedClock) -> Iterator[Open]:
    """A terminal with these settings."""

    with ExitStack() as until_the_end:

        def open_with(**changes: str) -> FlaskClient:
            settings = terminal_settings(allowed_hosts=("localhost",), **changes)
            return until_the_end.enter_context(a_terminal(tmp_path, clock, settings)).test_client()

        yield open_with


def test_a_public_page_offers_its_code_with_what_was_chosen_on_it(opened: Open) -> None:
    visitor = opened(public_url=PUBLIC)
    page = visitor.get("/browse/policy?year=2026&validity=in_force").text
    href = re.search(r'href="(/to-phone\?page=[^"]+)"', page)
    assert href
    shown = visitor.get(href[1].replace("&amp;", "&")).text
    address = f"{PUBLIC}/browse/policy?year=2026&amp;validity=in_force"
    assert address in shown


@pytest.mark.browser
def test_the_code_is_read_from_the_screen(opened: Open, chromium: Browser) -> None:
    visitor = opened(public_url=PUBLIC)
    shown = visitor.get(f"/to-phone?page={quote('/browse/guide')}").text
    code = re.search(r'<img class="qr" src="([^"]+)"', shown)
    assert code
    context = chromium.new_context(viewport={"width": 800, "height": 800})
    page = context.new_page()
    page.set_content(f'<img width="600" src="{code[1]}">')
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    assert zxingcpp.read_barcodes(picture)[0].text == f"{PUBLIC}/browse/guide"


@pytest.mark.parametrize(
    "page",
    ["", "/request/what", "/progress?number=GX03-261122-0007-K7-4", "/progress/seen", "/search?q=张样例",
     "//evil.example/", "https://evil.example/", "/help", "/browse/policy?year=" + "9" * 700],
)  # fmt: skip
def test_no_other_page_has_a_code(opened: Open, page: str) -> None:
    assert opened(public_url=PUBLIC).get(f"/to-phone?page={quote(page)}").status_code == 404


def test_without_public_pages_there_is_no_button_and_the_help_says_so(opened: Open) -> None:
    visitor = opened()
    assert "to-phone" not in visitor.get("/browse/policy").text
    assert "内容现在还带不到手机上" in visitor.get("/help").text
    assert visitor.get("/to-phone?page=/browse/policy").status_code == 404


def test_phones_are_never_shown_a_code(opened: Open) -> None:
    visitor = opened(public_url=PUBLIC, channel="web")
    assert "to-phone" not in visitor.get("/browse/policy").text
    assert visitor.get("/to-phone?page=/browse/policy").status_code == 404
    assert "叫工作人员过来" not in visitor.get("/help").text


def test_a_narrow_screen_hides_the_button(opened: Open) -> None:
    page = opened(public_url=PUBLIC).get("/browse/policy").text
    assert re.search(r'<a class="button button-secondary wide-only" href="/to-phone', page)


@pytest.mark.parametrize(
    "page", ["/request/", "/request/sample", "/progress", "/help/how/search", "/browse/by/topic?of=农业"]
)
def test_a_job_begins_anew_on_the_phone(opened: Open, page: str) -> None:
    visitor = opened(public_url=PUBLIC)
    href = re.search(r'href="(/to-phone\?page=[^"]+)"', visitor.get(page).text)
    assert href
    assert f"{PUBLIC}{page.partition('?')[0]}" in unquote(visitor.get(href[1].replace("&amp;", "&")).text)


def test_what_stands_behind_the_address_of_a_job_stays_here(opened: Open) -> None:
    visitor = opened(public_url=PUBLIC)
    page = visitor.get("/progress?number=GX03-261122-0007-K7-4").text
    href = re.search(r'href="(/to-phone\?page=[^"]+)"', page)
    assert href
    assert unquote(href[1]) == "/to-phone?page=/progress"


@pytest.mark.parametrize(
    ("public_url", "says"),
    [
        ("https://gk.example.cn", "手机要能上网才打得开"),
        ("http://192.168.8.10:8080", "手机要连上大厅的无线网才打得开"),
        ("http://hall.local:8080", "手机要连上大厅的无线网才打得开"),
        ("http://127.0.0.1:8080", "现在手机打不开"),
        ("http://localhost:8080", "现在手机打不开"),
    ],
)
def test_the_page_says_honestly_from_where_a_phone_can_open_it(
    opened: Open, public_url: str, says: str
) -> None:
    assert says in opened(public_url=public_url).get("/to-phone?page=/browse/guide").text
