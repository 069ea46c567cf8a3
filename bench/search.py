"""
The look-up measured: quality on public cases, latency, build, size, memory, cost of changes; rivals beside it.

    python -m bench.search [--documents N] [--small] [--only speed|quality]

One JSON object a line: name, unit, value, and the rivals measured in the same run on the same documents. Data:
../shared/data beside the repository; without it nothing is measured and the run says so.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from bench._figures import percentile, say, tell
from bench._reader import DATA, open_home
from bench._rivals import Rivals
from kiosk import db
from kiosk.catalogue import commands
from kiosk.catalogue.records import feed
from kiosk.catalogue.records.documents import DocumentHead
from kiosk.catalogue.search import index
from kiosk.catalogue.search.plan import Ladder
from kiosk.catalogue.search.rank import in_order
from kiosk.catalogue.search.run import climb, places
from kiosk.catalogue.search.understand import understand
from kiosk.catalogue.text.tokens import fold
from tests.building import search_words

CLASSES = {
    "c1": "1 character",
    "c2": "2 characters",
    "c3": "3 characters",
    "c4": "4 and more",
    "nl": "questions",
}
CHANGES = 100
SCANS = 20
"""Number of queries for LIKE, which takes half a second for each."""
AMBIGUOUS = {
    "低保": ("降低保", "最低保", "低保障", "低保护"),
    "社保": ("社保证", "社保护", "社保管"),
    "医保": ("医保健", "医保护"),
    "五保": ("十五保",),
    "户口": ("户口径",),
    "失业": ("流失业", "损失业"),
    "养老": ("供养老", "赡养老", "养老鼠"),
    "学区": ("科学区", "大学区", "教学区"),
    "燃气": ("可燃气", "易燃气", "阻燃气"),
    "工伤": ("员工伤", "职工伤", "务工伤"),
    "护照": ("看护照", "保护照", "监护照"),
    "发票": ("开发票", "发票据"),
}
"""Short words with the neighbours among which they are none."""
Row = dict[str, Any]


def lines(name: str) -> Iterator[Row]:
    """Yield the records of a file of the data."""
    with (DATA / name).open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def result(name: str, unit: str, value: float, note: str = "", **rivals: float) -> Row:
    """Return one line of the report."""
    rounded = {rival: round(each, 4) for rival, each in rivals.items()}
    return {"name": f"search/{name}", "unit": unit, "value": round(value, 4), "peers": rounded, "note": note}


def quality(folder: Path, sections: int) -> Iterator[Row]:
    """Measure nDCG@10 on the public cases: each set among its own documents, then all among all documents."""
    cases = list(lines("cases.jsonl"))
    for name, prefix in (("items", "item:"), ("letters", "letter:")):
        rows = [row for row in lines("documents.jsonl") if row["id"].startswith(prefix)]
        yield _quality(folder / name, name, rows, [case for case in cases if case["set"] == name])
    asked = [case for case in cases if case["set"] == "stard"]
    wanted = {doc_id for case in asked for doc_id in case["relevant"]}
    rows = [row for row in lines("articles.jsonl") if row["id"] in wanted]
    rows += islice(
        (row for row in lines("articles.jsonl") if row["id"] not in wanted), max(0, sections - len(rows))
    )
    yield _quality(folder / "stard", f"stard among {len(rows)} articles", rows, asked)
    yield from _together(folder / "all", cases)


class Index:
    """An index of some documents, asked as the product asks it."""

    def __init__(self, folder: Path, rows: list[Row]) -> None:
        self.vocabulary = search_words()
        self.texts = index.open_texts(folder, create=True)
        writer = index.Writer(self.texts, self.vocabulary.cutter)
        for row in rows:
            kinds = {"kind": [row.get("kind", "")]}
            writer.put(index.IndexedDocument(row["id"], row["title"], row["body"], facets=kinds), known=False)
        writer.commit()
        self.ladder = Ladder(self.vocabulary.cutter)
        self._heads = {
            row["id"]: DocumentHead(row["id"], row.get("kind", ""), row["title"], row.get("validity", ""))
            for row in rows
        }

    def ask(self, query: str, kind: str = "") -> list[str]:
        """Return ids of the first page, of one kind where it is given."""
        asked = understand(query, self.vocabulary, None)
        wanted, _sure = climb(self.ladder, self.texts, asked, {"kind": kind} if kind else {})
        hits, _total = in_order(self.texts, wanted, asked, self.vocabulary, self._heads_of, 10)
        return [hit.doc_id for hit in hits]

    def _heads_of(self, ids: Iterable[str]) -> dict[str, DocumentHead]:
        return {doc_id: self._heads[doc_id] for doc_id in ids}

    def opened(self, query: str, ids: list[str]) -> dict[str, index.BestPassage]:
        """Return where these documents would be opened."""
        return places(self.ladder, self.texts, understand(query, self.vocabulary, None), ids)


def _quality(folder: Path, name: str, rows: list[Row], cases: list[Row]) -> Row:
    ours, rivals = Index(folder, rows), Rivals(rows)
    beside = {
        "fts5 words": _ndcg(cases, rivals.fts5_words),
        "fts5 trigram": _ndcg(cases, rivals.fts5_trigram),
        "bm25s": _ndcg(cases, rivals.bm25s),
        "like": _ndcg(cases[:200], rivals.like),
    }
    return result(f"ndcg@10 {name}", "nDCG", _ndcg(cases, ours.ask), **beside)


def _together(folder: Path, cases: list[Row]) -> Iterator[Row]:
    """Measure all sets in one catalogue, as a county has it; whether a law opens at the article that answers."""
    rows = list(lines("documents.jsonl"))
    known = {row["id"]: row for row in rows}
    ours, rivals = Index(folder, rows), Rivals(rows)
    for name, kind in (("items", "guide"), ("letters", "letter"), ("stard", "policy")):
        asked = [case for case in cases if case["set"] == name]
        whole = [{**case, "relevant": _documents(case, known)} for case in asked]
        whole = [case for case in whole if case["relevant"]]
        beside = {"fts5 words": _ndcg(whole, rivals.fts5_words), "bm25s": _ndcg(whole, rivals.bm25s)}
        yield result(f"ndcg@10 {name} among {len(rows)} documents", "nDCG", _ndcg(whole, ours.ask), **beside)
        asked_of = partial(ours.ask, kind=kind)
        yield result(f"ndcg@10 {name} among those of kind {kind}", "nDCG", _ndcg(whole, asked_of))
    yield from _short_words(ours, known)
    right, found = _opened_right(ours, known, [case for case in cases if case["set"] == "stard"])
    yield result(
        "laws found that open at the right article", "share", right / max(found, 1), f"{found} found"
    )


def _short_words(ours: Index, known: dict[str, Row]) -> Iterator[Row]:
    """Measure everyday words by the list itself (so circular by construction), and words that are parts of others."""
    titles = [
        (row["id"], fold(row["title"])) for row in known.values() if not row["id"].startswith("letter:")
    ]
    tried = succeeded = 0
    for everyday, officials in ours.vocabulary.officials.items():
        right = {doc_id for doc_id, title in titles if any(each in title for each in officials)}
        if right:
            tried += 1
            succeeded += bool(right & set(ours.ask(everyday)))
    yield result(
        "success@10 of everyday words", "share", succeeded / max(tried, 1), f"{tried} with such a title"
    )
    shown = meant = 0
    for word, others in AMBIGUOUS.items():
        for doc_id in ours.ask(word):
            text = fold(f"{known[doc_id]['title']}\n{known[doc_id]['body']}")
            for other in others:
                text = text.replace(other, " ")
            shown, meant = shown + 1, meant + (word in text or _officially(ours, word, text))
    yield result(
        f"precision@10 of {len(AMBIGUOUS)} ambiguous words", "share", meant / max(shown, 1), f"{shown} shown"
    )


def _officially(ours: Index, word: str, text: str) -> bool:
    return any(each in text for each in ours.vocabulary.official(word))


def _documents(case: Row, known: dict[str, Row]) -> list[str]:
    whole = dict.fromkeys(str(doc_id).partition("#")[0] for doc_id in case["relevant"])
    return [doc_id for doc_id in whole if doc_id in known]


def _opened_right(ours: Index, known: dict[str, Row], cases: list[Row]) -> tuple[int, int]:
    wanted = {doc_id for case in cases for doc_id in case["relevant"]}
    articles = {row["id"]: _bare(row["body"]) for row in lines("articles.jsonl") if row["id"] in wanted}
    right = found = 0
    for case in cases:
        ids = ours.ask(case["query"])
        opened = ours.opened(case["query"], ids)
        for doc_id in set(ids) & set(_documents(case, known)):
            found += 1
            if place := opened.get(doc_id):
                passage = _bare(known[doc_id]["body"][place.start : place.end])
                answers = [articles[each] for each in case["relevant"] if each.partition("#")[0] == doc_id]
                right += any(answer[:60] in passage or passage in answer for answer in answers)
    return right, found


def _bare(text: str) -> str:
    return "".join(text.split())


def _ndcg(cases: list[Row], search: Callable[[str], list[str]]) -> float:
    total = 0.0
    for case in cases:
        relevant = set(case["relevant"])
        gained = sum(
            1 / math.log2(at + 2) for at, doc_id in enumerate(search(case["query"])) if doc_id in relevant
        )
        total += gained / sum(1 / math.log2(at + 2) for at in range(min(10, len(relevant))))
    return total / max(1, len(cases))


def speed(home: Path, documents: int, rivals: bool) -> Iterator[Row]:
    """Measure build, size, memory, latency and the cost of changes on real documents and articles of laws."""
    rows = list(islice(lines("documents.jsonl"), documents))
    extra = islice(lines("articles.jsonl"), documents - len(rows))
    rows += ({**row, "kind": "policy", "validity": "in_force"} for row in extra)
    open_home(home)
    _put(rows, 0)
    made = _process("build", home)
    yield result(
        f"build of {made['documents']} documents", "cpu s", made["cpu"], f"{made['wall']:.0f} s by the wall"
    )
    yield result("memory of the build", "MB", made["peak"])
    yield _size(home, rows)
    figures = _process("read", home)
    changed = random.Random(CHANGES).sample(rows, min(CHANGES, len(rows)))
    _put([{**row, "title": f"{row['title']}（修改）"} for row in changed], len(rows))
    again = _process("build", home)
    note = f"{again['state']}; {again['cpu']:.2f} s of CPU with the start of the process"
    yield result(f"{CHANGES} changes", "s", again["wall"], note)
    yield from _latency(figures, Rivals(rows) if rivals else None)


def _size(home: Path, rows: list[Row]) -> Row:
    size = sum(path.stat().st_size for path in (home / commands.INDEX).rglob("*") if path.is_file())
    whole, single = zlib.compressobj(6), 0
    packed = 0
    for row in rows:
        text = f"{row['title']}\n{row['body']}\n".encode()
        packed += len(whole.compress(text))
        single += len(zlib.compress(text, 6))
    packed += len(whole.flush())
    return result(
        "index size",
        "MB",
        size / 1e6,
        "beside the text",
        **{"gzip in one piece": packed / 1e6, "each by itself": single / 1e6},
    )


def _put(rows: list[Row], seq: int) -> None:
    with db.writing(db.catalogue):
        connection = db.catalogue.connection()
        for at, row in enumerate(rows, start=seq + 1):
            feed.put(db.catalogue, row["id"], at, row, "h")
        connection.execute(
            "INSERT INTO feed_position (one, epoch, seq) VALUES (1, 'bench', ?)"
            " ON CONFLICT (one) DO UPDATE SET seq = excluded.seq",
            (seq + len(rows),),
        )


def _process(what: str, home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench._reader", what, str(home)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout))


def _latency(figures: dict[str, Any], rivals: Rivals | None) -> Iterator[Row]:
    queries: dict[str, list[str]] = json.loads((DATA / "latency_queries.json").read_text("utf-8"))
    for name, what in CLASSES.items():
        beside = {}
        if rivals:
            say(f"rivals: {what}")
            beside = {
                "fts5 words": _p99(rivals.fts5_words, queries[name]),
                "fts5 trigram": _p99(rivals.fts5_trigram, queries[name]),
                "bm25s": _p99(rivals.bm25s, queries[name]),
                "like": _p99(rivals.like, queries[name][:SCANS]),
            }
        yield _timed(f"p99 of the look-up, {what}", figures[f"look-up {name}"], beside)
        yield _timed(f"p99 of a page, {what}", figures[f"page {name}"], {})
    yield _timed("p99 of a suggestion", figures["suggestion"], {})
    yield result(
        "memory of a reader",
        "MB",
        figures["anonymous"],
        f"its own; {figures['peak']:.0f} with the pages of the index",
    )


def _timed(name: str, times: dict[str, float], beside: dict[str, float]) -> Row:
    note = f"p50 {times['p50']:.2f}; of CPU, p99 {times['cpu']:.2f}"
    return result(name, "ms", times["wall"], note, **beside)


def _p99(search: Callable[[str], object], queries: list[str]) -> float:
    times = []
    for query in queries:
        began = time.perf_counter()
        search(query)
        times.append((time.perf_counter() - began) * 1000)
    return percentile(times, 0.99)


def run(documents: int, sections: int, only: str = "", rivals: bool = True) -> Iterator[Row]:
    """Measure everything, or one half."""
    if not (DATA / "documents.jsonl").is_file():
        say("search: the shared data is not beside the repository; nothing was measured")
        return
    parts = {
        "speed": partial(speed, documents=documents, rivals=rivals),
        "quality": partial(quality, sections=sections),
    }
    for name, part in parts.items():
        if only in ("", name):
            folder = Path(tempfile.mkdtemp(prefix="bench-search-"))
            try:
                yield from part(folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description="measures the look-up")
    parser.add_argument(
        "--documents", type=int, default=100_000, help="8,507 documents, then articles of laws"
    )
    parser.add_argument("--small", action="store_true", help="documents only, few articles: for a quick look")
    parser.add_argument("--only", choices=("speed", "quality"), default="")
    parser.add_argument("--alone", action="store_true", help="without the rivals of the speed")
    given = parser.parse_args()
    sizes = (8_507, 12_000) if given.small else (given.documents, 65_973)
    return tell(run(*sizes, only=given.only, rivals=not given.alone))


if __name__ == "__main__":
    sys.exit(main())
