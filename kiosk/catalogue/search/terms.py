"""
The term table, plain SQLite by nature: the terms that people type, found by characters, pinyin or initials.

A file beside the index, derived like it, on either engine of the hub. It answers each keystroke, reads pinyin as
Chinese, corrects slips, and serves search alone while the index is being built (SEARCH.md, Decided
2). Only the writer makes pinyin: pypinyin would cost a web process 60 MB.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

from kiosk.catalogue.text.tokens import FUNCTION_WORDS, Cutter, fold, is_han

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
CHARACTERS, PINYIN, INITIALS = 0, 1, 2
INSIDE = 10
"""Added to the form of a key that begins inside the term (保险 in 养老保险)."""
LISTED_WEIGHT = 1_000
"""Reviewed terms rank before words that titles merely contain."""
COMMON = 5
"""Titles that must contain an unreviewed word before it is offered as a correction."""
LONGEST_TERM = 12
LONGEST_KEY = 40
SHORT_KEY = 2
LONGEST_TITLE_KEY = 24
"""Letters of a title that are stored: six syllables or more identify it."""
SHORTEST_SLIP, LONGEST_SLIP = 4, 6
"""Characters: shorter queries are terms themselves (`near`); a longer piece with one slip contains a shorter one."""
LONGEST_CORRECTED = 20
"""Characters: in longer sentences too many pieces look like a slip of something."""
_LAST = "\U0010ffff"
_PIECES = re.compile(r"[a-z]+|[^a-z]")
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("h", "f"), ("r", "l"))
"""Sounds that many people do not distinguish, in both directions."""


@dataclass(frozen=True)
class Term:
    """A term and how it was found."""

    text: str
    weight: int
    form: int


class Terms:
    """An open term table; one for the process, safe for its threads."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        self._turn = threading.Lock()
        self._begun: dict[tuple[str, int], list[Term]] = {}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _all(self, sql: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        with self._turn:
            return self._connection.execute(sql, values).fetchall()

    def beginning(self, typed: str, limit: int = 8) -> list[Term]:
        """Return terms that begin with what was typed: exact ones first, then by weight."""
        key = _key(typed)
        if not key:
            return []
        if len(key) > SHORT_KEY or not key.isascii():
            return self._beginning(key, limit)
        # One or two letters begin thousands of keys, and everybody types them first: kept while this table is open.
        known = self._begun.get((key, limit))
        if known is None:
            known = self._begun[key, limit] = self._beginning(key, limit)
        return list(known)

    def _beginning(self, key: str, limit: int) -> list[Term]:
        found = self._all(
            "SELECT t.text, t.weight, min(k.form + CASE WHEN k.key = ? THEN 0 ELSE 100 END) AS rank"
            " FROM term_key k JOIN term t ON t.id = k.term_id WHERE k.key >= ? AND k.key < ?"
            " GROUP BY t.id ORDER BY rank / 100, rank % 100 / 10, t.weight DESC, length(t.text), t.text LIMIT ?",
            (key, key, key + _LAST, limit),
        )
        return [Term(str(text), int(str(weight)), int(str(rank)) % 100) for text, weight, rank in found]

    def exactly(self, typed: str, limit: int = 6) -> list[Term]:
        """Return terms whose whole key is what was typed (`dibao`, `db` → 低保), the commonest first."""
        found = self._all(
            "SELECT t.text, t.weight, min(k.form) AS form FROM term_key k JOIN term t ON t.id = k.term_id"
            " WHERE k.key = ? AND k.form < ? GROUP BY t.id ORDER BY form, t.weight DESC, t.text LIMIT ?",
            (_key(typed), INSIDE, limit),
        )
        return [Term(str(text), int(str(weight)), int(str(form))) for text, weight, form in found]

    def spelled(self, typed: str) -> list[str]:
        """Return several terms written in pinyin without a gap (nongcundibao → 农村, 低保); empty if a rest remains."""
        key, found, at = _key(typed), list[str](), 0
        while at < len(key):
            ends = range(min(len(key), at + LONGEST_KEY), at + 1, -1)
            step = next(((end, hit) for end in ends if (hit := self._syllables(key[at:end]))), None)
            if step is None:
                return []
            at, term = step
            found.append(term)
        return found

    def half_spelled(self, typed: str) -> str:
        """Return the Chinese of a text typed half in pinyin (办di保 → 办低保); empty if unknown."""
        pieces = _PIECES.findall(typed)[:LONGEST_KEY]
        sounds = self._sounds_of("".join(pieces))
        for size in range(min(len(pieces), LONGEST_TERM), 0, -1):
            for at in range(len(pieces) - size + 1):
                window = pieces[at : at + size]
                if not any(len(each) > 1 for each in window):
                    continue
                key = "".join(sounds.get(each, each) for each in window)
                for term in self.exactly(key):
                    if term.form == PINYIN and _fits(window, term.text):
                        return "".join([*pieces[:at], term.text, *pieces[at + size :]])
        return ""

    def _syllables(self, key: str) -> str | None:
        found = self._all(
            "SELECT t.text FROM term_key k JOIN term t ON t.id = k.term_id WHERE k.key = ? AND k.form = ?"
            " ORDER BY t.weight DESC LIMIT 1",
            (key, PINYIN),
        )
        return str(found[0][0]) if found else None

    def near(self, typed: str, limit: int = 3) -> list[str]:
        """Return terms that differ by one slip: a character of the same sound, another character, or a letter."""
        key = _key(typed)
        if not 2 <= len(key) <= LONGEST_TERM * 2:
            return []
        if key.isascii():
            return list(
                dict.fromkeys([*self._alike(key), *self._near_letters(key, limit), *self._begun_by(key)])
            )[:limit]
        sound = self._sound(key)
        same = [term.text for term in self.exactly(sound, limit)] if sound else []
        return list(dict.fromkeys([*same, *self._near_characters(key, limit)]))[:limit]

    def near_inside(self, typed: str, is_word: Callable[[str], bool], limit: int = 3) -> list[str]:
        """
        Return what was typed with one character corrected, if a known term sounds the same (领高灵津贴 → 领高龄津贴).

        is_word: Tells which pieces are words themselves; these stay unchanged.
        """
        key = _key(typed)
        if not SHORTEST_SLIP <= len(key) <= LONGEST_CORRECTED or not is_han(key):
            return []
        sounds, found = self._sounds_of(key), list[str]()
        for size in range(min(LONGEST_SLIP, len(key)), 1, -1):
            for at in range(len(key) - size + 1):
                piece = key[at : at + size]
                if not all(each in sounds for each in piece) or is_word(piece):
                    continue
                for term, is_listed in self._sounding("".join(sounds[each] for each in piece)):
                    if len(term) != size or not _differ_by_one(term, piece):
                        continue
                    if (is_listed and size > 2) or not _makes_sense(key, at, term, is_word):
                        found.append(key[:at] + term + key[at + size :])
        return list(dict.fromkeys([*found, *self._miswritten(key, is_word)]))[:limit]

    def _miswritten(self, key: str, is_word: Callable[[str], bool]) -> list[str]:
        """Return reviewed terms that differ by one character: wrong, missing, added or swapped with its neighbour."""
        found = list[str]()
        for at in range(len(key) - 2):
            for term in self._listed_from(key[at]):
                if key.startswith(term, at):
                    continue
                for size in (len(term), len(term) - 1, len(term) + 1):
                    piece = key[at : at + size]
                    if (
                        one_edit(piece, term)
                        and not is_word(piece)
                        and not _makes_sense(key, at, term, is_word)
                    ):
                        found.append(key[:at] + term + key[at + size :])
                        break
        return sorted(found, key=lambda each: abs(len(each) - len(key)))

    def _listed_from(self, character: str) -> list[str]:
        """Return reviewed terms of four or more characters that begin with this one."""
        found = self._all(
            "SELECT text FROM term WHERE text >= ? AND text < ? AND listed > 0 AND length(text) BETWEEN ? AND ?",
            (character, character + _LAST, SHORTEST_SLIP, LONGEST_TERM),
        )
        return [str(text) for (text,) in found]

    def _sounding(self, sound: str) -> list[tuple[str, bool]]:
        """Return terms of this pinyin that are common enough to be meant, and whether each is reviewed."""
        found = self._all(
            "SELECT t.text, t.listed FROM term_key k JOIN term t ON t.id = k.term_id"
            " WHERE k.key = ? AND k.form = ? AND t.weight >= ? ORDER BY t.weight DESC LIMIT 3",
            (sound, PINYIN, COMMON),
        )
        return [(str(text), bool(listed)) for text, listed in found]

    def _sound(self, key: str) -> str:
        known = self._sounds_of(key)
        return "".join(known[each] for each in key) if all(each in known for each in key) else ""

    def _sounds_of(self, key: str) -> dict[str, str]:
        marks = ",".join("?" * len(key))
        found = self._all(
            f"SELECT character, pinyin FROM syllable WHERE character IN ({marks})",
            list(key),
        )
        return {str(character): str(pinyin) for character, pinyin in found}

    def _near_characters(self, key: str, limit: int) -> list[str]:
        if len(key) < 3:
            return []
        same_length = self._all(
            "SELECT text FROM term WHERE length(text) = ? ORDER BY weight DESC", (len(key),)
        )
        near = (str(text) for (text,) in same_length if _differ_by_one(str(text), key))
        return list(islice(near, limit))

    def _near_letters(self, key: str, limit: int) -> list[str]:
        if len(key) < 4:
            return []
        found = self._all(
            "SELECT k.key, t.text FROM term_key k JOIN term t ON t.id = k.term_id WHERE k.key >= ? AND k.key < ?"
            " AND k.form = ? AND length(k.key) BETWEEN ? AND ? ORDER BY t.weight DESC",
            (key[0], key[0] + _LAST, PINYIN, len(key) - 1, len(key) + 1),
        )
        near = (str(text) for other, text in found if one_edit(str(other), key))
        return list(dict.fromkeys(islice(near, limit)))

    def _alike(self, key: str) -> list[str]:
        """Return terms whose pinyin sounds alike (canji as chanji)."""
        others = dict.fromkeys(
            key[:at] + said + key[at + len(heard) :]
            for pair in _ALIKE
            for heard, said in (pair, pair[::-1])
            for at in range(len(key))
            if key.startswith(heard, at)
        )
        found = (self._syllables(other) for other in others)
        return [term for term in found if term]

    def _begun_by(self, key: str) -> list[str]:
        """Return the term whose initials are the first letters, if nothing begins with all of them (dbs → db)."""
        for end in range(len(key) - 1, 1, -1):
            if found := self.exactly(key[:end], 1):
                return [found[0].text] if len(key) < SHORTEST_SLIP else []
        return []

    def documents_by_number(self, keys: Sequence[str]) -> list[str]:
        """Return ids of documents with one of these number keys, in the order of the keys."""
        found = [
            self._all("SELECT doc_id FROM number WHERE key = ? ORDER BY doc_id LIMIT 50", (key,))
            for key in keys
        ]
        return list(dict.fromkeys(str(doc_id) for rows in found for (doc_id,) in rows))

    def documents_by_title_sound(self, typed: str, limit: int = 20) -> list[str]:
        """Return ids of documents whose title begins with this pinyin or these initials."""
        key = _key(typed)
        if len(key) < 2 or not key.isascii():
            return []
        key = key[:LONGEST_TITLE_KEY]
        sql = (
            "SELECT DISTINCT d.doc_id FROM title_key k JOIN document d ON d.id = k.document"
            " WHERE k.key >= ? AND k.key < ? LIMIT ?"
        )
        return [str(doc_id) for (doc_id,) in self._all(sql, (key, key + _LAST, limit))]


def _key(typed: str) -> str:
    return "".join(fold(typed).replace("'", "").split())[:LONGEST_KEY]


def _fits(window: Sequence[str], term: str) -> bool:
    """Return whether the term contains the characters of a half-spelled piece in their order."""
    pattern = "".join(re.escape(each) if is_han(each) else ".+" for each in window)
    return re.fullmatch(pattern, term) is not None


def _differ_by_one(one: str, other: str) -> bool:
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _makes_sense(key: str, at: int, term: str, is_word: Callable[[str], bool]) -> bool:
    """
    Return whether the text is a word at the place where it differs from the term (户口迁出 is no slip of 户口迁入).
    """
    place = at + next((i for i, (a, b) in enumerate(zip(key[at:], term, strict=False)) if a != b), len(term))
    around = (
        key[start : start + size] for size in (2, 3) for start in range(max(0, place - size + 1), place + 1)
    )
    return (
        place >= len(key)
        or key[place] in FUNCTION_WORDS
        or any(len(each) > 1 and is_word(each) for each in around)
    )


def one_edit(one: str, other: str) -> bool:
    """Return whether one letter was added, left out, changed or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    if len(one) == len(other):
        swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
        return swapped or one[at + 1 :] == other[at + 1 :]
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[at + 1 :] == shorter[at:]


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
