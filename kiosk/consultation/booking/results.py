"""
What became of a consultation, by the desk: its result, what was answered, that nobody came, an objection to that.

What was answered is sealed to the key that opens the booking, and released to the citizen under number and query code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.consultation.booking import bookings, models
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.rules import BookingState
from kiosk.errors import Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.handling import Work
from kiosk.seats import phone_limits
from kiosk.seen import UNSEEN, Seen
from sync.hub import parcels
from sync.hub.parcels import Parcel
from sync.wire import sealing
from sync.wire.errors import SealBroken

GRACE = timedelta(minutes=15)
"""After its time for which a booking is still waited for (QUEUE.md §3)."""
ANSWER_LIMIT, WHY_LIMIT = 4_000, 200
"""Characters of an answer, and of the reason of an excuse."""


class ConsultationEnd(StrEnum):
    """The result of a consultation that took place."""

    ANSWERED = "answered"
    ELSEWHERE = "elsewhere"
    """Another office answers; the citizen knows which."""
    LATER = "later"
    """To be looked up: the answer comes in writing."""


@db.writing(db.store)
def conclude(
    number: str,
    result: ConsultationEnd,
    text: str,
    given: Parcel | None,
    reading_keys: Mapping[str, bytes],
    *,
    actor: str,
    work: Work,
    seen: Seen = UNSEEN,
) -> None:
    """
    Keep the result of a consultation, with what was answered where something was written.

    Args:
        given: The answer sealed for the citizen; None without one.
    Raises:
        NotFound: "no-such-booking".
        Refused: "reading-key-missing".
        RuleBroken: "booking-over", "answer-too-long".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = bookings.booking(number)
    if len(text) > ANSWER_LIMIT:
        raise RuleBroken("answer-too-long", str(len(text)))
    bookings.set_state(found.number, BookingState.SERVED, actor, work)
    opens = sealed.key_of(number)
    models.put_outcome(number, opens, result=result, written_by=actor, written_at=work.now)
    if text and given:
        if opens not in reading_keys:
            raise Refused("reading-key-missing", opens)
        blob = sealing.seal_file(sealing.public_key(reading_keys[opens]), text.encode())
        models.put_outcome(number, opens, sealed=blob, key_id=opens)
        parcels.put(db.store, number, given, work.now)
    bookings.tell(number, work)
    audit.record(
        at=work.now,
        actor=actor,
        act=Act.CONSULTATION_CONCLUDED,
        subject=number,
        detail={"result": result.value, "written": bool(text)},
    )


def is_over(found: Booking, now: datetime) -> bool:
    """Return whether the time of a booking and its grace are over."""
    start = found.appointment.start
    return start is not None and now >= start + GRACE


@db.writing(db.store)
def miss(number: str, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Note that nobody came, once the time and its grace are over.

    Raises:
        NotFound: "no-such-booking".
        RuleBroken: "not-yet", "booking-over".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    if not is_over(bookings.booking(number), work.now):
        raise RuleBroken("not-yet", number)
    bookings.set_state(number, BookingState.MISSED, actor, work)


@db.writing(db.store)
def excuse(number: str, why: str, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Let a missed booking not count: an objection was right, or the hall itself was late.

    Raises:
        NotFound: "no-such-booking".
        RuleBroken: "not-missed", "reason-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    if bookings.booking(number).state is not BookingState.MISSED:
        raise RuleBroken("not-missed", number)
    if not why.strip():
        raise RuleBroken("reason-missing", number)
    phone_limits.excuse(number)
    models.put_outcome(number, sealed.key_of(number), excused=why.strip()[:WHY_LIMIT])
    audit.record(at=work.now, actor=actor, act=Act.CONSULTATION_EXCUSED, subject=number)


def text_of(number: str, reading_keys: Mapping[str, bytes]) -> str:
    """
    Return what was answered, empty for nothing; the caller logs the opening.

    Raises:
        Refused: "reading-key-missing", "sealed-part-broken".
    """
    kept = models.answer_of(number)
    if kept is None:
        return ""
    blob, key_id = kept
    if key_id not in reading_keys:
        raise Refused("reading-key-missing", key_id)
    try:
        return sealing.unseal_file(reading_keys[key_id], blob).decode()
    except (SealBroken, UnicodeDecodeError) as error:
        raise Refused("sealed-part-broken", number) from error


def collected(number: str, work: Work) -> None:
    """Note that the citizen read the answer for the first time, inside the caller's transaction."""
    found = models.outcome(number)
    if found and found.collected_at is None and models.by_number(number):
        models.put_outcome(number, found.key_id, collected_at=work.now)
