"""
Stretches of a page whose templates name the texts themselves, so that nobody looks for them in the finished HTML.

These are the parts that differ from page to page: the answers of a search, the text of a document. What a stretch says
is noted while it is drawn; between its two marks the finished page is taken as it is (`blocks.Reader`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from markupsafe import Markup

MOST_KEYS = 100
"""Recordings that one address joins."""
MARKED = re.compile(r"<!-- said (\d+) -->(.*?)<!-- said -->", re.DOTALL)
"""A stretch in a finished page: its number and its HTML."""


class Finder(Protocol):
    """Whatever finds the recordings of a text."""

    def of_runs(self, runs: Iterable[str]) -> tuple[str, ...] | None: ...


@dataclass
class Stretch:
    """What a part of a page says: the recordings of each of its blocks, and whether some block has none."""

    said: list[tuple[str, ...]] = field(default_factory=list)
    is_partial: bool = False


class Stretches:
    """The stretches of one page; templates get it as `say`, which is nothing where a page is not read aloud."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self.found: list[Stretch] = []

    def begin(self) -> Markup:
        """
        Return the mark at the start of a stretch, which is placed between two blocks and encloses no other stretch.
        """
        self.found.append(Stretch())
        return Markup("<!-- said {} -->").format(len(self.found) - 1)

    def end(self) -> Markup:
        """Return the mark at the end of a stretch."""
        return Markup("<!-- said -->")

    def clips(self, runs: Iterable[str]) -> str:
        """Note a block of the open stretch, in reading order; return its recordings as an address joins them."""
        keys = self._finder.of_runs(filter(None, runs))
        stretch = self.found[-1]
        stretch.is_partial |= keys is None
        if not keys or len(keys) > MOST_KEYS:
            return ""
        stretch.said.append(keys)
        return ".".join(keys)

    def __call__(self, runs: Iterable[str]) -> Markup:
        """Return the attribute with the recordings of a block's element; empty if it has none."""
        clips = self.clips(runs)
        return Markup(f' data-say="{clips}"') if clips else Markup()
