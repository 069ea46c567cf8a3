"""A booking from form to hub: leased seats offline, slips, call-backs, changes, waiting; nothing lost or doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.consultation.booking import bookings
from kiosk.consultation.booking.rules import BookingState, read_appointment
from kiosk.seats import actions as seats
from printers.paper import plain
from tests.consultation.booked import a_consulting_county, answers
from tests.intake.county import County


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_consulting_county(tmp_path) as made:
        yield made


def offered(county: County, path: str = "book", question: str = "first") -> list[str]:
    """The values to choose from on a question."""
    page = county.citizen.open(f"/{path}/{question}")
    return re.findall(rf'name="{question}"[^>]*value="([^"]+)"', page) or re.findall(
        rf'value="([^"]+)"[^>]*name="{question}"', page
    )


def begin(county: County) -> None:
    citizen = county.citizen
    citizen.send("/book/")
    assert citizen.send("/book/topic", topic="birth").status_code == 303
    assert citizen.send("/book/place", place="hall").status_code == 303


def book(county: County) -> tuple[str, str]:
    begin(county)
    first = offered(county)[0]
    for name, fields in list(answers(first).items())[2:]:
        assert county.citizen.send(f"/book/{name}", **fields).status_code == 303, name
    return county.citizen.hand_in("book")


def test_the_first_free_time_is_offered_at_once_and_confirmed_without_the_hub(county: County) -> None:
    number, _code = book(county)
    slip = plain.render(county.slip(), 32)
    assert "咨询预约单" in slip
    assert "上午9:00" in slip
    assert "1号" in slip
    assert "人民路1号" in slip
    assert "结婚证" in slip
    assert "张*" in slip
    assert "张样例" not in slip
    page = county.citizen.open("/book/receipt")
    assert "约好了" in page
    submission = county.carry_up()
    assert "name" not in submission.envelope
    assert read_appointment(submission.envelope).seat == 1
    with county.hub_side():
        found = bookings.booking(number)
        assert found.state is BookingState.BOOKED
        assert seats.seat_of(number) is not None
