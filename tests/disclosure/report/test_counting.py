"""Tables 3 and 4 from plain facts, their cross-foot checks, and the names of their rows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.disclosure.events import ReviewKind, ReviewResult
from kiosk.disclosure.report import proceedings
from kiosk.disclosure.report.counting import CaseFacts, broken, cross_foot, rows_of, table_three
from kiosk.disclosure.report.proceedings import Proceeding, column_of, table_four
from kiosk.disclosure.report.rows import APPLICANTS, FOUR, FOUR_COLUMNS, RESULTS, THREE, THREE_COLUMNS, TWO
from kiosk.disclosure.rules import ApplicantType
from kiosk.errors import RuleBroken

LAW = Path(__file__).resolve().parents[4] / "shared/law/annual_table3.json"


@pytest.mark.skipif(not LAW.exists(), reason="the reference lies beside the checkout")
def test_the_rows_are_those_of_the_form_word_for_word() -> None:
    form = json.loads(LAW.read_text("utf-8"))
    assert [[row.id, "|".join(row.parts)] for row in THREE] == form["rows"]
    assert [column.name for column in THREE_COLUMNS] == form["cols"]


def test_the_tables_have_the_size_of_the_form() -> None:
    assert (len(THREE), len(RESULTS), len(THREE_COLUMNS)) == (25, 21, 7)
    assert len(FOUR) * len(FOUR_COLUMNS) == 15
    assert sum(len(row.figures) for row in TWO) == 10
    assert set(APPLICANTS) == {each.value for each in ApplicantType}


def test_a_case_counts_once_on_each_side() -> None:
    assert rows_of(CaseFacts("citizen", 2026, 2026, "r1"), 2026) == ["new", "r1", "r7"]
    assert rows_of(CaseFacts("citizen", 2025, 2026, "r2"), 2026) == ["carried_in", "r2", "r7"]
    assert rows_of(CaseFacts("citizen", 2026, None, ""), 2026) == ["new", "carried_out"]
    assert rows_of(CaseFacts("citizen", 2024, 2027, "r1"), 2026) == ["carried_in", "carried_out"]
    assert rows_of(CaseFacts("citizen", 2027, None, ""), 2026) == []
    assert rows_of(CaseFacts("citizen", 2025, 2025, "r1"), 2026) == []
    assert rows_of(CaseFacts("citizen", None, None, ""), 2026) == []


def test_what_was_withdrawn_before_receipt_was_confirmed_counts_as_received() -> None:
    assert rows_of(CaseFacts("citizen", None, 2026, "r6_3"), 2026) == ["new", "r6_3", "r7"]


years = st.one_of(st.none(), st.integers(2023, 2028))
facts = st.builds(
    CaseFacts,
    applicant=st.sampled_from([*APPLICANTS, "", "nobody"]),
    received=years,
    decided=years,
    row=st.sampled_from([*RESULTS, "", "r9"]),
    many=st.integers(0, 30),
)


@given(st.lists(facts, max_size=40))
def test_every_table_foots_and_one_years_rest_is_the_next_years_beginning(cases: list[CaseFacts]) -> None:
    this, following = table_three(cases, 2025), table_three(cases, 2026)
    assert broken(cross_foot(this)) == []
    assert broken(cross_foot(following, carried_before=this["carried_out"])) == []


@given(st.lists(facts, min_size=1, max_size=10), st.sampled_from(RESULTS), st.sampled_from(APPLICANTS))
def test_a_figure_changed_by_hand_is_found(cases: list[CaseFacts], row: str, column: str) -> None:
    table = table_three(cases, 2025)
    table[row][column] += 1
    assert {check.code for check in broken(cross_foot(table))} == {"closed", "total"}


def test_a_difference_to_last_years_report_is_shown_by_column() -> None:
    table = table_three([CaseFacts("business", 2025, 2026, "r1", 3)], 2026)
    [one, whole] = broken(cross_foot(table, {"business": 4, "total": 4}))
    assert (one.code, one.where, one.left, one.right) == ("carried", "business", 3, 4)
    assert whole.where == "total"


REVIEW, UPHELD = ReviewKind.REVIEW, ReviewResult.UPHELD


def test_a_review_is_pending_at_the_end_of_each_year_until_its_result() -> None:
    found = Proceeding(REVIEW, date(2024, 12, 1), UPHELD, date(2026, 2, 1))
    assert [column_of(found, year) for year in (2023, 2024, 2025, 2026, 2027)] == [
        "", "pending", "pending", "upheld", "",
    ]  # fmt: skip
    assert table_four([found], 2025)["review"] == {
        "upheld": 0, "corrected": 0, "other": 0, "pending": 1, "total": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Proceeding(REVIEW, date(2026, 12, 2)), "opened-after-today"),
        (Proceeding(REVIEW, date(2026, 11, 2), UPHELD), "result-without-day"),
        (Proceeding(REVIEW, date(2026, 11, 2), None, date(2026, 11, 3)), "result-without-day"),
        (Proceeding(REVIEW, date(2026, 11, 2), UPHELD, date(2026, 12, 3)), "decided-after-today"),
        (Proceeding(REVIEW, date(2026, 11, 2), UPHELD, date(2026, 11, 1)), "decided-before-opened"),
    ],
)
def test_days_that_cannot_be_are_refused(wrong: Proceeding, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        proceedings.check(wrong, date(2026, 12, 1))
    assert refused.value.code == code
