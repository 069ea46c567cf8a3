"""
Problems that people report with a document: what is wrong, optionally a sentence, never a name.

At the terminal a report is a count of the day (sync/carried/counts.py). At the hub reports are listed with their
record
until a clerk has settled them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from peewee import EXCLUDED, JOIN, fn

from kiosk import db
from kiosk.audit import Act
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import Entry, Problem, ProblemMark
from kiosk.catalogue.records.schema import CONTROL, N_
from kiosk.clock import stamp
from kiosk.db import Statement, inserted, total
from kiosk.seen import UNSEEN, Seen
from sync.carried.counts import Tally
from sync.terminal.counts import add

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
"""Days after which the sentence of a settled report is erased."""
_NUMBER = re.compile(r"\d(?:[\s\-]?\d){4,}[xX]?|[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]{6,}")
_MAIL = re.compile(r"\S+@\S+")


def without_numbers(words: str) -> str:
    """Return a sentence in one line in which telephone and identity numbers and mail addresses are stars."""
    plain = CONTROL.sub(" ", words.replace("\t", " "))
    plain = _MAIL.sub("***", _NUMBER.sub("***", " ".join(plain.split())))
    return plain[:LONGEST_WORDS]


class ReportOutcome(StrEnum):
    """What became of a report."""

    COUNTED = "counted"
    ALREADY = "already"
    """The same form with the same content was counted before: a repeated press, or a page sent twice."""
    FULL = "full"
    """The day is full even without the sentence."""


def report(doc_id: str, what: str, words: str, day: date, key: str) -> ReportOutcome:
    """
    Store a report at this terminal, once for a form and what it says.

    Args:
        key: Of the form, made when it was shown.
    Raises:
        StoreFull: nothing was stored.
    """
    mark = _mark(key, doc_id, what, words)
    with db.writing(db.store):
        if ProblemMark.get_or_none(ProblemMark.mark == mark):
            return ReportOutcome.ALREADY
        whole = Tally(KIND, doc_id, what, without_numbers(words))
        if not (add(db.store, day, whole, MOST_A_DAY) or add(db.store, day, Tally(KIND, doc_id, what))):
            return ReportOutcome.FULL
        ProblemMark.delete().where(ProblemMark.day != day.isoformat()).execute()
        ProblemMark.insert(mark=mark, day=day.isoformat()).execute()
    return ReportOutcome.COUNTED


def is_counted(doc_id: str, what: str, words: str, key: str) -> bool:
    """Return whether this form with this content was counted before."""
    return ProblemMark.get_or_none(ProblemMark.mark == _mark(key, doc_id, what, words)) is not None


def _mark(key: str, doc_id: str, what: str, words: str) -> str:
    return sha256("\0".join((key, doc_id, what, words)).encode()).hexdigest()


_COUNT = Statement(
    lambda: Problem.insert(
        inserted(
            Problem.doc_id,
            Problem.what,
            Problem.words,
            Problem.day,
            Problem.many,
            Problem.settled_at,
            Problem.settled_by,
            Problem.note,
        )
    ).on_conflict(
        conflict_target=[
            Problem.doc_id,
            Problem.what,
            Problem.words,
            Problem.day,
            Problem.settled_at,
        ],
        update={Problem.many: Problem.many + EXCLUDED.many},
    )
)


def take(day: date, row: Tally) -> None:
    """Add one report of a terminal's day at the hub, with the number of people, in the caller's transaction."""
    what = row.detail if row.detail in WHATS else "other"
    words = without_numbers(row.words)
    _count(row.subject, what, words, day.isoformat(), row.many)


def _count(
    doc_id: str,
    what: str,
    words: str,
    day: str,
    many: int,
    *,
    settled_at: str = "",
    settled_by: str = "",
    note: str = "",
) -> None:
    _COUNT.run(
        db.store,
        doc_id=doc_id,
        what=what,
        words=words,
        day=day,
        many=many,
        settled_at=settled_at,
        settled_by=settled_by,
        note=note,
    )


@dataclass(frozen=True)
class Reported:
    """One report of a document: a code of WHATS, a sentence or none, the last day, how many people."""

    what: str
    words: str
    last: str
    many: int


@dataclass(frozen=True)
class Settled:
    """Reports that a clerk has settled."""

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


@dataclass(frozen=True)
class _Sort:
    """Open reports of one document with one code."""

    doc_id: str
    title: str | None
    what: str
    many: int
    last: str


def open_reports() -> Sequence[Reports]:
    """Return the documents with open reports, most reported first."""
    query = (
        Problem.select(
            Problem.doc_id,
            Entry.title,
            Problem.what,
            total(Problem.many).alias("many"),
            fn.MAX(Problem.day).alias("last"),
        )
        .join(Entry, JOIN.LEFT_OUTER, on=(Entry.doc_id == Problem.doc_id))
        .where(Problem.settled_at == "")
        .group_by(Problem.doc_id, Entry.title, Problem.what)
        .order_by(Problem.doc_id, Problem.what)
    )
    of_documents: dict[str, list[_Sort]] = {}
    for each in db.rows(query, _Sort):
        of_documents.setdefault(each.doc_id, []).append(each)
    found = [_together(sorts) for sorts in of_documents.values()]
    found.sort(key=lambda each: each.last, reverse=True)
    return sorted(found, key=lambda each: each.many, reverse=True)


def _together(sorts: Sequence[_Sort]) -> Reports:
    return Reports(
        sorts[0].doc_id,
        sorts[0].title or "",
        sum(each.many for each in sorts),
        tuple(each.what for each in sorts),
        max(each.last for each in sorts),
    )


def of(doc_id: str) -> Sequence[Reported]:
    """Return the open reports of a document, most frequent first."""
    many, last = total(Problem.many), fn.MAX(Problem.day)
    query = (
        Problem.select(Problem.what, Problem.words, last.alias("last"), many.alias("many"))
        .where(Problem.doc_id == doc_id, Problem.settled_at == "")
        .group_by(Problem.what, Problem.words)
        .order_by(many.desc(), last.desc(), Problem.what, Problem.words)
    )
    return db.rows(query, Reported)


def settled(doc_id: str) -> Sequence[Settled]:
    """Return the settled reports of a document, latest first."""
    query = (
        Problem.select(
            Problem.settled_at.alias("on"),
            Problem.settled_by.alias("by"),
            Problem.note,
            total(Problem.many).alias("many"),
        )
        .where(Problem.doc_id == doc_id, Problem.settled_at != "")
        .group_by(Problem.settled_at, Problem.settled_by, Problem.note)
        .order_by(Problem.settled_at.desc())
        .limit(20)
    )
    return db.rows(query, Settled)


def settle(doc_id: str, note: str, hand: Hand, seen: Seen = UNSEEN) -> int:
    """
    Note how a clerk settled all open reports of a document; return how many there were.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    is_open = (Problem.doc_id == doc_id) & (Problem.settled_at == "")
    with db.writing(db.store):
        seen.hold()
        many = int(Problem.select(total(Problem.many)).where(is_open).scalar())
        if many:
            done = {Problem.settled_at: stamp(hand.at), Problem.settled_by: hand.actor, Problem.note: note}
            Problem.update(done).where(is_open).execute()
            hand.tell(Act.CATALOGUE_PROBLEM_SETTLED, doc_id, reports=many)
    return many


def forget(today: date) -> None:
    """Erase the sentences of reports settled long ago; the counts and the clerk's note stay."""
    before = (today - timedelta(days=WORDS_KEPT_DAYS)).isoformat()
    is_old = (Problem.settled_at != "") & (Problem.settled_at < before) & (Problem.words != "")
    with db.writing(db.store):
        for each in list(Problem.select().where(is_old)):
            kept = (each.doc_id, each.what, "", each.day, each.many)
            _count(*kept, settled_at=each.settled_at, settled_by=each.settled_by, note=each.note)
        Problem.delete().where(is_old).execute()
