"""
The published catalogue as a feed of pages: made at the hub, verified and applied at the terminal.

A page is NDJSON, zstd: a head line, one line a document (a tombstone has record null), an end line with the
count and the sha256 of all before it. Position and documents are written in one transaction. A page that is
cut, of another epoch or of another form is an error, never "no news".
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
import zstandard
from peewee import JOIN

from sync.carried.feed_models import FeedDocument, FeedPosition
from sync.statements import Database, Statement, number_slot, slot
from sync.wire.errors import Malformed, PageBroken, refused
from sync.wire.protocol import PAGE_TYPE, VERSION, mark_in, write
from sync.wire.reading import Fields, read_object, stamp

PAGE_ROWS = 1000
PAGE_BYTES = 8 * 2**20
"""A page is closed after the document that passes this size, uncompressed."""
MOST_PAGE_BYTES = 64 * 2**20
"""A terminal reads no page larger than this, uncompressed."""
ZSTD_LEVEL = 3
SCHEMA_KNOWN = 1
"""Newest revision of records that this version can show."""

Put = Callable[[Database, str, int, dict[str, Any] | None, str], None]
"""put(database, doc_id, seq, record or None, hash); for a record of the wrong form it raises ValueError or alike."""

_PAGE = Statement(
    lambda: (
        FeedPosition.select(
            FeedPosition.epoch,
            FeedPosition.seq,
            FeedDocument.seq,
            FeedDocument.doc_id,
            FeedDocument.deleted,
            FeedDocument.schema_rev,
            FeedDocument.hash,
            FeedDocument.record,
        )
        .join(FeedDocument, JOIN.LEFT_OUTER, on=(FeedDocument.seq > slot(FeedDocument.seq)))
        .where(FeedPosition.one == 1)
        .order_by(FeedDocument.seq)
        .limit(number_slot("limit"))
    )
)
_POSITION = Statement(
    lambda: FeedPosition.select(FeedPosition.epoch, FeedPosition.seq, FeedPosition.mark).where(
        FeedPosition.one == 1
    )
)
_OF_THE_WRONG_FORM = (ValueError, LookupError, TypeError)
"""Exceptions that `put` may raise for a record of the wrong form."""


@dataclass(frozen=True)
class FeedChange:
    """One document of a page; record None is a tombstone."""

    doc_id: str
    seq: int
    hash: str
    record: dict[str, Any] | None


@dataclass(frozen=True)
class FeedPage:
    """A verified page: rows in order, all after `since` and up to `to`, whose mark is `mark`."""

    epoch: str
    since: int
    to: int
    more: bool
    hub_time: datetime
    rows: tuple[FeedChange, ...]
    mark: str = ""


@dataclass(frozen=True)
class Position:
    """Position of a replica in a feed."""

    epoch: str
    seq: int
    mark: str = field(default="", compare=False)
    """What it means, as the hub said it; empty: not said."""

    def is_fork_of(self, head: "Position") -> bool:
        """Return whether a hub whose feed ends at `head` cannot have given this position: it was put back."""
        if self.epoch != head.epoch:
            return False
        has_two_marks = bool(self.mark and head.mark and self.mark != head.mark)
        return self.seq > head.seq or (self.seq == head.seq and has_two_marks)


@dataclass(frozen=True)
class Applied:
    """Result of a page: the documents taken, and those that could not be (doc_id, seq, code)."""

    taken: tuple[str, ...]
    refused: tuple[tuple[str, int, str], ...]


def _no_mark(seq: int) -> str:
    return ""


def make_page(
    database: Database,
    *,
    epoch: str,
    since: int,
    now: datetime,
    limit: int = PAGE_ROWS,
    mark: Callable[[int], str] = _no_mark,
) -> bytes:
    """
    Return the page after `since`, compressed; one statement reads it, so that a publish in between cannot split it.

    Args:
        mark: Returns the mark of a position (marks.py).
    Raises:
        HubRefused: "must-refetch" (another epoch, or a position that this feed never had), "feed-missing".
    """
    lines: list[bytes] = []
    size = 0
    head = None
    last = since
    rows = _PAGE.each(database, seq=since, limit=limit)
    for own_epoch, head, seq, doc_id, deleted, schema_rev, digest, record in rows:
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
    rows.close()
    if head is None:
        raise refused("feed-missing")
    more = last < head and (len(lines) == limit or size >= PAGE_BYTES)
    to = last if more else head
    return _compressed(epoch, since, to, more, now, lines, mark(to))


def _line(doc_id: str, seq: int, schema_rev: int, digest: str, record: str | None) -> bytes:
    """Return the line of a document; the stored record is canonical JSON already and is sent unchanged."""
    front = json.dumps({"doc_id": doc_id, "seq": seq, "schema_rev": schema_rev, "hash": digest})
    return f'{front[:-1]}, "record": {record or "null"}}}\n'.encode()


def _compressed(
    epoch: str, since: int, to: int, more: bool, now: datetime, lines: list[bytes], mark: str
) -> bytes:
    head = write(
        {
            "v": VERSION,
            "epoch": epoch,
            "from": since,
            "to": to,
            "more": more,
            "mark": mark,
            "min_schema": SCHEMA_KNOWN,
            "hub_time": stamp(now),
        }
    )
    content = b"".join([head, b"\n", *lines])
    end = write({"end": len(lines), "sha256": sha256(content).hexdigest()})
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content + end + b"\n")


def read_page(body: bytes, content_type: str, *, epoch: str, since: int) -> FeedPage:
    """
    Return the page in `body`, after checking that it is whole, of this epoch and begins at this position.

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
        mark = mark_in(head, "mark")
        page = FeedPage(epoch, since, head.number("to"), head.flag("more"), head.time("hub_time"), rows, mark)
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
    """Return head line, document lines with their line ends, and end line."""
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


def _row(fields: Fields) -> FeedChange:
    record = None
    if fields.values.get("record") is not None:
        record = fields.object("record").values
    return FeedChange(
        doc_id=fields.text("doc_id", most=400),
        seq=fields.number("seq", least=1),
        hash=fields.text("hash", most=64, empty=True),
        record=record,
    )


def _check_order(page: FeedPage) -> None:
    last = page.since
    for row in page.rows:
        if row.seq <= last:
            raise PageBroken("page-order")
        last = row.seq
    if page.to < last or (page.more and page.to != last) or (page.more and not page.rows):
        raise PageBroken("page-order")


def position(database: Database) -> Position | None:
    """Return the position of this replica in its feed."""
    row = _POSITION.first(database)
    return None if row is None else Position(*row)


def apply_page(database: Database, page: FeedPage, put: Put) -> Applied:
    """
    Write a verified page and the new position, in the caller's transaction.

    A document whose bytes do not give its hash, or that `put` cannot read, is left out and
    reported; all others are taken (F20).

    Raises:
        PageBroken: "page-epoch" when the replica has meanwhile moved.
    """
    if position(database) != Position(page.epoch, page.since):
        raise PageBroken("page-epoch")
    codes = {
        row.seq: "hash-differs"
        for row in page.rows
        if row.record is not None and not _is_whole(row.record, row.hash)
    }
    codes |= _put_all(database, [row for row in page.rows if row.seq not in codes], put)
    FeedPosition.update(seq=page.to, mark=page.mark).execute(database)
    if not page.more:
        note_current(database, page.hub_time)
    return Applied(
        taken=tuple(row.doc_id for row in page.rows if row.seq not in codes),
        refused=tuple((row.doc_id, row.seq, codes[row.seq]) for row in page.rows if row.seq in codes),
    )


def _put_all(database: Database, rows: Sequence[FeedChange], put: Put) -> dict[int, str]:
    """
    Put all rows that can be; return the error code of each other row by its seq.

    They are put under one savepoint; one each is made only where a row is refused, for it costs a fifth of the work.
    """
    try:
        with database.savepoint():
            for row in rows:
                put(database, row.doc_id, row.seq, row.record, row.hash)
    except _OF_THE_WRONG_FORM:
        if len(rows) == 1:
            return {rows[0].seq: "record-refused"}
        codes = [_put_all(database, [row], put) for row in rows]
        return {seq: code for found in codes for seq, code in found.items()}
    return {}


def _is_whole(record: dict[str, Any], digest: str) -> bool:
    """
    Return whether the record's canonical bytes have this digest.

    Python's own writer gives the canonical form of all but odd numbers and keys in half of the time; where
    its bytes do not give the hash, the standard's writer decides.
    """
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if sha256(text.encode(errors="surrogatepass")).hexdigest() == digest:
        return True
    return sha256(rfc8785.dumps(record)).hexdigest() == digest


def note_current(database: Database, hub_time: datetime, mark: str = "") -> None:
    """Note that the replica held all that was published at this time of the hub, and its mark where it had none."""
    FeedPosition.update(as_of=stamp(hub_time)).execute(database)
    if mark:
        FeedPosition.update(mark=mark).where(FeedPosition.mark == "").execute(database)
