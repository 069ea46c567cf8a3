"""
The reviewed words of the administration: terms, and the official words for everyday ones.

Data, not code: `words/*.tsv` of the product, described in words/README.md, and over them the county's decisions
(`county_words.py`), which travel with the catalogue. A change of what is cut as one word rebuilds the index.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from kiosk.catalogue.text.tokens import Cutter, fold

FOLDER = Path(__file__).parent / "words"
LONGEST_WORD = 12
DROPPED = "dropped"
"""A pair or term that the county rejected; kept in the table so that nobody proposes it again."""
PAIR, TERM = "pair", "term"
LISTS = {PAIR: "synonyms.tsv", TERM: "terms.tsv"}


@dataclass(frozen=True)
class ListedWord:
    """
    One line of a list: an everyday word with its official ones (`form` pair, `meaning` joined by |), or a term with
    its weight (`form` term). status: needs_review, reviewed or dropped.
    """

    form: str
    word: str
    meaning: str
    status: str


@dataclass(frozen=True)
class SearchWords:
    """
    The word list in use.

    terms: Everything that is cut as one word, with its weight in suggestions (1 to 100, 0 for words that are only
        one side of a pair).
    officials: Official words by everyday word, the closest first.
    said: Terms that are offered and understood but not cut as one word: a clerk's new pair needs no new index.
    version: Changes with the content.
    """

    terms: Mapping[str, int] = field(default_factory=dict)
    officials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = "none"
    said: frozenset[str] = frozenset()

    @cached_property
    def cutter(self) -> Cutter:
        """Return the cutter with these terms, shared by index and query."""
        return Cutter(self._cut)

    @cached_property
    def _cut(self) -> list[str]:
        return sorted(term for term in self.terms if term not in self.said)

    @cached_property
    def cut(self) -> str:
        """Return a value that changes with what is cut as one word: an index with another value must be rebuilt."""
        return _digest(self._cut)

    def official(self, word: str) -> tuple[str, ...]:
        """Return the official words for an everyday one."""
        return self.officials.get(word, ())

    def inside(self, text: str, longest: int = LONGEST_WORD) -> list[str]:
        """Return the everyday words in a folded text, of at most so many characters, the longest at each place."""
        found, at = list[str](), 0
        while at < len(text):
            ends = range(min(len(text), at + longest), at + 1, -1)
            word = next((text[at:end] for end in ends if text[at:end] in self.officials), "")
            if word:
                found.append(word)
            at += len(word) or 1
        return list(dict.fromkeys(found))

    def to_json(self) -> str:
        """Return the whole list as JSON, stored with the index made with it."""
        kept = [dict(self.terms), {word: list(each) for word, each in self.officials.items()}, self.version]
        return json.dumps([*kept, sorted(self.said)], ensure_ascii=False)


def from_json(text: str) -> SearchWords:
    """
    Return the words from the JSON of `to_json`.

    Raises:
        ValueError: It is something else.
    """
    try:
        terms, officials, version, said = json.loads(text)
        pairs = {str(word): tuple(map(str, each)) for word, each in officials.items()}
        return SearchWords({str(k): int(v) for k, v in terms.items()}, pairs, str(version), frozenset(said))
    except (TypeError, AttributeError) as error:
        raise ValueError("no words") from error


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER, county: bytes = b"") -> SearchWords:
    """
    Return the words of `synonyms.tsv` and `terms.tsv` in `folder` with the county's list over them.

    An absent table gives no words; a line of the county's list that this version does not know is skipped.
    """
    brought, decided = shipped(folder), read_list(county)
    officials = _english(folder)
    terms: dict[str, int] = {}
    for each in brought.values():
        if each.form == PAIR and each.status != DROPPED:
            officials[fold(each.word)] = _meanings(each)
            terms.update(dict.fromkeys((fold(each.word), *_meanings(each)), 0))
    terms.update({fold(each.word): int(each.meaning) for each in brought.values() if each.form == TERM})
    said = set[str]()
    for each in decided:
        word = fold(each.word)
        if each.form == TERM and each.status == DROPPED:
            terms.pop(word, None)
        elif each.form == TERM:
            terms[word] = int(each.meaning)
        elif each.status == DROPPED:
            officials.pop(word, None)
        else:
            officials[word] = _meanings(each)
            new = {term for term in (word, *_meanings(each)) if term not in terms}
            terms.update(dict.fromkeys(new, 0))
            said |= new
    said -= {fold(each.word) for each in decided if each.form == TERM}
    return SearchWords(terms, officials, _digest([terms, officials]) if terms else "none", frozenset(said))


def _english(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return what a visitor may type in English; understood, but neither cut nor offered as a word."""
    found = rows_of(folder / "english.tsv", 3)
    return {
        fold(english): tuple(official.split("|")) for english, official, status in found if status != DROPPED
    }


def _meanings(pair: ListedWord) -> tuple[str, ...]:
    return tuple(fold(each.strip()) for each in pair.meaning.split("|") if each.strip())


@cache
def shipped(folder: Path = FOLDER) -> MappingProxyType[tuple[str, str], ListedWord]:
    """Return the product's words by form and word, in the order of its files; read once for a process."""
    found: dict[tuple[str, str], ListedWord] = {}
    for everyday, official, status in rows_of(folder / LISTS[PAIR], 3):
        found[PAIR, everyday] = ListedWord(PAIR, everyday, official, status)
    for term, weight in rows_of(folder / LISTS[TERM], 2):
        found[TERM, term] = ListedWord(TERM, term, weight, "needs_review")
    return MappingProxyType(found)


def write_list(lines: Iterator[ListedWord]) -> bytes:
    """Return a county's list as it is sent: one word a line, sorted, so that equal lists are equal bytes."""
    rows = sorted((each.form, each.word, each.meaning, each.status) for each in lines)
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def read_list(content: bytes) -> list[ListedWord]:
    """Return the lines of such a list without words of an unknown form."""
    found = []
    for line in content.decode("utf-8", "ignore").splitlines():
        cells = line.split("\t")
        if len(cells) == 4 and cells[0] in LISTS and (cells[0] == PAIR or cells[2].isdecimal()):
            found.append(ListedWord(*cells))
    return found


def _digest(content: object) -> str:
    whole = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def rows_of(path: Path, columns: int) -> Iterator[list[str]]:
    """Yield the rows of a table with this many columns; comments and other rows are skipped."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and not row[0].startswith("#") and len(row) == columns:
                yield [cell.strip() for cell in row]
