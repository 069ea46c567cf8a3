"""Places and hours at the desk: forms for all of it, and the bookings that a change hits, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kiosk import db
from kiosk.consultation.booking import models as booking_models
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.rules import BookingState, Wish
from kiosk.consultation.supply import changing, models
from kiosk.consultation.supply.changing import SupplyHand
from kiosk.consultation.supply.things import BookingTerms
from kiosk.consultation.supply.whole import change_to
from kiosk.seats import actions as seats
from kiosk.seats.rules import SeatChannel
from kiosk.workdays import load_calendar
from sync.hub.models import NumberStatus
from tests.consultation.samples import BIRTH, HALL, a_rule
from tests.hub import Browser, Hub, build_hub

NINE = "c-hall-birth-20261125-0900"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = build_hub(Path(tmp_path_factory.mktemp("hub")), "")
    made.add_account("wang.shili")
    hand = SupplyHand("li", made.clock.now(), load_calendar(), None)
    changing.save(map(change_to, (BookingTerms(horizon_days=4), HALL, BIRTH, a_rule())), hand, {})
    yield made
    db.real(db.store).close_all()


@pytest.fixture
def desk(hub: Hub) -> Browser:
    return hub.browser("wang.shili")


def form_of(**changed: str) -> dict[str, str]:
    """What a browser sends from the form of a rule of working days."""
    return {
        "place": "hall",
        "day_rule": "workdays",
        "spans": "09:00-11:00\n14:00-16:00",
        "slot": "30",
        "valid_from": "2026-01-01",
        "follows_holidays": "y",
        "windows-birth": "2",
        **changed,
    }


def test_hours_are_typed_as_people_write_them(hub: Hub, desk: Browser) -> None:
    sent = desk.post("/desk/supply/rule/r1", form_of(spans="9：00至11：00，14:00—16:00"))
    assert sent.status_code == 303
    assert models.now().rules["r1"] == a_rule()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"spans": "九点到十一点"}, "时间不对：“九点到十一点”"),
        ({"spans": ""}, "请写至少一段时间"),
        ({"spans": "09:00-11:00, 10:00-12:00"}, "两段时间重叠了"),
        ({"slot": "1"}, "每次咨询5到120分钟"),
        ({"windows-birth": "0"}, "至少给一个事项写窗口数"),
        ({"day_rule": "weekdays"}, "请选星期几"),
        ({"valid_to": "2025-01-01"}, "截止的日子在开始以前"),
        ({"place": "moon"}, "请先改掉它们"),
        ({"valid_from": "bald"}, "错误"),
    ],
)
def test_a_form_that_cannot_be_right_comes_back_with_what_was_typed(
    desk: Browser, changed: dict[str, str], said: str
) -> None:
    before = models.last_seq()
    answer = desk.post("/desk/supply/rule/r1", form_of(**changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert models.last_seq() == before
    assert 'name="windows-birth"' in answer.text


def test_closing_a_booked_day_lists_the_bookings_and_saves_when_each_is_settled(
    hub: Hub, desk: Browser
) -> None:
    with db.writing(db.store):
        seats.book(NINE, "a-1", SeatChannel.DESK, hub.clock.now())
        seats.book(NINE, "a-2", SeatChannel.DESK, hub.clock.now())
    closing = {"kind": "closed", "place": "hall", "first": "2026-11-25", "reason": "停电"}
    page = "/desk/supply/exception/d1"
    listed = desk.post(page, closing)
    assert listed.status_code == 422
    assert "2个预约的时间就没有了" in listed.text
    assert "a-1" in listed.text
    assert "改到：" in listed.text
    assert "d1" not in models.now().exceptions
    half = desk.post(page, {**closing, "outcome-all": "", "outcome-a-1": "kept"})
    assert half.status_code == 422
    assert "每个受影响的预约都要选怎么办" in half.text
    unsaid = desk.post(page, {**closing, "outcome-all": "called-off"})
    assert "请写为什么改" in unsaid.text
    kept = desk.post(page, {**closing, "outcome-all": "kept"})
    assert kept.status_code == 303
    assert models.now().exceptions["d1"].reason == "停电"
    assert seats.seat_of("a-1") is not None
    assert "停电" in desk.get("/desk/supply?week=2026-11-23&place=hall").text


def test_what_was_drawn_fills_in_the_form_and_stores_nothing(desk: Browser) -> None:
    before = models.last_seq()
    rule = desk.get("/desk/supply/rule/r1?spans=09:00-10:30").text
    assert ">09:00-10:30</textarea>" in "".join(rule.splitlines())
    day = desk.get("/desk/supply/exception/new?rule=r1&day=2026-11-26&spans=09:00-10:30").text
    assert 'value="2026-11-26"' in day
    assert 'name="windows-birth"' in day
    assert models.last_seq() == before


def test_an_ended_place_still_shows_its_history(hub: Hub, desk: Browser) -> None:
    place = {"kind": "telephone", "name": "临时电话", "telephone": "0635-0000009"}
    assert desk.post("/desk/supply/place/ptmp", place).status_code == 303
    assert desk.post("/desk/supply/place/ptmp/end").status_code == 303
    assert "临时电话" not in desk.get("/desk/supply/place").text
    assert "临时电话" in desk.get("/desk/supply/history").text
    assert desk.get("/desk/supply/place/ptmp").status_code == 404


def a_booking(hub: Hub, number: str, session: str) -> None:
    """A booking as the hub took it in, with its seat."""
    now = hub.clock.now()
    with db.writing(db.store):
        seat = seats.book(session, number, SeatChannel.DESK, now)
        booking_models.add(
            Booking(
                number, number, "GX-ZFB", "hall", "birth", BookingState.BOOKED, Wish.SEAT, session, seat.no,
                date(2026, 11, 26), 540, 570, "desk", now, now, now, None, None, "",
            )
        )  # fmt: skip


def test_a_booking_that_is_moved_or_called_off_says_so_to_its_citizen_and_is_on_the_telephone_list(
    hub: Hub, desk: Browser
) -> None:
    morning = "c-hall-birth-20261126-0900"
    first, second = hub.take_in(), hub.take_in()
    for number in (first, second):
        a_booking(hub, number, morning)
    closing = {"kind": "closed", "place": "hall", "first": "2026-11-26", "reason": "停电", "why": "线路检修"}
    page = "/desk/supply/exception/d2"
    listed = desk.post(page, closing).text
    target = re.search(r'value="moved:(c-hall-birth-20261127-[0-9]{4})"', listed)
    assert target
    chosen = {
        f"outcome-{first}": f"moved:{target[1]}",
        f"outcome-{second}": "called-off",
        "outcome-all": "",
    }
    assert desk.post(page, {**closing, **chosen}).status_code == 303
    moved, ended = booking_models.by_number(first), booking_models.by_number(second)
    assert moved
    assert ended
    assert (moved.state, moved.session, moved.day) == (BookingState.BOOKED, target[1], date(2026, 11, 27))
    assert ended.state is BookingState.CANCELLED
    for number in (first, second):
        asked = NumberStatus.select(NumberStatus.detail).where(NumberStatus.number == number)
        assert "线路检修" in str(asked.scalar(db.store)), "the terminal says why"
    calls = desk.get("/desk/supply/bookings").text
    assert moved.number in calls
    assert ended.number in calls
    row = models.to_call()[0]
    assert desk.post(f"/desk/supply/bookings/{row.id}/called").status_code == 303
    assert row.id not in [each.id for each in models.to_call()]
