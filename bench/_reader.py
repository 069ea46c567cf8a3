"""
One process of the look-up, so that its CPU time and memory are its own: makes the index of a home, or reads it.

    python -m bench._reader build|changes|read HOME
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench._figures import anonymous_mb, of_rounds, peak_mb
from kiosk import db
from kiosk.catalogue import commands
from kiosk.catalogue.search.index import INDEX
from kiosk.catalogue.search.search import Search
from tests.building import search_words

DATA = Path(__file__).resolve().parents[1] / "../shared/data"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROUNDS = 3
TYPED = [
    query[:end]
    for query in ("nongcundibao", "gaolingjintie", "db", "低保", "公租房", "zhufanggongjijin")
    for end in range(1, len(query) + 1)
]


def open_home(home: Path) -> None:
    """Bind the catalogue of a hub's home, made when it is not there."""
    database = db.open_sqlite(home / "hub.sqlite3")
    for folder in ("catalogue", "hub"):
        db.migrate(database, folder, NOW)
    db.catalogue.initialize(database)
    db.store.initialize(database)


def build(home: Path) -> dict[str, Any]:
    """Update the index; return seconds, documents, and the most memory that was held."""
    began = time.perf_counter()
    kept = commands.refresh_index(home)
    used, took = time.process_time(), time.perf_counter() - began
    return {
        "state": kept.state,
        "documents": kept.documents,
        "cpu": used,
        "wall": took,
        "peak": peak_mb(os.getpid()),
    }


def read(home: Path) -> dict[str, Any]:
    """Return p99 of each kind of question: by the wall and by this process's CPU; memory before and after them."""
    search = Search(home / INDEX, search_words)
    queries: dict[str, list[str]] = json.loads((DATA / "latency_queries.json").read_text("utf-8"))
    search.find("预热一下")
    figures: dict[str, Any] = {}
    for name, asked in queries.items():
        figures[f"look-up {name}"] = _p99(search.ranked, asked)
        figures[f"page {name}"] = _p99(lambda typed: search.find(typed, facets=True), asked)
    figures["suggestion"] = _p99(search.suggest, TYPED * 3)
    return {**figures, "anonymous": anonymous_mb(os.getpid()), "peak": peak_mb(os.getpid())}


def _p99(ask: Callable[[str], object], queries: list[str]) -> dict[str, float]:
    wall: list[list[float]] = []
    cpu: list[list[float]] = []
    for _round in range(ROUNDS):
        wall.append([])
        cpu.append([])
        for query in queries:
            began, used = time.perf_counter(), time.thread_time()
            ask(query)
            wall[-1].append((time.perf_counter() - began) * 1000)
            cpu[-1].append((time.thread_time() - used) * 1000)
    return {"wall": of_rounds(wall, 0.99), "cpu": of_rounds(cpu, 0.99), "p50": of_rounds(wall, 0.5)}


def main() -> int:
    """Print one JSON object."""
    what, home = sys.argv[1], Path(sys.argv[2])
    open_home(home)
    print(json.dumps({"build": build, "read": read}[what](home)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
