"""
Two languages from one source: Chinese in the code, English in `kiosk/translations`; dates and times in words.

The language belongs to the person who sits here: it lives in the session and goes with it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path

from flask import Flask, has_request_context, session
from flask.ctx import AppContext
from flask_babel import Babel, format_date
from flask_babel import gettext as _
from markupsafe import Markup

from kiosk.clock import BEIJING
from kiosk.web import answers
from kiosk.web.typography import phrases

SOURCE = "zh"
LANGUAGES = (SOURCE, "en")
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
CHINESE = re.compile("[\u3400-\u9fff]")
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"

Day = date | str
Moment = datetime | str


def init(app: Flask) -> None:
    """
    Adds the languages, the filters `date_words`, `time_words`, `moment_words` and `phrases`, the word `in_chinese`,
    and what every page is told.
    """
    _speak(app)
    for words in (date_words, time_words, moment_words):
        app.add_template_filter(words)
    app.context_processor(lambda: {"lang": language()})
    app.jinja_env.globals["in_chinese"] = in_chinese
    app.add_template_filter(lambda text: phrases(text, in_chinese(text)), "phrases")
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


def in_chinese(text: object) -> Markup:
    """The attribute of an element that holds `text`: on an English page, what the county wrote is Chinese."""
    is_foreign = language() != SOURCE and CHINESE.search(str(text or ""))
    return Markup(' lang="zh-CN"') if is_foreign else Markup("")


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
