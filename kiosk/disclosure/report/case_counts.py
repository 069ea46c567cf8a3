"""What the register of requests says for a report: grouped by the database, the same on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import peewee

from kiosk import db
from kiosk.disclosure.case_models import DisclosureCase, DisclosureEvent
from kiosk.disclosure.events import CaseAct, ReviewKind, ReviewResult
from kiosk.disclosure.outcomes import OUTCOMES, Outcome
from kiosk.disclosure.report.counting import OTHER_APPLICANT, OTHER_RESULT, CaseFacts
from kiosk.disclosure.report.proceedings import Proceeding
from kiosk.disclosure.report.rows import APPLICANTS, CARRIED_IN, CARRIED_OUT, CLOSED, NEW, TOTAL
from kiosk.disclosure.report.statistics import DayFacts
from kiosk.intake.handover.rating import RATING

Organs = frozenset[str] | None
"""Codes of the organs that are counted; None: all."""
_RECEIVED = DisclosureCase.received_on
_FIRST = DisclosureCase.first_ended_on
_DECIDED = peewee.fn.COALESCE(_FIRST, DisclosureCase.answered_on, DisclosureCase.closed_on)
"""
The day of the result: of the answer, or of the end of a request that was given up or withdrawn.

Of a request that is answered again the first result counts, as in the report that was submitted: one request, one row.
"""
_OUTCOME = peewee.Case(None, ((_FIRST.is_null(False), DisclosureCase.first_outcome),), DisclosureCase.outcome)
_DUE = peewee.Case(None, ((_FIRST.is_null(False), DisclosureCase.first_due),), DisclosureCase.reply_due)


def _year(day: peewee.ColumnBase) -> peewee.ColumnBase:
    return peewee.fn.SUBSTR(day, peewee.SQL("1"), peewee.SQL("4"))


def row_of(outcome: str) -> str:
    """Return the row of table 3 of an outcome; empty where there is none yet."""
    return OUTCOMES[Outcome(outcome)].report_row if outcome else ""


def _of(organs: Organs) -> list[peewee.Expression]:
    return [] if organs is None else [DisclosureCase.organ_code.in_(sorted(organs))]


def year_facts(organs: Organs) -> list[CaseFacts]:
    """Return the facts for table 3 of any year."""
    by = (DisclosureCase.applicant_type, _year(_RECEIVED), _year(_DECIDED), _OUTCOME)
    found = DisclosureCase.select(*by, peewee.fn.COUNT(DisclosureCase.number)).where(*_of(organs), True)
    return [
        CaseFacts(applicant, _whole(received), _whole(decided), row_of(outcome), many)
        for applicant, received, decided, outcome, many in _tuples(found.group_by(*by))
    ]


def _tuples(found: peewee.ModelSelect[DisclosureCase]) -> list[tuple[str, str | None, str | None, str, int]]:
    return list(found.tuples().execute(db.store))


def _whole(year: str | None) -> int | None:
    return int(year) if year else None


def day_facts(organs: Organs, year: int) -> list[DayFacts]:
    """Return the facts for the statistics of a year."""
    by = (
        DisclosureCase.organ_code,
        _OUTCOME,
        _RECEIVED.cast("TEXT"),
        _DECIDED,
        _DUE.cast("TEXT"),
    )
    of_year = (_year(_RECEIVED) == str(year)) | (_year(_DECIDED) == str(year)) | _DECIDED.is_null()
    found = DisclosureCase.select(*by, peewee.fn.COUNT(DisclosureCase.number)).where(of_year, *_of(organs))
    return [
        DayFacts(organ, row_of(outcome), _day(received), _day(decided), _day(due), many)
        for organ, outcome, received, decided, due, many in found.group_by(*by).tuples().execute(db.store)
    ]


def _day(text: str | date | None) -> date | None:
    """Return a day that the database gives as a text or as a day: peewee reads what it knows the column of."""
    if isinstance(text, str):
        return date.fromisoformat(text) if text else None
    return text


@dataclass(frozen=True)
class CountedCase:
    """A case behind a figure; nothing personal."""

    number: str
    organ_code: str
    applicant_type: str
    received_on: date | None
    decided_on: date | None
    outcome: str


def cases_of(
    row: str, column: str, year: int, organs: Organs, *, limit: int, offset: int = 0
) -> list[CountedCase]:
    """Return the cases behind a figure of table 3, in the order of their numbers."""
    found = _lines().where(*_counting_in(row, str(year)), *_in_column(column), *_of(organs))
    return _counted(found.order_by(DisclosureCase.number).limit(limit).offset(offset))


def one(number: str, organs: Organs) -> CountedCase | None:
    """Return a case of these organs by its number."""
    found = _counted(_lines().where(DisclosureCase.number == number, *_of(organs)))
    return found[0] if found else None


def _lines() -> peewee.ModelSelect[DisclosureCase]:
    return DisclosureCase.select(
        DisclosureCase.number,
        DisclosureCase.organ_code,
        DisclosureCase.applicant_type,
        _RECEIVED,
        _DECIDED,
        _OUTCOME,
    )


def _counted(found: peewee.ModelSelect[DisclosureCase]) -> list[CountedCase]:
    return [
        CountedCase(number, organ, applicant, received, _day(decided), outcome)
        for number, organ, applicant, received, decided, outcome in found.tuples().execute(db.store)
    ]


def _counting_in(row: str, year: str) -> list[peewee.Expression]:
    """Return the conditions of a row; `counting.rows_of` says the same of one case."""
    begun = peewee.Case(
        None,
        ((_RECEIVED.is_null() | (_year(_DECIDED) < _year(_RECEIVED)), _year(_DECIDED)),),
        _year(_RECEIVED),
    )
    decided = _year(_DECIDED)
    if row == NEW:
        return [begun == year]
    if row == CARRIED_IN:
        return [begun < year, decided.is_null() | (decided >= year)]
    if row == CARRIED_OUT:
        return [begun <= year, decided.is_null() | (decided > year)]
    return [decided == year, *([] if row == CLOSED else [_with_result(row)])]


def _with_result(row: str) -> peewee.Expression:
    outcomes = [outcome.value for outcome, found in OUTCOMES.items() if found.report_row == row]
    if row == OTHER_RESULT:
        others = [outcome.value for outcome, found in OUTCOMES.items() if found.report_row != row]
        return _OUTCOME.not_in(others)
    return _OUTCOME.in_(outcomes)


def _in_column(column: str) -> list[peewee.Expression]:
    if column == TOTAL:
        return []
    if column == OTHER_APPLICANT:
        return [DisclosureCase.applicant_type.not_in([each for each in APPLICANTS if each != column])]
    return [DisclosureCase.applicant_type == column]


def organs_with_cases() -> list[str]:
    """Return the codes of the organs that have a request."""
    found = DisclosureCase.select(DisclosureCase.organ_code).distinct().order_by(DisclosureCase.organ_code)
    return [code for (code,) in found.tuples().execute(db.store)]


@dataclass(frozen=True)
class Doubts:
    """
    What makes the figures of a year doubtful.

    Args:
        unconfirmed: Requests submitted by the end of the year whose day of receipt is not confirmed: in no row.
        without_result: Answered ones without an outcome, counted in 三(六)3.
        other_applicants: Requests whose kind of applicant is not known, counted as another organisation.
    """

    unconfirmed: int
    without_result: int
    other_applicants: int


def doubts(year: int, organs: Organs) -> Doubts:
    """Return what to look at before a report is submitted."""
    undecided = _DECIDED.is_null()
    return Doubts(
        _many(_RECEIVED.is_null(), undecided, DisclosureCase.submitted_at < f"{year + 1}", *_of(organs)),
        _many(_year(_DECIDED) == str(year), _OUTCOME == "", *_of(organs)),
        _many(
            DisclosureCase.applicant_type.not_in(APPLICANTS),
            undecided | (_year(_DECIDED) >= str(year)),
            *_of(organs),
        ),
    )


def _many(*conditions: peewee.Expression) -> int:
    return int(DisclosureCase.select(DisclosureCase.number).where(*conditions).count(db.store))


def ratings(organs: Organs, year: int) -> list[tuple[str, str]]:
    """Return organ and rating of each request decided in a year whose applicant said how satisfied they are."""
    found = (
        DisclosureEvent.select(DisclosureEvent.number, DisclosureCase.organ_code, DisclosureEvent.detail)
        .join(DisclosureCase, on=DisclosureCase.number == DisclosureEvent.number)
        .where(DisclosureEvent.act == CaseAct.FEEDBACK, _year(_DECIDED) == str(year), *_of(organs))
        .order_by(DisclosureEvent.seq)
    )
    last = {
        number: (organ, str(detail.get(RATING, "")))
        for number, organ, detail in found.tuples().execute(db.store)
    }
    return [each for each in last.values() if each[1]]


def suggested(organs: Organs) -> list[str]:
    """Return the numbers of requests whose applicants suggested to publish the answer (art. 44), the newest first."""
    found = (
        DisclosureEvent.select(DisclosureEvent.number)
        .join(DisclosureCase, on=DisclosureCase.number == DisclosureEvent.number)
        .where(DisclosureEvent.act == CaseAct.PUBLICATION_ASKED, *_of(organs))
        .order_by(DisclosureEvent.seq.desc())
    )
    return list(dict.fromkeys(number for (number,) in found.tuples().execute(db.store)))


@dataclass(frozen=True)
class CaseReview:
    """A review or a lawsuit that was noted at a request; file: its number there."""

    number: str
    organ_code: str
    file: str
    proceeding: Proceeding


def reviews(organs: Organs) -> list[CaseReview]:
    """Return the reviews and lawsuits noted at requests of these organs, the newest first."""
    found = (
        DisclosureEvent.select(
            DisclosureEvent.number, DisclosureCase.organ_code, DisclosureEvent.act, DisclosureEvent.detail
        )
        .join(DisclosureCase, on=DisclosureCase.number == DisclosureEvent.number)
        .where(DisclosureEvent.act.in_([CaseAct.REVIEW_OPENED, CaseAct.REVIEW_DECIDED]), *_of(organs))
        .order_by(DisclosureEvent.number, DisclosureEvent.seq)
    )
    made: list[CaseReview] = []
    for number, organ, act, detail in found.tuples().execute(db.store):
        if act == CaseAct.REVIEW_OPENED:
            opened = Proceeding(ReviewKind(detail["kind"]), date.fromisoformat(detail["on"]))
            made.append(CaseReview(number, organ, detail.get("file", ""), opened))
        else:
            made = [_decided(each, number, detail) for each in made]
    return sorted(made, key=lambda each: each.proceeding.opened_on, reverse=True)


def _decided(found: CaseReview, number: str, detail: Mapping[str, str]) -> CaseReview:
    """Return a review with its result, where the event is about it; `course` pairs them in the same way."""
    is_it = found.number == number and found.file == detail["file"] and found.proceeding.result is None
    if not is_it:
        return found
    result, day = ReviewResult(detail["result"]), date.fromisoformat(detail["on"])
    return replace(found, proceeding=replace(found.proceeding, result=result, decided_on=day))
