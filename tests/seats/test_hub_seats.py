"""Seats at the hub, on both engines: held, claimed, given back; sessions opened and changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk import db
from kiosk.errors import Refused
from kiosk.seats import actions, claim_models, models
from kiosk.seats.rules import Seat, SeatChannel, SeatState
from tests.seats.supply import LATER, NOW, a_session


@pytest.fixture(autouse=True)
def hub(store: db.Store) -> None:
    """The tables of a hub."""


def left(channel: SeatChannel = SeatChannel.WEB, minutes: float = 0) -> int:
    now = NOW + timedelta(minutes=minutes)
    (found,) = actions.free_times("consultation", "hall", "school", channel, LATER, LATER, now)
    return found.left


def book(number: str, session: str = "s1", minutes: float = 0) -> Seat:
    with db.writing(db.store):
        return actions.book(session, number, SeatChannel.DESK, NOW + timedelta(minutes=minutes))


def test_a_held_seat_is_one_less_and_comes_back_by_itself() -> None:
    actions.open_sessions([a_session()], NOW)
    seat = actions.hold("s1", "form-1", SeatChannel.WEB, NOW)
    assert seat == actions.hold("s1", "form-1", SeatChannel.WEB, NOW)
    assert left() == 2
    assert left(minutes=4) == 3


def test_a_full_session_refuses() -> None:
    actions.open_sessions([a_session(seats=1)], NOW)
    book("A-1")
    with pytest.raises(Refused, match="full"):
        actions.hold("s1", "form-1", SeatChannel.DESK, NOW)


def test_a_booking_has_its_seat_once() -> None:
    actions.open_sessions([a_session()], NOW)
    seat = actions.hold("s1", "form-1", SeatChannel.WEB, NOW)
    with db.writing(db.store):
        assert actions.claim(seat, "A-1", NOW).is_as_promised
        assert actions.claim(seat, "A-1", NOW).is_as_promised
    assert left() == 2
    assert actions.seat_of("A-1") == Seat("s1", seat.no)


def test_a_cancelled_seat_rests_and_is_free_again() -> None:
    actions.open_sessions([a_session()], NOW)
    book("A-1")
    actions.give_back("A-1", NOW)
    assert left(minutes=9) == 2
    assert left(minutes=41) == 3


def test_a_seat_given_back_shortly_before_goes_to_walk_ins() -> None:
    session = a_session(day=NOW.date(), starts=NOW.hour * 60 + 8 * 60 + NOW.minute + 60, ends=1200)
    actions.open_sessions([session], NOW)
    seat = book("A-1")
    actions.give_back("A-1", NOW)
    assert (models.owner_of(seat) or ("",))[0] == SeatState.WALK_IN


def test_places_are_kept_for_the_desk_until_three_the_day_before() -> None:
    actions.open_sessions([a_session(kept=2)], NOW)
    assert (left(SeatChannel.WEB), left(SeatChannel.DESK)) == (1, 3)
    hours = 2 * 24 + 15 - 9.5
    assert left(SeatChannel.WEB, minutes=hours * 60 + 1) == 3


def test_a_change_that_hits_a_booking_names_it_and_changes_nothing() -> None:
    actions.open_sessions([a_session()], NOW)
    for number in ("A-1", "A-2", "A-3"):
        book(number)
    with pytest.raises(actions.SeatsTaken) as refused:
        actions.open_sessions([a_session("s2"), a_session(seats=2)], NOW)
    assert [hit.number for hit in refused.value.hits] == ["A-3"]
    assert models.session("s2") is None
    assert actions.open_sessions([a_session(seats=2)], NOW, settled=["A-3"]).changed == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closed": True}, "closed"),
        ({"day": NOW.date() - timedelta(days=1)}, "past"),
        ({"horizon_days": 1}, "too-early"),
    ],
)
def test_what_cannot_be_booked_says_why(changes: dict[str, object], code: str) -> None:
    actions.open_sessions([a_session(**changes)], NOW)
    with pytest.raises(Refused, match=code):
        actions.hold("s1", "form-1", SeatChannel.WEB, NOW)


def test_a_booking_whose_seat_has_another_owner_gets_another_one_or_is_called() -> None:
    actions.open_sessions([a_session(seats=2)], NOW)
    promised = Seat("s1", 1, "lease-of-a-lost-hub")
    book("A-1")
    with db.writing(db.store):
        assert actions.claim(promised, "A-2", NOW).seat == Seat("s1", 2)
        assert actions.claim(promised, "A-3", NOW).seat is None
    assert [number for number, _ in claim_models.lost()] == ["A-3"]
