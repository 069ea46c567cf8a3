"""At the hub: the sealed part of a submission, opened in the session of a clerk who holds its key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from kiosk import audit, db
from kiosk.errors import NotFound, Refused
from kiosk.intake.by_organ import organ_register, resealing
from kiosk.intake.by_organ.resealing import SealedTable
from sync.hub import inbox
from sync.hub.greeting import SealKey
from sync.hub.models import InboxEntry, NewCode
from sync.wire import sealing
from sync.wire.errors import SealBroken

READ_AT_ONCE = 200
"""Sealed parts read with one query."""
NEW_CODES = SealedTable(NewCode.number, (NewCode.sealed,), NewCode.number, NewCode.key_id)
"""Query codes of new slips, of submissions of every kind."""


@dataclass(frozen=True)
class OpenedSubmission:
    """A submission in clear: the sealed part, and its envelope."""

    personal: Mapping[str, Any]
    envelope: Mapping[str, Any]


def read(number: str, reading_keys: Mapping[str, bytes]) -> OpenedSubmission:
    """
    Return a submission in clear; the caller logs the opening before anybody sees it.

    Raises:
        NotFound: "no-such-case".
        Refused: "reading-key-missing" (sealed to a key that this session does not hold),
            "sealed-part-broken" (the key does not open it; the bytes are kept).
    """
    found = InboxEntry.select(InboxEntry.envelope, InboxEntry.sealed).where(InboxEntry.number == number)
    row = next(iter(found.tuples().execute(db.store)), None)
    if row is None:
        raise NotFound("no-such-case", number)
    return _unsealed(number, json.loads(row[0]), bytes(row[1]), reading_keys)


def _unsealed(
    number: str, envelope: Mapping[str, Any], blob: bytes, reading_keys: Mapping[str, bytes]
) -> OpenedSubmission:
    key_id = envelope.get("key_id", "")
    if key_id not in reading_keys:
        raise Refused("reading-key-missing", key_id)
    try:
        personal = sealing.unseal(reading_keys[key_id], blob)
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    issued = envelope.get("renumbered_from", number)
    if personal.pop("request_number", issued) != issued:
        raise Refused("sealed-part-broken", "belongs-to-another-number")
    return OpenedSubmission(personal, envelope)


def query_code(number: str, opened: OpenedSubmission, reading_keys: Mapping[str, bytes]) -> str:
    """
    Return the query code that opens a number now: of a new slip, else of the first one.

    Raises:
        Refused: "reading-key-missing", "sealed-part-broken".
    """
    newer = NewCode.select().where(NewCode.number == number).first(db.store)
    if newer is None:
        return str(opened.personal["query_code"])
    if newer.key_id not in reading_keys:
        raise Refused("reading-key-missing", newer.key_id)
    try:
        return str(sealing.unseal(reading_keys[newer.key_id], bytes(newer.sealed))["query_code"])
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error


def seal_again(
    number: str,
    to: SealKey,
    reading_keys: Mapping[str, bytes],
    organ: str,
    also: Iterable[SealedTable] = (),
) -> None:
    """
    Seal a submission to another key, in the caller's transaction; the keys of before open it no longer.

    The terminal's copy, sealed to the key of before, is erased as any other once a backup of the hub holds this one;
    earlier backups keep the hub's.

    Args:
        organ: That handles it from now on. also: Tables in which its kind keeps more about it.
    Raises:
        NotFound, Refused: as `read`.
    """
    opened = read(number, reading_keys)
    envelope = opened.envelope
    resealing.seal_again((NEW_CODES, *also), number, to, reading_keys)
    whole = {**opened.personal, "request_number": envelope.get("renumbered_from", number)}
    named = envelope.get("addressed_to", envelope.get("organ", ""))
    said = {"key_id": to.key_id, "organ": organ, "addressed_to": named}
    inbox.seal_again(db.store, number, sealing.seal(to.public_key, whole), said)
    organ_register.keep(number, organ)


def open_noted(
    number: str, reading_keys: Mapping[str, bytes], *, actor: str, now: datetime
) -> OpenedSubmission:
    """
    Log the opening of a submission, then return it in clear.

    Raises:
        NotFound, Refused: as `read`.
    """
    opened = read(number, reading_keys)
    with db.writing(db.store):
        audit.record(at=now, actor=actor, act=audit.Act.SUBMISSION_OPENED, subject=number)
    return opened


def read_all(
    numbers: Iterable[str], reading_keys: Mapping[str, bytes]
) -> Iterator[tuple[str, OpenedSubmission]]:
    """
    Yield submissions in clear, in the order given; those that this session cannot open are left out.

    The caller logs the opening before anybody sees one.
    """
    waiting = iter(numbers)
    while several := list(islice(waiting, READ_AT_ONCE)):
        found = InboxEntry.select(InboxEntry.number, InboxEntry.envelope, InboxEntry.sealed).where(
            InboxEntry.number.in_(several)
        )
        rows = {row[0]: row for row in found.tuples().execute(db.store)}
        for number in several:
            if number in rows:
                with suppress(Refused):
                    _, envelope, blob = rows[number]
                    yield number, _unsealed(number, json.loads(envelope), bytes(blob), reading_keys)


def note_list(many: int, *, kind: str, actor: str, now: datetime, why: str) -> None:
    """
    Log that a list is opened in the session of a person: one line a list, with its length and the purpose.

    Args:
        why: A word: "subjects", "name-search", "ledger".
    """
    with db.writing(db.store):
        audit.record(
            at=now,
            actor=actor,
            act=audit.Act.SUBMISSION_LIST_OPENED,
            subject=kind,
            detail={"many": many, "why": why},
        )


def said_in_clear(number: str) -> Mapping[str, Any]:
    """Return the envelope of a submission; empty for an unknown number."""
    envelope = InboxEntry.select(InboxEntry.envelope).where(InboxEntry.number == number).scalar(db.store)
    return json.loads(envelope) if envelope else {}


def key_of(number: str) -> str:
    """Return the id of the reading key that opens a submission; empty for an unknown number."""
    return str(said_in_clear(number).get("key_id", ""))
