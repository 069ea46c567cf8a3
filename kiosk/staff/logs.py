"""The logs of acts at the desk: whether hub and terminals still hold what each keeps of the other's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk import countersigned, db
from kiosk.countersigned import Anchored
from kiosk.errors import RuleBroken
from kiosk.seen import UNSEEN, Seen
from kiosk.staff import device_models

LONGEST_REASON = 200


@dataclass(frozen=True)
class LogState:
    """
    State of the hub's own log.

    Args:
        last: Number of its last entry.
        signed_through: The highest entry that a terminal has signed; 0: none.
        signers: How many terminals have signed it.
        lost_for: Codes of the terminals that hold an entry that the log no longer has.
        faulty: Codes of the terminals whose own log lost an entry that the hub keeps.
    """

    last: int
    signed_through: int
    signers: int
    lost_for: tuple[str, ...]
    faulty: tuple[str, ...]


@dataclass(frozen=True)
class TerminalLog:
    """A terminal's log as the hub keeps it, and whether the hub's still holds what this terminal remembers."""

    theirs: Anchored | None
    ours: Anchored | None

    @property
    def is_faulty(self) -> bool:
        """Return whether one of the two logs lost an entry."""
        return any(each is not None and each.is_faulty for each in (self.theirs, self.ours))


def state() -> LogState:
    """Return the state of the hub's log; each signed entry is compared, the chain as a whole by `check`."""
    signed = countersigned.signed_by_others()
    lost = [each for each in signed if each.is_faulty or not countersigned.is_here(each.head)]
    theirs = [each for each in countersigned.kept_of_others() if each.is_faulty]
    return LogState(
        last=countersigned.own_head().seq,
        signed_through=max((each.head.seq for each in signed), default=0),
        signers=len(signed),
        lost_for=tuple(_code(each) for each in lost),
        faulty=tuple(_code(each) for each in theirs),
    )


def of_terminal(device: str) -> TerminalLog:
    """Return what is kept between the hub and one terminal."""
    theirs = next((each for each in countersigned.kept_of_others() if each.peer == device), None)
    ours = next((each for each in countersigned.signed_by_others() if each.peer == device), None)
    return TerminalLog(theirs, ours)


def accept(device: str, reason: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Accept the faults between the hub and one terminal, or of the hub's own log for all (empty), with the reason found.

    Raises:
        RuleBroken: "reason-missing", "reason-too-long".
        Refused: "no-fault".
        ChangedMeanwhile: see `Seen.hold`.
    """
    if not reason.strip():
        raise RuleBroken("reason-missing", "say what was found out")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken("reason-too-long", f"at most {LONGEST_REASON} characters")
    with db.writing(db.store):
        seen.hold()
        countersigned.accept(device, reason.strip(), now=now, by=by)


def _code(anchored: Anchored) -> str:
    peer = device_models.peer(anchored.peer)
    return peer.name if peer else anchored.peer
