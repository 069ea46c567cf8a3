"""
From a request without a network to the answer that its citizen collects at another terminal: the whole way, over HTTP.

Afterwards no disk of the three machines holds a word of the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from printers.paper import pdf
from printers.paper.document import Para, Slip, Title
from tests.browser.everything import WebStation
from tests.journeys.story import ADDED, MONDAY, Promised, confirm_receipt, hand_in, sign_in
from tests.pages import PATIENCE_S, Page, Visitor
from tests.world import CLERK, PASSWORD, World, eventually

CANARY = "金丝雀答复正文"
PERSON = ADDED["person"]


@pytest.fixture
def phone(county: World, tmp_path: Path) -> Iterator[World]:
    """The county's public pages: another terminal of the same hub."""
    with WebStation(tmp_path / "web", county) as station:
        station.make()
        station.start("web", "agent")
        yield station


def test_a_request_made_offline_is_corrected_answered_and_collected_elsewhere(
    county: World, phone: World
) -> None:
    county.stop("hub")
    try:
        promise = hand_in(Visitor(county.terminal_url), "示例镇修路的招标结果，没写哪一年", paper="none")
        assert "联网后自动送到办理机关" in look_up(county, promise).page.text
    finally:
        county.start("hub")
    desk = Visitor(county.hub_url)
    sign_in(desk, CLERK, PASSWORD)
    case = f"/desk/requests/{promise.number}"
    eventually(lambda: desk.http.get(county.hub_url + case, timeout=PATIENCE_S).ok, "the case at the desk")
    confirm_receipt(desk, promise.number)
    desk.submit("/register")
    step(desk, case, "correction", until=(MONDAY + timedelta(days=7)).isoformat())

    citizen = eventually(lambda: is_told(county, promise, "等您补正"), "the notice at the terminal")
    assert "请您补正，最晚" in citizen.page.text
    citizen.open("/correct/")
    citizen.submit("/correct/")
    for question, fields in {
        "corrected": ADDED["corrected"],
        "person": PERSON,
        "paper": {"paper": "none"},
    }.items():
        citizen.submit(f"/correct/{question}", **fields)
    assert promise.number in citizen.submit("/correct/check").text
    citizen.submit("/leave")
    added = eventually(lambda: re.search(r"/desk/requests/added/[^\"]+", raw(desk, case)), "the correction")
    desk.open(added[0])
    opened = desk.submit("/open")
    assert "和申请人一致" in opened.text
    assert "2025年的那一份" in opened.text

    step(desk, case, "answer", outcome="granted")
    letter = a_letter()
    release(desk, case, letter)

    reader = eventually(lambda: is_told(phone, promise, "答复做好了"), "the answer on the phone")
    reader.open("/progress/answer")
    wrong = reader.submit("/progress/answer", expect=422, person_name="李某", person_end=PERSON["person_end"])
    assert "对不上" in wrong.text
    page = reader.submit("/progress/answer", **PERSON)
    assert CANARY in page.text
    assert "第1页，共" in page.text
    assert reader.http.get(phone.terminal_url + "/progress/answer/leaf?page=2", timeout=PATIENCE_S).ok
    saved = reader.http.get(phone.terminal_url + "/progress/answer/file", timeout=PATIENCE_S)
    assert saved.content == letter, "a phone keeps the letter as it was stamped"
    assert saved.headers["Cache-Control"] == "no-store"

    rater = is_told(county, promise, "答复已签收")
    assert rater, "the day of collecting is seen at the first terminal at once"
    rater.open("/progress/satisfied")
    assert "谢谢您的评价" in rater.submit("/progress/satisfied", rating="good").text
    eventually(lambda: "：满意" in desk.open(case).text, "the rating at the desk")

    needles = [CANARY.encode(coding) for coding in ("utf-8", "gb18030", "utf-16-le")] + [letter[300:700]]
    for root in (county.hub_home, county.terminal_home, phone.root):
        for path in root.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not any(needle in content for needle in needles), path


def look_up(station: World, promise: Promised) -> Visitor:
    """A visitor who sees the progress."""
    reader = Visitor(station.terminal_url)
    reader.open("/progress")
    reader.submit("/progress", number=promise.number, code=promise.code)
    return reader


def is_told(station: World, promise: Promised, words: str) -> Visitor | None:
    reader = look_up(station, promise)
    return reader if words in reader.page.text else None


def raw(desk: Visitor, path: str) -> str:
    return desk.open(path).response.text


def step(desk: Visitor, case: str, name: str, **fields: str) -> Page:
    """The clerk takes a step of today."""
    desk.open(f"{case}/steps/{name}")
    return desk.submit(f"/steps/{name}", on=MONDAY.isoformat(), **fields)


def a_letter() -> bytes:
    text = (Title("政府信息公开答复书"), *(Para(f"{CANARY}第{at}段，" + "内容" * 80) for at in range(30)))
    return pdf.render(Slip("letter", "答复", text))


def release(desk: Visitor, case: str, letter: bytes) -> None:
    """The clerk lets the stamped letter be collected."""
    form = desk.open(f"{case}/release").form("/release")
    answer = desk.http.post(
        desk.page.url,
        data={**form.fields, "letter_no": "冠政公开〔2026〕1号"},
        files={"file": ("a.pdf", letter, "application/pdf")},
        timeout=PATIENCE_S,
    )
    assert answer.ok, answer.text
    assert "已经放好" in answer.text
