"""The report counted by the database from 5,000 generated cases, beside a count written in another way."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import BEIJING
from kiosk.disclosure.case_models import DisclosureCase
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.report import case_counts, gathering
from kiosk.disclosure.report.counting import broken, table_three
from kiosk.disclosure.report.gathering import ReportScope
from kiosk.disclosure.report.rows import THREE, THREE_COLUMNS
from kiosk.workdays import load_calendar
from tests.hub import build_hub

MANY = 5_000
ORGANS = ("GX-ZFB", "GX-JTJ", "GX-SMALL")
APPLICANTS = ("citizen", "business", "research", "charity", "legal", "other", "somebody")
ROWS_BY_ARTICLE = {
    "granted_public": "r1", "granted": "r1", "partial": "r2", "refused_secret": "r3_1", "refused_law": "r3_2",
    "refused_safety": "r3_3", "refused_third": "r3_4", "refused_internal": "r3_5", "refused_process": "r3_6",
    "refused_casefile": "r3_7", "refused_query": "r3_8", "none_found": "r4_1", "not_ours": "r4_1",
    "needs_making": "r4_2", "unclear": "r4_3", "petition": "r5_1", "repeat": "r5_2", "publication": "r5_3",
    "mass": "r5_4", "reconfirm": "r5_5", "abandoned_corr": "r6_1", "abandoned_fee": "r6_2", "withdrawn": "r6_3",
    "other": "r6_3", "": "r6_3",
}  # fmt: skip
"""The mapping of the law reference, written out again."""
FIRST = date(2024, 6, 1)


@dataclass(frozen=True)
class Made:
    """A generated case."""

    organ: str
    applicant: str
    received: date | None
    answered: date | None
    closed: date | None
    outcome: str


def generated(seed: int = 16) -> list[Made]:
    """Cases of two and a half years: some unconfirmed, some open, some given up before they were received."""
    draw = random.Random(seed)
    outcomes = [each.value for each in Outcome if each]
    made = []
    for _ in range(MANY):
        received = FIRST + timedelta(days=draw.randrange(900))
        ended = received + timedelta(days=draw.randrange(60))
        organ = draw.choices(ORGANS, (70, 29, 1))[0]
        kind = draw.random()
        case = Made(
            organ, draw.choice(APPLICANTS), received, ended, ended + timedelta(days=3), draw.choice(outcomes)
        )
        if kind < 0.1:
            case = Made(organ, case.applicant, received, None, None, "")
        elif kind < 0.15:
            case = Made(
                organ, case.applicant, received, None, ended, draw.choice(["withdrawn", "abandoned_corr"])
            )
        elif kind < 0.18:
            case = Made(organ, case.applicant, None, None, None, "")
        elif kind < 0.2:
            case = Made(organ, case.applicant, None, None, ended, "withdrawn")
        made.append(case)
    return made


def counted_again(made: list[Made], year: int) -> dict[tuple[str, str], int]:
    """The table by going through the year day by day, as a clerk with a paper register would."""
    table = {(row.id, column.id): 0 for row in THREE for column in THREE_COLUMNS}
    first, last = date(year, 1, 1), date(year, 12, 31)
    for case in made:
        end = case.answered or case.closed
        begin = case.received or end
        if begin is None or begin > last:
            continue
        if end is not None and end < first:
            continue
        lines = ["new"] if begin >= first else ["carried_in"]
        lines += ["carried_out"] if end is None or end > last else [ROWS_BY_ARTICLE[case.outcome], "r7"]
        column = "other" if case.applicant == "somebody" else case.applicant
        for line in lines:
            table[line, column] += 1
            table[line, "total"] += 1
    return table


def store(made: list[Made]) -> None:
    """Put them into the register."""
    at = datetime(2024, 6, 1, 9, tzinfo=BEIJING)
    rows = [
        {
            "number": f"GX01-240601-{number:05}", "key": f"key-{number}", "organ_code": each.organ,
            "applicant_type": each.applicant, "entry_mode": "self", "submitted_at": at, "received_on": each.received,
            "received_basis": "in_person", "state": "ended" if each.closed else "registered",
            "reply_due": each.received + timedelta(days=30) if each.received else None,
            "outcome": each.outcome, "answered_on": each.answered, "closed_on": each.closed,
        }
        for number, each in enumerate(made)
    ]  # fmt: skip
    with db.writing(db.store):
        for start in range(0, len(rows), 500):
            DisclosureCase.insert_many(rows[start : start + 500]).execute()


@pytest.fixture
def made(tmp_path: Path, address: str) -> Iterator[list[Made]]:
    build_hub(tmp_path, address)
    found = generated()
    store(found)
    yield found
    db.real(db.store).close_all()


def test_the_report_equals_an_independent_count_and_each_figure_its_cases(made: list[Made]) -> None:
    for year in (2024, 2025, 2026):
        table = table_three(case_counts.year_facts(None), year)
        assert {(row, column): many for row, found in table.items() for column, many in found.items()} == (
            counted_again(made, year)
        )
    for row, found in table.items():
        for column in ("citizen", "other", "total"):
            assert len(case_counts.cases_of(row, column, 2026, None, limit=MANY)) == found[column], (
                row,
                column,
            )
    one = table_three(case_counts.year_facts(frozenset({"GX-JTJ"})), 2025)
    expected = counted_again([case for case in made if case.organ == "GX-JTJ"], 2025)
    assert {(row, column): many for row, found in one.items() for column, many in found.items()} == expected
    unconfirmed = sum(1 for case in made if case.received is None and case.closed is None)
    assert case_counts.doubts(2026, None).unconfirmed == unconfirmed

    began = time.perf_counter()
    report = gathering.report(ReportScope(2025, ""), "冠县", date(2026, 1, 10))
    found = gathering.year_statistics(ReportScope(2025, ""), date(2026, 1, 10), load_calendar())
    assert time.perf_counter() - began < 5
    assert broken(report.checks) == []
    assert found.organs == ("GX-ZFB", "") or found.organs == ("GX-JTJ", "GX-SMALL", "GX-ZFB")
    assert found.received.rows()[-1][-1] == sum((case.received or date.min).year == 2025 for case in made)
    ends = [case.answered or case.closed or date.min for case in made]
    assert found.answered.rows()[-1][-1] == sum(day.year == 2025 for day in ends)
    assert found.punctual.rows()[-1][-1] == found.results.rows()[-1][-1] == found.answered.rows()[-1][-1]
    assert all(days is None or 5 < days < 40 for days in found.workdays)
    [line] = case_counts.cases_of("r1", "citizen", 2025, None, limit=1)
    assert line.decided_on is not None
