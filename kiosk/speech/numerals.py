"""
Numbers in words: amounts, years, dates, times, money, codes and units, each as pieces of the clip bank.

Each function returns a reading's pieces in spoken order; `rules.py` says which of them reads what is written.
"""

from __future__ import annotations

import re
import unicodedata

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
DASH = r"(?:-|—|–|―|−|～|~|〜|至|到)"
NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
UNITS = {
    "℃": "摄氏度", "°C": "摄氏度", "㎡": "平方米", "m²": "平方米", "m2": "平方米", "㎥": "立方米", "m³": "立方米",
    "m3": "立方米", "k㎡": "平方公里", "km²": "平方公里", "km2": "平方公里", "㎢": "平方公里", "hm²": "公顷",
    "hm2": "公顷", "km": "公里", "KM": "公里", "㎞": "公里", "m": "米", "cm": "厘米", "㎝": "厘米", "mm": "毫米",
    "㎜": "毫米", "kg": "公斤", "KG": "公斤", "Kg": "公斤", "㎏": "公斤", "g": "克", "mg": "毫克", "㎎": "毫克",
    "μg": "微克", "µg": "微克", "t": "吨", "L": "升", "l": "升", "mL": "毫升", "ml": "毫升", "ML": "毫升", "kW": "千瓦",
    "KW": "千瓦", "kw": "千瓦", "MW": "兆瓦", "W": "瓦", "w": "瓦", "kWh": "千瓦时", "kW·h": "千瓦时", "V": "伏",
    "kV": "千伏", "KV": "千伏", "h": "小时", "min": "分钟", "s": "秒", "dB": "分贝", "°": "度",
}  # fmt: skip
"""Signs of units behind a number, and their words."""
SIGNS = {
    "±": "正负",
    "≥": "大于等于",
    "≤": "小于等于",
    ">": "大于",
    "<": "小于",
    "≈": "约等于",
    "=": "等于",
    "×": "乘",
    "x": "乘",
}
"""Signs before a number; minus and plus depend on what follows."""
DECADE = "后"
_DEGREES = re.compile(r"[\d.]+(?:[-—–~～至到]+[-−]?[\d.]+)?(?:℃|°C|度|摄氏度)")


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
            said.append(f"零{up_to_99(rest, after=True)}" if rest < 10 else "零")
            if rest < 10:
                return said
        said.append(up_to_99(rest, after=is_after))
    return said


def up_to_99(many: int, *, after: bool = False) -> str:
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
            words = "".join(DIGITS_ONE_BY_ONE[int(each)] for each in run)
            said += [words[at : at + 2] for at in range(0, len(words), 2)]
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
        said.append(f"{up_to_99(int(found[0]))}月")
    if len(found) > 1:
        said.append(f"{up_to_99(int(found[1]))}日")
    return said


def ordinal(text: str) -> list[str]:
    """Return 第12条 as 第, 十二, 条."""
    found = re.findall(r"\d+", text)[0]
    return ["第", *number(found), *text.partition(found)[2]]


def time_of(text: str) -> list[str]:
    """Return 14:05 as 十四点零五分."""
    hours, minutes, *_ = (int(each) for each in re.findall(r"\d+", text))
    said = [hour(hours)]
    if minutes:
        said.append(minute(minutes))
    return said


def hour(hours: int) -> str:
    """Return 14 as 十四点, 2 as 两点."""
    return f"{'两' if hours == 2 else up_to_99(hours)}点"


def minute(minutes: int) -> str:
    """Return 5 as 零五分."""
    return f"{'零' if minutes < 10 else ''}{up_to_99(minutes)}分"


def money(text: str) -> list[str]:
    """Return 1234.50元 as 一千, 二百, 三十四, 元, 五角; other fractions as 三, 点, 五, 万, 元."""
    amount, unit = re.findall(NUMBER, text)[0], "".join(re.findall(r"[万亿]", text))
    whole, _, cents = amount.partition(".")
    if unit or len(cents) > 2 or not cents:
        return [*counted(amount, f"{unit}元"), *unit, "元"]
    cents = cents.ljust(2, "0")
    said = [*counted(whole, "元"), "元"] if int(whole.replace(",", "")) else []
    if cents[0] != "0":
        said.append(f"{DIGITS[int(cents[0])]}角")
    elif cents[1] != "0" and said:
        said.append("零")
    if cents[1] != "0":
        said.append(f"{DIGITS[int(cents[1])]}分")
    return said or ["零", "元"]


def counted(text: str, after: str) -> list[str]:
    """Return a number by what it counts: 2个 is 两, 2号 is 二."""
    if (
        text == "2"
        and after[:1]
        and (after[0] in f"{MEASURES}万亿" or after.startswith(("小时", "公里", "厘米", "平方")))
    ):
        return ["两"]
    return number(text)


def range_of(text: str, after: str) -> list[str]:
    """Return 18-59 as 十八, 到, 五十九; one that goes down is no range and is said digit by digit."""
    first, last = (each for each in re.split(DASH, text, maxsplit=1))
    tail = after.lstrip("%％")
    if float(first.replace(",", "")) >= float(last.replace(",", "")):
        return one_by_one(text)
    if len(first) == len(last) == 4 and after.startswith("年"):
        return [*year(first), "到", *(DIGITS[int(each)] for each in last)]
    return [*counted(first, tail), "到", *counted(last, tail)]


def percent(text: str) -> list[str]:
    """Return 5%-10% as 百分之, 五, 到, 百分之, 十; 3‰ as 千分之, 三."""
    said: list[str] = []
    for amount in re.findall(NUMBER, text):
        said += ["到"] if said else []
        said += ["千分之" if text[-1] == "‰" else "百分之", *number(amount)]
    return said


def document(text: str) -> list[str]:
    """Return 〔2022〕7号 as 二零二二年, 七, 号."""
    of_year, serial = re.findall(r"\d+", text)
    return [*year(of_year), *number(serial), "号"]


def telephone(text: str) -> list[str]:
    """Return a telephone number in the groups in which people say it."""
    dialled = re.sub(r"\D", "", text)
    if dialled in HOTLINES:
        return ["".join(one_by_one(dialled))]
    if len(dialled) == 11 and dialled[0] == "1":
        return one_by_one(f"{dialled[:3]}-{dialled[3:7]}-{dialled[7:]}")
    return one_by_one(re.sub(r"[()（）]", "-", text).strip("-:："))


def fraction(text: str) -> list[str]:
    """Return 1/3 as 三, 分之, 一."""
    above, below = re.findall(r"\d+", text)
    return [*number(below), "分之", *number(above)]


def sign(text: str, after: str) -> list[str]:
    """Return the word of a sign before a number: -5℃ begins with 零下, -5 with 负."""
    if text in "-−":
        return ["零下" if _DEGREES.match(after) else "负"]
    return ["正" if text == "+" else SIGNS[text]]


def measure(text: str) -> list[str]:
    """Return 30km as 三十, 公里; 3-5km as 三, 到, 五, 公里; 5mg/L as 五, 毫克, 每, 升."""
    amounts, unit, per = MEASURE.fullmatch(text).groups()  # type: ignore[union-attr]
    word = UNITS[unit]
    said: list[str] = []
    for amount in re.findall(NUMBER, amounts):
        said += ["到"] if said else []
        said += counted(amount, word)
    return [*said, word, *(["每", UNITS[per]] if per else [])]


def ratio(text: str) -> list[str]:
    """Return 1:100 as 一, 比, 一百."""
    first, second = re.split("[:：∶]", text)
    return [*number(first), "比", *number(second)]


def numeral(text: str) -> list[str]:
    """Return what one sign counts: Ⅱ, ② and ㈡ as 二, ½ as 二分之一, 2½ as 二, 又, 二分之一."""
    whole, one = text[:-1], text[-1]
    value = unicodedata.numeric(one)
    if value == int(value):
        return cardinal(int(value))
    above, _, below = unicodedata.normalize("NFKC", one).partition("\u2044")
    return [*([*number(whole), "又"] if whole else []), *number(below), "分之", *number(above)]


def years(text: str) -> list[str]:
    """Return 2025-2026, as of a school year, as 二零, 二五, 到, 二零, 二六."""
    first, last = re.findall(r"\d{4}", text)
    return [*digits(first), "到", *digits(last)]


def digits(text: str) -> list[str]:
    """Return digits one by one with 一 for 1, as in a year: in pairs where that has clips."""
    if "1" in text:
        return [DIGITS[int(each)] for each in text]
    said = "".join(DIGITS[int(each)] for each in text)
    return [said[at : at + 2] for at in range(0, len(said), 2)]


UNIT = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
MEASURE = re.compile(rf"((?:{NUMBER})(?:{DASH}(?:{NUMBER}))?)\s?({UNIT})(?:/({UNIT}))?(?![A-Za-z\d])")
"""A number or a range with the sign of a unit."""


def vocabulary() -> list[str]:
    """Return every piece that a reading can contain: the clip bank."""
    said = [f"{first}{second}" for first in DIGITS_ONE_BY_ONE for second in DIGITS_ONE_BY_ONE]
    said += ["".join(one_by_one(each)) for each in sorted(HOTLINES)]
    said += [*DIGITS, "幺", "两", *(up_to_99(many) for many in range(10, 100))]
    said += [up_to_99(many, after=True) for many in range(10, 20)]
    said += [f"零{digit}" for digit in DIGITS[1:]] + [f"{digit}百" for digit in DIGITS[1:]]
    said += [f"{digit}千" for digit in DIGITS[1:]] + ["两千", "万", "亿", "点"]
    said += ["元", "号", "到", "百分之", "千分之", "分之", "年", "第", *"条章节款项页次"]
    said += [f"{digit}角" for digit in DIGITS[1:]]
    said += [piece for each in WHOLE_YEARS for piece in year(str(each))]
    said += [f"{up_to_99(month)}月" for month in range(1, 13)] + [
        f"{up_to_99(day)}日" for day in range(1, 32)
    ]
    said += [hour(each) for each in HOURS] + [minute(each) for each in MINUTES if each]
    said += [f"{digit}分" for digit in DIGITS[1:]]
    said += [chr(letter) for letter in range(ord("A"), ord("Z") + 1)]
    said += ["零下", "负", "正", "每", "比", "又", DECADE, *UNITS.values(), *SIGNS.values()]
    return list(dict.fromkeys(said))
