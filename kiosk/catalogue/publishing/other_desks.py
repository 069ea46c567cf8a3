"""Records of the catalogue that other desks make: stored until another person approves them, or taken back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kiosk.catalogue.attachments import store
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.record import checked
from kiosk.catalogue.records.rules import check
from kiosk.errors import NotFound, RuleBroken

PUBLISHED, WAITING = "published", "waiting"
REPORT = next(kind.id for kind in KINDS.values() if kind.reports_requests)
ANSWER = next(kind.id for kind in KINDS.values() if kind.answers_requests)
LIBRARY = next(kind.id for kind in KINDS.values() if kind.answers_questions)


def propose(record: Mapping[str, Any], actor: str, now: datetime) -> None:
    """
    Store a record until another person approves it, inside the caller's transaction.

    Raises:
        RuleBroken: "record-faulty" with the first fault and its place.
    """
    faults = check(dict(record))
    if faults:
        raise RuleBroken("record-faulty", f"{faults[0].code} {faults[0].where}")
    act = "edit" if actions.known(record["id"]) else "new"
    actions.save(checked(dict(record)), Hand(actor, now), act=act)


def keep_file(files: ImportFiles, content: bytes, name: str) -> Mapping[str, Any]:
    """
    Store a file that goes with a record; return its item for the record's attachments.

    Raises:
        Refused: why it is not taken.
        StoreFull: no room.
    """
    return store.take(io.BytesIO(content), name, files)


def take_back(doc_id: str, reason: str, actor: str, now: datetime) -> None:
    """Take a record back inside the caller's transaction: a published one is withdrawn, a waiting one is refused."""
    hand, found = Hand(actor, now), actions.known(doc_id)
    try:
        actions.withdraw(doc_id, reason, hand)
    except NotFound:
        if found and found.state == WAITING:
            actions.refuse(doc_id, reason, hand)


def state(doc_id: str) -> str:
    """Return the state of a record; see the wiring."""
    found = actions.known(doc_id)
    if found is None:
        return ""
    if found.state == "approved" and doc_id in documents.published_ids([doc_id]):
        return PUBLISHED
    return found.state
