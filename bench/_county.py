"""
A county to measure: real processes over homes on a real disk, with as many documents as asked.

Documents are the real ones of ../shared/data where that folder is beside the repository, else copies of the
sample catalogue with other numbers.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from kiosk import db
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import DocumentRow
from kiosk.cli import catalogue as catalogue_commands
from kiosk.clock import SystemClock
from kiosk.machine import homes
from tests.world import World

REPOSITORY = Path(__file__).resolve().parents[1]
DATA = REPOSITORY / "../shared/data"
VAR = REPOSITORY / "var"
"""Folder of the repository, not /tmp, which may be memory: the cost of a commit is the disk's."""
BATCH = 1_000
Record = dict[str, Any]


@contextmanager
def folder() -> Iterator[Path]:
    """Create a folder on the disk of the repository; it is removed afterwards."""
    VAR.mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="bench-", dir=VAR))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def county(documents: int, address: str = "", workers: int = 1) -> Iterator[World]:
    """
    Start a hub with `documents` documents, and enrol a terminal that has none yet.

    Args:
        address: Of a PostgreSQL database for the hub; empty: SQLite.
    """
    with folder() as root:
        world = World(root)
        world.hub_address, world.hub_workers = address, workers
        try:
            world.make()
            world.learn_port()
            publish(world.hub_home, islice(records(), max(0, documents - held(world.hub_home))))
            yield world
        finally:
            world.end()


def held(hub: Path) -> int:
    """Return how many documents the hub has published."""
    database = homes.open_hub(hub, SystemClock())
    return DocumentRow.select().where(DocumentRow.deleted == 0).count(database)


def publish(hub: Path, found: Iterator[Record]) -> int:
    """Publish records at the hub, in batches; return how many."""
    clock = SystemClock()
    database = homes.open_hub(hub, clock)
    done = 0
    while batch := list(islice(found, BATCH)):
        with db.writing(database):
            hand = Hand("operator:bench", clock.now())
            for record in batch:
                actions.publish(record, hand)
        done += len(batch)
    return done


def records() -> Iterator[Record]:
    """Yield records without end: real documents, articles of laws as short documents, then numbered copies."""
    return chain(_real(), _copies())


def _real() -> Iterator[Record]:
    if not (DATA / "documents.jsonl").is_file():
        return
    yield from _lines(DATA / "documents.jsonl")
    for record in _lines(DATA / "articles.jsonl"):
        yield {**record, "kind": "policy", "validity": "in_force"}


def _copies() -> Iterator[Record]:
    originals = [record for record in _lines(catalogue_commands.SAMPLE) if record["kind"] != "organ"]
    for number in count(1):
        for record in originals:
            title = f"{record['title']}（{number}）"
            yield {**record, "id": f"bench:{number}:{record['id']}", "title": title, "links": []}


def _lines(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)
