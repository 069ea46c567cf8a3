"""What a PDF may do: lead to a page of its own or, touched, to an address on the web; nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.catalogue.attachments.file_faults import (
    ACTIVE,
    BOMB,
    EMBEDDED,
    LINKED,
    LOCKED,
    UNREADABLE,
    FileFault,
)

MOST_PAGES = 2_000
MOST_OBJECTS = 400_000
HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,256}%PDF-")
ACTIONS = frozenset("/GoTo /URI /Named /Hide /ResetForm /SetOCGState".split())
"""What a touched link may do."""
UNASKED = frozenset({"/GoTo"})
"""What may happen when the file is opened: it shows another page first."""
PAGES_BY_NAME = frozenset("/NextPage /PrevPage /FirstPage /LastPage".split())
WEB = re.compile(r"\s*(https?|mailto|tel):", re.IGNORECASE)
NO_SCHEME = re.compile(r"\s*(?![\\/]{2})[^:\\]*", re.DOTALL)
"""An address without a scheme: a page of the same site, or "www.example.cn"."""
ACTIVE_KEYS = frozenset({"/JS", "/XFA", "/RichMediaContent", "/RichMediaSettings"})
ACTIVE_SUBTYPES = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
NAMED_PARTS = {"/JavaScript": ACTIVE, "/EmbeddedFiles": EMBEDDED}
"""Trees of names that a file may have while they are empty."""


def is_pdf(head: bytes) -> bool:
    """Return whether a file begins as a PDF; programs write a mark or line ends before it."""
    return HEAD.match(head) is not None


def check_pdf(path: Path) -> int:
    """
    Return the number of pages.

    Raises:
        FileFault: The file could act, holds files, reaches elsewhere, is locked, too large or damaged.
    """
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            if len(pdf.objects) > MOST_OBJECTS:
                raise FileFault(BOMB)
            _check_start(pdf.Root)
            for each in pdf.objects:
                for part in _dictionaries(each):
                    _check_part(part)
            if not 0 < len(pdf.pages) <= MOST_PAGES:
                raise FileFault(UNREADABLE if not len(pdf.pages) else BOMB)
            return len(pdf.pages)
    except pikepdf.PasswordError as error:
        raise FileFault(LOCKED) from error
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, KeyError, TypeError) as error:
        raise FileFault(UNREADABLE) from error


def _check_start(root: Any) -> None:
    import pikepdf

    first = root.get("/OpenAction")
    if isinstance(first, pikepdf.Dictionary) and str(first.get("/S", "/GoTo")) not in UNASKED:
        raise FileFault(ACTIVE)


def _dictionaries(start: Any) -> Iterator[Any]:
    """Yield an object and the objects directly inside it; indirect ones are visited on their own."""
    import pikepdf

    waiting = [start]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            inside = [value for _key, value in one.items()]
        elif isinstance(one, pikepdf.Array):
            inside = list(one)
        else:
            continue
        waiting += [
            value
            for value in inside
            if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
        ]


def _check_part(part: Any) -> None:
    keys = set(part.keys())
    if keys & ACTIVE_KEYS or str(part.get("/Subtype", "")) in ACTIVE_SUBTYPES:
        raise FileFault(ACTIVE)
    if "/EF" in keys or str(part.get("/Subtype", "")) == "/FileAttachment":
        raise FileFault(EMBEDDED)
    for name, fault in NAMED_PARTS.items():
        if name in keys and _holds_something(part[name]):
            raise FileFault(fault)
    if "/AA" in keys and any(_actions(each) for each in _values(part["/AA"])):
        raise FileFault(ACTIVE)
    if _reaches_elsewhere(part, keys):
        raise FileFault(LINKED)
    for name in keys & {"/A", "/OpenAction", "/Next", "/PA"}:
        for action in _actions(part[name]):
            _check_action(action)
    if str(part.get("/Type", "")) == "/Action":
        _check_action(part)


def _holds_something(tree: Any) -> bool:
    """Return whether a tree of names has a name; one that is no tree counts as full."""
    import pikepdf

    if not isinstance(tree, pikepdf.Dictionary):
        return not isinstance(tree, pikepdf.Array) or len(tree) > 0
    return any(len(tree.get(name, ())) for name in ("/Names", "/Kids"))


def _reaches_elsewhere(part: Any, keys: set[str]) -> bool:
    """Return whether an object names a file or an address from which its content would come."""
    import pikepdf

    if keys & {"/FFilter", "/UF"} or str(part.get("/FS", "")) == "/URL":
        return True
    if "/Ref" in keys and str(part.get("/Subtype", "")) == "/Form":
        return True
    return isinstance(part.get("/F"), pikepdf.String)


def _values(found: Any) -> list[Any]:
    import pikepdf

    return [value for _key, value in found.items()] if isinstance(found, pikepdf.Dictionary) else []


def _actions(found: Any) -> list[Any]:
    """Return the actions of a link: one, or several in turn; a destination is none."""
    import pikepdf

    each = list(found) if isinstance(found, pikepdf.Array) else [found]
    return [one for one in each if isinstance(one, pikepdf.Dictionary) and "/S" in one]


def _check_action(action: Any) -> None:
    kind = str(action.get("/S", ""))
    if kind == "/URI":
        address = str(action.get("/URI", ""))
        if not WEB.match(address) and not NO_SCHEME.fullmatch(address):
            raise FileFault(ACTIVE)
    elif kind == "/Named":
        if str(action.get("/N", "")) not in PAGES_BY_NAME:
            raise FileFault(ACTIVE)
    elif kind not in ACTIONS:
        raise FileFault(ACTIVE)
