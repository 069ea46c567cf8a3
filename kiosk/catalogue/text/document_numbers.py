"""Document numbers (发文字号), however they are typed: one spelling, and the keys under which they are found."""

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
    冠政办发〔2022〕7号 is head 冠政办发, year 2022, no 7.

    The year is empty in numbers that have none (国令第707号), the head where only 〔2022〕7号 was typed.
    """

    head: str
    year: str
    no: str

    def __str__(self) -> str:
        """The number as it is printed."""
        return f"{self.head}〔{self.year}〕{self.no}号" if self.year else f"{self.head}第{self.no}号"

    @property
    def keys(self) -> tuple[str, ...]:
        """Under what it is kept and looked for: whole first, then year and number, which its head may lack."""
        partial = f"|{self.year}|{self.no}"
        if not self.head:
            return (partial,)
        whole = f"{self.head}{partial}"
        return (whole, partial) if self.year else (whole,)


def read_number(text: str) -> DocumentNumber | None:
    """The number when `text` is one and nothing else: brackets of any kind and width, spaces, 第, 号 or not."""
    folded = _SPACE.sub("", fold(text))
    if not folded or len(folded) > LONGEST:
        return None
    found = _DATED.fullmatch(folded)
    if found:
        return DocumentNumber(found["head"], found["year"], found["no"].lstrip("0") or "0")
    found = _PLAIN.fullmatch(folded)
    return DocumentNumber(found["head"], "", found["no"].lstrip("0") or "0") if found else None


def find_number(text: str) -> DocumentNumber | None:
    """The number that is typed among other words; there it needs its brackets."""
    whole = read_number(text)
    if whole:
        return whole
    for piece in fold(text).split():
        found = _BRACKETED.search(piece)
        if found:
            return DocumentNumber(found["head"], found["year"], found["no"].lstrip("0") or "0")
    return None


def same_spelling(text: str) -> str:
    """The number in the one spelling of the catalogue; text that is no such number comes back trimmed."""
    number = read_number(text)
    return str(number) if number and number.head and number.year else text.strip()
