"""Assisted service at 1080x1920 by touch: PIN on the pad, jumps between questions, the citizen confirms, the case."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_the_story import choose, tap
from tests.journeys.hall import PIN, admin_of, enter, make_account
from tests.journeys.story import an_id_number, sign_in
from tests.pages import Visitor
from tests.world import CLERK, PASSWORD, World, eventually

pytestmark = pytest.mark.browser
NUMBER = "4012"
LEAST_TARGET_PX, LEAST_TYPE_PX = 60, 28
SMALL_TARGETS = f"""() => [...document.querySelectorAll(".assist a, .assist button, .overview a")]
  .filter((one) => one.getBoundingClientRect().height < {LEAST_TARGET_PX}).map((one) => one.textContent.trim())"""
SMALL_TYPE = f"""() => [...document.querySelectorAll(".assist *, .overview *")]
  .filter((one) => one.textContent.trim() && parseFloat(getComputedStyle(one).fontSize) < {LEAST_TYPE_PX})
  .map((one) => one.textContent.trim())"""


@pytest.fixture(scope="module", autouse=True)
def account(county: World) -> None:
    """The account, made at the desk; the terminal has heard of it."""
    make_account(admin_of(county), NUMBER)
    enter(Visitor(county.terminal_url), NUMBER)


def press_digits(page: Page, label: str, digits: str) -> None:
    """A field filled on the pad of the screen."""
    page.get_by_label(label, exact=True).tap()
    for digit in digits:
        page.locator(f'[data-pad="digits"] [data-key="{digit}"]').tap()


def open_by_pin(page: Page, pin: str) -> None:
    page.locator(".bar-help").tap()
    page.get_by_role("link", name="工作人员从这里进").tap()
    press_digits(page, "工号", NUMBER)
    press_digits(page, "密码", pin)
    expect(page.get_by_label("密码", exact=True)).to_have_css("-webkit-text-security", "disc")
    tap(page, "开始协助")


def test_staff_fills_in_with_jumps_and_the_citizen_confirms(kiosk: Page, county: World) -> None:
    kiosk.goto(county.terminal_url)
    open_by_pin(kiosk, "480916")
    expect(kiosk.get_by_role("alert")).to_contain_text("工号或密码不对")
    kiosk.goto(county.terminal_url)
    open_by_pin(kiosk, PIN)
    expect(kiosk.get_by_role("heading", name="协助一览")).to_be_visible()
    tap(kiosk, "开始一件申请")
    expect(kiosk.get_by_label("您想要什么信息？")).to_be_visible()
    kiosk.wait_for_load_state("load")
    assert kiosk.evaluate(SMALL_TARGETS) == []
    assert kiosk.evaluate(SMALL_TYPE) == []
    kiosk.get_by_label("您想要什么信息？").fill("示例镇2025年道路维修的招标结果")
    tap(kiosk, "下一步")

    organ = kiosk.get_by_role("heading", name="请哪个单位答复您？")
    expect(organ).to_be_visible()
    kiosk.locator(".overview-part", has_text="姓名").tap()
    kiosk.get_by_label("您叫什么名字？").fill("张样例")
    tap(kiosk, "下一步")
    expect(organ).to_be_visible()
    kiosk.locator(".overview-part", has_text="联系方式").tap()
    kiosk.get_by_label("电话").fill("0635-0000009")
    tap(kiosk, "下一步")
    expect(organ).to_be_visible()
    kiosk.locator("label.choice").first.tap()
    tap(kiosk, "下一步")
    choose(kiosk, "纸面")
    choose(kiosk, "自己到办理机关领取")
    choose(kiosk, "个人（公民）")
    kiosk.get_by_label("您的证件号码是多少？").fill(an_id_number())
    tap(kiosk, "下一步")
    choose(kiosk, "打印一张")

    expect(kiosk.locator(".assist")).to_contain_text("周示例（工号4012）正在帮您办")
    tap(kiosk, "请本人确认")
    expect(kiosk.get_by_role("heading", name="请您本人看一看")).to_be_visible()
    expect(kiosk.locator(".assist")).to_have_count(0)
    assert kiosk.locator(".row-value").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 44
    assert an_id_number() not in kiosk.content()
    tap(kiosk, "都对，提交")
    expect(kiosk.get_by_text("由大厅工作人员（工号4012）代为填写，您本人确认。")).to_be_visible()
    number = kiosk.locator(".number-value").first.inner_text().strip()
    tap(kiosk, "我用完了")
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("您想查什么、办什么？")

    desk = Visitor(county.hub_url)
    sign_in(desk, CLERK, PASSWORD)
    eventually(lambda: number in desk.open("/desk/requests").text, "the case at the desk")
    assert "：周示例（工号4012）" in desk.open(f"/desk/requests/{number}").text


def test_the_banner_counts_down_and_asks_for_more_time(kiosk: Page, county: World) -> None:
    kiosk.goto(county.terminal_url)
    open_by_pin(kiosk, PIN)
    expect(kiosk.get_by_role("heading", name="协助一览")).to_be_visible()
    kiosk.wait_for_load_state("load")
    kiosk.clock.install()
    kiosk.reload()
    banner = kiosk.locator(".assist")
    expect(banner).to_contain_text("还有20分钟")
    for _half_minute in range(37):
        kiosk.clock.run_for(30_000)
        kiosk.keyboard.press("Shift")  # somebody is there
    expect(banner).to_contain_text("要不要延长？")
    expect(banner.get_by_role("alert")).to_be_visible()
    tap(kiosk, "延长20分钟")
    expect(banner).to_contain_text("还有20分钟")
    tap(kiosk, "我用完了")
