"""
A booking follows its hall: what the queue reports becomes its state, result and what its citizen reads.

Reports may come late, twice or in any order: the newest word by the hall's own order counts, and what may not follow
(a booking that was cancelled meanwhile) is kept beside the booking and changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.consultation.booking import attended_models, bookings, models
from kiosk.consultation.booking.attended_models import Attendance, AttendedBooking
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.results import GRACE, ConsultationEnd, is_over
from kiosk.consultation.booking.rules import BookingState, may_follow
from kiosk.intake import sealed
from kiosk.intake.handling import Work
from kiosk.seats.rules import local

HALL = "hall"
"""The actor of what a hall reports."""
STATES = {
    Attendance.HERE: BookingState.HERE,
    Attendance.CALLED: BookingState.CALLED,
    Attendance.SERVED: BookingState.SERVED,
    Attendance.MISSED: BookingState.MISSED,
    Attendance.ABSENT: BookingState.MISSED,
}
ENDS = {
    "settled": ConsultationEnd.ANSWERED,
    "follows": ConsultationEnd.LATER,
    "elsewhere": ConsultationEnd.ELSEWHERE,
}
"""Results of the hall's windows as results of a consultation."""


@db.writing(db.store)
def follow(place: str, word: AttendedBooking, work: Work) -> bool:
    """
    Let a booking follow its hall; return False for an absence that is too early by this machine's clock.

    A booking of another place or day, and an older word, change nothing.
    """
    found = models.by_number(word.number)
    if found is None or (found.place, found.day) != (place, word.day) or word.day > beijing_day(work.now):
        return True
    known = attended_models.of(word.number)
    if known is not None and known.rank >= word.rank:
        return True
    if word.state is Attendance.ABSENT:
        return _miss(found, word, work)
    attended_models.put(word)
    _take_state(found, word, work)
    return True


def _miss(found: Booking, word: AttendedBooking, work: Work) -> bool:
    """Note that nobody came; who was seen by the desk meanwhile, or has no time any more, was not absent."""
    if found.state is not BookingState.BOOKED:
        return True
    if not is_over(found, work.now):
        return False
    attended_models.put(word)
    bookings.set_state(found.number, BookingState.MISSED, HALL, work)
    return True


def _take_state(found: Booking, word: AttendedBooking, work: Work) -> None:
    state = STATES[word.state]
    if found.state is state:
        bookings.tell(found.number, work)
    elif may_follow(found.state, state):
        bookings.set_state(found.number, state, HALL, work, counts=not _was_late(found, word))
    else:
        return
    if state is BookingState.SERVED:
        _keep_end(found.number, word, work)


def _was_late(found: Booking, word: AttendedBooking) -> bool:
    """Return whether the hall itself called later than the grace: who had left by then did not miss it."""
    start = found.appointment.start
    return start is not None and _moment(word, word.called_s) > start + GRACE


def _moment(word: AttendedBooking, second: int) -> datetime:
    return local(word.day, 0) + timedelta(seconds=second)


def _keep_end(number: str, word: AttendedBooking, work: Work) -> None:
    """Keep the window's result, unless the desk has written one."""
    outcome = models.outcome(number)
    end = ENDS.get(word.result)
    if end is None or (outcome and outcome.result):
        return
    models.put_outcome(number, sealed.key_of(number), result=end, written_by=HALL, written_at=work.now)
