"""A promised date keeps its doubt and its basis from the rule to the last screen, and they are never mixed."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.disclosure.deadlines import terms
from kiosk.intake import slips
from kiosk.intake.models import Submission
from kiosk.intake.promises import Entrance
from kiosk.intake.tracking import HubState, progress_of, read_progress
from kiosk.workdays import Basis, Deadline, load_calendar, read_deadline
from tests.clocks import MONDAY_MORNING

CALENDAR = load_calendar()
NUMBER = "GX03-261207-0001-K7-4"
PROVISIONAL = Deadline(date(2027, 1, 4), 20, True, Basis.IF_RECEIVED, "next-year-not-announced")


def promised(due: Deadline | None) -> Submission:
    """A request as the terminal keeps it."""
    return Submission(
        key="k",
        number=NUMBER,
        kind="disclosure",
        organ_code="GX-ZFB",
        organ_name="冠县人民政府办公室",
        submitted_at=MONDAY_MORNING,
        received_on=None,
        received_basis="to_confirm",
        masked={"name": "张**", **(due.as_dict() if due else {})},
        code_hash="",
        state="submitted",
        state_at=MONDAY_MORNING,
    )


def told(**detail: object) -> HubState:
    return HubState(NUMBER, "submitted", MONDAY_MORNING, {"organ_name": "冠县人民政府办公室", **detail})


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("why", ["", "year-not-announced"])
def test_what_is_written_down_of_a_deadline_is_read_again(basis: Basis, why: str) -> None:
    due = Deadline(date(2026, 12, 21), 20, bool(why), basis, why)
    assert read_deadline(json.loads(json.dumps(due.as_dict()))) == due


def test_a_state_that_an_earlier_hub_told_still_reads() -> None:
    due = read_deadline({"reply_due": "2027-01-04", "provisional": True, "received_on": "2026-12-07"})
    assert due == Deadline(date(2027, 1, 4), 20, True, Basis.RECEIVED, "")
    assert read_deadline({"reply_due": None, "provisional": False, "received_on": None}) is None


def test_a_hub_that_has_not_counted_yet_takes_nothing_from_the_promise() -> None:
    """paper.md P2: date of the terminal, doubt of the hub; the paper lost 暂定 and 如当天确认收到."""
    for said in ({}, {"reply_due": None, "provisional": False, "received_on": None}):
        progress = progress_of(told(**said), promised(PROVISIONAL))
        assert progress.due == PROVISIONAL
        assert slips.due_words(PROVISIONAL).startswith("如当天确认收到，预计不晚于2027年1月4日（暂定")


def test_what_the_hub_counted_replaces_the_promise_whole() -> None:
    counted = Deadline(date(2026, 12, 31), 20, False, Basis.RECEIVED, "")
    progress = progress_of(told(**counted.as_dict()), promised(PROVISIONAL))
    assert progress.due == counted
    assert slips.due_words(counted) == "不晚于2026年12月31日"


def test_a_visit_keeps_the_whole_value() -> None:
    progress = progress_of(None, promised(PROVISIONAL))
    assert read_progress(json.loads(json.dumps(progress.kept()))) == progress


def test_what_an_earlier_version_kept_in_a_visit_is_looked_up_again() -> None:
    assert read_progress({"number": NUMBER, "state": "submitted", "due_on": "2026-12-21"}) is None


@pytest.mark.parametrize("is_in_person", [True, False])
def test_the_basis_is_the_day_of_receipt_or_says_that_it_is_assumed(is_in_person: bool) -> None:
    at = Entrance(date(2026, 12, 7), CALENDAR, is_clock_trusted=True, is_in_person=is_in_person)
    found = terms(at)
    assert found.due
    assert found.due.basis is (Basis.RECEIVED if is_in_person else Basis.IF_RECEIVED)
    assert found.due.is_provisional


def test_a_clock_that_nobody_trusts_promises_no_date() -> None:
    at = Entrance(date(2026, 12, 7), CALENDAR, is_clock_trusted=False, is_in_person=True)
    assert terms(at).due is None
    assert progress_of(None, replace(promised(None), received_basis="clock_unverified")).due is None


@pytest.mark.parametrize(
    ("received_on", "basis", "kept"),
    [
        (None, "to_confirm", Deadline(date(2027, 1, 4), 20, True, Basis.IF_RECEIVED, "")),
        ("2026-12-07", "in_person", Deadline(date(2027, 1, 4), 20, True, Basis.RECEIVED, "")),
        (None, "clock_unverified", None),
    ],
)
def test_promises_of_before_the_upgrade_are_kept(
    tmp_path: Path, clock: FixedClock, received_on: str | None, basis: str, kept: Deadline | None
) -> None:
    masked = {"name": "张**", "obtain": "collect", "due_on": "2027-01-04", "due_provisional": True}
    with sqlite3.connect(tmp_path / "old.sqlite3") as old:
        old.execute("CREATE TABLE submission (masked TEXT, received_on TEXT, received_basis TEXT)")
        old.execute("INSERT INTO submission VALUES (?, ?, ?)", (json.dumps(masked), received_on, basis))
        old.executescript((db.MIGRATIONS / "station" / "0012_deadlines.sql").read_text("utf-8"))
        after = json.loads(old.execute("SELECT masked FROM submission").fetchone()[0])
    assert read_deadline(after) == kept
    assert after["name"] == "张**"
    assert "due_on" not in after
