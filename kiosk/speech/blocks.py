"""
A page for reading aloud: its blocks in reading order, each with the recordings that speak it.

Works on the finished HTML, so that templates need not know of speech, and piece by piece: a piece seen before, as
most
of a page was, is not parsed again. Parts that differ from page to page name their texts themselves and stay as they
are (`stretches.py`). A block is spoken whole or not at all. On a page that shows something personal, answers and
numbers are private: they have no sound of their own, only the digits and letters that spell them, which the page
plays
if the user has chosen the earphones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from kiosk.speech import bank, numerals, rules
from kiosk.speech.bank import Speaker
from kiosk.speech.stretches import MARKED, MOST_KEYS, Stretch
from kiosk.web.language import languages

BUTTON_HERE, STRIP_HERE = "<!-- speech -->", "<!-- speech strip -->"
PERSONAL = 'class="head-leave"'
"""Markup that the layout shows on a page with something personal."""
BLOCKS = frozenset(
    "h1 h2 h3 h4 h5 h6 p li dt dd label legend summary button td th figcaption caption".split()
)
ALSO_BLOCKS = re.compile(
    r'class="(?:[^"]*\s)?(?:tile|tag|chip|way|button|choice-label|choice-hint)(?:\s[^"]*)?"'
)
SILENT = frozenset(
    {"svg", "script", "style", "noscript", "template", "textarea", "select", "audio", "table", "nav"}
)
HIDDEN = re.compile(
    r'\shidden[\s=>]|aria-hidden="true"|visually-hidden|phone-only|role="timer"|\sdata-silent'
    rf'|\slang="(?!(?:{"|".join(each.primary for each in languages.TABLE.values() if each.is_read_aloud)})\b)'
)
"""Also parts in a language without recordings."""
PRIVATE = re.compile(r'data-private|class="[^"]*\bnumber-value\b')
PRIVATE_ON_PERSONAL = frozenset({"dd", "td"})
READ = frozenset({"main", "dialog"})
"""Besides these only the actions of a page are read."""
JOINED = frozenset({"wbr", "b", "strong", "em", "span", "a", "i"})
"""Tags inside a sentence that make no pause."""
NEVER_NESTED = frozenset({"nav", "table", "select", "textarea"})
"""Silent elements without another of their kind inside: what follows up to their end need not be looked at."""
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
ITEMS = frozenset("li dd dt td th".split())
"""No element may be placed between two of them."""
SPELLABLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z \u00b7—-]{0,39}")
MOST_REMEMBERED = 4000
"""Pieces whose recordings are cached; a piece of the layout is on every page, one of a document on one."""
PIECE_END = ">\n"
_READABLE = re.compile(rf"<(?:(?:{'|'.join(sorted(READ))})\b|\w+ class=\"actions dock-actions\")")
"""The start of an element that is read; most of a page's bytes, its head, bar and keys to write, are outside of all."""
_TAG = re.compile(
    r"<!--.*?-->|(<svg\b[^>]*>[^<]*(?:<(?!/?svg\b)[^<]*)*</svg>)"
    r"|<(/?)([a-zA-Z][\w-]*)([^>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*)*)>",
    re.DOTALL,
)
"""A comment, a whole picture, or a tag: whether it closes, its name, its attributes."""


@dataclass
class Block:
    """
    A part of the page that is spoken as one.

    start: The end of its first tag (before ">"). end: After its last tag, in an item before it. runs: Its text,
    cut at every tag that is not inside a sentence.
    """

    tag: str
    start: int
    is_private: bool
    runs: list[str] = field(default_factory=lambda: [""])
    end: int = 0


@dataclass(frozen=True)
class Dress:
    """The HTML that a readable page gets: `button(clips)`, `strip(has_private, is_partial)`."""

    button: Callable[[str], str]
    strip: Callable[[bool, bool], str]


class _Open(NamedTuple):
    """An element that is not closed yet; `inner` is the nearest block that contains its text."""

    tag: str
    block: Block | None = None
    inner: Block | None = None
    is_hidden: bool = False
    is_private: bool = False


@dataclass(eq=False)
class _Place:
    """
    A position between two blocks of a page: the elements around it, outermost first; one object for all such
    positions.

    known: Pieces that begin here by their text; None for one that does not end between two blocks.
    """

    is_personal: bool
    around: tuple[_Open, ...] = ()
    known: dict[str, _Piece | None] = field(default_factory=dict)


@dataclass(frozen=True)
class _Piece:
    """
    A piece of a page, from between two blocks to between two others.

    html: With its recordings named. said: The recordings of each of its blocks. then: Where the next piece begins.
    """

    html: str
    said: tuple[tuple[str, ...], ...]
    has_private: bool
    is_partial: bool
    then: _Place


def blocks(html: str) -> Iterator[Block]:
    """Yield the blocks of a page's main part, of its actions and of its dialog, in the order in which they end."""
    reading = _Reading(html, 0, PERSONAL in html, ())
    reading.go_on(len(html))
    yield from reading.found


class _Reading:
    """A parser of a page from `start` on; `found` holds its blocks, in the order in which they end."""

    def __init__(self, html: str, start: int, is_personal: bool, around: tuple[_Open, ...]) -> None:
        self._html = html
        self._at = start
        self._is_personal = is_personal
        self._stack = list(around)
        self.found: list[Block] = []

    def go_on(self, end: int) -> bool:
        """Parse up to `end`, the end of a piece; return whether that is between two blocks."""
        for found in _TAG.finditer(self._html, self._at, end):
            self._take(self._html[self._at : found.start()])
            self._at = found.end()
            if found[1]:
                self._cut()
            elif found[3]:
                self._tag(found, found[3].lower(), found[4])
        if "<" in self._html[self._at : end]:
            return False  # in the middle of a tag
        self._take(self._html[self._at : end])
        self._at = end
        return not self._stack or self._stack[-1].inner is None

    def around(self) -> tuple[_Open, ...]:
        """Return the elements that are open now."""
        return tuple(self._stack)

    def _tag(self, found: re.Match[str], tag: str, attributes: str) -> None:
        if found[2]:
            self._close(found, tag)
        elif not self._stack and tag not in READ and "dock-actions" not in attributes:
            return
        elif tag in VOID or attributes.endswith("/"):
            if tag not in JOINED:
                self._cut()
        else:
            self._open(found.end(), tag, attributes)

    def _open(self, end: int, tag: str, attributes: str) -> None:
        above = self._stack[-1] if self._stack else _OUTSIDE
        is_hidden = above.is_hidden or tag in SILENT
        is_private = above.is_private or (self._is_personal and tag in PRIVATE_ON_PERSONAL)
        said = _said_by(attributes)
        is_hidden = is_hidden or said.is_hidden
        is_private = is_private or said.is_private
        block = None
        if not is_hidden and (tag in BLOCKS or (tag != "div" and said.is_block)):
            block = Block(tag, end - 1, is_private)
        elif tag not in ("b", "strong", "em", "i"):
            self._cut()
        self._stack.append(_Open(tag, block, block or above.inner, is_hidden, is_private))

    def _close(self, found: re.Match[str], tag: str) -> None:
        stack = self._stack
        if not stack or (stack[-1].tag != tag and all(each.tag != tag for each in stack)):
            return
        while stack:
            last = stack.pop()
            if last.block:
                last.block.end = found.start() if last.tag in ITEMS else found.end()
                self.found.append(last.block)
            if last.tag == tag:
                break

    def _take(self, text: str) -> None:
        if not text or not self._stack or self._stack[-1].is_hidden:
            return
        if block := self._stack[-1].inner:
            block.runs[-1] += text
            block.is_private |= self._stack[-1].is_private

    def _cut(self) -> None:
        block = self._stack[-1].inner if self._stack else None
        if block and block.runs[-1].strip():
            block.runs.append("")


_OUTSIDE = _Open("")


class _Said(NamedTuple):
    is_hidden: bool
    is_private: bool
    is_block: bool


@lru_cache(maxsize=2048)
def _said_by(attributes: str) -> _Said:
    """Return what the attributes of an element say about speaking it."""
    return _Said(
        HIDDEN.search(f" {attributes}>") is not None,
        PRIVATE.search(attributes) is not None,
        ALSO_BLOCKS.search(attributes) is not None,
    )


def texts(block: Block) -> list[str]:
    """Return the runs of a block as text, without empty ones."""
    return [text for run in block.runs if (text := " ".join(unescape(run).split()))]


def spelling(block: Block) -> tuple[str, ...]:
    """Return the digits and letters of a private block that consists of nothing else; never of an ID number."""
    text = " ".join(texts(block))
    if not SPELLABLE.fullmatch(text) or rules.is_identity(text.replace(" ", "")):
        return ()
    return tuple(
        bank.PAUSE_KEY if each == rules.PAUSE else rules.key(each) for each in numerals.one_by_one(text)
    )


class Reader:
    """Names the recordings in pages; a piece that many pages share is parsed once."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._places: dict[tuple[bool, tuple[_Open, ...]], _Place] = {}
        self._remembered = 0

    def forget(self) -> None:
        """Clear the cache, since the recordings changed."""
        self._speaker.forget()
        self._places = {}
        self._remembered = 0

    def dressed(self, html: str, dress: Dress, stretches: Sequence[Stretch] = ()) -> str:
        """
        Return the page with its recordings named at each block, and the controls if there is anything to hear.

        Args:
            stretches: The parts that the page marks, by their numbers.
        """
        parts: list[str] = []
        clips: list[str] = []
        has_private = is_partial = False
        for piece in self._all_pieces(html, stretches):
            parts.append(piece.html)
            has_private |= piece.has_private
            is_partial |= piece.is_partial
            for keys in piece.said:
                if len(clips) + len(keys) <= MOST_KEYS:
                    clips += keys
        if not clips:
            return html.replace(BUTTON_HERE, "").replace(STRIP_HERE, "")
        page = "".join(parts)
        return page.replace(BUTTON_HERE, dress.button(".".join(clips))).replace(
            STRIP_HERE, dress.strip(has_private, is_partial)
        )

    def _all_pieces(self, html: str, stretches: Sequence[Stretch]) -> Iterator[_Piece]:
        """Yield the pieces in their order; a stretch is one, and the place behind it is the one before it."""
        place, at = self._place(PERSONAL in html, ()), 0
        for found in MARKED.finditer(html):
            for piece in self._pieces(html[at : found.start()], place):
                yield piece
                place = piece.then
            stretch, at = stretches[int(found[1])], found.end()
            yield _Piece(found[2], tuple(stretch.said), False, stretch.is_partial, place)
        yield from self._pieces(html[at:], place)

    def _pieces(self, html: str, place: _Place) -> Iterator[_Piece]:
        start = 0
        while start < len(html):
            end = _silence_end(html, start, place) if place.around else _readable_start(html, start)
            if end > start:
                yield _Piece(html[start:end], (), False, False, place)
                start = end
                continue
            end = _piece_end(html, start)
            piece = place.known.get(html[start:end], _NEW)
            while piece is None and end < len(html):
                end = _piece_end(html, end)
                piece = place.known.get(html[start:end], _NEW)
            if piece is None or piece is _NEW:
                piece, end = self._read(html, start, end, place)
            yield piece
            place, start = piece.then, end

    def _read(self, html: str, start: int, end: int, place: _Place) -> tuple[_Piece, int]:
        """Return the piece that begins at `start` and ends at `end` or later, and its end; cache both."""
        if self._remembered > MOST_REMEMBERED:
            self._places = {}
            self._remembered = 0
        reading = _Reading(html, start, place.is_personal, place.around)
        while not (is_whole := reading.go_on(end)) and end < len(html):
            place.known[html[start:end]] = None
            end = _piece_end(html, end)
        said = self._said(html, start, end, reading.found)
        piece = _Piece(*said, self._place(place.is_personal, reading.around() if is_whole else ()))
        if is_whole:
            place.known[html[start:end]] = piece
            self._remembered += 1
        return piece, end

    def _said(
        self, html: str, start: int, end: int, found: list[Block]
    ) -> tuple[str, tuple[tuple[str, ...], ...], bool, bool]:
        """Return this part of a page with its recordings, and the values of `_Piece`."""
        inserts: list[tuple[int, str]] = []
        said: list[tuple[str, ...]] = []
        has_private = is_partial = False
        for block in sorted(found, key=lambda each: each.start):
            if block.is_private:
                if spelt := spelling(block):
                    has_private = True
                    inserts.append((block.start, f' data-spell="{".".join(spelt)}"'))
                continue
            keys = self._speaker.of_runs(texts(block))
            is_partial |= keys is None
            if not keys or len(keys) > MOST_KEYS:
                continue
            said.append(keys)
            inserts.append((block.start, f' data-say="{".".join(keys)}"'))
        return _with(html, start, end, inserts), tuple(said), has_private, is_partial

    def _place(self, is_personal: bool, around: tuple[_Open, ...]) -> _Place:
        return self._places.setdefault((is_personal, around), _Place(is_personal, around))


_NEW = _Piece("", (), False, False, _Place(False))
"""Marks a piece that is not known yet."""


def _piece_end(html: str, start: int) -> int:
    """Return the position after the next tag that ends a line."""
    end = html.find(PIECE_END, start)
    return len(html) if end < 0 else end + len(PIECE_END)


def _readable_start(html: str, start: int) -> int:
    """Return where the next element that is read begins, outside of all such elements; else the page's end."""
    found = _READABLE.search(html, start)
    return found.start() if found else len(html)


def _silence_end(html: str, start: int, place: _Place) -> int:
    """Return where the silent element around this place ends, without its last tag; `start` where there is none."""
    tag = place.around[-1].tag if place.around else ""
    return max(start, html.find(f"</{tag}>", start)) if tag in NEVER_NESTED else start


def _with(html: str, start: int, end: int, inserts: list[tuple[int, str]]) -> str:
    """Return a part of a page with texts inserted at positions of the page."""
    parts, at = [], start
    for place, text in sorted(inserts, key=lambda each: each[0]):
        parts += [html[at:place], text]
        at = place
    return "".join([*parts, html[at:end]])
