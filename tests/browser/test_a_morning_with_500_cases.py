"""A clerk's morning with 500 requests, at 1366x768, by keyboard: what is late, given away, on to the next, entered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from kiosk import db
from kiosk.disclosure import cases
from tests.disclosure.many_cases import many_cases
from tests.hub import PASSWORD, Hub, build_hub
from tests.served import served

pytestmark = pytest.mark.browser

SCREEN = {"width": 1366, "height": 768}
FITS = """() => document.documentElement.scrollWidth <= innerWidth
  && [...document.querySelectorAll('.table-wrap')].every(each => each.scrollWidth <= each.clientWidth)"""


@pytest.fixture
def desk(tmp_path: Path, chromium: Browser) -> Iterator[tuple[Page, Hub, str]]:
    """Lina at her screen, signed in; the page complains of nothing."""
    made: list[Hub] = []

    def make(port: int) -> Flask:
        hub = build_hub(tmp_path, port=port)
        hub.add_account("lina")
        hub.add_account("chenbo")
        many_cases(hub, 500)
        made.append(hub)
        return hub.app

    with served(make) as base:
        context = chromium.new_context(viewport=SCREEN, reduced_motion="reduce", locale="zh-CN")  # type: ignore[arg-type]
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(f"{base}/desk/sign-in")
        page.locator("#name").fill("lina")
        page.locator("#password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/requests*")
        yield page, made[0], base
        context.close()
        assert [said for said in complaints if "422" not in said] == []
    db.real(db.store).close_all()


def count(page: Page, light: str) -> int:
    """The number on a light."""
    words = page.locator(f'.light[href$="light={light}"] b').inner_text()
    return int(words)


def test_a_morning_at_the_desk_with_500_cases(desk: tuple[Page, Hub, str]) -> None:
    page, _hub, base = desk
    expect(page.locator("[data-row]")).to_have_count(50)
    assert page.evaluate(FITS), "nothing overflows"
    assert page.locator("[data-row]").first.bounding_box()["y"] < SCREEN["height"] - 150  # type: ignore[index]

    # What is late first: by keyboard into the second case and on to the third, the way back kept.
    late = count(page, "overdue")
    page.locator('.light[href$="light=overdue"]').click()
    expect(page.get_by_text(f"共{late}件")).to_be_visible()
    numbers = page.locator("[data-open]").all_inner_texts()
    for key in ("j", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_contain_text(numbers[1])
    assert page.evaluate(FITS)
    page.get_by_role("link", name="下一件").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(numbers[2])
    page.locator(".crumbs a").first.click()
    expect(page.locator('.light[aria-current="page"]')).to_contain_text("已超期")
    expect(page.locator("[data-here] [data-open]")).to_be_focused()
    expect(page.locator("[data-here] [data-open]")).to_have_text(numbers[2])

    # Three rows for a colleague, chosen by keyboard.
    free = count(page, "unassigned")
    page.goto(f"{base}/desk/requests?light=unassigned&sort=number&page=2")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.get_by_label("选中的交给").select_option("chenbo")
    page.get_by_role("button", name="分派").click()
    expect(page.get_by_role("status").first).to_contain_text("3件交给了chenbo")
    assert count(page, "unassigned") == free - 3
    assert "page" in page.url or "at=50" in page.url, "still on the second page"

    # Contents on request, in a list that nothing of it leaves.
    page.get_by_role("button", name="显示申请内容").click()
    expect(page.locator(".row-subject")).to_have_count(50)
    assert page.evaluate(FITS)
    assert not re.search("%E", page.url), "no words of a request are in the address"

    # A letter of Friday, signed for: the deadline is shown before it is registered.
    page.get_by_role("link", name="登记来件").click()
    page.get_by_label("邮寄，签收").check()
    page.get_by_label("来件日期").fill("2026-11-20")
    page.get_by_label("所需的政府信息").fill("2025年农村公路养护合同")
    page.get_by_label("办理机关").select_option(index=1)
    page.get_by_label("姓名").fill("赵示例")
    page.get_by_label("来件就是这样写的").check()
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("main")).to_contain_text("2026年12月18日")
    page.get_by_role("button", name="核对过了").click()
    expect(page.get_by_role("status").first).to_contain_text("已编号：GX00-261123-0001")
    number = page.url.rpartition("/")[2].partition("?")[0]
    assert cases.case(number).source == "signed-post"
    assert page.evaluate(FITS)

    # The view of tomorrow morning is kept, and the ledger of it is a file.
    page.goto(f"{base}/desk/requests?source=signed-post")
    page.get_by_text("按姓名查找、存视图").click()
    page.get_by_label("把现在的筛选和排列存成视图").fill("来信")
    page.get_by_role("button", name="存视图").click()
    expect(page.get_by_role("link", name="来信", exact=True)).to_have_attribute("aria-current", "page")
    with page.expect_download() as file:
        page.get_by_role("link", name="台账 CSV").click()
    assert number in Path(file.value.path()).read_text("utf-8-sig")
