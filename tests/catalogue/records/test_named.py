"""Rows that name persons: who is given them, for how long, and that nothing of them is left."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kiosk import db, side_lists
from kiosk.app.replication import lists_for_devices as lists
from kiosk.catalogue.publishing import actions, approval
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records import named
from kiosk.catalogue.records.rules import canonical
from kiosk.clock import FixedClock, stamp
from sync.hub.device import Device
from tests.building import hub_settings
from tests.catalogue.conftest import VILLAGE, Catalogue, OpenTerminal, a_record
from tests.terminals import link

DURING = date(2026, 11, 23)
ELSEWHERE = {**VILLAGE, "id": "v:2", "fields": {**VILLAGE["fields"], "township": "定远寨镇"}}


def given(townships: tuple[str, ...], day: date = DURING) -> list[dict[str, Any]]:
    content = named.for_townships(townships, day)
    return [json.loads(line) for line in (content or b"").decode().splitlines()]


def changed(**names: Any) -> dict[str, Any]:
    """The village's record with another list."""
    return {
        **VILLAGE,
        "fields": {**VILLAGE["fields"], "named_rows": {**VILLAGE["fields"]["named_rows"], **names}},
    }


def test_a_township_is_given_its_own_lists_and_no_other(catalogue: Catalogue) -> None:
    catalogue.publish(VILLAGE, ELSEWHERE, a_record())
    assert [each["id"] for each in given(("清水镇",))] == ["v:1"]
    assert [each["id"] for each in given(("清水镇", "定远寨镇"))] == ["v:1", "v:2"]
    assert given(("柳林镇",)) == given(()) == []
    assert given(("清水镇",))[0]["rows"] == [["赵样例", "100元"]]


@pytest.mark.parametrize(
    ("day", "is_given"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ],
)
def test_a_list_is_given_from_its_first_day_to_its_last(
    catalogue: Catalogue, day: date, is_given: bool
) -> None:
    catalogue.publish(VILLAGE)
    assert bool(given(("清水镇",), day)) is is_given


def test_a_list_without_a_township_or_without_days_is_given_to_nobody(catalogue: Catalogue) -> None:
    nowhere = {**VILLAGE, "id": "v:3", "fields": {"named_rows": VILLAGE["fields"]["named_rows"]}}
    endless = {**changed(shown_until=""), "id": "v:4"}
    catalogue.publish(nowhere, endless)
    assert db.store.execute_sql("SELECT count(*) FROM named_list").fetchone() == (0,)


def test_what_is_given_changes_with_each_correction_and_ends_with_a_withdrawal(catalogue: Catalogue) -> None:
    def mark() -> str:
        return named.mark(("清水镇",), DURING)

    catalogue.publish(VILLAGE)
    seen = {mark()}
    catalogue.publish(changed(rows=[["钱样例", "90元"]]))
    assert given(("清水镇",))[0]["rows"] == [["钱样例", "90元"]]
    seen.add(mark())
    catalogue.publish({**VILLAGE, "fields": {"township": "清水镇", "village": "后李村"}})
    assert given(("清水镇",)) == []
    seen.add(mark())
    catalogue.publish(VILLAGE)
    seen.add(mark())
    assert len(seen) == 4
    with db.writing(db.store):
        actions.take_down("v:1", catalogue.hand)
    assert given(("清水镇",)) == []
    assert mark() != named.mark(("清水镇",), DURING + timedelta(days=1))


def test_a_correction_that_waits_leaves_the_published_list_as_it_is(catalogue: Catalogue) -> None:
    hand, other = catalogue.hand, replace(catalogue.hand, actor="another")
    with db.writing(db.store):
        actions.propose(canonical(VILLAGE), batch_id=None, hand=hand)
        approval.approve("v:1", other, Release("proactive"))
        actions.propose(canonical(changed(rows=[["钱样例", "90元"]])), batch_id=None, hand=hand)
    assert given(("清水镇",))[0]["rows"] == [["赵样例", "100元"]]
    with db.writing(db.store):
        approval.approve("v:1", other, Release("proactive"))
    assert given(("清水镇",))[0]["rows"] == [["钱样例", "90元"]]


def test_at_the_hub_nothing_is_left_in_any_file_when_the_window_is_over(catalogue: Catalogue) -> None:
    from kiosk.catalogue.importing.importers import import_file
    from tests.catalogue.conftest import write_lines

    path = write_lines(catalogue.home / "brought.jsonl", VILLAGE, ELSEWHERE)
    import_file(path, catalogue.hand, publish=True)
    path.unlink()
    catalogue.refresh()
    assert canary_in(catalogue)
    catalogue.clock.advance(8 * 24 * 3600)
    with db.writing(db.store):
        assert actions.erase_names(catalogue.hand) == 2
        assert actions.erase_names(catalogue.hand) == 0
    assert db.checkpoint(db.store)
    assert canary_in(catalogue) == []


def canary_in(catalogue: Catalogue) -> list[str]:
    canary = "赵样例".encode()
    return [path.name for path in catalogue.home.rglob("*") if path.is_file() and canary in path.read_bytes()]


@pytest.mark.parametrize(
    ("channel", "on_web", "is_given"),
    [("kiosk", False, True), ("kiosk", True, True), ("web", False, False), ("web", True, True)],
)
def test_public_pages_are_given_lists_only_by_setting(
    catalogue: Catalogue, channel: str, on_web: bool, is_given: bool
) -> None:
    catalogue.publish(VILLAGE)
    settings = hub_settings(named_rows_on_web=on_web)
    provider = lists.providers(catalogue.home, settings, catalogue.clock)[side_lists.NAMED_ROWS]
    device = Device("d", "name", "GX01", "e", "active", ("清水镇",), channel)
    assert bool(provider.make(db.store, device)) is is_given
    assert provider.mark is not None
    assert ('", 1' in provider.mark(db.store, device)) is is_given


def test_rows_that_were_published_before_are_taken_over(catalogue: Catalogue) -> None:
    catalogue.publish(VILLAGE)
    hand = catalogue.hand
    with db.writing(db.store):
        connection = db.store.connection()
        actions.propose(canonical(VILLAGE), batch_id=None, hand=hand)
        approval.approve("v:1", replace(hand, actor="another"), Release("proactive"))
        before = connection.execute("SELECT * FROM named_list").fetchall()
        connection.execute("DROP TABLE named_list")
        text = (db.MIGRATIONS / "hub" / "0013_named_lists.sql").read_text("utf-8")
        for statement in text.split(";\n"):
            connection.execute(statement)
        after = connection.execute("SELECT * FROM named_list").fetchall()
    assert [row[0:1] + row[2:5] for row in after] == [row[0:1] + row[2:5] for row in before]
    assert json.loads(after[0][5]) == json.loads(before[0][5])


def station() -> sqlite3.Connection:
    return db.store.connection()


def test_a_terminal_erases_a_list_after_its_last_day_and_keeps_the_others(
    open_terminal: OpenTerminal,
) -> None:
    open_terminal_with(open_terminal, VILLAGE, {**changed(shown_until="2026-12-31"), "id": "v:2"})
    assert named.expire(datetime(2026, 11, 30, 4, tzinfo=UTC)) == 0
    assert named.expire(datetime(2026, 12, 1, 4, tzinfo=UTC)) == 1
    content = side_lists.read(db.store, side_lists.NAMED_ROWS) or b""
    assert [json.loads(line)["id"] for line in content.splitlines()] == ["v:2"]
    assert named.expire(datetime(2027, 1, 1, 4, tzinfo=UTC)) == 1
    assert side_lists.read(db.store, side_lists.NAMED_ROWS) is None


def open_terminal_with(open_terminal: OpenTerminal, *records: dict[str, Any]) -> Any:
    from tests.catalogue.conftest import SETTINGS

    terminal = open_terminal(SETTINGS)
    terminal.catalogue.lend(*records)  # type: ignore[attr-defined]  # a replica's catalogue
    return terminal.catalogue


def test_a_list_whose_days_cannot_be_read_is_neither_shown_nor_kept(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal_with(open_terminal, changed(shown_until="soon"))
    assert named.here("v:1", townships=(), today=DURING) is None
    assert named.expire(terminal.clock.now()) == 1


@pytest.mark.parametrize(
    ("own", "hub", "ahead_s", "day"),
    [
        (datetime(2026, 11, 25, 4, tzinfo=UTC), datetime(2026, 11, 25, 4, tzinfo=UTC), 0, date(2026, 11, 25)),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 11, 25, 4, tzinfo=UTC), 0, date(2026, 11, 25)),
        (
            datetime(2027, 11, 25, 4, tzinfo=UTC),
            datetime(2026, 11, 24, 4, tzinfo=UTC),
            365 * 86400,
            date(2026, 11, 25),
        ),
        (
            datetime(2026, 11, 28, 17, tzinfo=UTC),
            datetime(2026, 11, 25, 4, tzinfo=UTC),
            0,
            date(2026, 11, 29),
        ),
    ],
    ids=["in step", "set back", "a year ahead", "days offline, past midnight in Beijing"],
)
def test_the_day_is_that_of_the_clock_put_right_by_the_hub(
    open_terminal: OpenTerminal, own: datetime, hub: datetime, ahead_s: int, day: date
) -> None:
    open_terminal_with(open_terminal)
    link(FixedClock(moment=own), hub_time=stamp(hub), skew_s=ahead_s)
    assert named.day_here(own) == day


def test_the_act_of_erasing_is_logged_without_a_name(catalogue: Catalogue) -> None:
    catalogue.publish(VILLAGE)
    catalogue.clock.advance(8 * 24 * 3600)
    with db.writing(db.store):
        actions.erase_names(replace(catalogue.hand, at=catalogue.clock.now()))
    rows = db.store.execute_sql(
        "SELECT subject, detail FROM audit WHERE act = 'catalogue-names-erased'"
    ).fetchall()
    assert [subject for subject, _ in rows] == ["v:1"]
    assert "赵" not in str(rows)
