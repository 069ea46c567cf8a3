"""Counts without persons arrive exactly once, whatever is lost or repeated, and tell nothing of order or hour."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from sync.carried.counts import MOST_ROWS, Batch, Tally
from sync.statements import Database
from sync.terminal.counts import Sent, add, close_days, send
from sync.terminal.models import TallyBatch
from sync.wire.errors import HubRefused, Malformed, Unreachable
from sync.wire.protocol import write
from sync.wire.signing import Answer, Request
from tests.sync.machines import HubBox, TerminalBox, writing

SUNDAY, MONDAY, TUESDAY = date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)
KEY = "0190a5b2-0000-7000-8000-000000000001"


class CountingHub(HubBox):
    """A hub that counts what comes back; `counted` is what its feature was told."""

    def __init__(self) -> None:
        super().__init__()
        self.store.migrate("hub/0009_tallies.sql")
        self.counted: Counter[tuple[date, str, str]] = Counter()
        self.hub = replace(self.hub, on_counted=self._count)

    def _count(self, database: Database, day: date, rows: Sequence[Tally]) -> None:
        for row in rows:
            self.counted[day, row.kind, row.subject] += row.many

    def answer(self, request: Request) -> Answer:
        if urlsplit(request.target).path.startswith("/sync/v1/tallies/"):
            return self.hub.serve(request, self.hub.count)
        return super().answer(request)


class CountingTerminal(TerminalBox):
    """A terminal that counts."""

    def __init__(self, hub: CountingHub, name: str = "清泉街道1号机") -> None:
        super().__init__(hub, name)
        self.station.migrate("station/0007_tallies.sql")

    def count(self, subject: str, day: date = SUNDAY, **more: Any) -> bool:
        with self.station.writing() as database:
            return add(database, day, Tally("no-hit", subject, **more))

    def send(self, today: date = MONDAY) -> Sent:
        return send(self.station.database, writing, self.channel, today)

    @property
    def left(self) -> int:
        found = self.station.one("SELECT (SELECT count(*) FROM tally) + (SELECT count(*) FROM tally_batch)")
        return int(found)


@pytest.fixture
def hub() -> CountingHub:
    return CountingHub()


@pytest.fixture
def terminal(hub: CountingHub) -> CountingTerminal:
    return CountingTerminal(hub)


def test_a_day_goes_up_when_it_is_over_and_is_erased_then(
    hub: CountingHub, terminal: CountingTerminal
) -> None:
    for subject in ("光伏补贴", "光伏补贴", "换热水器"):
        assert terminal.count(subject)
    terminal.count("今天的", MONDAY)
    assert terminal.send(SUNDAY).count == 1, "the other day was closed"
    assert terminal.left == 2
    assert terminal.send(MONDAY) == Sent(1)
    assert hub.counted == {
        (MONDAY, "no-hit", "今天的"): 1,
        (SUNDAY, "no-hit", "光伏补贴"): 2,
        (SUNDAY, "no-hit", "换热水器"): 1,
    }
    assert terminal.left == 0


def test_a_round_without_news_asks_the_hub_nothing(terminal: CountingTerminal) -> None:
    terminal.count("今天的", MONDAY)
    before = len(terminal.wire.sent)
    assert terminal.send() == Sent(0)
    assert len(terminal.wire.sent) == before


@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_that_is_lost_counts_nothing_twice(
    hub: CountingHub, terminal: CountingTerminal, times: int
) -> None:
    terminal.count("光伏补贴")

    def lost(request: Request, answer: Answer) -> Answer:
        if "/tallies/" in request.target:
            raise Unreachable("hub-unreachable")
        return answer

    terminal.wire.behind = lost
    for _ in range(times):
        assert terminal.send().error == "hub-unreachable"
        assert terminal.left == 1, "nothing is erased without a signed answer"
    terminal.wire.behind = None
    assert terminal.send() == Sent(1)
    assert hub.counted == {(SUNDAY, "no-hit", "光伏补贴"): 1}
    assert terminal.left == 0


def test_a_round_killed_at_any_moment_loses_and_doubles_nothing(hub: CountingHub) -> None:
    """The disk as it was after each write of a round is put back, and the round runs again from there."""
    images: list[bytes] = []
    first = CountingTerminal(hub)
    for day in (date(2026, 11, 20), date(2026, 11, 21), SUNDAY):
        first.count(f"词{day.day}", day)
    images.append(first.station.image())
    first.wire.before = lambda request: images.append(first.station.image())
    assert first.send() == Sent(3)
    wanted = dict(hub.counted)
    assert len(images) > 3
    first.wire.before = None
    for image in images[1:]:  # the day was frozen by then, so its batch has its name
        first.station.put_back(image)
        assert first.send().error is None
        assert dict(hub.counted) == wanted
        assert first.left == 0


def test_repeating_what_was_overheard_counts_nothing(hub: CountingHub, terminal: CountingTerminal) -> None:
    terminal.count("光伏补贴")
    terminal.send()
    overheard = next(each for each in terminal.wire.sent if "/tallies/" in each.target)
    assert hub.answer(overheard).status == 401
    assert hub.counted == {(SUNDAY, "no-hit", "光伏补贴"): 1}


def test_the_same_batch_with_other_rows_is_refused_and_set_aside(
    hub: CountingHub, terminal: CountingTerminal
) -> None:
    terminal.count("光伏补贴")
    before = terminal.station.image()
    with terminal.station.writing() as database:
        close_days(database, MONDAY, random.Random(1))
    key = terminal.station.one("SELECT id FROM tally_batch")
    assert terminal.send().count == 1
    terminal.station.put_back(before)
    forged = Batch(key, SUNDAY, (Tally("no-hit", "别的"),)).body()
    with terminal.station.writing() as database:
        database.execute_sql("DELETE FROM tally")
        TallyBatch.insert(id=key, body=forged).execute(database)
    terminal.count("明天还来", MONDAY)
    assert terminal.send(TUESDAY).error is None, "the others go on"
    assert terminal.station.rows("SELECT parked_code FROM tally_batch") == [("digest-differs",)]
    assert (SUNDAY, "no-hit", "别的") not in hub.counted
    assert hub.counted[MONDAY, "no-hit", "明天还来"] == 1


def test_two_terminals_add_up(hub: CountingHub) -> None:
    for name in ("一号机", "二号机"):
        terminal = CountingTerminal(hub, name)
        terminal.count("光伏补贴")
        terminal.send()
    assert hub.counted == {(SUNDAY, "no-hit", "光伏补贴"): 2}


def test_a_batch_tells_no_order_and_no_hour(terminal: CountingTerminal) -> None:
    words = [f"第{at:03d}个" for at in range(50)]
    for each in reversed(words):
        terminal.count(each)
    assert [row[0] for row in terminal.station.rows("SELECT subject FROM tally")] == words, "sorted on disk"
    with terminal.station.writing() as database:
        close_days(database, MONDAY, random.Random(3))
    told = json.loads(terminal.station.one("SELECT body FROM tally_batch"))
    assert set(told) == {"v", "id", "day", "rows"}
    assert set(told["rows"][0]) == {"kind", "subject", "detail", "words", "many"}
    order = [row["subject"] for row in told["rows"]]
    assert sorted(order) == words
    assert order not in (words, words[::-1])


def test_a_day_is_bounded(terminal: CountingTerminal) -> None:
    for at in range(MOST_ROWS):
        assert terminal.count(f"词{at}")
    assert not terminal.count("再来一个")
    assert terminal.count("词0"), "what is known is still counted"
    longest = Tally("no-hit", "宽" * 400, "x" * 40, "宽" * 200, 10_000)
    assert len(Batch(KEY, SUNDAY, (longest,) * MOST_ROWS).body()) < 1_000_000


A_ROW: dict[str, Any] = {"kind": "no-hit", "subject": "词", "detail": "", "words": "", "many": 1}
A_BATCH: dict[str, Any] = {"v": 1, "id": KEY, "day": "2026-11-22", "rows": [A_ROW]}


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"day": "2026-13-01"}, {}),
        ({"day": "2026-11-22T08:00"}, {}),
        ({"id": 3}, {}),
        ({"rows": "all"}, {}),
        ({"rows": [A_ROW] * (MOST_ROWS + 1)}, {}),
        ({"v": 0}, {}),
        ({}, {"many": 0}),
        ({}, {"many": True}),
        ({}, {"many": 10_001}),
        ({}, {"subject": ""}),
        ({}, {"subject": "长" * 401}),
        ({}, {"subject": "a\nb"}),
        ({}, {"kind": "No Hit"}),
        ({}, {"detail": "<b>"}),
        ({}, {"words": "长" * 201}),
    ],
)
def test_nonsense_is_refused(changes: dict[str, Any], row: dict[str, Any]) -> None:
    rows = {"rows": [A_ROW | row]} if row else {}
    with pytest.raises(Malformed):
        Batch.read(write({**A_BATCH, **rows, **changes}))


def test_an_address_that_names_another_batch_is_refused(hub: CountingHub, terminal: CountingTerminal) -> None:
    body = Batch(KEY, SUNDAY, (Tally("no-hit", "词"),)).body()
    other = "0190a5b2-0000-7000-8000-000000000002"
    for address, code in ((other, "wrong-key"), ("nonsense", "bad-key")):
        with pytest.raises(HubRefused, match=code):
            terminal.channel.send("PUT", f"/tallies/{address}", body)
    assert not hub.counted
