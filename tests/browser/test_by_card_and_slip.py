"""A request filled with a card, and found again with its slip: no letter is typed with the panel of the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.building import terminal_settings
from tests.journeys.story import ANSWERS
from tests.pages import Visitor
from tests.world import World
from tools.virtual_reader.card_reader import CardReader
from tools.virtual_reader.ports import CardPort, Port

pytestmark = pytest.mark.browser

READER = CardReader()


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Port:
    return Port(tmp_path_factory.mktemp("scanner") / "codes")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, scanner: Port) -> Iterator[World]:
    """A machine with a card reader and a code scanner."""
    root = tmp_path_factory.mktemp("hall")
    serving = CardPort(Port(root / "cards"), READER)
    settings = terminal_settings(
        card_reader=f"serial://{root / 'cards'}", code_scanner=f"serial://{scanner.name}"
    )
    with World(root, settings) as world:
        world.make()
        world.start("web")
        yield world
    serving.close()


def at_the_name(page: Page, hall: World) -> None:
    """Somebody who chose all that is chosen and wants the answer by post; the browser goes on at the name."""
    visitor = Visitor(hall.terminal_url)
    visitor.open("/request/")
    visitor.submit("/request/")
    for name, fields in ANSWERS.items():
        if name == "name":
            break
        visitor.submit(f"/request/{name}", **{**fields, **({"obtain": "post"} if name == "obtain" else {})})
    cookie = visitor.http.cookies["visit"]
    page.context.add_cookies([{"name": "visit", "value": cookie, "url": hall.terminal_url}])
    page.goto(hall.terminal_url + "/request/name")


def test_a_card_fills_the_form_and_the_slip_finds_it_again(kiosk: Page, hall: World, scanner: Port) -> None:
    at_the_name(kiosk, hall)
    kiosk.get_by_role("button", name="用身份证填").tap()
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("请把证件平放在读卡器上")
    expect(kiosk.get_by_text("还没有看到证件")).to_be_visible()
    READER.lay("zhang")
    for shown in ("张**", "**************0017", "山东省冠县样例镇样例村***"):
        expect(kiosk.get_by_text("由读卡器填入")).to_be_visible()
        expect(kiosk.get_by_text(shown)).to_be_visible()
        kiosk.get_by_role("button", name="下一步").tap()
    READER.lay("")
    kiosk.get_by_text("不用纸").or_(
        kiosk.locator("label[for=paper-none], label:has([value=none])")
    ).first.tap()
    kiosk.get_by_role("button", name="下一步").tap()
    expect(kiosk.get_by_text("张样例").first).to_be_visible()
    kiosk.locator("form[action$='/request/check'] button, button[form=check]").last.tap()
    expect(kiosk).to_have_url(re.compile("/request/receipt"))
    receipt = kiosk.inner_text("main")
    number, code = re.search(r"\w{4}-\d{6}-\d{4}-\w{2}-\w", receipt), re.search(r"\d{4} \d{4} \d{4}", receipt)
    assert number
    assert code
    kiosk.get_by_role("button", name="我用完了", exact=True).tap()
    expect(kiosk).to_have_url(hall.terminal_url + "/")
    scanner.write(number[0].encode() + b"\r\n")
    expect(kiosk).to_have_url(re.compile(f"/progress\\?number={number[0]}"))
    expect(kiosk.get_by_label("回执上的编号")).to_have_value(number[0])
    kiosk.get_by_label("查询码").fill(code[0])
    kiosk.get_by_role("button", name="查进度").tap()
    expect(kiosk).to_have_url(re.compile("/progress/seen"))
    expect(kiosk.get_by_text(number[0]).first).to_be_visible()


def test_a_strangers_code_opens_nothing(kiosk: Page, hall: World, scanner: Port) -> None:
    kiosk.goto(hall.terminal_url + "/attract")
    scanner.write(b"https://example.com/pay?to=1\r\n")
    expect(kiosk.get_by_text("无法识别这个码，什么也没有打开。")).to_be_visible()
