"""The calendar file of a booking, read by the icalendar library: times, changes, cancellations, the ways to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from kiosk.clock import BEIJING
from kiosk.consultation.booking import slips
from kiosk.consultation.booking.rules import CalendarEntry, calendar_file, read_appointment
from kiosk.intake import numbers
from printers.paper.document import Qr
from tests.consultation.booked import a_consulting_county
from tests.consultation.test_booking import acknowledge, book, look_up
from tests.intake.county import County

SAID = datetime(2026, 11, 30, 10, 0, tzinfo=BEIJING)
ENTRY = CalendarEntry(
    "GX01-261130-0001-K7-4",
    "咨询：房屋过户、公租房；还有\n别的, 很长很长很长很长很长很长很长很长的事",
    "县政务服务大厅",
    datetime(2026, 12, 1, 9, 0, tzinfo=BEIJING),
    datetime(2026, 12, 1, 9, 30, tzinfo=BEIJING),
    SAID,
)


def event_of(file: str) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(file)
    assert not calendar.errors
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    assert not event.errors
    return calendar, event


def test_a_file_is_valid_and_says_what_was_booked() -> None:
    file = calendar_file(ENTRY)
    calendar, event = event_of(file)
    assert {"VERSION", "PRODID"} <= set(calendar)
    assert (str(event["UID"]), str(event["SUMMARY"])) == (ENTRY.number, ENTRY.title)
    assert str(event["LOCATION"]) == "县政务服务大厅"
    assert event["DTSTAMP"].dt == SAID
    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    assert file.endswith("END:VCALENDAR\r\n")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York", "Asia/Kathmandu"])
def test_a_telephone_anywhere_shows_the_same_moment(zone: str) -> None:
    _calendar, event = event_of(calendar_file(ENTRY))
    there = ZoneInfo(zone)
    start, end = (event[name].dt.astimezone(there) for name in ("DTSTART", "DTEND"))
    assert start.utcoffset() is not None
    assert start.astimezone(BEIJING) == ENTRY.start
    assert end - start == timedelta(minutes=30)


def test_what_was_said_later_takes_the_place_of_what_was_said_before() -> None:
    later = CalendarEntry(**{**vars(ENTRY), "said_at": SAID + timedelta(minutes=5), "is_off": True})
    changed = (CalendarEntry(**{**vars(each), "is_changed": True}) for each in (ENTRY, later))
    before, off = (event_of(calendar_file(each)) for each in changed)
    assert off[1]["SEQUENCE"] > before[1]["SEQUENCE"]
    assert off[1]["UID"] == before[1]["UID"]
    assert (off[0]["METHOD"], off[1]["STATUS"]) == ("CANCEL", "CANCELLED")
    assert "METHOD" not in before[0]
    assert "STATUS" not in before[1]


def test_the_code_of_a_slip_is_a_file_with_the_number_for_the_check_in(tmp_path: Path) -> None:
    with a_consulting_county(tmp_path) as county:
        number, code = book(county)
        (code_on_paper,) = [each for each in county.slip().blocks if isinstance(each, Qr)]
        assert len(code_on_paper.data.encode()) <= slips.QR_BYTES
        _calendar, event = event_of(code_on_paper.data)
        asked = read_appointment(county.carry_up().envelope)
        assert event["DTSTART"].dt == asked.start
        in_one_line = code_on_paper.data.replace("\r\n", "")
        assert numbers.found_in(code_on_paper.data) == numbers.found_in(in_one_line) == number
        acknowledge(county)
        county.carry_down()
        look_up(county, number, code)
        shown = county.citizen.open("/book/calendar")
        assert "加到手机的日历" in shown
        assert "data:image/svg+xml" in shown
        assert "张样例" not in unquote(shown)


def test_a_telephone_gets_the_file_and_after_cancelling_one_that_takes_it_out(tmp_path: Path) -> None:
    with a_consulting_county(tmp_path, channel="web") as county:
        number, code = book(county)
        assert "/book/calendar?of=receipt" in county.citizen.open("/book/receipt")
        _calendar, event = event_of(the_file(county, number, "?of=receipt"))
        assert str(event["UID"]) == number
        assert "人民路1号" in str(event["LOCATION"])
        in_wechat = county.citizen.client.get(
            "/book/calendar?of=receipt", headers={"User-Agent": "Mozilla/5.0 MicroMessenger/8.0"}
        )
        assert "在浏览器打开" in in_wechat.text
        county.carry_up()
        acknowledge(county)
        county.carry_down()
        look_up(county, number, code)
        county.citizen.send("/cancel-booking/")
        county.citizen.send("/cancel-booking/paper", paper="none")
        county.citizen.send("/cancel-booking/check")
        county.clock.advance(seconds=60)
        county.carry_up()
        county.carry_down()
        assert "从日历里去掉" in look_up(county, number, code)
        calendar, off = event_of(the_file(county, number))
        assert calendar["METHOD"] == "CANCEL"
        assert off["SEQUENCE"] > event.get("SEQUENCE", 0)
        assert off["DTSTART"].dt == event["DTSTART"].dt


def the_file(county: County, number: str, asked: str = "") -> str:
    answer = county.citizen.client.get(f"/book/calendar{asked}")
    assert answer.content_type.startswith("text/calendar")
    assert f"{number}.ics" in answer.headers["Content-Disposition"]
    return answer.text


def test_without_a_booking_of_this_visit_there_is_no_file(tmp_path: Path) -> None:
    with a_consulting_county(tmp_path) as county:
        for asked in ("", "?of=receipt"):
            answer = county.citizen.client.get(f"/book/calendar{asked}")
            assert (answer.status_code, answer.headers["Location"]) == (303, "/progress")


def test_a_forged_code_opens_nothing() -> None:
    assert numbers.found_in("https://evil.example/?number=GX01-261130-0001-K7-5") is None
    assert numbers.found_in("BEGIN:VCALENDAR UID:AAAA-000000-0000-00-0") is None
