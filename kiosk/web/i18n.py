"""
Two languages from one source: Chinese in the code, English in `kiosk/translations`; dates and times in words.

The language belongs to the person who sits here: it lives in the session and goes with it.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

from flask import Flask, Response, has_request_context, session
from flask.ctx import AppContext
from flask_babel import Babel, format_date
from flask_babel import gettext as _

from kiosk.clock import BEIJING
from kiosk.web import answers, foreign
from kiosk.web.typography import phrases

SOURCE = "zh"
LANGUAGES = (SOURCE, "en")
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"

Day = date | str
Moment = datetime | str


def init(app: Flask) -> None:
    """
    Adds the languages, the filters `date_words`, `time_words`, `moment_words` and `phrases`, what every page is told,
    and what marks Chinese on pages in another language.
    """
    _speak(app)
    for words in (date_words, time_words, moment_words, phrases):
        app.add_template_filter(words)
    app.context_processor(lambda: {"lang": language()})
    app.after_request(_mark_foreign)
    answers.dress(app)


def outside_pages() -> AppContext:
    """Within it texts have words although no page is being made, for papers that a command orders."""
    app = Flask("kiosk")
    _speak(app)
    return app.app_context()


def _speak(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES[SOURCE]
    app.config["BABEL_DEFAULT_TIMEZONE"] = str(BEIJING)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, locale_selector=lambda: LOCALES[language()])


def language() -> str:
    """The language of this visit: "zh" or "en"."""
    chosen = session.get("lang") if has_request_context() else None
    return chosen if chosen in LANGUAGES else SOURCE


def _mark_foreign(answer: Response) -> Response:
    return foreign.marked(answer) if language() != SOURCE else answer


def date_words(day: Day, *, year: bool = True, weekday: bool = False) -> str:
    """2026年11月22日 or 22 November 2026; without year and with the day of the week where asked."""
    value = _as_day(day)
    if language() == "en":
        pattern = "d MMMM y" if year else "d MMMM"
        return str(format_date(value, f"EEEE, {pattern}" if weekday else pattern))
    pattern = "y年M月d日" if year else "M月d日"
    return str(format_date(value, f"{pattern} EEEE" if weekday else pattern))


def time_words(moment: Moment | time) -> str:
    """14:05, Beijing time."""
    if isinstance(moment, time):
        return moment.strftime("%H:%M")
    return _as_moment(moment).strftime("%H:%M")


def clock_words(moment: Moment) -> str:
    """11月22日 星期日 14:05 or Sun 22 Nov 14:05: the clock above right, where room is short."""
    value = _as_moment(moment)
    pattern = "EEE d MMM" if language() == "en" else "M月d日 EEEE"
    return f"{format_date(value.date(), pattern)} {time_words(value)}"


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
