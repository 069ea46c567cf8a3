"""Dates and times in words, and what makes an application speak both languages; texts stand in `wording`."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache

from babel.dates import format_date
from flask import Flask, Response
from flask_babel import Babel

from kiosk.clock import BEIJING
from kiosk.web.language import foreign
from kiosk.web.language.templates import Templates, addresses
from kiosk.web.language.typography import phrases
from kiosk.web.language.wording import SOURCE, TRANSLATIONS, language
from kiosk.web.language.wording import gettext as _

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}

Day = date | str
Moment = datetime | str


def init(app: Flask) -> None:
    """
    Adds the languages (Flask-Babel tells libraries such as WTForms the one of the page), the filters
    `date_words`, `time_words`, `moment_words` and `phrases`, what every page is told,
    and what marks Chinese on pages in another language.
    """
    app.jinja_environment = Templates
    Babel(
        app,
        default_locale=LOCALES[SOURCE],
        default_timezone=str(BEIJING),
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=lambda: LOCALES[language()],
        configure_jinja=False,  # templates are compiled for each language (`Templates`)
    )
    app.jinja_env.globals["url_for"] = addresses(app)
    for words in (date_words, time_words, moment_words, phrases):
        app.add_template_filter(words)
    app.context_processor(lambda: {"lang": language()})
    app.after_request(_mark_foreign)


def _mark_foreign(answer: Response) -> Response:
    return foreign.marked(answer) if language() != SOURCE else answer


def date_words(day: Day, *, year: bool = True, weekday: bool = False) -> str:
    """2026年11月22日 or 22 November 2026; without year and with the day of the week where asked."""
    value = _as_day(day)
    if language() == "en":
        pattern = "d MMMM y" if year else "d MMMM"
        return _formatted(value, f"EEEE, {pattern}" if weekday else pattern, "en")
    pattern = "y年M月d日" if year else "M月d日"
    return _formatted(value, f"{pattern} EEEE" if weekday else pattern, SOURCE)


@lru_cache(maxsize=1024)
def _formatted(day: date, pattern: str, language: str) -> str:
    """A day in one of the patterns above; the same days come again and again in lists."""
    return format_date(day, pattern, LOCALES[language])


def time_words(moment: Moment | time) -> str:
    """14:05, Beijing time."""
    if isinstance(moment, time):
        return moment.strftime("%H:%M")
    return _as_moment(moment).strftime("%H:%M")


def clock_words(moment: Moment) -> str:
    """11月22日 星期日 14:05 or Sun 22 Nov 14:05: the clock above right, where room is short."""
    value = _as_moment(moment)
    pattern = "EEE d MMM" if language() == "en" else "M月d日 EEEE"
    return f"{_formatted(value.date(), pattern, language())} {time_words(value)}"


def moment_words(moment: Moment, today: date) -> str:
    """今天 13:58 on the same Beijing day, else 11月20日 13:58, with the year where it is another one."""
    value = _as_moment(moment)
    day = value.date()
    words = _("今天") if day == today else date_words(day, year=day.year != today.year)
    return f"{words} {time_words(value)}"


def _as_day(day: Day) -> date:
    if isinstance(day, str):
        return _as_moment(day).date() if len(day) > len("YYYY-MM-DD") else date.fromisoformat(day)
    return _as_moment(day).date() if isinstance(day, datetime) else day


def _as_moment(moment: Moment) -> datetime:
    value = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return value.astimezone(BEIJING)
