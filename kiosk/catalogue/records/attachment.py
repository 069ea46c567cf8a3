"""
Attachments of a record: the keys of an item, the allowed types, the reasons of refusal. Pure: no files, no request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kiosk.catalogue.records.record import AttachmentItem, Record
from kiosk.catalogue.records.schema import CONTROL, N_, RecordFault

KEYS = frozenset({"name", "type", "size", "sha256", "pages", "url", "file"})
"""Keys of an item; `file` names a file beside an import file and is never in a stored record."""
MOST = 50
LONGEST_NAME = 120
LONGEST_URL = 2_000
SHA256 = re.compile(r"[0-9a-f]{64}")
_NOT_IN_NAMES = re.compile(r"[/\\\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Path separators, control characters, and characters that change the direction of writing."""
_IN_ADDRESSES = re.compile(r"""[^\s\x00-\x20\x7f<>"\\^`{|}]+""")


@dataclass(frozen=True)
class MediaType:
    """
    A type of file that may be attached.

    word: What people call it. ending: Of the saved file. shown: pages, image, or empty if only other programs can
    open it.
    """

    name: str
    word: str
    ending: str
    shown: str = ""


_OPEN = "application/vnd.openxmlformats-officedocument"
TYPES: Mapping[str, MediaType] = {
    each.name: each
    for each in (
        MediaType("application/pdf", N_("PDF文件"), "pdf", "pages"),
        MediaType("image/png", N_("图片"), "png", "image"),
        MediaType("image/jpeg", N_("图片"), "jpg", "image"),
        MediaType(f"{_OPEN}.wordprocessingml.document", N_("文字文档"), "docx"),
        MediaType(f"{_OPEN}.spreadsheetml.sheet", N_("电子表格"), "xlsx"),
        MediaType(f"{_OPEN}.presentationml.presentation", N_("演示文稿"), "pptx"),
        MediaType("application/msword", N_("文字文档"), "doc"),
        MediaType("application/vnd.ms-excel", N_("电子表格"), "xls"),
        MediaType("application/vnd.ms-powerpoint", N_("演示文稿"), "ppt"),
        MediaType("application/vnd.oasis.opendocument.text", N_("文字文档"), "odt"),
        MediaType("application/vnd.oasis.opendocument.spreadsheet", N_("电子表格"), "ods"),
        MediaType("application/ofd", N_("版式文件"), "ofd"),
    )
}
"""Allowed types; OFD is GB/T 33190-2016."""

REASONS = {
    "file-missing": N_("附件的文件不在"),
    "file-outside": N_("附件的文件名不能指到别的文件夹"),
    "file-too-large": N_("附件太大"),
    "file-empty": N_("附件是空的"),
    "file-type": N_(
        "附件的格式不收：可以是PDF、PNG或JPEG图片、DOCX、XLSX、PPTX、DOC、XLS、PPT、ODT、ODS、OFD"
    ),
    "file-svg": N_("SVG图片里可能有程序，不收：请存成PNG"),
    "file-active": N_("附件里有程序（宏或脚本），不收：请另存成不带程序的文件"),
    "file-embedded": N_("附件里还装着别的文件，不收：请拆开上传"),
    "file-linked": N_(
        "附件会从别的地方取内容（外面的图片、模板、表格或数据），不收：请把内容放进文件里，或者另存成PDF"
    ),
    "file-locked": N_("附件有密码，打不开"),
    "file-unreadable": N_("附件打不开，可能坏了"),
    "file-bomb": N_("附件解开以后大得不正常"),
    "file-busy": N_("机器正忙，请过一会儿再试"),
    "file-unchecked": N_("这台机器缺少检查附件的程序，没有收"),
}
"""Reasons why a file is refused, in the words of the clerk."""


@dataclass(frozen=True)
class Attachment:
    """
    One attachment of a record. at: its number within the record, from 1.

    sha256, type, size (bytes) and pages are empty or 0 if the county gave only the name or the address.
    """

    at: int
    name: str
    type: str = ""
    size: int = 0
    sha256: str = ""
    pages: int = 0
    url: str = ""

    @property
    def media(self) -> MediaType | None:
        """Return its type, or None if this version does not know it."""
        return TYPES.get(self.type)

    @property
    def shown(self) -> str:
        """Return how a page shows it: pages, image, or empty if it does not."""
        return self.media.shown if self.media and self.sha256 else ""

    @property
    def title(self) -> str:
        """Return its name without the ending, which its type already says in words."""
        stem, _, ending = self.name.rpartition(".")
        return stem if stem and self.media and ending.lower() in (self.media.ending, "jpeg") else self.name

    @property
    def size_words(self) -> str:
        """Return its size in words; empty if unknown."""
        if not self.size:
            return ""
        return f"{self.size / 1e6:.1f} MB" if self.size >= 1e6 else f"{max(1, round(self.size / 1e3))} KB"

    @property
    def file_name(self) -> str:
        """Return the name to save it under, with the ending of its type."""
        stem = clean_name(self.name) or f"{self.at}"
        ending = f".{self.media.ending}" if self.media else ""
        return stem if stem.lower().endswith(ending) else stem + ending


def of(record: Record) -> list[Attachment]:
    """Return the attachments of a checked record; a plain text is the name of one."""
    found = []
    for at, item in enumerate(record.get("attachments") or [], start=1):
        given: AttachmentItem = {"name": item} if isinstance(item, str) else item
        found.append(
            Attachment(
                at,
                given.get("name", ""),
                given.get("type", ""),
                given.get("size", 0),
                given.get("sha256", ""),
                given.get("pages", 0),
                given.get("url", ""),
            )
        )
    return found


def renamed(item: AttachmentItem | str, name: str) -> AttachmentItem | str:
    """Return an item of a record under another name; a plain text is the name itself."""
    return name if isinstance(item, str) else {**item, "name": name}


def clean_name(name: str) -> str:
    """
    Return a name without path, control and direction characters and leading dots, at most LONGEST_NAME characters.
    """
    last = re.split(r"[/\\]", name)[-1]
    return _NOT_IN_NAMES.sub("", last).strip().lstrip(".").strip()[-LONGEST_NAME:]


def faults(value: object) -> Iterator[RecordFault]:
    """Yield the faults of the `attachments` of a record."""
    if not isinstance(value, list):
        yield RecordFault("wrong-type", "attachments")
        return
    if len(value) > MOST:
        yield RecordFault("too-many", "attachments")
        return
    for at, item in enumerate(value):
        yield from _item_faults(item, f"attachments[{at}]")


def _item_faults(item: object, where: str) -> Iterator[RecordFault]:
    given = {"name": item} if isinstance(item, str) else item
    if not isinstance(given, dict):
        yield RecordFault("wrong-type", where)
        return
    yield from (RecordFault("unknown-key", f"{where}.{key}"[:120]) for key in given if key not in KEYS)
    for key in ("name", "type", "sha256", "url", "file"):
        if not isinstance(given.get(key, ""), str):
            yield RecordFault("wrong-type", f"{where}.{key}")
            return
    for key in ("size", "pages"):
        number = given.get(key, 0)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**53:
            yield RecordFault("wrong-type", f"{where}.{key}")
    yield from _value_faults(given, where)


def _value_faults(given: Mapping[str, Any], where: str) -> Iterator[RecordFault]:
    name = given.get("name", "") or given.get("file", "")
    if given.get("file") and not given.get("name"):
        name = clean_name(name)
    if not clean_name(name):
        yield RecordFault("missing", f"{where}.name")
    elif len(name) > LONGEST_NAME:
        yield RecordFault("too-long", f"{where}.name")
    elif CONTROL.search(name) or clean_name(name) != name:
        yield RecordFault("control-character", f"{where}.name")
    if given.get("sha256") and not SHA256.fullmatch(given["sha256"]):
        yield RecordFault("unknown-code", f"{where}.sha256")
    if given.get("sha256") and given.get("type") not in TYPES:
        yield RecordFault("file-type", f"{where}.type")
    if len(given.get("url", "")) > LONGEST_URL or (given.get("url") and not is_web_address(given["url"])):
        yield RecordFault("bad-url", f"{where}.url")


def is_web_address(value: object) -> bool:
    """Return whether this is an http(s) address without a user's name or password."""
    if not isinstance(value, str) or not _IN_ADDRESSES.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and is_port
