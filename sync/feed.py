"""
The published catalogue as a feed of pages: read at the hub, verified and applied at the terminal.

A page is NDJSON, zstd: a head line, one line a document (a tombstone has record null), an end line with the
count and the sha256 of all before it. Position and documents are written in one transaction. A page that is
cut, of another epoch or of another form is an error, never "no news".
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
import zstandard

from sync.errors import Malformed, PageBroken, refused
from sync.fields import Fields, read_object, stamp
from sync.protocol import PAGE_TYPE, VERSION, write

PAGE_ROWS = 1000
PAGE_BYTES = 8 * 2**20
"""A page is closed after the document that passes this size, uncompressed."""
MOST_PAGE_BYTES = 64 * 2**20
"""A terminal reads no page larger than this, uncompressed."""
ZSTD_LEVEL = 3
SCHEMA_KNOWN = 1
"""Newest revision of records that this version can show."""

Put = Callable[[sqlite3.Connection, str, int, dict[str, Any] | None, str], None]
"""put(connection, doc_id, seq, record or None, hash); for a record of the wrong form it raises ValueError or alike."""


@dataclass(frozen=True)
class Row:
    """One document of a page; record None is a tombstone."""

    doc_id: str
    seq: int
    hash: str
    record: dict[str, Any] | None


@dataclass(frozen=True)
class Page:
    """A verified page: rows in order, all after `since` and up to `to`."""

    epoch: str
    since: int
    to: int
    more: bool
    hub_time: datetime
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Position:
    """Where a replica stands in a feed."""

    epoch: str
    seq: int


@dataclass(frozen=True)
class Applied:
    """What became of a page: documents taken, and those that could not be (doc_id, seq, code)."""

    taken: tuple[str, ...]
    refused: tuple[tuple[str, int, str], ...]


def make_page(
    connection: sqlite3.Connection, *, epoch: str, since: int, now: datetime, limit: int = PAGE_ROWS
) -> bytes:
    """
    The page after `since`, compressed; one statement reads it, so that a publish in between cannot tear it.

    Raises:
        Refused: "must-refetch" (another epoch, or a position that this feed never had), "feed-missing".
    """
    cursor = connection.execute(
        "SELECT p.epoch, p.seq, d.seq, d.doc_id, d.deleted, d.schema_rev, d.hash, d.record"
        " FROM feed_position p LEFT JOIN document d ON d.seq > ? WHERE p.one = 1 ORDER BY d.seq LIMIT ?",
        (since, limit),
    )
    lines: list[bytes] = []
    size = 0
    head = None
    last = since
    for own_epoch, head, seq, doc_id, deleted, schema_rev, digest, record in cursor:
        if own_epoch != epoch or since > head:
            raise refused("must-refetch")
        if seq is None:
            break
        line = _line(doc_id, seq, schema_rev, digest, None if deleted else record)
        lines.append(line)
        size += len(line)
        last = seq
        if size >= PAGE_BYTES:
            break
    cursor.close()
    if head is None:
        raise refused("feed-missing")
    more = last < head and (len(lines) == limit or size >= PAGE_BYTES)
    return _compressed(epoch, since, last if more else head, more, now, lines)


def _line(doc_id: str, seq: int, schema_rev: int, digest: str, record: str | None) -> bytes:
    """The stored record is canonical JSON already; it goes out as it is."""
    front = json.dumps({"doc_id": doc_id, "seq": seq, "schema_rev": schema_rev, "hash": digest})
    return f'{front[:-1]}, "record": {record or "null"}}}\n'.encode()


def _compressed(epoch: str, since: int, to: int, more: bool, now: datetime, lines: list[bytes]) -> bytes:
    head = write(
        {
            "v": VERSION,
            "epoch": epoch,
            "from": since,
            "to": to,
            "more": more,
            "min_schema": SCHEMA_KNOWN,
            "hub_time": stamp(now),
        }
    )
    content = b"".join([head, b"\n", *lines])
    end = write({"end": len(lines), "sha256": sha256(content).hexdigest()})
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content + end + b"\n")


def read_page(body: bytes, content_type: str, *, epoch: str, since: int) -> Page:
    """
    A page that is whole, of this epoch and begins at this position.

    Raises:
        PageBroken: "page-type", "page-cut", "page-too-large", "page-form", "page-order", "page-epoch",
            "schema-too-new" (this terminal needs an update; it goes on serving what it has).
    """
    if content_type.split(";")[0].strip() != PAGE_TYPE:
        raise PageBroken("page-type")
    first, middle, last = _split(_decompressed(body))
    try:
        head, end = read_object(first), read_object(last)
        if end.text("sha256") != sha256(b"".join([first, b"\n", middle])).hexdigest():
            raise PageBroken("page-cut")
        _check_head(head, epoch, since)
        rows = tuple(_row(read_object(line)) for line in middle.splitlines())
        page = Page(epoch, since, head.number("to"), head.flag("more"), head.time("hub_time"), rows)
        if end.number("end") != len(rows):
            raise PageBroken("page-cut")
    except Malformed as error:
        raise PageBroken("page-form") from error
    _check_order(page)
    return page


def _decompressed(body: bytes) -> bytes:
    decompressor = zstandard.ZstdDecompressor()
    try:
        with decompressor.stream_reader(body) as reader:
            content: bytes = reader.read(MOST_PAGE_BYTES + 1)
    except zstandard.ZstdError as error:
        raise PageBroken("page-cut") from error
    if len(content) > MOST_PAGE_BYTES:
        raise PageBroken("page-too-large")
    return content


def _split(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Head line, document lines with their line ends, end line."""
    if not content.endswith(b"\n"):
        raise PageBroken("page-cut")
    first, _, rest = content.partition(b"\n")
    cut = rest.rfind(b"\n", 0, -1) + 1
    middle, last = rest[:cut], rest[cut:-1]
    if not last:
        raise PageBroken("page-cut")
    return first, middle, last


def _check_head(head: Fields, epoch: str, since: int) -> None:
    if head.text("epoch") != epoch or head.number("from") != since:
        raise PageBroken("page-epoch")
    if head.number("min_schema") > SCHEMA_KNOWN:
        raise PageBroken("schema-too-new")


def _row(fields: Fields) -> Row:
    record = None
    if fields.values.get("record") is not None:
        record = fields.object("record").values
    return Row(
        doc_id=fields.text("doc_id", most=400),
        seq=fields.number("seq", least=1),
        hash=fields.text("hash", most=64, empty=True),
        record=record,
    )


def _check_order(page: Page) -> None:
    last = page.since
    for row in page.rows:
        if row.seq <= last:
            raise PageBroken("page-order")
        last = row.seq
    if page.to < last or (page.more and page.to != last) or (page.more and not page.rows):
        raise PageBroken("page-order")


def position(connection: sqlite3.Connection) -> Position | None:
    """Where this replica stands."""
    row = connection.execute("SELECT epoch, seq FROM feed_position WHERE one = 1").fetchone()
    return None if row is None else Position(*row)


def apply_page(connection: sqlite3.Connection, page: Page, put: Put) -> Applied:
    """
    Write a verified page and the new position, in the caller's transaction.

    A document whose bytes do not give its hash, or that `put` cannot read, is left out and
    reported; all others are taken (F20).

    Raises:
        PageBroken: "page-epoch" when the replica has meanwhile moved.
    """
    if position(connection) != Position(page.epoch, page.since):
        raise PageBroken("page-epoch")
    taken: list[str] = []
    left_out: list[tuple[str, int, str]] = []
    for row in page.rows:
        code = _put_one(connection, row, put)
        if code:
            left_out.append((row.doc_id, row.seq, code))
        else:
            taken.append(row.doc_id)
    connection.execute("UPDATE feed_position SET seq = ? WHERE one = 1", (page.to,))
    if not page.more:
        note_current(connection, page.hub_time)
    return Applied(tuple(taken), tuple(left_out))


def _put_one(connection: sqlite3.Connection, row: Row, put: Put) -> str | None:
    if row.record is not None and not _is_whole(row.record, row.hash):
        return "hash-differs"
    code = None
    connection.execute("SAVEPOINT one_document")
    try:
        put(connection, row.doc_id, row.seq, row.record, row.hash)
    except (ValueError, LookupError, TypeError):  # what a record of the wrong form causes
        connection.execute("ROLLBACK TO one_document")
        code = "record-refused"
    connection.execute("RELEASE one_document")
    return code


def _is_whole(record: dict[str, Any], digest: str) -> bool:
    """
    Whether these are the record's bytes.

    Python's own writer gives the canonical form of all but odd numbers and keys in half of the time; where
    its bytes do not give the hash, the standard's writer decides.
    """
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if sha256(text.encode(errors="surrogatepass")).hexdigest() == digest:
        return True
    return sha256(rfc8785.dumps(record)).hexdigest() == digest


def note_current(connection: sqlite3.Connection, hub_time: datetime) -> None:
    """Note that the replica held all that was published at this time of the hub."""
    connection.execute("UPDATE feed_position SET as_of = ? WHERE one = 1", (stamp(hub_time),))
