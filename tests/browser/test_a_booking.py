"""One consultation: booked offline, moved on a phone, checked in, called, answered, read, found in the library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from kiosk import db
from kiosk.clock import BEIJING
from kiosk.machine import homes
from kiosk.staff import actions as staff
from tests.browser.conftest import KIOSK, PHONE, Console, a_context
from tests.browser.everything import WebStation
from tests.browser.test_the_story import choose, tap
from tests.building import terminal_settings
from tests.clocks import CLOCK
from tests.conftest import TEXT_PROFILE
from tests.journeys.hall import PIN, admin_of, make_account
from tests.journeys.story import Promised, sign_in
from tests.pages import PATIENCE_S, Visitor
from tests.world import CLERK, PASSWORD, World, eventually
from tools import demo_supply

pytestmark = pytest.mark.browser
QUESTION = "俺家二胎怎么登记"
ANSWER = "带双方身份证、户口簿和出生医学证明，到二楼3号窗口登记，当场办完。"
PUBLIC = ("生二胎登记要带什么材料？", "带双方身份证、户口簿和出生医学证明，到县政务服务大厅登记。")
PUBLISHER = "zhao.fabu"
STAFF, WINDOW = "1024", "3"


@pytest.fixture(scope="module")
def chromium(whole_chromium: Browser) -> Browser:
    """This journey is made in the browser that terminals run."""
    return whole_chromium


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A hall whose machine gives numbers, with what a county offers; its terminal has seats of its own."""
    root = tmp_path_factory.mktemp("hall")
    settings = terminal_settings(
        printer_profile=TEXT_PROFILE,
        queue_letter="A",
        queue_place=demo_supply.HALL,
        queue_windows=(WINDOW,),
    )
    with World(root, settings) as county:
        county.make()
        database = homes.open_hub(county.hub_home, CLOCK)
        demo_supply.add(CLOCK)
        database.close_all()
        county.start_all()
        make_account(admin_of(county), STAFF)
        eventually(lambda: leases(county.terminal_home), "the terminal has seats of its own")
        yield county


def leases(home: Path) -> int:
    """How many seats a terminal has of its own."""
    station = db.open_sqlite(home / homes.STATION_DB)
    (found,) = station.execute_sql("SELECT COUNT(*) FROM leased_seat WHERE session LIKE '%birth%'").fetchone()
    station.close()
    return int(found)


@pytest.fixture
def phone(hall: World, chromium: Browser) -> Iterator[tuple[Page, WebStation]]:
    """A telephone on the county's pages."""
    station = WebStation(hall.root / "web", hall)
    console = Console()
    context = a_context(chromium, PHONE, console)
    with station:
        station.make()
        station.start("web", "agent")
        yield context.new_page(), station
    context.close()
    assert [each for each in console.complaints if "422" not in each] == []


def book_offline(page: Page, county: World) -> Promised:
    """From the start page to the receipt, by touch, with a seat of this terminal."""
    page.goto(county.terminal_url)
    page.get_by_role("link", name="约时间当面问").first.tap()
    tap(page, "开始约")
    choose(page, "生育登记和补贴")
    page.locator("label.choice").filter(has_text="政务服务大厅").first.tap()
    tap(page, "下一步")
    eventually(lambda: takes_a_time(page), "a time of this terminal's own")
    page.get_by_label("姓名").fill("张样例")
    page.get_by_label("电话").fill("0635-0000009")
    tap(page, "下一步")
    page.get_by_label("想先说说要问什么吗？").fill(QUESTION)
    tap(page, "下一步")
    choose(page, "可以，去掉个人信息再公开")
    choose(page, "打印一张")
    expect(page.get_by_role("heading", name="请核对")).to_be_visible()
    tap(page, "就这样约")
    expect(page.get_by_text("约好了").first).to_be_visible()
    values = page.locator(".number-value").all_inner_texts()
    return Promised(values[0].strip(), values[1].strip())


def takes_a_time(page: Page) -> bool:
    """Takes the first time; until this machine has noticed that the hub is away, it may be refused and asked again."""
    expect(page.get_by_text("最早的空位")).to_be_visible()
    page.locator("label.choice").first.tap()
    tap(page, "下一步")
    refused = page.get_by_role("alert")
    expect(page.get_by_label("姓名").or_(refused).first).to_be_visible()
    return not refused.is_visible()


def look_up(page: Page, url: str, promise: Promised) -> bool:
    """Opens the booking by number and code; whether it is known there already."""
    page.goto(url + "/progress")
    page.get_by_label("回执上的编号").fill(promise.number)
    page.get_by_label("查询码").fill(promise.code)
    tap(page, "查进度")
    seen = page.get_by_role("heading", name="办理进度")
    expect(seen.or_(page.get_by_role("alert")).first).to_be_visible()
    return seen.is_visible()


def move_to_today(page: Page, station: WebStation, promise: Promised) -> str:
    """Takes the earliest time on the phone; returns it as the receipt says it."""

    def may_change() -> bool:
        is_known = look_up(page, station.terminal_url, promise)
        return is_known and page.get_by_role("link", name="改时间").count() > 0

    eventually(may_change, "the booking on the phone")
    page.get_by_role("link", name="改时间").first.tap()
    tap(page, "选新时间")
    page.wait_for_url("**/rebook/first")
    free = page.locator("label.choice:not(.choice-closed)")

    def are_free() -> bool:
        page.reload()
        return free.count() > 1

    eventually(are_free, "free times on the phone")
    free.first.tap()
    tap(page, "下一步")
    expect(page.locator("input[name=paper]").first).to_be_attached()
    page.locator("label.choice").last.tap()
    tap(page, "下一步")
    expect(page.get_by_role("heading", name="请核对")).to_be_visible()
    tap(page, "改到这个时间")
    expect(page.get_by_text("时间改好了")).to_be_visible()
    return page.locator(".booked-time").inner_text()


def window_page(page: Page, county: World) -> None:
    """The window's page, opened with the PIN of the hall."""

    def is_open() -> bool:
        page.goto(f"{county.terminal_url}/queue/window/{WINDOW}")
        if page.locator("#pin").count():
            page.locator("#number").fill(STAFF)
            page.locator("#pin").fill(PIN)
            page.locator("#pin").press("Enter")
            page.wait_for_load_state()
        return page.get_by_role("button", name="开窗口").count() > 0

    eventually(is_open, "the window's page")
    page.get_by_role("button", name="开窗口").click()


def check_in(page: Page, county: World, promise: Promised) -> str:
    """Types the number at the hall's machine; returns the number in the queue."""

    def has_ticket() -> bool:
        page.goto(f"{county.terminal_url}/queue/check-in")
        page.locator("#number").fill(promise.number)
        with page.expect_navigation():
            tap(page, "报到")
        return page.url.endswith("/queue/ticket")

    eventually(has_ticket, "the hall has the day's bookings")
    found = re.search(r"A\d{3}", page.locator("main").inner_text())
    assert found
    return found[0]


def test_booked_offline_moved_checked_in_called_answered_read_and_found(
    kiosk: Page, phone: tuple[Page, WebStation], hall: World, chromium: Browser
) -> None:
    hall.stop("hub")
    try:
        promise = book_offline(kiosk, hall)
        paper = hall.paper_of(promise.number)
        assert "咨询预约单" in paper.read_text("utf-8")
        assert "张样例" not in paper.read_text("utf-8")
        (code,) = zxingcpp.read_barcodes(Image.open(paper.with_suffix(".png")))
        (event,) = Calendar.from_ical(code.text).walk("VEVENT")
        assert str(event["UID"]) == promise.number
        tap(kiosk, "我用完了")
    finally:
        hall.start("hub")

    desk = Visitor(hall.hub_url)
    sign_in(desk, CLERK, PASSWORD)
    case = f"/desk/bookings/{promise.number}"
    eventually(lambda: desk.http.get(desk.base + case, timeout=PATIENCE_S).ok, "the hub has the booking")

    on_phone, station = phone
    station.speak_with_hub()
    moved = move_to_today(on_phone, station, promise)
    today = CLOCK.now().astimezone(BEIJING)
    assert f"{today.month}月{today.day}日" in moved
    assert event["DTSTART"].dt > CLOCK.now() + timedelta(hours=1)

    ticket = check_in(kiosk, hall, promise)
    console = Console()
    context = a_context(chromium, KIOSK, console)
    screen, window = context.new_page(), context.new_page()
    screen.goto(f"{hall.terminal_url}/queue/screen")
    window_page(window, hall)
    expect(window.get_by_text("有预约").first).to_be_visible()
    window.get_by_role("button", name="下一位").click()
    expect(screen.get_by_text(ticket).first).to_be_visible()
    expect(screen.get_by_text(f"{WINDOW}号窗口").first).to_be_visible()
    assert "张" not in screen.locator("main").inner_text()
    window.get_by_label("结果").select_option(index=0)
    window.get_by_role("button", name="办结不叫").click()
    expect(window.get_by_role("button", name="下一位")).to_be_visible()
    context.close()
    assert console.complaints == []

    eventually(lambda: "已咨询" in desk.open(case).text, "the desk knows that the hall has seen them")
    assert QUESTION not in desk.page.text, "nothing is shown before it is opened"
    assert QUESTION in desk.submit("/open").text
    desk.open(case)
    desk.submit("/result", result="answered", text=ANSWER)

    def answer_is_ready() -> bool:
        look_up(kiosk, hall.terminal_url, promise)
        return kiosk.get_by_text("答复做好了").count() > 0

    eventually(answer_is_ready, "the answer at the terminal")
    tap(kiosk, "看答复")
    tap(kiosk, "打开答复")
    expect(kiosk.get_by_text("到二楼3号窗口登记")).to_be_visible()
    tap(kiosk, "我用完了")

    publish(hall, desk, case)

    def is_found() -> bool:
        kiosk.goto(f"{hall.terminal_url}/search?q=二胎登记要带什么")
        return kiosk.get_by_role("link", name=PUBLIC[0]).count() > 0

    eventually(is_found, "the answer in the library of the terminal")


def publish(county: World, desk: Visitor, case: str) -> None:
    """The clerk proposes the answer without persons; another person publishes it."""
    desk.open(f"{case}/propose")
    desk.submit("/propose", question=PUBLIC[0], answer=PUBLIC[1])
    database = homes.open_hub(county.hub_home, CLOCK)
    with db.writing(database):
        staff.add_account(PUBLISHER, "publisher", PASSWORD, CLOCK.now())
    database.close()
    publisher = Visitor(county.hub_url)
    sign_in(publisher, PUBLISHER, PASSWORD)
    page = publisher.open("/desk/catalogue")
    publisher.open(next(href for words, href in page.links if PUBLIC[0][:8] in words))
    publisher.submit("/approve", attribute="proactive")
