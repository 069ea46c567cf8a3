"""Several workers of one hub on PostgreSQL: what one of them counts, the others know, and nobody waits for ever."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk import audit, db
from kiosk.db.server import PostgresServer
from kiosk.disclosure.case_models import DisclosureEvent
from kiosk.web import context
from sync.hub import enrolment, inbox, statuses
from sync.hub import progress as tracking
from sync.hub.models import InboxEntry
from sync.hub.statuses import SetStatus
from sync.statements import Database
from sync.wire.errors import HubRefused
from sync.wire.lookups import Track
from sync.wire.protocol import StatusChange
from sync.wire.submission import SealedSubmission
from tests.hub import Hub, build_hub
from tests.postgres import Cluster
from tests.sync.machines import HubBox, TerminalBox, writing

WORKERS, EACH = 4, 15
"""Workers that take in at the same time, and how many submissions each."""


def side_by_side(database: PostgresServer, acts: list[Callable[[], None]]) -> None:
    """Each act in a thread of its own with a connection of its own; all are begun before one goes on."""
    start = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            with db.connected(database):
                start.wait(10)
                act()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert not any(thread.is_alive() for thread in threads), "two wait for each other"


@contextmanager
def worker_pool(address: str, many: int) -> Iterator[PostgresServer]:
    """Connections for so many threads."""
    database = PostgresServer(address, connections=many + 1)
    yield database
    database.close_all()


@contextmanager
def hub_of(address: str, many: int) -> Iterator[PostgresServer]:
    """The same, as the database of the hub that is open."""
    small = db.store.obj
    with worker_pool(address, many) as database:
        for proxy in (db.store, db.catalogue):
            proxy.initialize(database)
        yield database
        for proxy in (db.store, db.catalogue):
            proxy.initialize(small)
    small.close_all()


@pytest.fixture
def address(cluster: Cluster) -> str:
    """Only a server has several workers."""
    return cluster.cleared()


def test_workers_give_out_no_guess_twice(address: str) -> None:
    hub = HubBox(address=address)
    terminal = TerminalBox(hub)
    number = terminal.hand_in()
    terminal.round()
    answers: list[bool] = []
    with worker_pool(address, 12) as database:

        def guess() -> None:
            asked = Track(number, "000000000000")
            answers.append(tracking.track(database, writing, asked, hub.clock.now()).locked)

        side_by_side(database, [guess] * 12)
    assert Counter(answers) == {False: tracking.WRONG_PER_NUMBER, True: 12 - tracking.WRONG_PER_NUMBER}
    hub.store.database.close_all()


def test_workers_count_each_wrong_code_of_a_new_terminal(address: str) -> None:
    hub = HubBox(address=address)
    code_id = hub.new_code()[:4]
    said: list[str] = []
    with worker_pool(address, 10) as database:

        def guess() -> None:
            with writing(database):
                try:
                    enrolment._checked_code(database, code_id, b"proved", "0" * 64, hub.clock.now())
                except HubRefused as refused:
                    said.append(refused.code)

        side_by_side(database, [guess] * 10)
    most = enrolment.MOST_WRONG
    assert Counter(said) == {"code-wrong": most, "code-locked": 10 - most}
    hub.store.database.close_all()


def handed_in(hub: Hub, place: int) -> SealedSubmission:
    """A request of the hub's one terminal, as it comes over the line."""
    hub.taken = place
    key_id = "key-1"
    return hub._submission(key_id, secrets.token_bytes(80), {})


def test_workers_take_in_at_once_and_a_poller_hears_of_each_request_once(
    tmp_path: Path, address: str
) -> None:
    hub = build_hub(tmp_path, address)
    on_taken = context.of(hub.app).on_taken
    queues = [[handed_in(hub, 1 + worker * EACH + at) for at in range(EACH)] for worker in range(WORKERS)]
    heard: list[StatusChange] = []
    left = threading.Semaphore(0)

    def take_in(queue: list[SealedSubmission]) -> None:
        for each in queue:
            with db.writing(db.store, alone=False):
                inbox.take_submission(
                    db.store, hub.device, each.key, each, now=hub.clock.now(), on_taken=on_taken
                )
        left.release()

    def poll() -> None:
        done = 0
        while done < WORKERS:  # what came before the last worker ended is looked for once more
            done += left.acquire(timeout=0.001)
            heard.extend(
                statuses.statuses_since(db.store, hub.device, heard[-1].seq if heard else 0).statuses
            )

    with hub_of(address, WORKERS + 1) as database:
        side_by_side(database, [poll, *(lambda queue=queue: take_in(queue) for queue in queues)])
        with db.connected(database):
            numbers = sorted(each.number for queue in queues for each in queue)
            assert [each.seq for each in heard] == list(range(1, len(numbers) + 1))
            assert sorted(each.number for each in heard) == numbers
            stored = InboxEntry.select(InboxEntry.no).order_by(InboxEntry.no).tuples().execute(database)
            assert [no for (no,) in stored] == list(range(1, len(numbers) + 1))
            assert DisclosureEvent.select().count() == len(numbers)
            assert audit.first_break() is None


def test_workers_with_one_upload_in_one_instant_store_it_once_and_answer_alike(
    tmp_path: Path, address: str
) -> None:
    hub = build_hub(tmp_path, address)
    taken = context.of(hub.app).on_taken
    upload = handed_in(hub, 1)
    answers: list[bytes] = []
    neither_is_stored = threading.Barrier(2)

    def on_taken(database: Database, submission: SealedSubmission, set_status: SetStatus) -> None:
        neither_is_stored.wait(10)
        taken(database, submission, set_status)

    def once() -> bytes:
        with db.writing(db.store, alone=False):
            return inbox.take_submission(
                db.store, hub.device, upload.key, upload, now=hub.clock.now(), on_taken=on_taken
            )

    with hub_of(address, 3) as database:
        side_by_side(database, [lambda: answers.append(db.repeated(once))] * 2)
        assert len(answers) == 2
        assert len(set(answers)) == 1
        with db.connected(database):
            assert InboxEntry.select().count(database) == 1
            assert DisclosureEvent.select().count() == 1
            assert audit.first_break() is None
