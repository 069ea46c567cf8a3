"""A booking of the day is checked in at the terminal by its number; hours follow the county's supply."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from flask.testing import FlaskClient

from kiosk import db, side_lists
from kiosk.app.halls import hall_queue
from kiosk.clock import BEIJING, FixedClock
from kiosk.consultation.booking import day_list
from kiosk.consultation.booking.day_list import ListedBooking
from kiosk.consultation.supply.things import Supply
from kiosk.intake import numbers
from kiosk.queue import models
from kiosk.queue.order import HEAD_START_S
from kiosk.workdays import load_calendar
from tests.building import a_terminal, as_shown, terminal_settings

MORNING = datetime(2026, 11, 23, 8, 40, tzinfo=BEIJING)
SETTINGS = terminal_settings(queue_letter="A", queue_place="p1", allowed_hosts=("localhost",), printer="none")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')


def check_in(citizen: FlaskClient, typed: str) -> tuple[int, str]:
    page = citizen.get("/queue/check-in").text
    token, key = TOKEN.search(page), KEY.search(page)
    assert token
    assert key
    answer = citizen.post("/queue/check-in", data={"csrf_token": token[1], "key": key[1], "number": typed})
    answer = as_shown(citizen, answer)
    return answer.status_code, answer.text


def test_a_booking_of_today_gets_a_number_with_its_time(tmp_path: Path) -> None:
    clock = FixedClock(MORNING)
    with a_terminal(tmp_path, clock, SETTINGS) as app:
        with db.writing(db.store):
            number, gone = numbers.issue("GX03", MORNING.date()), numbers.issue("GX03", MORNING.date())
            booked = ListedBooking(number, "p1", hall_queue.ANY_TOPIC, MORNING.date(), 9 * 60, 1, "booked")
            rows = [booked, replace(booked, number=gone, state="cancelled")]
            side_lists.replace(db.store, side_lists.BOOKINGS, day_list.written(rows), clock.now())
        citizen = app.test_client()
        assert check_in(citizen, "GX")[0] == 422
        assert "今天没有这个编号的预约" in check_in(citizen, gone)[1]
        assert check_in(citizen, f"https://gk.example.cn/b/{number.lower()}")[0] == 303
        page = citizen.get("/queue/ticket").text
        assert "A001" in page
        (ticket,) = models.tickets()
        assert (ticket.booking, ticket.key_s) == (number, 9 * 3600)
        assert ticket.key_s < ticket.arrived_s + HEAD_START_S
        assert check_in(app.test_client(), number)[0] == 303
        scanned = f"BEGIN:VCALENDARVERSION:2.0BEGIN:VEVENTUID:{number}DTSTAMP:20261123T004000Z"
        assert check_in(app.test_client(), scanned)[0] == 303
        assert len(models.tickets()) == 1, "one booking has one number"


def test_without_a_place_of_the_county_the_hours_are_those_of_the_settings() -> None:
    calendar = load_calendar()
    monday = hall_queue.hall_day(SETTINGS, date(2026, 11, 23), calendar, Supply())
    assert monday.hours == ((510, 720), (810, 1050))
    assert (monday.is_open(509), monday.is_open(510), monday.is_open(760), monday.is_open(1050)) == (
        False,
        True,
        True,
        False,
    )
    sunday = hall_queue.hall_day(SETTINGS, date(2026, 11, 22), calendar, Supply())
    assert sunday.hours == ()
    assert sunday.next_open == date(2026, 11, 23)
