"""Hubs as files: made by the command's own function, with requests that a terminal handed in, and damaged at will."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kiosk import db
from kiosk.clock import FixedClock, stamp
from kiosk.machine import homes
from kiosk.staff.actions import reading_public_key
from sync.hub import inbox
from sync.hub.device import Device
from sync.hub.models import InboxEntry, SyncPosition
from sync.wire import sealing
from sync.wire.submission import SealedSubmission, submission_body
from tests.building import enrolled_hub

CODE_HASH = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@dataclass
class HubHome:
    """A hub's home and its recovery key, as it was written on paper."""

    home: Path
    recovery_key: str
    clock: FixedClock
    device: Device

    @property
    def file(self) -> Path:
        """Its database."""
        return self.home / homes.HUB_DB

    def take_in(self, many: int) -> list[str]:
        """Hand in so many requests; gives their numbers."""
        database = homes.open_hub(self.home, self.clock)
        with db.writing(database):
            numbers = [self._take_in(database) for _ in range(many)]
        database.close_all()
        return numbers

    def _take_in(self, database: db.Store) -> str:
        at = InboxEntry.select().count(database) + 1
        key_id, public = reading_public_key()
        sealed = sealing.seal(public, {"name": "张样例", "wanted": f"第{at}件 " + "低保" * at * 40})
        envelope = {
            "v": 1, "alg": sealing.ALG, "key_id": key_id, "seq": at,
            "terminal": self.device.terminal, "epoch": self.device.epoch,
            "key": f"00000000-0000-7000-8000-{at:012d}", "kind": "disclosure",
            "number": f"{self.device.terminal}-261123-{at:04d}-K7-4",
            "digest": sha256(sealed).hexdigest(), "organ": "GX-ZFB",
            "code_hash": CODE_HASH, "submitted_at": stamp(self.clock.now()), "received_on": None,
            "received_basis": "to_confirm", "entry_mode": "self", "applicant_type": "citizen",
        }  # fmt: skip
        submission = SealedSubmission.read(submission_body(envelope, sealed))
        inbox.take_submission(
            database, self.device, submission.key, submission, now=self.clock.now(), on_taken=nothing
        )
        return submission.number

    def flip(self, column: str, table: str, key: str) -> None:
        """Change one bit of a value, as a bad disk does: behind the back of everybody."""
        with closing(sqlite3.connect(self.file)) as connection:
            found = connection.execute(f"SELECT rowid, {column} FROM {table} WHERE {key}").fetchone()
            connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (flipped(found[1]), found[0])
            )
            connection.commit()

    def through(self) -> int:
        """The number up to which terminals may erase."""
        database = homes.open_hub(self.home, self.clock)
        found = SyncPosition.select(SyncPosition.backed_up_through).scalar(database)
        database.close_all()
        return int(found)


def nothing(*_: Any) -> None:
    """What becomes of a submission where no test asks."""


def flipped(value: bytes | str) -> bytes | str:
    """The same with one bit changed in its middle."""
    content = bytearray(value.encode() if isinstance(value, str) else value)
    content[len(content) // 2] ^= 1
    return content.decode() if isinstance(value, str) else bytes(content)


def new_hub(home: Path, clock: FixedClock, address: str = "") -> HubHome:
    """A hub with one terminal."""
    made = enrolled_hub(home, address)
    return HubHome(home, made.recovery_key, clock, made.device)
