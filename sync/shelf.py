"""
The side lists that a terminal holds, in the station's database: light enough for the process that serves pages.

What they are and how they come stands in lists.py.
"""

import sqlite3
from datetime import datetime
from hashlib import sha256

from sync.fields import stamp


def held(connection: sqlite3.Connection) -> dict[str, str]:
    """The digests of the lists that this terminal holds, by name."""
    return dict(connection.execute("SELECT name, sha256 FROM side_list"))


def read(connection: sqlite3.Connection, name: str) -> bytes | None:
    """A list of this terminal, or None."""
    row = connection.execute("SELECT content FROM side_list WHERE name = ?", (name,)).fetchone()
    return None if row is None else bytes(row[0])


def keep(connection: sqlite3.Connection, name: str, content: bytes | None, now: datetime) -> None:
    """Put a list in place of the old one, or erase it (None)."""
    if content is None:
        connection.execute("DELETE FROM side_list WHERE name = ?", (name,))
        return
    connection.execute(
        "INSERT OR REPLACE INTO side_list(name, sha256, content, taken_at) VALUES (?, ?, ?, ?)",
        (name, sha256(content).hexdigest(), content, stamp(now)),
    )
