"""
What the desk adds to a case without changing its course: notes, scans, urging, links between repeated requests.

Notes and scans may hold personal data: they are sealed to the key of the case's organ before they are stored, and shown
where the sealed request is opened, which is logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from kiosk import counters, db
from kiosk.disclosure import cases, steps
from kiosk.disclosure.case_models import Case, DisclosureCase
from kiosk.disclosure.events import CaseAct
from kiosk.disclosure.office.models import CaseNote, CaseScan
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake.attached.clean_files import LARGEST, CleanFile
from kiosk.intake.handling import Work
from kiosk.seen import UNSEEN, Seen
from sync.hub.greeting import SealKey
from sync.wire import sealing
from sync.wire.errors import SealBroken

ADDED = "disclosure-added"
"""Name of the counter of notes and scans."""
LONGEST_NOTE = 2000
MOST_SCANS = 20
"""Scans of one case."""
LARGEST_SCAN = LARGEST
"""Bytes of one scan."""


@dataclass(frozen=True)
class Note:
    """A note in clear; text is None where this session cannot open it."""

    at: datetime
    actor: str
    text: str | None


@dataclass(frozen=True)
class Scan:
    """A scan as the list of a case shows it; name is empty where this session cannot open it."""

    no: int
    at: datetime
    actor: str
    type: str
    pages: int
    size: int
    name: str


@db.writing(db.store)
def assign(numbers: Sequence[str], to: str, actor: str, work: Work, seen: Seen = UNSEEN) -> int:
    """
    Give several cases to one person, or to nobody (empty); return how many were somebody else's before.

    Raises:
        NotFound: "no-such-case".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    others = [number for number in numbers if cases.case(number).assigned_to != to]
    for number in others:
        steps.assign(number, to, actor, work)
    return len(others)


@db.writing(db.store)
def add_note(number: str, text: str, key: SealKey, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Store an internal note, sealed; its event says that there is one.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "note-empty", "note-too-long".
        ChangedMeanwhile: see `Seen.hold`.
    """
    text = text.strip()
    if not text:
        raise RuleBroken("note-empty")
    if len(text) > LONGEST_NOTE:
        raise RuleBroken("note-too-long")
    steps.note(number, CaseAct.NOTED, {}, actor, work, seen)
    CaseNote.insert(
        no=counters.take(ADDED),
        number=number,
        at=work.now,
        actor=actor,
        key_id=key.key_id,
        sealed=sealing.seal(key.public_key, {"number": number, "text": text}),
    ).execute(db.store)


def notes(number: str, reading_keys: Mapping[str, bytes]) -> list[Note]:
    """Return the notes of a case, oldest first; the caller logs the opening."""
    found = CaseNote.select().where(CaseNote.number == number).order_by(CaseNote.no)
    return [Note(row.at, row.actor, _note_text(row, reading_keys)) for row in found.execute(db.store)]


def _note_text(row: CaseNote, reading_keys: Mapping[str, bytes]) -> str | None:
    if row.key_id not in reading_keys:
        return None
    with suppress(SealBroken):
        payload = sealing.unseal(reading_keys[row.key_id], bytes(row.sealed))
        if payload.get("number") == row.number:
            return str(payload.get("text", ""))
    return None


@db.writing(db.store)
def urge(number: str, until: date, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Urge the handling of a case until a day; it has its own light until the answer is issued.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "urge-closed" (nothing waits any more).
        ChangedMeanwhile: see `Seen.hold`.
    """
    if cases.case(number).closed_on:
        raise RuleBroken("urge-closed")
    steps.note(number, CaseAct.URGED, {"until": until.isoformat()}, actor, work, seen)
    DisclosureCase.update(urged_until=until).where(DisclosureCase.number == number).execute(db.store)


@db.writing(db.store)
def link(number: str, other: str, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Note in two cases that one repeats the other (art. 36(6)); each stays counted.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "link-self", "linked-already", "link-unknown" (there is no case with the other number).
        ChangedMeanwhile: see `Seen.hold`.
    """
    found = cases.case(number)
    if other == number:
        raise RuleBroken("link-self")
    if not DisclosureCase.select().where(DisclosureCase.number == other).exists(db.store):
        raise RuleBroken("link-unknown", other)
    if other in _linked(found.number):
        raise RuleBroken("linked-already", other)
    steps.note(number, CaseAct.LINKED, {"other": other}, actor, work, seen)
    steps.note(other, CaseAct.LINKED, {"other": number}, actor, work)


def links(number: str) -> list[Case]:
    """Return the cases that are linked with this one: number and date of an earlier answer are in them."""
    return [cases.case(other) for other in _linked(number)]


def _linked(number: str) -> list[str]:
    return [
        str(event.detail["other"])
        for event in cases.events(number)
        if event.act is CaseAct.LINKED and event.detail.get("other")
    ]


def add_scans(
    number: str, files: Sequence[CleanFile], key: SealKey, actor: str, work: Work, seen: Seen = UNSEEN
) -> None:
    """
    Store scans of a case, sealed.

    Raises:
        NotFound: "no-such-case".
        Refused: "scan-too-large", "scans-full".
        ChangedMeanwhile: see `Seen.hold`.
    """
    if any(len(file.content) > LARGEST_SCAN for file in files):
        raise Refused("scan-too-large")
    sealed = [(file, sealing.seal_file(key.public_key, file.content)) for file in files]
    with db.writing(db.store):
        seen.hold()
        cases.case(number)
        held = CaseScan.select().where(CaseScan.number == number).count(db.store)
        if held + len(files) > MOST_SCANS:
            raise Refused("scans-full")
        for file, content in sealed:
            CaseScan.insert(
                no=counters.take(ADDED),
                number=number,
                at=work.now,
                actor=actor,
                type=file.type,
                pages=file.pages,
                size=len(file.content),
                key_id=key.key_id,
                name=sealing.seal(key.public_key, {"name": file.name, "number": number}),
                sealed=content,
            ).execute(db.store)
        if files:
            steps.note(number, CaseAct.SCANNED, {"many": len(files)}, actor, work)


_LISTED = (
    CaseScan.no, CaseScan.number, CaseScan.at, CaseScan.actor, CaseScan.type, CaseScan.pages,
    CaseScan.size, CaseScan.key_id, CaseScan.name,
)  # fmt: skip


def scans(number: str, reading_keys: Mapping[str, bytes]) -> list[Scan]:
    """Return the scans of a case, oldest first; the caller logs the opening of their names."""
    found = CaseScan.select(*_LISTED).where(CaseScan.number == number).order_by(CaseScan.no)
    return [
        Scan(row.no, row.at, row.actor, row.type, row.pages, row.size, _scan_name(row, reading_keys))
        for row in found.execute(db.store)
    ]


def _scan_name(row: CaseScan, reading_keys: Mapping[str, bytes]) -> str:
    if row.key_id not in reading_keys:
        return ""
    with suppress(SealBroken):
        return str(sealing.unseal(reading_keys[row.key_id], bytes(row.name)).get("name", ""))
    return ""


def open_scan(number: str, scan: int, reading_keys: Mapping[str, bytes], actor: str, work: Work) -> CleanFile:
    """
    Log the opening of a case's scan, then return it in clear.

    Raises:
        NotFound: "no-such-scan".
        Refused: "reading-key-missing", "sealed-part-broken".
    """
    row = CaseScan.get_or_none(CaseScan.no == scan, CaseScan.number == number)
    if row is None:
        raise NotFound("no-such-scan", str(scan))
    if row.key_id not in reading_keys:
        raise Refused("reading-key-missing", row.key_id)
    try:
        content = sealing.unseal_file(reading_keys[row.key_id], bytes(row.sealed))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    steps.note(number, CaseAct.OPENED, {}, actor, work)
    return CleanFile(_scan_name(row, reading_keys), row.type, row.pages, content)
