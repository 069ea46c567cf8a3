"""What a page says of a paper: a row for each state of the printer and each kind of paper."""

from __future__ import annotations

from itertools import product

import pytest

from kiosk.web.paper_states import MISSING, ONCE_MORE, PAPERS, TAKEN, PaperHolds, PaperOutcome, outcome
from printers.spooler.spool import PrintJobState


def test_every_state_of_every_kind_of_paper_has_its_row() -> None:
    assert set(PAPERS) == set(product(PaperOutcome, PaperHolds))


@pytest.mark.parametrize("state", PrintJobState)
@pytest.mark.parametrize("device", ["ok", "bad", "unknown", ""])
def test_every_job_at_every_printer_is_told(state: PrintJobState, device: str) -> None:
    assert outcome(state, device) in PaperOutcome


def test_a_waiting_paper_is_stuck_only_while_its_printer_cannot_print() -> None:
    assert outcome(PrintJobState.QUEUED, "bad") is PaperOutcome.STUCK
    assert outcome(PrintJobState.QUEUED, "ok") is PaperOutcome.COMING
    assert outcome(PrintJobState.SENDING, "bad") is PaperOutcome.COMING, "what was begun is not taken back"


@pytest.mark.parametrize("holds", PaperHolds)
def test_a_person_is_asked_exactly_where_the_printer_cannot_know(holds: PaperHolds) -> None:
    asked = {each for each in PaperOutcome if TAKEN in PAPERS[each, holds].buttons}
    assert asked == {PaperOutcome.SENT, PaperOutcome.UNCERTAIN}
    assert all(MISSING in PAPERS[each, holds].buttons for each in asked)
    assert PAPERS[PaperOutcome.NOT_PRINTED, holds].buttons == (ONCE_MORE,)
    assert not PAPERS[PaperOutcome.COMING, holds].buttons, "a second tap orders no second paper"


def test_a_receipt_never_says_that_its_content_is_kept_and_a_document_never_speaks_of_a_number() -> None:
    for (_, holds), row in PAPERS.items():
        other = "内容还在" if holds is PaperHolds.NUMBER else "编号"
        assert other not in str(row.words)
