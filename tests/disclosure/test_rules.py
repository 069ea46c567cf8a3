"""What the law asks of a request, and what it does not."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.disclosure import rules
from kiosk.disclosure.questions import QUESTIONS
from kiosk.disclosure.rules import ReceivedBasis, id_number_fault, plain_number
from tests.journeys.story import an_id_number

TODAY = date(2026, 11, 23)


def test_in_person_the_day_of_submission_is_the_day_of_receipt() -> None:
    told = rules.receipt_under_art_31(is_in_person=True, is_clock_trusted=True, day=TODAY)
    assert (told.received_on, told.basis) == (TODAY, ReceivedBasis.IN_PERSON)


def test_by_machine_the_organ_confirms_the_day() -> None:
    told = rules.receipt_under_art_31(is_in_person=False, is_clock_trusted=True, day=TODAY)
    assert (told.received_on, told.basis) == (None, ReceivedBasis.TO_CONFIRM)


def test_a_clock_that_cannot_be_trusted_decides_nothing() -> None:
    told = rules.receipt_under_art_31(is_in_person=True, is_clock_trusted=False, day=TODAY)
    assert (told.received_on, told.basis) == (None, ReceivedBasis.CLOCK_UNVERIFIED)


@pytest.mark.parametrize("region", ["371525", "372525", "371599", "810000", "830000"])
def test_numbers_of_any_region_are_numbers(region: str) -> None:
    assert id_number_fault(an_id_number(f"{region}19500101001"), TODAY) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("37152519500101001", "length"),
        ("37152519500101001A", "form"),
        (an_id_number("37152519500231001"), "birth"),
        (an_id_number("37152520990101001"), "birth"),
        (an_id_number("37152518990101001"), "birth"),
    ],
)
def test_what_is_no_identity_number_is_named(number: str, fault: str) -> None:
    assert id_number_fault(number, TODAY) == fault


def test_every_single_wrong_digit_is_caught() -> None:
    right = an_id_number("37152519500101002")
    for place in range(17):
        for digit in "0123456789":
            if digit != right[place]:
                wrong = right[:place] + digit + right[place + 1 :]
                assert id_number_fault(wrong, TODAY) in ("check", "birth"), wrong


def test_full_width_and_spaces_are_understood() -> None:
    assert plain_number("３７１５ ２５-195001010０１x") == "37152519500101001X"


def test_no_question_asks_for_a_reason() -> None:
    """Art. 29 lists three things; the purpose is not among them (LAW.md §0.2)."""
    asked = {blank.name for question in QUESTIONS for blank in question.blanks}
    assert not asked & {"purpose", "reason", "use", "fee"}
