"""Dates, times and titles as people read them."""

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask, session

from kiosk.catalogue.text.tokens import Cutter
from kiosk.web.language import i18n
from kiosk.web.language.typography import phrases

SUNDAY = date(2026, 11, 22)
JUST_BEFORE_MIDNIGHT_UTC = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


@pytest.fixture(params=["zh", "en"])
def words(request: pytest.FixtureRequest, terminal_app: Flask):
    with terminal_app.test_request_context("/"):
        session["lang"] = request.param
        yield {"zh": 0, "en": 1}[request.param]


@pytest.mark.parametrize(
    ("asked", "both"),
    [
        ({}, ("2026年11月22日", "22 November 2026")),
        ({"year": False}, ("11月22日", "22 November")),
        ({"weekday": True}, ("2026年11月22日 星期日", "Sunday, 22 November 2026")),
    ],
)
def test_a_date_is_written_in_the_words_of_the_language(
    words: int, asked: dict[str, bool], both: tuple[str, str]
) -> None:
    assert i18n.date_words(SUNDAY, **asked) == both[words]


def test_a_stored_time_is_shown_on_its_beijing_day(words: int) -> None:
    assert i18n.date_words("2026-11-22T16:30:00.000+00:00") == ("2026年11月23日", "23 November 2026")[words]
    assert i18n.time_words(JUST_BEFORE_MIDNIGHT_UTC) == "00:30"
    assert i18n.time_words(time(8, 5)) == "08:05"


def test_today_is_said_as_today_and_another_year_is_named(words: int) -> None:
    moment = datetime(2026, 11, 22, 5, 58, tzinfo=UTC)
    assert i18n.moment_words(moment, SUNDAY) == ("今天 13:58", "today 13:58")[words]
    assert i18n.moment_words(moment, date(2026, 11, 24)) == ("11月22日 13:58", "22 November 13:58")[words]
    assert (
        i18n.moment_words(moment, date(2027, 1, 1))
        == ("2026年11月22日 13:58", "22 November 2026 13:58")[words]
    )


def test_the_clock_is_short_enough_for_its_corner(words: int) -> None:
    assert i18n.clock_words(JUST_BEFORE_MIDNIGHT_UTC) == ("11月23日 星期一 00:30", "Mon 23 Nov 00:30")[words]


def test_a_title_breaks_between_words_and_never_before_a_bracket_or_inside_a_number() -> None:
    marked = str(phrases("关于印发《冠县城乡低保办法（试行）》的通知（冠政发〔2026〕12号）"))
    lines = marked.removeprefix('<span class="phrases">').removesuffix("</span>").split("<wbr>")
    assert "".join(lines) == "关于印发《冠县城乡低保办法（试行）》的通知（冠政发〔2026〕12号）"
    assert not [line for line in lines if line[0] in "）》〕的号" or line[-1] in "（《〔"]
    assert any("12号" in line for line in lines)


def test_where_a_title_breaks_does_not_depend_on_what_the_search_has_learnt() -> None:
    title = "冠县泉眼泉池保护办法"
    before = phrases(title)
    assert Cutter(["泉眼泉池", "泉池保护"]).knows("泉眼泉池")
    assert phrases(title) == before
    assert "泉眼泉池<wbr>" not in before


def test_a_title_cannot_smuggle_markup() -> None:
    assert "<b>" not in str(phrases("标题<b>粗</b>"))
