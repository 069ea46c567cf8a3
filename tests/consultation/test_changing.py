"""A change of places or hours is one act with its history, its sessions and the bookings that it hits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from kiosk import db
from kiosk.consultation.supply import changing, models
from kiosk.consultation.supply.changing import BookingActs, SettledBooking, SupplyHand
from kiosk.consultation.supply.models import RebookingOutcome
from kiosk.consultation.supply.things import (
    BookingTerms,
    DayException,
    ExceptionKind,
    SupplyPart,
    Thing,
)
from kiosk.consultation.supply.whole import SupplyChange, change_to
from kiosk.errors import RuleBroken
from kiosk.seats import actions as seats
from kiosk.seats import claim_models
from kiosk.seats import models as seat_models
from kiosk.seats.rules import SeatChannel
from kiosk.workdays import WorkCalendar, load_calendar
from tests.clocks import MONDAY_MORNING as NOW
from tests.consultation.samples import BIRTH, HALL, SCHOOL, a_rule

CALENDAR = load_calendar()
WEDNESDAY = date(2026, 11, 25)
NINE = "c-hall-birth-20261125-0900"
TEN = "c-hall-birth-20261125-1000"
MOVED, KEPT, CALLED_OFF = RebookingOutcome
SMALL = BookingTerms(horizon_days=2)


def _move(number: str, session: str, now: datetime) -> None:
    seats.move(number, seats.hold(session, f"move-{number}", SeatChannel.DESK, now), now)


SEATS_ALONE = BookingActs(_move, lambda number, _why, now: seats.give_back(number, now))
"""What happens to the seat of a booking that has no row of its own."""


def save(changes: Iterable[SupplyChange], why: str = "", **settled: SettledBooking) -> int:
    by_number = {number.replace("_", "-"): each for number, each in settled.items()}
    return changing.save(changes, SupplyHand("wang", NOW, CALENDAR, SEATS_ALONE, why), by_number)


def put(*found: Thing, why: str = "", **settled: SettledBooking) -> int:
    return save(map(change_to, found), why, **settled)


@pytest.fixture
def opened(store: db.Store) -> db.Store:
    """A hub whose hall is open on working days."""
    put(SMALL, HALL, BIRTH, a_rule())
    return store


def book(number: str, session: str) -> None:
    with db.writing(db.store):
        seats.book(session, number, SeatChannel.DESK, NOW, phone="mark")


CLOSED = DayException("d1", "hall", ExceptionKind.CLOSED, WEDNESDAY, WEDNESDAY, "停电")


def test_a_rule_makes_its_sessions_and_the_round_those_of_the_next_days(opened: db.Store) -> None:
    made = seat_models.sessions(WEDNESDAY, WEDNESDAY, of="consultation")
    assert [each.starts for each in made] == [540, 570, 600, 630, 840, 870, 900, 930]
    assert {each.seats for each in made} == {2}
    assert changing.roll(NOW, CALENDAR) == 0
    assert changing.roll(NOW + timedelta(days=3), CALENDAR) == 8, "the Monday after"
    assert changing.roll(NOW + timedelta(days=3), CALENDAR) == 0


def test_the_history_keeps_every_state_and_who_made_it(opened: db.Store) -> None:
    put(replace(HALL, name="新大厅"), why="搬家")
    save([SupplyChange(SupplyPart.RULE, "r1", None)])
    rows = models.history(SupplyPart.PLACE, "hall")
    assert [(row.actor, row.why, "新大厅" in row.content) for row in rows] == [
        ("wang", "搬家", True),
        ("wang", "", False),
    ]
    assert models.now().rules == {}
    assert models.history(SupplyPart.RULE)[0].content == ""
    assert models.codes(SupplyPart.RULE) == {"r1"}


def test_the_same_form_sent_twice_is_one_change(opened: db.Store) -> None:
    assert put(SCHOOL)
    assert put(SCHOOL) == 0
    assert len(models.history(SupplyPart.TOPIC, "school")) == 1


def test_a_change_that_hits_bookings_lists_them_and_is_saved_only_when_each_is_settled(
    opened: db.Store,
) -> None:
    for number in ("a-1", "a-2"):
        book(number, NINE)
    book("a-3", TEN)
    found = changing.effects([change_to(CLOSED)], NOW, CALENDAR)
    assert [each.number for each in found.hit] == ["a-1", "a-2", "a-3"]
    before = models.last_seq()
    with pytest.raises(RuleBroken, match="no-booking-settled"):
        put(CLOSED, a_1=SettledBooking(KEPT))
    assert models.last_seq() == before, "nothing was stored"
    target = found.hit[1].proposed[0]
    assert target.day != WEDNESDAY, "another time that stays"
    put(
        CLOSED,
        why="停电",
        a_1=SettledBooking(KEPT),
        a_2=SettledBooking(MOVED, target.id),
        a_3=SettledBooking(CALLED_OFF),
    )
    assert _session("a-1") == NINE
    assert _session("a-2") == target.id
    assert claim_models.phone_of("a-2") == "mark", "the limit of a telephone goes along"
    assert _session("a-3") == ""
    assert not seats.free_times(
        "consultation", "hall", "birth", SeatChannel.DESK, WEDNESDAY, WEDNESDAY, NOW
    ), "nobody books a closed day"
    assert [(each.number, each.outcome, each.reason) for each in models.to_call()] == [
        ("a-2", MOVED, "停电"),
        ("a-3", CALLED_OFF, "停电"),
    ]
    assert changing.conflicts(NOW) == [], "what was kept is settled"
    changing.note_call(models.to_call()[0].id, now=NOW, by="wang")
    assert [each.number for each in models.to_call()] == ["a-3"]


def _session(number: str) -> str:
    seat = seats.seat_of(number)
    return seat.session if seat else ""


def test_a_time_that_somebody_else_took_meanwhile_is_not_promised(opened: db.Store) -> None:
    book("a-1", NINE)
    target = changing.effects([change_to(CLOSED)], NOW, CALENDAR).hit[0].proposed[0].id
    for number in ("b-1", "b-2"):
        book(number, target)
    before = models.last_seq()
    with pytest.raises(RuleBroken, match="no-time"):
        put(CLOSED, why="停电", a_1=SettledBooking(MOVED, target))
    assert models.last_seq() == before
    assert _session("a-1") == NINE, "the whole act was undone"


def test_each_booking_is_proposed_a_seat_of_its_own(opened: db.Store) -> None:
    for at, number in enumerate(("a-1", "a-2", "a-3", "a-4")):
        book(number, NINE if at < 2 else TEN)
    hit = changing.effects([change_to(CLOSED)], NOW, CALENDAR).hit
    first = [each.proposed[0].id for each in hit]
    assert max(map(first.count, first)) <= 2, "no more than the seats that are left"


def test_fewer_windows_hit_only_the_seats_above(opened: db.Store) -> None:
    for number in ("a-1", "a-2"):
        book(number, NINE)
    found = changing.effects([change_to(a_rule(windows={"birth": 1}))], NOW, CALENDAR)
    assert [each.number for each in found.hit] == ["a-2"]


def test_a_new_notice_closes_its_days_at_once_and_their_bookings_wait_for_a_decision(
    opened: db.Store,
) -> None:
    book("a-1", NINE)
    year = CALENDAR.years[2026]
    after = WorkCalendar({**CALENDAR.years, 2026: replace(year, off=year.off | {WEDNESDAY})}, "another")
    assert changing.roll(NOW, after) == 8
    assert _session("a-1") == NINE, "nobody loses a seat without a person"
    (hit,) = changing.conflicts(NOW)
    assert hit.number == "a-1"
    assert hit.proposed
    with pytest.raises(RuleBroken, match="no-booking-settled"):
        changing.settle({}, SupplyHand("wang", NOW, after, SEATS_ALONE))
    settled = {"a-1": SettledBooking(MOVED, hit.proposed[0].id)}
    assert changing.settle(settled, SupplyHand("wang", NOW, after, SEATS_ALONE, "放假")) == 1
    assert changing.conflicts(NOW) == []


def test_a_session_that_has_begun_is_left_as_it_is(opened: db.Store) -> None:
    noon = NOW + timedelta(hours=2, minutes=30)
    save_at = SupplyHand("wang", noon, CALENDAR, SEATS_ALONE)
    changing.save([change_to(replace(CLOSED, first=noon.date(), last=noon.date()))], save_at, {})
    closed = {each.starts: each.closed for each in seat_models.sessions(noon.date(), noon.date())}
    assert not closed.get(540, False)
    assert closed[840]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([SupplyChange(SupplyPart.PLACE, "hall", None)], "place-unknown"),
        ([SupplyChange(SupplyPart.TOPIC, "birth", None)], "topic-unknown"),
        ([change_to(a_rule(code="r2"))], "rules-overlap"),
        ([change_to(a_rule(code="r2", place="moon"))], "place-unknown"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    opened: db.Store, changes: list[SupplyChange], code: str
) -> None:
    before = models.last_seq()
    with pytest.raises(RuleBroken) as refused:
        save(changes)
    assert refused.value.code == code
    assert models.last_seq() == before
