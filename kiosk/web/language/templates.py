"""
Templates, compiled once for each language: texts and addresses known by then become constants in them.

A page is then mostly pieces of finished text that are joined; looking up each text and building each address every
time was a third of its cost (bench/README.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from flask import Flask, url_for
from flask.templating import Environment
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.routing import BuildError

from kiosk.web.language import languages, wording
from kiosk.web.language.languages import Language

ALL = -1
"""Cache size of Jinja: without limit, so a plain dictionary; a page takes some sixty of a few hundred templates."""
MOST_ADDRESSES = 2000
MOST_DRAWN = 1000
_FIRST = frozenset({"_", "url_for"})


class _Page(Template):
    """A template whose macros are the same for every page: none is loaded with globals of its own."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return (
            super()._get_default_module()
        )  # with a context Jinja compares all names of both, import by import


class Templates(Environment):
    """The environment of an application; it passes each page to the environment of its language."""

    language = languages.SOURCE
    template_class = _Page

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options, cache_size=ALL)
        self.globals.update(_=gettext, ngettext=ngettext, drawn_once=drawn_once)
        self._of_language: dict[str, Templates] = {}

    def get_template(self, name: str | Template, parent: str | None = None, globals: Any = None) -> Template:
        if self.overlayed:
            return super().get_template(name, parent, globals)
        return self._spoken(wording.language()).get_template(name, parent, globals)

    def _spoken(self, language: Language) -> Templates:
        if language.code not in self._of_language:
            spoken = self.overlay(extensions=[KnownCalls])
            spoken.language = language
            self._of_language[language.code] = spoken
        return self._of_language[language.code]


def addresses(app: Flask) -> Callable[..., str]:
    """Return `url_for` for templates: an address of ours is the same on every page, so it is built once."""
    built = lru_cache(maxsize=MOST_ADDRESSES, typed=True)(app.url_for)

    def url_for(endpoint: str, **values: Any) -> str:
        depends = endpoint[0] == "." or any(name[0] == "_" for name in values)
        return app.url_for(endpoint, **values) if depends else built(endpoint, **values)

    return url_for


def drawn_once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Return a macro, such as an icon, that depends on its arguments alone, with what it drew remembered."""
    return lru_cache(maxsize=MOST_DRAWN, typed=True)(macro)


def gettext(text: str, **gaps: Any) -> Markup:
    """Return the text for `_()` in a template, where the text or its gaps are only known on the page."""
    words = wording.gettext(text)
    return Markup(words) % gaps if gaps else Markup(words % {})


def ngettext(one: str, many: str, num: int, **gaps: Any) -> Markup:
    """Return a text for a number of things; `%(num)s` in it is their number."""
    return Markup(
        wording.ngettext(one, many, num, **{name: Markup.escape(gap) for name, gap in gaps.items()})
    )


class KnownCalls(Extension):
    """
    A Jinja extension that puts the results of `_("text")` and `url_for("page", name="value")` into compiled
    templates.
    """

    environment: Templates

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        tokens, at = list(stream), 0
        while at < len(tokens):
            known = self._known(tokens, at)
            if known is None:
                yield tokens[at]
                at += 1
            else:
                constant, at = known
                yield from constant

    def _known(self, tokens: list[Token], at: int) -> tuple[list[Token], int] | None:
        """
        Return the constant for the call that begins at `at`, and its end; None when it is no call with a known
        result.
        """
        if tokens[at].type != "name" or tokens[at].value not in _FIRST or tokens[at - 1].type == "dot":
            return None
        arguments, end = _strings(tokens, at + 1)
        if arguments is None:
            return None
        line, (given, named) = tokens[at].lineno, arguments
        if tokens[at].value == "_" and len(given) == 1 and not named:
            return list(_text(line, self._words(given[0]))), end
        if tokens[at].value == "url_for" and len(given) == 1 and not given[0].startswith("."):
            with suppress(BuildError, RuntimeError):  # no application has that page, or no page is being made
                return [Token(line, "string", url_for(given[0], **named))], end
        return None

    def _words(self, text: str) -> str:
        return wording.texts_of(self.environment.language).get(text, text) % {}


def _text(line: int, words: str) -> Iterator[Token]:
    yield Token(line, "string", words)
    yield Token(line, "pipe", "|")
    yield Token(line, "name", "safe")


def _strings(tokens: list[Token], at: int) -> tuple[tuple[list[str], dict[str, Any]] | None, int]:
    """Return the arguments of a call when all are literal strings, and the position where the call ends."""
    given: list[str] = []
    named: dict[str, Any] = {}
    if tokens[at].type != "lparen":
        return None, at
    at += 1
    while tokens[at].type != "rparen":
        name = tokens[at].value if tokens[at].type == "name" and tokens[at + 1].type == "assign" else ""
        at += 2 if name else 0
        if tokens[at].type != "string" or tokens[at + 1].type not in ("comma", "rparen"):
            return None, at
        if name:
            named[name] = tokens[at].value
        else:
            given.append(tokens[at].value)
        at += 2 if tokens[at + 1].type == "comma" else 1
    return (given, named), at + 1
