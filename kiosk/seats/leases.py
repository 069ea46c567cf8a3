"""
A lease: one seat that the hub has given to one terminal, as a text that the hub signs and the terminal keeps.

The text holds the whole session, so that a terminal can book and print with nothing else from the hub.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from kiosk.errors import Refused
from kiosk.seats.rules import Seat, SeatSession
from sync.wire.errors import Malformed
from sync.wire.protocol import write
from sync.wire.reading import Fields, read_object, stamp

PURPOSE = "kiosk-seat-lease"
CODE_LENGTH = 6
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_MINUTES = 24 * 60


@dataclass(frozen=True)
class Lease:
    """One seat of one terminal. is_hold: It was asked for by one form, and ends soon."""

    id: str
    terminal: str
    session: SeatSession
    no: int
    spend_until: datetime
    is_hold: bool = False


@dataclass(frozen=True)
class SignedLease:
    """A lease with the text that was signed."""

    lease: Lease
    text: bytes
    signature: bytes

    @property
    def seat(self) -> Seat:
        """Return its seat."""
        return Seat(self.lease.session.id, self.lease.no, self.lease.id, code_of(self.signature))


def signed(lease: Lease, seed: bytes) -> SignedLease:
    """Return a lease signed by the hub."""
    from sync.wire.signing import sign_text  # a page that shows times does not load what signs

    values = {
        **asdict(lease),
        "session": session_values(lease.session),
        "spend_until": stamp(lease.spend_until),
    }
    text = write({"purpose": PURPOSE, **values})
    return SignedLease(lease, text, sign_text(seed, text))


def verified(text: bytes, signature: bytes, *, hub_key: bytes, terminal: str) -> SignedLease:
    """
    Return a lease that the hub signed for this terminal.

    Raises:
        Refused: "lease-wrong": it is changed, another hub's, another terminal's, or no lease.
    """
    from sync.wire.signing import is_text_signed  # as in `signed`

    try:
        fields = read_object(text)
        lease = _lease(fields)
        is_ours = fields.text("purpose") == PURPOSE and lease.terminal == terminal
    except (Malformed, ValueError) as error:
        raise Refused("lease-wrong") from error
    if not is_ours or not is_text_signed(hub_key, text, signature):
        raise Refused("lease-wrong")
    return SignedLease(lease, text, signature)


def code_of(signature: bytes) -> str:
    """Return the short code of a signature, for the slip: letters and digits that cannot be confused."""
    return base64.b32encode(signature).decode()[:CODE_LENGTH]


def session_values(session: SeatSession) -> dict[str, Any]:
    """Return a session as it travels."""
    return {**vars(session), "day": session.day.isoformat()}


def read_session(fields: Fields) -> SeatSession:
    """
    Return a session that came from the hub.

    Raises:
        Malformed.
    """
    try:
        day = date.fromisoformat(fields.text("day", most=10))
    except ValueError as error:
        raise Malformed("bad-day") from error
    return SeatSession(
        id=fields.text("id", form=_WORD),
        of=fields.text("of", form=_WORD),
        place=fields.text("place", most=80),
        topic=fields.text("topic", most=80, empty=True),
        day=day,
        starts=fields.number("starts", most=_MINUTES),
        ends=fields.number("ends", most=_MINUTES),
        seats=fields.number("seats", most=10_000),
        kept=fields.number("kept", most=10_000),
        closed=fields.flag("closed"),
        horizon_days=fields.number("horizon_days", most=1000),
        notice=fields.number("notice", most=100_000),
    )


def read_lease(text: bytes) -> Lease:
    """
    Return a lease as its text says, which was verified when it came.

    Raises:
        Malformed.
    """
    return _lease(read_object(text))


def _lease(fields: Fields) -> Lease:
    return Lease(
        id=fields.text("id", form=_WORD),
        terminal=fields.text("terminal", form=_WORD),
        session=read_session(fields.object("session")),
        no=fields.number("no", least=1),
        spend_until=fields.time("spend_until"),
        is_hold=fields.flag("is_hold"),
    )


def travelling(given: SignedLease) -> Mapping[str, str]:
    """Return a lease as a member of a message."""
    return {"text": given.text.decode(), "signature": base64.b64encode(given.signature).decode()}


def arriving(fields: Fields, *, hub_key: bytes, terminal: str) -> SignedLease:
    """
    Return a lease out of a message.

    Raises:
        Malformed, Refused: as `verified`.
    """
    text, signature = fields.values.get("text"), fields.data("signature", most=64, exactly=64)
    if not isinstance(text, str) or len(text) > 4000:
        raise Malformed("bad-text")
    return verified(text.encode("utf-8", "replace"), signature, hub_key=hub_key, terminal=terminal)
