"""A hub and a terminal in one process that offer consultations: one hall, two topics, some seats leased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from kiosk import db, side_lists
from kiosk.app.replication.device_keys import signing_seed
from kiosk.clock import beijing_day
from kiosk.consultation.booking.desk.handling import BOOKINGS
from kiosk.consultation.supply import models as supply_models
from kiosk.consultation.supply import openings, written
from kiosk.consultation.supply.things import (
    DayRule,
    DaySpan,
    OpeningRule,
    PlaceKind,
    ServicePoint,
    Supply,
    Topic,
)
from kiosk.consultation.supply.whole import change_to
from kiosk.seats import actions as seats
from kiosk.seats import leased_models, leases, rules, times_list
from kiosk.seats import models as seat_models
from kiosk.seats.leases import Lease
from kiosk.seats.rules import Seat, SeatSession, SeatState
from kiosk.workdays import load_calendar
from tests.intake.county import County, a_county

HALL = ServicePoint(
    "hall",
    PlaceKind.HALL,
    "县政务服务大厅",
    address="人民路1号",
    way="1路、3路车到政务大厅站，进门左手边",
    telephone="0635-0000001",
)
TOWN = ServicePoint("town", PlaceKind.CENTRE, "清泉街道便民服务中心", address="清泉路2号")
GUIDE = "sample:guide-006"
BIRTH = Topic("birth", "生育登记和补贴", "生育", "县卫生健康局", ("身份证", "结婚证（有的话）"), GUIDE, 1)
SCHOOL = Topic("school", "孩子上学", "上学", "县教育局", place_in_list=2)
HOURS = OpeningRule(
    "r1", "hall", DayRule.WORKDAYS, (DaySpan(540, 600),), 30, {"birth": 1, "school": 1}, date(2026, 1, 1)
)
SUPPLY = Supply({"hall": HALL, "town": TOWN}, {"birth": BIRTH, "school": SCHOOL}, {"r1": HOURS})
WHO = {"name": "张样例", "phone": "0635-0000009"}
CALENDAR = load_calendar()


@contextmanager
def a_consulting_county(root: Path, leased: int = 4, **settings: object) -> Iterator[County]:
    """The first sessions have a seat leased to the terminal each; the hub's own are all listed."""
    with a_county(root, [BOOKINGS], **settings) as county:
        with county.hub_side():
            sessions = open_sessions(county)
            given = [lease(county, each) for each in sessions[:leased]]
        keep_at_terminal(county, sessions, given)
        yield county


def open_sessions(county: County) -> list[SeatSession]:
    """What the supply opens within its horizon, at the hub."""
    now, day = county.clock.now(), beijing_day(county.clock.now())
    with db.writing(db.store):
        parts = [change_to(each) for each in written.things_of(SUPPLY)]
        supply_models.add(parts, at=now, actor="test", why="test")
    slots = openings.slots_between(SUPPLY, day, day.fromordinal(day.toordinal() + 14), CALENDAR)
    sessions = [
        SeatSession(
            each.session_id, "consultation", each.place, each.topic, each.day, each.starts, each.ends, 1
        )
        for each in slots
        if each.topic == "birth" and rules.local(each.day, each.starts) > now
    ]
    seats.open_sessions(sessions, now)
    return sessions


def lease(county: County, session: SeatSession) -> leases.SignedLease:
    """The one seat of a session as a lease of the county's terminal."""
    device = county.hub.device.terminal
    made = Lease(f"lease-{session.id}", device, session, 1, rules.spend_until(session))
    with db.writing(db.store):
        assert seat_models.give(
            Seat(session.id, 1, made.id), SeatState.LEASED, owner=device, was=SeatState.FREE
        )
    return leases.signed(made, signing_seed(county.hub.home))


def keep_at_terminal(county: County, sessions: list[SeatSession], given: list[leases.SignedLease]) -> None:
    """The lists and leases of the county's terminal."""
    now = county.clock.now()
    mine = {each.lease.session.id for each in given}
    with db.writing(db.store):
        side_lists.replace(db.store, side_lists.SUPPLY, written.as_list(SUPPLY), now)
        listed = times_list.written([(each, int(each.id not in mine)) for each in sessions], b"")
        side_lists.replace(db.store, side_lists.SEATS, listed, now)
        for each in given:
            leased_models.add(each)


def answers(first: str, **more: str) -> Mapping[str, Mapping[str, str]]:
    """Every question of a booking for its first free time."""
    return {
        "topic": {"topic": "birth"},
        "place": {"place": "hall"},
        "first": {"first": first},
        "caller": {**WHO, **more},
        "ask": {"ask": "二胎怎么登记"},
        "publish": {"may_publish": "yes"},
        "paper": {"paper": "standard"},
    }
