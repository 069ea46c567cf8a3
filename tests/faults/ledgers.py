"""What the databases and the papers of a county say, read beside the running processes."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.pages import PATIENCE_S
from tests.world import World, eventually

REPRINT, VOID = "补打", "作废"
"""Words that mark a paper which is not the one original."""


def rows(path: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The answer of a database that others may be writing."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(sql, values).fetchall()


def at_terminal(world: World, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of the station's database."""
    return rows(world.terminal_home / "station.sqlite3", sql, *values)


def at_hub(world: World, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of the hub's database."""
    return rows(world.hub_home / "hub.sqlite3", sql, *values)


def column(found: list[tuple[Any, ...]]) -> list[Any]:
    """The only column of these rows."""
    return [value for (value,) in found]


def arrive(world: World, shown: Collection[str]) -> None:
    """Every number that was shown, and no other, is once on the terminal, in the hub's inbox and at its desk."""
    everywhere = sorted(shown)
    eventually(
        lambda: not at_terminal(world, "SELECT 1 FROM outbox WHERE state <> 'acked'"),
        f"the outbox empties; the agent: {world.log('agent')[-600:]}",
    )
    assert column(at_terminal(world, "SELECT number FROM submission ORDER BY number")) == everywhere
    assert column(at_terminal(world, "SELECT number FROM outbox ORDER BY number")) == everywhere
    assert column(at_hub(world, "SELECT number FROM inbox ORDER BY number")) == everywhere
    eventually(
        lambda: set(column(at_hub(world, "SELECT number FROM disclosure_case"))) >= set(everywhere),
        "the desk has a case of each",
    )
    assert column(at_hub(world, "SELECT number FROM disclosure_case ORDER BY number")) == everywhere
    assert at_hub(world, "SELECT key FROM inbox_quarantine") == []


def job_states(world: World) -> dict[str, list[str]]:
    """The states of the papers of each number, the original first."""
    found = at_terminal(
        world,
        "SELECT submission.number, print_job.state FROM print_job JOIN submission"
        " ON submission.key = print_job.request_key ORDER BY print_job.id",
    )
    states: dict[str, list[str]] = {}
    for number, state in found:
        states.setdefault(number, []).append(state)
    return states


def papers_are_settled(world: World) -> bool:
    """Whether nothing more happens to any paper by itself."""
    return not at_terminal(world, "SELECT 1 FROM print_job WHERE state IN ('queued', 'sending', 'sent')")


def originals(world: World) -> Counter[str]:
    """How many papers without a mark of reprint or void came out for each number."""
    return _papers(world, lambda text: REPRINT not in text and VOID not in text)


def reprints(world: World) -> Counter[str]:
    """How many marked copies came out for each number."""
    return _papers(world, lambda text: REPRINT in text)


def _papers(world: World, is_wanted: Callable[[str], bool]) -> Counter[str]:
    texts = [path.read_text("utf-8") for path in sorted(world.papers.glob("*.txt"))]
    numbers = column(at_terminal(world, "SELECT number FROM submission"))
    wanted = [text for text in texts if is_wanted(text)]
    return Counter(number for number in numbers for text in wanted if number in text)


def set_printer(world: World, fault: str, after: int = 0) -> None:
    """Plays a fault at the virtual printer, after so many bytes; `none` ends it."""
    data = urlencode({"name": fault, "after": after}).encode()
    with urlopen(world.printer_url + "/fault", data, timeout=PATIENCE_S) as answer:
        assert answer.status == 200
