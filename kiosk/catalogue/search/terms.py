"""
The term table, plain SQLite by nature: the terms that people type, found by characters, pinyin or initials.

A file beside the index, derived like it, on either engine of the hub. It answers each keystroke, reads pinyin"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kiosk.catalogue.text.tokens import FUNCTION_WORDS, fold, is_han

CHARACTERS, PINYIN, INITIALS = 0, 1, 2
INSIDE = 10
"""Added to the form of a key that begins inside the term (保险 in 养老保险)."""
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
