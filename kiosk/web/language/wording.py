"""
Texts in the language of whoever reads them. Chinese is the source and stands in the code; English is one flat
dictionary from `kiosk/translations`, read once a process, found once a page.

The language belongs to the person who sits here: it lives in the session and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.support import Translations
from flask import g, has_request_context, session

SOURCE = "zh"
LANGUAGES = (SOURCE, "en")
TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def language() -> str:
    """The language of this visit, or the one `speaking` set: "zh" or "en"."""
    chosen = _spoken.get() or (session.get("lang") if has_request_context() else None)
    return chosen if chosen in LANGUAGES else SOURCE


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Within it texts are in this language although no page is being made, for papers that a command orders."""
    before = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(before)


def gettext(text: str, **gaps: Any) -> str:
    """A text of the code in the language of this page, its gaps filled; imported as `_`."""
    words = _here().get(text, text)
    return words % gaps if gaps else words


def ngettext(one: str, many: str, num: int, **gaps: Any) -> str:
    """A text about so many things; `%(num)s` in it is their number."""
    chosen = language()
    words = (one if num == 1 else many) if chosen == SOURCE else _catalogue(chosen).ngettext(one, many, num)
    return words % {"num": num, **gaps}


class LazyText:
    """A text of the code that is looked up when it is shown; for what is written down before anybody reads."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return gettext(self._text)

    __html__ = __str__

    def __repr__(self) -> str:
        return f"LazyText({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | LazyText) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __len__(self) -> int:
        return len(str(self))

    def __mod__(self, gaps: Any) -> str:
        return str(self) % gaps


def lazy_gettext(text: str) -> LazyText:
    """The text, looked up when it is shown; imported as `_l`."""
    return LazyText(text)


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(chosen: str) -> NullTranslations:
    return Translations.load(
        TRANSLATIONS, [chosen]
    )  # as Flask-Babel does, here also where no page is being made


@lru_cache(maxsize=len(LANGUAGES))
def texts_of(chosen: str) -> Mapping[str, str]:
    """Source text → text in this language; what is missing is shown as it stands in the code."""
    if chosen == SOURCE:
        return {}
    known: dict[Any, str] = vars(_catalogue(chosen))["_catalog"]
    return {text: words for text, words in known.items() if isinstance(text, str) and words}


def _here() -> Mapping[str, str]:
    """The texts of this page, found once for it; outside of pages those that `language` tells."""
    try:
        bound: Mapping[str, str] = g.texts
    except AttributeError:
        bound = g.texts = texts_of(language())
    except RuntimeError:  # no page is being made
        bound = texts_of(language())
    return bound
