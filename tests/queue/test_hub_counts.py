"""What a hall's queue counted of a day, from the terminal's file to the statistics at the hub, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from kiosk import db
from kiosk.app.replication import counts as hub_side
from kiosk.queue import day_counts, turn
from kiosk.queue.counted import hub_counts
from kiosk.queue.counted.hub_counts import TimedHour
from kiosk.queue.counted.hub_models import QueueCount
from kiosk.queue.models import QueueTicket
from kiosk.queue.ticket_states import Press, TicketState
from sync.carried.counts import Batch, Tally
from sync.hub import counts as taking
from sync.terminal import counts as sending
from sync.terminal.models import TallyBatch
from tests.hub import Hub, build_hub
from tests.queue import halls

DEVICE = "MX01"
PEOPLE = 6


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    hub = build_hub(tmp_path / "hub", address)
    hub.add_account("lina")
    yield hub
    db.real(db.store).close_all()


def batches_of_a_day(home: Path) -> list[tuple[str, bytes]]:
    """What a hall's terminal sends of a day: six people came, waited from 12 to 32 minutes, and took four."""
    clock = halls.a_clock()
    machine = halls.alone(home, clock)
    for _ in range(PEOPLE):
        machine.take()
    clock.advance(12 * 60)
    machine.press(Press.OPEN)
    for _ in range(PEOPLE):
        machine.press(Press.NEXT)
        clock.advance(4 * 60)
        machine.press(Press.FINISH, result="settled")
    clock.advance(24 * 3600)
    with machine.here():
        turn.look(machine.own, clock)
        with db.writing(db.store):
            sending.close_days(db.store, clock.now().date(), Random(1))
        sent = list(TallyBatch.select(TallyBatch.id, TallyBatch.body).tuples().execute(db.store))
    machine.close()
    return [(str(batch), bytes(body)) for batch, body in sent]


def take(hub: Hub, batch: str, body: bytes) -> bytes:
    with db.writing(db.store):
        return taking.take(db.store, DEVICE, batch, body, hub_side.taker(hub.clock))


def test_a_day_of_the_queue_is_counted_at_the_hub_once_and_shown_by_place_and_hour(
    hub: Hub, tmp_path: Path
) -> None:
    hubs_store = db.store.obj
    ((batch, body),) = batches_of_a_day(tmp_path / "hall")
    db.store.initialize(hubs_store)
    assert take(hub, batch, body) == take(hub, batch, body)
    day = halls.DAY.day
    assert {(each.place, each.day) for each in QueueCount.select().execute(db.store)} == {("p1", day)}
    came = QueueCount.get(QueueCount.topic == "yl", QueueCount.what == "came")
    assert came.many == PEOPLE
    found = list(hub_counts.timed_hours(day, day))
    assert found == [
        TimedHour("p1", 8, hub_counts.SERVICE, "05", PEOPLE),
        TimedHour("p1", 8, hub_counts.WAIT, "15", 1),
        TimedHour("p1", 8, hub_counts.WAIT, "30", 4),
        TimedHour("p1", 8, hub_counts.WAIT, "60", 1),
    ]
    assert not list(hub_counts.timed_hours(day + timedelta(days=1), date.max))
    page = hub.browser("lina").get("/desk/bookings/figures").text
    for words in ("大厅排队：等了多久（p1）", "大厅排队：办了多久（p1）", "8到9点", "5到15分钟"):
        assert words in page


def test_few_people_are_hidden_and_a_second_terminal_of_the_day_is_added(hub: Hub) -> None:
    day = halls.DAY.day
    rows = (Tally(hub_counts.KIND, "-", "hour-09-wait-longer", "p1", 3),)
    take(hub, "a", Batch("a", day, rows).body())
    page = hub.browser("lina").get("/desk/bookings/figures").text
    section = page[page.index("等了多久（p1）") :]
    assert "<td>3</td>" not in section
    assert "<td>＊</td>" in section
    take(hub, "b", Batch("b", day, rows).body())
    assert "<td>6</td>" in hub.browser("lina").get("/desk/bookings/figures").text


def test_what_no_queue_of_this_version_counts_is_left_out_and_the_rest_kept(hub: Hub) -> None:
    strange = ("hour-24", "hour-09-wait-under-five", "name", "")
    rows = [Tally(hub_counts.KIND, "yl", each, "p1") for each in (*strange, "missed", "picked")]
    rows += [Tally(hub_counts.KIND, "yl", "came", "p" * 65), Tally("of-a-later-version", "yl", "came", "p1")]
    take(hub, "a", Batch("a", halls.DAY.day, tuple(rows)).body())
    assert {each.what for each in QueueCount.select().execute(db.store)} == {"missed", "picked"}


def test_a_hall_with_many_topics_counts_its_hours_whole_and_loses_nobody() -> None:
    tickets = [
        QueueTicket(topic=f"t{topic:02d}", arrived_s=hour * 3600, due_s=0, first_called_s=hour * 3600 + wait_s,
            called_s=hour * 3600 + wait_s, ended_s=hour * 3600 + wait_s + 60 * topic, state=TicketState.DONE)
        for topic in range(40) for hour in range(8, 18) for wait_s in (60, 600, 1200, 2400)
    ]  # fmt: skip
    counted = day_counts._fitting(day_counts.of_tickets(tickets))
    assert len(counted) <= day_counts.MOST_A_DAY
    assert sum(many for (_topic, what), many in counted.items() if what == "came") == len(tickets)
    of_hour = sum(many for (_topic, what), many in counted.items() if what.startswith("hour-09-wait"))
    assert of_hour == len(tickets) / 10


def test_who_was_called_by_hand_missed_or_never_called_is_shown_by_topic(hub: Hub) -> None:
    counted = {"came": 40, "picked": 6, "missed": 7, "never-called": 5}
    rows = [Tally(hub_counts.KIND, "yl", what, "p1", many) for what, many in counted.items()]
    take(hub, "a", Batch("a", halls.DAY.day, tuple(rows)).body())
    (people,) = hub_counts.people(halls.DAY.day, halls.DAY.day)
    assert (people.in_turn, people.picked, people.missed, people.never_called) == (22, 6, 7, 5)
    page = hub.browser("lina").get("/desk/bookings/figures").text
    section = page[page.index("怎么叫的（p1）") :]
    for words in ("点名叫的", "过号没回来", "<td>22</td>", "<td>6</td>", "<td>40</td>"):
        assert words in section, words
