"""Calling a person: the citizen's button, the hall's page with its PIN, and what is counted against guessing."""

from __future__ import annotations

import io
import re
import sys
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from kiosk import db
from kiosk.app import readiness
from kiosk.cli import program as cli
from kiosk.clock import FixedClock
from kiosk.errors import RuleBroken
from kiosk.hall import pin_tries, pins
from kiosk.hall.pages.calls import TELEPHONE_AFTER_S
from kiosk.hall.pin_tries import Verdict
from kiosk.hall.rules import MOST_TRIES
from kiosk.machine import homes
from kiosk.tries import wait_after
from tests.building import a_terminal, as_shown, terminal_settings
from tests.served import served
from tests.world import eventually
from tools import sounds as tones

PIN, WRONG = "480917", "480916"
RIGHT_HASH = pins.hashed(PIN)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


SETTINGS = terminal_settings(
    hall_pin_hash=RIGHT_HASH, help_phone="0635-0000000", allowed_hosts=("localhost",)
)


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    with a_terminal(tmp_path, clock, replace(SETTINGS)) as app:
        yield app


def browser_of(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def citizen(app: Flask) -> FlaskClient:
    return browser_of(app)


@pytest.fixture
def staff(app: Flask) -> FlaskClient:
    return browser_of(app)


def try_pin(staff: FlaskClient, typed: str) -> tuple[int, str]:
    token = TOKEN.search(staff.get("/hall").text)
    assert token
    answer = as_shown(staff, staff.post("/hall", data={"pin": typed, "csrf_token": token[1]}))
    return answer.status_code, answer.text


def go(staff: FlaskClient, call: int) -> int:
    token = TOKEN.search(staff.get("/hall").text)
    assert token
    return staff.post(f"/hall/calls/{call}", data={"csrf_token": token[1]}).status_code


def test_one_press_calls_and_the_page_says_how_it_stands(
    citizen: FlaskClient, staff: FlaskClient, clock: FixedClock
) -> None:
    assert "叫工作人员过来" in citizen.get("/help").text
    assert citizen.post("/help/call").headers["Location"] == "/help/called"
    assert "已经叫了，工作人员马上过来" in citizen.get("/help/called").text
    clock.advance(TELEPHONE_AFTER_S - 40)
    citizen.get("/help/called/now")
    clock.advance(40)
    assert "请打电话0635-0000000" in citizen.get("/help/called/now").text
    assert try_pin(staff, PIN)[0] == 303
    page = staff.get("/hall").text
    assert "有人在叫" in page
    assert "已经等了2分0秒" in page
    assert go(staff, 1) == 303
    assert "现在没有人叫" in staff.get("/hall").text
    assert "工作人员正在过来" in citizen.get("/help/called").text
    assert db.store.execute_sql("SELECT act, subject FROM audit").fetchall() == [("call.answered", "1")]


def test_pressing_twice_is_one_call_and_going_twice_is_one_answer(
    citizen: FlaskClient, staff: FlaskClient
) -> None:
    citizen.post("/help/call")
    citizen.post("/help/call")
    try_pin(staff, PIN)
    page = staff.get("/hall").text
    assert page.count("data-call ") == 1
    assert "叫了2次" in page
    assert (go(staff, 1), go(staff, 1)) == (303, 303)
    assert db.store.execute_sql("SELECT count(*) FROM audit").fetchone() == (1,)


def test_a_call_is_nothing_personal_and_keeps_nobody_in(citizen: FlaskClient) -> None:
    citizen.post("/help/call")
    assert "离开就清除" not in citizen.get("/help/called").text
    assert "看看工作人员来了没有" in citizen.get("/help").text
    citizen.post("/leave")
    assert citizen.get("/help/called").status_code == 303
    assert citizen.get("/help/called/now").status_code == 204


def test_nobody_waits_through_a_restart_of_the_machine(
    citizen: FlaskClient, staff: FlaskClient, clock: FixedClock
) -> None:
    citizen.post("/help/call")
    clock.boot = "boot-2"
    try_pin(staff, PIN)
    assert "现在没有人叫" in staff.get("/hall").text


def test_the_hall_page_is_closed_without_a_pin(tmp_path: Path, clock: FixedClock) -> None:
    with a_terminal(tmp_path, clock, terminal_settings(allowed_hosts=("localhost",))) as app:
        answer = browser_of(app).get("/hall")
    assert answer.status_code == 403
    assert "还没有设置大厅密码" in answer.text


def test_without_the_pin_nothing_of_the_hall_is_shown_or_done(
    citizen: FlaskClient, staff: FlaskClient
) -> None:
    citizen.post("/help/call")
    assert "有人在叫" not in staff.get("/hall").text
    assert staff.get("/hall/calls").status_code == 403
    assert go(staff, 1) == 403
    try_pin(staff, PIN)
    token = TOKEN.search(staff.get("/hall").text)
    assert token
    assert staff.post("/hall/leave", data={"csrf_token": token[1]}).status_code == 303
    assert staff.get("/hall/calls").status_code == 403


def test_a_new_pin_ends_the_visits_of_the_old_one(app: Flask, staff: FlaskClient) -> None:
    try_pin(staff, PIN)
    assert staff.get("/hall/calls").status_code == 200
    object.__setattr__(app.extensions["kiosk"].settings, "hall_pin_hash", pins.hashed("250917"))
    assert staff.get("/hall/calls").status_code == 403


def test_five_tries_are_free_then_each_costs_twice_the_wait(staff: FlaskClient, clock: FixedClock) -> None:
    assert [try_pin(staff, WRONG)[0] for _ in range(5)] == [422, 422, 422, 422, 429]
    status, page = try_pin(staff, PIN)
    assert status == 429
    assert "请等30秒再试" in page
    clock.advance(31)
    assert "请等60秒再试" in try_pin(staff, WRONG)[1]
    clock.advance(61)
    assert try_pin(staff, PIN)[0] == 303
    assert try_pin_again_is_free(staff)


def try_pin_again_is_free(staff: FlaskClient) -> bool:
    staff.delete_cookie("visit")
    return try_pin(staff, WRONG)[0] == 422


def test_neither_the_wall_clock_nor_a_restart_shortens_the_wait(app: Flask, clock: FixedClock) -> None:
    for _ in range(5):
        pin_tries.attempt(WRONG, RIGHT_HASH, clock)
    clock.moment = clock.moment.replace(year=2027)
    assert pin_tries.attempt(PIN, RIGHT_HASH, clock).wait_s == 30
    clock.advance(29)
    clock.boot, clock.steady = "boot-2", 1.0
    assert pin_tries.attempt(PIN, RIGHT_HASH, clock).wait_s == 30
    clock.advance(30)
    assert pin_tries.attempt(PIN, RIGHT_HASH, clock).verdict is Verdict.RIGHT


def test_after_fifteen_wrong_tries_only_a_new_pin_opens(app: Flask, clock: FixedClock) -> None:
    seen = []
    for _ in range(MOST_TRIES):
        seen.append(pin_tries.attempt(WRONG, RIGHT_HASH, clock).verdict)
        clock.advance(wait_after(MOST_TRIES))
    assert seen[-2:] == [Verdict.WRONG, Verdict.CLOSED]
    assert pin_tries.attempt(PIN, RIGHT_HASH, clock).verdict is Verdict.CLOSED
    assert pin_tries.attempt(PIN, pins.hashed(PIN), clock).verdict is Verdict.RIGHT


def test_a_try_is_on_disk_before_it_is_compared(app: Flask, clock: FixedClock) -> None:
    with pytest.raises(AttributeError):
        pin_tries.attempt(None, RIGHT_HASH, clock)  # type: ignore[arg-type]  # stands for a pulled plug
    assert db.store.execute_sql("SELECT wrong FROM pin_try").fetchone() == (1,)


@pytest.mark.parametrize(
    "guessable",
    ["12345", "1234567890123", "123456", "987654", "777777", "121212", "4804804", "四八零九一七"],
)
def test_a_pin_that_is_guessed_at_once_is_refused(guessable: str) -> None:
    with pytest.raises(RuleBroken):
        pins.hashed(guessable)


def test_no_pin_opens_a_damaged_hash_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert not pins.is_right(pins.hashed(PIN), "000000")
    assert not caplog.records
    assert not pins.is_right("$argon2id$cut off", PIN)
    assert "the hash of a PIN is damaged" in caplog.text


def test_the_command_sets_the_pin_and_touches_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / homes.TERMINAL_FILE
    for text in ("# mine\nport = 8088\n", '# mine\nhall_pin_hash = ""\nport = 8088\n'):
        path.write_text(text, "utf-8")
        monkeypatch.setattr(sys, "stdin", io.StringIO(PIN + "\n"))
        assert cli.main(["hall-pin", "--home", str(tmp_path)]) == 0
        kept = homes.terminal_settings(tmp_path)
        assert kept.port == 8088
        assert path.read_text("utf-8").startswith("# mine\n")
        assert pins.is_right(kept.hall_pin_hash, PIN)
    monkeypatch.setattr(sys, "stdin", io.StringIO("123456\n"))
    assert cli.main(["hall-pin", "--home", str(tmp_path)]) == 1
    assert "guessed at once" in capsys.readouterr().err


def test_the_page_on_the_screen_signs_and_readiness_says_when(
    citizen: FlaskClient, tmp_path: Path, clock: FixedClock
) -> None:
    def signed() -> readiness.CheckResult:
        return readiness._page(clock)

    assert signed().words.startswith("last seen never")
    assert citizen.post("/awake").status_code == 204
    assert "Set-Cookie" not in citizen.post("/awake").headers
    assert (signed().ok, signed().words) == (True, "last seen 2026-11-23T01:30:00.000+00:00")
    clock.advance(400)
    assert not signed().ok


@pytest.mark.parametrize("name", tones.TONES)
def test_the_sounds_are_what_the_script_makes(name: str) -> None:
    stored = (tones.FOLDER / f"{name}.wav").read_bytes()
    assert stored == tones.sound(name)
    with wave.open(io.BytesIO(stored)) as heard:
        assert 0.03 < heard.getnframes() / heard.getframerate() < 1.0


@pytest.fixture
def terminal_url(tmp_path: Path, clock: FixedClock) -> Iterator[str]:
    with ExitStack() as opened:

        def make(port: int) -> Flask:
            return opened.enter_context(a_terminal(tmp_path, clock, replace(SETTINGS, port=port)))

        with served(make) as url:
            yield url


@pytest.mark.browser
def test_a_call_rings_and_shines_at_the_staffs_page_until_somebody_goes(
    chromium: Browser, terminal_url: str
) -> None:
    hall = chromium.new_context(service_workers="block", reduced_motion="reduce").new_page()
    hall.goto(f"{terminal_url}/hall")
    hall.get_by_label("大厅密码").fill(PIN)
    hall.get_by_role("button", name="打开").click()
    expect(hall.get_by_text("现在没有人叫")).to_be_visible()
    hall.evaluate("""() => { window.rung = 0;
      HTMLMediaElement.prototype.play = function () { window.rung += 1; return Promise.resolve(); }; }""")

    citizen = chromium.new_context(has_touch=True, service_workers="block").new_page()
    citizen.goto(terminal_url)
    citizen.locator(".bar-help").tap()
    citizen.get_by_role("button", name="叫工作人员过来").tap()
    expect(citizen.get_by_text("已经叫了，工作人员马上过来")).to_be_visible()

    expect(hall.get_by_text("有人在叫：")).to_be_visible()
    eventually(lambda: hall.evaluate("window.rung"), "the bell rings")
    header = hall.locator(".desk-head")
    assert header.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(156, 35, 24)"
    assert header.evaluate("e => getComputedStyle(e).animationName") == "none"
    hall.get_by_role("button", name="我去了").click()
    expect(hall.get_by_text("现在没有人叫")).to_be_visible()
    expect(citizen.get_by_text("工作人员正在过来")).to_be_visible()
    for page in (hall, citizen):
        page.wait_for_load_state("load")
        page.context.close()
