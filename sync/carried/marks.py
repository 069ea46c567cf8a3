"""
Marks of positions: what a position means, so that two histories with the same counters differ.

The hub binds each thing that takes a position (a document of the feed, a state of a number) to the one before, as a
chain of hashes. A terminal keeps the mark of the position that it holds and shows it with its next hello. The mark
carries a MAC of the hub's: a mark that this hub has made, and that its own history does not have, proves that the hub
was put back to an older state. Nobody else can make one.
"""

import hmac
import json
from hashlib import sha256

from peewee import BigIntegerField, CompositeKey, Model, TextField

from sync.statements import Database, Statement, inserted, slot

FEED, STATUS = "feed", "status"
"""The counters that have marks."""
CHAIN_HEX, MAC_HEX = 32, 24


class PositionChain(Model):
    """One position of a counter of the hub: the hash of all that took a position up to it."""

    stream = TextField()
    seq = BigIntegerField()
    chain = TextField()

    class Meta:
        table_name = "position_chain"
        primary_key = CompositeKey("stream", "seq")


_LAST = Statement(
    lambda: (
        PositionChain.select(PositionChain.chain)
        .where(PositionChain.stream == slot(PositionChain.stream))
        .order_by(PositionChain.seq.desc())
        .limit(1)
    )
)
_AT = Statement(
    lambda: PositionChain.select(PositionChain.chain).where(
        PositionChain.stream == slot(PositionChain.stream), PositionChain.seq == slot(PositionChain.seq)
    )
)
_ADD = Statement(
    lambda: PositionChain.insert(inserted(PositionChain.stream, PositionChain.seq, PositionChain.chain))
)


def bind(database: Database, stream: str, seq: int, *what: str) -> None:
    """Bind a thing to the position that it took, in the transaction that holds the counter."""
    before = _LAST.first(database, stream=stream)
    text = json.dumps([before[0] if before else "", seq, *what], ensure_ascii=False)
    _ADD.run(database, stream=stream, seq=seq, chain=sha256(text.encode()).hexdigest()[:CHAIN_HEX])


def mark(database: Database, seed: bytes, epoch: str, stream: str, seq: int) -> str:
    """Return the mark of a position; empty for one of before marks were made."""
    found = _AT.first(database, stream=stream, seq=seq)
    return f"{found[0]}.{_mac(seed, epoch, stream, seq, found[0])}" if found else ""


def is_lost(database: Database, seed: bytes, epoch: str, stream: str, seq: int, shown: str) -> bool:
    """Return whether this hub made a mark, and does not have that position any more: it was put back."""
    chain, _, mac = shown.partition(".")
    if not hmac.compare_digest(mac, _mac(seed, epoch, stream, seq, chain)):
        return False
    found = _AT.first(database, stream=stream, seq=seq)
    return found is None or found[0] != chain


def _mac(seed: bytes, epoch: str, stream: str, seq: int, chain: str) -> str:
    secret = sha256(b"kiosk-sync position" + seed).digest()
    text = json.dumps([epoch, stream, seq, chain])
    return hmac.new(secret, text.encode(), sha256).hexdigest()[:MAC_HEX]
