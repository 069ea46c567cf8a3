"""
The audit chain of this machine judged by its anchors: heads that the other side has signed, or printed on paper.

Hashes alone show a changed row, but not a tail that was cut off or a chain computed again from its beginning: what
shows these has left the machine. The sync exchanges the heads; `sync/carried/anchors.py` keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import from_stamp
from kiosk.errors import Refused
from sync.carried import anchors
from sync.carried.anchors import ACCEPTED, AuditAnchor, Chain, Whose
from sync.statements import Database
from sync.wire.heads import ChainFault, fault_of, is_signed
from sync.wire.hello import Head

PRINTED = 20
"""Characters of a hash on paper: 80 bits, more than anybody can search through."""
GROUP = 4
SYNC = "sync"
"""Actor of faults that the sync finds."""


class LogFault(StrEnum):
    """A fault of this machine's own log."""

    BROKEN = "broken"
    """An entry does not follow from the one before."""
    CUT = "cut"
    """It ends before an entry that was signed."""
    REWRITTEN = "rewritten"
    """It has another entry where one was signed: it was computed again."""
    UNSIGNED = "unsigned"
    """What is kept as signed was not signed by the other side."""


@dataclass(frozen=True)
class Finding:
    """A fault and where it is; `peer` is the other side's name, "paper", or empty."""

    fault: LogFault
    seq: int
    peer: str = ""


@dataclass(frozen=True)
class Anchored:
    """One anchor as pages show it; `fault` as in its row, found by the sync."""

    peer: str
    whose: Whose
    head: Head
    kept_at: datetime
    fault: str

    @property
    def is_faulty(self) -> bool:
        """Return whether the log lost this head, and nobody has accepted it yet."""
        return self.fault not in ("", ACCEPTED)


def _head(_database: Database) -> Head:
    return Head(*audit.head())


def _at(_database: Database, seq: int) -> str | None:
    return audit.chain_at(seq)


def _note(peer: str, whose: Whose, head: Head, fault: ChainFault, now: datetime) -> None:
    """Enter the fault into this machine's own log: accepting it later does not remove it from there."""
    detail: dict[str, str | int | bool | None] = {
        "whose": whose.value,
        "seq": head.seq,
        "chain": head.chain[:PRINTED],
        "fault": fault.value,
    }
    audit.record(at=now, actor=SYNC, act=Act.CHAIN_FAULT, subject=peer, detail=detail)


CHAIN = Chain(_head, _at, _note)
"""This machine's audit chain, for the sync."""


@dataclass(frozen=True)
class Peer:
    """
    The other side of an anchor.

    Args:
        name: What people call it.
        device: The device id of the terminal, of whichever side it is.
        of: Whose chain it signs: the name of this side in what is signed.
        key: Its public key.
    """

    name: str
    device: str
    of: str
    key: bytes


PeerOf = Callable[[str], Peer | None]
"""Returns the other side by its name in the anchors; None: it is no longer known."""


def verify(peer_of: PeerOf, printed: str = "") -> list[Finding]:
    """
    Return every fault of this machine's log: of the whole chain, then by each signed head, then by one on paper.

    Args:
        printed: A head as the day's report prints it, or empty.
    Raises:
        Refused: "head-form".
    """
    found = []
    if (broken := audit.first_break()) is not None:
        found.append(Finding(LogFault.BROKEN, broken))
    for anchor in anchors.all_kept(db.store):
        if anchor.whose == Whose.OWN and anchor.fault != ACCEPTED:
            found += _by_anchor(anchor, peer_of(anchor.peer))
    return found + (_by_paper(printed) if printed else [])


def _by_anchor(anchor: AuditAnchor, peer: Peer | None) -> list[Finding]:
    head = anchors.head_of(anchor)
    name = peer.name if peer else anchor.peer
    signature = anchor.signature
    if signature is not None and not (
        peer and is_signed(peer.key, bytes(signature), of=peer.of, device=peer.device, head=head)
    ):
        return [Finding(LogFault.UNSIGNED, head.seq, name)]
    fault = anchor.fault or fault_of(head, audit.chain_at(head.seq))
    return [Finding(LogFault(fault), head.seq, name)] if fault else []


def _by_paper(printed: str) -> list[Finding]:
    typed = re.fullmatch(r"\s*([1-9][0-9]{0,14})\s+([0-9a-f \-]+)", printed.lower())
    start = re.sub(r"[ \-]", "", typed[2]) if typed else ""
    if typed is None or not 16 <= len(start) <= 64:
        raise Refused("head-form", "a head is written as on the day's report: its number, then its letters")
    seq = int(typed[1])
    here = audit.chain_at(seq)
    if here is None:
        return [Finding(LogFault.CUT, seq, "paper")]
    return [] if here.startswith(start) else [Finding(LogFault.REWRITTEN, seq, "paper")]


def written(head: Head) -> str:
    """Return a head as it is printed: its number, and the beginning of its hash in groups of four."""
    start = head.chain[:PRINTED]
    return " ".join([str(head.seq), *(start[at : at + GROUP] for at in range(0, PRINTED, GROUP))])


def own_head() -> Head:
    """Return the head of this machine's log."""
    return Head(*audit.head())


def signed_by_others() -> list[Anchored]:
    """Return the heads of this machine's log that others have signed."""
    return [each for each in _anchored() if each.whose is Whose.OWN]


def kept_of_others() -> list[Anchored]:
    """Return the heads of the others' logs that this machine keeps."""
    return [each for each in _anchored() if each.whose is Whose.OTHER]


def _anchored() -> list[Anchored]:
    return [
        Anchored(each.peer, Whose(each.whose), anchors.head_of(each), from_stamp(each.kept_at), each.fault)
        for each in anchors.all_kept(db.store)
    ]


def faults_of_others(peer_of: PeerOf) -> list[Anchored]:
    """Return the heads that the other sides' logs have lost, with the names of these sides."""
    return [
        replace(each, peer=peer.name if (peer := peer_of(each.peer)) else each.peer)
        for each in kept_of_others()
        if each.is_faulty
    ]


def is_here(head: Head) -> bool:
    """Return whether this machine's log has this entry."""
    return audit.chain_at(head.seq) == head.chain


@db.writing(db.store)
def accept(peer: str, reason: str, *, now: datetime, by: str) -> None:
    """
    Let a person accept that logs were cut or rewritten; they are kept from their present ends at the next round.

    Args:
        peer: The machine that shares them; empty: this machine's own log, for all.
    Raises:
        Refused: "no-fault".
    """
    if not anchors.accept(db.store, peer):
        raise Refused("no-fault", "the logs agree")
    audit.record(at=now, actor=by, act=Act.CHAIN_FAULT_ACCEPTED, subject=peer, detail={"reason": reason})
