"""
Acts on the supply: a change is one transaction with its history, the sessions that it makes, and the bookings that it
hits, each of which is moved, kept or called off.

Each day, and when the calendar of working days changed, `roll` makes the sessions of the days that came into reach. A
session that ends by it takes no bookings any more; those that it has wait on the desk for a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import beijing_day
from kiosk.consultation.supply import made_sessions, models, whole
from kiosk.consultation.supply.made_sessions import HitBooking
from kiosk.consultation.supply.models import RebookingOutcome
from kiosk.consultation.supply.things import Supply
from kiosk.consultation.supply.whole import SupplyChange
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.seats import actions as seats
from kiosk.seats import claim_models
from kiosk.seats import models as seat_models
from kiosk.seats.rules import FreeTime, SeatChannel, SeatSession
from kiosk.seen import UNSEEN, Seen
from kiosk.workdays import WorkCalendar

ALL_AHEAD = timedelta(days=400)
"""Further ahead there is no session."""


@dataclass(frozen=True)
class BookingActs:
    """
    What the bookings' own room does to one that is hit, in the caller's transaction.

    Args:
        move: Gives the booking with this number a seat of another session. Raises Refused where none is left.
        call_off: Ends it, with a reason that its citizen reads.
    """

    move: Callable[[str, str, datetime], None]
    call_off: Callable[[str, str, datetime], None]


@dataclass(frozen=True)
class SettledBooking:
    """What a person decided for a booking; session: to which it is moved."""

    outcome: RebookingOutcome
    session: str = ""


@dataclass(frozen=True)
class SupplyHand:
    """
    Who acts, when, why, and with which calendar.

    Args:
        acts: What happens to bookings; None where there can be none yet.
    """

    by: str
    now: datetime
    calendar: WorkCalendar
    acts: BookingActs | None
    why: str = ""


@dataclass(frozen=True)
class Effects:
    """
    What a change would do.

    Args:
        sessions: Those that are new, differ or end. hit: Bookings that lose their time, with other times.
    """

    sessions: Sequence[SeatSession]
    hit: Sequence[HitBooking]


def effects(changes: Iterable[SupplyChange], now: datetime, calendar: WorkCalendar) -> Effects:
    """
    Return what changes would do to sessions and bookings.

    Raises:
        RuleBroken: The supply would not fit together, see `whole.check`.
    """
    after = whole.changed(models.now(), changes)
    whole.check(after, beijing_day(now), calendar)
    return _effects(after, now, calendar)


def _effects(after: Supply, now: datetime, calendar: WorkCalendar) -> Effects:
    first, last = _reach(after, now)
    there, made = _there(first, last), _made(after, first, last, now, calendar)
    changed = _changed(made, there, now)
    hit = [HitBooking(each.number, each.no, there[each.session]) for each in seats.hits(changed)]
    kept = models.kept([each.number for each in hit])
    hit = [each for each in hit if (each.number, each.was.id) not in kept]
    return Effects(changed, made_sessions.with_proposals(hit, _free(hit, made, changed, now)))


def _reach(after: Supply, now: datetime) -> tuple[date, date]:
    """Return today, and the last day that has sessions or is to have some."""
    today = beijing_day(now)
    there = seat_models.sessions(today, today + ALL_AHEAD, of=made_sessions.KIND)
    return today, max([made_sessions.last_made(after.terms, today), *(each.day for each in there[-1:])])


def _there(first: date, last: date) -> dict[str, SeatSession]:
    return {each.id: each for each in seat_models.sessions(first, last, of=made_sessions.KIND)}


def _made(
    after: Supply, first: date, last: date, now: datetime, calendar: WorkCalendar
) -> dict[str, SeatSession]:
    until = min(last, made_sessions.last_made(after.terms, beijing_day(now)))
    return made_sessions.wanted(after, first, until, calendar)


def _changed(
    made: Mapping[str, SeatSession], there: Mapping[str, SeatSession], now: datetime
) -> list[SeatSession]:
    """Return the sessions to change; what has begun stays as it is, and is not made any more."""
    return [each for each in made_sessions.to_change(made, there.values()) if each.start > now]


def _free(
    hit: Sequence[HitBooking], made: Mapping[str, SeatSession], changed: Sequence[SeatSession], now: datetime
) -> list[FreeTime]:
    """Return the times that stay, for the topics of the bookings that are hit."""
    if not hit:
        return []
    fresh = {each.id for each in changed}
    stays = {key: each for key, each in made.items() if key not in fresh}
    topics = {each.was.topic for each in hit}
    places = {each.place for each in stays.values()}
    days = [each.day for each in stays.values()]
    found: list[FreeTime] = []
    for topic in topics if days else ():
        for place in places:
            asked = (made_sessions.KIND, place, topic, SeatChannel.DESK, min(days), max(days), now)
            found += [each for each in seats.free_times(*asked) if each.session.id in stays]
    return found


def save(
    changes: Iterable[SupplyChange],
    hand: SupplyHand,
    settled: Mapping[str, SettledBooking],
    seen: Seen = UNSEEN,
) -> int:
    """
    Store changes, do what was decided for each booking that they hit, and make their sessions; return the act's number.

    The same change once more does nothing and returns 0. History, ended sessions with bookings and the decisions are
    one transaction; sessions that nobody booked follow a day at a time, so that nobody waits for hundreds of them.

    Args:
        settled: By the number of each booking that is hit.
    Raises:
        RuleBroken: see `whole.check`; "no-booking-settled"; "no-time": a session that was chosen has no seat left.
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        real = whole.real_changes(models.now(), changes)
        if not real:
            seen.is_held = True
            return 0
        seen.hold()
        found = effects(real, hand.now, hand.calendar)
        if {each.number for each in found.hit} - settled.keys():
            raise RuleBroken("no-booking-settled")
        act = models.add(real, at=hand.now, actor=hand.by, why=hand.why)
        for each in real:
            said = Act.SUPPLY_CHANGED if each.thing else Act.SUPPLY_ENDED
            subject = f"{each.part.value}/{each.code}"
            audit.record(at=hand.now, actor=hand.by, act=said, subject=subject, detail={"act": act})
        ended = {each.was.id for each in found.hit}
        _open([each for each in found.sessions if each.id in ended], hand.now)
        for hit in found.hit:
            _settle(hit, settled[hit.number], hand)
    roll(hand.now, hand.calendar)
    return act


def settle(settled: Mapping[str, SettledBooking], hand: SupplyHand, seen: Seen = UNSEEN) -> int:
    """
    Do what was decided for bookings whose time has ended (`conflicts`); return how many.

    Raises:
        RuleBroken: "no-booking-settled": nothing was decided; "no-time".
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        found = [each for each in conflicts(hand.now) if each.number in settled]
        if not found:
            raise RuleBroken("no-booking-settled")
        for each in found:
            _settle(each, settled[each.number], hand)
    return len(found)


def _open(changed: Sequence[SeatSession], now: datetime) -> None:
    """Make and change sessions; the bookings in those that end keep their seats until each is settled."""
    seats.open_sessions(changed, now, settled={each.number for each in seats.hits(changed)})


def _settle(hit: HitBooking, decided: SettledBooking, hand: SupplyHand) -> None:
    """Do what was decided for one booking, and note it for the telephone list."""
    assert hand.acts is not None, "a hub with bookings says what happens to them"
    if decided.outcome is RebookingOutcome.MOVED:
        try:
            hand.acts.move(hit.number, decided.session, hand.now)
        except Refused as refused:
            raise RuleBroken("no-time", hit.number) from refused
    elif decided.outcome is RebookingOutcome.CALLED_OFF:
        hand.acts.call_off(hit.number, hand.why, hand.now)
    models.add_rebooking(
        hit.number,
        decided.outcome,
        was_session=hit.was.id,
        was_seat=hit.seat,
        new_session=decided.session,
        reason=hand.why,
        at=hand.now,
        actor=hand.by,
    )
    audit.record(
        at=hand.now,
        actor=hand.by,
        act=Act.BOOKING_REBOOKED,
        subject=hit.number,
        detail={"outcome": decided.outcome.value, "session": decided.session},
    )


def conflicts(now: datetime) -> list[HitBooking]:
    """Return the bookings whose time has ended and for which nobody decided yet, by time, with other times."""
    today = beijing_day(now)
    there = [each for each in _there(today, today + ALL_AHEAD).values() if each.start > now]
    known = {each.id: each for each in there}
    taken = claim_models.claims_of(list(known))
    lost = [
        HitBooking(number, seat.no, known[seat.session])
        for seat, number in taken.items()
        if known[seat.session].closed or seat.no > known[seat.session].seats
    ]
    kept = models.kept([each.number for each in lost])
    lost = [each for each in lost if (each.number, each.was.id) not in kept]
    stays = {each.id: each for each in there if not each.closed}
    ordered = sorted(lost, key=lambda each: (each.was.start, each.was.id, each.seat))
    return made_sessions.with_proposals(ordered, _free(ordered, stays, (), now))


def roll(now: datetime, calendar: WorkCalendar) -> int:
    """
    Make and end the sessions that supply and calendar say now, a day at a time; return how many changed.

    Nobody's booking is touched: `conflicts` lists those whose time ended by it.
    """
    first, last = _reach(models.now(), now)
    count = 0
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        if not _changed(_made(models.now(), day, day, now, calendar), _there(day, day), now):
            continue
        with db.writing(db.store):
            changed = _changed(_made(models.now(), day, day, now, calendar), _there(day, day), now)
            _open(changed, now)
            count += len(changed)
    return count


@db.writing(db.store)
def note_call(row: int, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Note that somebody called about a booking that was moved or called off.

    Raises:
        NotFound: "no-such-row".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = models.rebooked(row)
    if found is None:
        raise NotFound("no-such-row")
    models.note_call(row, at=now, by=by)
    audit.record(at=now, actor=by, act=Act.BOOKING_CALLED_ABOUT, subject=found.number)
