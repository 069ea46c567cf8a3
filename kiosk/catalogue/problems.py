"""
Problems that people report with a document: what is wrong with it, perhaps in a sentence, never who says so.

At the terminal a report is a count of the day (sync/tallies.py). At the hub reports stand under their record until
a clerk has dealt with them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk import db
from kiosk.audit import Act
from kiosk.catalogue.actions import Hand
from kiosk.catalogue.schema import CONTROL, N_
from kiosk.clock import stamp
from sync import tallies
from sync.tallies import Tally

KIND = "problem"
WHATS: Mapping[str, str] = {
    "unreadable": N_("文字看不清"),
    "wrong": N_("内容好像不对"),
    "link": N_("链接或附件打不开"),
    "outdated": N_("已经过时"),
    "other": N_("其他"),
}
LONGEST_WORDS = 100
MOST_A_DAY = 100
MOST_A_VISIT = 5
WORDS_KEPT_DAYS = 180
"""After a report was settled its sentence stays so long."""
_NUMBER = re.compile(r"\d(?:[\s\-]?\d){4,}[xX]?|[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]{6,}")
_MAIL = re.compile(r"\S+@\S+")


def without_numbers(words: str) -> str:
    """A sentence of one line in which telephone and identity numbers and mail addresses are stars."""
    plain = CONTROL.sub(" ", words.replace("\t", " "))
    plain = _MAIL.sub("***", _NUMBER.sub("***", " ".join(plain.split())))
    return plain[:LONGEST_WORDS]


def report(doc_id: str, what: str, words: str, day: date) -> bool:
    """
    Notes a report at this terminal; False when the day is full even without its sentence.

    Raises:
        StoreFull: nothing was noted.
    """
    with db.writing(db.store):
        whole = Tally(KIND, doc_id, what, without_numbers(words))
        return tallies.add(db.store, day, whole, MOST_A_DAY) or tallies.add(
            db.store, day, Tally(KIND, doc_id, what)
        )


def take(connection: sqlite3.Connection, day: date, row: Tally) -> None:
    """At the hub: one report of a terminal's day, how many people made it."""
    what = row.detail if row.detail in WHATS else "other"
    connection.execute(
        "INSERT INTO problem (doc_id, what, words, day, many) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (doc_id, what, words, day, settled_at) DO UPDATE SET many = many + excluded.many",
        (row.subject, what, without_numbers(row.words), day.isoformat(), row.many),
    )


@dataclass(frozen=True)
class Reported:
    """What people said of a document: a code of WHATS, a sentence or none, the last day, how many."""

    what: str
    words: str
    last: str
    many: int


@dataclass(frozen=True)
class Settled:
    """Reports that a clerk has dealt with."""

    on: str
    by: str
    note: str
    many: int


@dataclass(frozen=True)
class Reports:
    """All open reports of one document."""

    doc_id: str
    title: str
    many: int
    whats: tuple[str, ...]
    last: str


def open_reports(connection: sqlite3.Connection) -> Sequence[Reports]:
    """Documents with open reports, the most reported first."""
    rows = connection.execute(
        "SELECT p.doc_id, coalesce(e.title, ''), sum(p.many), group_concat(DISTINCT p.what), max(p.day)"
        " FROM problem p LEFT JOIN entry e ON e.doc_id = p.doc_id WHERE p.settled_at = ''"
        " GROUP BY p.doc_id, e.title ORDER BY 3 DESC, 5 DESC, 1"
    )
    return [Reports(row[0], row[1], row[2], tuple(row[3].split(",")), row[4]) for row in rows]


def of(connection: sqlite3.Connection, doc_id: str) -> Sequence[Reported]:
    """The open reports of a document, the most made first."""
    rows = connection.execute(
        "SELECT what, words, max(day), sum(many) FROM problem WHERE doc_id = ? AND settled_at = ''"
        " GROUP BY what, words ORDER BY 4 DESC, 3 DESC, 1, 2",
        (doc_id,),
    )
    return [Reported(*row) for row in rows]


def settled(connection: sqlite3.Connection, doc_id: str) -> Sequence[Settled]:
    """What was dealt with before, the latest first."""
    rows = connection.execute(
        "SELECT settled_at, settled_by, note, sum(many) FROM problem WHERE doc_id = ? AND settled_at <> ''"
        " GROUP BY settled_at, settled_by, note ORDER BY 1 DESC LIMIT 20",
        (doc_id,),
    )
    return [Settled(*row) for row in rows]


def settle(connection: sqlite3.Connection, doc_id: str, note: str, hand: Hand) -> int:
    """A clerk dealt with all open reports of a document and says how; returns how many there were."""
    (many,) = connection.execute(
        "SELECT coalesce(sum(many), 0) FROM problem WHERE doc_id = ? AND settled_at = ''", (doc_id,)
    ).fetchone()
    if many:
        connection.execute(
            "UPDATE problem SET settled_at = ?, settled_by = ?, note = ? WHERE doc_id = ? AND settled_at = ''",
            (stamp(hand.at), hand.actor, note, doc_id),
        )
        hand.tell(connection, Act.CATALOGUE_PROBLEM_SETTLED, doc_id, reports=int(many))
    return int(many)


def forget(connection: sqlite3.Connection, today: date) -> None:
    """Erases the sentences of reports that were settled long ago; the counts and the clerk's note stay."""
    before = (today - timedelta(days=WORDS_KEPT_DAYS)).isoformat()
    old = connection.execute(
        "SELECT doc_id, what, day, settled_at, settled_by, note, sum(many) FROM problem"
        " WHERE settled_at <> '' AND settled_at < ? AND words <> '' GROUP BY 1, 2, 3, 4, 5, 6",
        (before,),
    ).fetchall()
    connection.execute(
        "DELETE FROM problem WHERE settled_at <> '' AND settled_at < ? AND words <> ''", (before,)
    )
    connection.executemany(
        "INSERT INTO problem (doc_id, what, words, day, settled_at, settled_by, note, many)"
        " VALUES (?, ?, '', ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET many = many + excluded.many",
        old,
    )
