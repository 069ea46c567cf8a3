"""
The term table written, plain SQLite by nature: kept up to date with the catalogue and the reviewed terms.

Only this module makes pinyin: pypinyin would cost a web process, which reads the table (`terms.py`), 60 MB.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

from kiosk.catalogue.search.terms import (
    CHARACTERS,
    INITIALS,
    INSIDE,
    LONGEST_KEY,
    LONGEST_TERM,
    LONGEST_TITLE_KEY,
    PINYIN,
)
from kiosk.catalogue.text.tokens import Cutter, fold, is_han

SCHEMA = """
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, weight INTEGER NOT NULL,
                   listed INTEGER NOT NULL);
CREATE TABLE term_key (key TEXT NOT NULL, form INTEGER NOT NULL, term_id INTEGER NOT NULL,
                       PRIMARY KEY (key, form, term_id)) WITHOUT ROWID;
CREATE INDEX term_key_term ON term_key (term_id);
CREATE TABLE document (id INTEGER PRIMARY KEY, doc_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL);
CREATE TABLE title_word (word TEXT PRIMARY KEY, titles INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE title_key (key TEXT NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (key, document)) WITHOUT ROWID;
CREATE TABLE number (key TEXT NOT NULL, doc_id TEXT NOT NULL, PRIMARY KEY (key, doc_id)) WITHOUT ROWID;
CREATE INDEX number_doc ON number (doc_id);
CREATE TABLE syllable (character TEXT PRIMARY KEY, pinyin TEXT NOT NULL) WITHOUT ROWID;
"""
LISTED_WEIGHT = 1_000
"""Reviewed terms rank before words that titles merely contain."""


class TermWriter:
    """The writer that keeps a term table up to date with the catalogue; the caller commits."""

    def __init__(self, path: Path, cutter: Cutter) -> None:
        fresh = not path.exists()
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        if fresh:
            self.connection.executescript(SCHEMA)
        self._cutter = cutter
        self._changed: dict[str, int] = {}
        self.connection.execute("BEGIN IMMEDIATE")

    def list_terms(self, terms: Mapping[str, int]) -> None:
        """Replace the reviewed terms and weights, and the sounds of characters."""
        if not self.connection.execute("SELECT 1 FROM syllable LIMIT 1").fetchone():
            self._learn_syllables()
        wanted = {fold(term): 1 + weight for term, weight in terms.items() if 2 <= len(term) <= LONGEST_TERM}
        before = dict(self.connection.execute("SELECT text, listed FROM term WHERE listed > 0").fetchall())
        for term in before.keys() - wanted.keys():
            self.connection.execute("UPDATE term SET listed = 0 WHERE text = ?", (term,))
            self._weigh(term, self._titles(term))
        for term, listed in wanted.items():
            if before.get(term) != listed:
                self._enter(term, LISTED_WEIGHT * listed, listed=listed)
                self.connection.execute("UPDATE term SET listed = ? WHERE text = ?", (listed, term))
                self._weigh(term, self._titles(term))

    def _titles(self, word: str) -> int:
        found = self.connection.execute("SELECT titles FROM title_word WHERE word = ?", (word,)).fetchone()
        return int(found[0]) if found else 0

    def put(self, doc_id: str, title: str, number_keys: Sequence[str]) -> None:
        """Insert or replace one document."""
        self.remove(doc_id)
        folded = fold(title)
        entered = self.connection.execute(
            "INSERT INTO document (doc_id, title) VALUES (?, ?)", (doc_id, folded)
        ).lastrowid
        self._count(folded, 1)
        keys = [(key, entered) for key in _title_keys(folded)]
        self.connection.executemany("INSERT INTO title_key VALUES (?, ?)", keys)
        numbers = [(key, doc_id) for key in dict.fromkeys(number_keys)]
        self.connection.executemany("INSERT INTO number VALUES (?, ?)", numbers)

    def remove(self, doc_id: str) -> None:
        """Delete one document."""
        row = self.connection.execute("SELECT id, title FROM document WHERE doc_id = ?", (doc_id,)).fetchone()
        if row is None:
            return
        self._count(row[1], -1)
        keys = [(key, row[0]) for key in _title_keys(row[1])]
        self.connection.executemany("DELETE FROM title_key WHERE key = ? AND document = ?", keys)
        self.connection.execute("DELETE FROM document WHERE id = ?", (row[0],))
        self.connection.execute("DELETE FROM number WHERE doc_id = ?", (doc_id,))

    def _count(self, title: str, step: int) -> None:
        """Count the words of a title in one title more (`step` 1) or less (-1)."""
        for word in {w for w in self._cutter.words(title) if 2 <= len(w) <= LONGEST_TERM and is_han(w)}:
            self._changed[word] = self._changed.get(word, 0) + step

    def commit(self) -> None:
        """Recompute the weights of changed words, make everything durable and close the file."""
        changed = {word: step for word, step in self._changed.items() if step}
        self.connection.executemany(
            "INSERT INTO title_word VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET titles = titles + excluded.titles",
            changed.items(),
        )
        for word in changed:
            found = self.connection.execute(
                "SELECT titles FROM title_word WHERE word = ?", (word,)
            ).fetchone()
            self._weigh(word, int(found[0]))
        self.connection.execute("DELETE FROM title_word WHERE titles < 1")
        self.connection.execute("COMMIT")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()

    def close(self) -> None:
        """Roll back what was not committed and close the file."""
        self.connection.close()

    def _weigh(self, word: str, titles: int) -> None:
        known = self.connection.execute("SELECT id, listed FROM term WHERE text = ?", (word,)).fetchone()
        if known and (known[1] or titles > 1):
            weight = titles + LISTED_WEIGHT * known[1]
            self.connection.execute("UPDATE term SET weight = ? WHERE id = ?", (weight, known[0]))
        elif known:
            self.connection.execute("DELETE FROM term_key WHERE term_id = ?", (known[0],))
            self.connection.execute("DELETE FROM term WHERE id = ?", (known[0],))
        elif titles > 1:
            self._enter(word, titles, listed=0)

    def _enter(self, term: str, weight: int, listed: int) -> None:
        added = self.connection.execute(
            "INSERT INTO term (text, weight, listed) VALUES (?, ?, ?) ON CONFLICT (text) DO NOTHING",
            (term, weight, listed),
        )
        if added.rowcount:
            term_id = added.lastrowid
            keys = [(key[:LONGEST_KEY], form, term_id) for key, form in self._keys(term) if key]
            self.connection.executemany("INSERT OR IGNORE INTO term_key VALUES (?, ?, ?)", keys)

    def _keys(self, term: str) -> list[tuple[str, int]]:
        starts = {0}
        for word in self._cutter.words(term):
            starts.add(max(term.find(word), 0))
        found: list[tuple[str, int]] = []
        for start in sorted(starts):
            inside, rest = (INSIDE if start else 0), term[start:]
            if start and len(rest) < 2:
                continue
            found.append((rest, CHARACTERS + inside))
            full, first = _spell(rest, readings=1 if start else 4)
            found += [(key, PINYIN + inside) for key in full]
            found += [(key, INITIALS + inside) for key in first if len(key) > 1]
        return found

    def _learn_syllables(self) -> None:
        """Store the commonest reading of each character of GB 2312, for slips that sound the same."""
        everyone = [
            bytes((high, low)).decode("gb2312", "ignore")
            for high in range(0xB0, 0xF8)
            for low in range(0xA1, 0xFF)
        ]
        pairs = [(each, _syllables_of(each, readings=1)[0][0]) for each in everyone if each]
        self.connection.executemany("INSERT OR IGNORE INTO syllable VALUES (?, ?)", pairs)


@lru_cache(maxsize=2_000)
def _syllables_of(text: str, readings: int) -> tuple[tuple[str, ...], ...]:
    """Return the toneless pinyin of each character (ü as v); other runs unchanged."""
    from pypinyin import Style, pinyin

    said = pinyin(text, style=Style.NORMAL, heteronym=readings > 1, v_to_u=False)
    return tuple(tuple(dict.fromkeys(each))[:3] for each in said)


def _spell(text: str, readings: int) -> tuple[list[str], list[str]]:
    """Return full pinyin and initials of a text, in at most this many readings."""
    said = _syllables_of(text, readings if len(text) <= 4 else 1)
    choices = [[each.replace(" ", "").lower() for each in says] for says in said]
    spelled = list(islice(product(*choices), readings))
    full = ["".join(each) for each in spelled]
    first = ["".join(part[:1] for part in each) for each in spelled]
    return list(dict.fromkeys(full)), list(dict.fromkeys(first))


def _title_keys(title: str) -> list[str]:
    """Return the sound of the beginning of a title, in full and by initials, as it is stored."""
    full, first = _spell("".join(each for each in title[:20] if each.isalnum()), readings=1)
    return list(dict.fromkeys(key[:LONGEST_TITLE_KEY] for key in (*full, *first) if len(key) > 1))
