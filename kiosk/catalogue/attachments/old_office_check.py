"""What an old office file (DOC, XLS, PPT) may hold. Sources: [MS-CFB], [MS-DOC], [MS-XLS], [MS-PPT]."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kiosk.catalogue.attachments.file_faults import ACTIVE, EMBEDDED, LINKED, LOCKED, UNREADABLE, FileFault

STREAMS = {
    "worddocument": "application/msword",
    "workbook": "application/vnd.ms-excel",
    "book": "application/vnd.ms-excel",
    "powerpoint document": "application/vnd.ms-powerpoint",
}
"""A required stream of an old office file of each type."""
MACRO_STORAGES = frozenset({"macros", "_vba_project_cur", "vba", "_vba_project"})
FIELDS = "DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|DATABASE|MACROBUTTON|AUTOTEXT"
_FIELD = re.compile(rb'\x13[\x00\s"]*(' + FIELDS.encode() + rb")\b", re.IGNORECASE)
_WIDE_FIELD = re.compile(
    rb'\x13\x00(?:[\s"]\x00)*('
    + b"|".join(b"".join(bytes((each, 0)) for each in word.encode()) for word in FIELDS.split("|"))
    + rb")(?![A-Za-z]\x00)",
    re.IGNORECASE,
)
"""The beginning of a field whose result comes from elsewhere, in both widths that a text may have."""
BOUNDSHEET, SUPBOOK = 0x85, 0x1AE
WORKSHEET, CHART = 0, 2
"""Sheets of other types hold macros."""
OF_ITS_OWN = (b"\x01\x04", b"\x01\x3a")
"""Books that formulas refer to: the book itself, and add-in functions."""
INTERACTIVE = 0x0FF3
MACRO, PROGRAM, OLE = 1, 2, 5
SLIDE_OBJECTS = {0x0FCC: EMBEDDED, 0x0FCE: LINKED, 0x0FEE: ACTIVE}
"""Records of an embedded object, a linked one, a control."""


def check_old_office(path: Path) -> str:
    """
    Return the type of a compound file.

    Raises:
        FileFault: It could act, holds files, reaches elsewhere, is locked or damaged, or is of another type.
    """
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as office:
            parts = [
                [step.lower() for step in entry] for entry in office.listdir(streams=True, storages=True)
            ]
            top = {entry[0] for entry in parts}
            _check_names(parts, top)
            stream = next((name for name in STREAMS if name in top), "")
            if not stream:
                raise FileFault("file-type")
            _check_stream(stream, office.openstream(stream).read())
            return STREAMS[stream]
    except (OSError, IndexError) as error:
        raise FileFault(UNREADABLE) from error


def _check_names(parts: list[list[str]], top: set[str]) -> None:
    if "encryptedpackage" in top:
        raise FileFault(LOCKED)
    steps = {step for entry in parts for step in entry}
    if steps & MACRO_STORAGES:
        raise FileFault(ACTIVE)
    if any(entry[0] == "objectpool" and len(entry) > 1 for entry in parts) or "\x01ole10native" in steps:
        raise FileFault(EMBEDDED)


def _check_stream(name: str, content: bytes) -> None:
    if name == "worddocument":
        if _FIELD.search(content) or _WIDE_FIELD.search(content):
            raise FileFault(ACTIVE)
    elif name == "powerpoint document":
        _check_slides(content)
    else:
        for kind, body in _book_records(content):
            _check_book_record(kind, body)


def _book_records(book: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(book):
        kind, length = (int.from_bytes(book[at + step : at + step + 2], "little") for step in (0, 2))
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _check_book_record(kind: int, body: bytes) -> None:
    if kind == BOUNDSHEET and len(body) >= 6 and body[5] not in (WORKSHEET, CHART):
        raise FileFault(ACTIVE)
    if kind == SUPBOOK and body[2:4] not in OF_ITS_OWN:
        raise FileFault(LINKED)


def _check_slides(content: bytes) -> None:
    """Go through the records, containers included: eight bytes of head, then the body."""
    at = 0
    while at + 8 <= len(content):
        kind, length = (
            int.from_bytes(content[at + 2 : at + 4], "little"),
            int.from_bytes(content[at + 4 : at + 8], "little"),
        )
        is_container = content[at] & 0x0F == 0x0F
        if kind in SLIDE_OBJECTS:
            raise FileFault(SLIDE_OBJECTS[kind])
        if kind == INTERACTIVE and content[at + 16 : at + 17] in (
            bytes((each,)) for each in (MACRO, PROGRAM, OLE)
        ):
            raise FileFault(ACTIVE)
        at += 8 if is_container else 8 + length
