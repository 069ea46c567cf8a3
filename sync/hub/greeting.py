"""Answer hello with a welcome: what the hub holds of a device, and what is new for it."""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from sync.carried.feed_models import FeedPosition
from sync.hub.device import Device
from sync.hub.devices import note_hello
from sync.hub.models import EnrolledDevice, InboxEntry, SyncPosition
from sync.hub.statuses import status_head
from sync.statements import Database
from sync.wire.errors import refused
from sync.wire.hello import MAX_GAPS, Hello, Welcome


@dataclass(frozen=True)
class SealKey:
    """The public key that terminals seal to."""

    key_id: str
    public_key: bytes


def welcome(
    database: Database,
    device: Device,
    hello: Hello,
    *,
    session: str,
    now: datetime,
    seal_key: SealKey,
) -> Welcome:
    """
    Store the device's report; return what the hub holds of the device and what is new.

    Raises:
        HubRefused: "feed-missing" when the hub has no catalogue yet.
    """
    feed = FeedPosition.select(FeedPosition.epoch, FeedPosition.seq).tuples().first(database)
    if feed is None:
        raise refused("feed-missing")
    note_hello(database, device, hello, now)
    [(state,)] = (
        EnrolledDevice.select(EnrolledDevice.state)
        .where(EnrolledDevice.id == device.id)
        .tuples()
        .execute(database)
    )
    [(hub_epoch, backed_up)] = (
        SyncPosition.select(SyncPosition.hub_epoch, SyncPosition.backed_up_through).tuples().execute(database)
    )
    highest, missing = _held(database, device, hello.epoch)
    return Welcome(
        hub_time=now,
        hub_epoch=hub_epoch,
        session=session,
        state=state,
        held_highest=highest,
        held_missing=missing,
        backed_up_through=backed_up,
        feed_epoch=feed[0],
        feed_seq=feed[1],
        status_seq=status_head(database, device),
        seal_key=seal_key.public_key,
        seal_key_id=seal_key.key_id,
    )


def _held(database: Database, device: Device, epoch: str) -> tuple[int, tuple[int, ...]]:
    """Return the highest seq held of this epoch, and the gaps below it; with many gaps only those below the last."""
    of_epoch = (InboxEntry.device == device.id) & (InboxEntry.epoch == epoch)
    count, highest = (
        InboxEntry.select(fn.COUNT(InboxEntry.no), fn.COALESCE(fn.MAX(InboxEntry.seq), 0))
        .where(of_epoch)
        .scalar(database, as_tuple=True)
    )
    if count == highest:
        return highest, ()
    places = InboxEntry.select(InboxEntry.seq).where(of_epoch).order_by(InboxEntry.seq)
    missing: list[int] = []
    expected = 1
    for (seq,) in places.tuples().execute(database):
        missing.extend(range(expected, min(seq, expected + MAX_GAPS + 1 - len(missing))))
        if len(missing) > MAX_GAPS:
            return missing[MAX_GAPS] - 1, tuple(missing[:MAX_GAPS])
        expected = seq + 1
    return highest, tuple(missing)
