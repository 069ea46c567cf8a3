"""
The reviewed words of the administration: terms, and the official words for everyday ones.

Data, not code: `words/*.tsv`, told in words/README.md. A change of these files rebuilds the index, because
terms change how text is cut.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kiosk.catalogue.tokens import Cutter, fold

FOLDER = Path(__file__).parent / "words"
LONGEST_WORD = 12


@dataclass(frozen=True)
class Words:
    """
    terms: everything that is one term. officials: official words by everyday word, the best first.
    version: changes with the content.
    """

    terms: tuple[str, ...] = ()
    officials: Mapping[str, tuple[str, ...]] | None = None
    version: str = "none"

    @cached_property
    def cutter(self) -> Cutter:
        """Cuts with these terms; index and query must share it."""
        return Cutter(self.terms)

    def official(self, word: str) -> tuple[str, ...]:
        """The official words for an everyday one."""
        return (self.officials or {}).get(word, ())

    def inside(self, text: str) -> list[str]:
        """Everyday words in a folded text, the longest at each place, from left to right."""
        found, at = list[str](), 0
        while at < len(text):
            ends = range(min(len(text), at + LONGEST_WORD), at + 1, -1)
            word = next((text[at:end] for end in ends if text[at:end] in (self.officials or {})), "")
            if word:
                found.append(word)
            at += len(word) or 1
        return list(dict.fromkeys(found))


def load(folder: Path = FOLDER) -> Words:
    """The words of every table in `folder`; an absent folder gives none."""
    paths = sorted(folder.glob("*.tsv"))
    digest = hashlib.sha256()
    terms: dict[str, None] = {}
    officials: dict[str, dict[str, None]] = {}
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
        for row in _rows(path):
            words = [fold(word) for word in row if word]
            terms.update(dict.fromkeys(words))
            if path.stem.startswith("synonym") and len(words) > 1:
                officials.setdefault(words[0], {}).update(dict.fromkeys(words[1:]))
    best = {word: tuple(each) for word, each in officials.items()}
    return Words(tuple(terms), best, digest.hexdigest()[:16] if paths else "none")


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and not row[0].startswith("#"):
                yield [cell.strip() for cell in row]
