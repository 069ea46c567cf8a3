"""
An empty database in memory, in the place of a file that cannot be used at present.

Every question to it finds nothing, and nothing can be written: pages that do not depend on the file go on, and no
promise is made. It needs neither disk nor descriptors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from kiosk.db.engine import SqliteFile
from kiosk.db.migrations import migrate
from kiosk.errors import StoreAway


class StandIn(SqliteFile):
    """
    The stand-in for the file at `path`.

    Args:
        tables: Name of its folder of migrations.
        why: Code of the error that writing raises.
    """

    def __init__(self, path: Path, tables: str, why: str) -> None:
        super().__init__(path)
        self.why = why
        self._content = blank(tables)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.deserialize(self._content)
        connection.execute("PRAGMA query_only = 1")
        return connection

    def is_current(self) -> bool:
        """Return True: it is nobody's file."""
        return True

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[None]:
        """Raise StoreAway with the code `why`."""
        raise StoreAway(self.why, f"{self.path.name} cannot be written at present")
        yield

    def checkpoint(self) -> bool:
        """Return True: there is nothing to write."""
        return True


class ReadOnly(SqliteFile):
    """A file on a disk where nothing can be written: read as it is, without its log."""

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{self.path}?immutable=1", uri=True, isolation_level=None, check_same_thread=False
        )

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[None]:
        """Raise StoreAway."""
        raise StoreAway("disk-read-only", f"{self.path.name} can only be read")
        yield

    def checkpoint(self) -> bool:
        """Return True: there is nothing to write."""
        return True


class _InMemory(SqliteFile):
    """A database in memory that migrations can be applied to."""

    def __init__(self) -> None:
        super().__init__(Path(":memory:"))

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[None]:
        with self.atomic():
            yield


@lru_cache(maxsize=2)
def blank(tables: str) -> bytes:
    """Return a database with all tables of a folder of migrations and no rows of anybody."""
    empty = _InMemory()
    migrate(empty, tables, datetime(1970, 1, 1, tzinfo=UTC))
    content: bytes = empty.connection().serialize()
    empty.close()
    return content
