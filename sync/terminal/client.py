"""
One round of a terminal: hello, push, pull and statuses; each direction succeeds or fails by itself.

Nothing is erased or parked except after an answer that the hub signed. Enrolment is in enrolment.py.
"""

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from peewee import Case

from sync.carried import feed, lists, snapshot
from sync.statements import Database, Statement, Writing, rows
from sync.terminal import heads, held_lists, outbox
from sync.terminal.models import FeedRefusal, HubLink
from sync.terminal.outbox import OutgoingSubmission
from sync.terminal.report import DirectionOutcome, RoundReport, note_round
from sync.wire.errors import HubRefused, ListBroken, NotEnrolled, OutboxClosed, SyncError, Untrusted, refused
from sync.wire.hello import MAX_PAPERS, MAX_REFUSALS, Hello, PaperUsed, RefusedDocument, Welcome
from sync.wire.line import HubLine
from sync.wire.protocol import StatusChange, Statuses
from sync.wire.reading import stamp
from sync.wire.submission import Taken, submission_body

BATCH = 20
MOST_UPLOADS = 200
"""Entries sent in one round, so that a long queue does not hold up the catalogue."""
PARKING = (400, 409, 413, 422)
"""HTTP statuses that concern one submission, which is parked; all others stop the direction and keep the queue."""
LONGEST_PAUSE_S = 300.0
FIRST_PAUSE_S = 2.0

_LINK = Statement(
    lambda: HubLink.select(
        HubLink.session, HubLink.epoch, HubLink.last_seq, HubLink.status_seq, HubLink.status_mark
    )
)


def _never() -> bool:
    return False


def _no_paper(database: Database) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True)
class Terminal:
    """
    The databases of this terminal and the functions that take what comes down.

    Args:
        station: What citizens entrusted to this machine, and the link to its hub.
        catalogue: The replica that is served.
        put: See `feed.Put`.
        put_status: Stores the new state of a number; changes come in order.
        should_stop: Asked between pages and entries.
        paper: Returns the millimetres of paper used in all, by kind, from the station's database.
        release: Version of the product that runs here, for the hub's list of terminals.
        signer: The audit chain of this terminal and its key; None: no heads are exchanged.
        refetch: Fetches the whole catalogue, from here to the hub's position; see `kiosk/machine/snapshots.py`.
    """

    station: Database
    catalogue: Database
    writing: Writing
    put: feed.Put
    put_status: Callable[[Database, StatusChange], None]
    now: Callable[[], datetime]
    should_stop: Callable[[], bool] = _never
    paper: Callable[[Database], Mapping[str, int]] = _no_paper
    release: str = ""
    refetch: "Refetch | None" = None
    signer: heads.Signer | None = None


Refetch = Callable[[Terminal, HubLine, feed.Position, feed.Position], bool]


@dataclass
class _Tally:
    """Number of things a direction has moved when an error ends it."""

    count: int = 0
    documents: list[str] = field(default_factory=list)


def one_round(terminal: Terminal, line: HubLine) -> RoundReport:
    """
    Run one round; return its report, which also holds failures of the network and of the hub.

    Raises:
        NotEnrolled: This terminal has no hub.
    """
    station = terminal.station
    with terminal.writing(terminal.catalogue):
        position = feed.position(terminal.catalogue) or feed.Position("", 0)
    with terminal.writing(station):
        hello = replace(_hello(station, position, terminal.paper(station)), release=terminal.release)
    try:
        welcome = Welcome.read(line.send("POST", "/hello", hello.body()).body)
    except SyncError as error:
        failed = DirectionOutcome(error=error.code)
        report = RoundReport(failed, failed, failed, failed, failed)
    else:
        fork = _fork(station, hello, welcome)
        with terminal.writing(station):
            _take_welcome(station, hello, welcome, terminal.now())
        _exchange_heads(terminal, line, welcome)
        documents = _Tally()
        report = RoundReport(
            hello=DirectionOutcome(1),
            up=_outcome(lambda tally: _push(terminal, line, tally), _Tally()),
            down=_outcome(lambda tally: _pull(terminal, line, welcome, tally), documents),
            status=_outcome(lambda tally: _statuses(terminal, line, welcome, tally), _Tally()),
            lists=_outcome(lambda tally: _lists(terminal, line, welcome, tally), _Tally()),
            documents=tuple(documents.documents),
            has_files=welcome.lists is not None,
            fork=fork,
        )
    with terminal.writing(station):
        note_round(station, report, terminal.now())
        left = outbox.backlog(station)
    return replace(report, unsent=left.unsent, parked=left.parked)


def pause_s(failures: int, chance: random.Random) -> float:
    """Return the seconds to wait after so many failed rounds: full jitter, at most LONGEST_PAUSE_S."""
    return chance.uniform(0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures, 20)))


def _outcome(direction: Callable[[_Tally], None], tally: _Tally) -> DirectionOutcome:
    try:
        direction(tally)
    except SyncError as error:
        return DirectionOutcome(tally.count, error.code)
    return DirectionOutcome(tally.count)


def _hello(station: Database, position: feed.Position, paper: Mapping[str, int]) -> Hello:
    link = _LINK.first(station)
    if link is None:
        raise NotEnrolled("not-enrolled")
    session, epoch, last_seq, status_seq, status_mark = link
    backlog = outbox.backlog(station)
    refused = (
        FeedRefusal.select(FeedRefusal.doc_id, FeedRefusal.seq, FeedRefusal.code)
        .order_by(FeedRefusal.seq)
        .limit(MAX_REFUSALS)
    )
    return Hello(
        session=session,
        epoch=epoch,
        issued_through=last_seq,
        feed_epoch=position.epoch,
        feed_seq=position.seq,
        status_seq=status_seq,
        feed_mark=position.mark,
        status_mark=status_mark,
        unsent=backlog.unsent,
        parked=backlog.parked,
        refused=tuple(rows(refused, RefusedDocument, station)),
        paper=tuple(PaperUsed(kind, mm) for kind, mm in sorted(paper.items())[:MAX_PAPERS]),
    )


def _fork(station: Database, hello: Hello, welcome: Welcome) -> str:
    """Return what shows that the hub is not at the history which this terminal knows; empty: nothing does."""
    known_epoch = HubLink.select(HubLink.hub_epoch).scalar(station)
    feed_here = feed.Position(hello.feed_epoch, hello.feed_seq, hello.feed_mark)
    status_here = feed.Position("", hello.status_seq, hello.status_mark)
    if known_epoch and welcome.hub_epoch != known_epoch:
        return "epoch"
    if feed_here.is_fork_of(feed.Position(welcome.feed_epoch, welcome.feed_seq, welcome.feed_mark)):
        return "feed"
    is_fork = status_here.is_fork_of(feed.Position("", welcome.status_seq, welcome.status_mark))
    return "status" if is_fork else ""


def _take_welcome(station: Database, hello: Hello, welcome: Welcome, now: datetime) -> None:
    """
    Store the hub's welcome; committed before anything is sent, so that the session token is never lost after use.
    """
    known_epoch = HubLink.select(HubLink.hub_epoch).scalar(station)
    outbox.offer_again(station, hello.epoch, highest=welcome.held_highest, missing=welcome.held_missing)
    if welcome.hub_epoch != known_epoch:
        outbox.adopt_hub_epoch(station, welcome.hub_epoch)
        HubLink.update(hub_epoch=welcome.hub_epoch, status_seq=0, status_mark="").execute(station)
    outbox.erase_backed_up(
        station, hub_epoch=welcome.hub_epoch, backed_up_through=welcome.backed_up_through, now=now
    )
    highest = welcome.held_highest
    HubLink.update(
        session=welcome.session,
        # a disk that was rolled back must not give out a place twice
        last_seq=Case(None, [(HubLink.last_seq < highest, highest)], HubLink.last_seq),
        seal_key=welcome.seal_key,
        seal_key_id=welcome.seal_key_id,
        feed_epoch=welcome.feed_epoch,
        feed_head=welcome.feed_seq,
        hub_time=stamp(welcome.hub_time),
        skew_s=round((now - welcome.hub_time).total_seconds()),
    ).execute(station)


def _exchange_heads(terminal: Terminal, line: HubLine, welcome: Welcome) -> None:
    """Exchange the heads of the audit chains; what fails is tried again in the next round and stops nothing else."""
    if terminal.signer is None or welcome.audit is None:
        return
    with suppress(SyncError):
        heads.exchange(
            terminal.station, terminal.writing, line, terminal.signer, welcome.audit, terminal.now()
        )


def _push(terminal: Terminal, line: HubLine, tally: _Tally) -> None:
    while tally.count < MOST_UPLOADS and not terminal.should_stop():
        with terminal.writing(terminal.station):
            batch = outbox.next_batch(terminal.station, BATCH)
        if not batch:
            return
        for entry in batch:
            if terminal.should_stop():
                return
            _push_one(terminal, line, entry)
            tally.count += 1


def _push_one(terminal: Terminal, line: HubLine, entry: OutgoingSubmission) -> None:
    if entry.sealed is None:  # next_batch returns none of these
        raise OutboxClosed("entry-unknown")
    station = terminal.station
    if entry.state == "waiting":
        with terminal.writing(station):
            outbox.mark_sent(station, entry.key, terminal.now())
    body = submission_body(entry.envelope, entry.sealed)
    try:
        taken = Taken.read(line.send("PUT", f"/submissions/{entry.key}", body).body)
    except HubRefused as error:
        if error.status not in PARKING:
            raise
        with terminal.writing(station):
            outbox.mark_parked(station, entry.key, error.code)
        return
    if (taken.key, taken.number) != (entry.key, entry.number):
        raise Untrusted("answer-wrong")
    with terminal.writing(station):
        outbox.mark_acked(
            station, entry.key, hub_no=taken.hub_no, hub_epoch=taken.hub_epoch, now=terminal.now()
        )


def _pull(terminal: Terminal, line: HubLine, welcome: Welcome, tally: _Tally) -> None:
    if welcome.state == "quarantined":
        raise refused("device-quarantined")
    head = feed.Position(welcome.feed_epoch, welcome.feed_seq, welcome.feed_mark)
    with terminal.writing(terminal.catalogue):
        here = feed.position(terminal.catalogue)
        if here == head and not here.is_fork_of(head):
            feed.note_current(terminal.catalogue, welcome.hub_time, head.mark)
            return
    if here is None:  # no replica is here at present
        if terminal.refetch:
            tally.count += int(terminal.refetch(terminal, line, feed.Position("", 0), head))
        return
    has_file = welcome.lists is not None
    if terminal.refetch and snapshot.is_far(here, head) and (has_file or here.is_fork_of(head)):
        tally.count += int(terminal.refetch(terminal, line, here, head))
    _pull_pages(terminal, line, terminal.catalogue, tally)


def pull(terminal: Terminal, line: HubLine, replica: Database) -> None:
    """
    Bring a replica up to date that is not the terminal's catalogue yet.

    Raises:
        SyncError: A request failed; the pages before it are kept.
    """
    _pull_pages(terminal, line, replica, _Tally())


def _pull_pages(terminal: Terminal, line: HubLine, replica: Database, tally: _Tally) -> None:
    with terminal.writing(replica):
        here = feed.position(replica)
    if here is None:
        raise NotEnrolled("no-catalogue")
    more = True
    while more and not terminal.should_stop():
        query = urlencode({"epoch": here.epoch, "since": here.seq})
        answer = line.send("GET", f"/changes?{query}")
        page = feed.read_page(answer.body, answer.content_type, epoch=here.epoch, since=here.seq)
        _apply(terminal, page, replica, tally)
        here, more = feed.Position(page.epoch, page.to), page.more


def _apply(terminal: Terminal, page: feed.FeedPage, replica: Database, tally: _Tally) -> None:
    with terminal.writing(replica):
        applied = feed.apply_page(replica, page, terminal.put)
        # The refusals are committed first: if the page is lost after that, it comes again with them.
        with terminal.writing(terminal.station):
            _note_refusals(terminal.station, applied, terminal.now())
    tally.count += len(page.rows)
    tally.documents.extend(applied.taken)


def _note_refusals(station: Database, applied: feed.Applied, now: datetime) -> None:
    FeedRefusal.delete().where(FeedRefusal.doc_id.in_(applied.taken)).execute(station)
    for doc_id, seq, code in applied.refused:
        FeedRefusal.insert(doc_id=doc_id, seq=seq, code=code, refused_at=stamp(now)).on_conflict(
            conflict_target=[FeedRefusal.doc_id],
            preserve=[FeedRefusal.seq, FeedRefusal.code, FeedRefusal.refused_at],
        ).execute(station)


def _statuses(terminal: Terminal, line: HubLine, welcome: Welcome, tally: _Tally) -> None:
    station = terminal.station
    with terminal.writing(station):
        since, mark = HubLink.select(HubLink.status_seq, HubLink.status_mark).scalar(station, as_tuple=True)
        here = feed.Position("", since, mark)
        head = feed.Position("", welcome.status_seq, welcome.status_mark)
        if here.is_fork_of(head):
            since = 0
        elif here == head and head.mark:
            HubLink.update(status_mark=head.mark).execute(station)
    more = welcome.status_seq > since
    while more and not terminal.should_stop():
        found = Statuses.read(line.send("GET", f"/statuses?since={since}").body)
        with terminal.writing(station):
            for change in found.statuses:
                terminal.put_status(station, change)
                outbox.release_taken(station, change)
            HubLink.update(status_seq=found.through, status_mark=found.mark).execute(station)
        tally.count += len(found.statuses)
        more = found.more and found.through > since
        since = found.through


def _lists(terminal: Terminal, line: HubLine, welcome: Welcome, tally: _Tally) -> None:
    """Fetch the lists that changed and erase those that are no longer made; each list by itself."""
    station = terminal.station
    with terminal.writing(station):
        here = held_lists.held(station)
    if not welcome.lists or welcome.lists == lists.digest_of(here):
        return
    there = lists.read_manifest(line.send("GET", "/lists").body)
    for name in here.keys() - there.keys():
        with terminal.writing(station):
            held_lists.keep(station, name, None, terminal.now())
        tally.count += 1
    broken: ListBroken | None = None
    for name in sorted(name for name, digest in there.items() if here.get(name) != digest):
        answer = line.send("GET", f"/lists/{name}")
        try:
            content = lists.unpack(answer.body, answer.content_type, there[name])
        except ListBroken as error:
            broken = error
            continue
        with terminal.writing(station):
            held_lists.keep(station, name, content, terminal.now())
        tally.count += 1
    if broken:
        raise broken
