"""What one telephone number may book: one of a topic, two in all, nothing remote after three no-shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk import db
from kiosk.errors import Refused
from kiosk.seats import actions, claim_models, phone_limits, rules
from kiosk.seats.rules import Seat, SeatChannel
from tests.seats.supply import LATER, NOW, a_session

MINE = rules.phone_mark(b"k" * 32, "13800001234")
WEB = SeatChannel.WEB


@pytest.fixture(autouse=True)
def hub(store: db.Store) -> None:
    made = [
        a_session(topic, topic=topic, day=LATER + timedelta(days=at))
        for at, topic in enumerate(("school", "job", "tax"))
    ]
    actions.open_sessions(made, NOW)


def book(number: str, session: str) -> Seat:
    """A booking whose telephone the hub noted with its seat, as a terminal asks."""
    seat = actions.hold(session, number, WEB, NOW)
    phone_limits.check(MINE, seat, WEB, NOW)
    with db.writing(db.store):
        actions.claim(seat, number, NOW)
    return seat


def test_a_number_is_a_mark_that_only_the_countys_key_makes() -> None:
    assert rules.phone_mark(b"l" * 32, "13800001234") != MINE
    assert "13800001234" not in MINE


def test_one_of_a_topic_and_two_in_all() -> None:
    book("A-1", "school")
    with pytest.raises(Refused, match="phone-topic"):
        phone_limits.check(MINE, Seat("school", 2), WEB, NOW)
    book("A-2", "job")
    with pytest.raises(Refused, match="phone-most"):
        phone_limits.check(MINE, Seat("tax", 1), WEB, NOW)
    phone_limits.check(MINE, Seat("school", 2), WEB, NOW, instead_of="A-1")
    phone_limits.check("", Seat("school", 2), WEB, NOW)
    phone_limits.check(MINE, Seat("school", 2), SeatChannel.DESK, NOW)


def test_what_was_given_back_counts_no_more_but_the_same_seat_is_not_for_the_same_telephone() -> None:
    seat = book("A-1", "school")
    actions.give_back("A-1", NOW)
    with pytest.raises(Refused, match="phone-gave-back"):
        phone_limits.check(MINE, seat, WEB, NOW + timedelta(minutes=45))
    phone_limits.check(MINE, Seat("school", seat.no + 1), WEB, NOW + timedelta(minutes=45))


def test_three_no_shows_end_remote_booking_for_thirty_days() -> None:
    for at, session in enumerate(("school", "job", "tax")):
        book(f"A-{at}", session)
        with db.writing(db.store):
            phone_limits.missed(f"A-{at}", NOW)
    with pytest.raises(Refused, match="phone-missed"):
        phone_limits.check(MINE, Seat("school", 2), WEB, NOW + timedelta(days=1))
    with db.writing(db.store):
        phone_limits.excuse("A-0")
    phone_limits.check(MINE, Seat("tax", 3), WEB, NOW + timedelta(days=1))
    assert claim_models.lost() == []
