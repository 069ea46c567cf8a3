"""Tables of seats at a terminal: its leases and what became of each, and what it reported last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import peewee

from kiosk import db
from kiosk.clock import Clock, stamp
from kiosk.seats.leases import SignedLease, read_lease, verified
from kiosk.seats.rules import SeatSession
from sync.terminal.models import HubLink

FREE, HELD, SPENT, RETURNED = "free", "held", "spent", "returned"


class LeasedSeat(db.StoreModel):
    """
    A lease of this terminal.

    key: The form that holds it, until `until_s` of the steady time of boot `boot_id`. is_hold: One form asked the hub
    for it; nobody else gets it here.
    """

    lease = peewee.TextField(primary_key=True)
    session = peewee.TextField()
    no = peewee.IntegerField()
    day = db.DayField()
    spend_until = peewee.TextField()
    text = peewee.TextField()
    signature = peewee.BlobField()
    is_hold = peewee.BooleanField()
    state = peewee.TextField()
    key = peewee.TextField()
    boot_id = peewee.TextField()
    until_s = peewee.DoubleField()
    number = peewee.TextField()


class SeatsReported(db.StoreModel):
    """What the hub heard last of the seats here, as a digest, in which epoch of the hub, and when."""

    one = peewee.IntegerField(primary_key=True, default=1)
    digest = peewee.TextField()
    hub_epoch = peewee.TextField()
    at = peewee.TextField()


@dataclass(frozen=True)
class HeldLease:
    """A lease as a form holds it; `until_s`: the end of its hold, in steady time of `boot_id`."""

    given: SignedLease
    state: str
    key: str
    boot_id: str
    until_s: float


@dataclass(frozen=True)
class SeatHub:
    """What is needed of the hub to verify a lease; empty at a terminal without a hub."""

    terminal: str
    hub_key: bytes
    epoch: str


L = LeasedSeat


def hub() -> SeatHub | None:
    """Return this terminal's hub."""
    found = HubLink.select(HubLink.terminal, HubLink.hub_key, HubLink.hub_epoch).tuples().first(db.store)
    return SeatHub(found[0], bytes(found[1]), found[2]) if found else None


def _is_open(clock: Clock) -> list[peewee.Expression]:
    """Return what a lease must be for a new form to get it."""
    is_over = (L.boot_id != clock.boot_id()) | (L.until_s <= clock.monotonic())
    return [
        ~L.is_hold,
        L.spend_until > stamp(clock.now()),
        (L.state == FREE) | ((L.state == HELD) & is_over),
    ]


def first_open(session_id: str, clock: Clock) -> str | None:
    """Return a lease of a session that a new form may have."""
    found = L.select(L.lease).where(L.session == session_id, *_is_open(clock)).order_by(L.no).tuples().first()
    return str(found[0]) if found else None


def open_counts(clock: Clock) -> dict[str, int]:
    """Return how many leases a new form may have, by session."""
    found = L.select(L.session, peewee.fn.COUNT(L.lease)).where(*_is_open(clock)).group_by(L.session)
    return dict(found.tuples().execute())


def session_of(session_id: str) -> SeatSession | None:
    """Return a session out of a lease that is here."""
    found = L.select(L.text).where(L.session == session_id).tuples().first()
    return read_lease(found[0].encode()).session if found else None


def hold(lease: str, key: str, clock: Clock, for_s: float) -> bool:
    """Give an open lease to a form; return whether it was open."""
    done = L.update(state=HELD, key=key, boot_id=clock.boot_id(), until_s=clock.monotonic() + for_s).where(
        L.lease == lease, *_is_open(clock)
    )
    return bool(done.execute() == 1)


def prolong(lease: str, clock: Clock, for_s: float) -> None:
    """Begin the hold of a form again."""
    L.update(boot_id=clock.boot_id(), until_s=clock.monotonic() + for_s).where(L.lease == lease).execute()


def let_go(key: str) -> None:
    """End the hold of a form; a seat that only this form asked for goes back to the hub."""
    of_key = (L.key == key, L.state == HELD)
    L.update(state=RETURNED, key="").where(*of_key, L.is_hold).execute()
    L.update(state=FREE, key="", boot_id="", until_s=0).where(*of_key).execute()


def held_by(key: str) -> HeldLease | None:
    """
    Return the lease that a form holds or has spent.

    Raises:
        Refused: "lease-wrong".
    """
    row = L.select().where(L.key == key, L.state.in_((HELD, SPENT))).first()
    link = hub()
    if row is None or link is None:
        return None
    given = verified(row.text.encode(), bytes(row.signature), hub_key=link.hub_key, terminal=link.terminal)
    return HeldLease(given, row.state, row.key, row.boot_id, row.until_s)


def add(
    given: SignedLease, *, state: str = FREE, key: str = "", boot_id: str = "", until_s: float = 0
) -> None:
    """Keep a lease that came from the hub; one that is here stays as it is."""
    lease = given.lease
    L.insert(
        lease=lease.id,
        session=lease.session.id,
        no=lease.no,
        day=lease.session.day,
        spend_until=stamp(lease.spend_until),
        text=given.text.decode(),
        signature=given.signature,
        is_hold=lease.is_hold,
        state=state,
        key=key,
        boot_id=boot_id,
        until_s=until_s,
        number="",
    ).on_conflict_ignore().execute()


def spend(lease: str, key: str, number: str) -> bool:
    """
    Give a form's seat to its booking for good; return whether the form held it.

    The booking's earlier seat is the hub's to give back, when the change arrives there.
    """
    L.update(number="").where(L.number == number, L.lease != lease).execute()
    done = L.update(state=SPENT, number=number).where(L.lease == lease, L.key == key, L.state == HELD)
    return bool(done.execute() == 1)


def give_up(now: datetime, clock: Clock) -> int:
    """Note as returned what nobody will spend here: leases that are over, and holds that are; return how many."""
    is_over = (L.boot_id != clock.boot_id()) | (L.until_s <= clock.monotonic())
    is_unused = (L.state == FREE) | ((L.state == HELD) & is_over)
    return int(
        L.update(state=RETURNED, key="").where(is_unused, L.is_hold | (L.spend_until <= stamp(now))).execute()
    )


def give_up_wanted(leases: Sequence[str], clock: Clock) -> int:
    """Note as returned those of the leases that the hub wants back and no form has; return how many."""
    is_over = (L.boot_id != clock.boot_id()) | (L.until_s <= clock.monotonic())
    is_unused = (L.state == FREE) | ((L.state == HELD) & is_over)
    return int(L.update(state=RETURNED, key="").where(L.lease.in_(list(leases)), is_unused).execute())


def named() -> list[dict[str, Any]]:
    """Return every lease that is here, as a report names it."""
    found = L.select(L.lease, L.session, L.no, L.state).order_by(L.lease)
    return [
        {"lease": lease, "session": session, "no": no, "state": state}
        for lease, session, no, state in found.tuples().execute()
    ]


def forget(leases: Sequence[str]) -> None:
    """Remove returned leases that the hub has taken back."""
    L.delete().where(L.lease.in_(list(leases)), L.state == RETURNED).execute()


def forget_before(day: date) -> None:
    """Remove what is left of sessions before a day."""
    L.delete().where(L.day < day).execute()


def reported() -> tuple[str, str, str]:
    """Return digest, hub epoch and time of the last report; empty words before the first."""
    found = (
        SeatsReported.select(SeatsReported.digest, SeatsReported.hub_epoch, SeatsReported.at).tuples().first()
    )
    return found or ("", "", "")


def note_reported(digest: str, hub_epoch: str, now: datetime) -> None:
    """Note what the hub heard."""
    SeatsReported.insert(one=1, digest=digest, hub_epoch=hub_epoch, at=stamp(now)).on_conflict(
        conflict_target=[SeatsReported.one],
        preserve=[SeatsReported.digest, SeatsReported.hub_epoch, SeatsReported.at],
    ).execute()
