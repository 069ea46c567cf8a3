"""A terminal seals a submission to the key of its organ by what it holds; nobody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import db, side_lists
from kiosk.clock import FixedClock
from kiosk.intake.actions import Desk, Handover, take_in
from kiosk.intake.by_organ import public_keys
from kiosk.intake.by_organ.public_keys import OrganKeys, PublicKey
from kiosk.intake.codes import BootKey, QueryCode
from kiosk.intake.organs import Organ
from kiosk.intake.promises import PromisedTerms
from sync.terminal.models import OutboxEntry
from sync.wire import sealing
from tests import building
from tests.terminals import link

CIVIL = "GX-MZJ"
OFFICE_PRIVATE, OFFICE = sealing.new_key_pair()
OWN_PRIVATE, OWN = sealing.new_key_pair()


@pytest.fixture
def station(tmp_path: Path, clock: FixedClock) -> db.SqliteFile:
    """A terminal that knows the office's key."""
    database = building.station(tmp_path)
    db.store.initialize(database)
    link(clock, seal_key=OFFICE)
    return database


def hand_in(home: Path, clock: FixedClock, organ: str) -> tuple[str, bytes]:
    """A request to this organ: the envelope that waits, and its sealed part."""
    handover = Handover(
        key=f"01935f3a-0000-7000-8000-{abs(hash(organ)) % 10**12:012d}",
        kind="disclosure",
        organ=Organ(organ, organ),
        clear={},
        personal={"name": "张样例"},
        masked={},
        terms=PromisedTerms(None, "to_confirm"),
        code=QueryCode("123456789012", "a hash"),
        slip=None,
    )
    number = take_in(handover, Desk(clock, BootKey(home / "memory"), 10)).number
    row = OutboxEntry.select().where(OutboxEntry.number == number).first(db.store)
    return str(row.envelope), bytes(row.sealed)


def keep(station: db.SqliteFile, clock: FixedClock, content: bytes) -> None:
    """What the hub's last round brought."""
    with db.writing(station):
        side_lists.replace(station, side_lists.ORGAN_KEYS, content, clock.now())


def test_an_organs_key_is_used_for_its_submissions_only(
    tmp_path: Path, station: db.SqliteFile, clock: FixedClock
) -> None:
    known = OrganKeys("GX-ZFB", keys={CIVIL: PublicKey(sealing.key_id(OWN), OWN)})
    keep(station, clock, public_keys.written(known))
    envelope, blob = hand_in(tmp_path, clock, CIVIL)
    assert sealing.key_id(OWN) in envelope
    assert sealing.unseal(OWN_PRIVATE, blob)["name"] == "张样例"
    _, other = hand_in(tmp_path, clock, "GX-ZRZY")
    assert sealing.unseal(OFFICE_PRIVATE, other)["name"] == "张样例"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"keys":[{"code":"GX-MZJ","key_id":"0000000000000000","key":"AAAA"}]}'],
)
def test_a_list_that_cannot_be_believed_leaves_the_offices_key(
    tmp_path: Path, station: db.SqliteFile, clock: FixedClock, content: bytes
) -> None:
    keep(station, clock, content)
    _, blob = hand_in(tmp_path, clock, CIVIL)
    assert sealing.unseal(OFFICE_PRIVATE, blob)["name"] == "张样例"


def test_the_list_is_read_as_it_was_written(station: db.SqliteFile, clock: FixedClock) -> None:
    known = OrganKeys("GX-ZFB", one_office=True, keys={CIVIL: PublicKey(sealing.key_id(OWN), OWN)})
    keep(station, clock, public_keys.written(known))
    assert public_keys.read(station) == known
