"""What people tell without a name, from a terminal's file to the hub's desk, over real HTTP."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from kiosk import db
from kiosk.app.replication.agent import Agent
from kiosk.catalogue.feedback import empty_searches, problems
from kiosk.clock import today
from kiosk.machine import homes
from tests.app.replication.test_over_http import hub, terminal
from tests.clocks import CLOCK
from tests.sync.processes import HubProcess

__all__ = ["hub", "terminal"]


def test_counts_of_a_day_reach_the_desk_once_and_leave_the_terminal(hub: HubProcess, terminal: Agent) -> None:
    yesterday = today(CLOCK) - timedelta(days=1)
    for _ in range(5):
        assert empty_searches.count("光伏补贴", yesterday)
    assert problems.report("sample:policy-001", "link", "附件打不开，电话13800001234", yesterday, "a")
    assert problems.report("sample:policy-001", "other", "", today(CLOCK), "b")
    hub.kill("hub")
    assert terminal.one_round().errors == ("hub-unreachable",)
    hub.start("hub")
    for _ in range(3):
        assert terminal.one_round().is_complete
    station = db.store.obj
    with closing(db.open_sqlite(hub.home / homes.HUB_DB)) as database:
        db.store.initialize(database)
        assert [(each.words, each.many) for each in empty_searches.listed(5, 3)] == [("光伏补贴", 5)]
        told = [(each.what, each.words, each.many) for each in problems.of("sample:policy-001")]
        assert told == [("link", "附件打不开，电话***", 1)]
    db.store.initialize(station)
    left = db.store.connection().execute("SELECT kind, detail FROM tally").fetchall()
    assert [tuple(row) for row in left] == [("problem", "other")], "today's go tomorrow"
    assert db.store.connection().execute("SELECT count(*) FROM tally_batch").fetchone() == (0,)
