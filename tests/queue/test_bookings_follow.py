"""A booking follows its hall: from the queue's file over the agent's report to desk, statistics and citizen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import TerminalSettings
from kiosk import db, side_lists
from kiosk.app.halls import hall_asks, hall_bookings
from kiosk.consultation.booking import attended, attended_models, booking_list, bookings, day_list, models
from kiosk.consultation.booking.attended_models import Attendance, AttendedBooking
from kiosk.consultation.booking.rules import BookingState
from kiosk.intake.handling import Work
from kiosk.queue import followed_models, pressing, taking, turn
from kiosk.queue import models as queue_models
from kiosk.queue.pressing import PressAnswer, Pressed
from kiosk.queue.supply import DayBooking, HallDay, HallSupply, HallTopic
from kiosk.queue.ticket_states import Press
from kiosk.queue.turn import OwnMachine
from kiosk.seats import claim_models
from sync.hub.device import Device
from sync.wire.errors import Unreachable
from sync.wire.protocol import JSON_TYPE, write
from sync.wire.reading import read_object
from sync.wire.signing import Answer
from tests.building import terminal_settings
from tests.consultation.booked import CALENDAR, a_consulting_county
from tests.consultation.test_results import booked, seen
from tests.intake.county import County, in_reach

OWN = OwnMachine("A", place="hall")
SETTINGS = terminal_settings(queue_letter="A", queue_place="hall")


@dataclass
class FollowedHall:
    """A hall with a booking of today, and the line of its agent."""

    county: County
    number: str
    code: str
    is_cut: bool = False
    settings: TerminalSettings = SETTINGS
    presses: int = 0

    @property
    def slot(self) -> int:
        with self.county.hub_side():
            return bookings.booking(self.number).starts

    def send(self, _method: str, path: str, body: bytes = b"") -> Answer:
        """A question of the agent, as `sync.wire.line.HubLine`."""
        if self.is_cut:
            raise Unreachable("hub-unreachable")
        with self.county.hub_side(), db.writing(db.store):
            asks = hall_asks.asks(lambda: Work(self.county.clock.now(), CALENDAR))
            fields = read_object(body)
            answer = write({"v": 1, **asks[path.rpartition("/")[2]](db.store, self.device, fields)})
        return Answer(200, answer, JSON_TYPE)

    @property
    def device(self) -> Device:
        return replace(self.county.hub.device, state="active", channel="kiosk")

    def round(self) -> None:
        hall_bookings.one_round(self, self.settings, self.county.clock)

    def lists_arrive(self) -> None:
        """The bookings of the day reach the hall."""
        now = self.county.clock.now()
        with self.county.hub_side():
            content = day_list.written(booking_list.bookings_of("hall", [now.date()]))
        with db.writing(db.store):
            side_lists.replace(db.store, side_lists.BOOKINGS, content, now)

    def at(self, minutes: int, seconds: int = 0) -> None:
        """Set the clock to so many minutes after the booking's time."""
        with self.county.hub_side():
            start = bookings.booking(self.number).appointment.start
        assert start
        self.county.clock.moment = start + timedelta(minutes=minutes, seconds=seconds)

    def supply(self) -> HallSupply:
        day = self.county.clock.now().date()
        hours = ((0, 24 * 60),)
        hall = HallDay(day, "hall", ("1", "2"), (HallTopic("birth", "生育"), HallTopic("x", "其他")), hours)
        return HallSupply(hall, (DayBooking(self.number, self.slot, "birth"),))

    def check_in(self) -> None:
        taking.check_in(self.number, "in", "token", own=OWN, supply=self.supply(), clock=self.county.clock)

    def walk_in(self) -> None:
        wanted = taking.NumberWanted("x")
        taking.take(wanted, f"w{self.presses}", "t", own=OWN, supply=self.supply(), clock=self.county.clock)

    def press(self, press: Press, **more: str) -> PressAnswer:
        self.presses += 1
        kept, window = queue_models.hall(), queue_models.window("1")
        present = queue_models.ticket(window.ticket)
        asked = Pressed(
            press, f"p{self.presses}", "hall:1", kept.epoch if kept else 1, "1", window.version, window.ticket,
            present.version if present else 0, **more,
        )  # fmt: skip
        answer = pressing.perform(asked, own=OWN, day=self.supply().today, clock=self.county.clock)
        assert answer.is_done, answer
        return answer

    def state(self) -> BookingState:
        with self.county.hub_side():
            return bookings.booking(self.number).state

    def is_counted_as_missed(self) -> bool:
        with self.county.hub_side():
            claim = claim_models.SeatClaim
            row = claim.select().where(claim.number == self.number).first(db.store)
            return row.missed_at is not None


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[FollowedHall]:
    with a_consulting_county(tmp_path) as county:
        in_reach(county)
        made = FollowedHall(county, *booked(county))
        made.at(-30)
        made.lists_arrive()
        made.round()
        yield made


def test_desk_statistics_and_citizen_see_what_the_hall_does(hall: FollowedHall) -> None:
    hall.at(-10)
    hall.check_in()
    hall.round()
    assert hall.state() is BookingState.HERE
    assert "A001" in seen(hall.county, hall.number, hall.code)
    hall.at(2)
    hall.press(Press.OPEN)
    hall.press(Press.NEXT)
    hall.round()
    assert hall.state() is BookingState.CALLED
    hall.county.citizen.client.post("/leave")
    assert "请到1号窗口" in seen(hall.county, hall.number, hall.code)
    hall.at(12)
    hall.press(Press.FINISH, result="follows")
    hall.round()
    assert hall.state() is BookingState.CALLED, "it can still be undone"
    hall.at(13)
    hall.round()
    assert hall.state() is BookingState.SERVED
    with hall.county.hub_side() as lina:
        outcome = models.outcome(hall.number)
        assert outcome
        assert outcome.result == "later"
        page = lina.get(f"/desk/bookings/{hall.number}").text
    for words in ("A001", "上午8:50签到", "叫到1号窗口", "办完", "大厅窗口"):
        assert words in page, words


def test_a_hall_without_a_line_reports_all_of_it_later_and_once(hall: FollowedHall) -> None:
    hall.is_cut = True
    hall.at(0)
    hall.check_in()
    hall.press(Press.OPEN)
    hall.press(Press.NEXT)
    hall.round()
    hall.at(9)
    hall.press(Press.FINISH, result="settled")
    hall.at(10)
    hall.round()
    assert hall.state() is BookingState.BOOKED
    hall.is_cut = False
    hall.round()
    assert hall.state() is BookingState.SERVED
    with hall.county.hub_side():
        before = bookings.booking(hall.number).changed_at
    hall.at(20)
    hall.round()
    with hall.county.hub_side():
        assert bookings.booking(hall.number).changed_at == before


def test_an_older_word_a_word_of_another_hall_and_a_booking_that_is_over_change_nothing(
    hall: FollowedHall,
) -> None:
    with hall.county.hub_side():
        found = bookings.booking(hall.number)
        assert found.day
        work = Work(hall.county.clock.now(), CALENDAR)
        word = AttendedBooking(
            found.number, found.day, Attendance.CALLED, 1, 34_000, 9, "A001", "1", 32_000, 34_000
        )
        assert attended.follow("town", word, work)
        assert bookings.booking(hall.number).state is BookingState.BOOKED
        assert attended.follow("hall", word, work)
        assert attended.follow("hall", word, work)
        older = replace(word, state=Attendance.HERE, seq=8)
        assert attended.follow("hall", older, work)
        assert bookings.booking(hall.number).state is BookingState.CALLED
        higher = replace(word, state=Attendance.HERE, epoch=2, at_s=33_000, seq=1)
        assert attended.follow("hall", higher, work)
        assert bookings.booking(hall.number).state is BookingState.HERE
        served = replace(higher, state=Attendance.SERVED, seq=2, result="settled")
        assert attended.follow("hall", served, work)
        assert attended.follow("hall", replace(served, state=Attendance.MISSED, seq=3), work)
        assert bookings.booking(hall.number).state is BookingState.SERVED
        assert not models.outcome("unknown")


def test_who_does_not_come_is_noted_without_a_clerk_and_not_when_they_come_after_all(
    hall: FollowedHall,
) -> None:
    hall.at(16)
    hall.round()
    assert hall.state() is BookingState.BOOKED, "nobody was called today: the hall may not use its queue"
    hall.press(Press.OPEN)
    hall.walk_in()
    hall.press(Press.NEXT)
    hall.round()
    assert hall.state() is BookingState.MISSED
    assert hall.is_counted_as_missed()
    page = seen(hall.county, hall.number, hall.code)
    assert "没关系，还想问，可以再约" in page
    assert "30天里3次" in page
    hall.at(40)
    hall.check_in()
    hall.round()
    assert hall.state() is BookingState.HERE
    assert not hall.is_counted_as_missed()


def test_who_left_because_the_hall_was_late_did_not_miss_it(hall: FollowedHall) -> None:
    hall.check_in()
    hall.at(16)
    hall.press(Press.OPEN)
    hall.press(Press.NEXT)
    for _ in range(2):
        hall.county.clock.advance(11)
        hall.press(Press.RECALL)
    hall.press(Press.MISSED)
    hall.county.clock.advance(11)
    hall.round()
    assert hall.state() is BookingState.MISSED
    assert not hall.is_counted_as_missed()


def test_a_booking_that_the_hall_did_not_know_before_its_time_is_not_missed_by_its_word(
    hall: FollowedHall,
) -> None:
    with db.writing(db.store):
        followed_models.forget_before(hall.county.clock.now().date() + timedelta(days=1))
    hall.at(30)
    hall.press(Press.OPEN)
    hall.walk_in()
    hall.press(Press.NEXT)
    hall.round()
    assert hall.state() is BookingState.BOOKED


def test_an_absence_that_is_too_early_by_the_hubs_clock_comes_again(hall: FollowedHall) -> None:
    hall.at(16)
    hall.press(Press.OPEN)
    hall.walk_in()
    hall.press(Press.NEXT)
    day, now = hall.county.clock.now().date(), turn.second_of_day(hall.county.clock)
    with db.writing(db.store):
        assert followed_models.call_absent(day, 1, now) == 1
    hall.at(5)
    hall.round()
    assert hall.state() is BookingState.BOOKED
    hall.at(17)
    hall.round()
    assert hall.state() is BookingState.MISSED


def test_what_both_machines_call_a_word_is_the_same() -> None:
    assert {*Attendance} == {str(each) for each in followed_models.BookingMark} - {"expected"}
    assert attended_models.of.__doc__
