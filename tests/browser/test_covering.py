"""Covering areas of a file in a real browser: dragged with the mouse, set by keyboard alone, made and looked at."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
import typst
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure import cases, steps
from kiosk.disclosure.letters import drafting, enclosed
from kiosk.intake import sealed
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered
from tests.hub import CHEAP, HOST, PASSWORD, Hub, build_hub

pytestmark = pytest.mark.browser

SCREEN = {"width": 1366, "height": 768}
LINA = "lina"
ROSTER = """
#set document(title: "roster")
#set page(margin: 2cm)
= Grants 2026
#table(columns: 2, [Wang Xiuying], [1200], [Li Guiying], [900])
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = build_hub(tmp_path_factory.mktemp("hub"))
    hub.add_account(LINA)
    yield hub
    db.real(db.store).close_all()


@pytest.fixture
def address(hub: Hub) -> Iterator[str]:
    """The hub, served from a thread of this process."""

    def at_its_own_address(environ: dict[str, Any], start: Any) -> Any:
        """The port is a free one: the hub answers only to the address of its settings."""
        told = {"HTTP_HOST": HOST, "HTTP_ORIGIN": f"http://{HOST}", "HTTP_REFERER": f"http://{HOST}/"}
        return hub.app(environ | {name: said for name, said in told.items() if name in environ}, start)

    server = make_server("127.0.0.1", 0, at_its_own_address, threaded=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def letter(hub: Hub) -> str:
    """The page of a draft with a file."""
    number, now = hub.take_in(), hub.clock.now()
    steps.confirm_receipt(number, beijing_day(now), LINA, hub.work())
    steps.register(number, LINA, hub.work())
    entered = signing_in.sign_in(LINA, PASSWORD, hub.clock, CHEAP)
    assert isinstance(entered, Entered)
    key = drafting.key_for(sealed.key_of(number), entered.reading_keys)
    words = drafting.DraftWords("张样例", {"supply": "见附件。"}, "{提供情况}\n{救济}\n{联系}")
    found = drafting.write(cases.case(number), "granted", words, key, now=now, by=LINA)
    page = typst.compile(ROSTER.encode())
    enclosed.attach(found, key, "roster.pdf", "application/pdf", page, now=now, by=LINA)
    return f"/desk/requests/{number}/letters/{found.seq}"


@pytest.fixture
def desk(chromium: Browser, address: str, letter: str) -> Iterator[Page]:
    context = chromium.new_context(viewport=SCREEN, reduced_motion="reduce")  # type: ignore[arg-type]
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.goto(f"{address}/desk/sign-in")
    page.fill("#name", LINA)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    page.goto(f"{address}{letter}")
    yield page
    context.close()
    assert complaints == []


def test_an_area_is_dragged_another_set_by_keyboard_and_the_copy_shows_neither(desk: Page) -> None:
    desk.get_by_role("link", name="遮盖内容").click()
    picture = desk.locator("[data-cover] img")
    desk.wait_for_function(
        "picture => picture.complete && picture.naturalWidth > 0", arg=picture.element_handle()
    )
    box = picture.bounding_box()
    assert box is not None
    desk.mouse.move(box["x"] + box["width"] * 0.08, box["y"] + box["height"] * 0.085)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] * 0.32, box["y"] + box["height"] * 0.125, steps=4)
    desk.mouse.up()
    assert float(desk.input_value("#width")) == pytest.approx(24, abs=0.5)
    desk.get_by_role("button", name="遮盖这一处").click()
    expect(desk.locator(".cover-mark")).to_have_count(1)

    desk.locator("#left").focus()
    for number in ("40", "30", "20", "5"):
        desk.keyboard.type(number)
        desk.keyboard.press("Tab")
    desk.locator("#height").focus()
    desk.keyboard.press("ArrowUp")
    assert desk.locator("[data-new]").get_attribute("height") == "6", "the box follows the numbers"
    desk.keyboard.press("Enter")
    expect(desk.locator(".cover-mark")).to_have_count(2)

    desk.fill("#words", "Li Guiying")
    desk.get_by_role("button", name="找出来，全部标上").click()
    expect(desk.locator(".cover-mark")).to_have_count(3)
    desk.get_by_role("button", name="做遮盖本，并且核对").click()
    expect(desk.get_by_text("遮盖本做好了，核对过")).to_be_visible(timeout=30_000)
    link = desk.get_by_role("link", name="看遮盖本").get_attribute("href")
    copy = desk.request.get(desk.url.split("/desk/")[0] + str(link)).body()
    page = pypdfium2.PdfDocument(io.BytesIO(copy))[0]
    assert page.get_textpage().get_text_bounded() == ""
    drawn = page.render(scale=1).to_pil().convert("L")
    for x, y in ((0.2, 0.1), (0.5, 0.33)):
        assert drawn.getpixel((int(drawn.width * x), int(drawn.height * y))) == 0
    assert drawn.getpixel((int(drawn.width * 0.9), int(drawn.height * 0.9))) == 255
