"""Document numbers (发文字号), however they are typed: one spelling, and the keys that search finds them by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.catalogue.text.tokens import HAN, fold

_OPEN, _CLOSE = r"[(\[〔【{<〈《]", r"[)\]〕】}>〉》]"
_HEAD = rf"(?P<head>[{HAN}a-z]{{0,16}}?)"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_DATED = re.compile(rf"{_HEAD}{_OPEN}?{_YEAR}年?{_CLOSE}?[-—第]*(?P<no>\d{{1,5}})(?:号(?:文件?)?)?")
_BRACKETED = re.compile(rf"{_HEAD}{_OPEN}{_YEAR}{_CLOSE}第?(?P<no>\d{{1,5}})号?")
_PLAIN = re.compile(rf"(?P<head>[{HAN}]{{2,16}}?)第?(?P<no>\d{{1,5}})号(?:文件?)?")
_ORDER = re.compile(rf"(?P<head>[{HAN}]{{0,16}}?)第?(?P<no>\d{{1,5}})号令")
"""An order as people call it (国务院711号令), printed as 国令第711号."""
_DIGITS = {each: at % 10 for at, each in enumerate("零一二三四五六七八九〇")} | {"两": 2}
_SPELT_YEAR = re.compile(r"[一二][零〇一二三四五六七八九]{3}(?=年|[)\]〕】])")
_SPELT_NO = re.compile(r"[零〇一二两三四五六七八九十百千]+(?=号)")
_UNITS = {"十": 10, "百": 100, "千": 1000}
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
        """Return the keys to look for: the whole number first, then year and number without the head."""
        partial = f"|{self.year}|{self.no}"
        if not self.head:
            return (partial,)
        whole = f"{self.head}{partial}"
        if self.year:
            return whole, partial
        return tuple(dict.fromkeys((whole, f"令||{self.no}"))) if self.head.endswith("令") else (whole,)

    @property
    def known_by(self) -> tuple[str, ...]:
        """Return the keys a document is found by: those, and its number without the year."""
        return (*self.keys, f"{self.head}||{self.no}") if self.head and self.year else self.keys


def read_number(text: str) -> DocumentNumber | None:
    """
    Return the number if `text` is nothing else: brackets of any kind and width, with or without spaces, 第 and 号.
    """
    folded = _in_digits(_SPACE.sub("", fold(text)))
    if not folded or len(folded) > LONGEST:
        return None
    if found := _ORDER.fullmatch(folded):
        return DocumentNumber("令", "", found["no"].lstrip("0") or "0")
    found = _DATED.fullmatch(folded)
    if found:
        return DocumentNumber(found["head"], found["year"], found["no"].lstrip("0") or "0")
    found = _PLAIN.fullmatch(folded)
    return DocumentNumber(found["head"], "", found["no"].lstrip("0") or "0") if found else None


def _in_digits(text: str) -> str:
    """Return the text with a year (二〇二六年) and a number (十二号) that are written in words in digits."""
    text = _SPELT_YEAR.sub(lambda found: "".join(str(_DIGITS[each]) for each in found[0]), text)
    return _SPELT_NO.sub(lambda found: str(_counted(found[0])), text)


def _counted(words: str) -> int:
    """Return 十二 as 12, 一百零三 as 103, 二一 as 21."""
    if not re.search("[十百千]", words):
        return int("".join(str(_DIGITS[each]) for each in words))
    total, digit = 0, 0
    for each in words:
        if each in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[each], 0
        else:
            digit = _DIGITS[each]
    return total + digit


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
