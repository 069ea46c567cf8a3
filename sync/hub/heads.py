"""Heads of the audit chains at the hub: it keeps each terminal's, and what each terminal has signed of its own."""

from datetime import datetime

from sync.carried import anchors
from sync.carried.anchors import Chain, Whose
from sync.hub.device import Device
from sync.hub.models import EnrolledDevice
from sync.statements import Database
from sync.wire.errors import Malformed
from sync.wire.heads import OF_HUB, HeadsGiven, HeadsKept, is_signed, signed
from sync.wire.hello import HubHead
from sync.wire.signing import public_key


def hub_head(database: Database, chain: Chain, device: Device, seed: bytes) -> HubHead:
    """Return what a welcome says of the chains: the hub's head, and which entry of the terminal's it keeps."""
    head = chain.head(database)
    keeps = anchors.head_of(anchors.kept(database, device.id, Whose.OTHER)).seq
    return HubHead(head, signed(seed, of=OF_HUB, device=device.id, head=head), keeps)


def take_heads(
    database: Database, chain: Chain, device: Device, given: HeadsGiven, *, seed: bytes, now: datetime
) -> HeadsKept:
    """
    Keep a terminal's head and its signature over the hub's; return the hub's signature over the terminal's.

    Raises:
        Malformed: "bad-signature", "bad-held" (the hub never said that this was its head).
    """
    key = (
        EnrolledDevice.select(EnrolledDevice.public_key)
        .where(EnrolledDevice.id == device.id)
        .scalar(database)
    )
    for of, head, signature in (
        (OF_HUB, given.hub, given.hub_signature),
        (device.id, given.own, given.own_signature),
    ):
        if not is_signed(bytes(key), signature, of=of, device=device.id, head=head):
            raise Malformed("bad-signature")
    if given.held.seq and not is_signed(
        public_key(seed), given.held_signature, of=OF_HUB, device=device.id, head=given.held
    ):
        raise Malformed("bad-held")
    is_accepted = anchors.is_accepted(database, device.id, Whose.OWN)
    _take_own(database, chain, device, given, now)
    at_held = chain.at(database, given.held.seq) or ""
    theirs = anchors.head_of(anchors.kept(database, device.id, Whose.OTHER))
    if not anchors.judge(database, chain, device.id, Whose.OTHER, theirs, given.at_kept, now=now):
        return HeadsKept(at_held, None, is_accepted)
    anchors.keep(database, device.id, Whose.OTHER, given.own, given.own_signature, now=now)
    signature = signed(seed, of=device.id, device=device.id, head=given.own)
    return HeadsKept(at_held, signature, is_accepted)


def _take_own(database: Database, chain: Chain, device: Device, given: HeadsGiven, now: datetime) -> None:
    """
    Judge the hub's own chain by what the hub keeps, and by what this terminal holds: nobody at the hub can change that.
    """
    kept = anchors.head_of(anchors.kept(database, device.id, Whose.OWN))
    for head in (kept, given.held):
        at_head = chain.at(database, head.seq)
        if not anchors.judge(database, chain, device.id, Whose.OWN, head, at_head, now=now):
            return
    if chain.at(database, given.hub.seq) == given.hub.chain:
        anchors.keep(database, device.id, Whose.OWN, given.hub, given.hub_signature, now=now)
