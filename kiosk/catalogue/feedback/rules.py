"""
What a published record by itself gives a clerk to do: one rule for each question, asked record by record.

A rule tells how the record stands, or nothing. Which kinds a rule is asked of stands in their rows (`Kind.reviewed`);
one that stands in no row is asked of all. Pure: no database, no request.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.catalogue.records import attachment as attachments
from kiosk.catalogue.records.documents import Document, DocumentHead
from kiosk.catalogue.records.rules import ENDED
from kiosk.catalogue.records.schema import N_, Type, read_day

COMMENT_DAYS = 29
"""From the first to the last of 30 days."""
NORMATIVE = "行政规范性文件"
COMMON_WORDS = {"doc_no": N_("文号"), "issuers": N_("发文机关"), "drawn_on": N_("成文日期")}
"""What a kind may need beside its own fields (`Kind.needed_of_all`)."""


@dataclass(frozen=True)
class QualityLimits:
    """Of which day, after how many months what is stale, and how often words are told that found nothing."""

    today: date
    fee_months: int
    closed_months: int
    silent_least: int = 5
    silent_days: int = 3


@dataclass(frozen=True)
class RecordContext:
    """
    What stands around a record.

    live: all that is published, by id. links: the ids that each record's relations name. based_on: those of them on
    which it rests. interpreted: ids of what is explained by something published.
    """

    asked: QualityLimits
    live: Mapping[str, DocumentHead]
    links: Mapping[str, Sequence[str]]
    based_on: Mapping[str, Sequence[str]]
    interpreted: frozenset[str]


Rule = Callable[[Document, RecordContext], str]


def months_before(day: date, months: int) -> str:
    """Return the day so many months earlier, as YYYY-MM-DD; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)).isoformat()


def _fields(document: Document) -> Mapping[str, Any]:
    return document.content.get("fields") or {}


def past_validity(document: Document, around: RecordContext) -> str:
    """Return its last day is over, and it still stands as valid."""
    until = document.content.get("valid_until", "")
    is_over = until and until < around.asked.today.isoformat() and document.validity not in ENDED
    return str(until) if is_over else ""


def not_interpreted(document: Document, around: RecordContext) -> str:
    """Return a normative document in force that nothing explains; its number, or a blank where it has none."""
    if _fields(document).get("category") != NORMATIVE or document.validity in ENDED:
        return ""
    return "" if document.doc_id in around.interpreted else document.doc_no or " "


def answers_off(document: Document, around: RecordContext) -> str:
    """Return what it rests on has ended."""
    sources = (around.live.get(other) for other in around.based_on.get(document.doc_id, ()))
    return max((source.title for source in sources if source and source.validity in ENDED), default="")


def fees(document: Document, around: RecordContext) -> str:
    """Nobody touched it for the months of the setting."""
    touched = _fields(document).get("updated_on") or document.published_on
    return touched if touched < months_before(around.asked.today, around.asked.fee_months) else ""


def short_comments(document: Document, _around: RecordContext) -> str:
    """Less than 30 days for comments without a reason (重大行政决策程序暂行条例, art. 15)."""
    told = _fields(document).get("comments_open") or {}
    start, end = told.get("from", ""), told.get("until", "")
    first, last = read_day(start), read_day(end)
    if not first or not last or told.get("shorter_reason") or (last - first).days >= COMMENT_DAYS:
        return ""
    return f"{start} — {end}"


def silent_refusals(document: Document, _around: RecordContext) -> str:
    """Return opinions that were not adopted, or only in part, without the reason that item 12 asks for."""
    rows = _fields(document).get("comments") or []
    many = sum(row.get("adopted") in ("no", "partly") and not row.get("reason") for row in rows)
    return f"{many}条" if many else ""


def overdue_work(document: Document, around: RecordContext) -> str:
    """Return its day has passed, and it is not done."""
    due, state = _fields(document).get("due", ""), _fields(document).get("state", "")
    return str(due) if due and due < around.asked.today.isoformat() and state != "done" else ""


def unlinked_standards(document: Document, _around: RecordContext) -> str:
    """Return rows of a catalogue that lead nowhere, but for what is opened on request only."""
    rows = _fields(document).get("rows") or []
    many = sum(not row.get("id") and "依申请" not in row.get("method", "") for row in rows)
    return f"{many}项" if many else ""


def missing(document: Document, _around: RecordContext) -> str:
    """Return what it lacks, in the words of the form."""
    kind, content, values = document.described, document.content, _fields(document)
    lacking = [] if document.published_on else ["发布日期"]
    lacking += [COMMON_WORDS[key] for key in kind.needed_of_all if not content.get(key)]
    lacking += [] if content.get("topics") else ["主题"]
    lacking += [kind.schema[name].label for name in kind.needed if values.get(name) in (None, "", [], {})]
    return " ".join(lacking)


def no_file(document: Document, _around: RecordContext) -> str:
    """Return attachments of which only a name or an address is known."""
    return "；".join(each.name or each.url for each in attachments.of(document.content) if not each.sha256)


def dead_links(document: Document, around: RecordContext) -> str:
    """Return what it names that is not there: by its relations, and in the columns of its tables that hold ids."""
    named = dict.fromkeys((*around.links.get(document.doc_id, ()), *_ids_in_tables(document)))
    return " ".join(other for other in named if other and other not in around.live)


def _ids_in_tables(document: Document) -> Iterator[str]:
    for field in document.described.fields:
        columns = [column.name for column in field.columns if column.type is Type.REF]
        if field.type is Type.ROWS and columns:
            for row in _fields(document).get(field.name) or []:
                yield from (row.get(name, "") for name in columns)
