"""Tables of seats at the hub, and the statements that take and give them, each inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar

import peewee

from kiosk import db
from kiosk.clock import stamp
from kiosk.errors import Refused
from kiosk.seats import rules
from kiosk.seats.rules import Seat, SeatChannel, SeatSession, SeatState


class StoredSession(db.StoreModel):
    """A session; `turns` rises with each change of it or of its seats, and its row is the lock of both."""

    id = peewee.TextField(primary_key=True)
    of = peewee.TextField()
    place = peewee.TextField()
    topic = peewee.TextField()
    day = db.DayField()
    starts = peewee.IntegerField()
    ends = peewee.IntegerField()
    seats = peewee.IntegerField()
    kept = peewee.IntegerField()
    closed = peewee.BooleanField()
    horizon_days = peewee.IntegerField()
    notice = peewee.IntegerField()
    turns = peewee.IntegerField()

    class Meta:
        table_name = "seat_session"


class StoredSeat(db.StoreModel):
    """
    A seat and its owner.

    owner: A terminal's device id, a form's key or a booking's number, by `state`. until: End of a rest, a hold or a
    lease. wanted: Its terminal is asked to give it back.
    """

    session = peewee.TextField()
    no = peewee.IntegerField()
    state = db.WordField(SeatState)
    owner = peewee.TextField()
    lease = peewee.TextField()
    until = peewee.TextField()
    wanted = peewee.BooleanField()

    class Meta:
        table_name = "seat"
        primary_key = peewee.CompositeKey("session", "no")


class SeatDemand(db.StoreModel):
    """Bookings of a terminal at a place, the older ones faded to `day`."""

    of = peewee.TextField()
    place = peewee.TextField()
    who = peewee.TextField()
    day = db.DayField()
    value = peewee.DoubleField()

    class Meta:
        primary_key = peewee.CompositeKey("of", "place", "who")


class SeatReport(db.StoreModel):
    """The epoch of the hub in which a terminal last said which seats it has."""

    device = peewee.TextField(primary_key=True)
    hub_epoch = peewee.TextField()
    reported_at = db.StampField()


class SeatEpoch(db.StoreModel):
    """The epoch in which seats are given out; not sure: some terminals have yet to report."""

    one = peewee.IntegerField(primary_key=True, default=1)
    hub_epoch = peewee.TextField()
    is_sure = peewee.BooleanField()


MOST_ROWS = 200
"""Rows of one statement."""
_Row = TypeVar("_Row")
S, T = StoredSession, StoredSeat
_FACTS = tuple(each for each in S._meta.sorted_fields if each.name != "turns")
_LOCKED = db.Statement(
    lambda: S.update({S.turns: S.turns + 1}).where(S.id == db.slot(S.id)).returning(*_FACTS)
)
_IS_FREE = (T.state == SeatState.FREE, T.until <= db.slot(T.until, "now"))
_FREE_NOS = db.Statement(
    lambda: T.select(T.no).where(T.session == db.slot(T.session), *_IS_FREE).order_by(T.no)
)
_GIVE = db.Statement(
    lambda: T.update(
        db.inserted(T.state, T.owner, T.lease, T.until) | {T.wanted: peewee.Value(False, converter=False)}
    ).where(
        T.session == db.slot(T.session),
        T.no == db.slot(T.no),
        T.state == db.slot(T.state, "was"),
        T.lease == db.slot(T.lease, "was_lease"),
    )
)
_OF_KEY = db.Statement(
    lambda: T.select(T.session, T.no, T.lease, T.until).where(
        T.owner == db.slot(T.owner), T.state == db.slot(T.state)
    )
)
_ROW = db.Statement(
    lambda: T.select(T.state, T.owner, T.lease).where(T.session == db.slot(T.session), T.no == db.slot(T.no))
)


def locked(session_id: str) -> SeatSession | None:
    """Return a session, locked until the transaction ends: one after another takes its seats."""
    return _LOCKED.one(db.store, SeatSession, id=session_id)


def session(session_id: str) -> SeatSession | None:
    """Return a session as it is."""
    return db.one(S.select(*_FACTS).where(S.id == session_id), SeatSession)


def sessions(
    first_day: date, final_day: date, *, of: str = "", place: str = "", topic: str = ""
) -> list[SeatSession]:
    """Return the sessions of some days in the order of their times; an empty word leaves that open."""
    asked = [S.day >= first_day, S.day <= final_day]
    asked += [column == word for column, word in ((S.of, of), (S.place, place), (S.topic, topic)) if word]
    return db.rows(S.select(*_FACTS).where(*asked).order_by(S.day, S.starts, S.id), SeatSession)


def known(ids: Sequence[str]) -> dict[str, SeatSession]:
    """Return those of these sessions that are there, by id."""
    found: dict[str, SeatSession] = {}
    for part in _parts(ids):
        found |= {each.id: each for each in db.rows(S.select(*_FACTS).where(S.id.in_(part)), SeatSession)}
    return found


def add_sessions(new: Sequence[SeatSession], *, is_sure: bool = True) -> None:
    """Store sessions that are not there yet with their seats, many in a statement; for is_sure see `put_session`."""
    for part in _parts(new):
        S.insert_many([{**vars(each), "turns": 1} for each in part]).execute()
    for seats in _parts([row for each in new for row in _seats_of(each, is_sure=is_sure)]):
        T.insert_many(seats).execute()


def _parts(whole: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Yield a sequence in pieces whose values fit into one statement."""
    return (whole[at : at + MOST_ROWS] for at in range(0, len(whole), MOST_ROWS))


def _seats_of(session: SeatSession, *, is_sure: bool) -> list[dict[str, object]]:
    state = SeatState.FREE if is_sure else SeatState.UNSURE
    free = {"state": state, "owner": "", "lease": "", "until": "", "wanted": False}
    return [{"session": session.id, "no": no, **free} for no in range(1, session.seats + 1)]


def put_session(new: SeatSession, *, is_sure: bool = True) -> None:
    """
    Store a session or change it; seats are added, and those above its number are removed where they are free.

    Args:
        is_sure: False while terminals may have seats of it of which a restored hub knows nothing.
    """
    values = {**vars(new), "turns": 1}
    S.insert(**values).on_conflict(
        conflict_target=[S.id],
        preserve=[each for each in _FACTS if each is not S.id],
        update={S.turns: S.turns + 1},
    ).execute()
    drop_surplus(new.id)
    least = 0 if new.closed else new.seats
    T.update(wanted=True).where(T.session == new.id, T.state == SeatState.LEASED, T.no > least).execute()
    fresh = _seats_of(new, is_sure=is_sure)
    if fresh:
        T.insert_many(fresh).on_conflict_ignore().execute()


def drop_surplus(session_id: str) -> None:
    """Remove the free seats of a session that has fewer now."""
    most = S.select(S.seats).where(S.id == session_id)
    T.delete().where(T.session == session_id, T.state == SeatState.FREE, T.no > most).execute()


def drop_session(session_id: str) -> None:
    """Remove a session that nobody has a seat of."""
    T.delete().where(T.session == session_id).execute()
    S.delete().where(S.id == session_id).execute()


def free_nos(session_id: str, now: datetime) -> list[int]:
    """Return the seats of a session that the hub may give now, in order."""
    return [no for (no,) in _FREE_NOS.tuples(db.store, session=session_id, now=stamp(now))]


def free_counts(ids: Sequence[str], now: datetime) -> dict[str, int]:
    """Return how many seats the hub may give now, of each of these sessions that has any."""
    found = (
        T.select(T.session, peewee.fn.COUNT(T.no))
        .where(T.session.in_(list(ids)), T.state.in_((SeatState.FREE, SeatState.HELD)), T.until <= stamp(now))
        .group_by(T.session)
    )
    return dict(found.tuples().execute())


def give(
    seat: Seat,
    state: SeatState,
    *,
    owner: str = "",
    until: datetime | None = None,
    was: SeatState,
    was_lease: str = "",
) -> bool:
    """
    Give a seat from one owner to another; return whether it was as the caller believes.

    Args:
        was: Its state now. was_lease: Its lease now.
    """
    end = stamp(until) if until else ""
    given = _GIVE.run(
        db.store,
        session=seat.session,
        no=seat.no,
        state=state,
        owner=owner,
        lease=seat.lease,
        until=end,
        was=was,
        was_lease=was_lease,
    )
    return given == 1


def held_by(key: str) -> Seat | None:
    """Return the seat that a form holds at the hub."""
    found = _OF_KEY.first(db.store, owner=key, state=SeatState.HELD)
    return Seat(found[0], found[1], found[2]) if found else None


def owner_of(seat: Seat) -> tuple[SeatState, str, str] | None:
    """Return state, owner and lease of a seat; None: there is no such seat."""
    found = _ROW.first(db.store, session=seat.session, no=seat.no)
    return (SeatState(found[0]), found[1], found[2]) if found else None


def end_holds(now: datetime, session_id: str) -> None:
    """Free the seats of a locked session that forms at the hub held too long."""
    T.update(state=SeatState.FREE, owner="", lease="", until="").where(
        T.session == session_id, T.state == SeatState.HELD, T.until <= stamp(now)
    ).execute()


def demand_of(of: str, place: str, who: str) -> tuple[date, float] | None:
    """Return the day and the demand that were noted last."""
    found = SeatDemand.get_or_none(SeatDemand.of == of, SeatDemand.place == place, SeatDemand.who == who)
    return (found.day, found.value) if found else None


def demands(of: str, place: str) -> list[tuple[str, date, float]]:
    """Return terminal, day and demand of all that have booked at a place."""
    found = SeatDemand.select(SeatDemand.who, SeatDemand.day, SeatDemand.value).where(
        SeatDemand.of == of, SeatDemand.place == place
    )
    return list(found.tuples().execute())


def put_demand(of: str, place: str, who: str, day: date, value: float) -> None:
    """Store a demand; of two bookings at one moment one may be lost, for it is only an estimate."""
    SeatDemand.insert(of=of, place=place, who=who, day=day, value=value).on_conflict(
        conflict_target=[SeatDemand.of, SeatDemand.place, SeatDemand.who],
        preserve=[SeatDemand.day, SeatDemand.value],
    ).execute()


def locked_for(session_id: str, channel: SeatChannel, now: datetime) -> SeatSession:
    """
    Return a session that a channel may book now, locked.

    Raises:
        Refused: "unknown-session", or why it may not.
    """
    found = locked(session_id)
    if found is None:
        raise Refused("unknown-session")
    if reason := rules.why_not(found, now, channel):
        raise Refused(reason)
    return found


def pick(session: SeatSession, channel: SeatChannel, now: datetime, *, leave: int = 0) -> Seat:
    """
    Return a seat that a channel may have, of a locked session.

    Args:
        leave: See `rules.left`.
    Raises:
        Refused: "full".
    """
    end_holds(now, session.id)
    nos = free_nos(session.id, now)
    if not rules.left(session, len(nos), channel, now, leave):
        raise Refused("full")
    return Seat(session.id, nos[0])
