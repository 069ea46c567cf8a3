"""Statements about leases at the hub, each inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import peewee

from kiosk import db
from kiosk.clock import stamp
from kiosk.seats.claim_models import SeatClaim
from kiosk.seats.models import SeatEpoch, SeatReport, StoredSeat, StoredSession
from kiosk.seats.rules import Seat, SeatState
from sync.hub.models import EnrolledDevice, SyncPosition

T, S = StoredSeat, StoredSession
OF_TERMINALS = (SeatState.LEASED, SeatState.WALK_IN)


@dataclass(frozen=True)
class LeasedAt:
    """A seat that the hub has leased, and whether it is wanted back."""

    seat: Seat
    owner: str
    wanted: bool


_HUB_EPOCH = db.Statement(lambda: SyncPosition.select(SyncPosition.hub_epoch).where(SyncPosition.one == 1))
_KNOWN_EPOCH = db.Statement(lambda: SeatEpoch.select(SeatEpoch.hub_epoch, SeatEpoch.is_sure))


def hub_epoch() -> str:
    """Return the epoch of this hub; it changes when the hub is restored from a copy."""
    found = _HUB_EPOCH.first(db.store)
    return str(found[0]) if found else ""


def known_epoch() -> tuple[str, bool] | None:
    """Return the epoch in which seats are given out, and whether every terminal has reported since it began."""
    found = _KNOWN_EPOCH.first(db.store)
    return (str(found[0]), bool(found[1])) if found else None


def put_epoch(epoch: str, *, is_sure: bool) -> None:
    """Note the epoch in which seats are given out."""
    SeatEpoch.insert(one=1, hub_epoch=epoch, is_sure=is_sure).on_conflict(
        conflict_target=[SeatEpoch.one], preserve=[SeatEpoch.hub_epoch, SeatEpoch.is_sure]
    ).execute()


def doubt_from(day: date) -> None:
    """Make unsure who has the seats of all sessions from a day on, but for those that a booking has."""
    ahead = S.select(S.id).where(S.day >= day)
    T.update(state=SeatState.UNSURE, until="").where(
        T.session.in_(ahead), T.state.not_in((SeatState.TAKEN, SeatState.UNSURE))
    ).execute()
    touch_from(day)


def end_doubt() -> None:
    """Return to the hub what no terminal has named."""
    T.update(state=SeatState.FREE, owner="", lease="", until="", wanted=False).where(
        T.state == SeatState.UNSURE
    ).execute()


def touch_from(day: date) -> None:
    """Let the lists of all sessions from a day on be made again."""
    S.update({S.turns: S.turns + 1}).where(S.day >= day).execute()


def terminals(channel: str = "") -> list[str]:
    """Return the codes of the terminals that are not revoked, of one channel or of all."""
    found = EnrolledDevice.select(EnrolledDevice.terminal).where(EnrolledDevice.state != "revoked")
    if channel:
        found = found.where(EnrolledDevice.channel == channel)
    return [code for (code,) in found.order_by(EnrolledDevice.terminal).tuples().execute(db.store)]


def note_report(terminal: str, epoch: str, now: datetime) -> None:
    """Note that a terminal has named its seats."""
    SeatReport.insert(device=terminal, hub_epoch=epoch, reported_at=now).on_conflict(
        conflict_target=[SeatReport.device], preserve=[SeatReport.hub_epoch, SeatReport.reported_at]
    ).execute()


def reported_in(epoch: str) -> set[str]:
    """Return the terminals that have named their seats in an epoch of the hub."""
    found = SeatReport.select(SeatReport.device).where(SeatReport.hub_epoch == epoch)
    return {device for (device,) in found.tuples().execute()}


def leased(sessions: Collection[str]) -> list[LeasedAt]:
    """Return the leased seats of these sessions."""
    found = (
        T.select(T.session, T.no, T.lease, T.owner, T.wanted)
        .where(T.session.in_(list(sessions)), T.state == SeatState.LEASED)
        .order_by(T.session, T.no)
    )
    return [
        LeasedAt(Seat(session, no, lease), owner, bool(wanted))
        for session, no, lease, owner, wanted in found.tuples().execute()
    ]


def leased_to(terminal: str) -> list[tuple[Seat, str, bool]]:
    """Return the seats that a terminal has, with the end of each lease, and whether it is wanted back."""
    found = T.select(T.session, T.no, T.lease, T.until, T.wanted).where(
        T.owner == terminal, T.state == SeatState.LEASED
    )
    return [
        (Seat(session, no, lease), until, bool(wanted))
        for session, no, lease, until, wanted in found.order_by(T.session, T.no).tuples().execute()
    ]


def free_of(sessions: Collection[str], now: datetime) -> dict[str, list[int]]:
    """Return the seats that the hub may give now, of each of these sessions, in order."""
    found = (
        T.select(T.session, T.no)
        .where(T.session.in_(list(sessions)), T.state == SeatState.FREE, T.until <= stamp(now))
        .order_by(T.session, T.no)
    )
    nos: dict[str, list[int]] = {}
    for session, no in found.tuples().execute():
        nos.setdefault(session, []).append(no)
    return nos


def want_back(seats: Sequence[Seat], *, wanted: bool = True) -> None:
    """Ask for leased seats, or for them no more."""
    for seat in seats:
        T.update(wanted=wanted).where(
            T.session == seat.session, T.no == seat.no, T.lease == seat.lease, T.state == SeatState.LEASED
        ).execute()


def by_lease(lease: str) -> tuple[Seat, SeatState, str] | None:
    """Return the seat of a lease, its state, and the terminal that has it."""
    found = T.select(T.session, T.no, T.state, T.owner).where(T.lease == lease).tuples().first()
    return (Seat(found[0], found[1], lease), SeatState(found[2]), found[3]) if found else None


def holds_of(terminal: str, now: datetime) -> int:
    """Return how many seats of the hub forms of a terminal hold now."""
    found = T.select(peewee.fn.COUNT(T.no)).where(
        T.owner == terminal, T.state == SeatState.LEASED, T.lease.startswith("h"), T.until > stamp(now)
    )
    return int(found.scalar())


def overdue(until: datetime) -> list[Seat]:
    """Return the leased seats whose lease ended before a moment."""
    found = T.select(T.session, T.no, T.lease).where(T.state == SeatState.LEASED, T.until <= stamp(until))
    return [Seat(*row) for row in found.tuples().execute()]


def of_revoked() -> list[tuple[Seat, date, int]]:
    """Return the leased seats of revoked terminals, with the day of each session and how far ahead it is booked."""
    revoked = EnrolledDevice.select(EnrolledDevice.terminal).where(EnrolledDevice.state == "revoked")
    found = (
        T.select(T.session, T.no, T.lease, S.day, S.horizon_days)
        .join(S, on=(S.id == T.session))
        .where(T.state == SeatState.LEASED, T.owner.in_(revoked))
    )
    return [
        (Seat(session, no, lease), day, horizon)
        for session, no, lease, day, horizon in found.tuples().execute()
    ]


def turns_from(day: date) -> str:
    """Return a mark of all sessions from a day on and of their seats: another one whenever any of them changed."""
    found = S.select(peewee.fn.COUNT(S.id), peewee.fn.COALESCE(peewee.fn.SUM(S.turns), 0)).where(S.day >= day)
    [(count, turns)] = found.tuples().execute()
    return f"{count}.{turns}"


def forget_phones(before: date) -> None:
    """Erase the marks of telephone numbers of sessions before a day."""
    past = S.select(S.id).where(S.day < before)
    SeatClaim.update(phone="").where(SeatClaim.phone != "", SeatClaim.session.in_(past)).execute()
