"""A request on the county's web pages: nothing is printed, the receipt is kept on the phone, the hub has it at once."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.building import terminal_settings
from tests.journeys.story import hand_in
from tests.pages import Visitor
from tests.world import World, eventually


@pytest.fixture
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A web station whose agent does not run yet."""
    with World(tmp_path_factory.mktemp("web"), terminal_settings(channel="web")) as world:
        world.make()
        world.start("web")
        yield world


def test_the_receipt_is_kept_on_the_phone_and_the_page_says_when_the_hub_has_it(station: World) -> None:
    visitor = Visitor(station.terminal_url)
    promised = hand_in(visitor, paper="none")
    assert "已经存好，还没有送到县里" in visitor.page.text
    assert "现在连不上县里的系统，连上了会自动送" in visitor.page.text, "no agent has reached the hub yet"
    assert ("存成图片", "/request/receipt/picture") in visitor.page.links

    picture = visitor.http.get(station.terminal_url + "/request/receipt/picture")
    assert picture.headers["Content-Disposition"] == f'attachment; filename="{promised.number}.png"'
    assert picture.headers["Cache-Control"] == "no-store"
    drawn = Image.open(io.BytesIO(picture.content)).convert("L")
    assert zxingcpp.read_barcodes(drawn)[0].text == promised.number
    assert drawn.width > 500

    document = visitor.http.get(station.terminal_url + "/request/receipt/document")
    assert document.content.startswith(b"%PDF-")
    assert document.headers["Content-Type"] == "application/pdf"
    opened = pypdfium2.PdfDocument(document.content)
    words = "".join("".join(page.get_textpage().get_text_range() for page in opened).split())
    opened.close()
    assert promised.number in words
    assert promised.code.replace(" ", "") in words
    assert "热敏纸" not in words
    assert "电子文件" in words

    station.start("agent")
    sent = station.terminal_url + "/request/receipt/sent"
    eventually(lambda: "县里已经收到了" in visitor.http.get(sent).text, "the hub has it")
    assert "县里已经收到了" in visitor.open("/request/receipt").text

    stranger = Visitor(station.terminal_url)
    for path in ("picture", "document", "sent"):
        assert stranger.http.get(f"{station.terminal_url}/request/receipt/{path}").status_code == 404
