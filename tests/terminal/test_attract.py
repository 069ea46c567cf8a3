"""The attract screen: for those who pass by, after whoever left."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from kiosk import db
from kiosk.terminal.tiles import Notice, slides_of
from kiosk.terminal.views import ATTRACT_AFTER_S, TURN_S
from tests.browser.hands import stop_time
from tests.terminal.conftest import Screen

SHOWN = re.compile(r'data-slide>.*?slide-title">(.*?)<', re.S)


def test_it_shows_each_job_in_turn_and_that_a_person_helps(visitor: FlaskClient) -> None:
    seen, address = [], "/attract"
    for _ in range(8):
        page = visitor.get(address).text
        seen += SHOWN.findall(page)
        refresh = re.search(rf'<noscript><meta http-equiv="refresh" content="{TURN_S}; url=(.*?)">', page)
        assert refresh
        address = refresh[1]
    assert seen[0] == "补贴发了没有"
    assert seen[-1] == "不会用也不要紧"
    assert len(set(seen)) == 8
    assert address == "/attract?turn=0"


def test_a_turn_that_somebody_made_up_shows_a_picture_all_the_same(visitor: FlaskClient) -> None:
    for turn in ("99999", "-3", "x"):
        assert len(SHOWN.findall(visitor.get(f"/attract?turn={turn}").text)) == 1


def test_it_comes_only_after_the_visit_is_forgotten(visitor: FlaskClient) -> None:
    visitor.post("/settings", data={"text_size": "3"})
    visitor.get("/attract")
    assert db.store.execute_sql("SELECT count(*) FROM web_session").fetchone() == (0,)
    assert "size-1 " in visitor.get("/").text


def test_urgent_notices_come_first() -> None:
    first, second = slides_of([], [Notice("低温雨雪，出行请慢")])
    assert (first.line, first.is_urgent) == ("低温雨雪，出行请慢", True)
    assert not second.is_urgent


def test_a_start_page_without_javascript_gives_way_to_it(visitor: FlaskClient) -> None:
    assert f'content="{ATTRACT_AFTER_S}; url=/attract"' in visitor.get("/").text


def test_phones_are_not_attracted(terminal_app: Flask, visitor: FlaskClient) -> None:
    object.__setattr__(terminal_app.extensions["kiosk"].settings, "channel", "web")
    assert visitor.get("/attract").status_code == 303
    assert "/attract" not in visitor.get("/").text


@pytest.mark.browser
def test_the_pictures_change_and_any_touch_begins(screen: Screen) -> None:
    stop_time(screen.page)
    page = screen.open("/attract")
    shown = page.locator(".slide-title:visible")
    expect(shown).to_have_text("补贴发了没有")
    page.clock.run_for(TURN_S * 1000 + 50)
    expect(shown).to_have_text("事情怎么办")
    page.touchscreen.tap(40, 900)
    expect(page.locator("h1")).to_have_text("您想查什么、办什么？")
    assert screen.complaints == []


@pytest.mark.browser
def test_a_start_page_untouched_for_two_minutes_gives_way_whatever_was_typed(screen: Screen) -> None:
    stop_time(screen.page)
    page = screen.open("/")
    page.locator("#q").fill("低保")
    page.clock.run_for(115_000)
    expect(page.locator("#q")).to_be_visible()
    with page.expect_navigation(url="**/attract"):
        page.clock.run_for(15_000)
