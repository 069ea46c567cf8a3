"""
The look-up measured: quality on public cases, latency, build, size, cost of changes; peers beside it.

    python -m bench.search [--articles N] [--small]

One JSON object a line: name, unit, value, and the peers measured in the same run on the same documents. Data:
../shared/data beside the repository; without it nothing is measured and the run says so.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from kiosk import db
from kiosk.catalogue import actions, commands, index, words
from kiosk.catalogue.lookup import understand
from kiosk.catalogue.queries import DOCUMENTS, SECTIONS, Ladder, Weights
from kiosk.catalogue.search import ENOUGH, Search
from kiosk.catalogue.tokens import fold

DATA = Path(__file__).resolve().parents[1] / "../shared/data"
CLASSES = {"c1": "1 character", "c2": "2 characters", "c3": "3", "c4": "4 and more", "nl": "questions"}
CHANGES = 100
NOW = datetime(2026, 11, 23, tzinfo=UTC)
Row = dict[str, Any]


def lines(name: str) -> Iterator[Row]:
    """Records of a file of the data."""
    with (DATA / name).open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def result(name: str, unit: str, value: float, **peers: float) -> Row:
    """One line of the report."""
    rounded = {peer: round(each, 4) for peer, each in peers.items()}
    return {"name": f"search/{name}", "unit": unit, "value": round(value, 4), "peers": rounded}


def quality(folder: Path, sections: int) -> Iterator[Row]:
    """nDCG@10 on the public cases, beside what a LIKE and an FTS5 index of the same words reach."""
    cases = list(lines("cases.jsonl"))
    for name, prefix in (("items", "item:"), ("letters", "letter:")):
        rows = [row for row in lines("documents.jsonl") if row["id"].startswith(prefix)]
        yield _quality(folder / name, name, rows, [case for case in cases if case["set"] == name], DOCUMENTS)
    asked = [case for case in cases if case["set"] == "stard"]
    wanted = {doc_id for case in asked for doc_id in case["relevant"]}
    rows = [row for row in lines("articles.jsonl") if row["id"] in wanted]
    rows += islice(
        (row for row in lines("articles.jsonl") if row["id"] not in wanted), max(0, sections - len(rows))
    )
    yield _quality(folder / "stard", f"stard among {len(rows)} articles", rows, asked, SECTIONS)


def _quality(folder: Path, name: str, rows: list[Row], cases: list[Row], weights: Weights) -> Row:
    vocabulary = words.load()
    opened = index.open_index(folder, create=True)
    writer = index.Writer(opened, vocabulary.cutter)
    for row in rows:
        writer.put(index.Page(row["id"], row["title"], row["body"]), known=False)
    writer.commit()
    ladder = Ladder(vocabulary.cutter, weights)

    def ours(query: str) -> list[str]:
        for rung in ladder.rungs(understand(query, vocabulary, None)):
            hits, total = index.read(opened, rung, 10)
            if total >= ENOUGH:
                break
        return [hit.doc_id for hit in hits]

    fts = Fts(rows)
    peers = {"fts5 words": _ndcg(cases, fts.search), "like": _ndcg(cases[:200], fts.like)}
    return result(f"ndcg@10 {name}", "nDCG", _ndcg(cases, ours), **peers)


def _ndcg(cases: list[Row], search: Callable[[str], list[str]]) -> float:
    total = 0.0
    for case in cases:
        relevant = set(case["relevant"])
        gained = sum(
            1 / math.log2(at + 2) for at, doc_id in enumerate(search(case["query"])) if doc_id in relevant
        )
        total += gained / sum(1 / math.log2(at + 2) for at in range(min(10, len(relevant))))
    return total / max(1, len(cases))


class Fts:
    """The peers: FTS5 over the same words, FTS5 trigram, and LIKE, in one SQLite database in memory."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.cutter = words.load().cutter
        self.base = sqlite3.connect(":memory:")
        self.base.executescript(
            "CREATE TABLE d (id TEXT, title TEXT, body TEXT);"
            "CREATE VIRTUAL TABLE w USING fts5(title, body, content='');"
            "CREATE VIRTUAL TABLE t USING fts5(title, body, content='', tokenize='trigram');"
        )
        for at, row in enumerate(rows, start=1):
            title, body = fold(row["title"]), fold(row["body"])
            self.base.execute(
                "INSERT INTO d (rowid, id, title, body) VALUES (?, ?, ?, ?)", (at, row["id"], title, body)
            )
            cut = (" ".join(self.cutter.words(title)), " ".join(self.cutter.words(body)))
            self.base.execute("INSERT INTO w (rowid, title, body) VALUES (?, ?, ?)", (at, *cut))
            self.base.execute("INSERT INTO t (rowid, title, body) VALUES (?, ?, ?)", (at, title, body))

    def search(self, query: str) -> list[str]:
        """FTS5: the words joined by OR, title weighted 8."""
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(self.cutter.words(fold(query))))
        return self._ids(
            "SELECT d.id FROM w JOIN d ON d.rowid = w.rowid WHERE w MATCH ? ORDER BY bm25(w, 8, 1) LIMIT 10",
            match,
        )

    def trigram(self, query: str) -> list[str]:
        """FTS5 trigram: the query as a phrase; nothing under three characters."""
        quoted = fold(query).replace('"', "")
        return self._ids(
            "SELECT d.id FROM t JOIN d ON d.rowid = t.rowid WHERE t MATCH ? ORDER BY rank LIMIT 10",
            f'"{quoted}"',
        )

    def like(self, query: str) -> list[str]:
        """A scan of every title and body."""
        pattern = f"%{fold(query)}%"
        rows = self.base.execute(
            "SELECT id FROM d WHERE title LIKE ? OR body LIKE ? LIMIT 10", (pattern, pattern)
        )
        return [str(doc_id) for (doc_id,) in rows]

    def _ids(self, sql: str, match: str) -> list[str]:
        return [str(doc_id) for (doc_id,) in self.base.execute(sql, (match,))] if match.strip('"') else []


def speed(home: Path, articles: int, peers: bool) -> Iterator[Row]:
    """Build, size, latency and the cost of changes on real documents and articles."""
    rows = [*lines("documents.jsonl")]
    rows += (
        {**row, "kind": "policy", "validity": "in_force"} for row in islice(lines("articles.jsonl"), articles)
    )
    _fill(home, rows)
    before = resource.getrusage(resource.RUSAGE_SELF)
    kept = commands.refresh_index(home)
    after = resource.getrusage(resource.RUSAGE_SELF)
    yield result(f"build of {kept.documents} documents", "cpu s", after.ru_utime - before.ru_utime)
    yield result("memory of the build", "MB", after.ru_maxrss / 1024)
    size = sum(path.stat().st_size for path in (home / commands.INDEX).rglob("*") if path.is_file())
    text = sum(len(row["title"]) + len(row["body"]) for row in rows)
    yield result("index size", "MB", size / 1e6, million_characters=text / 1e6)
    yield from _latency(home, Fts(rows) if peers else None)
    yield _changes(home, rows)


def _fill(home: Path, rows: list[Row]) -> None:
    database = db.open_sqlite(home / "hub.sqlite3")
    for folder in ("catalogue", "hub"):
        db.migrate(database, folder, NOW)
    db.catalogue.initialize(database)
    db.store.initialize(database)
    _put(rows, 0)


def _put(rows: list[Row], seq: int) -> None:
    with db.writing(db.catalogue) as connection:
        for at, row in enumerate(rows, start=seq + 1):
            actions.put(connection, row["id"], at, row, "h")
        connection.execute(
            "INSERT INTO feed_position (one, epoch, seq) VALUES (1, 'bench', ?)"
            " ON CONFLICT (one) DO UPDATE SET seq = excluded.seq",
            (seq + len(rows),),
        )


def _latency(home: Path, fts: Fts | None) -> Iterator[Row]:
    search = Search(home / commands.INDEX, words.load())
    queries: dict[str, list[str]] = json.loads((DATA / "latency_queries.json").read_text("utf-8"))
    search.find("预热")
    for name, told in CLASSES.items():
        asked = queries[name]
        peers = {}
        if fts:
            trigram, scan = _p99(fts.trigram, asked), _p99(fts.like, asked[:20])
            peers = {"fts5 words": _p99(fts.search, asked), "fts5 trigram": trigram, "like": scan}
        yield result(
            f"p99 of a page, {told}", "ms", _p99(lambda q: search.find(q, facets=True), asked), **peers
        )
        yield result(f"p99 as one types, {told}", "ms", _p99(lambda q: search.find(q, limit=4), asked))
    typed = [
        query[:end]
        for query in ("nongcundibao", "gaolingjintie", "db", "低保", "公租房")
        for end in range(1, len(query) + 1)
    ]
    yield result("p99 of a suggestion", "ms", _p99(search.suggest, typed * 5))


def _p99(search: Callable[[str], Any], queries: list[str]) -> float:
    times = []
    for query in queries:
        began = time.perf_counter()
        search(query)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[int(len(times) * 0.99)] if times else 0.0


def _changes(home: Path, rows: list[Row]) -> Row:
    changed = [{**row, "title": f"{row['title']}（修改）"} for row in rows[:CHANGES]]
    _put(changed, len(rows))
    began = time.perf_counter()
    commands.refresh_index(home)
    return result(f"{CHANGES} changes", "s", time.perf_counter() - began)


def run(articles: int = 91_500, sections: int = 65_973, peers: bool = True) -> Iterator[Row]:
    """Every measurement; with the defaults 100,000 documents, and articles as many as SEARCH.md measured."""
    if not (DATA / "documents.jsonl").is_file():
        print("search: the shared data is not beside the repository; nothing was measured", file=sys.stderr)
        return
    folder = Path(tempfile.mkdtemp(prefix="bench-search-"))
    try:
        yield from speed(folder, articles, peers)
        yield from quality(folder, sections)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Prints the report."""
    parser = argparse.ArgumentParser(description="measures the look-up")
    parser.add_argument("--articles", type=int, default=91_500, help="articles beside the 8,507 documents")
    parser.add_argument("--small", action="store_true", help="documents only, few articles: for a quick look")
    given = parser.parse_args()
    sizes = {"articles": 0, "sections": 12_000} if given.small else {"articles": given.articles}
    for row in run(**sizes):
        print(json.dumps(row, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
