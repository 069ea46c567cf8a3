"""
The hub measured: signed submissions from several terminals at once, a first sync, a hundred changes, no news.

    python -m bench.hub [--small]

All over HTTP from this machine, hub and terminal as processes of their own; synchronous=FULL.
"""

from __future__ import annotations

import json
import secrets
import statistics
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey
from uuid_utils import uuid7

from bench import _disk
from bench._county import REPOSITORY, county, folder, publish, records
from bench._figures import Row, anonymous_mb, cpu_s, percentile, row, say, tell
from bench._visits import Kept, half_open_rows
from kiosk import db
from kiosk.app.replication.http_line import http_transport
from kiosk.catalogue.records.models import DocumentRow
from kiosk.cli import making as commands
from kiosk.clock import SystemClock, stamp
from kiosk.intake import numbers
from kiosk.machine import homes, snapshots
from kiosk.staff import terminals
from sync.hub.enrolment import TerminalPlace
from sync.hub.models import InboxEntry
from sync.terminal.enrolment import Enrolment, enrol
from sync.wire import sealing, signing
from sync.wire.protocol import JSON_TYPE, PREFIX, VERSION, Challenge
from sync.wire.signing import Request
from sync.wire.submission import submission_body
from tests import postgres
from tests.building import terminal_settings
from tests.world import World

DOCUMENTS = 20_000
CHANGES = 100
FIRST_SYNCS = 3
TERMINALS = 8
"""Terminals that hand in at the same time, each over one kept connection."""
EACH = 150
ROUNDS = 3
WANTED = "张样例 372525195001010011 0635-0000009 示例镇2025年道路维修的招标结果"
CODE_HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "A" * 43


@dataclass(frozen=True)
class Sender:
    """A terminal as the hub knows it, and its signing seed."""

    known: Enrolment
    seed: bytes


def _code(name: str) -> str:
    now = SystemClock().now()
    return terminals.new_code(name, TerminalPlace(), life=timedelta(minutes=15), now=now, by="operator:bench")


def enrolled(world: World, number: int) -> Sender:
    """Return one more terminal, enrolled over HTTP as every other."""
    clock, seed = SystemClock(), signing.new_seed()
    code = _code(f"测量{number}号机")
    transport = http_transport(world.hub_url, clock)
    return Sender(enrol(transport, code, seed=seed, now=clock.now()), seed)


def submission(sender: Sender, seq: int, now: datetime) -> tuple[str, bytes]:
    """Return key and body of a request as a terminal sends it, sealed to the hub's key."""
    known, key = sender.known, str(uuid7())
    sealed = sealing.seal(known.seal_key, {"wanted": WANTED, "query_code": "123456789012"})
    envelope: dict[str, Any] = {
        "v": VERSION,
        "alg": sealing.ALG,
        "key_id": known.seal_key_id,
        "terminal": known.terminal,
        "epoch": known.epoch,
        "seq": seq,
        "key": key,
        "kind": "disclosure",
        "number": _number(known.terminal, seq),
        "digest": sha256(sealed).hexdigest(),
        "code_hash": CODE_HASH,
        "organ": "GX-ZFB",
        "submitted_at": stamp(now),
        "received_on": None,
        "received_basis": "to_confirm",
        "entry_mode": "self",
        "applicant_type": "citizen",
    }
    return key, submission_body(envelope, sealed)


def signed(world: World, sender: Sender, first: int, each: int) -> list[Request]:
    """Return requests ready to send: the sender's own work is done before the clock runs."""
    now = SystemClock().now()
    transport = http_transport(world.hub_url, SystemClock())
    challenge = _request(sender, "GET", "/hello", b"", secrets.token_urlsafe(16), now)
    nonce = Challenge.read(transport(challenge).body).nonce
    ready = []
    for counter in range(1, each + 1):
        key, body = submission(sender, first + counter, now)
        ready.append(_request(sender, "PUT", f"/submissions/{key}", body, f"{nonce}.{counter}", now))
    return ready


def _number(terminal: str, seq: int) -> str:
    """Return a number as this terminal issues them; from the next day on after each 10,000."""
    days, place = divmod(seq, numbers.LAST_PLACE + 1)
    return numbers.another(f"{terminal}{date(2026, 11, 23) + timedelta(days=days):%y%m%d}{place:04d}")


def _request(sender: Sender, method: str, path: str, body: bytes, nonce: str, now: datetime) -> Request:
    request = Request(method, PREFIX + path, body, {"Content-Type": JSON_TYPE} if body else {})
    signing.sign_request(request, seed=sender.seed, key_id=sender.known.device, nonce=nonce, now=now)
    return request


def hand_in(port: int, queues: Sequence[Sequence[Request]]) -> tuple[float, list[float]]:
    """
    Submit all requests; return the seconds for all, and milliseconds of each; every sender has a thread and a
    connection.
    """
    took: list[list[float]] = [[] for _ in queues]

    def send(at: int) -> None:
        line = Kept(port)
        for each in queues[at]:
            took[at].append(line.ms(each.target, each.method, each.body, each.headers))
        line.close()

    threads = [threading.Thread(target=send, args=(at,)) for at in range(len(queues))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    flat = [each for one in took for each in one]
    if len(flat) != sum(map(len, queues)):
        raise RuntimeError("a submission was refused: see the lines above")
    return whole, flat


def intake(world: World, terminals: int, each: int, times: int) -> Iterator[Row]:
    """Measure submissions a second that the hub has stored and answered, beside bare commits on the same disk."""
    homes.open_hub(world.hub_home, SystemClock())
    senders = [enrolled(world, number) for number in range(1, terminals + 1)]
    hub, rates, tails, commits = world.processes["hub"].pid, [], [], []
    work_s = 0.0
    for at in range(times):
        queues = [signed(world, sender, at * each, each) for sender in senders]
        before = cpu_s(hub)
        whole, took = hand_in(world.hub_port, queues)
        work_s += cpu_s(hub) - before
        rates.append(terminals * each / whole)
        tails.append(percentile(took, 0.99))
        commits.append(1000 / statistics.mean(_disk.commit_ms(world.root, each)))
    stored = db.store.execute_sql("SELECT count(*) FROM inbox").fetchone()[0]
    if stored != times * terminals * each:
        raise RuntimeError(f"{stored} stored of {times * terminals * each}")
    cpu_ms = work_s * 1000 / stored
    note = (
        f"{terminals} connections, {times} rounds of {terminals * each}, best {max(rates):.0f},"
        f" hub CPU {cpu_ms:.1f} ms each"
    )
    yield row("hub/intake", "submissions/s", statistics.median(rates), verified_alone(senders[0]), note)
    peers = {"bare commits, one after another, a second": statistics.median(commits)}
    yield row("hub/intake p99", "ms", statistics.median(tails), peers, "the same rounds")
    yield row("hub/memory", "MB", anonymous_mb(hub), note="RssAnon after the intake")


def intake_on_postgresql(terminals: int, each: int, times: int, beside: float) -> Iterator[Row]:
    """
    Measure the same with the hub on a PostgreSQL server of its own, which syncs as by default, and two workers.

    Args:
        beside: What the hub on SQLite stored in this run.
    """
    with folder() as root:
        root.chmod(0o711)  # the server runs as another user, who has to reach it
        with postgres.running(postgres.DURABLE, root) as cluster:
            for workers in (1, 2):
                yield from _intake_with(cluster, workers, (terminals, each, times), beside)


def _intake_with(
    cluster: postgres.Cluster, workers: int, load: tuple[int, int, int], beside: float
) -> Iterator[Row]:
    with county(0, cluster.empty(), workers) as world:
        rates, took = _handed_in(world, *load)
        db.real(db.store).close_all()
    name = f"hub/intake on PostgreSQL, {workers} worker{'s'[: workers - 1]}"
    peers = {"the hub on SQLite in this run": beside}
    yield row(name, "submissions/s", statistics.median(rates), peers, f"best {max(rates):.0f}")
    yield row(f"{name} p99", "ms", percentile(took, 0.99))


def _handed_in(world: World, terminals: int, each: int, times: int) -> tuple[list[float], list[float]]:
    """Return submissions a second of each round, and milliseconds of each request."""
    homes.open_hub(world.hub_home, SystemClock())
    senders = [enrolled(world, number) for number in range(1, terminals + 1)]
    rates, all_took = [], []
    for at in range(times):
        queues = [signed(world, sender, at * each, each) for sender in senders]
        whole, took = hand_in(world.hub_port, queues)
        rates.append(terminals * each / whole)
        all_took += took
    stored = InboxEntry.select().count(db.store)
    if stored != times * terminals * each:
        raise RuntimeError(f"{stored} stored of {times * terminals * each}")
    return rates, all_took


def verified_alone(sender: Sender, times: int = 200) -> dict[str, float]:
    """Return how many requests a second this machine could verify, and how many bare Ed25519 signatures."""
    now = SystemClock().now()
    _key, body = submission(sender, 1, now)
    request = _request(sender, "PUT", "/submissions/x", body, "nonce", now)
    public = signing.public_key(sender.seed)
    began = time.perf_counter()
    for _ in range(times):
        signing.verify_request(request, lambda _id: public)
    whole = times / (time.perf_counter() - began)
    key = SigningKey(sender.seed)
    message = key.sign(body)
    began = time.perf_counter()
    for _ in range(times):
        key.verify_key.verify(message)
    return {"RFC 9421 checks alone": whole, "Ed25519 alone": times / (time.perf_counter() - began)}


def new_terminal(world: World, number: int) -> Path:
    """Return a further terminal's home, enrolled and empty."""
    code = _code(f"新{number}号机")
    home = world.root / f"terminal-{number}"
    settings = terminal_settings(hub_url=world.hub_url, runtime_dir=str(world.root / "memory"))
    commands.make_terminal(home, settings, code)
    return home


def pull(home: Path) -> dict[str, float]:
    """Run one round of a terminal in its own process; return its figures."""
    command = [sys.executable, "-m", "bench._pull", str(home)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the sync failed: {done.stderr[-800:]}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def replica(world: World, changes: int, times: int) -> Iterator[Row]:
    """Measure the waits of a terminal: all documents, some changes, nothing; without the search index."""
    homes.open_hub(world.hub_home, SystemClock())
    made = [new_terminal(world, number) for number in range(1, times + 1)]
    firsts = [pull(home) for home in made]
    documents = int(firsts[0]["documents"])
    raw = _text_mb()
    note = (
        f"{documents} documents, {times} terminals one after another, {firsts[0]['requests']} requests each"
    )
    yield row("hub/first sync", "s", _median(firsts, "seconds"), {}, note)
    wire = {"text alone": raw[0], "text, gzip 6": raw[1]}
    yield row("hub/first sync on the wire", "MB", _median(firsts, "wire_kb") / 1000, wire)
    before = {"before the first page": _median(firsts, "before_mb")}
    yield row("hub/first sync, peak of the terminal", "MB", _median(firsts, "peak_mb"), before, "RSS")
    yield from _whole(world, times)
    nothing = [pull(home) for home in made]
    yield row("hub/no news", "s", _median(nothing, "seconds"))
    yield row("hub/no news on the wire", "KB", _median(nothing, "wire_kb"), {}, _requests(nothing))
    publish(world.hub_home, _changed(changes))
    some = [pull(home) for home in made]
    yield row(f"hub/{changes} changes", "s", _median(some, "seconds"))
    yield row(f"hub/{changes} changes on the wire", "KB", _median(some, "wire_kb"), {}, _requests(some))


def _whole(world: World, times: int) -> Iterator[Row]:
    """Measure the same for terminals that fetch the catalogue as one file, made at the hub before."""
    began = time.perf_counter()
    made = snapshots.make(db.store, world.hub_home, SystemClock())
    seconds = time.perf_counter() - began
    yield row(
        "hub/making the file of the catalogue", "s", seconds, {}, f"{made.content_size / 1e6:.1f} MB unpacked"
    )
    figures = [pull(new_terminal(world, 100 + number)) for number in range(times)]
    yield row("hub/first sync, as one file", "s", _median(figures, "seconds"), {}, _requests(figures))
    yield row("hub/first sync on the wire, as one file", "MB", _median(figures, "wire_kb") / 1000)
    before = {"before the first page": _median(figures, "before_mb")}
    yield row(
        "hub/first sync as one file, peak of the terminal", "MB", _median(figures, "peak_mb"), before, "RSS"
    )


def _median(figures: Sequence[dict[str, float]], name: str) -> float:
    return statistics.median(each[name] for each in figures)


def _requests(figures: Sequence[dict[str, float]]) -> str:
    return f"{int(_median(figures, 'requests'))} requests, signed both ways"


def _changed(number: int) -> Iterator[dict[str, Any]]:
    for record in islice(records(), number):
        yield {**record, "title": f"{record['title']}（修改）"}


def _text_mb() -> tuple[float, float]:
    """Return the MB of the records as they are, and compressed in one piece."""
    squeeze, raw, squeezed = zlib.compressobj(6), 0, 0
    for (text,) in DocumentRow.select(DocumentRow.record).where(DocumentRow.deleted == 0).tuples().iterator():
        raw += len(text.encode())
        squeezed += len(squeeze.compress(text.encode()))
    return raw / 1e6, (squeezed + len(squeeze.flush())) / 1e6


def run(
    documents: int = DOCUMENTS,
    terminals: int = TERMINALS,
    each: int = EACH,
    times: int = ROUNDS,
    changes: int = CHANGES,
    syncs: int = FIRST_SYNCS,
) -> Iterator[Row]:
    """Measure everything; smaller figures for a quick look."""
    say(f"hub: making a county with {documents} documents")
    with county(documents) as world:
        rows = list(intake(world, terminals, each, times))
        yield from rows
        yield from half_open_rows("hub", world.hub_port, "/healthz")
        yield from replica(world, changes, syncs)
    yield from intake_on_postgresql(terminals, each, times, beside=rows[0]["value"])


def main(arguments: Sequence[str] = ()) -> int:
    """Print the report; `--small` for a quick look."""
    if "--small" in arguments:
        return tell(run(documents=60, terminals=2, each=5, times=1, changes=10, syncs=1))
    return tell(run())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
