"""The audit chain notices changes; masks leave nothing to guess."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import FixedClock
from kiosk.privacy import masked_address, masked_email, masked_id, masked_name, masked_phone
from tests import building


@pytest.fixture
def chain(tmp_path: Path, clock: FixedClock) -> db.SqliteFile:
    database = building.station(tmp_path)
    for act in (Act.STAFF_SIGNED_IN, Act.DISCLOSURE_OPENED, Act.DISCLOSURE_REGISTERED):
        with db.writing(database):
            audit.record(at=clock.now(), actor="li.shili", act=act, subject="GX01-261123-0001-AB-C")
    return database


def test_an_untouched_chain_holds(chain: db.SqliteFile) -> None:
    assert audit.first_break() is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'nobody' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE audit SET detail = '{\"a\": 1}' WHERE seq = 2",
    ],
)
def test_a_changed_or_missing_row_is_found(chain: db.SqliteFile, change: str) -> None:
    with db.writing(chain):
        connection = chain.connection()
        connection.execute(change)
    assert audit.first_break() in (2, 3)


def test_an_end_that_was_cut_off_is_found(chain: db.SqliteFile) -> None:
    with db.writing(chain):
        connection = chain.connection()
        connection.execute("DELETE FROM audit WHERE seq = 3")
    assert audit.first_break() == 3


def test_a_transaction_that_fails_leaves_no_line_and_no_gap(chain: db.SqliteFile, clock: FixedClock) -> None:
    with suppress(LookupError), db.writing(chain):
        audit.record(
            at=clock.now(), actor="li.shili", act=Act.DISCLOSURE_OPENED, subject="GX01-261123-0001-AB-C"
        )
        raise LookupError
    with db.writing(chain):
        audit.record(
            at=clock.now(), actor="li.shili", act=Act.DISCLOSURE_OPENED, subject="GX01-261123-0001-AB-C"
        )
    assert audit.first_break() is None
    assert audit.AuditLine.select().count() == 4


def test_an_act_outside_a_transaction_is_refused(chain: db.SqliteFile, clock: FixedClock) -> None:
    with pytest.raises(RuntimeError):
        audit.record(
            at=clock.now(), actor="li.shili", act=Act.DISCLOSURE_OPENED, subject="GX01-261123-0001-AB-C"
        )


def test_an_act_under_its_old_name_is_read_under_the_new_one_and_the_chain_still_holds(
    chain: db.SqliteFile, clock: FixedClock
) -> None:
    row = (4, "2026-11-23T01:00:00.000+00:00", "operator:root", "device-code", "东岗镇1号机", "{}")
    with db.writing(chain):
        before = audit.AuditHead.get_by_id(1).chain
        link = sha256(json.dumps([before, *row], ensure_ascii=False, separators=(",", ":")).encode())
        audit.AuditLine.insert_many([(*row, link.hexdigest())]).execute()
        audit.AuditHead.update(seq=4, chain=link.hexdigest()).execute()
    with db.writing(chain):
        audit.record(at=clock.now(), actor="a", act=Act.DEVICE_CODE_MADE, subject="东岗镇2号机")
    names = [line.act for line in audit.AuditLine.select().order_by(audit.AuditLine.seq)][-2:]
    assert names == ["device-code", "device.code-made"]
    assert {Act(name) for name in names} == {Act.DEVICE_CODE_MADE}
    assert audit.first_break() is None


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (masked_name("张样例"), "张**"),
        (masked_name("欧阳样例"), "欧阳**"),
        (masked_name("王"), "王*"),
        (masked_name(""), ""),
        (masked_id("371525195001010010"), "**************0010"),
        (masked_phone("13800001234"), "138****1234"),
        (masked_phone("110"), "*10"),
        (masked_email("yangli@example.cn"), "y***@example.cn"),
        (masked_address("示例镇样例村12号"), "示例镇样例村***"),
    ],
)
def test_what_others_may_see(masked: str, expected: str) -> None:
    assert masked == expected
