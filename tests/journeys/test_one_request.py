"""One look-up, one request, one receipt, one sync: the whole story without JavaScript."""

from __future__ import annotations

import pytest

from tests.journeys.story import confirm_receipt, fill_in, hand_in, promised, sign_in
from tests.pages import PATIENCE_S, Visitor
from tests.world import CLERK, PASSWORD, World, answers, eventually


def at_the_desk(county: World) -> Visitor:
    desk = Visitor(county.hub_url)
    sign_in(desk, CLERK, PASSWORD)
    return desk


def test_a_citizen_finds_a_document_and_its_validity(county: World) -> None:
    citizen = Visitor(county.terminal_url)
    citizen.open("/")
    results = citizen.submit("/search", q="低保")
    assert "低保" in results.text
    href = next(href for words, href in results.links if href.startswith("/documents/"))
    document = citizen.open(href)
    assert "（示例）" in document.text
    assert "发布" in document.text


def test_a_request_arrives_is_registered_and_is_found_again(county: World) -> None:
    citizen = Visitor(county.terminal_url)
    check = fill_in(citizen)
    assert "***" in check.text, "the identity number is masked"
    promise = promised(citizen.submit("/request/check"))
    citizen.submit("/leave")

    desk = at_the_desk(county)
    eventually(lambda: promise.number in desk.open("/desk/requests").text, "the request on the desk")
    case = desk.open(f"/desk/requests/{promise.number}")
    assert "张样例" not in case.text
    opened = desk.submit("/open")
    assert "张样例" in opened.text
    assert "示例镇2025年道路维修的招标结果" in opened.text
    desk.open(f"/desk/requests/{promise.number}")
    confirm_receipt(desk, promise.number)
    desk.submit("/register")

    def is_registered() -> bool:
        reader = Visitor(county.terminal_url)
        reader.open("/progress")
        return "已登记" in reader.submit("/progress", number=promise.number.lower(), code=promise.code).text

    eventually(is_registered, "the status on the terminal")


def test_with_the_hub_gone_a_request_is_taken_and_arrives_by_itself_later(county: World) -> None:
    county.stop("hub")
    try:
        citizen = Visitor(county.terminal_url)
        citizen.open("/search?q=低保")
        promise = hand_in(citizen, "示例村2024年低保名单公示情况")
        reader = Visitor(county.terminal_url)
        reader.open("/progress")
        found = reader.submit("/progress", number=promise.number, code=promise.code)
        assert "已提交" in found.text
    finally:
        county.start("hub")
    desk = at_the_desk(county)
    eventually(lambda: promise.number in desk.open("/desk/requests").text, "the request on the desk")


def test_a_wrong_code_and_an_unknown_number_get_the_same_words(county: World) -> None:
    promise = hand_in(Visitor(county.terminal_url))
    reader = Visitor(county.terminal_url)
    reader.open("/progress")
    wrong = reader.submit("/progress", expect=422, number=promise.number, code="1111 1111 1111")
    assert "编号或者查询码不对" in wrong.text


def test_the_same_form_sent_twice_makes_one_request(county: World) -> None:
    citizen = Visitor(county.terminal_url)
    fill_in(citizen)
    form = citizen.page.form("/request/check")
    first = promised(citizen.submit("/request/check"))
    again = citizen.http.post(county.terminal_url + "/request/check", data=form.fields, timeout=PATIENCE_S)
    assert first.number in again.text


@pytest.mark.parametrize(
    ("page", "field", "value", "sentence"),
    [
        ("what", "wanted", "", "请写下您想要的信息"),
        ("identity", "number", "371525195001010011", "最后一位对不上"),
        ("identity", "number", "12345", "身份证号码是18位"),
        ("contact", "phone", "", "至少填写一样"),
    ],
)
def test_a_wrong_answer_is_explained_and_nothing_is_lost(
    county: World, page: str, field: str, value: str, sentence: str
) -> None:
    citizen = Visitor(county.terminal_url)
    fill_in(citizen)
    citizen.open(f"/request/{page}")
    answer = citizen.submit(f"/request/{page}", expect=422, **{field: value})
    assert sentence in answer.text
    assert answer.title.startswith("错误：")


def test_who_leaves_leaves_nothing_behind(county: World) -> None:
    citizen = Visitor(county.terminal_url)
    fill_in(citizen, wanted="金丝雀一号")
    cookie = dict(citizen.http.cookies)
    answer = citizen.http.post(
        county.terminal_url + "/leave",
        data=citizen.page.form("/leave").fields,
        timeout=PATIENCE_S,
        allow_redirects=False,
    )
    assert answer.status_code == 303
    assert "cookies" in answer.headers["Clear-Site-Data"]
    intruder = Visitor(county.terminal_url)
    intruder.http.cookies.update(cookie)
    page = intruder.open("/request/check")
    assert "金丝雀" not in page.text


def test_nothing_personal_is_on_the_terminals_disk(county: World) -> None:
    hand_in(Visitor(county.terminal_url), wanted="金丝雀二号要的信息")
    needles = [
        word.encode(coding)
        for word in ("张样例", "金丝雀二号")
        for coding in ("utf-8", "gb18030", "utf-16-le")
    ]
    for path in [*county.terminal_home.rglob("*"), *county.root.glob("*.log")]:
        if path.is_file():
            content = path.read_bytes()
            assert not any(needle in content for needle in needles), path.name


def test_the_health_of_both_can_be_asked(county: World) -> None:
    assert answers(county.terminal_url + "/healthz")
    assert answers(county.hub_url + "/healthz")
