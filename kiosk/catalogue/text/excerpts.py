"""Marked text: the segments of a title or excerpt that match a search. The page marks them; no HTML is made here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 90
"""Characters of an excerpt: two to three lines at the terminal's reading size."""
BEFORE = 18
"""Characters shown before the first match, so that the sentence is understood."""
_MOST_PLACES = 100
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_HALF_WIDTH = {code: unicodedata.normalize("NFKC", chr(code)).lower() for code in range(0xFF10, 0xFF5B)}


@dataclass(frozen=True)
class Segment:
    """A piece of text; `hit` pieces are marked."""

    text: str
    hit: bool = False


@dataclass(frozen=True)
class Excerpt:
    """A piece of a text: its segments, and the offset of its first match in the text (-1: none)."""

    segments: tuple[Segment, ...]
    at: int = -1

    @property
    def text(self) -> str:
        """Return the excerpt without marks."""
        return "".join(segment.text for segment in self.segments)


def aligned(text: str) -> str:
    """Return the text folded for comparison, character by character, so that offsets stay valid in the text."""
    # Few texts hold full-width letters, and replacing them is the slowest step of an excerpt.
    half = text.translate(_HALF_WIDTH) if _FULL_WIDTH.search(text) else text
    folded = half.lower()
    return folded if len(folded) == len(text) else half


def mark(text: str, needles: Iterable[str]) -> tuple[Segment, ...]:
    """Return the whole text with every needle marked; needles are folded."""
    return _segments(text, _spans(aligned(text), needles), 0, len(text))


def excerpt(
    text: str, needles: Sequence[str], width: int = WIDTH, within: tuple[int, int] | None = None
) -> Excerpt:
    """
    Return the piece of the text with the most different needles, earlier needles weighing more.

    Args:
        needles: Folded strings, the surest first.
        width: Characters.
        within: Start and end of the passage to take it from; ignored if the surest needle occurs only elsewhere, or
            if
            the passage matches nothing.
    """
    if within:
        start, end = within
        if needles and _shows_the_surest(aligned(text[start:end]), text, needles):
            piece = _piece(text, needles, width, start, end)
            if piece.at >= 0:
                return piece
    return _piece(text, needles, width, 0, len(text))


def _shows_the_surest(passage: str, text: str, needles: Sequence[str]) -> bool:
    return needles[0] in passage or needles[0] not in aligned(text)


def _piece(text: str, needles: Sequence[str], width: int, start: int, end: int) -> Excerpt:
    """Return the best piece that begins between `start` and `end`; it may run beyond them."""
    window = aligned(text[start : end + width])
    spans = [(first + start, last + start, rank) for first, last, rank in _spans(window, needles)]
    inside = [span for span in spans if span[0] < end]
    if not inside:
        return Excerpt(_segments(text, [], 0, width) if text else ())
    first = inside[_best(inside, width - BEFORE)][0]
    begin = max(0, first - BEFORE)
    for edge in range(first - 1, begin - 1, -1):
        if text[edge] in "。！？；\n":
            begin = edge + 1
            break
    return Excerpt(_segments(text, spans, begin, begin + width), first)


Span = tuple[int, int, int]
"""Start, end and rank of the needle (0 is the surest)."""


def _spans(folded: str, needles: Iterable[str]) -> list[Span]:
    found: list[Span] = []
    for rank, needle in enumerate(dict.fromkeys(filter(None, needles))):
        at, places = folded.find(needle), 0
        while at >= 0 and places < _MOST_PLACES:
            found.append((at, at + len(needle), rank))
            at, places = folded.find(needle, at + len(needle)), places + 1
    return sorted(found, key=lambda span: (span[0], -span[1]))


def _best(spans: list[Span], width: int) -> int:
    """Return the index of the match from which a piece of this width covers most: different needles, surest first."""
    inside: dict[int, int] = {}
    best, most, worth, last = 0, -1.0, 0.0, 0
    for first, (start, _end, rank) in enumerate(spans):
        while last < len(spans) and (spans[last][1] <= start + width or last == first):
            if not inside.get(spans[last][2]):
                worth += _worth(spans[last][2])
            inside[spans[last][2]] = inside.get(spans[last][2], 0) + 1
            last += 1
        if worth > most + 1e-9:
            best, most = first, worth
        inside[rank] -= 1
        if not inside[rank]:
            worth -= _worth(rank)
    return best


def _worth(rank: int) -> float:
    return 1.0 / (1 + rank) + 0.2


def _segments(text: str, spans: list[Span], start: int, stop: int) -> tuple[Segment, ...]:
    made: list[Segment] = []
    at, stop = start, min(stop, len(text))
    for first, last, _ in spans:
        first, last = max(first, at), min(last, stop)
        if first >= last:
            continue
        if first > at:
            made.append(Segment(_one_line(text[at:first])))
        elif made and made[-1].hit:
            made[-1] = Segment(made[-1].text + text[first:last], hit=True)
            at = last
            continue
        made.append(Segment(text[first:last], hit=True))
        at = last
    if at < stop:
        made.append(Segment(_one_line(text[at:stop])))
    if stop < len(text):
        made.append(Segment("…"))
    return tuple(segment for segment in made if segment.text)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")) if "\n" in text else text
