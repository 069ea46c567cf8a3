"""At the hub: what is sealed about a submission besides its own sealed part, sealed again to another key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import peewee

from kiosk import db
from kiosk.errors import Refused
from sync.hub.greeting import SealKey
from sync.wire import sealing
from sync.wire.errors import SealBroken


@dataclass(frozen=True)
class SealedTable:
    """
    A table with sealed columns.

    Args:
        number, key_id: Columns with the submission's number and the id of the key; they may be another table's.
        joined: How a row finds that other table's.
    """

    row: peewee.Field
    columns: tuple[peewee.Field, ...]
    number: peewee.Field
    key_id: peewee.Field
    joined: peewee.Expression | None = None

    @property
    def model(self) -> Any:
        """Return the table whose columns are sealed."""
        return self.row.model

    def others(self, number: str, key_id: str) -> list[tuple[Any, str]]:
        """Return id and key of each row about a submission that is sealed to another key than this one."""
        found = self.model.select(self.row, self.key_id)
        if self.joined is not None:
            found = found.join(self.key_id.model, on=self.joined)
        found = found.where(self.number == number, self.key_id != key_id).order_by(self.row)
        return list(found.tuples().execute(db.store))

    def seal_again(self, row: Any, private: bytes, to: SealKey) -> None:
        """
        Seal a row to another key.

        Raises:
            SealBroken: The private key does not open it.
        """
        (blobs,) = self.model.select(*self.columns).where(self.row == row).tuples().execute(db.store)
        changed: dict[Any, Any] = {
            column: sealing.seal_file(to.public_key, sealing.unseal_file(private, bytes(blob)))
            for column, blob in zip(self.columns, blobs, strict=True)
            if blob is not None
        }
        if self.joined is None:
            changed[self.key_id] = to.key_id
        self.model.update(changed).where(self.row == row).execute(db.store)


def seal_again(
    tables: Iterable[SealedTable], number: str, to: SealKey, reading_keys: Mapping[str, bytes]
) -> None:
    """
    Seal everything about a submission in these tables to another key, inside the caller's transaction.

    Raises:
        Refused: "reading-key-missing", "sealed-part-broken".
    """
    found = [(table, *row) for table in tables for row in table.others(number, to.key_id)]
    for table, row, key_id in found:
        if key_id not in reading_keys:
            raise Refused("reading-key-missing", key_id)
        try:
            table.seal_again(row, reading_keys[key_id], to)
        except SealBroken as error:
            raise Refused("sealed-part-broken", error.code) from error
