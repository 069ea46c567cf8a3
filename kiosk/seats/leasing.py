"""
Leases at the hub: seats go to terminals by demand before they can be booked, and come back by the terminal's own word.

The one rule of safety: a leased seat is given to another booking only after its terminal has returned it. Times and
reports of others only send it to walk-ins. After the hub was restored from a copy nobody knows who has the free seats,
so none is given until each terminal has named its own; then the rest is free.
"""

from __future__ import annotations

import itertools
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk import db
from kiosk.clock import beijing_day, from_stamp
from kiosk.errors import Refused
from kiosk.seats import claim_models, demand, epochs, models, rules
from kiosk.seats import leasing_models as rows
from kiosk.seats.actions import free
from kiosk.seats.leases import Lease, SignedLease, signed
from kiosk.seats.rules import Seat, SeatChannel, SeatSession, SeatState

FARTHEST_DAYS = 400
PHONES_KEPT_DAYS = 60
_BATCH = 500


@dataclass(frozen=True)
class Named:
    """A lease that a terminal names in its report; state: "free", "held", "spent", "returned"."""

    seat: Seat
    state: str


@dataclass(frozen=True)
class Reply:
    """
    What the hub answers to a report.

    Args:
        leases: Leases of the terminal that it did not name. wanted: Leases to be given back, if no form has them.
        void: Leases that are not the terminal's, to be forgotten if unspent. done: Returned ones, taken back.
    """

    leases: tuple[SignedLease, ...]
    wanted: tuple[str, ...]
    void: tuple[str, ...]
    done: tuple[str, ...]


def report(terminal: str, named: Sequence[Named], now: datetime, *, channel: str, seed: bytes) -> Reply:
    """
    Take a terminal's word on its seats, give it what it lacks, and say what is wanted back; one transaction.

    Args:
        channel: A station on the web has no seats of its own, for it confirms nothing without the hub. Empty: a
            terminal in quarantine, which gets none and loses those that it has: its disk may be an old one.
        seed: Signs the leases.
    """
    with db.writing(db.store, alone=False):
        epochs.follow(now)
        done = tuple(
            each.seat.lease for each in named if each.state == "returned" and _returned(each, terminal, now)
        )
        others = {
            each.seat.lease for each in named if each.state != "returned" and not _is_theirs(each, terminal)
        }
        if not channel:
            others |= _set_aside(terminal, named)
        rows.note_report(terminal, rows.hub_epoch(), now)
        is_sure = _end_doubt_if_all_reported()
        reclaim(now)
        if channel == "kiosk" and is_sure:
            _lease(terminal, now)
        # While a restored hub waits for reports it may not know a session yet.
        void = tuple(sorted(others)) if is_sure or not channel else ()
        known = {each.seat.lease for each in named}
        theirs = rows.leased_to(terminal)
        wanted = tuple(seat.lease for seat, _, is_wanted in theirs if is_wanted and seat.lease in known)
        fresh = [
            (seat, until) for seat, until, is_wanted in theirs if seat.lease not in known and not is_wanted
        ]
        return Reply(tuple(_signed(terminal, fresh, seed)), wanted, void, done)


def _returned(named: Named, terminal: str, now: datetime) -> bool:
    """Take a seat back from its terminal; one that is not the terminal's any more counts as taken back."""
    found = rows.by_lease(named.seat.lease)
    if found and found[2] == terminal and found[1] in (*rows.OF_TERMINALS, SeatState.UNSURE):
        session = models.locked(found[0].session)
        if session and rules.is_for_walk_ins(session, now):
            models.give(
                Seat(session.id, found[0].no), SeatState.WALK_IN, was=found[1], was_lease=named.seat.lease
            )
        elif found[1] != SeatState.UNSURE:
            free(found[0], found[1])
    return True


def _is_theirs(named: Named, terminal: str) -> bool:
    """Return whether a lease is the terminal's; one that a restored hub does not know becomes its own again."""
    found = models.owner_of(named.seat)
    if found is None:
        return False
    state, owner, lease = found
    if (owner, lease) == (terminal, named.seat.lease) and state in rows.OF_TERMINALS:
        return True
    if state != SeatState.UNSURE:
        return False
    session = models.locked(named.seat.session)
    assert session is not None
    until = rules.spend_until(session)
    return models.give(named.seat, SeatState.LEASED, owner=terminal, until=until, was=state, was_lease=lease)


def _set_aside(terminal: str, named: Sequence[Named]) -> set[str]:
    """
    Take the unspent seats of a terminal that may have forgotten what it confirmed; return their leases.

    They go to walk-ins: somebody may come with a slip for one of them.
    """
    spent = {each.seat.lease for each in named if each.state == "spent"}
    taken = {seat for seat, _, _ in rows.leased_to(terminal) if seat.lease not in spent}
    for seat in taken:
        models.give(seat, SeatState.WALK_IN, owner=terminal, was=SeatState.LEASED, was_lease=seat.lease)
    return {seat.lease for seat in taken}


def _end_doubt_if_all_reported() -> bool:
    """Return whether it is known who has which seat, now that one more terminal has reported."""
    epoch, known = rows.hub_epoch(), rows.known_epoch()
    if known and known[1]:
        return True
    if set(rows.terminals()) - rows.reported_in(epoch):
        return False
    rows.end_doubt()
    rows.put_epoch(epoch, is_sure=True)
    return True


def hold_for(
    terminal: str, session_id: str, now: datetime, *, channel: str, seed: bytes, leave: int = 0
) -> SignedLease:
    """
    Give one seat of the hub to a form at a terminal: a lease of that seat which ends soon.

    Args:
        leave: Seats that the channel leaves to the others, see `rules.left`.
    Raises:
        Refused: "full", "closed", "past", "too-late", "too-early", "unknown-session", "too-many", "unsure": this hub
            was restored, and not every terminal has reported yet.
    """
    with db.writing(db.store, alone=False):
        if not epochs.follow(now):
            raise Refused("unsure")
        most = rules.MOST_HOLDS if channel == "kiosk" else rules.MOST_HOLDS_WEB
        if rows.holds_of(terminal, now) >= most:
            raise Refused("too-many")
        asked = SeatChannel.TERMINAL if channel == "kiosk" else SeatChannel.WEB
        session = models.locked_for(session_id, asked, now)
        seat = rules.with_lease(models.pick(session, asked, now, leave=leave), _id("h"))
        until = rules.hold_until(now)
        if not models.give(seat, SeatState.LEASED, owner=terminal, until=until, was=SeatState.FREE):
            raise Refused("full")
        return signed(Lease(seat.lease, terminal, session, seat.no, until, is_hold=True), seed)


def reclaim(now: datetime) -> int:
    """
    Send seats to walk-ins whose terminal has not reported in time, or was revoked; return how many.

    What a revoked terminal cannot have confirmed, for it could not be booked yet, is free.
    """
    with db.writing(db.store, alone=False):
        late = rows.overdue(now - rules.SKEW)
        for seat in late:
            models.give(
                seat, SeatState.WALK_IN, was=SeatState.LEASED, was_lease=seat.lease, owner=_owner(seat)
            )
        lost = rows.of_revoked()
        for seat, day, horizon_days in lost:
            models.locked(seat.session)
            if day > rules.last_day(now, horizon_days):
                free(seat, SeatState.LEASED)
            else:
                models.give(
                    seat, SeatState.WALK_IN, was=SeatState.LEASED, was_lease=seat.lease, owner=_owner(seat)
                )
        claim_models.forget_noted(now - timedelta(days=PHONES_KEPT_DAYS))
        rows.forget_phones(beijing_day(now) - timedelta(days=PHONES_KEPT_DAYS))
        return len(late) + len(lost)


def _owner(seat: Seat) -> str:
    """Return who had a seat, which is kept: the booking of that terminal is still honoured."""
    found = models.owner_of(seat)
    return found[1] if found else ""


def _lease(terminal: str, now: datetime) -> None:
    """Give a terminal what it lacks of each day's seats, and ask for what it has too many of."""
    today = beijing_day(now)
    ahead = models.sessions(today, today + timedelta(days=FARTHEST_DAYS))
    leasable = [each for each in ahead if rules.is_leasable(each, now)]
    leasable.sort(key=_group)
    all_terminals = rows.terminals("kiosk")
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for (of, place, _topic, _day), sessions in itertools.groupby(leasable, key=_group):
        if (of, place) not in shares:
            shares[of, place] = demand.at(of, place, all_terminals, now)
        _lease_day(terminal, list(sessions), shares[of, place], now)


def _group(session: SeatSession) -> tuple[str, str, str, str]:
    return session.of, session.place, session.topic, session.day.isoformat()


def _lease_day(terminal: str, sessions: list[SeatSession], shares: dict[str, float], now: datetime) -> None:
    sessions.sort(key=lambda each: (each.starts, each.id))
    by_id = {each.id: each for each in sessions}
    free_nos = rows.free_of(list(by_id), now)
    leased = rows.leased(list(by_id))
    open_seats = [
        Seat(each.id, no)
        for each in sessions
        for no in free_nos.get(each.id, [])[: max(0, len(free_nos.get(each.id, [])) - each.kept)]
    ]
    theirs = [each for each in leased if each.owner == terminal]
    lacks = rules.targets(shares, len(open_seats) + len(leased)).get(terminal, 0) - len(theirs)
    if lacks < 0:
        rows.want_back([each.seat for each in theirs[lacks:]])
        return
    asked_back = [
        each.seat for each in theirs if each.wanted and each.seat.no <= by_id[each.seat.session].seats
    ]
    rows.want_back(asked_back, wanted=False)
    for seat in rules.spread(open_seats, lacks):
        session = models.locked(seat.session)
        if session is None:
            continue
        given = rules.with_lease(seat, _id("l"))
        models.give(
            given, SeatState.LEASED, owner=terminal, until=rules.spend_until(session), was=SeatState.FREE
        )


def _signed(terminal: str, seats: Sequence[tuple[Seat, str]], seed: bytes) -> list[SignedLease]:
    found = {id: models.session(id) for id in Counter(seat.session for seat, _ in seats)}
    leases = (
        Lease(seat.lease, terminal, session, seat.no, from_stamp(until), is_hold=seat.lease.startswith("h"))
        for seat, until in seats
        if (session := found[seat.session]) and until
    )
    return [signed(each, seed) for each in itertools.islice(leases, _BATCH)]


def _id(kind: str) -> str:
    return kind + secrets.token_hex(8)


def list_mark(now: datetime) -> str:
    """Return a mark of the list of free times: another one when a seat changed hands, and every five minutes."""
    return f"{rows.turns_from(beijing_day(now))} {int(now.timestamp()) // 300}"
