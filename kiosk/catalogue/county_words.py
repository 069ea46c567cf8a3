"""
What a county decides about the words of its search: kept at the hub, carried to terminals as the side list "words".

Over each line that the product brings stands at most one of the county: reviewed, corrected or dropped. A publisher
decides alone, and every decision is in the log.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk import db, side_lists
from kiosk.audit import Act
from kiosk.catalogue.actions import Hand
from kiosk.catalogue.words import DROPPED, LISTS, TERM, Word, Words, load, shipped, write_list
from kiosk.clock import stamp
from kiosk.errors import RuleBroken

NEEDS_REVIEW, REVIEWED = "needs_review", "reviewed"
STATUSES = (NEEDS_REVIEW, REVIEWED, DROPPED)
MOST_MEANINGS = 6
HEAVIEST = 100
MOST_LINES = 20_000
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{2,20}")
_COLUMNS = "form, word, meaning, status"


@dataclass(frozen=True)
class Wrong:
    """A line that cannot be taken: its number (0: none), and why (a code of WHY)."""

    line: int
    code: str


def words_here(connection: sqlite3.Connection) -> Words:
    """The words that hold on this machine: at the hub by its table, at a terminal by what the hub sent."""
    return load(county=county_list(connection) or b"")


def county_list(connection: sqlite3.Connection) -> bytes | None:
    """The county's list as bytes; None when the county decided nothing yet."""
    if _is_hub(connection):
        decided = _decided(connection)
        return write_list(iter(decided)) if decided else None
    return side_lists.read(db.store, side_lists.WORDS)


def mark(connection: sqlite3.Connection) -> str:
    """Changes with every decision."""
    return str(connection.execute("SELECT coalesce(max(turn), 0) FROM county_word").fetchone()[0])


def _is_hub(connection: sqlite3.Connection) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'county_word'"
    return connection.execute(sql).fetchone() is not None


def _decided(connection: sqlite3.Connection) -> list[Word]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM county_word")
    return [Word(*map(str, row)) for row in rows]


def listed(connection: sqlite3.Connection, form: str) -> list[tuple[Word, bool]]:
    """Every word of a form as it holds now, each with whether the county decided it; the county's own last."""
    found = {key: (each, False) for key, each in shipped().items() if key[0] == form}
    found.update({(each.form, each.word): (each, True) for each in _decided(connection) if each.form == form})
    return list(found.values())


def one(connection: sqlite3.Connection, form: str, word: str) -> Word | None:
    """The line of a word as it holds now."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM county_word WHERE form = ? AND word = ?", (form, word)
    ).fetchone()
    return Word(*map(str, row)) if row else shipped().get((form, word))


def tidy(form: str, word: str, meaning: str, status: str = REVIEWED) -> Word:
    """
    A line as it is kept: one width of letters, official words once each, between bars.

    Raises:
        RuleBroken: word-form, word-itself, meanings-missing, meanings-many, weight-wrong or status-wrong.
    """
    word = _plain(word)
    if not _WORD.fullmatch(word):
        raise RuleBroken("word-form")
    if status not in STATUSES:
        raise RuleBroken("status-wrong")
    if form == TERM:
        weight = _plain(meaning)
        if not weight.isdecimal() or not 1 <= int(weight) <= HEAVIEST:
            raise RuleBroken("weight-wrong")
        return Word(form, word, str(int(weight)), status)
    meanings = list(dict.fromkeys(filter(None, map(_plain, re.split(r"[|｜、，,；;\n]", meaning)))))
    if not meanings:
        raise RuleBroken("meanings-missing")
    if len(meanings) > MOST_MEANINGS:
        raise RuleBroken("meanings-many")
    if word in meanings:
        raise RuleBroken("word-itself")
    if not all(_WORD.fullmatch(each) for each in meanings):
        raise RuleBroken("word-form")
    return Word(form, word, "|".join(meanings), status)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def decide(connection: sqlite3.Connection, words: Iterable[Word], hand: Hand) -> int:
    """Keeps lines that differ from what holds; how many. Inside a write transaction."""
    held = shipped() | {(each.form, each.word): each for each in _decided(connection)}
    many = 0
    for each in words:
        if held.get((each.form, each.word)) == each:
            continue
        connection.execute(
            "INSERT INTO county_word (form, word, meaning, status, changed_by, changed_at, turn)"
            " VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(turn), 0) + 1 FROM county_word))"
            " ON CONFLICT (form, word) DO UPDATE SET meaning = excluded.meaning, status = excluded.status,"
            " changed_by = excluded.changed_by, changed_at = excluded.changed_at, turn = excluded.turn",
            (each.form, each.word, each.meaning, each.status, hand.actor, stamp(hand.at)),
        )
        hand.tell(connection, Act.CATALOGUE_WORD, each.word, form=each.form, status=each.status)
        many += 1
    return many


def export(connection: sqlite3.Connection) -> bytes:
    """All words as they hold, as a table that `read_table` takes back."""
    every = [each for form in LISTS for each, _own in listed(connection, form)]
    rows = ["\t".join((each.form, each.word, each.meaning, each.status)) for each in every]
    return ("\n".join(["form\tword\tmeaning\tstatus", *rows]) + "\n").encode()


def read_table(content: bytes) -> tuple[list[Word], list[Wrong]]:
    """The words of a table (form, word, meaning, status; tab-separated UTF-8), and the lines that are wrong."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return [], [Wrong(0, "not-text")]
    if len(lines) > MOST_LINES:
        return [], [Wrong(0, "too-many-lines")]
    words: dict[tuple[str, str], Word] = {}
    wrong: list[Wrong] = []
    for at, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#") or (at == 1 and line.startswith("form\t")):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        try:
            if len(cells) != 4 or cells[0] not in LISTS:
                raise RuleBroken("columns-wrong")
            each = tidy(*cells)
            if (each.form, each.word) in words:
                raise RuleBroken("word-twice")
            words[each.form, each.word] = each
        except RuleBroken as broken:
            wrong.append(Wrong(at, broken.code))
    return list(words.values()), wrong
