"""The county's terms of booking hold at the hub: what phones may take, and how much one telephone may book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk import db
from kiosk.app.seats import asks as seat_asks
from kiosk.consultation.supply import changing
from kiosk.consultation.supply.changing import SupplyHand
from kiosk.consultation.supply.things import BookingTerms
from kiosk.consultation.supply.whole import change_to
from kiosk.seats import actions as seats
from kiosk.seats import times_list
from kiosk.seats.rules import SeatChannel
from kiosk.workdays import load_calendar
from sync.hub.device import Device
from sync.wire.reading import Fields
from tests.consultation.samples import BIRTH, HALL, a_rule
from tests.hub import Hub, build_hub

NINE, TEN = "c-hall-birth-20261125-0900", "c-hall-birth-20261125-1000"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = build_hub(Path(tmp_path_factory.mktemp("hub")), "")
    terms = BookingTerms(horizon_days=3, phone_percent=50, desk_percent=0, priority_percent=0)
    hand = SupplyHand("li", made.clock.now(), load_calendar(), None)
    changing.save(map(change_to, (terms, HALL, BIRTH, a_rule())), hand, {})
    yield made
    db.real(db.store).close_all()


def at(hub: Hub, channel: str) -> Device:
    return replace(hub.device, channel=channel)


def ask(hub: Hub, name: str, channel: str, **values: Any) -> dict[str, Any]:
    asked = seat_asks.asks(hub.home, hub.clock)[name]
    return dict(asked(db.real(db.store), at(hub, channel), Fields(values)))


def left(hub: Hub, channel: str) -> int:
    content = seat_asks.provider(hub.home, hub.clock).make(db.real(db.store), at(hub, channel))
    return next(many for each, many in times_list.read(content).rows if each.id == NINE)


def test_phones_take_no_more_than_their_share_and_terminals_have_the_rest(hub: Hub) -> None:
    assert (left(hub, "kiosk"), left(hub, "web")) == (2, 1)
    assert "lease" in ask(hub, seat_asks.HOLD, "web", session=NINE)
    assert left(hub, "web") == 0
    assert ask(hub, seat_asks.HOLD, "web", session=NINE) == {"refused": "full"}
    assert "lease" in ask(hub, seat_asks.HOLD, "kiosk", session=NINE)


def test_the_desk_is_not_bound_by_what_phones_may_take(hub: Hub) -> None:
    with db.writing(db.store):
        booked = [seats.book(TEN, number, SeatChannel.DESK, hub.clock.now()) for number in ("a-1", "a-2")]
    assert [seat.session for seat in booked] == [TEN, TEN]


@pytest.mark.parametrize(("each_topic", "answer"), [(1, {"refused": "phone-topic"}), (2, {})])
def test_a_telephone_may_book_as_much_as_the_county_says(
    hub: Hub, each_topic: int, answer: dict[str, str]
) -> None:
    hand = SupplyHand("li", hub.clock.now(), load_calendar(), None)
    changing.save([change_to(BookingTerms(horizon_days=3, each_topic=each_topic))], hand, {})
    phone, now = f"mark-{each_topic}", hub.clock.now()
    with db.writing(db.store):
        seats.book("c-hall-birth-20261125-1400", f"b-{each_topic}", SeatChannel.DESK, now, phone=phone)
    asked = {
        "session": "c-hall-birth-20261125-1430",
        "no": 1,
        "lease": "h1",
        "phone": phone,
        "instead_of": "",
    }
    assert ask(hub, seat_asks.PHONE, "kiosk", **asked) == answer
