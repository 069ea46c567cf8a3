"""
A State Council notice on holidays, read from its usual Chinese wording into days.

What contradicts itself (a weekday that is another one, a count of days that does not fit) is refused with its words,
and so is a sentence with a date that cannot be read: a person decides then. Knows neither Flask nor a database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kiosk.calendar import rules
from kiosk.calendar.rules import ListedDay, NoticeWrong
from kiosk.workdays import Source, Year

NUMERALS = "一二三四五六七八九十"
WEEKDAYS = "一二三四五六日"
NEW_YEAR = "元旦"
LONGEST_NOTICE = 20_000
"""Characters; a notice has some 800."""
_ITEM = rf"[{NUMERALS}]{{1,3}}、"
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?")
_SIGNED = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_TITLE = re.compile(r"关于(调整|延长)?(\d{4})年([^。:]{1,40}?)的通知")
_YEAR = re.compile(r"(\d{4})年[^。:]{0,60}(?:放假|假期|节假日)")
_NUMBER = re.compile(r"(国办[\u4e00-\u9fff]{1,4}|国发)[〔\[【(](\d{4})[〕\]】)](\d+)号")
_NAME = re.compile(rf"(?:{_ITEM})?(?:([^:,。;\d]{{2,20}}):)?")
_WEEKDAY = re.compile(rf"(?:周|星期|礼拜)([{WEEKDAYS}天])")
_COUNT = re.compile(rf"(?:共|放假)(\d+|[{NUMERALS}两]+)天")
_LONGER = re.compile(r"延长(?:\d{4}年)?([^,。]{2,10}?)假期至")
_OPTIONAL = re.compile(r"鼓励|有条件的|带薪年休假|错峰")
"""Advice of a notice, such as leave on New Year's Eve; it is no holiday."""


@dataclass(frozen=True)
class HolidayRead:
    """
    One holiday as a notice sets it.

    Args:
        first: None where a notice only says until when the holiday is lengthened.
    """

    name: str
    first: date | None
    last: date
    made_up: tuple[date, ...]


@dataclass(frozen=True)
class NoticeRead:
    """
    What was read of a notice.

    Args:
        changes_some: It changes some holidays of a year that was announced before.
        passed_over: Its sentences with a date that set no day.
    """

    year: int
    name: str
    number: str
    issued_on: date | None
    holidays: tuple[HolidayRead, ...]
    changes_some: bool
    passed_over: tuple[str, ...]


def read(text: str) -> NoticeRead:
    """
    Return what a notice says.

    Raises:
        NoticeWrong: "text-too-long", "year-missing", "no-items", "not-understood", "no-such-day", "weekday-wrong",
            "count-wrong", "order-wrong".
    """
    if len(text) > LONGEST_NOTICE:
        raise NoticeWrong("text-too-long")
    plain = re.sub(rf"\s+(?={_ITEM})", "\n", unicodedata.normalize("NFKC", text))
    lines = ["".join(line.split()) for line in plain.splitlines()]
    lines, issued_on = _without_signature([line for line in lines if line])
    whole = "".join(lines)
    title = _TITLE.search(whole)
    named = title[2] if title else (found[1] if (found := _YEAR.search(whole)) else "")
    if not named:
        raise NoticeWrong("year-missing")
    number = _NUMBER.search(whole)
    reader = _Reader(int(named), title[3] if title and title[1] else "")
    items = _items(lines)
    if not items:
        raise NoticeWrong("no-items")
    for item in items:
        reader.read(item)
    return NoticeRead(
        reader.year,
        f"国务院办公厅{title[0]}" if title else f"国务院办公厅关于{named}年部分节假日安排的通知",
        f"{number[1]}〔{number[2]}〕{number[3]}号" if number else "",
        issued_on,
        tuple(reader.holidays),
        bool(title and title[1]),
        tuple(reader.passed_over),
    )


def _without_signature(lines: list[str]) -> tuple[list[str], date | None]:
    """Return the lines before the one that holds only a date, and that date."""
    for at in range(len(lines) - 1, -1, -1):
        if found := _SIGNED.fullmatch(lines[at].strip("()")):
            return lines[:at], _day(int(found[1]), int(found[2]), int(found[3]), lines[at])
    return lines, None


def _items(lines: Sequence[str]) -> list[str]:
    """Return the numbered items; of a short notice without any, what follows “如下”."""
    marked = "".join(("\n" if re.match(_ITEM, line) else "") + line for line in lines)
    parts = re.split(rf"\n|(?<=[。;:])(?={_ITEM})", marked)
    items = [part for part in parts if re.match(_ITEM, part)]
    if not items and "如下" in marked:
        return [marked.rpartition("如下")[2].lstrip(":。")]
    return items


def _day(year: int, month: int, day: int, quote: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoticeWrong("no-such-day", quote) from error


class _Reader:
    """Reads the items of a notice one after the other."""

    def __init__(self, year: int, title: str) -> None:
        self.year = year
        self.holidays: list[HolidayRead] = []
        self.passed_over: list[str] = []
        self._title = re.sub(r"(假期|放假|节假日)?(安排)?$", "", title)

    def read(self, item: str) -> None:
        """Read one item: its holiday's span, and the days that make up for it."""
        found = _NAME.match(item)
        assert found is not None
        name, first, last, made_up = found[1] or self._title, None, None, list[date]()
        for sentence in re.split("[。;]", item[found.end() :]):
            if not _DATE.search(sentence):
                continue
            if _OPTIONAL.search(sentence):
                self.passed_over.append(sentence)
                continue
            if longer := _LONGER.search(sentence):
                self._lengthen(longer[1], sentence, longer.end())
                continue
            off, worked = self._parts(sentence, name)
            if off:
                if first:
                    raise NoticeWrong("not-understood", sentence)
                first, last = off
            made_up += worked
        if first and last:
            if not name:
                raise NoticeWrong("not-understood", item)
            self.holidays.append(HolidayRead(name, first, last, tuple(made_up)))
        elif made_up:
            raise NoticeWrong("not-understood", item)

    def _lengthen(self, name: str, sentence: str, begin: int) -> None:
        """Read “延长……假期至2月2日，2月3日起正常上班”."""
        dates = list(self._dates(sentence, name, begin))
        rest = sentence[dates[0].end :] if dates else ""
        if len(dates) > 2 or (len(dates) == 2 and "起" not in rest) or not dates:
            raise NoticeWrong("not-understood", sentence)
        if len(dates) == 2 and dates[1].day <= dates[0].day:
            raise NoticeWrong("order-wrong", sentence)
        self.holidays.append(HolidayRead(name, None, dates[0].day, ()))

    def _parts(self, sentence: str, name: str) -> tuple[tuple[date, date] | None, list[date]]:
        """Return the span that a sentence gives off, and the days that it says are worked."""
        free, work = sentence.find("放假"), sentence.rfind("上班")
        if "不放假" in sentence or (free < 0 and work < 0):
            raise NoticeWrong("not-understood", sentence)
        dates = list(self._dates(sentence, name, 0))
        off = [each for each in dates if each.end <= free]
        worked = [each for each in dates if each.end > free]
        if any(each.end > work for each in worked) or (free >= 0 and not off):
            raise NoticeWrong("not-understood", sentence)
        span = _span(off, sentence) if off else None
        if span and "周末连休" in sentence:
            span = _with_weekend(span)
        elif span and (count := _COUNT.search(sentence)):
            days = (span[1] - span[0]).days + 1
            if _number(count[1]) != days:
                raise NoticeWrong("count-wrong", sentence, str(days))
        days_worked = _spread(worked, sentence)
        for day in days_worked:
            if day.weekday() < 5:
                raise NoticeWrong("worked-weekday", sentence, day.isoformat())
        return span, days_worked

    def _dates(self, sentence: str, name: str, begin: int) -> Iterator[_Written]:
        """Yield the dates of a sentence; month and year are those of the date before where they are left out."""
        year, month = 0, 0
        for found in _DATE.finditer(sentence, begin):
            if not found[2] and not month:
                raise NoticeWrong("not-understood", sentence)
            before, month = month, int(found[2] or month)
            if found[1]:
                year = int(found[1])
            elif not year:
                year = self.year - 1 if month == 12 and NEW_YEAR in name else self.year
            elif month < before:
                year += 1
            day = _day(year, month, int(found[3]), found[0])
            weekday = _WEEKDAY.search(found[4] or "")
            if weekday and WEEKDAYS.index(weekday[1].replace("天", "日")) != day.weekday():
                raise NoticeWrong("weekday-wrong", found[0], day.isoformat())
            yield _Written(day, found.start(), found.end())


@dataclass(frozen=True)
class _Written:
    """A date and its place in a sentence."""

    day: date
    start: int
    end: int


def _span(dates: Sequence[_Written], sentence: str) -> tuple[date, date]:
    days = _spread(dates, sentence)
    if any(after - before != timedelta(days=1) for before, after in pairwise(days)):
        raise NoticeWrong("order-wrong", sentence)
    return days[0], days[-1]


def _spread(dates: Sequence[_Written], sentence: str) -> list[date]:
    """Return single days, and every day of “……至……”."""
    days: list[date] = []
    for at, each in enumerate(dates):
        joined = sentence[dates[at - 1].end : each.start] if at else ""
        if joined in ("至", "到", "-", "—"):
            if each.day <= days[-1]:
                raise NoticeWrong("order-wrong", sentence)
            days += [days[-1] + timedelta(days=n) for n in range(1, (each.day - days[-1]).days + 1)]
        else:
            days.append(each.day)
    return days


def _with_weekend(span: tuple[date, date]) -> tuple[date, date]:
    """Return a span with the weekend that it touches."""
    first, last = span
    while (first - timedelta(days=1)).weekday() > 4:
        first -= timedelta(days=1)
    while (last + timedelta(days=1)).weekday() > 4:
        last += timedelta(days=1)
    return first, last


def _number(text: str) -> int:
    """Return a number of days, written with digits or up to 九十九."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.replace("两", "二").rpartition("十")
    value = NUMERALS.index(ones) + 1 if ones else 0
    return value + ((NUMERALS.index(tens) + 1 if tens else 1) * 10 if ten else 0)


def year_read(found: NoticeRead, source: Source, before: Year | None) -> Year:
    """
    Return the year as it is after a notice.

    Args:
        source: The notice, as the person completed it.
        before: The year as it was announced before, if it was.
    Raises:
        NoticeWrong: "nothing-to-change" (a notice that changes a year which is not announced), "holiday-missing",
            and as `rules.year_of` and `rules.check_complete`.
    """
    if not found.changes_some:
        days = [day for each in found.holidays for day in _days(each)]
        year = rules.year_of(found.year, days, [source])
    elif before is None:
        raise NoticeWrong("nothing-to-change", str(found.year))
    else:
        year = rules.year_of(found.year, _changed(before, found.holidays), [*before.sources, source])
    rules.check_complete(year)
    return year


def _days(holiday: HolidayRead) -> list[ListedDay]:
    assert holiday.first is not None
    off = [holiday.first + timedelta(days=n) for n in range((holiday.last - holiday.first).days + 1)]
    return [
        *(ListedDay(day, False, holiday.name) for day in off),
        *(ListedDay(day, True, holiday.name) for day in holiday.made_up),
    ]


def _changed(before: Year, holidays: Sequence[HolidayRead]) -> list[ListedDay]:
    """Return the days of a year after some of its holidays were set in another way."""
    days = rules.listed(before)
    for each in holidays:
        own = [day for day in days if each.name in day.name]
        if not own:
            raise NoticeWrong("holiday-missing", each.name)
        made = _days(each if each.first else _lengthened(own, each))
        days = [day for day in days if day not in own] + made
    return days


def _lengthened(own: Sequence[ListedDay], until: HolidayRead) -> HolidayRead:
    """Return a holiday that ends later; a make-up day within it is off now, the others stay."""
    first = min(day.day for day in own if not day.is_workday)
    kept = [day.day for day in own if day.is_workday and not first <= day.day <= until.last]
    return HolidayRead(own[0].name, first, until.last, tuple(kept))
