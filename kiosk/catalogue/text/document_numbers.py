"""Document numbers (发文字号), however they are typed: one spelling, and the keys that search finds them by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.catalogue.text.tokens import HAN, fold

_OPEN, _CLOSE = r"[(\[〔【{<〈《]", r"[)\]〕】}>〉》]"
_HEAD = rf"(?P<head>[{HAN}a-z]{{0,16}}?)"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_DATED = re.compile(rf"{_HEAD}{_OPEN}?{_YEAR}年?{_CLOSE}?[-—第]*(?P<no>\d{{1,5}})号?")
_BRACKETED = re.compile(rf"{_HEAD}{_OPEN}{_YEAR}{_CLOSE}第?(?P<no>\d{{1,5}})号?")
_PLAIN = re.compile(rf"(?P<head>[{HAN}]{{2,16}}?)第?(?P<no>\d{{1,5}})号")
_SPACE = re.compile(r"\s+")
LONGEST = 60


@dataclass(frozen=True)
class DocumentNumber:
    """
    A document number: 国办发〔2022〕7号 has the head 国办发, the year 2022 and the number 7.

    The year is empty in numbers that have none (国令第707号), the head if only 〔2022〕7号 was typed.
    """

    head: str
    year: str
    no: str

    def __str__(self) -> str:
        """Return the number as it is printed."""
        return f"{self.head}〔{self.year}〕{self.no}号" if self.year else f"{self.head}第{self.no}号"

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of the search index: the whole number first, then year and number without the head."""
        partial = f"|{self.year}|{self.no}"
        if not self.head:
            return (partial,)
        whole = f"{self.head}{partial}"
        return (whole, partial) if self.year else (whole,)


def read_number(text: str) -> DocumentNumber | None:
    """
    Return the number if `text` is nothing else: brackets of any kind and width, with or without spaces, 第 and 号.
    """
    folded = _SPACE.sub("", fold(text))
    if not folded or len(folded) > LONGEST:
        return None
    found = _DATED.fullmatch(folded)
    if found:
        return DocumentNumber(found["head"], found["year"], found["no"].lstrip("0") or "0")
    found = _PLAIN.fullmatch(folded)
    return DocumentNumber(found["head"], "", found["no"].lstrip("0") or "0") if found else None


def find_number(text: str) -> DocumentNumber | None:
    """Return the first number found among other words; there it must have its brackets."""
    whole = read_number(text)
    if whole:
        return whole
    for piece in fold(text).split():
        found = _BRACKETED.search(piece)
        if found:
            return DocumentNumber(found["head"], found["year"], found["no"].lstrip("0") or "0")
    return None


def same_spelling(text: str) -> str:
    """Return a document number in the catalogue's one spelling; any other text is only trimmed."""
    number = read_number(text)
    return str(number) if number and number.head and number.year else text.strip()
