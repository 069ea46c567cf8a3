"""
The desk measured: pages of a list of 20,000 requests, on SQLite and PostgreSQL.

    python -m bench.desk [--small]

Whole pages through the application in this process, signed in: lights, filters, rows. Cases in many states are made
through the product's own actions and then copied under other numbers.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench._county import folder
from bench._figures import Row, percentile, row, say, tell
from kiosk import db
from kiosk.disclosure.case_models import DisclosureCase
from tests import postgres
from tests.disclosure.many_cases import many_cases
from tests.hub import Browser, build_hub

CASES = 20_000
MADE = 230
"""Cases that are made through actions: each day of 46 with each of the ten courses."""
TIMES = 40
"""Rounds over all lists."""
AT_ONCE = 500
LISTS = {
    "first page": "",
    "last page": "?page=400&light=all",
    "a light": "?light=overdue",
    "filters and order": "?organ=GX-JY&since=2026-09-20&sort=received&page=3",
    "newest of all": "?light=all&sort=newest&page=200",
    "by number": "?number=GX01-261123-01",
}
MOST_MS = 100.0
"""The aim: 99 of 100 pages within this time."""


def copy_cases(many: int) -> None:
    """Copy the cases under other numbers until there are so many."""
    made = list(DisclosureCase.select().dicts())
    rows = (
        {
            **made[at % len(made)],
            "number": f"GX{at // 9999 + 10:02d}-261123-{at % 9999:04d}-K7-4",
            "key": f"copy-{at}",
        }
        for at in range(many - len(made))
    )
    while several := [each for _, each in zip(range(AT_ONCE), rows, strict=False)]:
        with db.writing(db.store):
            DisclosureCase.insert_many(several).execute(db.store)
    with db.connected():
        db.real(db.store).execute_sql("ANALYZE")


def measured(browser: Browser, times: int) -> dict[str, list[float]]:
    """Return the milliseconds of each page, by the name of its list."""
    took: dict[str, list[float]] = {name: [] for name in (*LISTS, "accounts")}
    for at in range(times + 1):
        for name in took:
            path = "/desk/staff" if name == "accounts" else f"/desk/requests{LISTS[name]}"
            began = time.perf_counter()
            answer = browser.get(path)
            spent = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
            took[name] += [spent] if at else []  # the first round compiles templates
    return took


def inbox(root: Path, engine: str, address: str, cases: int, times: int) -> Iterator[Row]:
    """Measure the list on one engine."""
    say(f"desk: {cases} cases on {engine}")
    hub = build_hub(root / engine, address)
    hub.add_account("lina")
    hub.add_account("chenbo")
    many_cases(hub, min(MADE, cases))
    copy_cases(cases)
    took = measured(hub.browser("lina"), times)
    every = [each for name in LISTS for each in took[name]]
    peers = {f"{name}, p99": percentile(took[name], 0.99) for name in took}
    note = f"{cases} cases, aim {MOST_MS:.0f} ms; median {percentile(every, 0.5):.0f} ms"
    yield row(f"desk/list of requests on {engine} p99", "ms", percentile(every, 0.99), peers, note)
    db.real(db.store).close_all()


def run(cases: int = CASES, times: int = TIMES) -> Iterator[Row]:
    """Measure both engines; smaller figures for a quick look."""
    with folder() as root:
        root.chmod(0o711)  # the server runs as another user, who has to reach it
        (root / "SQLite").mkdir()
        yield from inbox(root, "SQLite", "", cases, times)
        with postgres.running(postgres.DURABLE, root) as cluster:
            (root / "PostgreSQL").mkdir()
            yield from inbox(root, "PostgreSQL", cluster.empty(), cases, times)


def main(arguments: Sequence[str] = ()) -> int:
    """Print the report; `--small` for a quick look."""
    if "--small" in arguments:
        return tell(run(cases=60, times=2))
    return tell(run())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
