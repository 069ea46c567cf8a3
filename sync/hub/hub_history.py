"""The hub's epoch, in which its positions count, and how far its backups reach."""

import secrets

from sync.carried.feed_models import FeedPosition
from sync.hub.models import DeviceNonce, EnrolledDevice, SyncPosition
from sync.statements import Database


def prepare(database: Database, terminal_prefix: str = "T") -> None:
    """Give a new hub its epoch and the prefix of its terminals' codes; harmless when it has them."""
    SyncPosition.insert(
        one=1, hub_epoch=secrets.token_hex(8), terminal_prefix=terminal_prefix
    ).on_conflict_ignore().execute(database)


def begin_new_epoch(database: Database) -> None:
    """
    Begin a new epoch, after the hub was restored from a backup: terminals offer again what the backup lacks.

    Sessions and nonces are reset, or every terminal would look like a clone. The feed gets a new epoch too,
    because its positions after the backup will be given out a second time.
    """
    SyncPosition.update(hub_epoch=secrets.token_hex(8)).execute(database)
    FeedPosition.update(epoch=secrets.token_hex(16)).execute(database)
    EnrolledDevice.update(session="", session_next="", hello_nonce_at=None).execute(database)
    DeviceNonce.delete().execute(database)


def epochs(database: Database) -> tuple[str, str]:
    """Return the epoch of the hub and that of its feed."""
    hub_epoch = SyncPosition.select(SyncPosition.hub_epoch).scalar(database)
    feed_epoch = FeedPosition.select(FeedPosition.epoch).scalar(database)
    return str(hub_epoch or ""), str(feed_epoch or "")


def note_backup(database: Database, through: int) -> None:
    """Allow terminals to erase what a finished and verified backup holds: all inbox numbers up to `through`."""
    SyncPosition.update(backed_up_through=through).where(SyncPosition.backed_up_through < through).execute(
        database
    )
