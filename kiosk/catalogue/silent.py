"""
Searches that found nothing: counted at each terminal by the day, told at the desk once enough people asked.

What could be somebody's (numbers, addresses, long sentences) is not even counted. A name cannot be told from a
word, so words reach the desk only after several searches or on several days, and the others are erased.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk import db
from kiosk.audit import Act
from kiosk.catalogue.actions import Hand
from kiosk.catalogue.tokens import HAN, fold, simplify
from kiosk.clock import beijing_day
from sync import tallies
from sync.tallies import Tally

KIND = "no-hit"
SHORTEST, LONGEST = 2, 16
LONGEST_TERM = 8
MOST_A_DAY = 200
"""Different words of one terminal and day; whatever comes after is noise or mischief."""
KEPT_DAYS = 180
MOST_REMEMBERED = 20
"""Words of one visit that count only once."""
_GAPS = re.compile(r"[\s\-_.,，。、·/()（）]+")
_NUMBER = re.compile(r"\d{5}|[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两]{6}")
_ADDRESS = re.compile(r"@|://|www\.")
_ASKS = re.compile("怎|什么|哪|吗|多少|如何|几|谁|能不能|可以|是不是")
_WORD = re.compile(rf"[{HAN}]{{2}}|[a-z]{{2}}")


def countable(typed: str) -> str:
    """
    What was searched for in one spelling; empty when it may be personal or says nothing.

    Left out: five digits or more in a row (also with gaps, also as Chinese numerals), mail and web addresses,
    what is longer than a term.
    """
    words = " ".join(simplify(fold(typed)).split())
    if not SHORTEST <= len(words) <= LONGEST or _ADDRESS.search(words):
        return ""
    if _NUMBER.search(_GAPS.sub("", words)) or not _WORD.search(words):
        return ""
    return words


def is_term(words: str) -> bool:
    """Whether words name a thing rather than ask about it."""
    return len(words) <= LONGEST_TERM and _ASKS.search(words) is None


def count(words: str, day: date) -> bool:
    """
    Counts words (of `countable`) at this terminal; False when the day is full.

    Raises:
        StoreFull: nothing was counted.
    """
    with db.writing(db.store):
        return tallies.add(db.store, day, Tally(KIND, words), MOST_A_DAY)


def mark(words: str) -> str:
    """A short mark by which a visit knows that it counted these words."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def take(connection: sqlite3.Connection, day: date, row: Tally) -> None:
    """At the hub: one count of a terminal's day; what this version would not count is dropped."""
    words = countable(row.subject)
    if words:
        connection.execute(
            "INSERT INTO silent_search (words, day, many) VALUES (?, ?, ?)"
            " ON CONFLICT (words, day) DO UPDATE SET many = many + excluded.many",
            (words, day.isoformat(), row.many),
        )


@dataclass(frozen=True)
class Asked:
    """Words that found nothing: how often, on how many days, and when last."""

    words: str
    many: int
    days: int
    last: str


def told(connection: sqlite3.Connection, least: int, days: int) -> Sequence[Asked]:
    """Words that were searched at least so often or on so many days since a clerk dealt with them, the most first."""
    rows = connection.execute(
        "SELECT s.words, sum(s.many), count(*), max(s.day) FROM silent_search s"
        " LEFT JOIN silent_settled d ON d.words = s.words WHERE d.words IS NULL OR s.day > d.through"
        " GROUP BY s.words HAVING sum(s.many) >= ? OR count(*) >= ? ORDER BY 2 DESC, 4 DESC, 1",
        (least, days),
    )
    return [Asked(*row) for row in rows]


def settle(connection: sqlite3.Connection, words: str, note: str, hand: Hand) -> None:
    """A clerk dealt with these words; they come back when they are asked again later."""
    connection.execute(
        "INSERT INTO silent_settled (words, through, actor, note) VALUES (?, ?, ?, ?) ON CONFLICT (words)"
        " DO UPDATE SET through = excluded.through, actor = excluded.actor, note = excluded.note",
        (words, beijing_day(hand.at).isoformat(), hand.actor, note),
    )
    hand.tell(connection, Act.CATALOGUE_SEARCH_SETTLED, mark(words))


def forget(connection: sqlite3.Connection, today: date) -> None:
    """Erases what is too old to say anything, whether it was ever told or not."""
    before = (today - timedelta(days=KEPT_DAYS)).isoformat()
    connection.execute("DELETE FROM silent_search WHERE day < ?", (before,))
    connection.execute("DELETE FROM silent_settled WHERE through < ?", (before,))
