"""
Rivals of the search over the same texts: FTS5 over words, FTS5 trigram, bm25s over words, and a LIKE over all of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from kiosk.catalogue.text.tokens import fold
from tests.building import search_words

Row = dict[str, Any]
MOST = 10


class Rivals:
    """One SQLite database and one bm25s index, both in memory."""

    def __init__(self, rows: Iterable[Row]) -> None:
        import bm25s  # a package of the benchmarks alone

        self._cutter = search_words().cutter
        self._base = sqlite3.connect(":memory:")
        self._base.executescript(
            "CREATE TABLE d (id TEXT, title TEXT, body TEXT);"
            "CREATE VIRTUAL TABLE w USING fts5(title, body, content='');"
            "CREATE VIRTUAL TABLE t USING fts5(title, body, content='', tokenize='trigram');"
        )
        self._ids: list[str] = []
        tokens: list[list[int]] = []
        known: dict[str, int] = {}
        for at, row in enumerate(rows, start=1):
            title, body = fold(row["title"]), fold(row["body"])
            self._base.execute(
                "INSERT INTO d (rowid, id, title, body) VALUES (?, ?, ?, ?)", (at, row["id"], title, body)
            )
            said = self._cutter.words(title), self._cutter.words(body)
            cut = (" ".join(said[0]), " ".join(said[1]))
            self._base.execute("INSERT INTO w (rowid, title, body) VALUES (?, ?, ?)", (at, *cut))
            self._base.execute("INSERT INTO t (rowid, title, body) VALUES (?, ?, ?)", (at, title, body))
            self._ids.append(row["id"])
            tokens.append([known.setdefault(word, len(known)) for part in said for word in part])
        self._bm25 = bm25s.BM25()
        self._bm25.index(bm25s.tokenization.Tokenized(ids=tokens, vocab=known), show_progress=False)

    def fts5_words(self, query: str) -> list[str]:
        """Search the words joined by OR, title weighted 8."""
        match = " OR ".join(f'"{word}"' for word in self._words(query))
        return self._matching(
            "SELECT d.id FROM w JOIN d ON d.rowid = w.rowid WHERE w MATCH ? ORDER BY bm25(w, 8, 1) LIMIT ?",
            match,
        )

    def fts5_trigram(self, query: str) -> list[str]:
        """Search the query as a phrase; returns nothing under three characters."""
        quoted = fold(query).replace('"', "")
        return self._matching(
            "SELECT d.id FROM t JOIN d ON d.rowid = t.rowid WHERE t MATCH ? ORDER BY rank LIMIT ?",
            f'"{quoted}"',
        )

    def bm25s(self, query: str) -> list[str]:
        """Search the words, title and body as one text."""
        known = [word for word in self._words(query) if word in self._bm25.vocab_dict]
        if not known:
            return []
        found, _scores = self._bm25.retrieve(
            [known], k=min(MOST, len(self._ids)), show_progress=False, n_threads=0
        )
        return [self._ids[int(at)] for at in found[0]]

    def like(self, query: str) -> list[str]:
        """Scan every title and body."""
        pattern = f"%{fold(query)}%"
        rows = self._base.execute(
            "SELECT id FROM d WHERE title LIKE ? OR body LIKE ? LIMIT ?", (pattern, pattern, MOST)
        )
        return [str(doc_id) for (doc_id,) in rows]

    def _words(self, query: str) -> list[str]:
        return list(dict.fromkeys(self._cutter.words(fold(query))))

    def _matching(self, sql: str, match: str) -> list[str]:
        if not match.strip('"'):
            return []
        return [str(doc_id) for (doc_id,) in self._base.execute(sql, (match, MOST))]
