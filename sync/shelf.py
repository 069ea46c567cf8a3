"""
The side lists that a terminal holds, in the station's database: light enough for the process that serves pages.

What they are and how they come stands in lists.py.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sync.fields import stamp


@dataclass(frozen=True)
class Changed:
    """A list of a terminal whose users are to be told; content None: it was taken back."""

    name: str
    sha256: str
    content: bytes | None


def held(connection: sqlite3.Connection) -> dict[str, str]:
    """The digests of the lists that this terminal holds, by name."""
    return dict(connection.execute("SELECT name, sha256 FROM side_list WHERE content IS NOT NULL"))


def read(connection: sqlite3.Connection, name: str) -> bytes | None:
    """A list of this terminal, or None."""
    row = connection.execute("SELECT content FROM side_list WHERE name = ?", (name,)).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


def keep(connection: sqlite3.Connection, name: str, content: bytes | None, now: datetime) -> None:
    """Put a list in place of the old one, or erase it (None), and note that its users are to be told."""
    connection.execute(
        "INSERT INTO side_list(name, sha256, content, taken_at, is_told) VALUES (?, ?, ?, ?, 0)"
        " ON CONFLICT(name) DO UPDATE SET sha256 = excluded.sha256, content = excluded.content,"
        " taken_at = excluded.taken_at, is_told = 0",
        (name, "" if content is None else sha256(content).hexdigest(), content, stamp(now)),
    )


def untold(connection: sqlite3.Connection) -> list[Changed]:
    """The lists that changed and whose users do not know yet."""
    rows = connection.execute("SELECT name, sha256, content FROM side_list WHERE is_told = 0 ORDER BY name")
    return [Changed(row[0], row[1], None if row[2] is None else bytes(row[2])) for row in rows]


def mark_told(connection: sqlite3.Connection, changed: Changed) -> None:
    """Note that the users know of this change, if no newer one came since; of an erased list nothing is left then."""
    connection.execute(
        "UPDATE side_list SET is_told = 1 WHERE name = ? AND sha256 = ?", (changed.name, changed.sha256)
    )
    connection.execute("DELETE FROM side_list WHERE is_told = 1 AND content IS NULL")
