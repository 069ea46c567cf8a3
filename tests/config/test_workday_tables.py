"""The working-day tables say what the notices of the State Council's General Office said."""

import json
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "config" / "workdays"
NOTICES = Path(__file__).with_name("notices.txt")
REFERENCE = ROOT / ".." / "shared" / "law" / "cn_workdays_2019_2026.json"

# Working days of each year as the notices leave them; source: the reference data's totals.
WORKDAYS_IN = {2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
YEARS = sorted(WORKDAYS_IN)
SATURDAY = 5


def read_table(year: int) -> dict[str, Any]:
    with (TABLES / f"{year}.toml").open("rb") as file:
        return tomllib.load(file)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_there_is_one_table_for_each_year_whose_notice_is_known():
    assert sorted(int(path.stem) for path in TABLES.glob("*.toml")) == YEARS


@pytest.mark.parametrize("year", YEARS)
def test_the_year_has_as_many_workdays_as_the_notices_leave(year):
    table = read_table(year)
    plain = {day for day in days_of(year) if day.weekday() < SATURDAY}

    workdays = (plain - set(table["off"])) | set(table["work"])

    assert len(workdays) == WORKDAYS_IN[year]


@pytest.mark.parametrize("year", YEARS)
def test_only_weekdays_are_given_off_and_only_weekends_are_worked(year):
    table = read_table(year)

    assert [day for day in table["off"] if day.weekday() >= SATURDAY] == []
    assert [day for day in table["work"] if day.weekday() < SATURDAY] == []


@pytest.mark.parametrize("year", YEARS)
def test_days_belong_to_the_year_in_order_and_once(year):
    table = read_table(year)

    assert table["year"] == year
    for days in (table["off"], table["work"]):
        assert days == sorted(set(days))
        assert {day.year for day in days} == {year}


@pytest.mark.parametrize("year", YEARS)
def test_each_year_names_its_notices_with_number_and_date(year):
    sources = read_table(year)["source"]

    assert len(sources) == (2 if year in (2019, 2020) else 1)
    for source in sources:
        assert source["issuer"] == "国务院办公厅"
        assert f"{year}年" in source["name"]
        assert re.fullmatch(rf"国办发明电〔{source['issued_on'].year}〕\d+号", source["number"])
        assert source["issued_on"].year in (year - 1, year)
        assert source["url"].startswith("https://www.gov.cn/")


def told_by_the_notices() -> dict[str, dict[str, Any]]:
    """By year: days off and worked, and how many working days that leaves."""
    told: dict[str, dict[str, Any]] = {}
    for line in NOTICES.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            year, what, *days = line.split()
            told.setdefault(year, {})[what] = days
    return told


@pytest.mark.parametrize("year", YEARS)
def test_the_tables_agree_with_the_notices(year):
    table, told = read_table(year), told_by_the_notices()[str(year)]

    assert [f"{day:%m-%d}" for day in table["off"]] == told["off"]
    assert [f"{day:%m-%d}" for day in table["work"]] == told["work"]
    assert told["workdays"] == [str(WORKDAYS_IN[year])]


@pytest.mark.parametrize("year", YEARS)
def test_the_tables_agree_with_the_reference_data(year):
    if not REFERENCE.exists():
        pytest.skip("the reference data lies beside the repository and is absent here")
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))[str(year)]
    table = read_table(year)

    assert [day.isoformat() for day in table["off"]] == reference["weekday_off"]
    assert [day.isoformat() for day in table["work"]] == reference["weekend_work"]
    assert reference["workdays"] == WORKDAYS_IN[year]


def test_second_notices_of_2019_and_2020_are_applied():
    """Labour Day 2019 grew to four days; the Spring Festival of 2020 was lengthened to 2 February."""
    labour_2019, spring_2020 = read_table(2019), read_table(2020)

    assert {date(2019, 5, 2), date(2019, 5, 3)} <= set(labour_2019["off"])
    assert {date(2019, 4, 28), date(2019, 5, 5)} <= set(labour_2019["work"])
    assert date(2020, 1, 31) in spring_2020["off"]
    assert date(2020, 2, 1) not in spring_2020["work"]
