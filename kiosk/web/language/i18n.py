"""Dates and times in words, and the set-up of languages in an application; texts are in `wording`."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from flask import Flask, Response
from flask_babel import Babel

from kiosk.clock import BEIJING
from kiosk.web.language import foreign, languages
from kiosk.web.language.languages import Dates, Language
from kiosk.web.language.templates import Templates, addresses
from kiosk.web.language.typography import phrases
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language, texts_of

Day = date | str
Moment = datetime | str


def init(app: Flask) -> None:
    """
    Set up languages in an application.

    Tells libraries such as WTForms the language of the page (Flask-Babel), adds the filters `date_words`, `time_words`,
    `moment_words`, `phrases` and `said_in` and the languages that every page may name, and marks words in the source
    language on pages in another one.
    """
    app.jinja_environment = Templates
    Babel(
        app,
        default_locale=languages.SOURCE.locale,
        default_timezone=str(BEIJING),
        default_translation_directories=str(languages.TRANSLATIONS),
        locale_selector=lambda: language().locale,
        configure_jinja=False,  # templates are compiled for each language (`Templates`)
    )
    app.jinja_env.globals["url_for"] = addresses(app)
    for words in (date_words, time_words, moment_words, phrases, said_in):
        app.add_template_filter(words)
    app.context_processor(_languages)
    app.after_request(_mark_foreign)


def _languages() -> dict[str, object]:
    """Return the language of the page, and those to which it may be changed."""
    present = language()
    return {"language": present, "other_languages": languages.besides(present)}


def _mark_foreign(answer: Response) -> Response:
    return answer if language().is_source else foreign.marked(answer)


def said_in(text: str, chosen: Language) -> str:
    """Return a text of the code in one language whatever the page's is; empty where it has no translation."""
    return text if chosen.is_source else texts_of(chosen).get(text, "")


def date_words(day: Day, *, year: bool = True, weekday: bool = False) -> str:
    """Return a date such as 2026年11月22日 or 22 November 2026; without year and with the weekday where asked."""
    chosen = language()
    dates = _dates(chosen)
    pattern = dates.day if year else dates.of_year
    return _formatted(_as_day(day), dates.with_weekday.format(pattern) if weekday else pattern, chosen.locale)


@cache
def _dates(chosen: Language) -> Dates:
    """Return the patterns in which a language writes days: those of its row, else Babel's."""
    locale = Locale.parse(chosen.locale)
    skeletons = locale.datetime_skeletons
    return chosen.dates or Dates(
        day=locale.date_formats["long"].pattern,
        of_year=skeletons["MMMMd"].pattern,
        clock=skeletons["MMMEd"].pattern,
    )


@lru_cache(maxsize=1024)
def _formatted(day: date, pattern: str, locale: str) -> str:
    """Return a day in one of these patterns; cached, as lists repeat the same days."""
    return format_date(day, pattern, locale)


def time_words(moment: Moment | time) -> str:
    """Return a time such as 14:05, Beijing time."""
    if isinstance(moment, time):
        return moment.strftime("%H:%M")
    return _as_moment(moment).strftime("%H:%M")


def clock_words(moment: Moment) -> str:
    """Return a time for the clock in the corner: 11月22日 星期日 14:05 or Sun 22 Nov 14:05."""
    value = _as_moment(moment)
    chosen = language()
    return f"{_formatted(value.date(), _dates(chosen).clock, chosen.locale)} {time_words(value)}"


def moment_words(moment: Moment, today: date) -> str:
    """Return 今天 13:58 for the same Beijing day, else 11月20日 13:58, with the year where it is another one."""
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
