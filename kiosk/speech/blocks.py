"""
A page as it is read aloud: its blocks in reading order, each with the recordings that say it.

Works on the finished HTML, so that templates need not know of speech. A block is said whole or not at all. On a page
that shows something personal, answers and numbers are private: they get no sound of their own, only the digits and
letters that spell them, which the page plays when somebody has chosen the earphones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape

from kiosk.speech import bank, rules
from kiosk.speech.bank import Speaker

BUTTON_HERE, STRIP_HERE = "<!-- speech -->", "<!-- speech strip -->"
PERSONAL = 'class="head-leave"'
"""What the layout shows on a page with something personal."""
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
    r'\shidden[\s=>]|aria-hidden="true"|visually-hidden|phone-only|role="timer"|\slang="en"|\sdata-silent'
)
PRIVATE = re.compile(r'data-private|class="[^"]*\bnumber-value\b')
PRIVATE_ON_PERSONAL = frozenset({"dd", "td"})
OF_DOCUMENT = re.compile(r'class="prose"')
"""What one hears paragraph by paragraph: a passage that was touched offers it."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
"""Read with the page, not one by one."""
JOINED = frozenset({"wbr", "b", "strong", "em", "span", "a", "i"})
"""Tags inside a sentence that make no pause."""
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
ITEMS = frozenset("li dd dt td th".split())
"""Nothing may stand between two of them."""
SPELLABLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z \u00b7—-]{0,39}")
MOST_KEYS = 100
"""Recordings that one address joins."""
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)


@dataclass
class Block:
    """
    A piece of the page that is said at once.

    start: where its first tag ends (before ">"). end: behind its last tag, in an item before it. runs: its text,
    cut at every tag that does not stand inside a sentence.
    """

    tag: str
    start: int
    is_private: bool
    of_document: bool
    runs: list[str] = field(default_factory=lambda: [""])
    end: int = 0


@dataclass(frozen=True)
class Dress:
    """The HTML that a readable page gets: `button(clips)`, `strip(has_private, is_partial)`, `beside(clips)` for one
    block."""

    button: Callable[[str], str]
    strip: Callable[[bool, bool], str]
    beside: Callable[[str], str]


@dataclass
class _Open:
    """An element that is not closed yet; `inner` is the nearest block in which its text stands."""

    tag: str
    block: Block | None = None
    inner: Block | None = None
    is_hidden: bool = False
    is_private: bool = False
    of_document: bool = False


def blocks(html: str) -> Iterator[Block]:
    """The blocks of a page's main part, of its actions and of its dialog, in the order in which they end."""
    is_personal = PERSONAL in html
    stack: list[_Open] = []
    is_inside = False
    at = 0
    for found in _TAG.finditer(html):
        if is_inside:
            _take(stack, html[at : found.start()])
        at = found.end()
        closing, tag, attributes = found[1], (found[2] or "").lower(), found[3] or ""
        if not tag:
            continue
        if closing:
            while stack and (stack[-1].tag == tag or any(each.tag == tag for each in stack)):
                last = stack.pop()
                if last.block:
                    last.block.end = found.start() if last.tag in ITEMS else found.end()
                    yield last.block
                if last.tag == tag:
                    break
            is_inside = bool(stack)
            continue
        if not is_inside:
            if tag not in ("main", "dialog") and "dock-actions" not in attributes:
                continue
            is_inside = True
        above = stack[-1] if stack else _Open("")
        if tag in VOID or attributes.endswith("/"):
            if tag not in JOINED:
                _cut(stack)
            continue
        here = _Open(tag, None, above.inner, above.is_hidden, above.is_private, above.of_document)
        here.is_hidden |= tag in SILENT
        here.is_private |= is_personal and tag in PRIVATE_ON_PERSONAL
        if attributes:
            here.is_hidden |= bool(HIDDEN.search(f" {attributes}>"))
            here.is_private |= bool(PRIVATE.search(attributes))
            here.of_document |= bool(OF_DOCUMENT.search(attributes))
        if not here.is_hidden and (tag in BLOCKS or (tag != "div" and ALSO_BLOCKS.search(attributes))):
            here.block = here.inner = Block(tag, found.end() - 1, here.is_private, here.of_document)
        elif tag not in ("b", "strong", "em", "i"):
            _cut(stack)
        stack.append(here)


def _take(stack: list[_Open], text: str) -> None:
    if not stack or stack[-1].is_hidden or not text:
        return
    if block := stack[-1].inner:
        block.runs[-1] += text
        block.is_private |= stack[-1].is_private


def _cut(stack: list[_Open]) -> None:
    block = stack[-1].inner if stack else None
    if block and block.runs[-1].strip():
        block.runs.append("")


def texts(block: Block) -> list[str]:
    """The runs of a block as text; empty ones left out."""
    return [text for run in block.runs if (text := " ".join(unescape(run).split()))]


def spelling(block: Block) -> tuple[str, ...]:
    """The digits and letters of a private block that consists of nothing else; never an ID number's."""
    text = " ".join(texts(block))
    if not SPELLABLE.fullmatch(text) or rules.is_identity(text.replace(" ", "")):
        return ()
    return tuple(
        bank.PAUSE_KEY if each == rules.PAUSE else rules.key(each) for each in rules.one_by_one(text)
    )


def dressed(html: str, speaker: Speaker, dress: Dress) -> str:
    """The page with its recordings named at each block, and the controls where there is anything to hear."""
    inserts: list[tuple[int, str]] = []
    clips: list[str] = []
    has_private = is_partial = False
    for block in sorted(blocks(html), key=lambda each: each.start):
        if block.is_private:
            spelt = spelling(block)
            if spelt:
                has_private = True
                inserts.append((block.start, f' data-spell="{".".join(spelt)}"'))
            continue
        keys = speaker.of_runs(texts(block))
        if keys is None:
            is_partial = True
        if not keys or len(keys) > MOST_KEYS:
            continue
        said = ".".join(keys)
        inserts.append((block.start, f' data-say="{said}"'))
        if block.of_document and block.tag not in HEADINGS:
            inserts.append((block.end, dress.beside(said)))
        if len(clips) + len(keys) <= MOST_KEYS:
            clips += keys
    if not clips:
        return html.replace(BUTTON_HERE, "").replace(STRIP_HERE, "")
    parts, at = [], 0
    for place, text in sorted(inserts, key=lambda each: each[0]):
        parts += [html[at:place], text]
        at = place
    page = "".join([*parts, html[at:]])
    return page.replace(BUTTON_HERE, dress.button(".".join(clips))).replace(
        STRIP_HERE, dress.strip(has_private, is_partial)
    )
