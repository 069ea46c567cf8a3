"""
A lost slip: the request is found by name in a clerk's session, and a new query code is made; the old one ends.

Reading the names of all requests is logged once for each search. The new code is sealed to the same reading key as the
request; a released answer was sealed under the old code, so it is erased and released again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk import audit, db
from kiosk.clock import stamp
from kiosk.disclosure import cases
from kiosk.errors import NotFound, Refused
from kiosk.intake import codes, sealed
from kiosk.intake.codes import QueryCode
from kiosk.intake.handling import Work
from kiosk.intake.handover import answer_seal
from kiosk.intake.handover.answer_seal import IdentityStep
from kiosk.seen import UNSEEN, Seen
from sync.hub import parcels, progress
from sync.hub.models import InboxEntry, NewCode
from sync.wire import sealing

MOST_READ = 5_000
"""Requests whose names are read in one search, the newest first: some seconds of a clerk's session."""


@dataclass(frozen=True)
class FoundRequests:
    """Numbers of the requests of one person, the newest first; unread: how many no key of this session opens."""

    numbers: tuple[str, ...]
    unread: int


def find(
    name: str, document_end: str, reading_keys: Mapping[str, bytes], actor: str, now: datetime
) -> FoundRequests:
    """Log the search, then return the requests of the person with this name and this end of the document's number."""
    with db.writing(db.store):
        audit.record(at=now, actor=actor, act=audit.Act.DISCLOSURE_SEARCHED_BY_NAME, subject="")
    wanted = answer_seal.identity(IdentityStep.NAME, name, document_end)
    numbers, unread = [], 0
    for number in cases.newest(MOST_READ):
        try:
            personal = sealed.read(number, reading_keys).personal
        except (Refused, NotFound):
            unread += 1
            continue
        theirs = answer_seal.identity(IdentityStep.NAME, personal.get("name", ""), personal.get("number", ""))
        if theirs == wanted:
            numbers.append(number)
    return FoundRequests(tuple(numbers), unread)


def new_code(
    number: str, reading_keys: Mapping[str, bytes], actor: str, work: Work, seen: Seen = UNSEEN
) -> QueryCode:
    """
    Give a request a new query code; the old one opens nothing any more.

    Raises:
        NotFound: "no-such-case".
        Refused: as `sealed.read`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    sealed.read(number, reading_keys)  # nobody gives a code to a request that they could not read
    key_id, code = sealed.key_of(number), codes.new_code()
    public = sealing.public_key(reading_keys[key_id])
    with db.writing(db.store):
        seen.hold()
        found = cases.case(number)
        NewCode.delete().where(NewCode.number == number).execute(db.store)
        NewCode.insert(
            number=number,
            code_hash=code.hashed,
            sealed=sealing.seal(public, {"query_code": code.digits, "request_number": number}),
            key_id=key_id,
            made_at=stamp(work.now),
        ).execute(db.store)
        parcels.remove(db.store, number)
        progress.forget_guesses(db.store, progress.subject(number))
        cases.tell(found, work)
        audit.record(at=work.now, actor=actor, act=audit.Act.DISCLOSURE_NEW_CODE, subject=number)
    return code


def issued_by_terminal(number: str) -> bool:
    """Return whether a terminal handed the request in, so that it has a query code at all."""
    return InboxEntry.select().where(InboxEntry.number == number).exists(db.store)
