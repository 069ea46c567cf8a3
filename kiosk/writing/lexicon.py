"""
The words on a terminal: the product's, unpacked once into a read-only SQLite file, and the county's own in memory.

The file is derived and disposable: its name carries the hash of everything it was made from. The county's words are
few and change at the desk, so that they need no file.
"""

from __future__ import annotations

import hashlib
import math
import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.writing import word_tables
from kiosk.writing.rules import LexiconWord
from kiosk.writing.syllables import initials_of, sounds_of

HERE = Path(__file__).parent
NAMES = HERE / "names.tsv"
TERM_LISTS = (
    HERE.parent / "catalogue" / "search" / "words" / "terms.tsv",
    HERE.parent / "catalogue" / "search" / "words" / "synonyms.tsv",
)
FORM = 2
"""Changes with the tables below, so that an older program's file is made again."""
NAME_COST = 17.0
"""Nats of a name in `names.tsv`: as likely as a common word of the administration."""
TERM_COST = 18.0
"""Nats of a term of average weight; ten times the weight costs 2.3 less."""
AVERAGE_WEIGHT = 30
LINK_WEIGHT = 0.3
"""Share of the pair's count in the likelihood of a word after another."""
WORD_COST = 5.0
"""Nats for each further word, so that few long words beat many short ones; it is inside every cost."""
ABBREVIATION_COST = 25.2
"""Words dearer than this are not found by their initials: nobody abbreviates a rare word."""
CONTINUED_COST = 24.0
"""Words dearer than this are not offered as completions."""
COMMON = 1500
"""Words that are tried after another word."""
LINKED_COST = 4.5
"""Nats beyond which a following word is not suggested."""
SCHEMA = """
CREATE TABLE word (
  sound TEXT, cost REAL, text TEXT, reading TEXT, PRIMARY KEY (sound, cost, text, reading)
) WITHOUT ROWID;
CREATE TABLE abbreviation (
  initials TEXT, cost REAL, text TEXT, reading TEXT, PRIMARY KEY (initials, cost, text, reading)
) WITHOUT ROWID;
CREATE TABLE continuation (start TEXT, cost REAL, rest TEXT, PRIMARY KEY (start, cost, rest)) WITHOUT ROWID;
CREATE TABLE common (place INTEGER PRIMARY KEY, text TEXT);
"""


class SqliteLexicon:
    """
    `rules.Lexicon` over the unpacked file and the county's own words; one connection a thread, nothing is ever
    written.
    """

    def __init__(self, path: Path, own: Iterable[LexiconWord] = ()) -> None:
        self._path = path
        self._own = _OwnWords(own)
        self._links = word_tables.read_links()
        self._local = threading.local()

    def words(self, sound: str, limit: int) -> list[LexiconWord]:
        """Return words with this sound, the cheapest first."""
        question = "SELECT text, reading, cost FROM word WHERE sound = ? ORDER BY cost LIMIT ?"
        return _cheapest(self._ask(question, sound, limit), self._own.by_sound.get(sound, ()), limit)

    def goes_on(self, sound: str) -> bool:
        """Return whether a longer word begins with this sound."""
        if sound in self._own.beginnings:
            return True
        question = "SELECT 1 FROM word WHERE sound > ? AND sound < ? LIMIT 1"
        return self._connection().execute(question, (sound + " ", sound + "!")).fetchone() is not None

    def abbreviated(self, initials: str, limit: int) -> list[LexiconWord]:
        """Return words with these initials as heard, the cheapest first."""
        question = "SELECT text, reading, cost FROM abbreviation WHERE initials = ? ORDER BY cost LIMIT ?"
        return _cheapest(self._ask(question, initials, limit), self._own.by_initials.get(initials, ()), limit)

    def link(self, left: str, right: str, cost: float) -> float:
        """Return the cost of `right` after `left`, from the word alone and the pair."""
        paired = self._links.cost(left, right)
        if paired is None:
            return cost
        return -math.log(LINK_WEIGHT * math.exp(-paired - WORD_COST) + math.exp(-cost))

    def continued(self, start: str, limit: int) -> list[str]:
        """Return completions of the words that begin with `start`, the likeliest first."""
        question = "SELECT rest, cost FROM continuation WHERE start = ? ORDER BY cost LIMIT ?"
        found = [(cost, rest) for rest, cost in self._connection().execute(question, (start, limit))]
        longer = ((word.cost, word.text[len(start) :]) for word in self._own.by_start.get(start, ()))
        return list(dict.fromkeys(rest for _, rest in sorted([*found, *longer])))[:limit]

    def linked(self, left: str, limit: int) -> list[str]:
        """Return common words that often follow the word `left`, the likeliest first."""
        rows = self._connection().execute("SELECT text FROM common ORDER BY place")
        costs = ((self._links.cost(left, text), text) for (text,) in rows)
        return [
            text for _, text in sorted((cost, text) for cost, text in costs if cost and cost < LINKED_COST)
        ][:limit]

    def _ask(self, question: str, key: str, limit: int) -> list[LexiconWord]:
        return [LexiconWord(*row) for row in self._connection().execute(question, (key, limit))]

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro&immutable=1", uri=True)
            self._local.connection = connection
        return connection


class _OwnWords:
    """The county's words, found as the tables of the file find theirs."""

    def __init__(self, words: Iterable[LexiconWord]) -> None:
        self.by_sound = defaultdict[str, list[LexiconWord]](list)
        self.by_initials = defaultdict[str, list[LexiconWord]](list)
        self.by_start = defaultdict[str, list[LexiconWord]](list)
        self.beginnings = set[str]()
        for word in words:
            sounds = sounds_of(word.reading).split()
            self.by_sound[" ".join(sounds)].append(word)
            self.by_initials[initials_of(word.reading)].append(word)
            for end in range(1, len(word.text)):
                self.by_start[word.text[:end]].append(word)
                self.beginnings.add(" ".join(sounds[:end]))


def _cheapest(found: list[LexiconWord], own: Iterable[LexiconWord], limit: int) -> list[LexiconWord]:
    """Return both together, each word and reading once, the cheapest first."""
    every = sorted((*found, *own), key=lambda word: word.cost)
    return list({(word.text, word.reading): word for word in reversed(every)}.values())[::-1][:limit]


Names = tuple[tuple[str, int], ...]
"""Names of a county, each with its weight from 1 to 100."""


def names_in(county: bytes) -> Names:
    """Return the county's own terms in the list of words that its hub sent: lines of form, word, weight, status."""
    lines = (line.split("\t") for line in county.decode("utf-8", "ignore").splitlines())
    terms = (line for line in lines if len(line) == 4 and line[0] == "term" and line[3] != "dropped")
    brought = {text for text, _ in rows(TERM_LISTS[0])}
    return tuple(
        (text, int(weight)) for _, text, weight, _ in terms if weight.isdecimal() and text not in brought
    )


def spelled(names: Names) -> list[LexiconWord]:
    """
    Return a county's names, each with its weight, as words; their readings are those of the words they are made of.
    """
    weights = dict(names)
    pieces = {
        text[at:end] for text in weights for at in range(len(text)) for end in range(at + 1, len(text) + 1)
    }
    known: dict[str, LexiconWord] = {}
    for word in (*word_tables.read_words(only=pieces), *_names()):
        if word.text not in known or word.cost < known[word.text].cost:
            known[word.text] = word
    read = ((text, weight, spell(text, known)) for text, weight in weights.items())
    return [LexiconWord(text, reading, _term_cost(weight)) for text, weight, reading in read if reading]


def _term_cost(weight: int) -> float:
    return TERM_COST - math.log(weight / AVERAGE_WEIGHT)


_making = threading.Lock()


def prepare(folder: Path) -> Path:
    """
    Return the unpacked word file in `folder`; make it if it is missing or its words changed (some seconds, once).

    Older files are removed; the file is renamed into place only when complete.
    """
    sources = (word_tables.WORDS, NAMES, *TERM_LISTS)
    path = folder / f"words-{_digest(sources)}.sqlite3"
    with _making:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.glob("words-*.sqlite3*"):
                old.unlink()
            half = path.with_suffix(f".{os.getpid()}")
            try:
                _make(half)
                half.replace(path)
            finally:
                half.unlink(missing_ok=True)
    return path


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256(str(FORM).encode())
    for path in paths:
        total.update(path.read_bytes() if path.exists() else b"")
    return total.hexdigest()[:12]


def _make(path: Path) -> None:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
        words = all_words()
        connection.executemany(
            "INSERT OR IGNORE INTO word VALUES (?, ?, ?, ?)",
            sorted((sounds_of(word.reading), word.cost, word.text, word.reading) for word in words),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO abbreviation VALUES (?, ?, ?, ?)",
            sorted(
                (initials_of(word.reading), word.cost, word.text, word.reading)
                for word in words
                if word.cost <= ABBREVIATION_COST
            ),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO continuation VALUES (?, ?, ?)", sorted(_continuations(words))
        )
        connection.executemany("INSERT INTO common VALUES (?, ?)", enumerate(_common(words)))
        connection.commit()
    finally:
        connection.close()


def _continuations(words: list[LexiconWord]) -> Iterator[tuple[str, float, str]]:
    for word in words:
        if word.cost <= CONTINUED_COST:
            for end in range(1, len(word.text)):
                yield word.text[:end], word.cost, word.text[end:]


def _common(words: list[LexiconWord]) -> list[str]:
    longer = sorted((word.cost, word.text) for word in words if len(word.text) > 1)
    return list(dict.fromkeys(text for _, text in longer))[:COMMON]


def all_words() -> list[LexiconWord]:
    """
    Return the packed words, the names and the catalogue's terms; each word and reading once, the cheapest.
    """
    cheapest: dict[tuple[str, str], LexiconWord] = {}
    readings: dict[str, LexiconWord] = {}
    for word in (*word_tables.read_words(), *_names()):
        _keep(cheapest, word)
        if word.text not in readings or word.cost < readings[word.text].cost:
            readings[word.text] = word
    for text, weight in _terms():
        reading = readings[text].reading if text in readings else spell(text, readings)
        if reading:
            _keep(cheapest, LexiconWord(text, reading, _term_cost(weight)))
    return list(cheapest.values())


def _keep(cheapest: dict[tuple[str, str], LexiconWord], word: LexiconWord) -> None:
    key = (word.text, word.reading)
    if key not in cheapest or word.cost < cheapest[key].cost:
        cheapest[key] = word


def spell(text: str, known: dict[str, LexiconWord]) -> str | None:
    """Return the reading of a new word from the longest known words in it; None with an unknown character."""
    parts, start = [], 0
    while start < len(text):
        end = next((end for end in range(len(text), start, -1) if text[start:end] in known), None)
        if end is None:
            return None
        parts.append(known[text[start:end]].reading)
        start = end
    return " ".join(parts)


def rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a tab-separated list, without its comments."""
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.split("\t")


def _names() -> Iterator[LexiconWord]:
    for text, reading in rows(NAMES):
        yield LexiconWord(text, reading, NAME_COST)


def _terms() -> Iterator[tuple[str, int]]:
    """Yield words of the catalogue's lists with their weights; a line of synonyms gives several words."""
    terms, synonyms = TERM_LISTS
    for text, weight in rows(terms):
        yield text, int(weight)
    for row in rows(synonyms):
        for text in (row[0], *row[1].split("|")):
            yield text, AVERAGE_WEIGHT
