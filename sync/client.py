"""
The terminal's side: one round is hello, push, pull and statuses; each direction succeeds or fails by itself.

Nothing is erased or parked but by an answer that the hub signed. Enrolment lies in enrolment.py.
"""

import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode

from sync import feed, lists, outbox, shelf, snapshot
from sync.errors import ListBroken, NotEnrolled, OutboxClosed, Refused, SyncError, Untrusted, refused
from sync.fields import stamp
from sync.outbox import Entry
from sync.protocol import (
    MAX_PAPERS,
    MAX_REFUSALS,
    Hello,
    PaperUsed,
    RefusedDocument,
    StatusChange,
    Statuses,
    Taken,
    Track,
    Tracked,
    Welcome,
    submission_body,
)
from sync.report import Outcome, RoundReport, note_round
from sync.signing import Answer

BATCH = 20
MOST_UPLOADS = 200
"""Entries sent in one round, so that a long queue does not hold up the catalogue."""
PARKING = (400, 409, 413, 422)
"""Refusals that concern one submission; all others stop the direction and keep the queue as it is."""
LONGEST_PAUSE_S = 300.0
FIRST_PAUSE_S = 2.0

Writing = Callable[[], AbstractContextManager[sqlite3.Connection]]


class Line(Protocol):
    """What a round needs of `channel.Channel`: the hub's verified answer, or a SyncError."""

    def send(self, method: str, path: str, body: bytes = b"") -> Answer: ...


def _never() -> bool:
    return False


def _no_paper(connection: sqlite3.Connection) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True)
class Terminal:
    """
    The databases of this terminal and what to do with what comes down.

    Args:
        writing: A write transaction on the station's database.
        writing_catalogue: A write transaction on the catalogue's replica.
        put: See `feed.Put`.
        put_status: Notes the new state of a number; changes come in order.
        should_stop: Asked between pages and entries.
        paper: Millimetres of paper used in all, by kind, from the station's database.
        refetch: Brings the catalogue whole, from here to the hub's position; see `kiosk/snapshots.py`.
    """

    writing: Writing
    writing_catalogue: Writing
    put: feed.Put
    put_status: Callable[[sqlite3.Connection, StatusChange], None]
    now: Callable[[], datetime]
    should_stop: Callable[[], bool] = _never
    paper: Callable[[sqlite3.Connection], Mapping[str, int]] = _no_paper
    refetch: "Refetch | None" = None


Refetch = Callable[[Terminal, Line, feed.Position, feed.Position], bool]


@dataclass
class _Tally:
    """What a direction has done when an error ends it."""

    count: int = 0
    documents: list[str] = field(default_factory=list)


def one_round(terminal: Terminal, line: Line) -> RoundReport:
    """
    One round; failures of the network and of the hub are in the report, not raised.

    Raises:
        NotEnrolled: this terminal has no hub.
    """
    with terminal.writing_catalogue() as connection:
        position = feed.position(connection) or feed.Position("", 0)
    with terminal.writing() as connection:
        hello = _hello(connection, position, terminal.paper(connection))
    try:
        welcome = Welcome.read(line.send("POST", "/hello", hello.body()).body)
    except SyncError as error:
        failed = Outcome(error=error.code)
        report = RoundReport(failed, failed, failed, failed, failed)
    else:
        with terminal.writing() as connection:
            _take_welcome(connection, hello, welcome, terminal.now())
        documents = _Tally()
        report = RoundReport(
            hello=Outcome(1),
            up=_outcome(lambda tally: _push(terminal, line, tally), _Tally()),
            down=_outcome(lambda tally: _pull(terminal, line, welcome, tally), documents),
            status=_outcome(lambda tally: _statuses(terminal, line, welcome, tally), _Tally()),
            lists=_outcome(lambda tally: _lists(terminal, line, welcome, tally), _Tally()),
            documents=tuple(documents.documents),
            has_files=welcome.lists is not None,
        )
    with terminal.writing() as connection:
        note_round(connection, report, terminal.now())
        left = outbox.backlog(connection)
    return replace(report, unsent=left.unsent, parked=left.parked)


def track(line: Line, number: str, code: str) -> Tracked:
    """
    The state of a number that perhaps another terminal issued.

    Raises:
        SyncError: the hub could not be asked.
    """
    return Tracked.read(line.send("POST", "/track", Track(number, code).body()).body)


def pause_s(failures: int, chance: random.Random) -> float:
    """Seconds to wait after so many failed rounds: full jitter, at most LONGEST_PAUSE_S."""
    return chance.uniform(0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures, 20)))


def _outcome(direction: Callable[[_Tally], None], tally: _Tally) -> Outcome:
    try:
        direction(tally)
    except SyncError as error:
        return Outcome(tally.count, error.code)
    return Outcome(tally.count)


def _hello(connection: sqlite3.Connection, position: feed.Position, paper: Mapping[str, int]) -> Hello:
    link = connection.execute(
        "SELECT session, epoch, last_seq, status_seq FROM hub_link WHERE one = 1"
    ).fetchone()
    if link is None:
        raise NotEnrolled("not-enrolled")
    backlog = outbox.backlog(connection)
    refused = connection.execute(
        "SELECT doc_id, seq, code FROM feed_refusal ORDER BY seq LIMIT ?", (MAX_REFUSALS,)
    ).fetchall()
    return Hello(
        session=link[0],
        epoch=link[1],
        issued_through=link[2],
        feed_epoch=position.epoch,
        feed_seq=position.seq,
        status_seq=link[3],
        unsent=backlog.unsent,
        parked=backlog.parked,
        refused=tuple(RefusedDocument(*row) for row in refused),
        paper=tuple(PaperUsed(kind, mm) for kind, mm in sorted(paper.items())[:MAX_PAPERS]),
    )


def _take_welcome(connection: sqlite3.Connection, hello: Hello, welcome: Welcome, now: datetime) -> None:
    """Note what the hub said; committed before anything is sent, so that the session token is never used lost."""
    (known_epoch,) = connection.execute("SELECT hub_epoch FROM hub_link WHERE one = 1").fetchone()
    outbox.offer_again(connection, hello.epoch, highest=welcome.held_highest, missing=welcome.held_missing)
    if welcome.hub_epoch != known_epoch:
        outbox.adopt_hub_epoch(connection, welcome.hub_epoch)
        connection.execute("UPDATE hub_link SET hub_epoch = ?, status_seq = 0", (welcome.hub_epoch,))
    outbox.erase_backed_up(
        connection, hub_epoch=welcome.hub_epoch, backed_up_through=welcome.backed_up_through, now=now
    )
    connection.execute(
        "UPDATE hub_link SET session = ?, last_seq = MAX(last_seq, ?), seal_key = ?, seal_key_id = ?,"
        " feed_epoch = ?, feed_head = ?, hub_time = ?, skew_s = ? WHERE one = 1",
        (
            welcome.session,
            welcome.held_highest,  # a disk that was rolled back must not give out a place twice
            welcome.seal_key,
            welcome.seal_key_id,
            welcome.feed_epoch,
            welcome.feed_seq,
            stamp(welcome.hub_time),
            round((now - welcome.hub_time).total_seconds()),
        ),
    )


def _push(terminal: Terminal, line: Line, tally: _Tally) -> None:
    while tally.count < MOST_UPLOADS and not terminal.should_stop():
        with terminal.writing() as connection:
            batch = outbox.next_batch(connection, BATCH)
        if not batch:
            return
        for entry in batch:
            if terminal.should_stop():
                return
            _push_one(terminal, line, entry)
            tally.count += 1


def _push_one(terminal: Terminal, line: Line, entry: Entry) -> None:
    if entry.sealed is None:  # next_batch gives none such
        raise OutboxClosed("entry-unknown")
    if entry.state == "waiting":
        with terminal.writing() as connection:
            outbox.mark_sent(connection, entry.key, terminal.now())
    body = submission_body(entry.envelope, entry.sealed)
    try:
        taken = Taken.read(line.send("PUT", f"/submissions/{entry.key}", body).body)
    except Refused as error:
        if error.status not in PARKING:
            raise
        with terminal.writing() as connection:
            outbox.mark_parked(connection, entry.key, error.code)
        return
    if (taken.key, taken.number) != (entry.key, entry.number):
        raise Untrusted("answer-wrong")
    with terminal.writing() as connection:
        outbox.mark_acked(
            connection, entry.key, hub_no=taken.hub_no, hub_epoch=taken.hub_epoch, now=terminal.now()
        )


def _pull(terminal: Terminal, line: Line, welcome: Welcome, tally: _Tally) -> None:
    if welcome.state == "quarantined":
        raise refused("device-quarantined")
    head = feed.Position(welcome.feed_epoch, welcome.feed_seq)
    with terminal.writing_catalogue() as connection:
        here = feed.position(connection)
        if here == head:
            feed.note_current(connection, welcome.hub_time)
            return
    if here and terminal.refetch and welcome.lists is not None and snapshot.is_far(here, head):
        tally.count += int(terminal.refetch(terminal, line, here, head))
    _pull_pages(terminal, line, terminal.writing_catalogue, tally)


def pull(terminal: Terminal, line: Line, writing: Writing) -> None:
    """
    Brings a replica up to date that is not the terminal's catalogue yet.

    Raises:
        SyncError: what came until then stays.
    """
    _pull_pages(terminal, line, writing, _Tally())


def _pull_pages(terminal: Terminal, line: Line, writing: Writing, tally: _Tally) -> None:
    with writing() as connection:
        here = feed.position(connection)
    if here is None:
        raise NotEnrolled("no-catalogue")
    more = True
    while more and not terminal.should_stop():
        query = urlencode({"epoch": here.epoch, "since": here.seq})
        answer = line.send("GET", f"/changes?{query}")
        page = feed.read_page(answer.body, answer.content_type, epoch=here.epoch, since=here.seq)
        _apply(terminal, page, writing, tally)
        here, more = feed.Position(page.epoch, page.to), page.more


def _apply(terminal: Terminal, page: feed.Page, writing: Writing, tally: _Tally) -> None:
    with writing() as catalogue:
        applied = feed.apply_page(catalogue, page, terminal.put)
        # The refusals are committed first: if the page is lost after that, it comes again with them.
        with terminal.writing() as station:
            station.executemany(
                "DELETE FROM feed_refusal WHERE doc_id = ?", [(doc_id,) for doc_id in applied.taken]
            )
            station.executemany(
                "INSERT INTO feed_refusal(doc_id, seq, code, refused_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT(doc_id) DO UPDATE SET seq = excluded.seq, code = excluded.code,"
                " refused_at = excluded.refused_at",
                [(*each, stamp(terminal.now())) for each in applied.refused],
            )
    tally.count += len(page.rows)
    tally.documents.extend(applied.taken)


def _statuses(terminal: Terminal, line: Line, welcome: Welcome, tally: _Tally) -> None:
    with terminal.writing() as connection:
        (since,) = connection.execute("SELECT status_seq FROM hub_link WHERE one = 1").fetchone()
    more = welcome.status_seq > since
    while more and not terminal.should_stop():
        found = Statuses.read(line.send("GET", f"/statuses?since={since}").body)
        with terminal.writing() as connection:
            for change in found.statuses:
                terminal.put_status(connection, change)
            connection.execute("UPDATE hub_link SET status_seq = ? WHERE one = 1", (found.through,))
        tally.count += len(found.statuses)
        more = found.more and found.through > since
        since = found.through


def _lists(terminal: Terminal, line: Line, welcome: Welcome, tally: _Tally) -> None:
    """Brings what changed and erases what this terminal shall no longer hold; each list by itself."""
    with terminal.writing() as connection:
        here = shelf.held(connection)
    if not welcome.lists or welcome.lists == lists.digest_of(here):
        return
    there = lists.read_manifest(line.send("GET", "/lists").body)
    for name in here.keys() - there.keys():
        with terminal.writing() as connection:
            shelf.keep(connection, name, None, terminal.now())
        tally.count += 1
    broken: ListBroken | None = None
    for name in sorted(name for name, digest in there.items() if here.get(name) != digest):
        answer = line.send("GET", f"/lists/{name}")
        try:
            content = lists.unpack(answer.body, answer.content_type, there[name])
        except ListBroken as error:
            broken = error
            continue
        with terminal.writing() as connection:
            shelf.keep(connection, name, content, terminal.now())
        tally.count += 1
    if broken:
        raise broken
