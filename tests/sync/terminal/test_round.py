"""A terminal and a hub over a line: up, down and back, each by itself."""

import json

import pytest

from sync.hub import hub_history
from sync.terminal import report
from sync.wire.errors import NotEnrolled
from sync.wire.signing import Answer, Request
from tests.sync.machines import HubBox, TerminalBox, Ticking, a_record, publish


def test_a_round_carries_submissions_up_and_documents_and_statuses_down(
    hub: HubBox, terminal: TerminalBox
) -> None:
    number = terminal.hand_in()
    publish(hub.store, "d1", a_record())
    assert terminal.round().is_complete
    hub.set_status(number, "registered")
    done = terminal.round()
    assert done.is_complete
    assert hub.numbers() == [number]
    assert terminal.documents() == {"d1": a_record()}
    assert terminal.statuses == {number: "registered"}


def test_a_round_without_news_is_one_exchange(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.round()
    terminal.wire.sent.clear()
    terminal.round()
    assert [request.method for request in terminal.wire.sent] == ["POST"]


def test_without_a_hub_everything_waits_and_arrives_when_it_returns(
    hub: HubBox, terminal: TerminalBox
) -> None:
    number = terminal.hand_in()
    terminal.wire.is_cut = True
    done = terminal.round()
    assert done.errors == ("hub-unreachable",)
    assert (done.unsent, terminal.states()) == (1, ["waiting"])
    terminal.wire.is_cut = False
    assert terminal.round().is_complete
    assert hub.numbers() == [number]


def test_a_failed_upload_does_not_stop_the_download(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.hand_in()
    publish(hub.store, "d1", a_record())

    def lose_uploads(request: Request, answer: Answer) -> Answer:
        return Answer(502, b"<html>bad gateway", "text/html") if request.method == "PUT" else answer

    terminal.wire.behind = lose_uploads
    done = terminal.round()
    assert (done.up.error, done.down.error, done.down.count) == ("hub-in-trouble", None, 1)


def test_a_failed_download_does_not_stop_the_upload(hub: HubBox, terminal: TerminalBox) -> None:
    number = terminal.hand_in()
    publish(hub.store, "d1", a_record())

    def spoil_pages(request: Request, answer: Answer) -> Answer:
        return (
            Answer(200, b"<html>welcome to the free Wi-Fi", "text/html")
            if "changes" in request.target
            else answer
        )

    terminal.wire.behind = spoil_pages
    done = terminal.round()
    assert (done.up.error, done.down.error) == (None, "answer-unsigned")
    assert hub.numbers() == [number]


def test_a_refused_entry_is_set_aside_and_the_queue_goes_on(hub: HubBox, terminal: TerminalBox) -> None:
    first = terminal.hand_in()
    terminal.round()
    with terminal.station.writing() as database:
        database.execute_sql("UPDATE hub_link SET last_seq = 0")  # a disk that was rolled back
        database.execute_sql("DELETE FROM outbox")
    terminal.hand_in()
    third = terminal.hand_in()
    done = terminal.round()
    assert terminal.states() == ["parked", "acked"]
    assert (done.parked, done.is_complete) == (1, False)
    assert hub.numbers() == [first, third]


def test_an_unsigned_refusal_sets_nothing_aside(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.hand_in()
    terminal.wire.behind = lambda request, answer: (
        Answer(422, b'{"error":"digest-differs","v":1}', "application/json")
        if request.method == "PUT"
        else answer
    )
    assert terminal.round().up.error == "answer-unsigned"
    assert terminal.states() == ["sent"]


def test_a_terminal_with_a_dead_clock_still_gets_in(hub: HubBox) -> None:
    from datetime import UTC, datetime

    clock = Ticking(datetime(1970, 1, 1, tzinfo=UTC))
    terminal = TerminalBox(hub, clock=clock)
    terminal.hand_in()
    assert terminal.round().is_complete
    clock.advance(days=365 * 130)
    terminal.hand_in()
    assert terminal.round().is_complete
    assert terminal.station.one("SELECT skew_s FROM hub_link") > 0


def test_a_restored_hub_gets_again_what_its_backup_lacks(hub: HubBox, terminal: TerminalBox) -> None:
    kept = terminal.hand_in()
    terminal.round()
    backup = hub.store.image()
    lost = terminal.hand_in()
    terminal.round()
    hub.store.put_back(backup)
    with hub.store.writing() as database:
        hub_history.begin_new_epoch(database)
    assert hub.numbers() == [kept]
    terminal.round()
    assert hub.numbers() == [kept, lost]
    assert terminal.states() == ["acked", "acked"]


def test_sealed_rows_are_erased_only_when_a_backup_holds_them(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.hand_in()
    terminal.hand_in()
    terminal.round()
    terminal.round()
    assert terminal.station.one("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL") == 2
    with hub.store.writing() as database:
        hub_history.note_backup(database, 1)
    terminal.round()
    kept = terminal.station.rows("SELECT seq FROM outbox WHERE sealed IS NOT NULL")
    assert kept == [(2,)]


def test_statuses_of_other_terminals_stay_with_them(hub: HubBox, terminal: TerminalBox) -> None:
    other = TerminalBox(hub, name="万善乡")
    number = other.hand_in()
    other.round()
    hub.set_status(number, "registered")
    terminal.round()
    other.round()
    assert (terminal.statuses, other.statuses) == ({}, {number: "registered"})


def test_the_last_success_of_each_direction_is_kept(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.round()
    first = hub.clock.now()
    hub.clock.advance(minutes=5)
    terminal.hand_in()
    terminal.wire.is_cut = True
    terminal.round()
    known = report.state(terminal.station.database)
    assert known is not None
    up = known.directions["up"]
    assert (up.succeeded_at, up.error) == (first.isoformat(timespec="milliseconds"), "hub-unreachable")
    assert up.tried_at == hub.clock.now().isoformat(timespec="milliseconds")
    assert known.backlog.unsent == 1
    assert known.backlog.oldest_unsent_at == up.tried_at


def test_a_terminal_that_was_never_enrolled_says_so(terminal: TerminalBox) -> None:
    terminal.station.run("DELETE FROM hub_link")
    with pytest.raises(NotEnrolled):
        terminal.round()
    assert report.state(terminal.station.database) is None


def test_documents_it_could_not_take_are_told_to_the_hub(hub: HubBox, terminal: TerminalBox) -> None:
    publish(hub.store, "good", a_record())
    publish(hub.store, "bad", a_record("poison"))
    publish(hub.store, "fine", a_record())
    done = terminal.round()
    assert done.is_complete
    assert sorted(terminal.documents()) == ["fine", "good"]
    terminal.round()
    told = json.loads(hub.store.one("SELECT refused FROM device"))
    assert told == [{"doc_id": "bad", "seq": 2, "code": "record-refused"}]
    publish(hub.store, "bad", a_record("mended"))
    terminal.round()
    assert "bad" in terminal.documents()
    assert terminal.station.one("SELECT COUNT(*) FROM feed_refusal") == 0


def test_as_of_moves_although_nothing_was_published(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.round()
    hub.clock.advance(hours=2)
    terminal.round()
    as_of = terminal.catalogue.one("SELECT as_of FROM feed_position")
    assert as_of == hub.clock.now().isoformat(timespec="milliseconds")


def test_another_feed_must_be_fetched_whole_and_the_old_one_stays(hub: HubBox, terminal: TerminalBox) -> None:
    publish(hub.store, "d1", a_record())
    terminal.round()
    hub.store.run("UPDATE feed_position SET epoch = 'feed-b'")
    assert terminal.round().down.error == "must-refetch"
    assert list(terminal.documents()) == ["d1"]


def test_a_stopped_agent_leaves_the_rest_for_the_next_round(hub: HubBox, terminal: TerminalBox) -> None:
    from dataclasses import replace

    terminal.hand_in()
    publish(hub.store, "d1", a_record())
    terminal.terminal = replace(terminal.terminal, should_stop=lambda: True)
    done = terminal.round()
    assert (done.up.count, done.down.count, done.unsent) == (0, 0, 1)
