"""Passwords that change: one's own keeps what one can open; a reset gives nobody a reading key and loses none."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.errors import Refused
from kiosk.staff import actions, keys, passwords
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered, SignInWrong
from kiosk.staff.rules import AccountState
from tests.hub import CHEAP, PASSWORD, Browser, Hub

NEW = "槐花开了 twelve"
PAGE = "/desk/password"


def change(browser: Browser, *, old: str = PASSWORD, new: str = NEW, again: str = "") -> int:
    form = {"old": old, "new": new, "again": again or new}
    return browser.post(PAGE, form, on=PAGE).status_code


def reset(hub: Hub, name: str) -> str:
    """The one-time password whose halves two administrators are shown."""
    first = half(hub.browser("qian").post("/desk/staff/reset", {"name": name}, on="/desk/staff"))
    asked = {"name": name, "act": "password-reset"}
    return f"{first}-{half(hub.browser('sun').post('/desk/staff/confirm', asked, on='/desk/staff'))}"


def half(page: TestResponse) -> str:
    """The half of a one-time password that a page shows."""
    assert page.status_code == 200, page.text
    (found,) = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}(?!-)", page.text)
    return str(found)


def two_administrators(hub: Hub) -> None:
    for name in ("qian", "sun"):
        hub.add_account(name, "admin")


def entered(hub: Hub, name: str, password: str) -> Entered:
    result = signing_in.sign_in(name, password, hub.clock, CHEAP)
    assert isinstance(result, Entered)
    return result


def signed_in(hub: Hub, name: str, password: str) -> Browser:
    browser = hub.browser()
    assert browser.post("/desk/sign-in", {"name": name, "password": password}).status_code == 303
    return browser


def acts(hub: Hub) -> list[tuple[str, str, str]]:
    rows = hub.connection.execute("SELECT actor, act, subject FROM audit WHERE act LIKE 'staff.password%'")
    return rows.fetchall()


def test_no_password_opens_a_damaged_hash_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert not keys.is_right(keys.hash_password(PASSWORD, CHEAP), NEW)
    assert not caplog.records
    assert not keys.is_right("$argon2id$cut off", PASSWORD)
    assert "the hash of a password is damaged" in caplog.text


def test_who_changes_their_password_opens_what_they_opened_before(hub: Hub) -> None:
    hub.add_account("lina")
    before = entered(hub, "lina", PASSWORD).reading_keys
    number = hub.take_in()
    desk = hub.browser("lina")
    assert change(desk) == 303
    assert "张样例" in desk.post(f"/desk/requests/{number}/open", on=f"/desk/requests/{number}").text
    assert entered(hub, "lina", NEW).reading_keys == before
    assert isinstance(signing_in.sign_in("lina", PASSWORD, hub.clock, CHEAP), SignInWrong)
    assert acts(hub) == [("lina", "staff.password-changed", "lina")]


def test_a_changed_password_ends_the_sessions_elsewhere(hub: Hub) -> None:
    hub.add_account("lina")
    here, elsewhere = hub.browser("lina"), hub.browser("lina")
    assert change(here) == 303
    assert here.get("/desk/requests").status_code == 200
    assert elsewhere.get("/desk/requests").status_code == 303


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"new": "short"}, "密码至少10个字"),
        ({"new": "lina-and-more"}, "密码里不能有账号名"),
        ({"new": "guanxian2026"}, "容易被猜中"),
        ({"new": PASSWORD}, "新密码和现在的一样"),
        ({"again": "something else"}, "两次输的不一样"),
        ({"old": "not the password"}, "现在的密码不对"),
    ],
)
def test_a_password_that_will_not_do_is_told_in_words(hub: Hub, given: dict[str, str], words: str) -> None:
    hub.add_account("lina")
    form = {"old": PASSWORD, "new": NEW, "again": given.get("new", NEW), **given}
    answer = hub.browser("lina").post(PAGE, form, on=PAGE)
    assert answer.status_code == 422
    assert words in answer.text
    assert not [typed for typed in form.values() if typed in answer.text]
    assert entered(hub, "lina", PASSWORD)


def test_a_desk_left_open_is_no_place_to_guess_the_password(hub: Hub) -> None:
    hub.add_account("lina")
    desk = hub.browser("lina")
    answers = [change(desk, old=f"guess {at} of many") for at in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_reset_gives_a_password_that_does_nothing_but_change(hub: Hub) -> None:
    two_administrators(hub)
    hub.add_account("zhao", "publisher")
    before = hub.browser("zhao")
    one_time = reset(hub, "zhao")
    assert before.get("/desk/catalogue").status_code == 303
    desk = signed_in(hub, "zhao", one_time)
    assert desk.get("/").location == PAGE
    assert desk.get("/desk/catalogue").status_code == 403
    assert "管理员给的" in desk.get(PAGE).text
    assert change(desk, old=one_time) == 303
    assert desk.get("/desk/catalogue").status_code == 200
    assert [act for _actor, act, _subject in acts(hub)] == ["staff.password-reset", "staff.password-changed"]
    assert one_time not in "".join(
        str(row) for row in hub.connection.execute("SELECT * FROM audit").fetchall()
    )


def test_a_reset_reveals_no_reading_key_and_loses_none(hub: Hub) -> None:
    """The clerk is approved again by a holder, and opens what was sealed before the reset."""
    two_administrators(hub)
    for name in ("first", "lina"):
        hub.add_account(name)
    number = hub.take_in()
    keys = entered(hub, "lina", PASSWORD).reading_keys
    one_time = reset(hub, "lina")
    fresh = entered(hub, "lina", one_time)
    assert (fresh.account.state, fresh.reading_keys) == (AccountState.PENDING, {})
    assert not hub.connection.execute("SELECT 1 FROM reading_grant WHERE name = 'lina'").fetchone()
    holder = hub.browser("first")
    assert "批准 lina" not in holder.get("/desk/staff").text, "the administrator still knows the password"
    assert holder.post("/desk/staff/approve", {"name": "lina"}, on="/desk/staff").status_code == 409
    desk = signed_in(hub, "lina", one_time)
    assert change(desk, old=one_time) == 303
    assert desk.post(f"/desk/requests/{number}/open", on=PAGE).status_code == 403
    assert holder.post("/desk/staff/approve", {"name": "lina"}, on="/desk/staff").status_code == 303
    assert entered(hub, "lina", NEW).reading_keys == keys


def test_when_the_last_holder_is_reset_the_recovery_key_still_opens(hub: Hub) -> None:
    hub.add_account("lina")
    two_administrators(hub)
    keys = entered(hub, "lina", PASSWORD).reading_keys
    first = half(hub.browser("qian").post("/desk/staff/reset", {"name": "lina"}, on="/desk/staff"))
    asked = {"name": "lina", "act": "password-reset"}
    page = hub.browser("sun").post("/desk/staff/confirm", asked, on="/desk/staff")
    assert "恢复码" in page.text
    one_time = f"{first}-{half(page)}"
    assert change(signed_in(hub, "lina", one_time), old=one_time) == 303
    with db.writing(db.store):
        actions.approve("lina", now=hub.clock.now(), recovery_key=hub.recovery_key)
    assert entered(hub, "lina", NEW).reading_keys == keys


def test_nobody_resets_their_own_nor_a_closed_account(hub: Hub) -> None:
    hub.add_account("qian", "admin")
    hub.add_account("lina")
    admin = hub.browser("qian")
    assert admin.post("/desk/staff/reset", {"name": "qian"}, on="/desk/staff").status_code == 409
    admin.post("/desk/staff/close", {"name": "lina"}, on="/desk/staff")
    assert admin.post("/desk/staff/reset", {"name": "lina"}, on="/desk/staff").status_code == 409
    with pytest.raises(Refused, match="account-closed"):
        passwords.reset_by_recovery("lina", hub.recovery_key, now=hub.clock.now(), cost=CHEAP)


def test_a_reset_forgives_the_wrong_tries_before_it(hub: Hub) -> None:
    two_administrators(hub)
    hub.add_account("zhao", "publisher")
    for _ in range(6):
        hub.browser().post("/desk/sign-in", {"name": "zhao", "password": "not the password"})
    signed_in(hub, "zhao", reset(hub, "zhao"))


def test_the_desk_speaks_the_language_that_was_chosen_before_and_after_sign_in(hub: Hub) -> None:
    hub.add_account("zhao", "publisher")
    desk = hub.browser()
    answer = desk.post("/desk/language", {"lang": "en", "next": "/desk/sign-in?next=/desk/catalogue"})
    assert answer.location == "/desk/sign-in?next=/desk/catalogue"
    assert '<html lang="en"' in desk.get("/desk/sign-in").text
    desk.post("/desk/sign-in", {"name": "zhao", "password": PASSWORD})
    assert '<html lang="en"' in desk.get("/desk/catalogue").text
    answer = desk.post("/desk/language", {"lang": "zh", "next": "https://evil.example"}, on="/desk/catalogue")
    assert answer.location == "/"
    assert '<html lang="zh-CN"' in desk.get("/desk/catalogue").text
