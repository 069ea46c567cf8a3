"""The hub's part of daily counts: each batch is counted once."""

from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256

from sync.carried.counts import Batch, Counted, Tally
from sync.hub.models import TallyTaken
from sync.statements import Database
from sync.wire.errors import refused

OnCounted = Callable[[Database, date, Sequence[Tally]], None]
"""Called in the transaction that stores a new batch."""


def take(database: Database, device: str, batch_id: str, body: bytes, on_counted: OnCounted) -> bytes:
    """
    Count a batch once for (device, batch, digest); return the hub's answer.

    Raises:
        Malformed: The body is no batch.
        HubRefused: "wrong-key" (the address names another batch), "digest-differs" (it was counted with other rows).
    """
    batch, digest = Batch.read(body), sha256(body).hexdigest()
    if batch.id != batch_id:
        raise refused("wrong-key")
    is_new = (
        TallyTaken.insert(device=device, id=batch_id, digest=digest)
        .on_conflict_ignore()
        .as_rowcount()
        .execute(database)
    )
    if is_new:
        on_counted(database, batch.day, batch.rows)
        return Counted(batch_id, digest).body()
    known = (
        TallyTaken.select(TallyTaken.digest)
        .where(TallyTaken.device == device, TallyTaken.id == batch_id)
        .scalar(database)
    )
    if known != digest:
        raise refused("digest-differs")
    return Counted(batch_id, digest).body()
