"""
What a packed office file (DOCX, XLSX, PPTX, ODT, ODS, OFD) may hold.

By allow-list: kinds of parts; where relationships lead; fields and formulas that take nothing from elsewhere.
Sources: ECMA-376 (parts, relationships, fields), OASIS OpenDocument 1.3, GB/T 33190-2016 (OFD's actions).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO
from xml.parsers import expat

from kiosk.catalogue.attachments.file_faults import (
    ACTIVE,
    BOMB,
    EMBEDDED,
    LINKED,
    LOCKED,
    UNREADABLE,
    FileFault,
)

MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, SMALL_ENTRY = 5_000, 400_000_000, 200, 1_000_000
OPEN = "application/vnd.openxmlformats-officedocument"
PARTS = {
    "word/document.xml": f"{OPEN}.wordprocessingml.document",
    "xl/workbook.xml": f"{OPEN}.spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OPEN}.presentationml.presentation",
    "OFD.xml": "application/ofd",
}
"""A required member of the package of each type."""
ODF = {
    b"application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}
TYPES = "[Content_Types].xml"
HARMLESS_TYPE = re.compile(
    r"(application/vnd\.openxmlformats-(officedocument|package)\.[\w.+-]+"
    r"|application/vnd\.ms-(word|excel|powerpoint|office)\.[\w.+-]+\+xml"
    r"|application/(xml|x-fontdata|vnd\.ms-opentype|vnd\.wps[\w.+-]*\+xml|inkml\+xml)"
    r"|text/xml|image/[\w.+-]+)",
    re.IGNORECASE,
)
"""Parts that an office file may have; those that act are named next, for they share the beginnings."""
ACTING_TYPE = re.compile(
    r"macro|vba|activex|webextension|connections\+xml|customui|userform|attachedtoolbars|keymapcustom",
    re.IGNORECASE,
)
DATA_ALONE = re.compile(r"customXml/[^/]+$")
"""Data that a program of the writer's put there; no office program follows an address in it."""
ACTING_NAME = re.compile(r"vbaproject|vbadata|(macrosheets|activex|customui|webextensions)/")
OLE_TYPE = f"{OPEN}.oleobject"
PACKED_TYPES = frozenset(PARTS.values())
"""A file inside: the table behind a chart, which is looked through like the file around it."""
PLAIN_ENDINGS = frozenset("xml rels vml png jpg jpeg gif bmp tif tiff emf wmf ico odttf ttf fntdata".split())
"""Endings of parts without a type; no program opens such a part, so it does no harm."""
OFD_ENDINGS = frozenset("xml png jpg jpeg gif bmp tif tiff jb2 gbig2 jp2 ttf ttc otf cff dat esl txt".split())
WEB = re.compile(r"\s*(https?|mailto|tel):|\s*#", re.IGNORECASE)
LOCAL_FILE = re.compile(r"\s*(file:///(?![\\/]|%5c|%2f)|(?![\\/]{2})[^:]*$|[a-z]:[\\/])", re.IGNORECASE)
"""An address that asks no other machine: of a link that somebody touches, it does nothing elsewhere."""
ACTING_FIELDS = frozenset(
    "AUTOTEXT AUTOTEXTLIST DATABASE DDE DDEAUTO EMBED FTP GLOSSARY HTMLACTIVEX IMPORT INCLUDE INCLUDEPICTURE"
    " INCLUDETEXT LINK MACROBUTTON RD".split()
)
"""Fields of a text whose result comes from elsewhere, or that start something; any other unknown name is a bookmark."""
COMPLETE_NAME = re.compile(r"\s*(=|[^\s=]+\s)")
LINKING_FUNCTION = re.compile(
    r"\b(WEBSERVICE|RTD|DDE|CALL|REGISTER(\.ID)?|EXEC|IMAGE|IMPORT\w+)\s*\(", re.IGNORECASE
)
ELSEWHERE = re.compile(r"'\s*(file:|https?:|smb:|\\\\)", re.IGNORECASE)
"""A table in another file that a formula reads."""
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
ACTING_ELEMENTS = {
    "ddeLink": LINKED,
    "oleLink": LINKED,
    "dde-source": LINKED,
    "dde-connection": LINKED,
    "dde-connection-decl": LINKED,
    "section-source": LINKED,
    "cell-range-source": LINKED,
    "auto-reload": LINKED,
    "script": ACTIVE,
    "event-listener": ACTIVE,
    "plugin": ACTIVE,
    "applet": ACTIVE,
    "object-ole": EMBEDDED,
    "floating-frame": LINKED,
    "encryption-data": LOCKED,
    "GotoA": EMBEDDED,
    "Movie": ACTIVE,
    "Sound": ACTIVE,
    "altChunk": EMBEDDED,
}
"""Elements of any of these formats that act, link or hold a file, by their local names."""
IN_THE_PACKAGE = re.compile(
    r"#|data:image/|\s*(?![a-z][\w+.-]*:|[\\/]|\.\./(?!pictures/|objectreplacements/|media/))", re.IGNORECASE
)
"""An address of a part of the same file, or a picture written out."""
FORMULAS = frozenset({"f", "definedName", "formula", "formula1", "formula2"})


def check_package(packed_file: Path | IO[bytes], *, is_inside: bool = False) -> str:
    """
    Return the type of a packed office file.

    Args:
        is_inside: Whether it is part of another one; then it must not have one of its own.
    Raises:
        FileFault: It could act, holds files, reaches elsewhere, is locked, too large or damaged, or of another type.
    """
    try:
        with zipfile.ZipFile(packed_file) as packed:
            entries = [each for each in packed.infolist() if not each.is_dir()]
            _check_size(entries)
            names = [each.filename for each in entries]
            kind = _type(packed, names)
            if any(each.flag_bits & 1 for each in entries):
                raise FileFault(LOCKED)
            _check_parts(packed, names, kind, is_inside)
            for name in names:
                if _ending(name) in ("xml", "rels", "vml", "svg") and not DATA_ALONE.match(name):
                    _check_xml(packed, name)
            return kind
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        RuntimeError,
        NotImplementedError,
        EOFError,
    ) as error:
        raise FileFault(UNREADABLE) from error


def _check_size(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
        raise FileFault(BOMB)
    if any(
        each.file_size > SMALL_ENTRY and each.file_size > MOST_RATIO * each.compress_size for each in entries
    ):
        raise FileFault(BOMB)


def _type(packed: zipfile.ZipFile, names: list[str]) -> str:
    found = {kind for part, kind in PARTS.items() if part in names}
    if "mimetype" in names:
        with packed.open("mimetype") as stream:
            kind = ODF.get(stream.read(200).strip())
        found |= {kind} if kind else set()
    if len(found) != 1:
        raise FileFault("file-type")
    return found.pop()


def _ending(name: str) -> str:
    return name.rsplit("/", 1)[-1].rpartition(".")[2].lower()


def _check_parts(packed: zipfile.ZipFile, names: list[str], kind: str, is_inside: bool) -> None:
    lowered = [name.lower() for name in names]
    if kind in ODF.values():
        if any(name.startswith(("basic/", "scripts/", "dialogs/")) for name in lowered):
            raise FileFault(ACTIVE)
        if any("objectreplacements/" not in name and re.match(r"object \d+$", name) for name in lowered):
            raise FileFault(EMBEDDED)
        return
    if kind == PARTS["OFD.xml"]:
        if any(_ending(name) not in OFD_ENDINGS for name in lowered):
            raise FileFault(EMBEDDED)
        return
    if any(ACTING_NAME.search(name) for name in lowered):
        raise FileFault(ACTIVE)
    typed = _Types(packed, names)
    for name in names:
        if name != TYPES:
            _check_typed(packed, name, typed.of(name), is_inside)


def _check_typed(packed: zipfile.ZipFile, name: str, kind: str, is_inside: bool) -> None:
    if not kind:
        if _ending(name) not in PLAIN_ENDINGS:
            raise FileFault(EMBEDDED)
    elif ACTING_TYPE.search(kind):
        raise FileFault(ACTIVE)
    elif kind in PACKED_TYPES:
        if is_inside:
            raise FileFault(EMBEDDED)
        with packed.open(name) as inside:
            check_package(inside, is_inside=True)
    elif kind == OLE_TYPE or not HARMLESS_TYPE.fullmatch(kind):
        raise FileFault(EMBEDDED)


class _Types:
    """The types that a package gives its parts, in whatever encoding its list is written."""

    def __init__(self, packed: zipfile.ZipFile, names: list[str]) -> None:
        self._by_name: dict[str, str] = {}
        self._by_ending: dict[str, str] = {}
        if TYPES in names:
            _walk(packed, TYPES, self._entry)

    def _entry(self, element: str, given: Mapping[str, str]) -> None:
        kind = given.get("ContentType", "").strip().lower()
        if element == "Override":
            self._by_name[given.get("PartName", "").lstrip("/").lower()] = kind
        elif element == "Default":
            self._by_ending[given.get("Extension", "").lower()] = kind

    def of(self, name: str) -> str:
        """Return the type of a part, in lower case, or "" where none is given."""
        return self._by_name.get(name.lower(), self._by_ending.get(_ending(name), ""))


def _walk(
    packed: zipfile.ZipFile,
    name: str,
    started: Callable[[str, Mapping[str, str]], None],
    ended: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """
    Call back for each element of a part: its local name, and its attributes by local name.

    Raises:
        FileFault: The part is no XML, or has a document type, which no office program writes.
    """

    def refuse(*_about: object) -> None:
        raise FileFault(ACTIVE)

    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartDoctypeDeclHandler = refuse
    reader.StartElementHandler = lambda tag, given: started(
        _local(tag), {_local(key): value for key, value in given.items()}
    )
    if ended:
        reader.EndElementHandler = lambda tag: ended(_local(tag))
    if text:
        reader.CharacterDataHandler = text
    try:
        with packed.open(name) as stream:
            reader.ParseFile(stream)
    except expat.ExpatError as error:
        raise FileFault(UNREADABLE) from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _check_xml(packed: zipfile.ZipFile, name: str) -> None:
    if _ending(name) == "rels":
        _walk(packed, name, partial(_check_relationship, is_of_chart="/charts/" in name))
        return
    content = _Content(is_drawing=_ending(name) == "vml")
    _walk(packed, name, content.started, content.ended, content.text)


def _check_relationship(element: str, given: Mapping[str, str], *, is_of_chart: bool) -> None:
    if element != "Relationship":
        return
    role, target = given.get("Type", "").rsplit("/", 1)[-1].lower(), given.get("Target", "")
    if role in ("vbaproject", "control", "activexcontrolbinary"):
        raise FileFault(ACTIVE)
    if role in ("oleobject", "afchunk") or (role == "package" and not is_of_chart):
        raise FileFault(EMBEDDED)
    if given.get("TargetMode", "").lower() != "external":
        if re.match(r"\s*([a-z][a-z0-9+.-]+:|[\\/]{2})", target, re.IGNORECASE):
            raise FileFault(LINKED)
        return
    if role != "hyperlink" or not (WEB.match(target) or LOCAL_FILE.match(target)):
        raise FileFault(LINKED)


class _Content:
    """What a part says: its elements, its fields, its formulas."""

    def __init__(self, *, is_drawing: bool) -> None:
        self._is_drawing = is_drawing
        self._fields: list[list[str]] = []
        self._text: list[str] | None = None

    def started(self, element: str, given: Mapping[str, str]) -> None:
        fault = ACTING_ELEMENTS.get(element)
        if fault:
            raise FileFault(fault)
        self._check_addresses(element, given)
        if element == "fldSimple":
            _check_field(given.get("instr", ""))
        elif element == "fldChar":
            self._field(given.get("fldCharType", ""))
        elif element == "Action" and given.get("Event", "CLICK").upper() != "CLICK":
            raise FileFault(ACTIVE)
        elif element in ("instrText", "delInstrText") or element in FORMULAS:
            self._text = []
        for name in ("formula", "condition", "expression"):
            if name in given:
                _check_formula(given[name])
        if (
            given.get("action", "")
            .lower()
            .startswith(("ppaction://program", "ppaction://macro", "ppaction://ole"))
        ):
            raise FileFault(ACTIVE)

    def _check_addresses(self, element: str, given: Mapping[str, str]) -> None:
        for name in ("href", "src", "URI"):
            address = given.get(name, "")
            if not address or IN_THE_PACKAGE.match(address):
                continue
            is_touched = element == "a" or name == "URI" or (self._is_drawing and name == "href")
            is_web = is_touched and WEB.match(address)
            is_local = (is_touched or element == "template") and LOCAL_FILE.match(address)
            if not (is_web or is_local):
                raise FileFault(LINKED)

    def _field(self, step: str) -> None:
        if step == "begin":
            if self._fields and not COMPLETE_NAME.match("".join(self._fields[-1])):
                raise FileFault(ACTIVE)  # the name of the outer field would be the result of this one
            self._fields.append([])
        elif step in ("separate", "end") and self._fields:
            _check_field("".join(self._fields[-1]))
            if step == "end":
                self._fields.pop()

    def text(self, written: str) -> None:
        """Keep a piece of a field's code or of a formula."""
        if self._text is not None:
            self._text.append(written)

    def ended(self, element: str) -> None:
        """Look at the code or formula that ends here."""
        if self._text is None:
            return
        written = "".join(self._text)
        if element in FORMULAS:
            _check_formula(written)
        elif self._fields:
            self._fields[-1].append(written)
        else:
            _check_field(written)
        self._text = None


def _check_field(code: str) -> None:
    name = re.split(r"[\s\\\"]", code.strip().lstrip('"'), maxsplit=1)[0]
    if name.upper() in ACTING_FIELDS:
        raise FileFault(ACTIVE)


def _check_formula(formula: str) -> None:
    bare = QUOTED.sub("", formula)
    if ("|" in bare and "!" in bare) or LINKING_FUNCTION.search(bare) or ELSEWHERE.search(formula):
        raise FileFault(LINKED)
