"""What is sealed about a case goes with it to another organ's key, on both engines: nothing stays with the old one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from kiosk import db
from kiosk.app.handlings import HANDLINGS
from kiosk.consultation.booking.models import SEALED_RESULTS
from kiosk.consultation.inquiry.models import SEALED_ANSWERS
from kiosk.disclosure import cases
from kiosk.disclosure.letters import drafting, enclosed, issuing, models, redaction
from kiosk.disclosure.letters.drafting import DraftWords
from kiosk.disclosure.letters.models import LetterState
from kiosk.disclosure.letters.redaction import CoveredArea, Ground, Redaction
from kiosk.disclosure.office import dossier, sealed_parts
from kiosk.disclosure.office.dossier import CleanFile
from kiosk.disclosure.office.sealed_parts import SEALED_PARTS
from kiosk.errors import Refused
from kiosk.intake import register, sealed
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import HandOver, registers
from kiosk.intake.sealed import NEW_CODES
from kiosk.staff import actions
from kiosk.staff.actions import Holder
from kiosk.staff.by_organ import mergers, reading_keys, wall
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered
from sync.hub.models import InboxEntry
from sync.wire import sealing
from sync.wire.errors import SealBroken
from tests.hub import CHEAP, PASSWORD, SETTINGS, Hub

OFFICE_CODE = SETTINGS.office_code
CIVIL, LAND = "GX-MZJ", "GX-ZRZY"
REGISTERS = registers(HANDLINGS)
TABLES = (NEW_CODES, *SEALED_PARTS, SEALED_ANSWERS, SEALED_RESULTS)
SEALED_OTHERWISE = {
    "inbox": "the submission itself, whose key the envelope names",
    "inbox_quarantine": "waits for a word, and is no case yet",
    "parcel": "sealed to the citizen's number and code",
    "device": "a terminal's public key",
    "enrolment_code": "the hash of a code",
    "reading_key": "the keys themselves",
    "reading_grant": "the keys themselves",
    "staff_account": "a person's own key",
    "staff_factor": "a person's own secret",
    "web_session": "a person's own session, sealed to its cookie",
    "desk_draft": "a person's own draft, gone with the session",
    "audit_anchor": "a signature",
}
"""Tables with a key or with bytes that are not sealed to the key of a case's organ, each with its reason."""


def holder(hub: Hub, name: str) -> Holder:
    entered = signing_in.sign_in(name, PASSWORD, hub.clock, CHEAP)
    assert isinstance(entered, Entered)
    return Holder(name, entered.reading_keys)


def with_key(hub: Hub, organ: str, clerk: str) -> None:
    hub.add_account(clerk, organ=organ, approved=False)
    hub.give_key(organ)
    actions.approve(clerk, now=hub.clock.now(), recovery_key=hub.recovery_key)


def full_case(hub: Hub, organ: str, by: Holder) -> str:
    """A case with one of everything that is sealed about it, written by somebody who opens it."""
    number, now = hub.take_in(organ=organ), hub.clock.now()
    key = drafting.key_for(sealed.key_of(number), by.keys)
    to = sealed.SealKey(key.key_id, key.public)
    words = DraftWords("张样例", {"supply": "见附件。"}, "信的正文")
    letter = drafting.write(cases.case(number), "granted", words, key, now=now, by=by.name)
    enclosed.attach(letter, key, "名册.pdf", "application/pdf", b"file", now=now, by=by.name)
    (file,) = models.files(letter.seq)
    covered = Redaction("遮盖本.pdf", (CoveredArea(1, 0, 0, 1, 1, Ground.PRIVACY),))
    redaction.keep(letter, key, file.seq, covered, now=now, by=by.name)
    redaction.keep_copy(letter, key, file.seq, covered, b"copy", now=now, by=by.name)
    with db.writing(db.store):
        page = sealing.seal_file(key.public, b"page")
        models.change(letter.seq, state=LetterState.ISSUED, page=page, page_sha256="0")
        NEW_CODES.model.insert(
            number=number,
            code_hash="",
            sealed=sealing.seal(key.public, {"query_code": "K7"}),
            key_id=key.key_id,
            made_at="",
        ).execute(db.store)
    enclosed.keep_scan(letter, key, "application/pdf", b"stamped", now=now, by=by.name)
    dossier.add_note(number, "备注", to, by.name, hub.work())
    dossier.add_scans(number, [CleanFile("来件.png", "image/png", 1, b"scan")], to, by.name, hub.work())
    return number


def read_all(hub: Hub, number: str, who: Holder) -> list[object]:
    """Everything sealed about a case, as a clerk reads it."""
    (letter,) = models.of_case(number)
    key = drafting.key_for(letter.key_id, who.keys)
    (note,), (scan,) = dossier.notes(number, who.keys), dossier.scans(number, who.keys)
    opened = sealed.read(number, who.keys)
    (file,) = enclosed.contents(letter, key)
    return [
        opened.personal["name"],
        sealed.query_code(number, opened, who.keys),
        drafting.read(letter, key).body,
        issuing.unsealed(letter, key, "page"),
        issuing.unsealed(letter, key, "scan"),
        (file.name, file.content),
        redaction.original(letter, key, file.seq),
        note.text,
        scan.name,
        dossier.open_scan(number, scan.no, who.keys, who.name, hub.work()).content,
    ]


WHOLE = [
    "张样例",
    "K7",
    "信的正文",
    b"page",
    b"stamped",
    ("遮盖本.pdf", b"copy"),
    ("名册.pdf", "application/pdf", b"file"),
    "备注",
    "来件.png",
    b"scan",
]


def blobs() -> Iterator[bytes]:
    """Every sealed column of the store, read behind the back of the code."""
    columns = [*(column for table in TABLES for column in table.columns), InboxEntry.sealed]
    for column in columns:
        for (blob,) in column.model.select(column).tuples().execute(db.store):
            assert blob is not None, column.name
            yield bytes(blob)


def opened_by(keys: Iterable[bytes]) -> int:
    """How many sealed columns one of these keys opens."""

    def opens(key: bytes, blob: bytes) -> bool:
        try:
            return bool(sealing.unseal_file(key, blob))
        except SealBroken:
            return False

    private = list(keys)
    return sum(any(opens(key, blob) for key in private) for blob in blobs())


def hand_over(hub: Hub, number: str, by: Holder) -> None:
    given = HandOver(LAND, wall.seal_key(LAND, office=OFFICE_CODE), by.keys, by.name, "assigned")
    register.hand_over(cases, number, given, hub.work())


def by_hand_over(hub: Hub, number: str, wang: Holder) -> None:
    with_key(hub, LAND, "zhao")
    hand_over(hub, number, wang)


def by_first_key(hub: Hub, _number: str, wang: Holder) -> None:
    hub.add_account("zhao", organ=CIVIL, approved=False)
    now = hub.clock.now()
    reading_keys.make_key(CIVIL, now=now, registers=REGISTERS, by=wang, readers=["zhao"])


def by_merger(hub: Hub, _number: str, wang: Holder) -> None:
    with_key(hub, LAND, "zhao")
    mergers.propose(CIVIL, LAND, now=hub.clock.now(), by="chen", office=OFFICE_CODE)
    mergers.confirm(CIVIL, by=wang, work=hub.work(), office=OFFICE_CODE, registers=REGISTERS)


@pytest.mark.parametrize("way", [by_hand_over, by_first_key, by_merger])
def test_the_new_organs_clerk_opens_all_of_a_case_and_the_old_key_nothing(hub: Hub, way: object) -> None:
    assert callable(way)
    hub.add_account("wang")
    wang = holder(hub, "wang")
    number = full_case(hub, CIVIL, wang)
    assert read_all(hub, number, wang) == WHOLE
    assert opened_by(wang.keys.values()) == len(list(blobs()))
    way(hub, number, wang)
    zhao = holder(hub, "zhao")
    assert not zhao.keys.keys() & wang.keys.keys()
    assert read_all(hub, number, zhao) == WHOLE
    assert opened_by(wang.keys.values()) == 0
    assert opened_by(zhao.keys.values()) == len(list(blobs()))


def test_a_letter_that_is_not_issued_is_the_new_organs_to_write(hub: Hub) -> None:
    hub.add_account("wang")
    wang = holder(hub, "wang")
    number = full_case(hub, CIVIL, wang)
    key = drafting.key_for(sealed.key_of(number), wang.keys)
    open_one = drafting.write(
        cases.case(number), "granted", DraftWords(), key, now=hub.clock.now(), by="wang"
    )
    with db.writing(db.store):
        models.change(open_one.seq, state=LetterState.APPROVED, approved_by="li")
    by_hand_over(hub, number, wang)
    issued, again = models.of_case(number)
    assert (issued.organ_code, issued.state) == (CIVIL, LetterState.ISSUED)
    assert (again.organ_code, again.state, again.approved_by) == (LAND, LetterState.DRAFT, "")


def test_another_case_stays_as_it_is(hub: Hub) -> None:
    hub.add_account("wang")
    wang = holder(hub, "wang")
    number, other = full_case(hub, CIVIL, wang), full_case(hub, CIVIL, wang)
    by_hand_over(hub, number, wang)
    assert read_all(hub, other, wang) == WHOLE


def test_without_the_key_of_one_part_nothing_goes_over(hub: Hub) -> None:
    hub.add_account("wang")
    wang = holder(hub, "wang")
    number = full_case(hub, CIVIL, wang)
    with_key(hub, LAND, "zhao")
    before = list(blobs())
    with db.writing(db.store):
        sealed_parts.CaseScan.update(key_id="another").execute(db.store)
    with pytest.raises(Refused, match="reading-key-missing"):
        hand_over(hub, number, wang)
    assert list(blobs()) == before
    assert organ_register.of(number) == CIVIL


def test_the_raw_read_finds_a_kind_that_was_forgotten(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add_account("wang")
    wang = holder(hub, "wang")
    number = full_case(hub, CIVIL, wang)
    monkeypatch.setattr(cases, "SEALED_PARTS", SEALED_PARTS[:-1])
    by_hand_over(hub, number, wang)
    assert opened_by(wang.keys.values()) == 2


def unknown(tables: Iterable[str], known: Iterable[tuple[str, str]]) -> list[str]:
    """Columns that hold a key's id or bytes, and are in neither list."""
    store, listed = db.real(db.store), set(known)
    return [
        f"{table}.{column.name}"
        for table in tables
        if table not in SEALED_OTHERWISE
        for column in store.get_columns(table)
        if (column.name == "key_id" or column.data_type.upper() in ("BLOB", "BYTEA"))
        and (table, column.name) not in listed
    ]


def test_every_table_with_a_key_is_one_that_goes_over(hub: Hub) -> None:
    known = {
        (column.model._meta.table_name, column.column_name)
        for table in TABLES
        for column in (*table.columns, table.key_id)
    }
    found = db.real(db.store).get_tables()
    assert not unknown(found, known), "add it to the SEALED_PARTS of its kind, or say why it is another's"
    assert sorted(SEALED_OTHERWISE.keys() - set(found)) == [], "these are gone"


def test_a_table_that_was_forgotten_is_found(hub: Hub) -> None:
    assert hub.app
    assert unknown(["case_note"], []) == ["case_note.key_id", "case_note.sealed"]
