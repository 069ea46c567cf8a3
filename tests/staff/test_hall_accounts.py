"""Accounts of the hall's staff at the hub's desk: made, changed, ended, carried to their terminals, unlocked."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from kiosk import audit, db
from kiosk.app.replication import lists_for_devices
from kiosk.app.replication.device_keys import hall_unlock_key
from kiosk.hall import accounts, pins
from kiosk.hall.pins import Roster
from sync.hub.device import Device
from tests.hub import Browser, Hub

PIN = "480917"
OTHER = "the other terminal"
FORM = {"number": "1024", "name": "王示例", "pin": PIN, "again": PIN}


@pytest.fixture
def admin(hub: Hub) -> Browser:
    """An admin at the desk; a second terminal stands in the county."""
    hub.add_account("qian", "admin")
    hub.enrol("示例镇2号机")
    return hub.browser("qian")


def make(hub: Hub, admin: Browser, **other: str) -> TestResponse:
    return admin.post("/desk/hall/new", {**FORM, "places": hub.device.id, **other}, on="/desk/hall/new")


def carried(hub: Hub, device: str) -> Roster | None:
    """What the terminal gets with its next round."""
    provider = lists_for_devices.providers(hub.home, hub.app.extensions["kiosk"].settings, hub.clock)[
        "hall-staff"
    ]
    made = provider.make(hub.connection, Device(device, "", "GX03", "A", "active"))
    return Roster.read(made) if made else None


def mark(hub: Hub) -> str:
    provider = lists_for_devices.providers(hub.home, hub.app.extensions["kiosk"].settings, hub.clock)[
        "hall-staff"
    ]
    assert provider.mark
    return provider.mark(hub.connection, hub.device)


def test_an_account_reaches_its_own_terminals_and_the_hub_knows_the_pin_by_its_hash_alone(
    hub: Hub, admin: Browser
) -> None:
    before = mark(hub)
    answer = make(hub, admin)
    assert answer.headers["Location"] == "/desk/hall/1024"
    page = admin.get("/desk/hall").text
    assert "王示例" in page
    assert "清泉街道1号机" in page
    told = carried(hub, hub.device.id)
    assert told
    assert [(one.number, one.name) for one in told.members] == [("1024", "王示例")]
    assert pins.is_right(told.members[0].pin_hash, PIN)
    assert carried(hub, hub.others[0].id) is None
    assert mark(hub) != before
    tables = db.real(db.store).get_tables()
    whole = str([hub.connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables])
    assert PIN not in whole


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "1"}, "工号是2到8位数字"),
        ({"number": "12ab"}, "工号是2到8位数字"),
        ({"name": ""}, "请填写姓名"),
        ({"places": ""}, "请至少选一台终端"),
        ({"places": "nowhere"}, "请至少选一台终端"),
        ({"again": "480918"}, "两次输的不一样"),
        ({"pin": "12345", "again": "12345"}, "密码是6到12位数字"),
        ({"pin": "123456", "again": "123456"}, "一猜就中"),
        ({"pin": "121212", "again": "121212"}, "一猜就中"),
        ({"pin": "921024", "again": "921024"}, "一猜就中"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    hub: Hub, admin: Browser, wrong: dict[str, str], sentence: str
) -> None:
    answer = make(hub, admin, **wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert FORM["pin"] not in answer.text
    assert accounts.accounts() == []


def test_a_number_is_given_once_and_for_all(hub: Hub, admin: Browser) -> None:
    make(hub, admin)
    act(admin, "close")
    answer = make(hub, admin, name="李示例")
    assert answer.status_code == 422
    assert "注销过的工号也不能再用" in answer.text


def act(admin: Browser, what: str, **form: Any) -> TestResponse:
    return admin.post(f"/desk/hall/1024/{what}", form, on="/desk/hall/1024")


def test_paused_resumed_and_closed_take_effect_with_the_next_list(hub: Hub, admin: Browser) -> None:
    make(hub, admin)
    act(admin, "pause")
    assert carried(hub, hub.device.id) is None
    act(admin, "resume")
    assert carried(hub, hub.device.id)
    assert act(admin, "close").status_code == 303
    assert carried(hub, hub.device.id) is None
    assert hub.connection.execute("SELECT pin_hash FROM hall_account").fetchone() == ("",)
    token_page = "/desk/hall/new"
    answers = [
        admin.post(
            f"/desk/hall/1024/{what}", {"places": hub.device.id, "pin": PIN, "again": PIN}, on=token_page
        ).status_code
        for what in ("resume", "places", "pin")
    ]
    assert answers == [409, 409, 409]
    assert accounts.name_of("1024") == "王示例"


def test_places_and_pin_are_changed_at_the_desk(hub: Hub, admin: Browser) -> None:
    make(hub, admin)
    assert act(admin, "places", places=[hub.others[0].id]).status_code == 303
    assert carried(hub, hub.device.id) is None
    assert act(admin, "pin", pin="705163", again="705163").status_code == 303
    told = carried(hub, hub.others[0].id)
    assert told
    assert pins.is_right(told.members[0].pin_hash, "705163")
    assert act(admin, "pin", pin="111111", again="111111").status_code == 422
    assert act(admin, "places").status_code == 422


def test_the_telephone_code_is_answered_for_its_terminal_and_account_and_logged(
    hub: Hub, admin: Browser
) -> None:
    make(hub, admin)
    key = hall_unlock_key(hub.home, hub.device.id)
    told = carried(hub, hub.device.id)
    assert told
    assert told.unlock_key == key
    asked = pins.new_challenge(key, "1024", 0)
    form = {"place": hub.device.id, "number": "1024", "challenge": pins.grouped(asked)}
    page = admin.post("/desk/hall/unlock", form, on="/desk/hall/unlock")
    assert page.status_code == 200
    assert pins.grouped(pins.answer_to(key, "1024", asked)) in page.text
    row = hub.connection.execute(
        "SELECT actor, subject, detail FROM audit WHERE act = 'hall.unlock-told'"
    ).fetchone()
    assert row[:2] == ("qian", "1024")
    assert hub.device.id in row[2]
    last = admin.get("/desk/hall/unlock").text.split("<tbody>")[1]
    assert "清泉街道1号机" in last
    assert "qian" in last
    assert audit.first_break() is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"place": OTHER}, "没有这个工号在用"),
        ({"number": "2048"}, "没有这个工号在用"),
        ({"challenge": "1234"}, "解锁码对不上"),
        ({"challenge": ""}, "请填写屏幕上的8位解锁码"),
    ],
)
def test_a_code_that_does_not_belong_gets_no_answer(
    hub: Hub, admin: Browser, wrong: dict[str, str], sentence: str
) -> None:
    make(hub, admin)
    asked = pins.new_challenge(hall_unlock_key(hub.home, hub.device.id), "1024", 0)
    form = {"place": hub.device.id, "number": "1024", "challenge": asked, **wrong}
    form["place"] = hub.others[0].id if form["place"] == OTHER else form["place"]
    page = admin.post("/desk/hall/unlock", form, on="/desk/hall/unlock")
    assert page.status_code == 422
    assert sentence in page.text
    assert not hub.connection.execute("SELECT 1 FROM audit WHERE act = 'hall.unlock-told'").fetchone()


def test_a_terminal_that_was_revoked_is_unlocked_for_nobody(hub: Hub, admin: Browser) -> None:
    make(hub, admin)
    asked = pins.new_challenge(hall_unlock_key(hub.home, hub.device.id), "1024", 0)
    admin.post("/desk/devices/revoke", {"device": hub.device.id}, on="/desk/devices")
    page = admin.post(
        "/desk/hall/unlock",
        {"place": hub.device.id, "number": "1024", "challenge": asked},
        on="/desk/hall/unlock",
    )
    assert page.status_code == 422


def test_the_case_says_who_filled_it_in(hub: Hub, admin: Browser) -> None:
    make(hub, admin)
    hub.add_account("lina")
    desk = hub.browser("lina")
    number = hub.take_in(entry_mode="staff_dictated", assisted_by="1024")
    page = desk.get(f"/desk/requests/{number}").text
    assert "工作人员代为填写，本人确认：王示例（工号1024）" in page
    assert "，工号1024代为填写" in page
    assert "工作人员代填" in desk.get("/desk/requests").text
    alone = hub.take_in()
    assert "代为填写" not in desk.get(f"/desk/requests/{alone}").text
    (detail,) = hub.connection.execute(
        "SELECT detail FROM audit WHERE act = 'disclosure.taken-in' AND subject = ?", (number,)
    ).fetchone()
    assert '"assisted_by": "1024"' in detail


def test_what_is_no_staff_number_is_not_shown_as_one(hub: Hub) -> None:
    hub.add_account("lina")
    number = hub.take_in(entry_mode="staff_dictated", assisted_by="<b>张样例</b>")
    assert "张样例" not in hub.browser("lina").get(f"/desk/requests/{number}").text
