"""
How Chinese text is spoken: numbers, dates, telephones, money and document numbers in words, and the key of a text's
recording.

A text becomes parts: words, which need a recording of their own, and readings, which are joined from the clip
bank. Every piece of a reading is in `vocabulary()`, so that every reading can be joined from clips.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

DIGITS = "零一二三四五六七八九"
DIGITS_ONE_BY_ONE = "零幺二三四五六七八九"
"""Digits spoken one by one; 1 is 幺, so that nobody hears 7."""
PAUSE = "，"
"""A short silence among the pieces of a reading."""
WHOLE_YEARS = range(1990, 2041)
"""Years with a clip of their own; others are joined from digits."""
HOTLINES = frozenset(
    "110 119 120 122 12301 12306 12309 12315 12316 12333 12338 12345 12348 12349 12350 12355 12366 12367 12369 12380"
    " 12385 12388 12393 95598 96120".split()
)
"""Short numbers spoken as one; each has a clip."""
MEASURES = "个位天次份张人户家本种条项年元块亩斤套名件遍页行周层间部只类级代"
"""Measure words before which 2 is said 两."""
HOURS = range(25)
MINUTES = range(60)
_UNHEARD = re.compile(r"[\s\u200b\u2060\ufeff]+")
_EDGES = "。，、；：！,.;:!…·—-～~|｜ 　“”\"'（）()【】《》"
_DASH = r"(?:-|－|—|–|～|~|至|到)"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


class Unspeakable(ValueError):
    """A text that is never read aloud, such as one with an ID number."""


@dataclass(frozen=True)
class SpokenText:
    """Text without numbers, as written."""

    text: str


@dataclass(frozen=True)
class Reading:
    """The spoken form of a number: `pieces` of the clip bank, in order."""

    pieces: tuple[str, ...]


Part = SpokenText | Reading


def canonical(text: str) -> str:
    """Return `text` without what is not heard: spaces, breaks, marks at either end."""
    return _UNHEARD.sub("", text).strip(_EDGES)


def key(text: str) -> str:
    """Return the key of a text's recording: 16 hexadecimal digits of its hash."""
    return key_of(canonical(text))


def key_of(bare: str) -> str:
    """Return the key of a text that is canonical already."""
    return hashlib.sha256(bare.encode()).hexdigest()[:16]


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[Part, ...]:
    """
    Return the parts of a text in spoken order.

    Raises:
        Unspeakable: it contains an ID number.
    """
    if is_identity(text):
        raise Unspeakable
    found = list(_parts(text))
    for at in range(1, len(found) - 1):
        dash = found[at]
        is_between = isinstance(found[at - 1], Reading) and isinstance(found[at + 1], Reading)
        if is_between and isinstance(dash, SpokenText) and re.fullmatch(_DASH, dash.text.strip()):
            found[at] = Reading(("到",))
    return tuple(found)


def words_at_first(text: str) -> str:
    """Return the text before the first reading; all of it if it has no number, letter or sign to read."""
    first = _READ.search(text)
    found = _ANY.search(text, max(0, first.start() - 1)) if first else None
    return text[: found.start()] if found else text


def is_identity(text: str) -> bool:
    """Return whether the text contains a person's ID number."""
    return bool(_IDENTITY.search(text))


def spoken(text: str) -> str:
    """
    Return a text with every number in words.

    Raises:
        Unspeakable: it contains an ID number.
    """
    return "".join(
        each.text if isinstance(each, SpokenText) else "".join(each.pieces) for each in parts(text)
    )


def _parts(text: str) -> Iterator[Part]:
    at = 0
    for found in _ANY.finditer(text):
        if found.start() > at:
            yield SpokenText(text[at : found.start()])
        name = str(found.lastgroup)
        pieces = _READERS[name](found[name], text[found.end() :])
        yield Reading(tuple(pieces)) if pieces else SpokenText(found[0])
        at = found.end()
    if at < len(text):
        yield SpokenText(text[at:])


def cardinal(many: int) -> list[str]:
    """Return 1234 as 一千, 二百, 三十四. For 0 up to a million millions."""
    if many == 0:
        return ["零"]
    said: list[str] = []
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        group = many // size % 10**4
        if not group:
            continue
        needs_nought = bool(said) and (group < 1000 or (unit == "" and many // 10**4 % 10**4 == 0))
        said += _below_ten_thousand(group, is_first=not said, needs_nought=needs_nought)
        if unit:
            said.append(unit)
    return said


def _below_ten_thousand(many: int, *, is_first: bool, needs_nought: bool) -> list[str]:
    said: list[str] = []
    thousands, hundreds, rest = many // 1000, many // 100 % 10, many % 100
    if thousands:
        said.append(f"{'两' if thousands == 2 and is_first else DIGITS[thousands]}千")
    if hundreds:
        if (thousands == 0 and needs_nought) and not said:
            said.append("零")
        said.append(f"{DIGITS[hundreds]}百")
    if rest:
        is_after = bool(said) or not is_first
        if is_after and ((rest < 10) or (not hundreds and bool(thousands)) or (needs_nought and not said)):
            said.append(f"零{_up_to_99(rest, after=True)}" if rest < 10 else "零")
            if rest < 10:
                return said
        said.append(_up_to_99(rest, after=is_after))
    return said


def _up_to_99(many: int, *, after: bool = False) -> str:
    """Return 25 as 二十五; 15 as 十五, and as 一十五 after hundreds."""
    if many < 10:
        return DIGITS[many]
    tens, ones = divmod(many, 10)
    return f"{'' if tens == 1 and not after else DIGITS[tens]}十{DIGITS[ones] if ones else ''}"


def number(text: str) -> list[str]:
    """Return a written number in words: 1,234.50, 007, 3. Long ones and those that begin with 0 digit by digit."""
    whole, _, fraction = text.replace(",", "").partition(".")
    is_amount = whole == "0" or (whole[0] != "0" and len(whole) <= 12)
    said = cardinal(int(whole)) if is_amount else one_by_one(whole)
    return [*said, "点", *(DIGITS[int(each)] for each in fraction)] if fraction else said


def one_by_one(text: str) -> list[str]:
    """Return digits in pairs, as a telephone number is spoken, letters one by one; a mark among them is a pause."""
    said: list[str] = []
    for run in re.findall(r"\d+|.", text, re.ASCII):
        if run.isascii() and run.isdigit():
            digits = "".join(DIGITS_ONE_BY_ONE[int(each)] for each in run)
            said += [digits[at : at + 2] for at in range(0, len(digits), 2)]
        elif run.isascii() and run.isalpha():
            said.append(run.upper())
        elif said and said[-1] != PAUSE:
            said.append(PAUSE)
    return said


def year(text: str) -> list[str]:
    """Return 2026 as 二零二六年."""
    said = f"{''.join(DIGITS[int(each)] for each in text)}年"
    return [said] if int(text) in WHOLE_YEARS else [*said]


def date_of(text: str) -> list[str]:
    """Return the reading of 2026年11月25日, 2026-11-25, 11月25日 or 2026年11月."""
    found = re.findall(r"\d+", text)
    said: list[str] = []
    if len(found[0]) == 4:
        said += year(found.pop(0))
    if found:
        said.append(f"{_up_to_99(int(found[0]))}月")
    if len(found) > 1:
        said.append(f"{_up_to_99(int(found[1]))}日")
    return said


def ordinal(text: str) -> list[str]:
    """Return 第12条 as 第, 十二, 条."""
    found = re.findall(r"\d+", text)[0]
    return ["第", *number(found), *text.partition(found)[2]]


def time_of(text: str) -> list[str]:
    """Return 14:05 as 十四点零五分."""
    hours, minutes, *_ = (int(each) for each in re.findall(r"\d+", text))
    said = [_hour(hours)]
    if minutes:
        said.append(_minute(minutes))
    return said


def _hour(hours: int) -> str:
    return f"{'两' if hours == 2 else _up_to_99(hours)}点"


def _minute(minutes: int) -> str:
    return f"{'零' if minutes < 10 else ''}{_up_to_99(minutes)}分"


def money(text: str) -> list[str]:
    """Return 1234.50元 as 一千, 二百, 三十四, 元, 五角; other fractions as 三, 点, 五, 万, 元."""
    amount, unit = re.findall(_NUMBER, text)[0], "".join(re.findall(r"[万亿]", text))
    whole, _, cents = amount.partition(".")
    if unit or len(cents) > 2 or not cents:
        return [*_counted(amount, f"{unit}元"), *unit, "元"]
    cents = cents.ljust(2, "0")
    said = [*_counted(whole, "元"), "元"] if int(whole.replace(",", "")) else []
    if cents[0] != "0":
        said.append(f"{DIGITS[int(cents[0])]}角")
    elif cents[1] != "0" and said:
        said.append("零")
    if cents[1] != "0":
        said.append(f"{DIGITS[int(cents[1])]}分")
    return said or ["零", "元"]


def _counted(text: str, after: str) -> list[str]:
    """Return a number by what it counts: 2个 is 两, 2号 is 二."""
    if (
        text == "2"
        and after[:1]
        and (after[0] in f"{MEASURES}万亿" or after.startswith(("小时", "公里", "厘米", "平方")))
    ):
        return ["两"]
    return number(text)


def _range(text: str, after: str) -> list[str]:
    first, last = (each for each in re.split(_DASH, text, maxsplit=1))
    tail = after.lstrip("%％")
    if float(first.replace(",", "")) >= float(last.replace(",", "")):
        return one_by_one(text)
    if len(first) == len(last) == 4 and after.startswith("年"):
        return [*year(first), "到", *(DIGITS[int(each)] for each in last)]
    return [*_counted(first, tail), "到", *_counted(last, tail)]


def _percent(text: str, _after: str) -> list[str]:
    said: list[str] = []
    for amount in re.findall(_NUMBER, text):
        said += ["到"] if said else []
        said += ["千分之" if text[-1] == "‰" else "百分之", *number(amount)]
    return said


def _document(text: str, _after: str) -> list[str]:
    """Return 〔2022〕7号 as 二零二二年, 七, 号."""
    of_year, serial = re.findall(r"\d+", text)
    return [*year(of_year), *number(serial), "号"]


def _telephone(text: str, _after: str) -> list[str]:
    digits = re.sub(r"\D", "", text)
    if digits in HOTLINES:
        return ["".join(one_by_one(digits))]
    if len(digits) == 11 and digits[0] == "1":
        return one_by_one(f"{digits[:3]}-{digits[3:7]}-{digits[7:]}")
    return one_by_one(re.sub(r"[()（）]", "-", text).strip("-:："))


def _spelt(text: str, _after: str) -> list[str]:
    return one_by_one(text)


def _fraction(text: str, _after: str) -> list[str]:
    above, below = re.findall(r"\d+", text)
    return [*number(below), "分之", *number(above)]


def _no_after(reader: Callable[[str], list[str]]) -> Callable[[str, str], list[str]]:
    return lambda text, _after: reader(text)


_IDENTITY = re.compile(
    r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"
    r"|(?<![\dA-Za-z-])\d{6}-?\d{8}-?\d{3}[\dXx](?![\dA-Za-z])"
)
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATES = (
    r"(?<![\d.])\d{4}年\d{1,2}月(?:\d{1,2}日)?",
    rf"(?<!\d)\d{{4}}(?:-{_MONTH}-|/{_MONTH}/|\.{_MONTH}\.){_DAY}(?![\d-])",
    rf"(?<!\d){_MONTH}月{_DAY}日",
)
_TELEPHONES = (
    r"(?<!\d)(?:[(（]0\d{2,3}[)）]|0\d{2,3}-)\d{7,8}(?:-\d{1,5})?(?!\d)",
    r"(?<!\d)(?:0\d{9,11}|1[3-9]\d{9}|1[3-9]\d-\d{4}-\d{4}|400-?\d{3}-?\d{4})(?!\d)",
    r"(?<=电话)[:：]?\d{7,8}(?!\d)",
    rf"(?<!\d)(?:{'|'.join(sorted(HOTLINES, key=len, reverse=True))})(?![\d.,元个户人亩万亿年月日%])",
)
_CODES = (
    r"(?<![A-Za-z\d])(?=[A-Za-z\d-]*\d)[A-Za-z\d]+(?:-[A-Za-z\d]+){2,}(?![A-Za-z\d])",
    r"(?<![A-Za-z\d])(?:[A-Z]+\d+|\d+[A-Z]+)[A-Z\d]*(?![A-Za-z\d])",
    r"(?<![A-Za-z])[A-Z]{1,3}(?![A-Za-z])",
)
_PATTERNS: tuple[tuple[str, str, Callable[[str, str], list[str]]], ...] = (
    ("document", r"[〔\[［【(（]\d{4}[〕\]］】)）](?:第)?\d+号", _document),
    ("date", "|".join(_DATES), _no_after(date_of)),
    ("month", rf"(?<!\d){_MONTH}月(?!\d)", _no_after(date_of)),
    ("year", r"(?<!\d)(?:19|20)\d{2}年", lambda text, _after: year(text[:4])),
    ("time", r"(?<!\d)(?:[01]?\d|2[0-4])[:：][0-5]\d(?::[0-5]\d)?(?!\d)", _no_after(time_of)),
    ("phone", "|".join(_TELEPHONES), _telephone),
    ("code", "|".join(_CODES), _spelt),
    ("ordinal", r"第\d{1,4}[条章节款项页次号]?", _no_after(ordinal)),
    ("percent", rf"(?:{_NUMBER})[%％]?{_DASH}(?:{_NUMBER})[%％‰]|(?:{_NUMBER})[%％‰]", _percent),
    ("money", rf"[¥￥](?:{_NUMBER})(?:[万亿]*元)?|(?:{_NUMBER})[万亿]*元", _no_after(money)),
    ("range", rf"(?:{_NUMBER}){_DASH}(?:{_NUMBER})", _range),
    ("fraction", r"(?<![\d/])\d{1,2}/\d{1,3}(?![\d/])", _fraction),
    ("number", _NUMBER, _counted),
)  # fmt: skip
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern, _ in _PATTERNS))
_READ = re.compile(r"[\dA-Za-z]")
"""Contained in every reading, preceded by at most one mark or 第. Searched first, since it is found much faster."""
_READERS = {name: reader for name, _, reader in _PATTERNS}


def vocabulary() -> list[str]:
    """Return every piece that a reading can contain: the clip bank."""
    said = [f"{first}{second}" for first in DIGITS_ONE_BY_ONE for second in DIGITS_ONE_BY_ONE]
    said += ["".join(one_by_one(each)) for each in sorted(HOTLINES)]
    said += [*DIGITS, "幺", "两", *(_up_to_99(many) for many in range(10, 100))]
    said += [_up_to_99(many, after=True) for many in range(10, 20)]
    said += [f"零{digit}" for digit in DIGITS[1:]] + [f"{digit}百" for digit in DIGITS[1:]]
    said += [f"{digit}千" for digit in DIGITS[1:]] + ["两千", "万", "亿", "点"]
    said += ["元", "号", "到", "百分之", "千分之", "分之", "年", "第", *"条章节款项页次"]
    said += [f"{digit}角" for digit in DIGITS[1:]]
    said += [piece for each in WHOLE_YEARS for piece in year(str(each))]
    said += [f"{_up_to_99(month)}月" for month in range(1, 13)] + [
        f"{_up_to_99(day)}日" for day in range(1, 32)
    ]
    said += [_hour(each) for each in HOURS] + [_minute(each) for each in MINUTES if each]
    said += [f"{digit}分" for digit in DIGITS[1:]]
    said += [chr(letter) for letter in range(ord("A"), ord("Z") + 1)]
    return list(dict.fromkeys(said))
