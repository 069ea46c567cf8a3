"""
Searches without a result: counted per day at each terminal, listed at the desk once enough people searched.

What may be personal (numbers, addresses, long sentences) is not even counted. A name cannot be distinguished from a
word, so words reach the desk only after several searches or on several days, and the others are erased.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import EXCLUDED, JOIN, fn

from kiosk import db
from kiosk.audit import Act
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import SilentSearch, SilentSettled
from kiosk.catalogue.text.tokens import HAN, fold, simplify
from kiosk.clock import beijing_day
from kiosk.db import Statement, inserted, total
from kiosk.seen import UNSEEN, Seen
from sync.carried.counts import Tally
from sync.terminal.counts import add

KIND = "no-hit"
SHORTEST, LONGEST = 2, 16
LONGEST_TERM = 8
MOST_A_DAY = 200
"""Most different words of one terminal and day; further ones are noise or abuse."""
KEPT_DAYS = 180
MOST_REMEMBERED = 20
"""Most words of one visit that are counted only once."""
_GAPS = re.compile(r"[\s\-_.,，。、·/()（）]+")
_NUMBER = re.compile(r"\d{5}|[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两]{6}")
_ADDRESS = re.compile(r"@|://|www\.")
_ASKS = re.compile("怎|什么|哪|吗|多少|如何|几|谁|能不能|可以|是不是")
_WORD = re.compile(rf"[{HAN}]{{2}}|[a-z]{{2}}")


def countable(typed: str) -> str:
    """
    Return the search in one spelling; empty if it may be personal or says nothing.

    Excluded: five digits or more in a row (also with gaps, also as Chinese numerals), mail and web addresses,
    anything
    longer than a term.
    """
    words = " ".join(simplify(fold(typed)).split())
    if not SHORTEST <= len(words) <= LONGEST or _ADDRESS.search(words):
        return ""
    if _NUMBER.search(_GAPS.sub("", words)) or not _WORD.search(words):
        return ""
    return words


def is_term(words: str) -> bool:
    """Return whether the words name a thing rather than ask about it."""
    return len(words) <= LONGEST_TERM and _ASKS.search(words) is None


def count(words: str, day: date) -> bool:
    """
    Count words (of `countable`) at this terminal; return False if the day is full.

    Raises:
        StoreFull: nothing was counted.
    """
    with db.writing(db.store):
        return add(db.store, day, Tally(KIND, words), MOST_A_DAY)


def mark(words: str) -> str:
    """Return a short hash by which a visit recognises words that it has counted."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


_COUNT = Statement(
    lambda: SilentSearch.insert(
        inserted(SilentSearch.words, SilentSearch.day, SilentSearch.many)
    ).on_conflict(
        conflict_target=[SilentSearch.words, SilentSearch.day],
        update={SilentSearch.many: SilentSearch.many + EXCLUDED.many},
    )
)


def take(day: date, row: Tally) -> None:
    """Add one count of a terminal's day at the hub, in the caller's transaction; drop what is not countable."""
    words = countable(row.subject)
    if words:
        _COUNT.run(db.store, words=words, day=day.isoformat(), many=row.many)


@dataclass(frozen=True)
class EmptySearch:
    """Words without a result: how often searched, on how many days, and when last."""

    words: str
    many: int
    days: int
    last: str


def listed(least: int, days: int) -> Sequence[EmptySearch]:
    """
    Return the words searched at least so often or on so many days since a clerk settled them, most frequent first.
    """
    many, on, last = total(SilentSearch.many), fn.COUNT(SilentSearch.words), fn.MAX(SilentSearch.day)
    is_open = SilentSettled.words.is_null() | (SilentSearch.day > SilentSettled.through)
    query = (
        SilentSearch.select(SilentSearch.words, many.alias("many"), on.alias("days"), last.alias("last"))
        .join(SilentSettled, JOIN.LEFT_OUTER, on=(SilentSettled.words == SilentSearch.words))
        .where(is_open)
        .group_by(SilentSearch.words)
        .having((many >= least) | (on >= days))
        .order_by(many.desc(), last.desc(), SilentSearch.words)
    )
    return db.rows(query, EmptySearch)


def settle(words: str, note: str, hand: Hand, seen: Seen = UNSEEN) -> None:
    """
    Note that a clerk settled these words; a later search lists them again.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    dealt = {
        SilentSettled.words: words,
        SilentSettled.through: beijing_day(hand.at).isoformat(),
        SilentSettled.actor: hand.actor,
        SilentSettled.note: note,
    }
    with db.writing(db.store):
        seen.hold()
        SilentSettled.insert(dealt).on_conflict(
            conflict_target=[SilentSettled.words],
            preserve=[SilentSettled.through, SilentSettled.actor, SilentSettled.note],
        ).execute()
        hand.tell(Act.CATALOGUE_SEARCH_SETTLED, mark(words))


def forget(today: date) -> None:
    """Erase counts that are too old, whether they were ever listed or not."""
    before = (today - timedelta(days=KEPT_DAYS)).isoformat()
    with db.writing(db.store):
        SilentSearch.delete().where(SilentSearch.day < before).execute()
        SilentSettled.delete().where(SilentSettled.through < before).execute()
