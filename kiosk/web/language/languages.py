"""
The languages of pages and papers, a row each: all that differs from one to the next is asked of its row.

A further language is a row in TABLE and its messages, compiled (kiosk/translations/README.md). Imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"


@dataclass(frozen=True)
class Dates:
    """
    How a language writes days, in Babel's patterns.

    Args:
        day: With the year. of_year: without it. clock: short, beside the time above right.
        with_weekday: Puts the day of the week to one of the first two, put at `{}`.
    """

    day: str
    of_year: str
    clock: str
    with_weekday: str = "EEEE, {}"


@dataclass(frozen=True)
class Language:
    """
    One language.

    Args:
        code: What a visit and a command line call it. tag: BCP 47, for `lang` of pages and papers.
        name: In itself, as on the button that chooses it. locale: Babel's name for it.
        messages: The compiled catalogue; None for the source, whose texts are in the code.
        dates: None where Babel's own patterns do.
        writes_with: The ways of the writing panel in their order; it opens with the first.
        has_long_words: Its words need the layouts with room for them.
        is_read_aloud: There are recordings of its texts.
    """

    code: str
    tag: str
    name: str
    locale: str
    messages: Path | None
    dates: Dates | None = None
    writes_with: tuple[str, ...] = ("latin", "digits", "pinyin", "hand", "words")
    has_long_words: bool = True
    is_read_aloud: bool = False

    @property
    def is_source(self) -> bool:
        """Return whether the texts of the code are written in it."""
        return self.messages is None

    @property
    def primary(self) -> str:
        """Return the first part of its tag, which all its regions and scripts share."""
        return self.tag.partition("-")[0]


SOURCE = Language(
    "zh",
    "zh-CN",
    "中文",
    "zh_Hans_CN",
    messages=None,
    dates=Dates("y年M月d日", "M月d日", "M月d日 EEEE", with_weekday="{} EEEE"),
    writes_with=("pinyin", "hand", "digits", "latin", "words"),
    has_long_words=False,
    is_read_aloud=True,
)
_ENGLISH = Language(
    "en",
    "en",
    "English",
    "en",
    messages=TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.mo",
    dates=Dates("d MMMM y", "d MMMM", "EEE d MMM"),
)
TABLE: dict[str, Language] = {each.code: each for each in (SOURCE, _ENGLISH)}
"""Every language by its code, in the order in which they are offered."""


def named(code: object) -> Language:
    """Return the language of this code, the source for any other value."""
    return TABLE.get(code, SOURCE) if isinstance(code, str) else SOURCE


def besides(present: Language) -> tuple[Language, ...]:
    """Return the languages that somebody who reads this one may change to."""
    return tuple(each for each in TABLE.values() if each.code != present.code)
