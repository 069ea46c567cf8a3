"""
Anchors of the audit chains: heads that the two sides keep of each other, in the database of each.

A hub holds two rows for each terminal, a terminal two for its hub: what it keeps of the other's chain, and the head of
its own chain that the other has signed. A chain that no longer contains an anchor was cut or rewritten: the anchor
stays until a person has accepted what happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peewee import BigIntegerField, BlobField, Check, CompositeKey, Model, TextField

from sync.statements import Database
from sync.wire.heads import ChainFault, fault_of
from sync.wire.hello import Head
from sync.wire.reading import stamp

ACCEPTED = "accepted"
"""A fault that a person has looked into; the next round moves the anchor."""


class Whose(StrEnum):
    """Whose chain an anchor is of."""

    OWN = "own"
    """This machine's; the other side has signed the head."""
    OTHER = "other"
    """The other side's; kept here for it."""


class AuditAnchor(Model):
    """A kept head; `peer` is the other side: a device id at the hub, "hub" at a terminal."""

    peer = TextField()
    whose = TextField(constraints=[Check("whose IN ('own', 'other')")])
    seq = BigIntegerField()
    chain = TextField()
    signature = BlobField(null=True)
    kept_at = TextField()
    fault = TextField(default="")
    """A ChainFault once the chain did not contain this anchor any more, ACCEPTED then; empty while it does."""
    fault_at = TextField(default="")

    class Meta:
        table_name = "audit_anchor"
        primary_key = CompositeKey("peer", "whose")


@dataclass(frozen=True)
class Chain:
    """
    This machine's audit chain, as the sync may ask about it.

    Args:
        head: Returns its head.
        at: Returns the hash of the entry with this number; None when there is none.
        note: Called once when a chain lost a head that is remembered of it, in the transaction that stores this.
    """

    head: Callable[[Database], Head]
    at: Callable[[Database, int], str | None]
    note: Callable[[str, "Whose", Head, ChainFault, datetime], None]


def kept(database: Database, peer: str, whose: Whose) -> AuditAnchor | None:
    """Return the anchor of one chain."""
    found: AuditAnchor | None = (
        AuditAnchor.select().where(AuditAnchor.peer == peer, AuditAnchor.whose == whose).first(database)
    )
    return found


def head_of(anchor: AuditAnchor | None) -> Head:
    """Return the head that an anchor keeps; seq 0 for none."""
    return Head(anchor.seq, anchor.chain) if anchor else Head(0, "0" * 64)


def keep(
    database: Database, peer: str, whose: Whose, head: Head, signature: bytes | None, *, now: datetime
) -> None:
    """Move an anchor to a newer head of its chain, without a fault."""
    AuditAnchor.insert(
        peer=peer, whose=whose, seq=head.seq, chain=head.chain, signature=signature, kept_at=stamp(now)
    ).on_conflict(
        conflict_target=[AuditAnchor.peer, AuditAnchor.whose],
        preserve=[
            AuditAnchor.seq,
            AuditAnchor.chain,
            AuditAnchor.signature,
            AuditAnchor.kept_at,
            AuditAnchor.fault,
            AuditAnchor.fault_at,
        ],
    ).execute(database)


def judge(
    database: Database,
    chain: Chain,
    peer: str,
    whose: Whose,
    head: Head,
    at_head: str | None,
    *,
    now: datetime,
) -> bool:
    """
    Return whether a chain contains a head that is remembered of it; note the fault, once, when it does not.

    A noted fault stays until a person accepts it, even when the chain seems whole again.

    Args:
        at_head: The hash that the chain has at the place of that head now; None or empty: it has no such entry.
    """
    anchor = kept(database, peer, whose)
    if anchor and anchor.fault:
        return bool(anchor.fault == ACCEPTED)
    fault = fault_of(head, at_head) if head.seq else None
    if fault is None:
        return True
    AuditAnchor.insert(
        peer=peer,
        whose=whose,
        seq=head.seq,
        chain=head.chain,
        kept_at=stamp(now),
        fault=fault,
        fault_at=stamp(now),
    ).on_conflict(
        conflict_target=[AuditAnchor.peer, AuditAnchor.whose],
        preserve=[AuditAnchor.seq, AuditAnchor.chain, AuditAnchor.fault, AuditAnchor.fault_at],
    ).execute(database)
    chain.note(peer, whose, head, fault, now)
    return False


def accept(database: Database, peer: str) -> int:
    """
    Let a person accept faults; return how many there were. The anchors move to the heads of the next round.

    Args:
        peer: The machine that shares them; empty: this machine's own chain, for all.
    """
    concerned = AuditAnchor.peer == peer if peer else AuditAnchor.whose == Whose.OWN
    faulty = concerned & ~AuditAnchor.fault.in_(["", ACCEPTED])
    return int(AuditAnchor.update(fault=ACCEPTED).where(faulty).execute(database))


def is_accepted(database: Database, peer: str, whose: Whose) -> bool:
    """Return whether a person accepted the fault of this chain."""
    anchor = kept(database, peer, whose)
    return anchor is not None and anchor.fault == ACCEPTED


def all_kept(database: Database) -> list[AuditAnchor]:
    """Return every anchor of this machine."""
    return list(AuditAnchor.select().order_by(AuditAnchor.peer, AuditAnchor.whose).execute(database))
