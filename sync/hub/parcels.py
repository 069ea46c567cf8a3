"""
Parcels: what a person collects with number and query code, and what this hub itself cannot open.

A parcel is ciphertext. Its lock is given to a terminal that knows the code, its pieces for the proof that the key was
made. Guesses at the code count as those of tracking; wrong proofs, which only a holder of the code can try, close the
parcel for a day. Source of the limit: RELIABILITY.md T19.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sync.carried.transfer import PIECE_BYTES
from sync.hub import progress
from sync.hub.models import LockedParcel
from sync.statements import Database, Statement, Writing, slot
from sync.wire.errors import HubRefused, Malformed, refused
from sync.wire.lookups import Collect, Lock, LockGiven, Track
from sync.wire.reading import stamp

MOST_BYTES = 24 * 2**20
"""Largest ciphertext: a stamped scan of some hundred pages."""


_IS_THERE = Statement(
    lambda: LockedParcel.select(LockedParcel.number).where(LockedParcel.number == slot(LockedParcel.number))
)


@dataclass(frozen=True)
class Parcel:
    """
    A parcel to keep.

    Args:
        salt, asks: See `Lock`.
        proof: What the maker of the right key can show; only its hash is stored.
    """

    salt: str
    asks: str
    proof: bytes
    sealed: bytes


def put(database: Database, number: str, parcel: Parcel, now: datetime) -> None:
    """Keep a number's parcel in place of an earlier one, inside the caller's transaction."""
    remove(database, number)
    LockedParcel.insert(
        number=number,
        salt=parcel.salt,
        asks=parcel.asks,
        proof_hash=sha256(parcel.proof).hexdigest(),
        sealed=parcel.sealed,
        size=len(parcel.sealed),
        put_at=stamp(now),
    ).execute(database)


def remove(database: Database, number: str) -> bool:
    """Erase a number's parcel, inside the caller's transaction; return whether there was one."""
    return bool(LockedParcel.delete().where(LockedParcel.number == number).execute(database))


def is_there(database: Database, number: str) -> bool:
    """Return whether a number has a parcel."""
    return _IS_THERE.first(database, number=number) is not None


def collected_at(database: Database, number: str) -> str:
    """Return the stamp of when the parcel was first fetched whole; empty: not yet, or there is none."""
    at = LockedParcel.select(LockedParcel.collected_at).where(LockedParcel.number == number).scalar(database)
    return str(at or "")


def lock(database: Database, writing: Writing, asked: Track, now: datetime) -> LockGiven:
    """Return the lock of the number's parcel if the code is right; a wrong one is answered as `progress.track` does."""
    found = progress.track(database, writing, asked, now)
    if found.status is None:
        return LockGiven(None, found.locked)
    row = LockedParcel.select().where(LockedParcel.number == asked.number).first(database)
    return LockGiven(Lock(row.salt, row.asks, row.size) if row else None)


def piece(database: Database, writing: Writing, asked: Collect, now: datetime) -> tuple[bytes, bool]:
    """
    Return a piece of the number's ciphertext, and whether the parcel was fetched whole for the first time with it.

    Raises:
        HubRefused: "proof-wrong", also for a number without a parcel; "proof-closed" after too many of them in a day,
            for a right one too. These must be committed, not rolled back.
    """
    subject = f"parcel:{asked.number}"
    with writing(database):
        if not progress.count_guess(database, subject, now):
            raise refused("proof-closed")
        row = LockedParcel.select().where(LockedParcel.number == asked.number).first(database)
        given = sha256(bytes.fromhex(asked.proof)).hexdigest()
        if row is None or not hmac.compare_digest(row.proof_hash, given):
            fault: HubRefused | None = refused("proof-wrong")
        else:
            fault = None
            progress.forget_guesses(database, subject)
            is_last = asked.start + PIECE_BYTES >= row.size
            is_first_time = is_last and row.collected_at is None
            if is_first_time:
                LockedParcel.update(collected_at=stamp(now)).where(
                    LockedParcel.number == asked.number
                ).execute(database)
    if fault:
        raise fault
    found = bytes(row.sealed)[asked.start : asked.start + PIECE_BYTES]
    if not found:
        raise Malformed("bad-start")
    return found, is_first_time
