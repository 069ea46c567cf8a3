"""Accounts that open personal data sign in with a second factor; sessions are listed, ended, and end by their age."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.staff import two_persons
from kiosk.staff.entry import factors
from kiosk.staff.two_persons import JointAct
from kiosk.web import context
from tests.hub import CHEAP, PASSWORD, SETTINGS, Browser, Hub, build_hub

NEW, CODE = "/desk/sign-in/factor", "/desk/sign-in/code"


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    """A hub that asks for the second factor."""
    hub = build_hub(tmp_path, address)
    whole = context.of(hub.app)
    context.give(hub.app, replace(whole, settings=replace(whole.settings, second_factor=True)))  # type: ignore[arg-type]
    hub.add_account("lina")
    yield hub
    db.real(db.store).close_all()


def password_only(hub: Hub, name: str = "lina") -> tuple[Browser, str]:
    """A browser in which the password was right, and where it was sent."""
    browser = hub.browser()
    answer = browser.post("/desk/sign-in?next=/desk/requests", {"name": name, "password": PASSWORD})
    assert answer.status_code == 303
    return browser, answer.location


def enrolled(hub: Hub) -> tuple[str, list[str]]:
    """The secret that the page shows, and the recovery codes after it."""
    browser, where = password_only(hub)
    assert where == NEW
    page = browser.get(NEW).text
    found = re.search(r"<strong>([A-Z2-7 ]+)</strong>", page)
    assert found
    secret = found[1].replace(" ", "")
    assert "data:image/svg+xml" in page
    done = browser.post(NEW, {"code": now(hub, secret)}, on=NEW)
    assert done.status_code == 200, done.text
    hub.clock.advance(60)
    return secret, re.findall(r">([0-9A-Z]{5}-[0-9A-Z]{5})<", html.unescape(done.text))


def now(hub: Hub, secret: str, ahead_s: int = 0) -> str:
    return factors.code_at(secret, hub.clock.now().timestamp() + ahead_s)


def try_code(hub: Hub, code: str) -> int:
    browser, where = password_only(hub)
    assert where == CODE
    return browser.post(CODE, {"code": code}, on=CODE).status_code


def test_a_password_alone_opens_nothing(hub: Hub) -> None:
    number = hub.take_in()
    for is_enrolled in (False, True):
        if is_enrolled:
            enrolled(hub)
        browser, _ = password_only(hub)
        assert browser.get("/desk/requests").status_code == 303
        assert browser.get(f"/desk/requests/{number}").status_code == 303
        assert browser.post(f"/desk/requests/{number}/open").status_code == 401


def test_the_second_factor_is_set_up_at_the_first_sign_in_and_asked_for_from_then_on(hub: Hub) -> None:
    number = hub.take_in()
    secret, recovery = enrolled(hub)
    assert len(set(recovery)) == factors.RECOVERY_CODES
    browser, where = password_only(hub)
    assert where == CODE
    answer = browser.post(CODE, {"code": now(hub, secret)}, on=CODE)
    assert (answer.status_code, answer.location) == (303, "/desk/requests")
    assert "张样例" in browser.post(f"/desk/requests/{number}/open", on=f"/desk/requests/{number}").text
    assert browser.get(NEW).location.endswith("/desk/sign-in"), "set up once"
    assert audit.last_of(Act.STAFF_FACTOR_RIGHT, 1)[0].actor == "lina"


def test_roles_that_open_nothing_personal_need_no_second_factor(hub: Hub) -> None:
    hub.add_account("zhao", "publisher")
    assert hub.browser("zhao").get("/desk/catalogue").status_code == 200


def test_a_code_is_taken_once_and_only_at_its_time(hub: Hub) -> None:
    secret, _ = enrolled(hub)
    code = now(hub, secret)
    assert try_code(hub, code) == 303
    assert try_code(hub, code) == 422, "used"
    assert try_code(hub, now(hub, secret, -30)) == 422, "older than the one that was used"
    hub.clock.advance(120)
    assert try_code(hub, now(hub, secret, 90)) == 422, "a clock too far ahead"
    assert try_code(hub, now(hub, secret, -90)) == 422
    assert try_code(hub, now(hub, secret, 30)) == 303, "a telephone half a minute ahead"


def test_guessing_codes_is_counted_and_waits(hub: Hub) -> None:
    secret, _ = enrolled(hub)
    assert [try_code(hub, "12345x") for _ in range(6)] == [422] * 5 + [429]
    assert try_code(hub, now(hub, secret)) == 429
    hub.clock.advance(31)
    assert try_code(hub, now(hub, secret)) == 303


def test_a_recovery_code_opens_once(hub: Hub) -> None:
    _, recovery = enrolled(hub)
    assert try_code(hub, recovery[0].lower().replace("-", " ")) == 303
    assert try_code(hub, recovery[0]) == 422
    assert try_code(hub, recovery[1]) == 303
    assert audit.last_of(Act.STAFF_RECOVERY_CODE_USED, 1)[0].actor == "lina"


def test_nothing_of_a_second_factor_is_readable_in_the_database(hub: Hub) -> None:
    secret, recovery = enrolled(hub)
    ((sealed, kept),) = hub.connection.execute("SELECT sealed, recovery FROM staff_factor").fetchall()
    assert secret.encode() not in bytes(sealed)
    assert not [code for code in recovery if code in kept or code.replace("-", "") in kept]
    acts = str(hub.connection.execute("SELECT * FROM audit").fetchall())
    assert secret not in acts


def test_a_half_sign_in_is_over_after_ten_minutes(hub: Hub) -> None:
    secret, _ = enrolled(hub)
    browser, _ = password_only(hub)
    hub.clock.advance(601)
    assert browser.get(CODE).location.endswith("/desk/sign-in")
    assert browser.post(CODE, {"code": now(hub, secret)}).location.endswith("/desk/sign-in")


def test_two_administrators_reset_a_second_factor_and_its_sessions_end(hub: Hub) -> None:
    for name in ("qian", "sun"):
        hub.add_account(name, "admin")
    secret, _ = enrolled(hub)
    browser, _ = password_only(hub)
    browser.post(CODE, {"code": now(hub, secret)}, on=CODE)
    two_persons.propose(JointAct.FACTOR_RESET, "lina", now=hub.clock.now(), by="qian")
    assert browser.get("/desk/requests").status_code == 200, "one alone changes nothing"
    two_persons.confirm(JointAct.FACTOR_RESET, "lina", now=hub.clock.now(), by="sun", cost=CHEAP)
    assert browser.get("/desk/requests").status_code == 303
    assert password_only(hub)[1] == NEW


def test_a_session_ends_by_its_age_and_says_so_before(hub: Hub) -> None:
    hub.add_account("zhao", "publisher")
    browser = hub.browser("zhao")
    for _ in range(SETTINGS.desk_longest_s // 600 - 1):
        hub.clock.advance(600)
        page = browser.get("/desk/catalogue")
        assert page.status_code == 200
    assert "这次登录还有10分钟到期" in page.text
    hub.clock.advance(600)
    assert browser.get("/desk/catalogue").status_code == 303


def test_own_sessions_are_listed_and_ended(hub: Hub) -> None:
    hub.add_account("zhao", "publisher")
    here, elsewhere = hub.browser("zhao"), hub.browser("zhao")
    page = here.get("/desk/password").text
    (other,) = re.findall(r'name="session" value="([^"]+)"', page)
    assert "就是这里" in page
    hub.add_account("sun", "admin")
    assert hub.browser("sun").post("/desk/sessions/end", {"session": other}).status_code == 404
    assert here.post("/desk/sessions/end", {"session": other}, on="/desk/password").status_code == 303
    assert elsewhere.get("/desk/catalogue").status_code == 303
    assert here.get("/desk/catalogue").status_code == 200
