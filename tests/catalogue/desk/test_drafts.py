"""What a clerk writes before it waits: a draft with its faults; a record keeps its bytes whatever it passes through."""

from __future__ import annotations

import dataclasses

import pytest

from kiosk.catalogue.desk import draft
from kiosk.catalogue.records.record import checked, parsed
from kiosk.catalogue.records.rules import canonical
from tests.catalogue.conftest import SAMPLE, a_record

LINES = SAMPLE.read_text("utf-8").splitlines()


def test_a_draft_begins_with_the_record_as_it_is() -> None:
    begun = draft.begun(checked(a_record(disclosure="proactive")), "edit")
    assert (begun.id, begun.kind, begun.act) == ("doc:1", "policy", "edit")
    assert (begun.attribute, begun.reason, begun.faults) == ("proactive", "", ())


def test_what_was_typed_is_another_draft_and_the_first_one_stays() -> None:
    begun = draft.begun(checked(a_record(disclosure="proactive")), "edit")
    typed = draft.typed(begun, {"title": "新标题", "reason": " 写错了 ", "disclosure": "on_request"})
    assert (typed.record["title"], typed.record["disclosure"]) == ("新标题", "on_request")
    assert (typed.reason, typed.attribute, typed.faults) == ("写错了", "on_request", ())
    assert begun.record == a_record(disclosure="proactive")
    with pytest.raises(dataclasses.FrozenInstanceError):
        typed.reason = ""  # type: ignore[misc]


def test_a_draft_names_its_faults_and_an_amendment_needs_its_reason() -> None:
    begun = draft.begun(checked(a_record()), "amend")
    faults = draft.typed(begun, {"title": "", "drawn_on": "去年"}).faults
    assert {(fault.code, fault.where) for fault in faults} >= {
        ("missing", "title"),
        ("bad-date", "drawn_on"),
        ("reason-missing", "reason"),
    }


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_stored_record_is_read_and_written_byte_for_byte(line: str) -> None:
    text = canonical(parsed(line))
    assert canonical(checked(parsed(text))) == text
