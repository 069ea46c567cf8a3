"""
The text block of an identity card: 256 bytes UTF-16LE, laid out by kind of card.

Only what a form asks for leaves this module; nation, sex, birth and issuer are never looked at, and the picture and
fingerprints that a reader may send are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.readers.cards.status_words import UNREADABLE
from kiosk.readers.errors import CardFault

BLOCK_BYTES = 256
FOR_GOOD = "长期"
_NUMBER = re.compile(r"\d{17}[\dX]|[A-Z]{3}\d{12}")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


class CardKind(StrEnum):
    """Kinds of cards that a reader of the safety module reads, by the document that they are."""

    RESIDENT = "id_card"
    HK_MACAO = "hk_macao_residence"
    TAIWAN = "taiwan_residence"
    FOREIGNER = "foreign_residence"


class CardPart(StrEnum):
    """What a form may ask of a card."""

    NAME = "name"
    NUMBER = "number"
    KIND = "kind"
    ADDRESS = "address"


class Validity(StrEnum):
    """Whether a card's time is over, by its own dates."""

    RUNNING = "running"
    OVER = "over"
    NOT_READ = "not-read"


Span = tuple[int, int]
"""Offset and length in bytes."""
KIND: Span = (248, 2)


@dataclass(frozen=True)
class Layout:
    """Where one kind of card has what a form may ask. names: the first one that is not blank is the name."""

    names: tuple[tuple[Span, ...], ...]
    number: Span
    until: Span
    address: Span | None = None


_NAME, _LONG_NUMBER, _UNTIL = (0, 30), (122, 36), (204, 16)
_RESIDENT = Layout(((_NAME,),), _LONG_NUMBER, _UNTIL, address=(52, 70))
LAYOUTS = {
    "": _RESIDENT,
    "J": _RESIDENT,
    "I": Layout((((0, 120),), ((158, 30),)), (122, 30), _UNTIL),
    "Y": Layout((((52, 70), (220, 22)), (_NAME,)), _LONG_NUMBER, _UNTIL),
}
"""By the letter of the kind; a foreigner's name is the one of the passport, which the card shows first."""


@dataclass(frozen=True, repr=False)
class CardText:
    """
    What was kept of a card; parts that nobody asked for are empty.

    Args:
        until: Last day of its validity; None: for good, or `validity` says that it was not read.
        has_rare: The name has characters that only the issuer's own font can draw.
    """

    kind: CardKind
    name: str = ""
    number: str = ""
    address: str = ""
    until: date | None = None
    is_dated: bool = True
    has_rare: bool = False

    def __repr__(self) -> str:
        return f"CardText({self.kind})"

    def validity(self, day: date) -> Validity:
        """Return whether its time is over on a Beijing calendar day."""
        if not self.is_dated:
            return Validity.NOT_READ
        return Validity.OVER if self.until and self.until < day else Validity.RUNNING

    def part(self, part: CardPart) -> str:
        """Return one part as a form takes it."""
        return str(getattr(self, part))


def read(block: bytes, wanted: Container[CardPart]) -> CardText:
    """
    Return what is wanted of a text block.

    Raises:
        CardFault: "unreadable": it is no text block of a kind that is known, or has no name and number.
    """
    letter = _text(block, KIND)
    layout = LAYOUTS.get(letter)
    if len(block) != BLOCK_BYTES or layout is None:
        raise CardFault(UNREADABLE)
    number, name = _text(block, layout.number).upper(), _name(block, layout)
    if not _NUMBER.fullmatch(number) or not name:
        raise CardFault(UNREADABLE)
    until, is_dated = _until(_text(block, layout.until))
    return CardText(
        _kind(letter, number),
        name=name if CardPart.NAME in wanted else "",
        number=number if CardPart.NUMBER in wanted else "",
        address=_text(block, layout.address) if layout.address and CardPart.ADDRESS in wanted else "",
        until=until,
        is_dated=is_dated,
        has_rare=CardPart.NAME in wanted and bool(_PRIVATE_USE.search(name)),
    )


def _kind(letter: str, number: str) -> CardKind:
    if letter == "J":
        return CardKind.TAIWAN if number.startswith("83") else CardKind.HK_MACAO
    return CardKind.FOREIGNER if letter else CardKind.RESIDENT


def _name(block: bytes, layout: Layout) -> str:
    whole = ("".join(_raw(block, span) for span in spans) for spans in layout.names)
    return next((found for name in whole if (found := name.strip(" \0"))), "")


def _until(written: str) -> tuple[date | None, bool]:
    if written == FOR_GOOD:
        return None, True
    try:
        return date.fromisoformat(written), True
    except ValueError:
        return None, False


def _text(block: bytes, span: Span) -> str:
    return _raw(block, span).strip(" \0")


def _raw(block: bytes, span: Span) -> str:
    start, length = span
    try:
        text = block[start : start + length].decode("utf-16-le")
    except UnicodeDecodeError as fault:
        raise CardFault(UNREADABLE) from fault
    text = text.replace("\0", " ")
    if not all(each.isprintable() or _PRIVATE_USE.match(each) for each in text):
        raise CardFault(UNREADABLE)
    return text
