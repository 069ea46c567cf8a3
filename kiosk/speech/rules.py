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

from kiosk.speech import numerals as read
from kiosk.speech.numerals import DASH, HOTLINES, NUMBER

PAUSE = read.PAUSE
Reader = Callable[[str, str, str], list[str]]
"""Returns the pieces that say what is written, by what is before and after it; none where it is not to be read."""
QUANTITIES = frozenset(
    (
        "date",
        "month",
        "year",
        "time",
        "ordinal",
        "percent",
        "money",
        "measure",
        "range",
        "fraction",
        "number",
        "numeral",
        "day",
    )
)
"""Readings between two of which a dash means 到."""
_UNHEARD = re.compile(r"[\s\u200b\u2060\ufeff]+")
_EDGES = "。，、；：！,.;:!…·—-～~|｜ 　“”\"'（）()【】《》"
_WIDE = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_FOLDED = {**_WIDE, **str.maketrans("％＋－／．＝＞＜﹣‐‑‒", "%+-/.=><----")}
"""Wide letters, digits and signs and what is heard alike: as they are written in half width."""


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
        dash, name = found[at]
        is_between = found[at - 1][1] in QUANTITIES and (
            found[at + 1][1] in QUANTITIES or found[at + 1][1] == "sign"
        )
        if is_between and not name and isinstance(dash, SpokenText) and re.fullmatch(DASH, dash.text.strip()):
            found[at] = Reading(("到",)), ""
    return tuple(part for part, _ in found)


def words_at_first(text: str) -> str:
    """Return the text before the first reading; all of it if it has no number, letter or sign to read."""
    first = _READ.search(text)
    found = _ANY.search(text.translate(_FOLDED), max(0, first.start() - 2)) if first else None
    return text[: found.start()] if found else text


def is_identity(text: str) -> bool:
    """Return whether the text contains a person's ID number."""
    return bool(_IDENTITY.search(text.translate(_FOLDED)))


def spoken(text: str) -> str:
    """
    Return a text with every number in words.

    Raises:
        Unspeakable: it contains an ID number.
    """
    return "".join(
        each.text if isinstance(each, SpokenText) else "".join(each.pieces) for each in parts(text)
    )


def _parts(text: str) -> Iterator[tuple[Part, str]]:
    """Yield each part with the name of what was read; words have none."""
    at, folded = 0, text.translate(_FOLDED)
    for found in _ANY.finditer(folded):
        if found.start() > at:
            yield SpokenText(text[at : found.start()]), ""
        name, written = str(found.lastgroup), found[0]
        before, after = folded[max(0, found.start() - _NEAR) : found.start()], folded[found.end() :]
        if name in ("number", "range", "day") and _NAMED.search(before) and not _IS_COUNTED.match(after):
            name = "code"
        pieces = _READERS[name](written, before, after)
        yield (
            (Reading(tuple(pieces)), name) if pieces else (SpokenText(text[found.start() : found.end()]), "")
        )
        at = found.end()
    if at < len(text):
        yield SpokenText(text[at:]), ""


def _of_text(reader: Callable[[str], list[str]]) -> Reader:
    return lambda text, _before, _after: reader(text)


def _with_after(reader: Callable[[str, str], list[str]]) -> Reader:
    return lambda text, _before, after: reader(text, after)


def _range(text: str, before: str, after: str) -> list[str]:
    """Return a range; behind a minus it begins below nought, and two years that follow each other are years."""
    first, last = re.split(DASH, text, maxsplit=1)
    if before.endswith(("-", "−")):
        return [*read.number(first), "到", *read.number(last)]
    if _YEARS.fullmatch(text) and (int(last) - int(first) == 1 or _SCHOOL_YEAR.match(after)):
        return (
            read.years(text)
            if not after.startswith("年") or _SCHOOL_YEAR.match(after)
            else read.range_of(text, after)
        )
    return read.range_of(text, after)


def _per(_text: str, before: str, _after: str) -> list[str]:
    return ["每"] if _IS_AMOUNT.search(before) else []


def _decade(text: str, _before: str, _after: str) -> list[str]:
    """Return 80、90后 as 八零, 九零, 后: who was born in those years."""
    said: list[str] = []
    for each in re.findall(r"\d{2}", text):
        said += [PAUSE] if said else []
        said.append("".join(read.DIGITS[int(one)] for one in each))
    return [*said, read.DECADE]


def _day(text: str, _before: str, _after: str) -> list[str]:
    """Return 20260305 as a day and 2026-03 as a month."""
    return read.date_of(text if "-" in text else f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _norm(text: str, _before: str, _after: str) -> list[str]:
    return read.one_by_one(re.sub(r"[/\s]", "", text))


_IDENTITY = re.compile(
    r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"
    r"|(?<![\dA-Za-z-])\d{6}-?\d{8}-?\d{3}[\dXx](?![\dA-Za-z])"
)
_IS_AMOUNT = re.compile(
    rf"(?:\d[余多]?[万亿]*(?:[\u4e00-\u9fff]{{1,3}}|{read.UNIT})|(?:^|[:：(（])[万亿]?元)$"
)
"""An amount with its unit, or the unit of a column: so many for each of something."""
_NEAR = 24
"""Characters before a number in which a word can name it."""
_NAMED = re.compile(
    r"(?:电话|传真|手机|热线|座机|号码|邮编|邮政编码|QQ群?|微信|群号|[账帐][号户]|卡号|户号|编[号码]|代[码号]|工号|学号|证号|[单案]号|档案号"
    r"|序列号|流水号|批号|车牌|验证码|密码|口令|校验码|查询码|机号|分机|转|尾号|[前后][三四五六]位|门牌|房号|条形?码|警号)"
    r"(?:号码|号|是|为|[:：\s(（])*(?:[\d-]+\s*[、，,/;；或和]\s*)*$"
)
"""Words whose number is said digit by digit, with what may be between and numbers before it in one list."""
_IS_COUNTED = re.compile(
    r"\s*(?:[余多]?[万亿]|余|[元个户人亩%‰年月日天次份张件台套处名家项条岁部位字页行段组])"
)
"""What follows an amount, whatever word is before it: 手机2部."""
_SCHOOL_YEAR = re.compile(r"\s*(?:学年|年度|财年)")
_YEARS = re.compile(rf"(?:19|20)\d\d{DASH}(?:19|20)\d\d")
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_FULL_MONTH = r"(?:0[1-9]|1[0-2])"
_DATES = (
    r"(?<![\d.])\d{4}年\d{1,2}月(?:\d{1,2}日)?",
    rf"(?<!\d)\d{{4}}(?:-{_MONTH}-|/{_MONTH}/|\.{_MONTH}\.){_DAY}(?![\d-])",
    rf"(?<!\d){_MONTH}月{_DAY}日",
)
_TELEPHONES = (
    r"(?<!\d)(?:[(（]0\d{2,3}[)）]|0\d{2,3}[-—–])\d{7,8}(?:[-—–]\d{1,5})?(?!\d)",
    r"(?<!\d)(?:0\d{9,11}|1[3-9]\d{9}|1[3-9]\d-\d{4}-\d{4}|400-?\d{3}-?\d{4})(?!\d)",
    rf"(?<!\d)(?:{'|'.join(sorted(HOTLINES, key=len, reverse=True))})(?![\d.,元个户人亩万亿年月日%])",
)
_CODES = (
    r"(?<![A-Za-z\d])(?=[A-Za-z\d-]*\d)[A-Za-z\d]+(?:-[A-Za-z\d]+){2,}(?![A-Za-z\d])",
    r"(?<![A-Za-z\d])(?=[A-Z\d-]*[A-Z])(?=[A-Z\d-]*\d)[A-Z\d]+(?:-[A-Z\d]+)+(?![A-Za-z\d])",
    r"(?<![A-Za-z\d])(?:[A-Z]+\d+|\d+[A-Z]+)[A-Z\d]*(?![A-Za-z\d])",
    r"(?<![A-Za-z])[A-Z]{1,3}(?![A-Za-z])",
)
_NORM = (
    r"(?<![A-Za-z\d])(?:[A-Z]{2,5}|[A-Z]{1,5}\d{0,2}/[A-Z]{1,2})\s?"
    r"\d{3,}+(?:[.—-]\d++)*(?![年月日元个户人A-Za-z])"
)
"""A standard, as GB/T 33358 or DB37/T 1234.2-2020."""
_SIGN = (
    rf"(?:[±≥≤≈<>=]|(?<=[\d米m])[×x]|(?<![\w%℃)）\]】〕])[-−+]"
    rf"|(?<=[\u4e00-\u9fff])[-−+](?=(?:{NUMBER})(?:{DASH}[-−]?(?:{NUMBER}))?(?:%|‰|℃|°C)))(?=[-−+]?\d)"
)
_PATTERNS: tuple[tuple[str, str, Reader], ...] = (
    ("document", r"[〔\[［【(（]\d{4}[〕\]］】)）](?:第)?\d+号", _of_text(read.document)),
    ("date", "|".join(_DATES), _of_text(read.date_of)),
    ("month", rf"(?<!\d){_MONTH}月(?!\d)", _of_text(read.date_of)),
    ("year", r"(?<!\d)(?:19|20)\d{2}年", lambda text, _before, _after: read.year(text[:4])),
    ("time", r"(?<!\d)(?:[01]?\d|2[0-4])[:：][0-5]\d(?::[0-5]\d)?(?!\d)", _of_text(read.time_of)),
    ("ratio", r"(?<![\d:：∶.])\d{1,4}[:：∶]\d{1,5}(?:\.\d+)?(?![\d:：∶年月日])", _of_text(read.ratio)),
    ("measure", rf"(?<![A-Za-z\d]){read.MEASURE.pattern}", _of_text(read.measure)),
    ("phone", "|".join(_TELEPHONES), _of_text(read.telephone)),
    ("norm", _NORM, _norm),
    ("code", "|".join(_CODES), _of_text(read.one_by_one)),
    ("ordinal", r"第\d{1,4}[条章节款项页次号]?", _of_text(read.ordinal)),
    ("percent", rf"(?:{NUMBER})%?{DASH}(?:{NUMBER})[%‰]|(?:{NUMBER})[%‰]", _of_text(read.percent)),
    ("money", rf"[¥￥](?:{NUMBER})(?:[万亿]*元)?|(?:{NUMBER})[万亿]*元", _of_text(read.money)),
    ("per", r"(?<=[\u4e00-\u9fffA-Za-z²³㎏㎡㎥])/(?=[\u4e00-\u9fff㎡㎥])", _per),
    ("unit", r"[℃㎡㎥㎢㎞㎝㎜㎏㎎]", lambda text, _before, _after: [read.UNITS[text]]),
    ("decade", r"(?<![\d满过第])\d0(?:[、和及到至~-]\d0)*后(?![\d续期天])", _decade),
    ("room", r"(?<![\d.])\d{3,4}(?=室|房间|号房|办公室)", _of_text(read.one_by_one)),
    ("day", rf"(?<!\d)20\d\d(?:{_FULL_MONTH}(?:0[1-9]|[12]\d|3[01])|-{_FULL_MONTH})(?![\d.,元万亿个户人亩-])", _day),
    ("numeral", r"\d*[¼½¾⅐-⅞]|[Ⅰ-Ⅻⅰ-ⅻ①-⒇㈠-㈩㊀-㊉]", _of_text(read.numeral)),
    ("sign", _SIGN, _with_after(read.sign)),
    ("range", rf"(?:{NUMBER}){DASH}(?:{NUMBER})", _range),
    ("fraction", r"(?<![\d/])\d{1,2}/\d{1,3}(?![\d/])", _of_text(read.fraction)),
    ("number", NUMBER, _with_after(read.counted)),
)  # fmt: skip
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern, _ in _PATTERNS))
_READ = re.compile(r"[\dA-ZＡ-Ｚa-zａ-ｚ¼½¾⅐-⅞Ⅰ-ⅻ①-⒇㈠-㈩㊀-㊉]")
"""Contained in every reading, preceded by at most two signs or 第. Searched first, since it is found much faster."""
_READERS = {name: reader for name, _, reader in _PATTERNS}
