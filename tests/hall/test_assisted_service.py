"""Assisted service at a terminal: who may open it, how long it lasts, what the citizen confirms, what stays of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.public import PrivateKey
from werkzeug.test import TestResponse

from kiosk import audit, db, side_lists
from kiosk.clock import FixedClock
from kiosk.hall import pins
from kiosk.hall.pins import Member, Roster
from sync.terminal import held_lists
from tests.building import a_terminal, as_shown, terminal_settings
from tests.journeys.story import ANSWERS, an_id_number
from tests.terminals import link

NUMBER, NAME, PIN, WRONG = "1024", "王示例", "480917", "480916"
OTHER = Member("2048", "李示例", pins.hashed("705163"))
MEMBER = Member(NUMBER, NAME, pins.hashed(PIN))
KEY = pins.unlock_key(b"h" * 32, "device-1")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TOLD = ANSWERS | {
    "contact": {"phone": "13800001234", "address": "示例镇示例村12号"},
    "paper": {"paper": "standard"},
}


def tell(clock: FixedClock, *members: Member) -> None:
    """What the hub's list says from now on."""
    with db.writing(db.store):
        content = Roster(members, KEY).body() if members else None
        held_lists.keep(db.store, side_lists.HALL_STAFF, content, clock.now())


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    settings = terminal_settings(
        allowed_hosts=("localhost",),
        printer="tcp://127.0.0.1:9",
        runtime_dir=str(tmp_path / "memory"),
    )
    with a_terminal(tmp_path, clock, settings) as app:
        link(clock, seal_key=bytes(PrivateKey.generate().public_key))
        tell(clock, MEMBER, OTHER)
        yield app


class Screen:
    """The one browser of the machine, without JavaScript."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, path: str) -> str:
        return self.client.get(path).text

    def send(self, path: str, on: str, **answers: str) -> TestResponse:
        """A form sent from page `on`."""
        token = TOKEN.search(self.open(on))
        assert token, f"{on} has no form"
        return as_shown(self.client, self.client.post(path, data={**answers, "csrf_token": token[1]}))

    def staff(self, pin: str = PIN, number: str = NUMBER) -> TestResponse:
        return self.send("/assist", "/assist", number=number, pin=pin)

    def begin(self) -> None:
        assert self.send("/request/", "/request/").status_code == 303

    def answer(self, *steps: str) -> None:
        for step in steps or TOLD:
            path = f"/request/{step}"
            assert self.send(path, path, **TOLD[step]).status_code == 303, step


@pytest.fixture
def screen(app: Flask) -> Screen:
    return Screen(app.test_client())


def acts() -> list[tuple[str, str, str]]:
    rows = db.store.execute_sql("SELECT actor, act, subject FROM audit ORDER BY seq").fetchall()
    assert audit.first_break() is None
    return [tuple(row) for row in rows]


def test_a_named_account_opens_it_beside_the_citizen_and_every_page_says_who_and_how_long(
    screen: Screen, clock: FixedClock
) -> None:
    screen.begin()
    screen.answer("what")
    assert screen.staff().headers["Location"] == "/assist"
    for path in ("/assist", "/", "/search", "/progress", "/help", "/request/organ"):
        page = screen.open(path)
        assert "王示例（工号1024）正在帮您办" in page, path
        assert "还有20分钟" in page, path
    clock.advance(60)
    assert "还有19分钟" in screen.open("/")
    assert acts() == [("hall:1024", "assist.opened", NUMBER)]


def test_it_is_closed_until_the_hub_names_somebody_and_on_public_pages_there_is_none(
    screen: Screen, app: Flask, clock: FixedClock
) -> None:
    tell(clock)
    assert screen.client.get("/assist").status_code == 403
    tell(clock, MEMBER)
    object.__setattr__(app.extensions["kiosk"].settings, "channel", "web")
    assert screen.client.get("/assist").status_code == 404


@pytest.mark.parametrize(("number", "pin"), [(NUMBER, WRONG), ("9999", PIN), ("2048", PIN), ("", "")])
def test_a_wrong_pin_and_an_unknown_number_get_the_same_answer(screen: Screen, number: str, pin: str) -> None:
    answer = screen.staff(pin, number)
    assert answer.status_code == 422
    assert "工号或密码不对，请再试一次。" in answer.text
    assert pin not in answer.text or not pin
    assert "正在帮您办" not in screen.open("/")


def test_staff_jumps_between_questions_and_the_citizen_alone_does_not(screen: Screen) -> None:
    screen.begin()
    assert screen.client.get("/request/contact").status_code == 303
    screen.staff()
    page = screen.open("/request/contact")
    assert "怎么联系您？" in page
    assert page.count("overview-part") == 10
    assert 'aria-current="step"' in page
    screen.answer("contact", "what")
    page = screen.open("/assist")
    assert page.count("overview-done") == 2
    assert "138****1234" in page
    assert "13800001234" not in page
    assert "示例镇示例村12号" not in page


def test_the_citizen_confirms_in_the_largest_type_and_staff_mode_is_over(screen: Screen) -> None:
    screen.staff()
    screen.begin()
    screen.answer()
    assert "请本人确认" in screen.open("/request/check")
    answer = screen.send("/request/check", "/request/check")
    assert answer.headers["Location"] == "/request/confirm"
    page = screen.open("/request/confirm")
    assert "terminal size-3" in page
    assert "工号1024" in page
    assert "正在帮您办" not in page
    assert "张样例" in page
    for hidden in (an_id_number(), "13800001234", "12号"):
        assert hidden not in page
    assert screen.client.get("/assist").text.count("开始协助")
    assert screen.send("/request/confirm", "/request/confirm").headers["Location"] == "/request/receipt"
    assert "由大厅工作人员（工号1024）代为填写，您本人确认。" in screen.open("/request/receipt")
    (envelope, slip) = db.store.execute_sql(
        "SELECT o.envelope, p.slip FROM outbox o JOIN print_job p ON p.request_key = o.key"
    ).fetchone()
    told = json.loads(envelope)
    assert (told["entry_mode"], told["assisted_by"]) == ("staff_dictated", NUMBER)
    assert "大厅工作人员（工号1024）代为填写，本人确认" in slip
    number = db.store.execute_sql("SELECT number FROM submission").fetchone()[0]
    assert acts() == [
        ("hall:1024", "assist.opened", NUMBER),
        ("hall:1024", "assist.ended", NUMBER),
        ("hall:1024", "assist.handed-in", number),
    ]
    whole = str(db.store.execute_sql("SELECT * FROM audit").fetchall())
    assert not [each for each in ("张样例", "张*", "13800001234", "道路") if each in whole]


def test_staff_cannot_hand_in_and_nobody_reaches_the_confirmation_of_an_own_request(screen: Screen) -> None:
    screen.begin()
    screen.answer()
    assert screen.client.get("/request/confirm").headers["Location"] == "/request/check"
    screen.staff()
    token = TOKEN.search(screen.open("/request/check"))
    assert token
    assert (
        screen.client.post("/request/confirm", data={"csrf_token": token[1]})
        .headers["Location"]
        .endswith("/check")
    )
    screen.client.post("/request/check", data={"csrf_token": token[1]})
    assert db.store.execute_sql("SELECT count(*) FROM submission").fetchone() == (0,)
    screen.send("/request/confirm", "/request/confirm")
    assert db.store.execute_sql("SELECT count(*) FROM submission").fetchone() == (1,)


def test_a_citizen_alone_hands_in_as_before_without_a_mark(screen: Screen) -> None:
    screen.begin()
    screen.answer()
    assert screen.send("/request/check", "/request/check").headers["Location"] == "/request/receipt"
    told = json.loads(db.store.execute_sql("SELECT envelope FROM outbox").fetchone()[0])
    assert told["entry_mode"] == "self"
    assert "assisted_by" not in told
    assert acts() == []


def test_the_mark_stays_when_the_time_is_over_before_the_form_is_done(
    screen: Screen, clock: FixedClock
) -> None:
    screen.staff()
    screen.begin()
    screen.answer("what", "organ", "supply")
    for _minute in range(19):
        clock.advance(60)
        screen.open("/request/obtain")
    page = screen.open("/")
    assert "assist-ending" in page
    clock.advance(61)
    page = screen.open("/request/obtain")
    assert "协助的时间到了。填过的都在" in page
    assert "协助的时间到了" not in screen.open("/request/obtain")
    assert screen.client.get("/request/contact").status_code == 303
    screen.answer(*[step for step in TOLD if step not in ("what", "organ", "supply")])
    assert screen.send("/request/check", "/request/check").headers["Location"] == "/request/confirm"
    assert [act for _actor, act, _subject in acts()] == ["assist.opened", "assist.ended"]


def test_a_page_that_is_sent_after_the_time_is_kept_as_the_citizens_own(
    screen: Screen, clock: FixedClock, app: Flask
) -> None:
    screen.begin()
    screen.staff()
    token = TOKEN.search(screen.open("/request/what"))
    assert token
    for _minute in range(20):
        clock.advance(60)
        screen.client.get("/awake")
    answer = screen.client.post("/request/what", data={**TOLD["what"], "csrf_token": token[1]})
    assert answer.headers["Location"] == "/request/organ"
    assert "正在帮您办" not in screen.open("/request/organ")


def wait_18_minutes(screen: Screen, clock: FixedClock) -> None:
    for _minute in range(18):
        clock.advance(60)
        screen.client.get("/awake")


def test_more_time_is_one_press_away_twice_and_then_the_pin_is_asked_for_again(
    screen: Screen, clock: FixedClock
) -> None:
    screen.staff()
    for _round in range(2):
        for _time in range(2):
            wait_18_minutes(screen, clock)
            answer = screen.send("/assist/more", "/help", next="/help")
            assert answer.headers["Location"] == "/help"
            assert "还有20分钟" in screen.open("/help")
        wait_18_minutes(screen, clock)
        asked = screen.send("/assist/more", "/help", next="/help").headers["Location"]
        assert asked == "/assist?more=&next=/help"
        assert "还有2分钟" in screen.open("/help"), "nothing was put off"
        page = screen.open(asked)
        assert "再输一次工号和密码" in page
        assert screen.send("/assist", asked, next="/help", number=NUMBER, pin=WRONG).status_code == 422
        assert "还有2分钟" in screen.open("/help")
        proven = screen.send("/assist", asked, next="/help", number=NUMBER, pin=PIN)
        assert proven.headers["Location"] == "/help"
        assert "还有20分钟" in screen.open("/help")
    assert [act for _actor, act, _subject in acts()].count("assist.extended") == 4


def test_more_time_never_leads_to_another_host(screen: Screen) -> None:
    screen.staff()
    assert screen.send("/assist/more", "/help", next="//evil.example").headers["Location"] == "/assist"


def test_an_account_that_was_closed_at_the_hub_ends_at_the_next_page(
    screen: Screen, clock: FixedClock
) -> None:
    screen.staff()
    screen.begin()
    screen.answer("what")
    tell(clock, OTHER)
    page = screen.open("/request/organ")
    assert "工作人员的账号停用了，协助已经结束。填过的都在。" in page
    assert "正在帮您办" not in page
    assert screen.staff().status_code == 422
    assert acts()[-1][1] == "assist.ended"


def test_a_new_pin_ends_what_the_old_one_opened(screen: Screen, clock: FixedClock) -> None:
    screen.staff()
    tell(clock, replace(MEMBER, pin_hash=pins.hashed("918273")))
    assert "正在帮您办" not in screen.open("/")
    assert screen.staff("918273").status_code == 303


@pytest.mark.parametrize("way", ["leave", "left", "attract", "idle", "reboot"])
def test_staff_mode_and_answers_never_reach_the_next_citizen(
    screen: Screen, clock: FixedClock, way: str
) -> None:
    screen.staff()
    screen.begin()
    screen.answer("what")
    if way == "leave":
        screen.client.post("/leave")
    elif way == "idle":
        clock.advance(121)
    elif way == "reboot":
        clock.boot = "boot-2"
    else:
        screen.open(f"/{way}")
    page = screen.open("/assist")
    assert "正在帮您办" not in page
    assert "开始协助" in page
    assert screen.client.get("/request/organ").headers["Location"] == "/request/"
    if way in ("leave", "left", "attract"):
        assert acts()[-1] == ("hall:1024", "assist.ended", NUMBER)


def test_the_visit_has_a_fresh_token_after_the_pin_and_after_handing_back(screen: Screen) -> None:
    screen.begin()
    tokens = [screen.client.get_cookie("visit").value]  # type: ignore[union-attr]
    screen.staff()
    tokens.append(screen.client.get_cookie("visit").value)  # type: ignore[union-attr]
    screen.send("/assist/hand-back", "/assist", next="/")
    tokens.append(screen.client.get_cookie("visit").value)  # type: ignore[union-attr]
    assert len(set(tokens)) == 3
    assert "正在帮您办" not in screen.open("/")
    assert "您想要什么信息？" in screen.open("/request/what")


def test_an_attached_keyboard_puts_the_panel_away_until_it_is_wanted_again(screen: Screen) -> None:
    screen.begin()
    screen.staff()
    assert "data-writing-panel" in screen.open("/request/what")
    screen.send("/assist/keyboard", "/assist", keyboard="attached")
    assert "data-writing-panel" not in screen.open("/request/what")
    screen.send("/assist/keyboard", "/assist", keyboard="screen")
    assert "data-writing-panel" in screen.open("/request/what")


def test_assisted_service_is_exempt_from_the_limits_against_floods(screen: Screen) -> None:
    screen.staff()
    for _request in range(7):
        screen.begin()
        screen.answer()
        screen.send("/request/check", "/request/check")
        assert screen.send("/request/confirm", "/request/confirm").status_code == 303
        assert screen.staff().status_code == 303
    assert db.store.execute_sql("SELECT count(*) FROM submission").fetchone() == (7,)


def test_without_the_pin_the_buttons_of_staff_do_nothing(screen: Screen) -> None:
    for path in ("/assist/more", "/assist/keyboard", "/assist/hand-back"):
        assert screen.send(path, "/assist", keyboard="attached").status_code == 303
    assert "正在帮您办" not in screen.open("/")
    assert acts() == []
