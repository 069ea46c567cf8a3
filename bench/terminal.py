"""
The terminal's web process measured: start, memory, pages, submission, and the time until a demo is ready again.

    python -m bench.terminal

All over HTTP from this machine, with real processes, settings and disk; synchronous=FULL.
"""

from __future__ import annotations

import json
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin

from bench import _disk
from bench._county import DATA, REPOSITORY, county, folder
from bench._figures import Row, anonymous_mb, cpu_s, of_rounds, percentile, row, say, tell
from bench._visits import Kept, first_page_s, half_open_rows, hello, rounds, serving
from kiosk import db
from tests.journeys.story import fill_in
from tests.pages import Visitor
from tests.world import World

DOCUMENTS = 20_000
STARTS = 7
PAGES = 500
ROUNDS = 3
LINES = 4
"""Connections at once, as many as waitress has threads: each thread keeps its own cache of the database."""
SUBMISSIONS = 100
BATCH = 10
"""Forms filled in before they are handed in; a visit must not end of age meanwhile."""
DEMO_STARTS = 3
MOST_TIMES = {
    "home page p50": 12, "document page p50": 20, "document page p99": 40, "search page p50": 40,
    "list of a kind p50": 35, "start to first page": 6,
}  # fmt: skip
"""Goals, as multiples of the time of a page of one word."""
WORDS = ("低保", "公租房", "医保", "宅基地", "残疾人两项补贴怎么办", "dibao", "不动产登记", "养老金")


def web(world: World) -> list[str]:
    """Return the command of the web process."""
    return ["kiosk", "terminal", "--home", str(world.terminal_home), "--only", "web"]


def fetch(world: World) -> float:
    """Return the seconds until the terminal holds the catalogue and its index."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "kiosk", "sync", "--home", str(world.terminal_home), "--once"]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return time.perf_counter() - began


def times_hello(name: str, ours: float, hello: float, note: str) -> Row:
    """Return the time as a multiple of a page of one word, measured in the same minutes."""
    goal = f"goal {MOST_TIMES[name]}; " if name in MOST_TIMES else ""
    return row(f"terminal/{name}, in times of hello", "times", ours / hello, note=f"{goal}{note}")


def start(world: World, starts: int) -> Iterator[Row]:
    """Measure process start to first page, beside a page of one word."""
    bare: list[float] = []
    ours, cpu = [], []
    for _ in range(starts):
        began = time.perf_counter()
        with hello(world.root / "hello.log") as (_, port):
            bare.append(first_page_s(port, began))
        began = time.perf_counter()
        with serving(web(world), world.root / "web.log") as running:
            ours.append(first_page_s(world.terminal_port, began))
            cpu.append(cpu_s(running.pid))
    note = f"best {min(ours):.2f}, CPU {statistics.median(cpu):.2f} s; files in the page cache"
    peers = {"hello": statistics.median(bare)}
    yield row("terminal/start to first page", "s", statistics.median(ours), peers, note)
    yield times_hello(
        "start to first page",
        statistics.median(ours),
        statistics.median(bare),
        f"best of {starts} starts each: {min(ours) / min(bare):.1f}",
    )


def document_ids(home: Path) -> list[str]:
    """Return the ids that the terminal holds."""
    database = db.open_catalogue(home)
    found = (
        database.connection().execute("SELECT doc_id FROM document WHERE deleted = 0 ORDER BY id").fetchall()
    )
    database.close()
    return [str(doc_id) for (doc_id,) in found]


def typed() -> list[str]:
    """Return queries that people type: the stored ones where there are any, else a few words."""
    stored = DATA / "latency_queries.json"
    if not stored.is_file():
        return list(WORDS)
    classes: dict[str, list[str]] = json.loads(stored.read_text("utf-8"))
    return [query for queries in classes.values() for query in queries]


def pages(
    world: World, web_pid: int, hello_port: int, hello_pid: int, number: int, times: int
) -> Iterator[Row]:
    """Measure home, documents, search and lists, each beside a page of one word in the same minutes."""
    chance = random.Random(20_000)
    ids, asked = document_ids(world.terminal_home), typed()
    pages_asked = {
        "home page": ["/"] * number,
        "document page": [
            f"/documents/{quote(one, safe=':')}" for one in chance.sample(ids, min(number, len(ids)))
        ],
        "search page": [f"/search?q={quote(one)}" for one in chance.choices(asked, k=number)],
        "search as one types": [f"/search/live?q={quote(one)}" for one in chance.choices(asked, k=number)],
        "list of a kind": [f"/browse/policy?page={chance.randint(1, 50)}" for _ in range(number // 5 or 1)],
        "question of the form": ["/request/"] * (number // 5 or 1),
    }
    for name, paths in pages_asked.items():
        before = cpu_s(web_pid), cpu_s(hello_pid)
        hello = rounds(hello_port, ["/"] * len(paths), times)
        ours = rounds(world.terminal_port, paths, times)
        cpu, hello_cpu = cpu_s(web_pid) - before[0], cpu_s(hello_pid) - before[1]
        cpu_ms = cpu * 1000 / (len(paths) * times + min(20, len(paths)))
        for share in (0.5, 0.99):
            peers = {"hello": of_rounds(hello, share)}
            quietest = min(percentile(each, share) for each in ours)
            note = f"CPU {cpu_ms:.1f} ms a page; median of {times} rounds of {len(paths)}, quietest {quietest:.1f}"
            label = f"{name} p{share * 100:.0f}"
            yield row(f"terminal/{label}", "ms", of_rounds(ours, share), peers, note)
            cpu_note = (
                f"in CPU time {cpu / hello_cpu:.0f} a page" if hello_cpu else "too short for its CPU time"
            )
            yield times_hello(label, of_rounds(ours, share), of_rounds(hello, share), cpu_note)


def memory(world: World, number: int, log: Path) -> Row:
    """Measure anonymous memory of a fresh web process after so many different pages over several connections."""
    chance = random.Random(1)
    ids, asked = document_ids(world.terminal_home), typed()
    lines = [Kept(world.terminal_port) for _ in range(LINES)]
    with serving(web(world), log) as running:
        first_page_s(world.terminal_port, time.perf_counter())
        fresh = anonymous_mb(running.pid)
        for at in range(number):
            path = (
                "/",
                f"/documents/{quote(chance.choice(ids), safe=':')}",
                f"/search?q={quote(chance.choice(asked))}",
                f"/search/live?q={quote(chance.choice(asked))}",
                "/browse/policy",
            )[at % 5]
            lines[at % LINES].ms(path)
        held = anonymous_mb(running.pid)
    with hello(world.root / "hello.log") as (bare, port):
        first_page_s(port, time.perf_counter())
        peers = {"hello": anonymous_mb(bare.pid), "after one page": fresh}
    note = f"RssAnon with {len(ids)} documents after {number} pages over {LINES} connections"
    return row("terminal/memory", "MB", held, peers, note)


def submissions(world: World, number: int) -> Iterator[Row]:
    """Measure the last step of a request: one POST that stores record, outbox entry and print job in one commit."""
    took: list[float] = []
    appended: list[float] = []
    committed: list[float] = []
    while len(took) < number:
        ready = [_filled_in(world.terminal_url) for _ in range(min(BATCH, number - len(took)))]
        appended += _disk.append_ms(world.root, BATCH)
        committed += _disk.commit_ms(world.root, BATCH)
        line = Kept(world.terminal_port)
        line.ms("/")
        for form, cookie in ready:
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            took.append(line.ms("/request/check", "POST", form, headers, expect=303))
        line.close()
    for share in (0.5, 0.99):
        peers = {
            "4 KiB append and fsync": percentile(appended, share),
            "bare SQLite commit": percentile(committed, share),
        }
        note = f"{number} requests with receipt, synchronous=FULL, agent and printer running"
        yield row(f"terminal/submit p{share * 100:.0f}", "ms", percentile(took, share), peers, note)


def _filled_in(url: str) -> tuple[bytes, str]:
    """Return the form of the check of answers and the cookie of the visit."""
    visitor = Visitor(url)
    form = fill_in(visitor).form("/request/check")
    assert urljoin(visitor.page.url, form.action).endswith("/request/check")
    visitor.http.close()
    cookie = "; ".join(f"{one.name}={one.value}" for one in visitor.http.cookies)
    return urlencode(form.fields).encode(), cookie


def demo(starts: int) -> Row:
    """Measure the seconds until `./run demo` is ready when its home is there."""
    with folder() as root:
        say("making a demo")
        first = _demo_s(root)
        again = [_demo_s(root) for _ in range(starts)]
    note = f"{starts} starts through ./run, best {min(again):.2f}; hub, printer and three processes of a terminal"
    return row("demo/second start", "s", statistics.median(again), {"first start": first}, note)


def _demo_s(root: Path) -> float:
    command = ["./run", "demo", "--home", str(root / "demo"), "--port", "0"]
    began = time.perf_counter()
    with (
        (root / "demo.log").open("ab") as log,
        subprocess.Popen(
            command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True
        ) as running,
    ):
        assert running.stdout is not None
        ready = any(line.startswith("ready:") for line in running.stdout)
        took = time.perf_counter() - began
        running.send_signal(signal.SIGINT)
        running.communicate()
    if not ready:
        raise RuntimeError(f"the demo never was ready: {(root / 'demo.log').read_text()[-800:]}")
    return took


def run(
    documents: int = DOCUMENTS,
    starts: int = STARTS,
    number: int = PAGES,
    times: int = ROUNDS,
    handed_in: int = SUBMISSIONS,
    demos: int = DEMO_STARTS,
) -> Iterator[Row]:
    """Measure everything; smaller figures for a quick look."""
    say(f"terminal: making a county with {documents} documents")
    with county(documents) as world:
        yield row(f"terminal/first sync and index of {documents} documents", "s", fetch(world))
        yield from start(world, starts)
        yield memory(world, number, world.root / "web.log")
        with (
            hello(world.root / "hello.log") as (bare, port),
            serving(web(world), world.root / "web.log") as running,
        ):
            first_page_s(port, time.perf_counter())
            first_page_s(world.terminal_port, time.perf_counter())
            yield from pages(world, running.pid, port, bare.pid, number, times)
            yield from half_open_rows("terminal", world.terminal_port, "/")
        world.start_all()
        yield from submissions(world, handed_in)
    if demos:
        yield demo(demos)


def main(arguments: Sequence[str] = ()) -> int:
    """Print the report; `--small` for a quick look."""
    if "--small" in arguments:
        return tell(run(documents=300, starts=1, number=20, times=1, handed_in=3, demos=0))
    return tell(run())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
