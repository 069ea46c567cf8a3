"""Numbered migrations, each applied once in one transaction and bound to its content by a hash."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kiosk.clock import stamp
from kiosk.db.engine import SqliteFile, writing
from kiosk.errors import StoreDamaged

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def migrate(database: SqliteFile, folder: str, now: datetime) -> list[str]:
    """
    Applies the numbered SQL files of `migrations/<folder>` that were not applied yet, each in one transaction.

    Returns the names applied. Raises StoreDamaged("migration-changed") when an applied file was edited.
    """
    applied: list[str] = []
    with writing(database) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (folder TEXT NOT NULL, number INTEGER NOT NULL,"
            " name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL, PRIMARY KEY (folder, number))"
        )
    for path in sorted((MIGRATIONS / folder).glob("[0-9]*.sql")):
        if _apply(database, folder, path, now):
            applied.append(path.stem)
    return applied


def _apply(database: SqliteFile, folder: str, path: Path, now: datetime) -> bool:
    number = int(path.stem.split("_", 1)[0])
    text = path.read_text("utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with writing(database) as connection:
        known = connection.execute(
            "SELECT sha256 FROM migration WHERE folder = ? AND number = ?", (folder, number)
        ).fetchone()
        if known:
            if known[0] != digest:
                raise StoreDamaged("migration-changed", f"{folder}/{path.name}")
            return False
        for statement in _statements(text):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO migration (folder, number, name, sha256, applied_at) VALUES (?, ?, ?, ?, ?)",
            (folder, number, path.stem, digest, stamp(now)),
        )
    return True


def _statements(text: str) -> Iterator[str]:
    """The statements of a migration file; `executescript` would commit between them."""
    pending = ""
    for line in text.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip() and not all(part.startswith("--") for part in pending.split("\n") if part.strip()):
        yield pending
