"""
The rules of the quality report: what in a published record needs a clerk, one rule for each question.

A rule returns the state of the record in words, or an empty string. `Kind.reviewed` lists the kinds that a rule
applies to; a rule that no kind lists applies to all. Pure: no database, no request.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.catalogue.records import attachment
from kiosk.catalogue.records.documents import Document, DocumentHead
from kiosk.catalogue.records.rules import ENDED
from kiosk.catalogue.records.schema import N_, Type, read_day

COMMENT_DAYS = 29
"""Days from the first to the last of 30 days."""
NORMATIVE = "行政规范性文件"
COMMON_WORDS = {"doc_no": N_("文号"), "issuers": N_("发文机关"), "drawn_on": N_("成文日期")}
"""Keys that a kind may need besides its own fields (`Kind.needed_of_all`)."""


@dataclass(frozen=True)
class QualityLimits:
    """The day of the report, after how many months a record is stale, and how often empty searches must occur."""

    today: date
    fee_months: int
    closed_months: int
    silent_least: int = 5
    silent_days: int = 3


@dataclass(frozen=True)
class RecordContext:
    """
    The other records that a rule needs.

    live: All that is published, by id. links: The ids in each record's relations. based_on: Those of them on
    which it rests. interpreted: Ids of documents with a published interpretation.
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
    """Return the last day of a record that is over although it is still marked as valid."""
    until = document.content.get("valid_until", "")
    is_over = until and until < around.asked.today.isoformat() and document.validity not in ENDED
    return str(until) if is_over else ""


def not_interpreted(document: Document, around: RecordContext) -> str:
    """Return the number (or a blank) of a normative document in force without a published interpretation."""
    if _fields(document).get("category") != NORMATIVE or document.validity in ENDED:
        return ""
    return "" if document.doc_id in around.interpreted else document.doc_no or " "


def answers_off(document: Document, around: RecordContext) -> str:
    """Return the title of an ended document that an answer rests on."""
    sources = (around.live.get(other) for other in around.based_on.get(document.doc_id, ()))
    return max((source.title for source in sources if source and source.validity in ENDED), default="")


def fees(document: Document, around: RecordContext) -> str:
    """Return the last revision of a list of fees that is older than the months of the setting."""
    touched = _fields(document).get("updated_on") or document.published_on
    return touched if touched < months_before(around.asked.today, around.asked.fee_months) else ""


def short_comments(document: Document, _around: RecordContext) -> str:
    """Return a comment period of less than 30 days without a reason (重大行政决策程序暂行条例, art. 15)."""
    opened = _fields(document).get("comments_open") or {}
    start, end = opened.get("from", ""), opened.get("until", "")
    first, last = read_day(start), read_day(end)
    if not first or not last or opened.get("shorter_reason") or (last - first).days >= COMMENT_DAYS:
        return ""
    return f"{start} — {end}"


def silent_refusals(document: Document, _around: RecordContext) -> str:
    """Return how many opinions were rejected, wholly or in part, without the reason that item 12 asks for."""
    rows = _fields(document).get("comments") or []
    many = sum(row.get("adopted") in ("no", "partly") and not row.get("reason") for row in rows)
    return f"{many}条" if many else ""


def overdue_work(document: Document, around: RecordContext) -> str:
    """Return the day of a work item that has passed although it is not done."""
    due, state = _fields(document).get("due", ""), _fields(document).get("state", "")
    return str(due) if due and due < around.asked.today.isoformat() and state != "done" else ""


def unlinked_standards(document: Document, _around: RecordContext) -> str:
    """Return how many rows of a standard directory have no document, except what is disclosed on request only."""
    rows = _fields(document).get("rows") or []
    many = sum(not row.get("id") and "依申请" not in row.get("method", "") for row in rows)
    return f"{many}项" if many else ""


def missing(document: Document, _around: RecordContext) -> str:
    """Return the fields that a record lacks, in the words of the form."""
    kind, content, values = document.described, document.content, _fields(document)
    lacking = [] if document.published_on else ["发布日期"]
    lacking += [COMMON_WORDS[key] for key in kind.needed_of_all if not content.get(key)]
    lacking += [] if content.get("topics") else ["主题"]
    lacking += [kind.schema[name].label for name in kind.needed if values.get(name) in (None, "", [], {})]
    return " ".join(lacking)


def no_file(document: Document, _around: RecordContext) -> str:
    """Return attachments of which only a name or an address is known."""
    return "；".join(each.name or each.url for each in attachment.of(document.content) if not each.sha256)


def dead_links(document: Document, around: RecordContext) -> str:
    """Return the ids in its relations and table columns that do not exist."""
    named = dict.fromkeys((*around.links.get(document.doc_id, ()), *_ids_in_tables(document)))
    return " ".join(other for other in named if other and other not in around.live)


def _ids_in_tables(document: Document) -> Iterator[str]:
    for field in document.described.fields:
        columns = [column.name for column in field.columns if column.type is Type.REF]
        if field.type is Type.ROWS and columns:
            for row in _fields(document).get(field.name) or []:
                yield from (row.get(name, "") for name in columns)
