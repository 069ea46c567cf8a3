"""What a scanned code means and opens: ours by pattern, strangers' never."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.readers.codes.meaning import NOTHING, CodeKind, CodeMeaning, OwnCodes, meaning
from kiosk.readers.pages import scan_views
from tests.journeys.story import ANSWERS
from tests.readers.conftest import AT, Hall, eventually
from tools.virtual_reader.reader_page import STRANGE

NUMBER = "GX03-261122-0007-K7-F"
OWN = OwnCodes(("https://open.example.cn/pages", "http://10.0.0.5:8080"), "GX01")
SUBMISSION = CodeMeaning(CodeKind.SUBMISSION, NUMBER)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NUMBER, SUBMISSION),
        (f" {NUMBER.lower()}\r\n", SUBMISSION),
        (f"https://open.example.cn/pages/progress?number={NUMBER}", SUBMISSION),
        (f"BEGIN:VCALENDAR\nVERSION:2.0\nUID:{NUMBER}\nEND:VCALENDAR", SUBMISSION),
        ("https://open.example.cn/pages/documents/gx-2024-17", CodeMeaning(CodeKind.DOCUMENT, "gx-2024-17")),
        (
            "http://10.0.0.5:8080/queue/place/abcdefghijklmnop",
            CodeMeaning(CodeKind.PLACE, "abcdefghijklmnop"),
        ),
        (STRANGE["外县的编号"], CodeMeaning(CodeKind.ELSEWHERE)),
    ],
)
def test_what_is_ours_is_known_by_its_pattern(text: str, found: CodeMeaning) -> None:
    assert meaning(text, OWN) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        NUMBER[:-1] + "5",
        f"https://evil.example/progress?number={NUMBER}",
        f"https://open.example.cn.evil.example/pages/progress?number={NUMBER}",
        f"https://open.example.cn/pages@evil.example/progress?number={NUMBER}",
        f"https://open.example.cn/pages/../progress?number={NUMBER}",
        f"https://open.example.cn/pages/leave?number={NUMBER}",
        "https://open.example.cn/pages/documents/../leave",
        "https://open.example.cn/pages/documents/a%2F..%2Fleave",
        "https://open.example.cn/pages/queue/place/short",
        "javascript:alert(1)",
        "371525199001010017",
        *(text for name, text in STRANGE.items() if name != "外县的编号"),
    ],
)
def test_strangers_codes_mean_nothing(text: str) -> None:
    assert meaning(text, OWN) == NOTHING


@given(some.text(max_size=2_000))
def test_any_text_means_something_or_nothing_and_only_of_our_characters(text: str) -> None:
    found = meaning(text, OWN)
    assert all(each.isascii() and (each.isalnum() or each in "-._") for each in found.value)


def where(hall: Hall) -> str:
    return hall.client.get("/scanned", headers=AT).headers["Location"]


def test_a_slip_opens_its_progress_page_with_the_number_and_asks_for_the_code(hall: Hall) -> None:
    hall.scan(NUMBER)
    assert where(hall) == f"/progress?number={NUMBER}"
    page = hall.open(f"/progress?number={NUMBER}")
    assert f'value="{NUMBER}"' in page
    assert 'name="code"' in page
    assert where(hall) == "/scan?said=none", "a code opens its page once"


def test_a_document_is_opened(hall: Hall) -> None:
    hall.scan("https://open.example.cn/documents/gx-2024-17")
    assert where(hall) == "/documents/gx-2024-17"


@pytest.mark.parametrize("name", list(STRANGE))
def test_a_strangers_code_is_said_and_does_nothing(hall: Hall, name: str) -> None:
    hall.scan(STRANGE[name])
    said = "elsewhere" if name == "外县的编号" else "nothing"
    assert where(hall) == f"/scan?said={said}"
    page = hall.open(f"/scan?said={said}")
    assert "不是本县的" in page if said == "elsewhere" else "什么也没有打开" in page
    assert "example.com" not in page


def test_the_page_says_only_what_it_knows(hall: Hall) -> None:
    assert "无法识别" not in hall.open("/scan?said=<b>")


def test_a_page_learns_of_a_code_without_a_cookie_and_nothing_of_it(hall: Hall) -> None:
    stranger = hall.client.application.test_client()
    assert stranger.get("/scan/waiting", headers=AT).json == {"code": ""}
    hall.scan(NUMBER)
    answer = stranger.get("/scan/waiting", headers=AT)
    assert answer.json
    assert answer.json["code"]
    assert NUMBER not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("page", ["/", "/attract", "/help", "/search", "/progress", "/scan"])
def test_every_page_opens_what_is_held_up(hall: Hall, page: str) -> None:
    assert "js/scan.js" in hall.client.get(page, headers=AT).text


def test_without_javascript_a_button_says_that_the_code_was_held_up(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.scan(NUMBER)
    assert hall.send("/scan").headers["Location"] == f"/progress?number={NUMBER}"
    monkeypatch.setattr(scan_views, "HELD_WAIT_S", 0.05)
    before = time.monotonic()
    assert hall.send("/scan").headers["Location"] == "/scan?said=none"
    assert time.monotonic() - before < 2


def test_what_is_half_written_waits_while_a_code_is_opened(hall: Hall) -> None:
    hall.send("/request/")
    hall.send("/request/what", **ANSWERS["what"])
    hall.scan(NUMBER)
    kept = hall.client.post(
        "/settings?next=/scanned&at=/request/what", data={"wanted": "写了一半"}, headers=AT
    )
    assert kept.headers["Location"] == "/scanned"
    assert where(hall) == f"/progress?number={NUMBER}"
    assert "写了一半" in hall.open("/request/what")


def test_a_code_in_gb18030_and_a_flood_do_no_harm(hall: Hall) -> None:
    hall.scan("冠县政务公开".encode("gb18030"))
    assert where(hall) == "/scan?said=nothing"
    for _ in range(50):
        hall.scanner.write(b"x" * 4_000 + b"\r\n")
    eventually(lambda: hall.client.get("/scan/waiting", headers=AT).json != {"code": ""})
    assert where(hall) == "/scan?said=nothing"
    eventually(lambda: where(hall) == "/scan?said=none")
    hall.scan(NUMBER)
    assert where(hall) == f"/progress?number={NUMBER}"
