"""
Approval of what waits: by a second person, with a disclosure attribute, now or on a day.

Each function works inside the caller's transaction. Nothing is published that was not approved.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.audit import Act
from kiosk.catalogue.actions import Hand, decide, publish, store_entry, take_down, waiting_record
from kiosk.catalogue.rules import DISCLOSURE, GROUNDS, canonical, digest
from kiosk.clock import beijing_day
from kiosk.errors import NotFound, RuleBroken


@dataclass(frozen=True)
class Release:
    """
    How an entry is approved.

    attribute: the disclosure attribute, where the entry has none yet or another one is right.
    ground: why it is withheld, a key of GROUNDS. publish_on: the day on which it becomes public; empty: now.
    alone: the unit has one publisher only (setting `single_approval`): one may approve what one brought.
    """

    attribute: str = ""
    ground: str = ""
    publish_on: str = ""
    alone: bool = False


def approve(
    connection: sqlite3.Connection, doc_id: str, hand: Hand, release: Release | None = None
) -> int | None:
    """
    Approves an entry that waits; returns its sequence in the feed, or None when it is not for everyone or not yet.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting", "same-person" for whoever brought it, "attribute-missing", "ground-missing".
    """
    release = release or Release()
    is_own = _is_own(connection, doc_id, hand)
    if is_own and not release.alone:
        raise RuleBroken("same-person", doc_id)
    seq = _release(connection, doc_id, hand, release)
    hand.tell(
        connection,
        Act.CATALOGUE_APPROVE_ALONE if is_own else Act.CATALOGUE_APPROVE,
        doc_id,
        seq=seq or 0,
        **({"publish_on": release.publish_on} if release.publish_on else {}),
    )
    return seq


def approve_many(
    connection: sqlite3.Connection,
    doc_ids: list[str],
    hand: Hand,
    *,
    batch_id: int,
    release: Release | None = None,
    unsourced: int = 0,
) -> int:
    """
    Approves a whole batch under one line of the log (none for nothing); returns how many were released.

    `release.attribute` stands for those that have none; it changes no attribute that was given. `unsourced`:
    how many of them are not known to be public elsewhere, for the log.

    Raises:
        NotFound, RuleBroken: as `approve`; nothing is released then.
    """
    release = release or Release()
    if not doc_ids:
        return 0
    own = sum(_is_own(connection, doc_id, hand) for doc_id in doc_ids)
    if own and not release.alone:
        raise RuleBroken("same-person", doc_ids[0])
    for doc_id in doc_ids:
        given = "disclosure" in json.loads(waiting_record(connection, doc_id))
        _release(connection, doc_id, hand, Release() if given else release)
    hand.tell(
        connection,
        Act.CATALOGUE_APPROVE_BATCH,
        str(batch_id),
        entries=len(doc_ids),
        own=own,
        unsourced=unsourced,
    )
    return len(doc_ids)


def release_many(connection: sqlite3.Connection, doc_ids: list[str], hand: Hand, *, batch_id: int) -> int:
    """
    What an operator's `--publish` does: the batch is released by the hand that brought it, and logged so.

    A record without an attribute is proactive, as the import form says.
    """
    for doc_id in doc_ids:
        record = json.loads(waiting_record(connection, doc_id))
        decide(connection, doc_id, "approved", hand)
        _let_out(connection, record, hand)
    hand.tell(connection, Act.CATALOGUE_APPROVE_BATCH, str(batch_id), entries=len(doc_ids))
    return len(doc_ids)


def _is_own(connection: sqlite3.Connection, doc_id: str, hand: Hand) -> bool:
    """What one person brought, another one approves (seed item 1)."""
    row = connection.execute("SELECT proposed_by FROM entry WHERE doc_id = ?", (doc_id,)).fetchone()
    return row is not None and row[0] == hand.actor


def _release(connection: sqlite3.Connection, doc_id: str, hand: Hand, release: Release) -> int | None:
    record = json.loads(waiting_record(connection, doc_id))
    record = _decided(connection, record, release)
    decide(connection, doc_id, "approved", hand)
    if release.publish_on and release.publish_on > beijing_day(hand.at).isoformat():
        if record["disclosure"] != "proactive":
            raise RuleBroken("schedule-not-public", doc_id)
        connection.execute("UPDATE entry SET publish_on = ? WHERE doc_id = ?", (release.publish_on, doc_id))
        return None
    return _let_out(connection, record, hand)


def _decided(connection: sqlite3.Connection, record: dict[str, Any], release: Release) -> dict[str, Any]:
    """The record with its disclosure attribute, which nothing is approved without (seed item 1)."""
    attribute = release.attribute or record.get("disclosure", "")
    if attribute not in DISCLOSURE:
        raise RuleBroken("attribute-missing", record["id"])
    kept = connection.execute("SELECT ground FROM entry WHERE doc_id = ?", (record["id"],)).fetchone()
    ground = (release.ground or kept[0]) if attribute == "withheld" else ""
    if attribute == "withheld" and ground not in GROUNDS:
        raise RuleBroken("ground-missing", record["id"])
    decided = {**record, "disclosure": attribute}
    connection.execute(
        "UPDATE entry SET disclosure = ?, ground = ?, record = ?, hash = ? WHERE doc_id = ?",
        (attribute, ground, canonical(decided), digest(canonical(decided)), record["id"]),
    )
    return decided


def _let_out(connection: sqlite3.Connection, record: Mapping[str, Any], hand: Hand) -> int | None:
    """Publishes what is for everyone, and takes down what is so no longer."""
    if record.get("disclosure", "proactive") != "proactive":
        take_down(connection, record["id"], hand)
        return None
    _keep_old_version(connection, record, hand)
    return publish(connection, record, hand)


def _keep_old_version(connection: sqlite3.Connection, record: Mapping[str, Any], hand: Hand) -> None:
    """
    Before an amended text takes its place, the old one becomes a document of its own.

    Its id is the document's with @1, @2, ...; it is `amended`, says why, and its link `replaced_by` names the
    document. Addresses and printed codes so always lead to the text that is valid.
    """
    doc_id = record["id"]
    act, reason = connection.execute("SELECT act, reason FROM entry WHERE doc_id = ?", (doc_id,)).fetchone()
    row = connection.execute(
        "SELECT record FROM document WHERE doc_id = ? AND deleted = 0", (doc_id,)
    ).fetchone()
    if act != "amend" or row is None:
        return
    earlier = connection.execute(
        "SELECT count(*) FROM entry WHERE act = 'version' AND substr(doc_id, 1, ?) = ?",
        (len(doc_id) + 1, f"{doc_id}@"),
    ).fetchone()[0]
    old = json.loads(row[0])
    old |= {
        "id": f"{doc_id}@{earlier + 1}",
        "validity": "amended",
        "validity_reason": reason,
        "links": [*old.get("links", []), {"rel": "replaced_by", "id": doc_id}],
    }
    store_entry(connection, old, hand)
    connection.execute("UPDATE entry SET act = 'version' WHERE doc_id = ?", (old["id"],))
    decide(connection, old["id"], "approved", hand)
    publish(connection, old, hand)


def release_due(connection: sqlite3.Connection, doc_id: str, hand: Hand) -> int | None:
    """
    Publishes an approved entry whose day has come; None when it is not due (any more).

    The approval was given and logged before; this is the agent's act.
    """
    row = connection.execute(
        "SELECT record FROM entry WHERE doc_id = ? AND state = 'approved' AND publish_on <> ''"
        " AND publish_on <= ?",
        (doc_id, beijing_day(hand.at).isoformat()),
    ).fetchone()
    if row is None:
        return None
    connection.execute("UPDATE entry SET publish_on = '' WHERE doc_id = ?", (doc_id,))
    seq = _let_out(connection, json.loads(row[0]), hand)
    hand.tell(connection, Act.CATALOGUE_PUBLISH_DUE, doc_id, seq=seq or 0)
    return seq


def unschedule(connection: sqlite3.Connection, doc_id: str, hand: Hand) -> None:
    """
    Takes a planned day back: the entry waits for approval again.

    Raises:
        NotFound: "not-scheduled".
    """
    row = connection.execute(
        "SELECT publish_on FROM entry WHERE doc_id = ? AND state = 'approved' AND publish_on <> ''", (doc_id,)
    ).fetchone()
    if row is None:
        raise NotFound("not-scheduled", doc_id)
    connection.execute(
        "UPDATE entry SET state = 'waiting', publish_on = '', decided_by = '', decided_at = ''"
        " WHERE doc_id = ?",
        (doc_id,),
    )
    hand.tell(connection, Act.CATALOGUE_UNSCHEDULE, doc_id, publish_on=row[0])
