"""
Addresses outside that published records name, and whether they still answer: remembered, looked at again in turn.

An address is told as dead only when it failed at looks on several days: sites have bad nights.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from kiosk import db
from kiosk.catalogue import outside

MOST_A_ROUND = 5
DEAD_AFTER = 3
"""Looks on so many days at which an address did not answer as it should."""
LONGEST = 2_000
_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、（）《》]+")
_WAITING = (
    "SELECT json_extract(record, '$.source_url') FROM entry"
    " WHERE state = 'waiting' AND json_extract(record, '$.source_url') <> ''"
)
"""Where waiting entries are said to be public already (sources.py)."""
_FAILED = (outside.GONE, outside.NO_HOST, outside.QUIET)

Look = Callable[[str], str]


def named_in(record: Any) -> set[str]:
    """Every web address in the texts of a record, without the mark that ends a sentence."""
    return {found for text in _texts(record) for found in _found(text)}


def _found(text: str) -> Iterator[str]:
    for match in _ADDRESS.findall(text):
        address = match.rstrip(".,;:!?)]}")
        if len(address) <= LONGEST:
            yield address


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def collect(connection: sqlite3.Connection) -> int:
    """Brings the table of addresses up to what is published now; returns how many there are."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM document").fetchone()
    (known,) = connection.execute("SELECT coalesce(max(through), 0) FROM link_position").fetchone()
    if seq > known:
        changed = connection.execute(
            "SELECT doc_id, record FROM document WHERE seq > ? AND (deleted = 1 OR instr(record, '://') > 0"
            " OR doc_id IN (SELECT doc_id FROM link_use))",
            (known,),
        ).fetchall()
        with db.writing(db.store) as writing:
            for doc_id, record in changed:
                _replace(writing, doc_id, named_in(json.loads(record)) if record else set())
            writing.execute(
                f"DELETE FROM link_look WHERE url NOT IN (SELECT url FROM link_use UNION {_WAITING})"
            )
            writing.execute(
                "INSERT INTO link_position (one, through) VALUES (1, ?)"
                " ON CONFLICT (one) DO UPDATE SET through = excluded.through",
                (seq,),
            )
    return int(connection.execute("SELECT count(DISTINCT url) FROM link_use").fetchone()[0])


def _replace(connection: sqlite3.Connection, doc_id: str, urls: set[str]) -> None:
    connection.execute("DELETE FROM link_use WHERE doc_id = ?", (doc_id,))
    connection.executemany(
        "INSERT INTO link_use (doc_id, url) VALUES (?, ?)", [(doc_id, url) for url in sorted(urls)]
    )


def due(connection: sqlite3.Connection, today: date, days: int, most: int) -> list[str]:
    """Addresses to look at: new ones first, then those that failed before today, then those not seen for `days`."""
    rows = connection.execute(
        f"SELECT u.url FROM (SELECT url FROM link_use UNION {_WAITING}) u LEFT JOIN link_look l ON l.url = u.url"
        " WHERE l.url IS NULL OR (l.fails > 0 AND l.looked_on < ?) OR l.looked_on <= ?"
        " ORDER BY l.url IS NOT NULL, l.fails = 0, l.looked_on, u.url LIMIT ?",
        (today.isoformat(), (today - timedelta(days=days)).isoformat(), most),
    )
    return [str(row[0]) for row in rows]


def check(today: date, days: int, most: int = MOST_A_ROUND, look: Look = outside.look) -> dict[str, int]:
    """
    Looks at what is due, outside of any transaction; returns how many answered in which way.

    What could not be told (a refusal, trouble of the site) counts as neither alive nor dead.
    """
    connection: sqlite3.Connection = db.store.connection()
    collect(connection)
    said: dict[str, int] = {}
    for url in due(connection, today, days, most):
        how = look(url)
        said[how] = said.get(how, 0) + 1
        with db.writing(db.store) as writing:
            writing.execute(
                "INSERT INTO link_look (url, looked_on, said, fails) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (url) DO UPDATE SET looked_on = excluded.looked_on, said = excluded.said,"
                " fails = CASE WHEN excluded.fails = 0 THEN 0 ELSE link_look.fails + 1 END",
                (url, today.isoformat(), how, int(how in _FAILED)),
            )
    return said
