"""
Rows read from the bytes of a SQLite file, without SQLite: a file that it no longer opens still holds most of its rows.

Each page is read by itself, the newest image of the write-ahead log before the file's own, so that one damaged page
hides no other. Nothing here trusts a pointer, a length or a type that it reads. Source: "Database File Format" of
sqlite.org, §1.6 (pages), §2.1 (records), §4.1 (write-ahead log).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Value = int | float | str | bytes | None
PAGE_BYTES = 4096
"""Size of a page where the header does not say it any more: SQLite's own default."""
_LOG_HEAD, _LOG_MAGIC = 32, b"\x37\x7f\x06"
HEADER = b"SQLite format 3\x00"
TABLE_LEAF, TABLE_INNER, INDEX_LEAF, INDEX_INNER = 13, 5, 10, 2
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
"""Bytes of a value by its serial type; text and blobs say their own."""
_FORMS = {
    "INTEGER": rb"[\x01-\x06\x08\x09]",
    "TEXT": rb"(?:[\x0d-\x7f]|[\x81-\xff]{1,2}[\x00-\x7f])",
    "BLOB": rb"(?:[\x0c-\x7f]|[\x81-\xff]{1,3}[\x00-\x7f])",
    "REAL": rb"[\x01-\x09]",
}
"""Serial type of a value by the kind of its column."""


class _Unreadable(Exception):
    """What was read here cannot be a record."""


_NO_RECORD = (_Unreadable, struct.error, IndexError, UnicodeDecodeError)
"""What reading bytes that are no record ends with."""


@dataclass(frozen=True)
class RawRow:
    """
    A row as stored.

    Args:
        root: Number of the first page of its table, as the page tree says; 0 where that is not known.
        rowid: None for a table WITHOUT ROWID, and where only the record was found.
    """

    root: int
    rowid: int | None
    values: tuple[Value, ...]


@dataclass
class RawFile:
    """
    The pages of a database file, by their number.

    Args:
        reserved: Bytes at the end of each page that belong to nobody.
        older: Earlier states of pages, which still hold a row that is damaged in the newest one.
    """

    pages: dict[int, bytes]
    page_bytes: int
    reserved: int = 0
    older: list[bytes] = field(default_factory=list)

    @property
    def usable(self) -> int:
        """Return the bytes of a page that hold data."""
        return self.page_bytes - self.reserved

    def schema(self) -> dict[int, str]:
        """Return the table of each first page, as far as the list of tables can be read."""
        found = {}
        for row in self._below(1, set(), 1):
            if len(row.values) == 5 and row.values[0] == "table" and isinstance(row.values[3], int):
                found[row.values[3]] = str(row.values[1])
        return found

    def rows(self, roots: Iterable[int]) -> Iterator[RawRow]:
        """Yield the rows below these first pages, then those of all pages that no tree leads to."""
        seen: set[int] = set()
        for root in roots:
            yield from self._below(root, seen, root)
        for number in self.pages:
            if number not in seen:
                yield from self._on_page(number, 0)

    def carved(self, form: re.Pattern[bytes], columns: int) -> Iterator[tuple[Value, ...]]:
        """
        Yield everything in any state of any page that reads as a record of so many columns.

        Args:
            form: What a record of the table begins with; see `head_of`.
        """
        for content in [*self.pages.values(), *self.older]:
            for found in form.finditer(content):
                try:
                    types, size = _types(content, found.start(), columns)
                    yield _values(types, self._payload(content, found.start(), size, TABLE_LEAF), size)
                except _NO_RECORD:
                    continue  # bytes that only begin like a record; what is lost is counted by who asked for the table

    def below(self, root: int) -> Iterator[RawRow]:
        """Yield the rows of the table with this first page."""
        yield from self._below(root, set(), root)

    def _below(self, number: int, seen: set[int], root: int) -> Iterator[RawRow]:
        waiting = [number]
        while waiting:
            at = waiting.pop()
            if at in seen or at not in self.pages:
                continue
            seen.add(at)
            yield from self._on_page(at, root)
            waiting += self._children(at)

    def _start(self, number: int) -> int:
        return 100 if number == 1 else 0

    def _cells(self, number: int) -> list[int]:
        """Return where the cells of a page are said to begin."""
        page, start = self.pages[number], self._start(number)
        kind = page[start]
        if kind not in (TABLE_LEAF, TABLE_INNER, INDEX_LEAF, INDEX_INNER):
            return []
        head = start + (12 if kind in (TABLE_INNER, INDEX_INNER) else 8)
        many = min(int.from_bytes(page[start + 3 : start + 5], "big"), (self.usable - head) // 2)
        return [int.from_bytes(page[at : at + 2], "big") for at in range(head, head + 2 * many, 2)]

    def _children(self, number: int) -> list[int]:
        page, start = self.pages[number], self._start(number)
        if page[start] not in (TABLE_INNER, INDEX_INNER):
            return []
        places = [*self._cells(number), start + 8]
        return [int.from_bytes(page[at : at + 4], "big") for at in places]

    def _on_page(self, number: int, root: int) -> Iterator[RawRow]:
        page, kind = self.pages[number], self.pages[number][self._start(number)]
        for place in self._cells(number) if kind != TABLE_INNER else ():
            try:
                yield self._row(page, kind, place, root)
            except _NO_RECORD:
                continue  # damaged, or bytes of an earlier use; what is lost is counted by who asked for the table

    def _row(self, page: bytes, kind: int, place: int, root: int) -> RawRow:
        at = place + (4 if kind == INDEX_INNER else 0)
        size, at = _varint(page, at)
        rowid = None
        if kind == TABLE_LEAF:
            rowid, at = _varint(page, at)
        payload = self._payload(page, at, size, kind)
        head, _ = _varint(payload, 0)
        types, whole = _types(payload, 0, None, head)
        if whole != size:
            raise _Unreadable
        return RawRow(root, rowid, _values(types, payload, size))

    def _payload(self, page: bytes, at: int, size: int, kind: int) -> bytes:
        """Return a record of this size that begins here, its further pages followed."""
        most = self.usable - 35 if kind == TABLE_LEAF else (self.usable - 12) * 64 // 255 - 23
        if size > self.page_bytes * len(self.pages):
            raise _Unreadable
        if size <= most:
            if at + size > self.usable:
                raise _Unreadable
            return page[at : at + size]
        least = (self.usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (self.usable - 4)
        here = here if here <= most else least
        parts, left = [page[at : at + here]], size - here
        following = int.from_bytes(page[at + here : at + here + 4], "big")
        while left > 0:
            further = self.pages.get(following)
            if further is None:
                raise _Unreadable
            parts.append(further[4 : 4 + min(left, self.usable - 4)])
            left -= len(parts[-1])
            following = int.from_bytes(further[:4], "big")
        return b"".join(parts)


def head_of(kinds: Iterable[tuple[str, bool]]) -> re.Pattern[bytes]:
    """
    Return what a record begins with: the size of its head, and the type of each value.

    Args:
        kinds: INTEGER, TEXT, BLOB or REAL for each column, and whether it may be NULL.
    """
    types = [
        rb"(?:\x00|" + _FORMS[kind] + rb")" if may_be_null else _FORMS[kind] for kind, may_be_null in kinds
    ]
    return re.compile(rb"(?=[\x02-\x7f]" + b"".join(types) + rb")", re.DOTALL)


def read(database: Path, log: Path) -> RawFile:
    """
    Return the pages of a database file and of its write-ahead log; either may be missing, cut or empty.

    What follows the last commit in the log was never promised to anybody, and is left out.
    """
    content = database.read_bytes() if database.is_file() else b""
    logged, logged_bytes = _logged(log.read_bytes() if log.is_file() else b"")
    page_bytes = logged_bytes or _page_bytes(content)
    is_headed = content.startswith(HEADER)
    reserved = content[20] if is_headed and content[20] <= page_bytes - 480 else 0
    padded = content + bytes(-len(content) % page_bytes)
    pages = {at // page_bytes + 1: padded[at : at + page_bytes] for at in range(0, len(padded), page_bytes)}
    older = [pages[number] for number, _ in logged if number in pages] + [image for _, image in logged]
    return RawFile({**pages, **dict(logged)}, page_bytes, reserved, older)


def is_log_whole(log: Path) -> bool:
    """
    Return whether nothing that was committed comes after damage in a write-ahead log: SQLite would drop it silently.

    Only while nobody writes: a commit that is just being written looks the same.
    """
    content = log.read_bytes() if log.is_file() else b""
    if len(content) <= _LOG_HEAD:
        return not content
    sums = _sums(content[:24], (0, 0), _is_big(content))
    if content[:3] != _LOG_MAGIC or sums != struct.unpack(">II", content[24:32]):
        return False
    size, salt = int.from_bytes(content[8:12], "big"), content[16:24]
    is_broken = False
    for at in range(_LOG_HEAD, len(content) - 24 - size + 1, 24 + size):
        head = content[at : at + 24]
        if not is_broken:
            sums = _sums(head[:8] + content[at + 24 : at + 24 + size], sums, _is_big(content))
            is_broken = head[8:16] != salt or sums != struct.unpack(">II", head[16:])
        if is_broken and head[8:16] == salt and int.from_bytes(head[4:8], "big"):
            return False
    return True


def _is_big(log: bytes) -> bool:
    return bool(log[3] & 1)


def _sums(content: bytes, sums: tuple[int, int], is_big: bool) -> tuple[int, int]:
    """Return the log's check sums, continued over this content (§4.2)."""
    one, two = sums
    words = struct.unpack(f"{'>' if is_big else '<'}{len(content) // 4}I", content)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _page_bytes(content: bytes) -> int:
    size = int.from_bytes(content[16:18], "big")
    size = 65_536 if size == 1 else size
    is_said = content.startswith(HEADER) and size >= 512 and size & (size - 1) == 0
    return size if is_said else PAGE_BYTES


def _logged(log: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """Return the images of pages in the log up to its last commit, oldest first, and the size of a page; 0: no log."""
    if len(log) < _LOG_HEAD + 24:
        return [], 0
    size, salt = int.from_bytes(log[8:12], "big"), log[16:24]
    if not 512 <= size <= 65_536 or size & (size - 1):
        size = PAGE_BYTES
    if log[40:48] != salt and log[48 + size + 16 : 48 + size + 24] == log[40:48]:
        salt = log[40:48]  # the head is damaged: two frames beside it agree
    images: list[tuple[int, bytes]] = []
    pending: list[tuple[int, bytes]] = []
    for at in range(_LOG_HEAD, len(log) - 24 - size + 1, 24 + size):
        number, is_commit = struct.unpack(">II", log[at : at + 8])
        if log[at + 8 : at + 16] != salt:
            continue  # of an earlier round of the log, or damaged
        pending.append((number, log[at + 24 : at + 24 + size]))
        if is_commit:
            images += pending
            pending = []
    return images, size if images else 0


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        byte = content[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    value = value << 8 | content[at + 8]
    return value - 2**64 if value >= 2**63 else value, at + 9


def _types(content: bytes, at: int, columns: int | None, head: int | None = None) -> tuple[list[int], int]:
    """Return the serial types of a record that begins here, and its whole size."""
    head = content[at] if head is None else head
    if not 2 <= head <= 512:
        raise _Unreadable
    _, place = _varint(content, at)
    types: list[int] = []
    while place < at + head:
        one, place = _varint(content, place)
        if one < 0 or one in (10, 11):
            raise _Unreadable
        types.append(one)
    if place != at + head or columns not in (None, len(types)):
        raise _Unreadable
    return types, head + sum(map(_size, types))


def _size(one: int) -> int:
    return _SIZES[one] if one < 10 else (one - 12) // 2


def _values(types: list[int], payload: bytes, size: int) -> tuple[Value, ...]:
    at = size - sum(map(_size, types))
    if len(payload) < size:
        raise _Unreadable
    values = []
    for one in types:
        values.append(_value(one, payload[at : at + _size(one)]))
        at += _size(one)
    return tuple(values)


def _value(one: int, content: bytes) -> Value:
    if one == 0:
        return None
    if one == 7:
        return float(struct.unpack(">d", content)[0])
    if one < 10:
        return int.from_bytes(content, "big", signed=True) if one < 7 else one - 8
    return content if one % 2 == 0 else content.decode("utf-8")
