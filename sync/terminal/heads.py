"""Heads of the audit chains at a terminal: it keeps its hub's, and what the hub has signed of its own."""

from dataclasses import dataclass, field
from datetime import datetime

from sync.carried import anchors
from sync.carried.anchors import Chain, Whose
from sync.statements import Database, Writing
from sync.terminal.models import HubLink
from sync.wire.heads import OF_HUB, HeadsGiven, HeadsKept, is_signed, signed
from sync.wire.hello import HubHead
from sync.wire.line import HubLine


@dataclass(frozen=True)
class Signer:
    """The chain of this terminal, and the seed that it signs the hub's head with."""

    chain: Chain
    seed: bytes = field(repr=False)


def exchange(
    station: Database, writing: Writing, line: HubLine, signer: Signer, hub: HubHead, now: datetime
) -> None:
    """
    Give the hub this terminal's head and its own one signed, and keep its answer; send nothing when nothing changed.

    Raises:
        SyncError: The hub could not be asked, or refused.
    """
    given = _given(station, signer, hub)
    if given is None:
        return
    answer = HeadsKept.read(line.send("POST", "/heads", given.body()).body)
    with writing(station):
        _keep(station, signer.chain, given, hub, answer, now)


def _given(station: Database, signer: Signer, hub: HubHead) -> HeadsGiven | None:
    """Return what is to be sent; None when both sides keep the newest heads already."""
    own = signer.chain.head(station)
    anchor = anchors.kept(station, OF_HUB, Whose.OTHER)
    held = anchors.head_of(anchor)
    signed_of_own = anchors.head_of(anchors.kept(station, OF_HUB, Whose.OWN))
    if held == hub.head and own == signed_of_own and hub.keeps == own.seq:
        return None
    device = HubLink.select(HubLink.device).scalar(station)
    return HeadsGiven(
        own=own,
        at_kept=signer.chain.at(station, hub.keeps) or "",
        own_signature=signed(signer.seed, of=device, device=device, head=own),
        held=held,
        held_signature=bytes(anchor.signature or b"") if anchor else b"",
        hub=hub.head,
        hub_signature=signed(signer.seed, of=OF_HUB, device=device, head=hub.head),
    )


def _keep(
    station: Database, chain: Chain, given: HeadsGiven, hub: HubHead, answer: HeadsKept, now: datetime
) -> None:
    link = HubLink.select(HubLink.device, HubLink.hub_key).first(station)
    if answer.is_accepted or anchors.judge(
        station, chain, OF_HUB, Whose.OTHER, given.held, answer.at_held, now=now
    ):
        anchors.keep(station, OF_HUB, Whose.OTHER, hub.head, hub.signature, now=now)
    signature = answer.signature
    if signature and is_signed(
        bytes(link.hub_key), signature, of=link.device, device=link.device, head=given.own
    ):
        anchors.keep(station, OF_HUB, Whose.OWN, given.own, signature, now=now)
