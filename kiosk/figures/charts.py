"""
The geometry of bar charts, drawn by templates as static SVG: no script, each bar with its word and its number.

Lengths are user units of the picture; a hidden figure has no bar and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, GUTTER = 1000, 8
LINE, LABEL, NUMBER = 34, 190, 70
"""Height of a line of a chart with lying bars; room for its word and its number."""
HEIGHT, HEAD, FOOT = 240, 26, 30
"""Height of the bars of a chart with upright bars; room above for numbers, below for words."""


@dataclass(frozen=True)
class ChartBar:
    """A bar with its word; series: which of several figures of the same thing it is, from 1."""

    x: float
    y: float
    width: float
    height: float
    word: str
    figure: int | float | None
    series: int = 1


@dataclass(frozen=True)
class Series:
    """Figures under one name, one for each word of the chart."""

    name: str
    figures: Sequence[int | float | None]


@dataclass(frozen=True)
class Chart:
    """A chart ready to be drawn."""

    title: str
    width: float
    height: float
    bars: tuple[ChartBar, ...]
    series: tuple[str, ...]
    is_upright: bool


def upright(title: str, words: Sequence[str], series: Sequence[Series]) -> Chart:
    """Return bars that grow upwards, those of one word beside each other."""
    most = max((figure or 0 for each in series for figure in each.figures), default=0) or 1
    step = WIDTH / max(len(words), 1)
    width = (step - 2 * GUTTER) / max(len(series), 1)
    bars = []
    for at, word in enumerate(words):
        for number, each in enumerate(series):
            figure = each.figures[at]
            height = HEIGHT * (figure or 0) / most
            x = at * step + GUTTER + number * width
            bars.append(ChartBar(round(x, 1), round(HEAD + HEIGHT - height, 1), round(width - 2, 1), round(height, 1),
                word, figure, number + 1))  # fmt: skip
    names = tuple(each.name for each in series)
    return Chart(title, WIDTH, HEAD + HEIGHT + FOOT, tuple(bars), names, is_upright=True)


def lying(title: str, words: Sequence[str], figures: Sequence[int | float | None]) -> Chart:
    """Return bars that grow to the right, one a line."""
    most = max((figure or 0 for figure in figures), default=0) or 1
    room = WIDTH - LABEL - NUMBER
    bars = tuple(
        ChartBar(LABEL, at * LINE + 5, round(room * (figure or 0) / most, 1), LINE - 10, word, figure)
        for at, (word, figure) in enumerate(zip(words, figures, strict=True))
    )
    return Chart(title, WIDTH, max(len(words), 1) * LINE, bars, (title,), is_upright=False)
