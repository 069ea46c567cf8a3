"""What goes from a damaged station into a new one: rows that make sense, entries offered again, counters that go on."""

from __future__ import annotations

import json
import re
from collections import Counter as Tally
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from kiosk import audit
from kiosk.clock import from_stamp
from kiosk.counters import Counter
from kiosk.db import SqliteFile, raw_pages, salvage
from kiosk.intake import numbers
from kiosk.machine import link_copy
from printers.spooler import models as spooled
from sync.terminal.models import OutboxEntry

JUMP = 20
"""Places left out behind the last known number: the newest row may be the one that was lost."""
DAMAGED_ROW = "row-damaged"
"""Code of a parked submission whose sealed part no longer has its digest."""
_NUMBER = re.compile(rb"[0-9A-Z]{4}-(\d{6})-(\d{4})-[0-9A-Z]{2}-[0-9A-Z]")
_SESSION = re.compile(r"[0-9a-f]{16}|")


@dataclass
class Salvaged:
    """What came of a salvage: rows by table, and submissions whose sealed part is damaged."""

    rows: Tally[str] = field(default_factory=Tally)
    damaged: list[str] = field(default_factory=list)


def put_rows(
    fresh: SqliteFile, raw: raw_pages.RawFile, copy: link_copy.LinkCopy | None, now: datetime
) -> Salvaged:
    """Put what can be read of a damaged station into a new one, in the caller's transaction; return what came of it."""
    tables = salvage.tables(fresh)
    by_name = {table.name: table for table in tables}
    outbox: dict[str, tuple[int, salvage.Row]] = {}
    links: list[salvage.Row] = []
    found = Salvaged()
    for table, row, is_live in salvage.rows(raw, tables, FITS):
        if table.name == "outbox":
            _choose(outbox, row, is_live)
        elif table.name == "hub_link":
            links.append(row)
        elif table.name != "migration":
            found.rows[table.name] += salvage.put(fresh, table, row, instead=is_live and table.name in PRESET)
    for row in by_name["outbox"].carved(raw):
        if salvage.makes_sense(_sensible_entry, row):
            _choose(outbox, {**row, "id": None}, False)
    for row in by_name["hub_link"].carved(raw):
        if salvage.makes_sense(_sensible_link, row):
            links.append({**row, "one": 1})
    for _, row in sorted(outbox.values(), key=lambda each: (-each[0], each[1]["seq"])):
        _put_entry(fresh, by_name["outbox"], row, found)
    _put_link(fresh, by_name["hub_link"], links, copy, found)
    _put_counters(fresh, raw, copy)
    _end_of_chain(fresh)
    salvage.drop_orphans(fresh)
    return found


PRESET = {"printer"}
"""Tables whose rows a new file already has."""


def _choose(outbox: dict[str, tuple[int, salvage.Row]], row: salvage.Row, is_live: bool) -> None:
    """Keep the best of several states of one entry: one whose digest is right, then the one of the page tree."""
    rank = 2 * (row["sealed"] is not None and _is_whole(row)) + is_live
    if row["key"] not in outbox or rank > outbox[row["key"]][0]:
        outbox[row["key"]] = (rank, row)


def _is_whole(row: salvage.Row) -> bool:
    return sha256(row["sealed"]).hexdigest() == row["digest"]


def _put_entry(fresh: SqliteFile, table: salvage.StoredTable, row: salvage.Row, found: Salvaged) -> None:
    """
    Store an entry: offered to the hub unless it is known to be settled; parked for a person if it is damaged.

    The hub takes what it already has once more without a second submission.
    """
    sealed = row["sealed"]
    if sealed is not None and _is_whole(row):
        row = {**row, "state": "sent" if row["state"] != "parked" else "parked"}
    elif sealed is not None and row["state"] == "acked":
        row = {**row, "sealed": None, "erased_at": row["acked_at"]}
    elif sealed is not None:
        found.damaged.append(row["number"])
        row = {**row, "state": "parked", "parked_code": DAMAGED_ROW}
    found.rows["outbox"] += salvage.put(fresh, table, row) or salvage.put(fresh, table, {**row, "id": None})


def _put_link(
    fresh: SqliteFile,
    table: salvage.StoredTable,
    links: list[salvage.Row],
    copy: link_copy.LinkCopy | None,
    found: Salvaged,
) -> None:
    """Store the newest state of the hub's row, its places behind all that were given out; all states come again."""
    known = [{**row} for row in links if copy is None or _same_hub(row, copy.link)]
    if copy:
        known.append(copy.link)
    if not known:
        return
    newest = max(known, key=lambda row: (row["hub_time"], row["last_seq"]))
    given = OutboxEntry.select(OutboxEntry.seq).where(OutboxEntry.epoch == newest["epoch"])
    places = [*(row["last_seq"] for row in known), *(seq for (seq,) in given.tuples().execute(fresh))]
    last = max(place for place in places if place < 2**40)
    found.rows["hub_link"] += salvage.put(
        fresh, table, {**newest, "last_seq": last + JUMP, "status_seq": 0}, instead=True
    )


def _same_hub(row: salvage.Row, known: salvage.Row) -> bool:
    return all(row[name] == known[name] for name in ("device", "terminal", "epoch", "hub_key"))


def _put_counters(fresh: SqliteFile, raw: raw_pages.RawFile, copy: link_copy.LinkCopy | None) -> None:
    """Let the numbers of each day go on behind the last one that is named anywhere in the damaged file."""
    last: dict[str, int] = dict(copy.counters) if copy else {}
    for content in raw.pages.values():
        for day, place in _NUMBER.findall(content):
            try:
                name = (
                    f"{link_copy.NUMBERS}{date(2000 + int(day[:2]), int(day[2:4]), int(day[4:])).isoformat()}"
                )
            except ValueError:
                continue  # digits that only look like a number: no such day
            last[name] = max(last.get(name, 0), int(place))
    for name, place in last.items():
        here = Counter.select(Counter.value).where(Counter.name == name).scalar(fresh) or 0
        Counter.replace(name=name, value=max(here, place) + JUMP).execute(fresh)


def _end_of_chain(fresh: SqliteFile) -> None:
    """Let the chain of acts go on from its last line."""
    last = (
        audit.AuditLine.select(audit.AuditLine.seq, audit.AuditLine.chain)
        .order_by(audit.AuditLine.seq.desc())
        .tuples()
        .first(fresh)
    )
    seq, chain = last or (0, audit.FIRST)
    audit.AuditHead.replace(one=1, seq=seq, chain=chain).execute(fresh)


def _sensible_submission(row: salvage.Row) -> bool:
    for name in ("submitted_at", "state_at"):
        from_stamp(row[name])
    if row["received_on"]:
        date.fromisoformat(row["received_on"])
    is_number = numbers.parse(row["number"]) == row["number"]
    return (
        is_number
        and isinstance(json.loads(row["masked"]), dict)
        and isinstance(json.loads(row["detail"]), dict)
    )


def _sensible_entry(row: salvage.Row) -> bool:
    said = json.loads(row["envelope"])
    is_same = all(said.get(name) == row[name] for name in ("key", "number", "epoch", "seq", "kind", "digest"))
    return is_same and numbers.parse(row["number"]) == row["number"]


def _sensible_link(row: salvage.Row) -> bool:
    for name in ("hub_time", "enrolled_at"):
        if row[name]:
            from_stamp(row[name])
    is_named = all(row[name] for name in ("device", "terminal", "epoch"))
    has_keys = len(row["hub_key"]) == len(row["seal_key"]) == 32
    return is_named and has_keys and _SESSION.fullmatch(row["session"]) is not None and row["last_seq"] >= 0


def _sensible_job(row: salvage.Row) -> bool:
    for name in ("created_at", "expires_at", "changed_at"):
        spooled.TimeField().python_value(row[name])
    return bool(json.loads(row["slip"]) is not None)


FITS: dict[str, salvage.Fits] = {
    "outbox": _sensible_entry,
    "submission": _sensible_submission,
    "hub_link": _sensible_link,
    "print_job": _sensible_job,
    "side_list": lambda row: sha256(row["content"]).hexdigest() == row["sha256"],
    "audit": lambda row: len(row["chain"]) == 64 and row["seq"] > 0,
    "counter": lambda row: bool(row["name"].isprintable() and not row["name"][:1].isdigit()),
    "visit_day": lambda row: bool(date.fromisoformat(row["day"])),
}
"""Checks of a row's content, by table: a damaged byte may leave a row that reads well and means nothing."""
