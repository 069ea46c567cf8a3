"""
What a scanned text means here: a number of ours, a document, a place in the queue; anything else says nothing.

A text is accepted by its pattern alone and never followed: of an address only number, id or token is used, and only
where the address is this county's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from kiosk.intake import numbers

LONGEST = 1_024
_NUMBER_FORM = re.compile(r"[0-9A-Za-z\-]{17,24}")
_DOCUMENT = re.compile(r"/documents/([0-9A-Za-z][0-9A-Za-z._\-]{0,79})")
_PLACE = re.compile(r"/queue/place/([0-9A-Za-z_\-]{16,64})")
_ENTRY = re.compile(r"^UID:([0-9A-Z\-]{17,24})", re.MULTILINE)
_PREFIX = re.compile(r"[A-Z]*")


class CodeKind(StrEnum):
    """What a code is here."""

    SUBMISSION = "submission"
    DOCUMENT = "document"
    PLACE = "place"
    """A ticket of the hall's queue: where it is in the line."""
    ELSEWHERE = "elsewhere"
    """A number of another county."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class CodeMeaning:
    """What a code is, and its number, id or token; empty where it says nothing."""

    kind: CodeKind
    value: str = ""


NOTHING = CodeMeaning(CodeKind.NOTHING)


@dataclass(frozen=True)
class OwnCodes:
    """What is ours: the addresses that codes may begin with, and the terminal's code, which begins as the county's."""

    addresses: Collection[str]
    terminal: str


def meaning(text: str, own: OwnCodes) -> CodeMeaning:
    """Return what a scanned text means."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return NOTHING
    if entry := _ENTRY.search(text.replace("\r", "")):
        return _number(entry[1], own)
    if not text.isprintable():
        return NOTHING
    if _NUMBER_FORM.fullmatch(text):
        return _number(text, own)
    return _address(text, own)


def _number(text: str, own: OwnCodes) -> CodeMeaning:
    number = numbers.parse(text)
    if number is None:
        return NOTHING
    theirs, ours = _letters(number), _letters(own.terminal)
    is_ours = theirs.startswith(ours) or ours.startswith(
        theirs
    )  # the place after the county's may be a letter too
    return CodeMeaning(CodeKind.SUBMISSION, number) if is_ours else CodeMeaning(CodeKind.ELSEWHERE)


def _letters(code: str) -> str:
    found = _PREFIX.match(code)
    return found[0] if found else ""


def _address(text: str, own: OwnCodes) -> CodeMeaning:
    begun = [each.rstrip("/") for each in own.addresses if each and text.startswith(each.rstrip("/") + "/")]
    if not begun:
        return NOTHING
    try:
        parts = urlsplit(text[len(begun[0]) :])
        asked = parse_qs(parts.query, max_num_fields=4)
    except ValueError:
        return NOTHING
    if parts.path == "/progress":
        return _number(asked.get("number", [""])[0], own)
    if found := _DOCUMENT.fullmatch(parts.path):
        return CodeMeaning(CodeKind.DOCUMENT, found[1])
    found = _PLACE.fullmatch(parts.path)
    return CodeMeaning(CodeKind.PLACE, found[1]) if found else NOTHING
