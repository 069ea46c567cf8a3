"""A day at the desk in a browser, with keyboard and mouse: attachments, a forgotten password, a held upload."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.everything import (
    ADMIN,
    CLERK,
    FORGETFUL,
    PUBLISHER,
    SECOND_ADMIN,
    SECOND_PUBLISHER,
    Everything,
)
from tests.catalogue import attached
from tests.pages import Visitor
from tests.world import PASSWORD, eventually

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 800}
DOCUMENT = "sample:policy-002"
DRAWN = "picture => picture.complete && picture.naturalWidth > 0"
NEW = "枣树发芽了 thirteen"


class Desk:
    """People at their own screens; whatever the browsers complain of is kept."""

    def __init__(self, chromium: Browser, base: str) -> None:
        self.chromium, self.base = chromium, base
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def sit_down(self, name: str, password: str = PASSWORD) -> Page:
        """Signs in by keyboard alone."""
        context = self.chromium.new_context(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.goto(self.base + "/desk/sign-in")
        page.locator("#name").focus()
        for text in (name, password):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="退出")).to_be_visible()
        return page


@pytest.fixture
def desk(chromium: Browser, everything: Everything) -> Iterator[Desk]:
    found = Desk(chromium, everything.url("desk"))
    yield found
    for context in found.contexts:
        context.close()
    assert found.complaints == []


def test_attachments_are_named_put_in_order_seen_and_approved_by_another(
    desk: Desk, everything: Everything
) -> None:
    writer = desk.sit_down(PUBLISHER)
    writer.goto(f"{desk.base}/desk/catalogue/attachments/{DOCUMENT}")
    pictures = writer.locator(".attached-picture img")
    before = writer.locator(".attached").count()
    files = [("说明.pdf", "application/pdf", attached.a_pdf("一")), ("图.png", "image/png", attached.a_png())]
    writer.locator("#file").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    )
    writer.get_by_role("button", name="添加，送审核").click()
    expect(writer.locator(".attached")).to_have_count(before + 2)
    for at in range(pictures.count()):
        pictures.nth(at).scroll_into_view_if_needed()
        writer.wait_for_function(DRAWN, arg=pictures.nth(at).element_handle())
    last = before + 2
    writer.locator(f"#place-{last}").fill("0")
    writer.locator(f"#name-{last}").fill("示意图")
    writer.locator(f"#name-{last}").press("Enter")
    expect(writer.get_by_role("status")).to_contain_text("已改，等另一位审核后发布")
    expect(writer.locator("#name-1")).to_have_value("示意图")
    approver = desk.sit_down(SECOND_PUBLISHER)
    approver.goto(f"{desk.base}/desk/catalogue/entries/{DOCUMENT}")
    expect(approver.locator(".attached")).to_have_count(last)
    expect(approver.get_by_role("row", name="改了附件").first).to_contain_text(PUBLISHER)
    approver.get_by_role("button", name="通过", exact=True).click()
    expect(approver.get_by_role("status")).to_contain_text("已发布")
    terminal = Visitor(everything.url("kiosk"))

    def in_order() -> bool:
        words = terminal.open(f"/documents/{DOCUMENT}").text
        return 0 < words.find("示意图") < words.find("说明")

    eventually(in_order, "the terminal shows the attachments in their new order")


def test_somebody_who_forgot_the_password_is_let_in_again_and_reads_nothing_before_a_holder_says_so(
    desk: Desk,
) -> None:
    first, second = desk.sit_down(ADMIN), desk.sit_down(SECOND_ADMIN)
    first.goto(desk.base + "/desk/staff")
    first.get_by_text(f"重置密码 {FORGETFUL}", exact=True).click()
    first.get_by_role("button", name=f"提出重置密码 {FORGETFUL}").click()
    expect(first.get_by_role("button", name=f"确认重置密码 {FORGETFUL}")).to_have_count(0)
    expect(first.locator("main")).to_contain_text("要另一位管理员确认")
    halves = [first.locator(".number-value").inner_text().strip()]
    second.goto(desk.base + "/desk/staff")
    assert second.locator(".number-value").count() == 0, "the second administrator has not the first half"
    second.get_by_role("button", name=f"确认重置密码 {FORGETFUL}").click()
    halves.append(second.locator(".number-value").inner_text().strip())
    one_time = "-".join(halves)
    clerk = desk.sit_down(FORGETFUL, one_time)
    expect(clerk.get_by_role("heading", name="换密码")).to_be_visible()
    assert clerk.get_by_role("navigation").count() == 0, "no desk is open before"
    for label, text in (("现在的密码", one_time), ("新密码", NEW), ("新密码，再输一遍", NEW)):
        clerk.get_by_label(label, exact=True).fill(text)
    clerk.get_by_role("button", name="换密码").click()
    expect(clerk.get_by_role("status")).to_contain_text("密码已换")
    expect(clerk.locator("main")).to_contain_text("等一位持有读取密钥的办理员批准")
    holder = desk.sit_down(CLERK)
    holder.goto(desk.base + "/desk/staff")
    holder.get_by_role("button", name=f"批准 {FORGETFUL}").click()
    expect(holder.get_by_role("status")).to_contain_text("已批准")
    again = desk.sit_down(FORGETFUL, NEW)
    expect(again.get_by_role("link", name="账号", exact=True)).to_be_visible()


def test_a_held_upload_is_not_discarded_without_a_reason(desk: Desk, everything: Everything) -> None:
    everything.hold_an_upload()
    admin = desk.sit_down(ADMIN)
    admin.goto(desk.base + "/desk/devices")
    admin.get_by_role("link", name="去处理").click()
    admin.get_by_text("丢弃 GX01-261123-0001-K7-4").first.click()
    admin.get_by_role("button", name="确认丢弃").click()
    summary = admin.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    box = admin.get_by_label("为什么丢弃")
    expect(box).to_be_focused()
    box.fill("试机时交的")
    box.press("Enter")
    expect(admin.get_by_role("status")).to_contain_text("已丢弃")
    expect(admin.locator("main")).to_contain_text("现在没有")
    desk.complaints[:] = [said for said in desk.complaints if "422" not in said]


PASTE = """(box, [html, plain]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", plain);
  box.focus();
  box.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


def test_what_is_copied_from_a_page_keeps_its_headings_and_tables(desk: Desk) -> None:
    page = desk.sit_down(PUBLISHER)
    page.goto(desk.base + "/desk/catalogue/new/policy")
    box = page.locator("#body")
    box.fill("前言。\n")
    html = "<h3>一、标准</h3><p>第一条　发放。</p><table><tr><td>镇</td><td>户数</td></tr></table>"
    box.evaluate(PASTE, [html, "一、标准 第一条 发放。 镇 户数"])
    expect(box).to_have_value("前言。\n### 一、标准\n第一条　发放。\n镇 | 户数")
    page.route("**/pasted", lambda route: route.abort())
    box.fill("")
    box.evaluate(PASTE, [html, "没有连上"])
    expect(box).to_have_value("没有连上")
    desk.complaints.clear()


def test_the_desk_in_english_stays_so_from_page_to_page(desk: Desk) -> None:
    page = desk.sit_down(PUBLISHER)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(desk.base + "/desk/catalogue/review")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="要处理的")).to_be_visible()
