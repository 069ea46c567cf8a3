"""A long edit at the desk survives a stray click, Back, the end of the session, and a restart of the hub."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk import db
from kiosk.machine import homes
from kiosk.staff import actions as staff
from tests.clocks import CLOCK
from tests.world import PASSWORD, World, a_made_hub

pytestmark = pytest.mark.browser

WRITER = "wang.wu"
EDIT = "/desk/catalogue/edit/sample:policy-00"
SCREEN = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A hub alone, with a publisher."""
    world = World(tmp_path_factory.mktemp("drafts"))
    shutil.copytree(a_made_hub(), world.hub_home)
    database = homes.open_hub(world.hub_home, CLOCK)
    with db.writing(database):
        staff.add_account(WRITER, "publisher", PASSWORD, CLOCK.now())
    database.close_all()
    world.start("hub")
    with world:
        yield world


@pytest.fixture
def writer(chromium: Browser, county: World) -> Iterator[Page]:
    """A publisher at the desk."""
    context = chromium.new_context(viewport=SCREEN, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, county)
    yield page
    context.close()


def sign_in(page: Page, county: World) -> None:
    page.goto(f"{county.hub_url}/desk/sign-in")
    page.fill("#name", WRITER)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def write(page: Page, county: World, document: int, title: str) -> None:
    """Opens a form and types; what follows comes before the page has said that it was kept."""
    page.goto(f"{county.hub_url}{EDIT}{document}")
    page.fill("#title", title)


def go_on(page: Page, county: World, document: int, title: str) -> None:
    """Opens the form again and takes up what was written."""
    page.goto(f"{county.hub_url}{EDIT}{document}")
    expect(page.locator("#title")).not_to_have_value(title)
    page.locator(".notice", has_text=title).get_by_role("link", name="接着写").click()
    expect(page.locator("#title")).to_have_value(title)


def end_all_sessions(county: World) -> None:
    connection = sqlite3.connect(county.hub_home / "hub.sqlite3", timeout=10)
    with connection:
        connection.execute("DELETE FROM web_session")
    connection.close()


def test_a_stray_click_loses_nothing(writer: Page, county: World) -> None:
    write(writer, county, 1, "点错以前写的题目")
    writer.locator(".desk-nav-item").first.click()
    expect(writer.get_by_role("heading", level=1)).to_have_text("公开目录")
    go_on(writer, county, 1, "点错以前写的题目")


def test_back_loses_nothing(writer: Page, county: World) -> None:
    writer.goto(f"{county.hub_url}/desk/catalogue")
    write(writer, county, 2, "后退以前写的题目")
    writer.go_back()
    expect(writer.get_by_role("heading", level=1)).to_have_text("公开目录")
    go_on(writer, county, 2, "后退以前写的题目")


def test_a_session_that_ends_asks_for_the_password_on_top_of_the_form(writer: Page, county: World) -> None:
    write(writer, county, 3, "登录结束以前")
    end_all_sessions(county)
    writer.locator("#title").press_sequentially("和以后写的题目")
    dialog = writer.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("input[type=password]").fill("不是这个密码")
    writer.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.locator("input[type=password]").fill(PASSWORD)
    writer.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(writer.locator("[data-draft-said]")).to_contain_text("草稿存好了")
    writer.get_by_role("button", name="保存，送审核").click()
    expect(writer.get_by_role("heading", level=1)).to_have_text("登录结束以前和以后写的题目")


def test_a_restart_of_hub_and_browser_loses_nothing(chromium: Browser, writer: Page, county: World) -> None:
    write(writer, county, 4, "重启以前写的题目")
    expect(writer.locator("[data-draft-said]")).to_contain_text("草稿存好了")
    county.stop("hub")
    county.start("hub")
    with chromium.new_context(viewport=SCREEN) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, county)
        go_on(page, county, 4, "重启以前写的题目")


def test_what_is_written_while_the_hub_is_away_is_kept_when_it_is_back(writer: Page, county: World) -> None:
    writer.goto(f"{county.hub_url}{EDIT}5")
    county.stop("hub")
    writer.fill("#title", "断开时写的题目")
    expect(writer.locator("[data-draft-said]")).to_contain_text("草稿没有存上")
    county.start("hub")
    expect(writer.locator("[data-draft-said]")).to_contain_text("草稿存好了")
    go_on(writer, county, 5, "断开时写的题目")


def test_without_javascript_a_form_sent_too_late_comes_back_whole(chromium: Browser, county: World) -> None:
    context = chromium.new_context(viewport=SCREEN, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, county)
    write(page, county, 6, "没有脚本写的题目")
    end_all_sessions(county)
    page.get_by_role("button", name="保存，送审核").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("登录已经结束")
    page.get_by_label("账号").fill(WRITER)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    with context.expect_page() as opened:
        page.get_by_role("button", name="在新窗口登录").click()
    expect(opened.value.get_by_role("button", name="退出")).to_be_visible()
    for _press in range(2):  # the second has the token of the new session
        page.get_by_role("button", name="接着办").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("没有脚本写的题目")
    context.close()
