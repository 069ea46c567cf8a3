"""Notices read from their wording: what they say, and what contradicts itself."""

from __future__ import annotations

import json
from datetime import date

import pytest

from kiosk.calendar import day_tables, notices, rules
from kiosk.calendar.rules import NoticeWrong
from kiosk.workdays import Source, Year, calendar_of, load_years, read_list, read_years, written_years
from tests.calendar.notices_of_years import (
    CHANGED_2019,
    INVENTED_2027,
    LONGER_2020,
    OF_2019,
    OF_2020,
    OF_2024,
    OF_2025,
    OF_2026,
)

SEED = {each.year: each for each in load_years()}
SOURCE = Source("样例通知", "样例〔2026〕1号", None)


def read(text: str, before: Year | None = None) -> Year:
    return notices.year_read(notices.read(text), SOURCE, before)


@pytest.mark.parametrize(("year", "text"), [(2024, OF_2024), (2025, OF_2025), (2026, OF_2026)])
def test_a_notice_is_read_into_the_days_of_the_shipped_table(year: int, text: str) -> None:
    found = read(text)
    assert (found.off, found.work) == (SEED[year].off, SEED[year].work)
    assert found.names == SEED[year].names or year == 2024  # its New Year takes the weekend before with it


def test_title_number_and_date_are_found() -> None:
    found = notices.read(OF_2026)
    assert (found.name, found.number) == (
        "国务院办公厅关于2026年部分节假日安排的通知",
        "国办发明电〔2025〕7号",
    )
    assert found.issued_on == date(2025, 11, 4)


def test_advice_for_leave_is_no_holiday_and_is_named() -> None:
    found = notices.read(OF_2024)
    assert date(2024, 2, 9) not in read(OF_2024).off
    assert "除夕" in found.passed_over[0]


def test_second_notices_of_a_year_change_the_holiday_that_they_name() -> None:
    first_2019, first_2020 = read(OF_2019), read(OF_2020)
    changed, longer = read(CHANGED_2019, first_2019), read(LONGER_2020, first_2020)
    of_2019 = calendar_of([changed]).years[2019]
    assert (of_2019.off, of_2019.work) == (SEED[2019].off, SEED[2019].work)
    assert (longer.off, longer.work) == (SEED[2020].off, SEED[2020].work)
    assert date(2020, 2, 1) in first_2020.work
    assert len(longer.sources) == 2


def test_days_of_december_belong_to_the_year_before() -> None:
    years = [SEED[2026], read(INVENTED_2027)]
    calendar = calendar_of(years)
    assert not calendar.is_workday(date(2026, 12, 31))
    assert calendar.is_workday(date(2026, 12, 26))
    assert calendar_of(years[:1]).is_workday(date(2026, 12, 31))
    assert SOURCE in calendar.years[2026].sources
    assert {day.year for day in calendar.years[2027].off} == {2027}


@pytest.mark.parametrize(
    ("old", "new", "code", "quote"),
    [
        ("15日（农历腊月二十八、周日）", "15日（农历腊月二十八、周六）", "weekday-wrong", "周六"),
        ("1月1日（周四）", "1月1日（星期五）", "weekday-wrong", "1月1日"),
        ("共9天", "共8天", "count-wrong", "共8天"),
        ("共9天", "共十天", "count-wrong", "共十天"),
        ("5月9日（周六）上班", "5月11日上班", "worked-weekday", "5月11日"),
        ("6月19日（周五）至", "6月31日至", "no-such-day", "6月31日"),
        ("4月4日（周六）至6日（周一）", "4月6日（周一）至4日（周六）", "order-wrong", "4月6日"),
        ("三、清明节：4月4日（周六）至6日（周一）放假，共3天。", "", "holiday-missing", "清明节"),
        ("1月1日（周四）至3日（周六）放假调休，共3天", "1月2日（周五）放假", "holiday-elsewhere", "元旦"),
        ("9月25日（周五）至27日（周日）放假", "9月25日（周五）至27日（周日）另行安排", "not-understood", "另行"),
        ("关于2026年", "关于2027年", "weekday-wrong", "1月1日"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_with_its_words(old: str, new: str, code: str, quote: str) -> None:
    assert old in OF_2026
    with pytest.raises(NoticeWrong) as refused:
        read(OF_2026.replace(old, new))
    assert refused.value.code == code
    assert quote in refused.value.quote


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "year-missing"),
        ("今天放假", "year-missing"),
        ("关于2027年部分节假日安排的通知", "no-items"),
        (CHANGED_2019, "nothing-to-change"),
    ],
)
def test_what_is_no_whole_notice_is_refused(text: str, code: str) -> None:
    with pytest.raises(NoticeWrong) as refused:
        read(text)
    assert refused.value.code == code


def a_file(
    year: int, *days: tuple[str, str, bool], papers: tuple[str, ...] = ("https://www.gov.cn/x",)
) -> bytes:
    rows = [{"name": name, "date": day, "isOffDay": off} for name, day, off in days]
    return json.dumps({"year": year, "papers": papers, "days": rows}).encode()


def test_a_holiday_cn_file_of_a_year_is_the_shipped_table() -> None:
    rows = [(each.name, each.day.isoformat(), not each.is_workday) for each in rules.listed(SEED[2026])]
    found = day_tables.year_of_json(a_file(2026, *rows))
    assert (found.off, found.work, found.names) == (SEED[2026].off, SEED[2026].work, SEED[2026].names)


def test_a_holiday_cn_file_may_hold_days_of_the_december_before() -> None:
    content = a_file(
        2019, ("元旦", "2018-12-29", False), ("元旦", "2018-12-31", True), ("元旦", "2019-01-01", True)
    )
    found = day_tables.year_of_json(content)
    assert date(2018, 12, 31) in found.off
    assert date(2018, 12, 29) in found.work


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_file(2027), "not-announced"),
        (a_file(2027, ("元旦", "2027-01-01", True), papers=()), "no-source"),
        (a_file(2027, ("元旦", "2026-11-30", True)), "day-of-other-year"),
        (a_file(2027, ("元旦", "2027-01-01", True), ("春节", "2027-01-01", True)), "day-twice"),
        (a_file(2027, ("元旦", "2027-01-01", True), ("元旦", "2027-01-04", False)), "worked-weekday"),
        (a_file(2027, ("元旦", "2027-13-01", True)), "day-wrong"),
        (a_file(20270, ("元旦", "2027-01-01", True)), "year-wrong"),
        (b"[]", "not-json"),
        (b"{", "not-json"),
        (b" " * 300_000, "file-too-large"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_right_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(NoticeWrong) as refused:
        day_tables.year_of_json(content)
    assert refused.value.code == code


@pytest.mark.parametrize("year", sorted(SEED))
def test_a_year_written_as_lines_reads_back(year: int) -> None:
    off, work = day_tables.lines_of(SEED[year])
    assert day_tables.year_of_lines(year, off, work, SEED[year].sources) == SEED[year]


def test_years_travel_and_come_back_with_their_version() -> None:
    calendar = calendar_of(SEED.values())
    content = written_years(calendar.years.values())
    assert read_list(content) == calendar
    assert read_years(content) == list(SEED.values())


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 1, 1), 2027),
    ],
)
def test_a_notice_is_missed_from_november_on(day: date, year: int | None) -> None:
    assert rules.lacking(calendar_of(SEED.values()), day) == year
