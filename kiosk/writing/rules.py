"""
From typed letters to Chinese: every way to cut the letters into syllables, every matching word, the best paths.

Knows neither Flask nor a database: the words come from a `Lexicon`. It learns nothing: the same letters after the
same words give the same candidates to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from kiosk.writing.syllables import INITIALS, LONGEST, SYLLABLES, TYPED_AS, sound_of

LETTERS_LIMIT = 80
"""Letters in one composition: 16 to 25 characters; further ones wait in the panel until something is chosen."""
WORD_SYLLABLES = 12
"""The longest words are names of organs."""
ABBREVIATED_SYLLABLES = 6
FUZZY_COST = 6.0
"""Nats for a syllable that only sounds like the typed one; measured with and without in README.md."""
INITIAL_COST = 1.2
"""Nats for a syllable of which only the first letter was typed."""
BEAM = 8
"""Paths kept at each place between two letters."""
SPREAD = 8.0
"""Nats by which a path may be dearer than the cheapest at its place and still be kept."""
SINGLES, SEVERAL = 10, 6
"""Words tried for one syllable and for several, the likeliest first."""
SENTENCES = 4
"""Whole readings of the letters that are offered."""
CONTEXT = 4
"""Characters read before the caret."""
CHARACTERS = 48
"""Single characters offered for the first syllable."""


@dataclass(frozen=True)
class LexiconWord:
    """A word with its reading (syllables separated by blanks) and its cost: nats, less is likelier."""

    text: str
    reading: str
    cost: float


class Lexicon(Protocol):
    """The source of words."""

    def words(self, sound: str, limit: int) -> list[LexiconWord]:
        """Return words with this sound (see `syllables.sounds_of`), the cheapest first."""

    def goes_on(self, sound: str) -> bool:
        """Return whether a longer word begins with this sound."""

    def abbreviated(self, initials: str, limit: int) -> list[LexiconWord]:
        """Return words with these initials as heard, the cheapest first."""

    def link(self, left: str, right: str, cost: float) -> float:
        """Return the cost of `right` after the word `left` ("" at the start), given its cost alone."""

    def continued(self, start: str, limit: int) -> list[str]:
        """Return completions of the words that begin with `start`, the likeliest first."""

    def linked(self, left: str, limit: int) -> list[str]:
        """Return common words that often follow the word `left`, the likeliest first."""


@dataclass(frozen=True)
class Candidate:
    """A text to choose, and how many of the letters it uses."""

    text: str
    letters: int


@dataclass(frozen=True)
class _Piece:
    """Letters of one syllable; `is_initial` if only its beginning was typed."""

    end: int
    syllable: str
    is_initial: bool


@dataclass(frozen=True)
class _Span:
    """Consecutive pieces that one word may cover."""

    end: int
    pieces: tuple[_Piece, ...] = ()
    sound: str = ""

    @property
    def initials(self) -> int:
        return sum(piece.is_initial for piece in self.pieces)

    def with_piece(self, piece: _Piece) -> _Span:
        sound = piece.syllable if piece.is_initial else sound_of(piece.syllable)
        return _Span(piece.end, (*self.pieces, piece), f"{self.sound} {sound}".lstrip())


class _Path(NamedTuple):
    """A way through the letters so far; compared by cost, so the cheapest sorts first."""

    cost: float
    text: str
    last: str


def candidates(letters: str, lexicon: Lexicon, *, before: str = "", limit: int = 60) -> list[Candidate]:
    """
    Return the texts that the letters may mean, the likeliest first: whole sentences, then the words they begin with.

    Args:
        letters: Toneless pinyin in small letters, whole, shortened to initials, or both; an apostrophe separates
            syllables. At most LETTERS_LIMIT are read.
        before: The word or character before the caret, "" if unknown.
    """
    letters = letters.lower()[:LETTERS_LIMIT]
    ways = _ways(letters)
    offered: dict[str, Candidate] = {}
    for text in _sentences(letters, ways, lexicon, before):
        offered.setdefault(text, Candidate(text, len(letters)))
    for candidate in _beginnings(ways, lexicon, before):
        offered.setdefault(candidate.text, candidate)
    for candidate in _shortened(letters, lexicon):
        offered.setdefault(candidate.text, candidate)
    return list(offered.values())[:limit]


def _ways(letters: str) -> list[list[_Piece]]:
    """Return, for each position, the pieces that begin there and from which the end of the letters can be reached."""
    whole = [_syllables_at(letters, start) for start in range(len(letters))]
    strict = _reaching(whole, len(letters))
    if strict and strict[0]:
        return strict
    mixed = [found or _initials_at(letters, start) for start, found in enumerate(whole)]
    return _reaching(mixed, len(letters))


def _syllables_at(letters: str, start: int) -> list[_Piece]:
    """Return the syllables that begin here, and an incomplete one at the end of the letters."""
    if letters[start] == "'":
        return []
    found = []
    for end in range(start + 1, min(start + LONGEST, len(letters)) + 1):
        typed = letters[start:end]
        syllable = TYPED_AS.get(typed, typed)
        after = end + 1 if letters[end : end + 1] == "'" else end
        if syllable in SYLLABLES:
            found.append(_Piece(after, syllable, False))
        elif end == len(letters):
            found += _broken_off(typed, end)
    return found


def _broken_off(typed: str, end: int) -> list[_Piece]:
    if typed in INITIALS:
        return [_Piece(end, typed, True)]
    return [_Piece(end, one, False) for one in sorted(SYLLABLES) if one.startswith(typed)]


def _initials_at(letters: str, start: int) -> list[_Piece]:
    pieces = []
    for length in (2, 1):
        typed = letters[start : start + length]
        if typed in INITIALS:
            end = start + length
            pieces.append(_Piece(end + (letters[end : end + 1] == "'"), typed, True))
    return pieces


def _reaching(ways: list[list[_Piece]], length: int) -> list[list[_Piece]]:
    reaches = [False] * length + [True]
    kept: list[list[_Piece]] = [[] for _ in ways]
    for start in range(length - 1, -1, -1):
        kept[start] = [piece for piece in ways[start] if reaches[piece.end]]
        reaches[start] = bool(kept[start])
    return kept


def _spans(ways: list[list[_Piece]], start: int, lexicon: Lexicon) -> Iterator[_Span]:
    """Yield every run of pieces from `start` that may be a word."""
    waiting = [_Span(start)]
    while waiting:
        span = waiting.pop()
        if span.pieces:
            yield span
            longest = ABBREVIATED_SYLLABLES if span.initials else WORD_SYLLABLES
            if len(span.pieces) >= longest or not (span.initials or lexicon.goes_on(span.sound)):
                continue
        if span.end < len(ways):
            waiting += [span.with_piece(piece) for piece in ways[span.end]]


def _words(span: _Span, lexicon: Lexicon, limit: int) -> list[LexiconWord]:
    """Return words for a span, with the cost of the differences from what was typed."""
    if span.initials:
        heard = "".join(sound_of(piece.syllable)[0] for piece in span.pieces)
        found = lexicon.abbreviated(heard, limit if span.initials == len(span.pieces) else 40 * limit)
    else:
        found = lexicon.words(span.sound, limit)
    priced = []
    for word in found:
        price = _price(span, word.reading)
        if price is not None:
            priced.append(LexiconWord(word.text, word.reading, word.cost + price))
    return sorted(priced, key=lambda word: word.cost)[:limit]


def _price(span: _Span, reading: str) -> float | None:
    price = 0.0
    for piece, syllable in zip(span.pieces, reading.split(), strict=True):
        if piece.is_initial:
            price += INITIAL_COST if syllable.startswith(piece.syllable) else INITIAL_COST + FUZZY_COST
        elif syllable != piece.syllable:
            if sound_of(syllable) != sound_of(piece.syllable):
                return None
            price += FUZZY_COST
    return price


def _sentences(letters: str, ways: list[list[_Piece]], lexicon: Lexicon, before: str) -> list[str]:
    """Return the cheapest readings of all the letters."""
    at: list[list[_Path]] = [[] for _ in range(len(letters) + 1)]
    at[0] = [_Path(0.0, "", before)]
    for start in range(len(letters)):
        paths = _best(at[start])
        if not paths:
            continue
        lasts = {path.last for path in paths}
        for span in _spans(ways, start, lexicon):
            for word in _words(span, lexicon, SINGLES if len(span.pieces) == 1 else SEVERAL):
                step = {last: lexicon.link(last, word.text, word.cost) for last in lasts}
                at[span.end] += [
                    _Path(path.cost + step[path.last], path.text + word.text, word.text) for path in paths
                ]
    return [path.text for path in _best(at[len(letters)])[:SENTENCES] if path.text]


def _best(paths: list[_Path]) -> list[_Path]:
    """Return the cheapest paths, each text once."""
    if not paths:
        return []
    dearest = min(paths).cost + SPREAD
    cheapest: dict[str, _Path] = {}
    for path in sorted(path for path in paths if path.cost <= dearest)[: 3 * BEAM]:
        cheapest.setdefault(path.text, path)
    return list(cheapest.values())[:BEAM]


def _beginnings(ways: list[list[_Piece]], lexicon: Lexicon, before: str) -> list[Candidate]:
    """Return words that the letters begin with: longer ones first, then likelier ones, then single characters."""
    if not ways:
        return []
    found = []
    for span in _spans(ways, 0, lexicon):
        size = len(span.pieces)
        for word in _words(span, lexicon, CHARACTERS if size == 1 else 2 * SEVERAL):
            found.append((-size, lexicon.link(before, word.text, word.cost), Candidate(word.text, span.end)))
    return [candidate for _, _, candidate in sorted(found, key=lambda one: one[:2])]


def _shortened(letters: str, lexicon: Lexicon) -> list[Candidate]:
    """Return words whose first letters these are, even where the letters also make syllables."""
    if not 2 <= len(letters) <= ABBREVIATED_SYLLABLES or any(
        one not in INITIALS for one in letters if one not in "aoe"
    ):
        return []
    heard = letters.replace("l", "n")
    return [Candidate(word.text, len(letters)) for word in lexicon.abbreviated(heard, SEVERAL)]


def next_words(before: str, lexicon: Lexicon, *, limit: int = 12) -> list[str]:
    """Return suggestions after the text before the caret, without a typed letter: the longest match first."""
    offered: dict[str, None] = {}
    for length in range(min(len(before), CONTEXT), 0, -1):
        ending = before[-length:]
        for text in (*lexicon.continued(ending, limit), *lexicon.linked(ending, limit // 2)):
            offered.setdefault(text)
    return list(offered)[:limit]
