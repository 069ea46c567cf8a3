"""
The recordings shipped with the product, and the texts that they speak.

`audio/` holds one Opus file a text, named by the text's key, and `manifest.json`. Fixed texts with a gap (the day, a
count, a name) are recorded in pieces; the gap is spoken from the clip bank or has a recording of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kiosk.speech import rules

FOLDER = Path(__file__).with_name("audio")
MANIFEST = "manifest.json"
GAP = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_SPEECH = re.compile(r"[\u3400-\u9fff0-9A-Za-z]")
_REMEMBERED = 4000
_DEEPEST = 3
_LONGEST = 150
"""Characters up to which a text may match a pattern; longer ones are prose, for which matching would take too long."""


def pieces_of(text: str) -> list[str]:
    """Return what must be recorded for one text of the product: itself, or the words around its gaps."""
    pieces = GAP.split(text)
    return [piece for piece in pieces if is_speech(piece)]


def is_speech(text: str) -> bool:
    """Return whether the text has anything to speak."""
    return _SPEECH.search(text) is not None


@dataclass
class Bank:
    """
    The shipped recordings.

    folder: Their folder. texts: key → text. patterns: Texts with gaps, as written in the code.
    """

    folder: Path
    texts: dict[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    _near: dict[str, list[Matcher]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Bank:
        """Return the recordings of a folder; none if it has no manifest."""
        try:
            stored = json.loads((folder / MANIFEST).read_text("utf-8"))
        except FileNotFoundError:
            return cls(folder)
        return cls(folder, stored["texts"], tuple(stored["patterns"]))

    def path(self, key: str) -> Path | None:
        """Return the file of a text."""
        return self.folder / f"{key}.opus" if key in self.texts else None

    @cached_property
    def matchers(self) -> list[Matcher]:
        """Return each pattern compiled for comparison."""
        return [_matcher(pattern) for pattern in self.patterns]

    def near(self, text: str) -> list[Matcher]:
        """Return the patterns that a text may match, by its last character first: prose matches none."""
        last = text[-1]
        if last not in self._near:
            self._near[last] = [each for each in self.matchers if each.end[-1:] in ("", last)]
        return [
            each
            for each in self._near[last]
            if text.startswith(each.start) and each.words in text and text.endswith(each.end)
        ]


@dataclass(frozen=True)
class Matcher:
    """
    A text with gaps.

    start, end, words: Its beginning, its end, and the longest of its words; a text without them does not match,
    which is checked much faster than the expression. order: For each part the key of its words, or None for a gap.
    """

    start: str
    end: str
    words: str
    expression: re.Pattern[str]
    order: tuple[str | None, ...]


def _matcher(pattern: str) -> Matcher:
    bare = re.sub(r"\s+", "", pattern.replace("%%", "%"))
    pieces, gaps = GAP.split(bare), GAP.findall(bare)
    pieces[0], pieces[-1] = _left(pieces[0]), _right(pieces[-1])
    expression, order = "", list[str | None]()
    for at, piece in enumerate(pieces):
        expression += re.escape(piece)
        if is_speech(piece):
            order.append(rules.key(piece))
        if at < len(gaps):
            expression += "(.+?)"
            order.append(None)
    return Matcher(pieces[0], pieces[-1], max(pieces, key=len), re.compile(expression), tuple(order))


def _left(piece: str) -> str:
    return rules.canonical(f"{piece}人")[:-1]


def _right(piece: str) -> str:
    return rules.canonical(f"人{piece}")[1:]


class Speaker:
    """A finder of the recordings that speak a text, in order."""

    def __init__(self, bank: Bank, has: Callable[[str], bool] = lambda key: False) -> None:
        """
        Make a speaker.

        Args:
            has: Whether there is a recording with this key beside the shipped ones.
        """
        self._bank, self._has = bank, has
        self._found: dict[str, tuple[str, ...] | None] = {}

    def forget(self) -> None:
        """Clear the cache, since the recordings changed."""
        self._found.clear()

    def keys(self, text: str) -> tuple[str, ...] | None:
        """Return the keys that speak `text`; None if part of it has no recording or must not be spoken."""
        if text not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[text] = self._look(rules.canonical(text), 0)
        return self._found[text]

    def of_runs(self, runs: Iterable[str]) -> tuple[str, ...] | None:
        """Return the keys that speak a text in runs, as a whole if possible, else run by run."""
        return said_by(self.keys, runs)

    def _knows(self, key: str) -> bool:
        return key in self._bank.texts or self._has(key)

    def _look(self, text: str, depth: int) -> tuple[str, ...] | None:
        if not is_speech(text):
            return ()
        key = rules.key_of(text)
        if self._knows(key):
            return (key,)
        may_have_gaps = depth < _DEEPEST and len(text) <= _LONGEST
        near = self._bank.near(text) if may_have_gaps else []
        if near and not _is_number(text):
            for each in near:
                found = each.expression.fullmatch(text)
                said = found and self._filled(each.order, found.groups(), depth)
                if said:
                    return said
        return self._by_numbers(text)

    def _filled(
        self, order: tuple[str | None, ...], gaps: tuple[str, ...], depth: int
    ) -> tuple[str, ...] | None:
        said: list[str] = []
        left = iter(gaps)
        for each in order:
            filling = (each,) if each is not None else self._look(rules.canonical(next(left)), depth + 1)
            if filling is None or not all(self._knows(key) for key in filling):
                return None
            said += filling
        return tuple(said)

    def _by_numbers(self, text: str) -> tuple[str, ...] | None:
        first = rules.words_at_first(text)
        if len(first) == len(text) or (is_speech(first) and not self._knows(rules.key(first))):
            return None  # most prose: known without comparing the rest
        said: list[str] = []
        try:
            parts = rules.parts(text)
        except rules.Unspeakable:
            return None
        for part in parts:
            pieces = (part.text,) if isinstance(part, rules.SpokenText) else part.pieces
            for piece in pieces:
                if piece != rules.PAUSE and not is_speech(piece):
                    continue
                key = rules.key(piece) if piece != rules.PAUSE else PAUSE_KEY
                if not self._knows(key):
                    return None
                said.append(key)
        return tuple(said)


def said_by(keys: Callable[[str], tuple[str, ...] | None], runs: Iterable[str]) -> tuple[str, ...] | None:
    """Return the keys that say a text in runs, as a whole if possible, else run by run; None if a run has none."""
    all_runs = list(runs)
    whole = keys("".join(all_runs))
    if whole is not None or len(all_runs) < 2:
        return whole
    found: list[str] = []
    for run in all_runs:
        said = keys(run)
        if said is None:
            return None
        found += said
    return tuple(found)


def _is_number(text: str) -> bool:
    """
    Return whether the text is only a date, an amount or a telephone number: its reading precedes patterns with gaps.
    """
    if is_speech(rules.words_at_first(text)):
        return False
    try:
        parts = rules.parts(text)
    except rules.Unspeakable:
        return False
    return all(isinstance(part, rules.Reading) or not is_speech(part.text) for part in parts)


PAUSE_KEY = rules.key("（停）")
"""A short silence among the recordings."""
