"""
What is left of a damaged hub, put into a new one that starts.

A row that a digest binds is taken when its digest is right; every other one when it fits its table. The new hub
begins a new epoch: terminals offer again what it lacks and what they still hold. Nothing here trusts an order, a
counter or a reference of the damaged file.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from peewee import fn

from config import settings_file
from config.settings import HubSettings
from config.settings_file import SettingsError
from kiosk import audit, blobs, counters, db
from kiosk.app.replication.device_keys import SIGNING_KEY_FILE, signing_seed
from kiosk.app.replication.taking_in import taker
from kiosk.calendar import actions as workdays
from kiosk.calendar.in_force import HubCalendar
from kiosk.catalogue.records.models import CountyWord, DocumentRow
from kiosk.catalogue.search import county_words
from kiosk.clock import Clock, from_stamp, stamp
from kiosk.db import raw_pages, salvage
from kiosk.disclosure import cases
from kiosk.disclosure.case_models import DisclosureEvent
from kiosk.disclosure.letters import models as letter_models
from kiosk.errors import KioskError, Refused, StoreDamaged
from kiosk.intake.handling import Handling
from kiosk.machine import homes, proofs
from kiosk.staff import actions, key_models, rules
from sync.carried.feed_models import FeedPosition
from sync.hub import hub_history, statuses
from sync.hub.models import EnrolledDevice, InboxEntry, NumberStatus, SyncPosition
from sync.wire import sealing, signing
from sync.wire.errors import Malformed
from sync.wire.submission import SealedSubmission, Taken, submission_body

JUMP = 1_000
"""Places that counters leave free: the damaged file may not name the last one that was given out."""
MOST_ASKED = 1_000_000
"""Numbers of the inbox that are asked for one by one."""
PRESET = ("counter", "link_position")
"""Tables whose rows a new hub may have already."""
COUNTED = {
    key_models.READING_KEYS: key_models.KeptReadingKey.seq,
    cases.EVENTS: DisclosureEvent.seq,
    county_words.TURNS: CountyWord.turn,
    letter_models.LETTERS: letter_models.DisclosureLetter.seq,
    letter_models.FILES: letter_models.LetterFile.seq,
}
"""Numbers that counters by name have given out."""
SKIPPED = (
    "migration",
    "audit",
    "audit_head",
    "sync_position",
    "feed_position",
    "web_session",
    "device_nonce",
)
"""Tables that are made again, or whose rows say nothing any more."""


@dataclass
class SalvagedHub:
    """
    What a new hub holds of a damaged one.

    Args:
        rows: Rows kept, by table.
        lost: Numbers of submissions whose sealed part is gone or broken here, as far as other rows name them.
        lost_files: Attachments that are missing or broken.
        remarks: What a person must know or do.
        recovery_key: Of a new reading key, where none was left; empty: the old one serves on.
    """

    rows: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    lost_files: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    recovery_key: str = ""


def salvage_hub(home: Path, out: Path, clock: Clock, handlings: Sequence[Handling]) -> SalvagedHub:
    """
    Make a hub at `out` of what is left at `home`, which is only read.

    Raises:
        Refused: "no-home", "home-exists", "not-a-hub-file" (a hub on PostgreSQL, or a terminal).
        StoreFull: Nothing is left behind.
    """
    if not homes.is_hub(home):
        raise Refused("not-a-hub-file", f"{home} is a terminal's: it salvages its own file by itself")
    if _address(home):
        raise Refused(
            "not-a-hub-file", f"the database of {home} is on a server: PostgreSQL's tools salvage it"
        )
    found = SalvagedHub()
    with homes.new_home(out) as building:
        _take_files(home, building, found)
        database = homes.open_hub(building, clock, is_new=True)
        try:
            fill(database, home / homes.HUB_DB, clock, found)
            if not workdays.keep_salvaged(clock.now()):
                found.remarks.append(
                    "the calendar of working days is the shipped one: look whether a year lacks"
                )
            office = settings_file.load(building / homes.HUB_FILE, HubSettings).office_code
            _make_cases(clock, HubCalendar(), handlings, office, found)
            _name_files(blobs.of_home(building), found)
            with db.writing(database):
                audit.record(
                    at=clock.now(),
                    actor=actions.OPERATOR,
                    act=audit.Act.HUB_SALVAGED,
                    subject=str(home.resolve()),
                    detail={"lost": len(found.lost), "inbox": found.rows["inbox"]},
                )
        finally:
            database.close_all()
    return found


def fill(database: db.Store, damaged: Path, clock: Clock, found: SalvagedHub) -> None:
    """Put what is left in a hub's file into a new hub's database, so that it starts."""
    raw = raw_pages.read(damaged, damaged.with_name(damaged.name + "-wal"))
    assert isinstance(database, db.SqliteFile)
    tables = {table.name: table for table in salvage.tables(database)}
    lines: dict[int, salvage.Row] = {}
    database.execute_sql("PRAGMA foreign_keys = 0")
    with db.writing(database):
        positions = _put_rows(database, raw, tables, lines, found)
        for row in _asked_one_by_one(damaged):
            if salvage.makes_sense(_whole_submission, row):
                found.rows["inbox"] += salvage.put(database, tables["inbox"], _by_its_envelope(row))
        salvage.drop_orphans(database)
        found.rows["audit"] = audit.take_over([lines[seq] for seq in sorted(lines)])
        _put_positions(database, positions, found)
        _put_key(clock, found)
    database.execute_sql("PRAGMA foreign_keys = 1")
    found.lost = _lost_numbers(database)


def _put_rows(
    database: db.SqliteFile,
    raw: raw_pages.RawFile,
    tables: dict[str, salvage.StoredTable],
    lines: dict[int, salvage.Row],
    found: SalvagedHub,
) -> dict[str, salvage.Row]:
    """Put each row by itself; return the rows of counters that the damaged hub kept, and its log in `lines`."""
    positions: dict[str, salvage.Row] = {}
    for table, row, is_live in salvage.rows(raw, tables.values(), FITS):
        if table.name == "audit":
            lines.setdefault(row["seq"], row)
        elif table.name in ("sync_position", "feed_position"):
            if is_live or table.name not in positions:
                positions[table.name] = row
        elif table.name not in SKIPPED:
            row = _by_its_envelope(row) if "envelope" in row else row
            found.rows[table.name] += salvage.put(
                database, table, row, instead=is_live and table.name in PRESET
            )
    for row in tables["inbox"].carved(raw):
        if salvage.makes_sense(_whole_submission, row):
            found.rows["inbox"] += salvage.put(database, tables["inbox"], _by_its_envelope(row))
    return positions


def _asked_one_by_one(damaged: Path) -> Iterator[salvage.Row]:
    """
    Yield the submissions that SQLite itself still finds, each asked for by itself: of a row with a character that is
    none, the sealed part may be whole all the same.
    """
    if not damaged.is_file():
        return
    with closing(sqlite3.connect(f"file:{damaged}?mode=ro&immutable=1", uri=True)) as connection:
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        connection.row_factory = sqlite3.Row
        with suppress(sqlite3.DatabaseError, UnicodeError):  # its own words may quote damaged ones
            (last,) = connection.execute("SELECT MAX(no) FROM inbox").fetchone()
            for no in range(1, min(last or 0, MOST_ASKED) + 1):
                with suppress(sqlite3.DatabaseError, UnicodeError):
                    row = connection.execute("SELECT * FROM inbox WHERE no = ?", (no,)).fetchone()
                    if row is not None:
                        yield dict(row)


def _by_its_envelope(row: salvage.Row) -> salvage.Row:
    """Return a submission whose columns say what its envelope says, which a digest binds; times and answer readable."""
    said: dict[str, Any] = json.loads(row["envelope"])
    names = ("key", "kind", "number", "code_hash")
    row = {**row, **{name: said[name] for name in names if name in row and name in said}}
    try:
        received = datetime.fromisoformat(row["received_at"])
    except (ValueError, TypeError):
        received = from_stamp(said["submitted_at"])
    row["received_at"] = stamp(received)
    if "answer" in row and not salvage.makes_sense(_answers, row):
        row["answer"] = Taken(row["key"], row["number"], row["no"], "", received).body().decode()
    return row


def _answers(row: salvage.Row) -> bool:
    try:
        return Taken.read(row["answer"].encode()).key == str(row["key"])
    except Malformed:
        return False


def _put_positions(database: db.Store, kept: dict[str, salvage.Row], found: SalvagedHub) -> None:
    """Set the counters behind everything that was given out, and begin a new epoch."""
    hub, feed = kept.get("sync_position", {}), kept.get("feed_position", {})
    highest = InboxEntry.select(fn.COALESCE(fn.MAX(InboxEntry.no), 0)).scalar(database)
    said = NumberStatus.select(fn.COALESCE(fn.MAX(NumberStatus.seq), 0)).scalar(database)
    published = DocumentRow.select(fn.COALESCE(fn.MAX(DocumentRow.seq), 0)).scalar(database)
    codes = [code for (code,) in EnrolledDevice.select(EnrolledDevice.terminal).tuples().execute(database)]
    SyncPosition.replace(
        one=1,
        hub_epoch=secrets.token_hex(8),
        inbox_no=max(highest, _place(hub, "inbox_no")) + JUMP,
        status_seq=max(said, _place(hub, "status_seq")) + JUMP,
        backed_up_through=0,
        terminal_prefix=hub.get("terminal_prefix") or _prefix(codes),
        terminal_no=max([_place(hub, "terminal_no"), *(_digits(code) for code in codes)]),
    ).execute(database)
    FeedPosition.replace(
        one=1,
        epoch=secrets.token_hex(16),
        seq=max(published, _place(feed, "seq")) + JUMP,
        as_of=str(feed.get("as_of", "")),
        mark="",
    ).execute(database)
    for name, column in COUNTED.items():
        given = column.model.select(fn.COALESCE(fn.MAX(column), 0)).scalar(database)
        here = counters.Counter.select(counters.Counter.value).where(counters.Counter.name == name)
        value = max(given, here.scalar(database) or 0) + JUMP
        counters.Counter.replace(name=name, value=value).execute(database)
    hub_history.begin_new_epoch(database)
    if not codes:
        found.remarks.append("no terminal is known any more: enrol each again")


def _place(row: salvage.Row, name: str) -> int:
    """Return a counter of a damaged file, if it can be one."""
    value = row.get(name, 0)
    return value if isinstance(value, int) and 0 <= value < 2**40 else 0


def _digits(code: str) -> int:
    return int("".join(each for each in code if each.isdigit()) or 0)


def _prefix(codes: Sequence[str]) -> str:
    return next(("".join(each for each in code if each.isalpha()) for code in codes), "T")


def _put_key(clock: Clock, found: SalvagedHub) -> None:
    """Make a reading key where the office has none left: without one no terminal could seal."""
    if rules.OFFICE not in key_models.current_keys():
        found.recovery_key = actions.init_reading_key(clock.now())
        found.remarks.append(
            "no reading key was left: what was sealed before is opened by nobody without a copy"
        )


def _lost_numbers(database: db.Store) -> list[str]:
    """Return numbers that are spoken of, while their sealed part is not here."""
    held = InboxEntry.select(InboxEntry.number)
    asked = NumberStatus.select(NumberStatus.number).where(NumberStatus.number.not_in(held))
    return sorted(number for (number,) in asked.tuples().execute(database))


def _make_cases(
    clock: Clock, calendar: HubCalendar, handlings: Sequence[Handling], office: str, found: SalvagedHub
) -> None:
    """Make a new case for each submission whose case is lost."""
    on_taken = taker(clock, calendar, str, handlings, office)
    held = InboxEntry.select(InboxEntry.number, InboxEntry.envelope, InboxEntry.sealed).tuples()
    for number, envelope, sealed in held.execute(db.store):
        try:
            submission = SealedSubmission.read(submission_body(json.loads(envelope), bytes(sealed)))
            with db.writing(db.store):
                on_taken(db.store, replace(submission, number=number), statuses.set_status)
        except (KioskError, Malformed, ValueError, LookupError) as error:
            found.remarks.append(f"{number}: its case could not be made: {type(error).__name__}")


def _take_files(home: Path, building: Path, found: SalvagedHub) -> None:
    """Copy settings, keys and the files of documents whose bytes are those of their names."""
    try:
        settings_file.load(home / homes.HUB_FILE, HubSettings)
        text = (home / homes.HUB_FILE).read_text("utf-8")
    except SettingsError:
        text = settings_file.as_toml(homes.HUB_FILE, HubSettings())
        found.remarks.append("the settings could not be read: look through hub.toml")
    (building / homes.HUB_FILE).write_text(text, "utf-8")
    try:
        seed = signing_seed(home)
    except StoreDamaged:
        seed = signing.new_seed()
        found.remarks.append("the signing key is lost: terminals trust no other, enrol each again")
    db.write_atomically(building / SIGNING_KEY_FILE, seed.hex().encode())
    homes.make_web_key(building)
    old, new = blobs.of_home(home), blobs.of_home(building)
    for digest, size in old.held().items():
        path = old.path(digest)
        if path and old.verified(digest):
            with path.open("rb") as source:
                new.put(source, size)
        else:
            found.lost_files.append(digest)


def _name_files(files: blobs.Blobs, found: SalvagedHub) -> None:
    missing = [fault.key for fault in proofs.missing_files(db.real(db.store), files)]
    found.lost_files = sorted({*found.lost_files, *missing})


def _whole_submission(row: salvage.Row) -> bool:
    said: dict[str, Any] = json.loads(row["envelope"])
    is_bound = not row.get("envelope_digest") or _hex(row["envelope"]) == row["envelope_digest"]
    return is_bound and sha256(row["sealed"]).hexdigest() == row["digest"] == said.get(
        "digest", row["digest"]
    )


def _whole_record(row: salvage.Row) -> bool:
    return bool(row.get("deleted")) or _hex(row["record"]) == row["hash"]


def _hex(text: str) -> str:
    return sha256(text.encode()).hexdigest()


FITS: dict[str, salvage.Fits] = {
    "inbox": _whole_submission,
    "inbox_quarantine": _whole_submission,
    "document": _whole_record,
    "entry": _whole_record,
    "reading_key": lambda row: sealing.key_id(row["public_key"]) == row["key_id"],
    "audit": lambda row: len(row["chain"]) == 64 and 0 < row["seq"] < 2**40,
}
"""Whether the content of a row is what was stored, by table; others are kept as they can be read."""


def _address(home: Path) -> str:
    try:
        return homes.database_address(home)
    except SettingsError:
        return ""
