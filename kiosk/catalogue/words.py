"""
The reviewed words of the administration: terms, and the official words for everyday ones.

Data, not code: `words/*.tsv`, told in words/README.md. A change of these files rebuilds the index, because
terms change how text is cut.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kiosk.catalogue.tokens import Cutter, fold

FOLDER = Path(__file__).parent / "words"
LONGEST_WORD = 12
DROPPED = "dropped"
"""A pair that the county decided against; kept in the table so that nobody proposes it again."""


@dataclass(frozen=True)
class Words:
    """
    terms: everything that is one word, with its weight in suggestions (1 to 100, 0 for words that are only
    one side of a pair). officials: official words by everyday word, the closest first.
    version: changes with the content.
    """

    terms: Mapping[str, int] = field(default_factory=dict)
    officials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = "none"

    @cached_property
    def cutter(self) -> Cutter:
        """Cuts with these terms; index and query must share it."""
        return Cutter(self.terms)

    def official(self, word: str) -> tuple[str, ...]:
        """The official words for an everyday one."""
        return self.officials.get(word, ())

    def inside(self, text: str) -> list[str]:
        """Everyday words in a folded text, the longest at each place, from left to right."""
        found, at = list[str](), 0
        while at < len(text):
            ends = range(min(len(text), at + LONGEST_WORD), at + 1, -1)
            word = next((text[at:end] for end in ends if text[at:end] in self.officials), "")
            if word:
                found.append(word)
            at += len(word) or 1
        return list(dict.fromkeys(found))


def load(folder: Path = FOLDER) -> Words:
    """The words of `synonyms.tsv` and `terms.tsv` in `folder`; a table that is absent gives none."""
    officials: dict[str, tuple[str, ...]] = {}
    terms: dict[str, int] = {}
    for everyday, official, status in rows_of(folder / "synonyms.tsv", 3):
        if status != DROPPED:
            officials[fold(everyday)] = tuple(
                fold(each.strip()) for each in official.split("|") if each.strip()
            )
            terms.update(dict.fromkeys((fold(everyday), *officials[fold(everyday)]), 0))
    for term, weight in rows_of(folder / "terms.tsv", 2):
        terms[fold(term)] = int(weight)
    return Words(terms, officials, _version(terms, officials) if terms else "none")


def _version(terms: Mapping[str, int], officials: Mapping[str, tuple[str, ...]]) -> str:
    whole = json.dumps([sorted(terms.items()), sorted(officials.items())], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def rows_of(path: Path, columns: int) -> Iterator[list[str]]:
    """The rows of a table of words with this many columns; comments and other rows are passed over."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and not row[0].startswith("#") and len(row) == columns:
                yield [cell.strip() for cell in row]
