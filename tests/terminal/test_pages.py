"""The terminal's own pages without JavaScript: start, help, comfort, leaving, errors."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk import db
from kiosk.terminal.tiles import OWN_TILES, Tile, asked_for, tiles_that_work
from kiosk.web import context
from tests.building import terminal_settings
from tools.gallery import gallery_app

ERRORS = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507)
PAGES = (
    "/",
    "/attract",
    "/help",
    "/still-here?next=/help",
    *(f"/gallery/error/{status}" for status in ERRORS),
)


def visits() -> int:
    return int(db.store.execute_sql("SELECT count(*) FROM web_session").fetchone()[0])


def test_the_start_page_offers_the_jobs_that_can_be_done_here(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    for tile in ("补贴发了没有", "事情怎么办", "查文件政策", "常见问题", "申请信息公开", "查我的进度"):
        assert tile in page


def test_a_tile_that_would_lead_to_an_empty_page_is_not_shown(visitor: FlaskClient) -> None:
    db.catalogue.execute_sql("UPDATE document SET deleted = 1 WHERE kind = 'village'")
    page = visitor.get("/").text
    assert "补贴发了没有" not in page
    assert "查文件政策" in page


def test_a_tile_whose_page_does_not_exist_is_not_shown() -> None:
    shown = tiles_that_work(
        lambda path: path != "/progress",
        [Tile("事情", "", "/browse/guide", ""), Tile("文件", "", "/browse", "")],
    )
    assert [tile.href for tile in shown] == ["/browse/guide", "/browse", "/book/", "/request/", "/inquiry/"]


@pytest.mark.parametrize(
    ("typed", "href"),
    [
        ("补贴发了没有", "/browse/village"),
        ("种地的补贴 到账 了吗", "/browse/village"),
        ("我要申请公开", "/request/"),
        ("信息公开怎么申请", "/request/"),
        ("信息公开申请表", "/request/"),
        ("申请公开要不要收费", "/request/"),
        ("我的申请办到哪了", "/progress"),
        ("公开申请办到哪了", "/progress"),
        ("回执丢了怎么办", "/progress"),
        ("补打回执", "/progress"),
        ("耕地地力保护补贴", None),
        ("低保办理进度", None),
    ],
)
def test_who_types_the_name_of_a_page_of_ours_is_led_there(
    terminal_app: Flask, typed: str, href: str | None
) -> None:
    with terminal_app.test_request_context():
        found = asked_for(typed, [*context.terminal().tiles(), *OWN_TILES])
    assert (found.href if found else None) == href


def test_the_start_page_stands_when_the_replica_cannot_be_read(visitor: FlaskClient) -> None:
    db.catalogue.execute_sql("DROP TABLE document")
    db.catalogue.execute_sql("DROP TABLE feed_position")
    answer = visitor.get("/")
    assert answer.status_code == 200
    assert "申请信息公开" in answer.text
    assert "资料截至" not in answer.text


def test_looking_at_pages_writes_nothing_and_leaves_no_cookie(visitor: FlaskClient) -> None:
    for path in PAGES[:4]:
        assert "Set-Cookie" not in visitor.get(path).headers
    assert visits() == 0


def test_larger_type_stays_for_the_visit_and_goes_round(visitor: FlaskClient) -> None:
    for size in ("2", "3", "1"):
        offered = re.search(r'name="text_size" value="(\d)"', visitor.get("/help").text)
        assert offered
        assert offered[1] == size
        answer = visitor.post("/settings", data={"text_size": size, "next": "/help"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/help")
        assert f"size-{size} " in visitor.get("/").text


def test_high_contrast_and_english_are_one_tap_and_come_back(visitor: FlaskClient) -> None:
    visitor.post("/settings", data={"contrast": "high", "next": "/"})
    visitor.post("/settings", data={"lang": "en", "next": "/"})
    page = visitor.get("/").text
    assert "contrast-high" in page
    assert '<html lang="en"' in page
    assert '<span lang="zh-CN">中文</span>' in page


def test_settings_never_lead_to_another_machine(visitor: FlaskClient) -> None:
    answer = visitor.post("/settings", data={"text_size": "2", "next": "//evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("way_out", ["/leave", "/left"])
def test_leaving_forgets_the_visit_on_the_server_and_in_the_browser(
    visitor: FlaskClient, way_out: str
) -> None:
    visitor.post("/settings", data={"text_size": "3"})
    assert visits() == 1
    answer = visitor.post(way_out) if way_out == "/leave" else visitor.get(way_out)
    assert visits() == 0
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies"'
    assert "size-1 " in visitor.get("/").text


def test_leaving_leads_to_the_start_page(visitor: FlaskClient) -> None:
    answer = visitor.post("/leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_without_javascript_a_quiet_page_asks_whether_somebody_is_there(visitor: FlaskClient) -> None:
    assert '<noscript><meta http-equiv="refresh" content="60; url=/still-here?next=/help">' in (
        visitor.get("/help").text
    )
    asked = visitor.get("/still-here?next=/help").text
    assert '<noscript><meta http-equiv="refresh" content="30; url=/left">' in asked
    assert 'href="/help"' in asked


def test_a_fresh_start_page_is_not_watched_and_one_that_was_changed_is(visitor: FlaskClient) -> None:
    assert "still-here" not in visitor.get("/").text
    visitor.post("/settings", data={"text_size": "2"})
    assert "still-here" in visitor.get("/").text


def test_i_am_finished_stands_on_every_page_but_the_start_page_of_nobody(visitor: FlaskClient) -> None:
    for path in ("/gallery/receipt", "/gallery/results", "/help", "/help/how/search"):
        page = visitor.get(path).text
        assert page.count('class="head-leave"') == 1, path
        assert "离开就清除" not in page, "nothing personal is here yet"
    assert "离开就清除" in visitor.get("/gallery/receipt?personal=1").text
    start = visitor.get("/").text
    assert "head-clock" in start
    assert "head-leave" not in start


def test_on_a_phone_i_am_finished_stands_where_something_personal_is() -> None:
    phone = gallery_app(terminal_settings(channel="web")).test_client()
    assert "head-leave" not in phone.get("/help").text
    assert "head-leave" in phone.get("/gallery/receipt?personal=1").text


def test_the_time_is_not_shown_when_the_clock_cannot_be_trusted(
    terminal_app: Flask, visitor: FlaskClient
) -> None:
    assert "14:05" in visitor.get("/").text
    terminal_app.extensions["kiosk"].clock.is_trusted = False
    assert "14:05" not in visitor.get("/").text


@pytest.mark.parametrize("status", ERRORS)
def test_each_error_says_one_clear_thing_and_offers_a_way_on(visitor: FlaskClient, status: int) -> None:
    answer = visitor.get(f"/gallery/error/{status}")
    assert answer.status_code == status
    assert answer.text.count("<h1") == 1
    assert 'href="/"' in answer.text
    assert 'href="/help"' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_nobody_else_and_carry_no_inline_script_or_style(visitor: FlaskClient, path: str) -> None:
    page = visitor.get(path).text
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    assert not re.search(r"\sstyle=|<style|hx-on|js:|\son\w+=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_a_changed_style_sheet_has_a_new_address(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert len(addresses) > 5
    assert all(re.search(r"\?v=[0-9a-f]{10}$", address) for address in addresses)
    for address in addresses:
        with visitor.get(address) as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/help", "/gallery/document", "/gallery/desk"])
def test_a_page_weighs_less_than_150_kilobytes_with_all_it_needs(visitor: FlaskClient, path: str) -> None:
    page = visitor.get(path).text
    weight = len(page.encode())
    for address in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page)):
        with visitor.get(address) as answer:
            weight += len(answer.data)
    assert 50_000 < weight < 150_000


def test_a_wrong_form_shows_its_summary_before_its_questions_and_links_to_each(visitor: FlaskClient) -> None:
    page = visitor.get("/gallery/wrong").text
    assert page.index("data-error-summary") < page.index('class="question"')
    for field in ("wanted", "phone", "way-0"):
        assert f'href="#{field}"' in page
        assert f'id="{field}"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="phone-hint phone-error"' in page
    assert "<title>错误：" in page
