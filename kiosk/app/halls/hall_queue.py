"""Wiring of the hall's queue: what the hall offers today, and the line to its owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from flask import url_for

from config.checks import day_parts
from config.settings import TerminalSettings
from kiosk import db, side_lists
from kiosk.calendar.in_force import HeldCalendar
from kiosk.clock import Clock, today
from kiosk.consultation.booking import day_list
from kiosk.consultation.booking.day_list import ListedBooking
from kiosk.consultation.supply import openings
from kiosk.consultation.supply.offered import HeldSupply
from kiosk.consultation.supply.things import Supply
from kiosk.queue.estimate import TOPIC_MIN
from kiosk.queue.pressing import PressAnswer, Pressed
from kiosk.queue.supply import DayBooking, HallDay, HallSupply, HallTopic
from kiosk.queue.turn import OwnMachine
from kiosk.queue.wired import HallQueue
from kiosk.speech.bank import Speaker
from kiosk.web.language.wording import gettext as _
from kiosk.workdays import WorkCalendar

LOOK_AHEAD_DAYS = 15
"""Days that are looked through for the next one on which the hall is open: longer than any holiday."""
ANY_TOPIC = "any"
"""Topic of a hall for which the county has entered none."""


def reached_as(settings: TerminalSettings) -> TerminalSettings:
    """Return the settings with the names under which the hall's machines and telephones ask for pages."""
    own = [urlsplit(each).netloc for each in (settings.queue_address, settings.queue_phone_url) if each]
    return replace(settings, allowed_hosts=(*settings.allowed_hosts, *own)) if own else settings


def of(home: Path, settings: TerminalSettings, clock: Clock, speaker: Speaker) -> HallQueue:
    """Return the queue as the pages of this terminal use it."""
    calendar, supply = HeldCalendar(), HeldSupply()

    def forward(address: str, asked: Pressed) -> PressAnswer:
        from kiosk.app.halls import hall_line  # the connection is loaded only when it is used

        return hall_line.press(home, address, asked, clock)

    return HallQueue(
        OwnMachine.of(settings),
        partial(_supply, settings, clock, calendar, supply),
        forward,
        partial(_recordings, speaker),
        settings.queue_phone_url,
    )


def _recordings(speaker: Speaker, texts: Sequence[str]) -> list[str]:
    found: list[str] = []
    for text in texts:
        keys = speaker.keys(text)
        if not keys:
            return []
        found += keys
    return [url_for("speech.sound", clips=".".join(found))]


def _supply(
    settings: TerminalSettings,
    clock: Clock,
    calendar: Callable[[], WorkCalendar],
    supply: Callable[[], Supply],
) -> HallSupply:
    day = today(clock)
    return HallSupply(hall_day(settings, day, calendar(), supply()), _booked(settings.queue_place, day))


def _booked(place: str, day: date) -> tuple[DayBooking, ...]:
    """Return the bookings of the day at this place, as the hub last named them."""
    listed = _listed(side_lists.read(db.store, side_lists.BOOKINGS))
    return tuple(
        DayBooking(each.number, each.starts, each.topic, each.state in day_list.LIVE)
        for each in listed
        if (each.place, each.day) == (place, day)
    )


@lru_cache(maxsize=2)
def _listed(content: bytes | None) -> tuple[ListedBooking, ...]:
    """Return the bookings of a list; screens ask each second, so it is taken apart once."""
    return tuple(day_list.read(content))


def hall_day(settings: TerminalSettings, day: date, calendar: WorkCalendar, supply: Supply) -> HallDay:
    """Return what the hall offers on a day: by the county's supply where it has this place, else by the settings."""
    later = (day + timedelta(days=days) for days in range(1, LOOK_AHEAD_DAYS))
    next_open = next((each for each in later if _hours(settings, each, calendar, supply)), None)
    return HallDay(
        day,
        settings.queue_place,
        tuple(each.partition("=")[0] for each in settings.queue_windows),
        tuple(_topics(settings, supply)),
        _hours(settings, day, calendar, supply),
        next_open,
    )


def _hours(
    settings: TerminalSettings, day: date, calendar: WorkCalendar, supply: Supply
) -> tuple[tuple[int, int], ...]:
    if settings.queue_place not in supply.places:
        return day_parts(settings.queue_hours) if calendar.is_workday(day) else ()
    closed = openings.closed_on(supply, settings.queue_place, day)
    found = {each.span for each in openings.openings_on(supply, settings.queue_place, day, calendar)}
    spans = [(each.starts, each.ends) for each in found]
    for off in closed:
        parts = (
            each
            for start, end in spans
            for each in ((start, min(end, off.starts)), (max(start, off.ends), end))
        )
        spans = [(start, end) for start, end in parts if start < end]
    return _joined(spans)


def _joined(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return parts of a day in order, those that meet put together."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _topics(settings: TerminalSettings, supply: Supply) -> list[HallTopic]:
    if settings.queue_place not in supply.places:
        return [HallTopic(ANY_TOPIC, _("办事咨询"), TOPIC_MIN)]
    return [
        HallTopic(each.code, each.name, TOPIC_MIN, _windows_of(settings, each.code))
        for each in supply.topics_at(settings.queue_place)
    ]


def _windows_of(settings: TerminalSettings, topic: str) -> tuple[str, ...]:
    """Return the windows that serve a topic, where windows are named with topics; else none, which means all."""
    found, is_parted = [], False
    for each in settings.queue_windows:
        name, _sign, topics = each.partition("=")
        is_parted = is_parted or bool(topics)
        if not topics or topic in topics.split(","):
            found.append(name)
    return tuple(found) if is_parted else ()
