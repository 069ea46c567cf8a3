"""A booking from form to hub: leased seats offline, slips, call-backs, changes, waiting; nothing lost or doubled."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from kiosk import db
from kiosk.catalogue.records import feed
from kiosk.catalogue.records.rules import canonical
from kiosk.cli import catalogue as commands
from kiosk.consultation.booking import booking_list, bookings, day_list, models
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.rules import BookingState, Wish, read_appointment
from kiosk.intake import begun
from kiosk.intake.handling import Work
from kiosk.seats import actions as seats
from kiosk.seats import leased_models
from kiosk.seats.rules import FreeTime, SeatChannel
from printers.paper import plain
from sync.terminal import outbox
from tests.consultation.booked import GUIDE, a_consulting_county, answers
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


def test_a_time_that_was_the_first_one_holds_although_an_earlier_one_came_back(county: County) -> None:
    begin(county)
    county.citizen.send("/book/first", first="other")
    found: list[str] = []
    for day in offered(county, question="day"):
        if county.citizen.send("/book/day", day=day).status_code == 303:
            found += offered(county, question="time")
    second = found[-1]
    assert second not in offered(county)
    assert county.citizen.send("/book/first", first="no-such-time").status_code == 422
    assert county.citizen.send("/book/first", first=second).status_code == 303
    assert "caller" in county.citizen.open("/book/caller")


def test_without_a_seat_of_its_own_a_terminal_gives_a_call_back_slip_that_promises_nothing(
    tmp_path: Path,
) -> None:
    with a_consulting_county(tmp_path, leased=0) as county:
        begin(county)
        assert offered(county) == ["call"]
        for name, fields in list(answers("call").items())[2:]:
            assert county.citizen.send(f"/book/{name}", **fields).status_code == 303, name
        number, _code = county.citizen.hand_in("book")
        slip = plain.render(county.slip(), 32)
        assert "还没有约好时间" in slip
        assert "预约单" not in slip
        assert "上午" not in slip
        page = county.citizen.open("/book/receipt")
        assert "还没有约好时间" in page
        county.carry_up()
        with county.hub_side() as lina:
            assert bookings.booking(number).state is BookingState.CALL_BACK
            assert number in lina.get("/desk/bookings?light=call").text
            times = lina.get(f"/desk/bookings/{number}/time").text
            session = re.findall(r'name="session" value="([^"]+)"', times)[0]
            page = f"/desk/bookings/{number}/time"
            done = lina.post(page, {"session": session}, on=page)
            assert done.status_code == 303
            assert bookings.booking(number).state is BookingState.BOOKED
        county.carry_down()
        assert "已约好" in look_up(county, number, _code)


def look_up(county: County, number: str, code: str) -> str:
    sent = county.citizen.send("/progress", number=number, code=code)
    assert sent.status_code == 303, sent.text
    return county.citizen.open("/progress/seen")


def arrive(county: County) -> tuple[str, str]:
    """A booking that the hub has, looked up at its terminal."""
    number, code = book(county)
    county.carry_up()
    acknowledge(county)
    county.carry_down()
    look_up(county, number, code)
    return number, code


def acknowledge(county: County) -> None:
    for entry in outbox.next_batch(db.store, 50):
        with db.writing(db.store):
            outbox.mark_acked(db.store, entry.key, hub_no=1, hub_epoch="", now=county.clock.now())


def test_a_change_takes_the_new_seat_first_and_gives_the_old_one_back(county: County) -> None:
    number, code = arrive(county)
    with county.hub_side():
        before = bookings.booking(number)
    citizen = county.citizen
    citizen.send("/rebook/")
    first = offered(county, "rebook")[0]
    assert first != before.session
    assert citizen.send("/rebook/first", first=first).status_code == 303
    assert citizen.send("/rebook/paper", paper="standard").status_code == 303
    sent = citizen.send("/rebook/check")
    assert sent.status_code == 303, sent.text
    assert "原来的时间还回去了" in citizen.open("/rebook/receipt")
    slip = plain.render(county.slip(), 32)
    assert "咨询改期单" in slip
    assert number in slip.replace(" ", "")
    county.carry_up()
    with county.hub_side():
        found = bookings.booking(number)
        assert (found.state, found.session) == (BookingState.BOOKED, first)
        seat = seats.seat_of(number)
        assert seat
        assert seat.session == first
    county.carry_down()
    assert "上午9:30" in look_up(county, number, code)


def publish_guide(*, is_there: bool = True) -> None:
    """What the terminal's replica has of the guide that the topic names."""
    lines = commands.SAMPLE.read_text("utf-8").splitlines()
    record = next(each for each in map(json.loads, lines) if each["id"] == GUIDE)
    mark = sha256(canonical(record).encode()).hexdigest()
    with db.writing(db.catalogue):
        if is_there:
            feed.put(db.catalogue, GUIDE, 1, record, mark)
        else:
            feed.put(db.catalogue, GUIDE, 2, None, "")


def test_what_to_bring_is_the_topics_own_and_the_guides_until_that_is_withdrawn(county: County) -> None:
    publish_guide()
    begin(county)
    first = offered(county)[0]
    for name, fields in list(answers(first).items())[2:]:
        county.citizen.send(f"/book/{name}", **fields)
    assert "出生医学证明" in county.citizen.open("/book/check")
    number, code = county.citizen.hand_in("book")
    assert "出生医学证明" in county.citizen.open("/book/receipt")
    slip = plain.render(county.slip(), 32)
    assert "出生医学证明" in slip
    assert slip.count("结婚证") == 1, "the topic's own line and the guide's are one thing"
    county.carry_up()
    acknowledge(county)
    county.carry_down()
    look_up(county, number, code)
    assert "出生医学证明" in county.citizen.open("/book/bring")
    publish_guide(is_there=False)
    page = county.citizen.open("/book/bring")
    assert "出生医学证明" not in page
    assert "身份证" in page
    with county.hub_side() as lina:
        listed = lina.get("/desk/supply/topic").text
        assert f"服务指南{GUIDE}没有公开或者已经撤下" in listed


def test_a_cancelled_booking_gives_its_seat_back_and_cannot_be_cancelled_twice(county: County) -> None:
    number, code = arrive(county)
    citizen = county.citizen
    citizen.send("/cancel-booking/")
    assert citizen.send("/cancel-booking/paper", paper="none").status_code == 303
    assert citizen.send("/cancel-booking/check").status_code == 303
    assert "已经取消" in citizen.open("/cancel-booking/receipt")
    county.carry_up()
    with county.hub_side():
        assert bookings.booking(number).state is BookingState.CANCELLED
        assert seats.seat_of(number) is None
    county.carry_down()
    assert "改时间" not in look_up(county, number, code)


def test_a_double_tap_is_one_booking_and_an_over_hold_says_so_and_keeps_what_was_typed(
    county: County,
) -> None:
    begin(county)
    first = offered(county)[0]
    for name, fields in list(answers(first).items())[2:]:
        assert county.citizen.send(f"/book/{name}", **fields).status_code == 303, name
    county.citizen.tokens["/book/check"] = county.citizen.tokens["book"] = county.citizen.token("/book/check")
    with db.writing(db.store):
        leased_models.LeasedSeat.update(state="free", key="").execute()
    refused = county.citizen.send_token("/book/check")
    assert refused.status_code == 409
    assert "再要这个时间" in refused.text
    assert county.citizen.send("/book/again", on="/book/check").status_code == 303
    one = county.citizen.hand_in("book")
    assert county.citizen.hand_in_again("book") == one
    assert len(outbox.next_batch(db.store, 50)) == 1


def test_who_waits_is_offered_a_seat_that_comes_back_and_an_offer_that_lapses_goes_on(county: County) -> None:
    with county.hub_side() as lina:
        every = desk_times(county)
        with db.writing(db.store):
            for at, each in enumerate(every):
                seats.book(each.session.id, f"GX00-{at}", SeatChannel.DESK, county.clock.now())
            for at in range(2):
                models.add(a_waiting(f"W-{at}", county.clock.now() + timedelta(seconds=at)))
        work = Work(county.clock.now(), county.hub.calendar)
        assert bookings.offer_round(work) == 0
        with db.writing(db.store):
            seats.give_back("GX00-0", county.clock.now())
        later = Work(county.clock.now() + timedelta(hours=1), county.hub.calendar)
        assert bookings.offer_round(later) == 1
        assert bookings.booking("W-0").state is BookingState.OFFERED
        over = Work(later.now + timedelta(hours=5), county.hub.calendar)
        bookings.offer_round(over)
        assert bookings.booking("W-0").state is BookingState.WAITING
        much_later = Work(over.now + timedelta(hours=1), county.hub.calendar)
        assert bookings.offer_round(much_later) == 1
        assert bookings.booking("W-1").state is BookingState.OFFERED
        page = lina.get("/desk/bookings/W-1").text
        assert "电话里说要，约好" in page
        bookings.accept("W-1", "lina", much_later)
        assert bookings.booking("W-1").state is BookingState.BOOKED


def test_staff_book_for_somebody_who_calls_and_read_the_telephone_list(county: County) -> None:
    new = "/desk/bookings/new"
    asked = {"topic": "birth", "place": "hall", "channel": "telephone"}
    with county.hub_side() as lina:
        page = lina.post(new, {**asked, "choose": "yes"}, on=new).text
        session = re.findall(r'name="session" value="([^"]+)"', page)[0]
        who = {
            "key": begun.new_key(),
            "session": session,
            "name": "李样例",
            "phone": "0635 0000010",
            "ask": "",
        }
        sent = lina.post(new, {**asked, **who}, on=new)
        assert sent.status_code == 303, sent.text
        number = sent.headers["Location"].rpartition("/")[2]
        found = bookings.booking(number)
        assert (found.state, found.channel) == (BookingState.BOOKED, "telephone")
        assert "李样例" not in lina.get(f"/desk/bookings/{number}").text
        assert found.day
        day = {"day": found.day.isoformat(), "place": "hall"}
        listed = lina.post("/desk/bookings/telephones", day, on="/desk/bookings/telephones").text
        assert "李样例" in listed
        assert "06350000010" in listed
        rows = day_list.read(day_list.written(booking_list.bookings_of("hall", [found.day])))
        assert [each.number for each in rows] == [number]


def desk_times(county: County) -> list[FreeTime]:
    """The times that the desk may book."""
    days = date(2026, 1, 1), date(2027, 1, 1)
    found = seats.free_times("consultation", "hall", "birth", SeatChannel.DESK, *days, county.clock.now())
    return [each for each in found if each.left]


def a_waiting(number: str, since: datetime) -> Booking:
    """Somebody on the waiting list of the hall."""
    return Booking(
        number=number,
        key=number,
        organ_code="GX-ZFB",
        place="hall",
        topic="birth",
        state=BookingState.WAITING,
        wish=Wish.WAIT,
        session="",
        seat=0,
        day=None,
        starts=0,
        ends=0,
        channel="terminal",
        submitted_at=since,
        since=since,
        changed_at=since,
        offer_until=None,
        called_at=None,
        why="",
    )
