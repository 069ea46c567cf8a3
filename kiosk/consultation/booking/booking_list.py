"""The hub's register of bookings, and its list at the desk: by day, place, topic and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import peewee

from kiosk import db
from kiosk.consultation.booking import bookings, models
from kiosk.consultation.booking.day_list import ListedBooking
from kiosk.consultation.booking.models import Booking, ConsultationBooking
from kiosk.consultation.booking.rules import OPEN, BookingState
from kiosk.intake import sealed
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import HandOver, Work
from kiosk.intake.office.listing import Asked, ListViewer
from sync.hub.greeting import SealKey
from sync.hub.statuses import SetStatus
from sync.wire.submission import SealedSubmission

B = ConsultationBooking


class BookingLight(StrEnum):
    """What needs somebody now."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    CALL = "call"
    OFFERED = "offered"
    WAITING = "waiting"
    ALL = "all"
    """Also what is over."""


def take_in(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """Store a booking in the transaction of its arrival."""
    bookings.take_in(submission, work, set_status)


def lights(viewer: ListViewer) -> dict[BookingLight, Any]:
    """Return the condition of each light."""
    tomorrow = viewer.today + timedelta(days=1)
    with_time = B.state.not_in((BookingState.CANCELLED, BookingState.CLOSED))
    return {
        BookingLight.TODAY: with_time & (B.day == viewer.today),
        BookingLight.TOMORROW: with_time & (B.day == tomorrow),
        BookingLight.CALL: B.state == BookingState.CALL_BACK,
        BookingLight.OFFERED: B.state == BookingState.OFFERED,
        BookingLight.WAITING: B.state == BookingState.WAITING,
    }


def _seen(found: Any, viewer: ListViewer) -> Any:
    return found if viewer.organs is None else found.where(B.organ_code.in_(viewer.organs))


def _asked(found: Any, asked: Asked, viewer: ListViewer) -> Any:
    found = _seen(found, viewer)
    if asked.light and asked.light != BookingLight.ALL:
        found = found.where(lights(viewer)[BookingLight(asked.light)])
    elif not (asked.light or asked.state or asked.number or asked.since):
        found = found.where(B.state.in_(list(OPEN)))
    for column, value in (
        (B.state, asked.state),
        (B.place, asked.place),
        (B.topic, asked.topic),
        (B.organ_code, asked.organ),
    ):
        if value:
            found = found.where(column == value)
    if asked.number:
        found = found.where(B.number.startswith(asked.number.upper()))
    since, until = asked.days()
    found = found.where(B.day >= since) if since else found
    return found.where(B.day <= until) if until else found


def _order() -> tuple[Any, ...]:
    """Return the order of a list: by time; without one by how long it waits."""
    return (peewee.fn.COALESCE(B.day, "9999"), B.starts, B.place, B.seat, B.since, B.number)


def inbox(asked: Asked, viewer: ListViewer, *, limit: int, offset: int) -> list[Booking]:
    """Return bookings of a list, by their time."""
    found = _asked(B.select(), asked, viewer).order_by(*_order()).limit(limit).offset(offset)
    return db.rows(found, Booking)


def how_many(asked: Asked, viewer: ListViewer) -> int:
    """Return how many bookings a list has."""
    return int(_asked(B.select(), asked, viewer).count(db.store))


def numbers(asked: Asked, viewer: ListViewer) -> list[str]:
    """Return the numbers of a whole list in its order."""
    found = _asked(B.select(B.number), asked, viewer).order_by(*_order())
    return [number for (number,) in found.tuples().execute(db.store)]


def cases_of(numbers: Sequence[str]) -> list[Booking]:
    """Return the bookings with these numbers."""
    return db.rows(B.select().where(B.number.in_(list(numbers))), Booking)


def counts(viewer: ListViewer) -> Mapping[str, int]:
    """Return how many bookings each light has; "" counts all that are open."""
    named = {str(name): each for name, each in lights(viewer).items()}
    conditions = {"": B.state.in_(list(OPEN)), **named, BookingLight.ALL.value: B.number != ""}
    return {
        str(name): int(_seen(B.select(), viewer).where(condition).count(db.store))
        for name, condition in conditions.items()
    }


def choices(viewer: ListViewer) -> Mapping[str, Sequence[str]]:
    """Return the places, topics and organs that bookings have."""

    def of(column: Any) -> list[str]:
        found = _seen(B.select(column).distinct(), viewer)
        return sorted(value for (value,) in found.tuples().execute(db.store) if value)

    return {"place": of(B.place), "topic": of(B.topic), "organ": of(B.organ_code)}


def organ_of(number: str) -> str | None:
    """Return the organ that answers; None for an unknown number."""
    found = B.select(B.organ_code).where(B.number == number).scalar(db.store)
    return None if found is None else str(found)


def seal_again(number: str, to: SealKey, reading_keys: Mapping[str, bytes], organ: str) -> None:
    """Seal a booking to another key, in the caller's transaction. Raises NotFound, Refused."""
    sealed.seal_again(number, to, reading_keys, organ, (models.SEALED_RESULTS,))


def hand_over(number: str, given: HandOver, work: Work) -> None:
    """Give a booking to another organ, in the caller's transaction. Raises NotFound, Refused."""
    if given.to:
        seal_again(number, given.to, given.reading_keys, given.organ)
    organ_register.keep(number, given.organ)
    bookings.hand_over(number, given, work)


def bookings_of(place: str, days: Sequence[date]) -> list[ListedBooking]:
    """Return the bookings of a place on some days, at the hub; an empty place means all."""
    return [
        ListedBooking(each.number, each.place, each.topic, day, each.starts, each.seat, each.state.value)
        for day in days
        for each in models.of_day(place, day)
    ]
