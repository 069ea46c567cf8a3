"""Wrong codes close a number to wrong codes only, and nobody learns from an answer which numbers are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.intake import tracking
from kiosk.intake.tracking import Closed, FoundSubmission, UnknownNumber
from tests.intake.county import County, a_county
from tests.intake.test_kinds import BOOKINGS, PRINTED, REQUESTS


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path, [REQUESTS, BOOKINGS]) as made:
        yield made


def handed_in(county: County) -> tuple[str, str]:
    county.citizen.open("/book/")
    county.citizen.fill_in(
        "book", {"topic": {"topic": "birth"}, "child": {"expected": "明年三月"}, **PRINTED}
    )
    return county.citizen.hand_in("book")


def answers(county: County, number: str, many: int) -> list[type]:
    return [type(tracking.look_up(number, f"{at:012d}", county.clock)) for at in range(many)]


def test_ten_wrong_codes_do_not_close_a_number_to_its_owner(county: County) -> None:
    number, code = handed_in(county)
    digits = code.replace(" ", "")
    assert answers(county, number, 12) == [UnknownNumber] * 10 + [Closed] * 2
    assert isinstance(tracking.look_up(number, digits, county.clock), FoundSubmission)
    assert answers(county, number, 1) == [UnknownNumber], "the owner's code opens it again"


def test_a_number_that_was_never_given_is_answered_as_one_that_was(county: County) -> None:
    number, _ = handed_in(county)
    never = number[:-4] + "ZZ-Z"
    assert never != number
    given, unknown = (
        [tracking.look_up(each, f"{at:012d}", county.clock) for at in range(12)] for each in (number, never)
    )
    assert given == unknown, "neither the words nor whether the hub is asked"
    elsewhere = tracking.look_up("ZZ99-261123-0001-ZZ-Z", "0" * 12, county.clock)
    assert elsewhere == UnknownNumber(is_ours=False), "the control: another terminal's numbers are asked for"
