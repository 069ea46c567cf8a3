"""Named accounts of the hall: tries that are counted, the lock, the telephone, and the hall's page."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.hall import members, pins
from kiosk.hall.pin_tries import Verdict
from kiosk.hall.pins import Roster
from kiosk.hall.rules import MOST_TRIES
from kiosk.tries import wait_after
from tests.hall.test_assisted_service import (
    KEY,
    MEMBER,
    NUMBER,
    OTHER,
    PIN,
    WRONG,
    Screen,
    acts,
    app,
    screen,
    tell,
)

__all__ = ["app", "screen"]
KNOWN = Roster((MEMBER, OTHER), KEY)


def lock(number: str, clock: FixedClock) -> list[Verdict]:
    """Fifteen wrong tries, each after its wait."""
    seen = []
    for wrong in range(MOST_TRIES):
        seen.append(members.enter(number, WRONG, KNOWN, clock).outcome.verdict)
        clock.advance(wait_after(wrong + 1))
    return seen


def code_on(page: str) -> str:
    """The challenge as it is read from the screen."""
    found = re.search(r'class="number-value"[^>]*>([0-9 ]+)<', page)
    assert found
    return pins.plain_digits(found[1])


def test_five_tries_are_free_then_waits_double_and_fifteen_lock_this_account_alone(
    app: Flask, clock: FixedClock
) -> None:
    free = [members.enter(NUMBER, WRONG, KNOWN, clock).outcome for _ in range(5)]
    assert [one.wait_s for one in free] == [0, 0, 0, 0, 30]
    assert members.enter(NUMBER, PIN, KNOWN, clock).outcome.verdict is Verdict.WAIT
    assert members.enter("2048", "705163", KNOWN, clock).member == OTHER
    clock.advance(30)
    assert members.enter(NUMBER, PIN, KNOWN, clock).member == MEMBER
    assert lock(NUMBER, clock)[-2:] == [Verdict.WRONG, Verdict.CLOSED]
    clock.advance(365 * 86_400)
    clock.boot = "boot-2"
    assert members.enter(NUMBER, PIN, KNOWN, clock).outcome.verdict is Verdict.CLOSED
    assert members.enter("2048", "705163", KNOWN, clock).member == OTHER


def test_numbers_that_are_none_lock_like_those_that_are(app: Flask, clock: FixedClock) -> None:
    assert lock("777", clock)[-2:] == [Verdict.WRONG, Verdict.CLOSED]


def test_a_locked_account_is_opened_by_telephone_once(screen: Screen, clock: FixedClock) -> None:
    lock(NUMBER, clock)
    assert screen.staff().headers["Location"] == "/assist/unlock"
    page = screen.open("/assist/unlock")
    asked = code_on(page)
    assert pins.is_challenge(KEY, NUMBER, asked)
    clock.boot = "boot-2"
    screen.staff()
    assert code_on(screen.open("/assist/unlock")) == asked
    wrong = screen.send("/assist/unlock", "/assist/unlock", answer="0000 0000")
    assert wrong.status_code == 422
    told = pins.grouped(pins.answer_to(KEY, NUMBER, asked))
    assert screen.send("/assist/unlock", "/assist/unlock", answer=told).headers["Location"] == "/assist"
    assert "已经解锁" in screen.open("/assist")
    assert screen.staff().status_code == 303
    assert ("hub", "hall.unlocked", NUMBER) in acts()
    screen.client.post("/leave")
    lock(NUMBER, clock)
    screen.staff()
    page = screen.open("/assist/unlock")
    assert code_on(page)[:2] == "01"
    assert screen.send("/assist/unlock", "/assist/unlock", answer=told).status_code == 422


def test_the_answer_of_another_account_or_another_terminal_opens_nothing(
    app: Flask, clock: FixedClock
) -> None:
    lock(NUMBER, clock)
    asked = members.challenge(NUMBER, KNOWN)
    elsewhere = pins.unlock_key(b"h" * 32, "device-2")
    for wrong in (pins.answer_to(elsewhere, NUMBER, asked), pins.answer_to(KEY, "2048", asked)):
        assert members.unlock(NUMBER, wrong, KNOWN, clock).verdict is Verdict.WRONG
    assert not pins.is_challenge(elsewhere, NUMBER, asked) or not pins.is_challenge(KEY, "2048", asked)


def test_answers_are_counted_like_pins_and_a_new_pin_is_the_last_way(app: Flask, clock: FixedClock) -> None:
    lock(NUMBER, clock)
    for wrong in range(MOST_TRIES):
        outcome = members.unlock(NUMBER, "00000000", KNOWN, clock)
        clock.advance(wait_after(wrong + 1))
    assert outcome.verdict is Verdict.CLOSED
    right = pins.answer_to(KEY, NUMBER, members.challenge(NUMBER, KNOWN))
    assert members.unlock(NUMBER, right, KNOWN, clock).verdict is Verdict.CLOSED
    renewed = pins.Member(NUMBER, "王示例", pins.hashed("918273"))
    assert members.enter(NUMBER, "918273", Roster((renewed,), KEY), clock).member == renewed


def test_a_try_is_on_disk_before_it_is_compared(app: Flask, clock: FixedClock) -> None:
    with pytest.raises(AttributeError):
        members.enter(NUMBER, None, KNOWN, clock)  # type: ignore[arg-type]  # stands for a pulled plug
    assert db.store.execute_sql("SELECT wrong FROM pin_try").fetchone() == (1,)


def test_nobody_reaches_the_telephone_page_without_a_locked_account(screen: Screen) -> None:
    assert screen.client.get("/assist/unlock").headers["Location"] == "/assist"
    screen.staff(WRONG)
    assert screen.client.get("/assist/unlock").headers["Location"] == "/assist"


def test_the_halls_page_is_opened_by_a_named_account_and_says_so_in_the_audit(
    screen: Screen, app: Flask
) -> None:
    citizen = Screen(app.test_client())
    citizen.client.post("/help/call")
    assert screen.send("/hall", "/hall", number=NUMBER, pin=PIN).headers["Location"] == "/hall"
    page = screen.open("/hall")
    assert "有人在叫" in page
    assert "最近几天" in page
    assert screen.send("/hall/calls/1", "/hall").status_code == 303
    assert acts() == [("hall:1024", "hall.opened", NUMBER), ("hall:1024", "call.answered", "1")]


def test_on_the_machines_own_screen_the_page_gives_way_to_citizens(screen: Screen) -> None:
    assert "/hall?here=1" in screen.open("/assist")
    screen.send("/hall?here=1", "/hall?here=1", number=NUMBER, pin=PIN)
    page = screen.open("/hall")
    assert 'http-equiv="refresh" content="60; url=/left"' in page
    assert "hx-get" not in page
    assert "看完了，还给群众用" in page
    screen.client.get("/left")
    assert screen.client.get("/hall/calls").status_code == 403
    screen.send("/hall", "/hall", number=NUMBER, pin=PIN)
    assert "/left" not in screen.open("/hall")


def test_the_staff_prints_the_days_counts_and_the_self_test_once_a_press(screen: Screen) -> None:
    key = "0" * 32
    assert screen.send("/hall/print/report", "/hall", key=key).status_code == 403
    screen.send("/hall", "/hall", number=NUMBER, pin=PIN)
    for what in ("report", "report", "self-test"):
        assert screen.send(f"/hall/print/{what}", "/hall", key=key).status_code == 303
    assert "送去打印了。" in screen.open("/hall")
    rows = db.store.execute_sql("SELECT kind FROM print_job ORDER BY id").fetchall()
    assert rows == [("report",), ("self-test",)]
    assert acts()[-1] == ("hall:1024", "hall.printed", "self-test")


def test_the_terminals_own_pin_holds_only_while_the_hub_has_named_nobody(
    screen: Screen, app: Flask, clock: FixedClock
) -> None:
    object.__setattr__(app.extensions["kiosk"].settings, "hall_pin_hash", pins.hashed("250917"))
    assert screen.send("/hall", "/hall", number="", pin="250917").status_code == 422
    tell(clock)
    assert screen.send("/hall", "/hall", pin="250917").status_code == 303
    assert "现在没有人叫" in screen.open("/hall")
    tell(clock, MEMBER)
    assert "工号" in screen.open("/hall")
    assert screen.client.get("/hall/calls").status_code == 403


def test_opening_the_halls_page_wipes_what_a_citizen_left_on_the_screen(screen: Screen) -> None:
    screen.begin()
    screen.send("/hall", "/hall", number=NUMBER, pin=PIN)
    assert screen.client.get("/request/what").headers["Location"] == "/request/"


def test_a_list_that_cannot_be_read_lets_nobody_in_and_says_so_in_the_log(
    screen: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    with db.writing(db.store):
        connection = db.store.connection()
        connection.execute("UPDATE side_list SET content = ?", (b"{}",))
    assert screen.client.get("/assist").status_code == 403
    assert "hall-staff-unreadable" in caplog.text
