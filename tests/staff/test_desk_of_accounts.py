"""Sign-in, sign-out, accounts and terminals in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk import audit, db
from kiosk.staff import actions
from kiosk.staff.entry import signing_in
from kiosk.staff.models import StaffAccount
from sync.hub import devices
from tests.hub import CHEAP, HOST, PASSWORD, Hub
from tests.postgres import Cluster


def test_a_visitor_is_led_to_the_sign_in_page_and_back_to_where_they_wanted(hub: Hub) -> None:
    hub.add_account("lina")
    browser = hub.browser()
    answer = browser.get("/desk/requests?state=received")
    assert answer.status_code == 303
    assert answer.location == "/desk/sign-in?next=/desk/requests?state%3Dreceived"
    answer = browser.post(answer.location, {"name": "lina", "password": PASSWORD}, on=answer.location)
    assert answer.status_code == 303
    assert answer.location == "/desk/requests?state=received"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/sync/v1/hello"])
def test_sign_in_leads_nowhere_but_to_a_desk(hub: Hub, elsewhere: str) -> None:
    hub.add_account("lina")
    page = f"/desk/sign-in?next={elsewhere}"
    answer = hub.browser().post(page, {"name": "lina", "password": PASSWORD}, on=page)
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("role", "desk"),
    [("clerk", "/desk/requests"), ("publisher", "/desk/catalogue"), ("admin", "/desk/devices")],
)
def test_everyone_lands_on_the_desk_of_their_role(hub: Hub, role: str, desk: str) -> None:
    hub.add_account("lina", role)
    assert hub.browser("lina").get("/").location == desk


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(hub: Hub) -> None:
    hub.add_account("lina")
    wrong_password = hub.browser().post("/desk/sign-in", {"name": "lina", "password": "not the password"})
    wrong_name = hub.browser().post("/desk/sign-in", {"name": "anna", "password": "not the password"})
    assert wrong_password.status_code == wrong_name.status_code == 422
    assert "账号或密码不对" in wrong_password.text
    plain = [answer.text.replace(name, "NAME") for answer, name in
             ((wrong_password, "lina"), (wrong_name, "anna"))]  # fmt: skip
    without_tokens = [text.split('name="csrf_token"')[0] + text.split("</form>")[-1] for text in plain]
    assert without_tokens[0] == without_tokens[1]


def test_the_password_is_never_sent_back(hub: Hub) -> None:
    answer = hub.browser().post("/desk/sign-in", {"name": "lina", "password": "typed secret"})
    assert "typed secret" not in answer.text


def test_after_five_wrong_tries_one_waits_and_is_told_how_long(hub: Hub) -> None:
    hub.add_account("lina")
    browser = hub.browser()
    for _ in range(5):
        browser.post("/desk/sign-in", {"name": "lina", "password": "not the password"})
    answer = browser.post("/desk/sign-in", {"name": "lina", "password": PASSWORD})
    assert answer.status_code == 429
    assert "请过30秒再试" in answer.text


def test_sign_in_makes_a_fresh_session_and_sign_out_ends_it_on_the_server(hub: Hub) -> None:
    hub.add_account("lina")
    browser = hub.browser()
    browser.get("/desk/sign-in")
    before = browser.client.get_cookie("desk", domain="127.0.0.1")
    browser.post("/desk/sign-in", {"name": "lina", "password": PASSWORD})
    after = browser.client.get_cookie("desk", domain="127.0.0.1")
    assert after is not None
    assert before is None or before.value != after.value
    answer = browser.post("/desk/sign-out", on="/desk/requests")
    assert answer.status_code == 303
    browser.client.set_cookie("desk", after.value, domain="127.0.0.1")
    assert browser.get("/desk/requests").status_code == 303


def test_a_clerk_who_sits_still_too_long_signs_in_again(hub: Hub) -> None:
    hub.add_account("lina")
    browser = hub.browser("lina")
    hub.clock.advance(1201)
    assert browser.get("/desk/requests").location.startswith("/desk/sign-in")


def test_a_holder_approves_a_pending_clerk_who_then_signs_in_again(hub: Hub) -> None:
    hub.add_account("first")
    hub.add_account("second", approved=False)
    waiting = hub.browser("second")
    assert waiting.get("/desk/requests").status_code == 200
    holder = hub.browser("first")
    assert "批准 second" in holder.get("/desk/staff").text
    answer = holder.post("/desk/staff/approve", {"name": "second"}, on="/desk/staff")
    assert answer.status_code == 303
    assert "已批准 second" in holder.get("/desk/staff").text
    assert waiting.get("/desk/requests").status_code == 303
    assert hub.browser("second").get("/desk/staff").status_code == 200


def test_an_admin_sees_who_waits_but_cannot_approve(hub: Hub) -> None:
    hub.add_account("zhao", "admin")
    hub.add_account("second", approved=False)
    admin = hub.browser("zhao")
    page = admin.get("/desk/staff").text
    assert "等持有读取密钥的办理员批准" in page
    assert "批准 second" not in page
    assert admin.post("/desk/staff/approve", {"name": "second"}, on="/desk/staff").status_code == 403


def test_an_admin_closes_the_account_of_somebody_who_left_at_once(hub: Hub) -> None:
    hub.add_account("lina")
    hub.add_account("zhao", "admin")
    clerk, admin = hub.browser("lina"), hub.browser("zhao")
    assert admin.post("/desk/staff/close", {"name": "lina"}, on="/desk/staff").status_code == 303
    assert clerk.get("/desk/requests").status_code == 303
    assert hub.browser().post("/desk/sign-in", {"name": "lina", "password": PASSWORD}).status_code == 422
    page = admin.get("/desk/staff").text
    assert "已停用" in page
    assert "换一把新的读取密钥" in page, "who read sealed content knew a key"


def test_nobody_closes_their_own_account(hub: Hub) -> None:
    hub.add_account("zhao", "admin")
    hub.add_account("lina")
    admin = hub.browser("zhao")
    assert admin.post("/desk/staff/close", {"name": "zhao"}, on="/desk/staff").status_code == 409
    assert admin.post("/desk/staff/close", {"name": "nobody"}, on="/desk/staff").status_code == 404


def test_a_new_terminal_gets_a_code_that_is_shown_once_and_logged_without_it(hub: Hub) -> None:
    hub.add_account("zhao", "admin")
    admin = hub.browser("zhao")
    page = admin.get("/desk/devices").text
    assert "清泉街道1号机" in page
    assert hub.device.terminal in page
    shown = admin.post("/desk/devices", {"name": "桑阿镇1号机", "channel": "kiosk"}, on="/desk/devices")
    assert shown.status_code == 200
    assert "只显示这一次" in shown.text
    again = admin.get("/desk/devices").text
    assert "只显示这一次" not in again
    assert "桑阿镇1号机" in again
    last = hub.connection.execute(
        "SELECT actor, act, subject FROM audit ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    assert last == ("zhao", "device.code-made", "桑阿镇1号机")


@pytest.mark.parametrize("name", ["", "x" * 61, "a\nb", "清泉街道1号机"])
def test_a_terminal_needs_a_name_of_its_own(hub: Hub, name: str) -> None:
    hub.add_account("zhao", "admin")
    answer = hub.browser("zhao").post("/desk/devices", {"name": name, "channel": "kiosk"}, on="/desk/devices")
    assert answer.status_code == 422
    assert "有地方要改一下" in answer.text


def test_an_admin_frees_a_terminal_from_quarantine_and_revokes_a_lost_one(hub: Hub) -> None:
    hub.add_account("zhao", "admin")
    with db.writing(db.store):
        devices.quarantine(db.store, hub.device.id, "clone-suspected")
    admin = hub.browser("zhao")
    assert "可能有另一台机器在用它的身份" in admin.get("/desk/devices").text
    assert (
        admin.post("/desk/devices/reinstate", {"device": hub.device.id}, on="/desk/devices").status_code
        == 303
    )
    assert "已解除隔离" in admin.get("/desk/devices").text
    assert (
        admin.post("/desk/devices/revoke", {"device": hub.device.id}, on="/desk/devices").status_code == 303
    )
    assert hub.connection.execute("SELECT state FROM device").fetchone() == ("revoked",)
    acts = [
        row[0]
        for row in hub.connection.execute(
            "SELECT act FROM audit WHERE subject = ? ORDER BY seq", (hub.device.id,)
        )
    ]
    assert acts == ["device.reinstated", "device.revoked"]


def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(hub: Hub) -> None:
    hub.add_account("zhao", "admin")
    hub.add_account("lina")
    admin = hub.browser("zhao")
    bare = admin.client.post("/desk/staff/close", data={"name": "lina"}, headers={"Host": HOST})
    foreign = admin.client.post(
        "/desk/staff/close", data={"name": "lina"}, headers={"Host": HOST, "Origin": "https://evil.example"}
    )
    assert (bare.status_code, foreign.status_code) == (400, 403)
    assert hub.connection.execute("SELECT state FROM staff_account WHERE name = 'lina'").fetchone() == (
        "active",
    )


def test_the_audit_chain_of_a_whole_day_holds(hub: Hub) -> None:
    hub.add_account("first")
    hub.add_account("second", approved=False)
    hub.browser("first").post("/desk/staff/approve", {"name": "second"}, on="/desk/staff")
    assert audit.first_break() is None


def tables_of(cluster: Cluster) -> list[Path]:
    """The files of the store's tables on the server."""
    (folder,) = db.store.execute_sql(
        "SELECT oid FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return list((cluster.folder / "data" / "base" / str(folder)).iterdir())


def test_an_unwrapped_reading_key_lies_on_no_disk(hub: Hub, request: pytest.FixtureRequest) -> None:
    """A copy of all files of the hub, taken while a clerk is signed in, holds no reading key."""
    hub.add_account("lina")
    entered = signing_in.sign_in("lina", PASSWORD, hub.clock, CHEAP)
    assert isinstance(entered, signing_in.Entered)
    hub.browser("lina").get("/desk/requests")
    (key,) = entered.reading_keys.values()
    is_file = isinstance(db.real(db.store), db.SqliteFile)
    db.store.execute_sql("PRAGMA wal_checkpoint(FULL)" if is_file else "CHECKPOINT")
    files = hub.home.iterdir() if is_file else tables_of(request.getfixturevalue("cluster"))
    stored = b"".join(path.read_bytes() for path in files if path.is_file())
    assert key not in stored
    assert key.hex().encode() not in stored
    assert b"staff_account" in stored


def test_the_list_of_terminals_tells_what_paper_each_has_used(hub: Hub) -> None:
    hub.add_account("qian", "admin")
    hub.connection.execute("""UPDATE device SET paper = '{"receipt": 18400, "progress": 960}'""")
    page = hub.browser("qian").get("/desk/devices").text
    for words in ("19.4米", "申请回执：18400毫米", "办理进度：960毫米"):
        assert words in page


def test_a_browser_that_signed_in_before_is_not_locked_out_by_a_stranger_beside_it(hub: Hub) -> None:
    hub.add_account("zhao", "publisher")
    own = hub.browser("zhao")
    own.post("/desk/sign-out", on="/desk/catalogue")
    wrong, right = ({"name": "zhao", "password": each} for each in ("not the password", PASSWORD))
    answers = [hub.browser().post("/desk/sign-in", wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert hub.browser().post("/desk/sign-in", right).status_code == 429, "the control: an unknown browser"
    assert own.post("/desk/sign-in", right).status_code == 303
    copied = hub.browser()
    copied.client.set_cookie("desk-known", f"{'0' * 32}.{'0' * 32}", domain=HOST.partition(":")[0])
    assert copied.post("/desk/sign-in", right).status_code == 429, "a made-up mark is none"


def test_a_new_hub_has_no_account(hub: Hub) -> None:
    assert not StaffAccount.select().exists(db.store)


def test_passwords_are_masked_may_be_pasted_and_are_filled_in_by_managers(hub: Hub) -> None:
    hub.add_account("lina")
    for page in (hub.browser().get("/desk/sign-in").text, hub.browser("lina").get("/desk/password").text):
        fields = re.findall(r'<input [^>]*name="(?:password|old|new|again)"[^>]*>', page)
        assert fields
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in page


def test_a_long_password_is_taken_whole(hub: Hub) -> None:
    long = ("四十二只白鹭落在清水河边，七点钟飞走。" * 12)[:200]
    with db.writing(db.store):
        actions.add_account("lina", "publisher", long, hub.clock.now(), cost=CHEAP)
    assert hub.browser().post("/desk/sign-in", {"name": "lina", "password": long[:199]}).status_code == 422
    assert hub.browser().post("/desk/sign-in", {"name": "lina", "password": long}).status_code == 303


def test_every_page_of_the_desk_has_the_way_out(hub: Hub) -> None:
    for role in ("clerk", "publisher", "admin"):
        hub.add_account(f"l-{role}", role)
        browser = hub.browser(f"l-{role}")
        page = browser.get(browser.get("/").location).text
        assert 'action="/desk/sign-out"' in page
