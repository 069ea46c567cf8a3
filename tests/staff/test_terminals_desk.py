"""Terminals at the desk: where they stand, a lost one, and uploads that the hub neither took nor lost."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from kiosk import db
from kiosk.clock import stamp
from kiosk.disclosure import cases
from kiosk.hall import accounts
from kiosk.intake import numbers
from kiosk.staff import actions
from sync.hub.models import EnrolledDevice
from sync.wire import sealing
from sync.wire.submission import SealedSubmission, submission_body
from tests import building
from tests.hub import PERSONAL, Browser, Hub

HELD = "/desk/held"
CODE_HASH = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g"
KEY = "00000000-0000-7000-8000-00000000beef"


@pytest.fixture
def admin(hub: Hub) -> Browser:
    hub.add_account("qian", "admin")
    return hub.browser("qian")


def hold(hub: Hub, number: str, code: str) -> SealedSubmission:
    """An upload of the terminal that stands in quarantine: a real envelope, sealed to the hub's key."""
    key_id, public = actions.reading_public_key()
    sealed = sealing.seal(public, {**PERSONAL, "request_number": number})
    digest = sha256(sealed).hexdigest()
    envelope = {
        "v": 1, "alg": "sealed-box", "key": KEY, "kind": "disclosure", "number": number,
        "terminal": hub.device.terminal, "epoch": hub.device.epoch, "seq": 1, "digest": digest, "code_hash": CODE_HASH,
        "key_id": key_id, "organ": "GX-ZFB", "submitted_at": stamp(hub.clock.now()), "received_on": None,
        "received_basis": "to_confirm", "entry_mode": "self", "applicant_type": "citizen",
    }  # fmt: skip
    submission = SealedSubmission.read(submission_body(envelope, sealed))
    building.set_aside(hub.device, submission, code, hub.clock.now())
    return submission


def a_number(hub: Hub) -> str:
    return numbers.issue(hub.device.terminal, hub.clock.now().date())


def logged(hub: Hub, like: str) -> list[tuple[str, str, str]]:
    return hub.connection.execute(
        "SELECT actor, act, subject FROM audit WHERE act LIKE ?", (like,)
    ).fetchall()


def place(hub: Hub, admin: Browser, **form: str) -> int:
    given = {"name": "清泉街道1号机", "channel": "kiosk", **form}
    return admin.post(
        f"/desk/devices/{hub.device.id}/place", given, on=f"/desk/devices/{hub.device.id}"
    ).status_code


def test_a_terminal_that_moved_gets_another_name_and_place(hub: Hub, admin: Browser) -> None:
    hub.connection.execute(f"""UPDATE device SET townships = '["清泉街道"]' WHERE id = '{hub.device.id}'""")
    assert "清泉街道" in admin.get("/desk/devices").text
    assert place(hub, admin, name="柳林镇1号机", townships="清泉街道") == 303
    row = hub.connection.execute("SELECT name, townships, channel FROM device").fetchone()
    assert row == ("柳林镇1号机", '["清泉街道"]', "kiosk")
    assert logged(hub, "device-place") == [("qian", "device-place", "柳林镇1号机")]


def test_a_place_that_the_county_does_not_know_is_refused(hub: Hub, admin: Browser) -> None:
    assert place(hub, admin, townships="不存在镇") == 422
    assert place(hub, admin, channel="radio") == 422
    assert hub.connection.execute("SELECT townships FROM device").fetchone() == ("[]",)


def test_the_list_says_which_version_runs_on_each_terminal(hub: Hub, admin: Browser) -> None:
    assert "<td>—</td>" in admin.get("/desk/devices").text
    EnrolledDevice.update(release="9.8.7").execute(db.store)
    assert "<td>9.8.7</td>" in admin.get("/desk/devices").text
    assert "9.8.7" in admin.get(f"/desk/devices/{hub.device.id}").text


def test_two_terminals_never_have_one_name(hub: Hub, admin: Browser) -> None:
    hub.enrol("桑阿镇1号机")
    assert place(hub, admin, name="桑阿镇1号机") == 422


def test_a_new_terminal_knows_its_place_from_its_code(hub: Hub, admin: Browser) -> None:
    hub.connection.execute(f"""UPDATE device SET townships = '["清泉街道"]' WHERE id = '{hub.device.id}'""")
    form = {"name": "网上1号", "channel": "web", "townships": "清泉街道"}
    page = admin.post("/desk/devices", form, on=f"/desk/devices/{hub.device.id}")
    assert page.status_code == 422, "only what the county's directory knows can be ticked for a new one"
    page = admin.post("/desk/devices", {"name": "网上1号", "channel": "web"}, on="/desk/devices")
    assert page.status_code == 200
    row = hub.connection.execute(
        "SELECT channel, townships FROM enrolment_code WHERE name = '网上1号'"
    ).fetchone()
    assert row == ("web", "[]")
    line = hub.connection.execute("SELECT act, subject, detail FROM audit ORDER BY seq DESC").fetchone()
    assert line == ("device.code-made", "网上1号", '{"channel": "web", "townships": ""}')


def test_the_page_of_a_lost_terminal_says_whose_pins_are_to_be_changed(hub: Hub, admin: Browser) -> None:
    with db.writing(db.store):
        accounts.add(
            number="1024",
            name="周示例",
            pin="480917",
            devices=[hub.device.id],
            now=hub.clock.now(),
            by="x",
        )
    admin.post("/desk/devices/revoke", {"device": hub.device.id}, on=f"/desk/devices/{hub.device.id}")
    page = admin.get(f"/desk/devices/{hub.device.id}").text
    assert "1024 周示例" in page
    assert "请给上面的大厅人员换密码" in page
    again = admin.post(
        f"/desk/devices/{hub.device.id}/place", {"name": "x", "channel": "kiosk"}, on="/desk/devices"
    )
    assert again.status_code == 409


def test_nothing_is_held_and_the_page_says_so(admin: Browser) -> None:
    assert "现在没有" in admin.get(HELD).text


def test_a_held_upload_is_let_in_and_becomes_a_case_with_its_number(hub: Hub, admin: Browser) -> None:
    number = a_number(hub)
    hold(hub, number, "seq-taken")
    assert "中心拦下了1件上传" in admin.get("/desk/devices").text
    page = admin.get(HELD).text
    assert number in page
    assert "恢复过硬盘" in page
    assert "张样例" not in page
    assert admin.post(f"{HELD}/let-in", {"key": KEY}, on=HELD).status_code == 303
    assert cases.case(number).organ_code == "GX-ZFB"
    assert "现在没有" in admin.get(HELD).text
    assert logged(hub, "held.%") == [("qian", "held.let-in", number)]


def test_one_whose_number_is_taken_gets_another_and_the_clerk_reads_what_the_paper_says(
    hub: Hub, admin: Browser
) -> None:
    hub.add_account("lina")
    number = a_number(hub)
    hub.take_in()
    hub.connection.execute("UPDATE sync_position SET inbox_no = 1")
    hub.connection.execute("UPDATE inbox SET number = ?", (number,))
    hub.connection.execute("UPDATE disclosure_case SET number = ?", (number,))
    hold(hub, number, "number-taken")
    assert admin.post(f"{HELD}/let-in", {"key": KEY}, on=HELD).status_code == 303
    said = admin.get(HELD).text
    (new,) = hub.connection.execute("SELECT number FROM inbox WHERE key = ?", (KEY,)).fetchone()
    assert new != number
    assert numbers.parse(new) == new
    assert new[:14] == number[:14]
    assert f"编号改成{new}" in said
    case = hub.browser("lina")
    assert f"申请人手里的纸上是{number}" in case.get(f"/desk/requests/{new}").text
    opened = case.post(f"/desk/requests/{new}/open", on=f"/desk/requests/{new}")
    assert "张样例" in opened.text
    answer = json.loads(
        hub.connection.execute("SELECT answer FROM inbox WHERE key = ?", (KEY,)).fetchone()[0]
    )
    assert answer["number"] == number, "the terminal knows no other"


def test_one_that_came_in_otherwise_is_only_discarded(hub: Hub, admin: Browser) -> None:
    number = a_number(hub)
    hold(hub, number, "seq-taken")
    assert admin.post(f"{HELD}/let-in", {"key": KEY}, on=HELD).status_code == 303
    hold(hub, number, "seq-taken")
    page = admin.get(HELD).text
    assert "已经从别的路上收下了" in page
    assert admin.post(f"{HELD}/let-in", {"key": KEY}, on=HELD).status_code == 409


def test_nothing_is_discarded_without_a_reason_that_stays(hub: Hub, admin: Browser) -> None:
    submission = hold(hub, a_number(hub), "seq-taken")
    form = {"key": KEY, "digest": submission.digest}
    page = admin.post(f"{HELD}/discard", {**form, "reason": " "}, on=HELD)
    assert page.status_code == 422
    assert "请写明为什么丢弃" in page.text
    assert admin.post(f"{HELD}/discard", {**form, "reason": "x" * 201}, on=HELD).status_code == 422
    assert hub.connection.execute("SELECT count(*) FROM inbox_quarantine").fetchone() == (1,)
    assert admin.post(f"{HELD}/discard", {**form, "reason": "试机时交的"}, on=HELD).status_code == 303
    assert hub.connection.execute("SELECT count(*) FROM inbox_quarantine").fetchone() == (0,)
    (detail,) = hub.connection.execute("SELECT detail FROM audit WHERE act = 'held.discarded'").fetchone()
    assert json.loads(detail)["reason"] == "试机时交的"


def test_another_number_is_never_the_same() -> None:
    number = numbers.written("GX032611230001K74")
    assert all(numbers.another(number) != number for _ in range(200))
