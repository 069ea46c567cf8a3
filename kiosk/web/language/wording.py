"""
Texts in the language of the reader. The source language is in the code; each other one is one flat dictionary from
`kiosk/translations`, read once a process, found once a page.

The language belongs to the visit: it is kept in the session and ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from typing import Any

from babel.support import Translations
from flask import g, has_request_context, session

from kiosk.web.language import languages
from kiosk.web.language.languages import Language

_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)


def language() -> Language:
    """Return the language of this visit, or the one `speaking` set."""
    return _spoken.get() or languages.named(session.get("lang") if has_request_context() else None)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Set the language of texts inside the block although no page is being made, for papers that a command orders."""
    before = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(before)


def gettext(text: str, **gaps: Any) -> str:
    """Return a text of the code in the language of this page, its gaps filled; imported as `_`."""
    words = _here().get(text, text)
    return words % gaps if gaps else words


def N_(text: str) -> str:
    """Mark a text of the code for translation where it is kept as it is; pages translate it on display."""
    return text


def ngettext(one: str, many: str, num: int, **gaps: Any) -> str:
    """Return a text for a number of things; `%(num)s` in it is their number."""
    words = _catalogue(language()).ngettext(one, many, num)
    return words % {"num": num, **gaps}


class LazyText:
    """A text of the code that is looked up when it is shown; for texts defined before any page is made."""

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def source(self) -> str:
        """Return the text of the code."""
        return self._text

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
    """Return the text, looked up when it is shown; imported as `_l`."""
    return LazyText(text)


@cache
def _catalogue(chosen: Language) -> NullTranslations:
    """Return the messages of a language; the source has none and returns every text unchanged."""
    if chosen.messages is None:
        return NullTranslations()
    with chosen.messages.open("rb") as compiled:
        return Translations(compiled)


@cache
def texts_of(chosen: Language) -> Mapping[str, str]:
    """Return the texts of this language by source text; a missing one is shown as the source text."""
    known: dict[Any, str] = vars(_catalogue(chosen)).get("_catalog", {})
    return {text: words for text, words in known.items() if isinstance(text, str) and words}


def _here() -> Mapping[str, str]:
    """Return the texts of this page, found once for it; outside of pages those of `language`."""
    try:
        bound: Mapping[str, str] = g.texts
    except AttributeError:
        bound = g.texts = texts_of(language())
    except RuntimeError:  # no page is being made
        bound = texts_of(language())
    return bound
