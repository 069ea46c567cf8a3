"""The hub's database on PostgreSQL: writers in turns, a pool that says so when it is empty, faults by their code."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest

from kiosk import db
from kiosk.db.faults import fault
from kiosk.db.server import PostgresServer, open_server, shown, without_password
from kiosk.errors import StoreAway, StoreDamaged
from tests.hub import build_hub
from tests.postgres import Cluster, running

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(cluster: Cluster) -> Iterator[PostgresServer]:
    opened = open_server(cluster.empty(), connections=3)
    opened.execute_sql("CREATE TABLE note (id BIGINT PRIMARY KEY, words TEXT NOT NULL DEFAULT '')")
    yield opened
    opened.close_all()


def notes(database: PostgresServer) -> list[int]:
    return [number for (number,) in database.execute_sql("SELECT id FROM note ORDER BY id").fetchall()]


def add(database: PostgresServer, number: int) -> None:
    database.execute_sql("INSERT INTO note (id) VALUES (%s)", (number,))


def test_what_is_written_is_there_and_what_failed_is_not(database: PostgresServer) -> None:
    with db.writing(database):
        add(database, 1)

    def fail() -> None:
        with db.writing(database):
            add(database, 2)
            with db.writing(database):  # nested: joins the outer one
                add(database, 3)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert notes(database) == [1]


def elsewhere(
    database: PostgresServer, *, alone: bool, until: threading.Event, number: int = 7
) -> threading.Thread:
    """Another thread that is writing and goes on until it is told to end; it is writing when this returns."""
    begun = threading.Event()

    def write() -> None:
        with db.connected(database), db.writing(database, alone=alone):
            begun.set()
            until.wait(10)
            add(database, number)

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(5)
    return thread


@pytest.mark.parametrize(("other", "own"), [(True, True), (True, False), (False, True)])
def test_whoever_writes_alone_waits_for_the_others_and_they_for_it(
    database: PostgresServer, other: bool, own: bool
) -> None:
    end = threading.Event()
    thread = elsewhere(database, alone=other, until=end)
    database.execute_sql("SET lock_timeout = '50ms'")
    with pytest.raises(StoreAway, match="store-busy"), db.writing(database, alone=own):
        pass
    end.set()
    thread.join()
    with db.writing(database, alone=own):
        assert notes(database) == [7], "who waited sees what was written meanwhile"


def test_those_who_write_beside_others_do_not_wait(database: PostgresServer) -> None:
    end = threading.Event()
    thread = elsewhere(database, alone=False, until=end)
    with db.writing(database, alone=False):
        add(database, 1)
    assert notes(database) == [1]
    end.set()
    thread.join()


def test_an_empty_pool_is_said_clearly(database: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_wait_timeout", 0.1)
    end = threading.Event()
    threads = [elsewhere(database, alone=False, until=end, number=number) for number in (1, 2)]
    failed: list[str] = []

    def one_too_many() -> None:
        try:
            with db.connected(database):
                pass
        except StoreAway as error:
            failed.append(str(error))

    fourth = threading.Thread(target=one_too_many)
    fourth.start()
    fourth.join()
    assert failed == ["store-busy: all 3 connections are in use"]
    end.set()
    for thread in threads:
        thread.join()
    assert notes(database) == [1, 2]


def test_a_lost_connection_is_no_fault_of_ours_and_the_next_request_gets_another(
    database: PostgresServer,
) -> None:
    (own,) = database.execute_sql("SELECT pg_backend_pid()").fetchone()
    killer = PostgresServer(database.url)
    with db.connected(killer):
        killer.execute_sql("SELECT pg_terminate_backend(%s)", (own,))
    killer.close_all()
    with pytest.raises(StoreAway, match="store-away"), db.writing(database):
        add(database, 1)
    database.close()
    with db.connected(database):
        assert notes(database) == []


def test_a_transaction_that_the_server_undid_is_begun_anew_three_times_at_most(
    database: PostgresServer,
) -> None:
    tries = []

    def deadlocked() -> None:
        tries.append(1)
        with db.writing(database):
            database.execute_sql("DO $$ BEGIN RAISE EXCEPTION 'undone' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(StoreAway, match="store-busy"):
        db.repeated(deadlocked)
    assert len(tries) == 3


def test_a_key_that_stays_taken_is_an_error_in_the_end(database: PostgresServer) -> None:
    tries = []

    def doubled() -> None:
        tries.append(1)
        with db.writing(database):
            database.execute_sql("DO $$ BEGIN RAISE EXCEPTION 'taken' USING ERRCODE = '23505'; END $$")

    with pytest.raises(peewee.IntegrityError):
        db.repeated(doubled)
    assert len(tries) == 3


@pytest.mark.parametrize(
    ("state", "code"),
    [("53100", "disk-full"), ("25006", "store-away"), ("57014", "store-busy"), ("XX001", "not-a-database"),
     ("57P01", "store-away"), ("40001", "store-busy")],
)  # fmt: skip
def test_faults_are_known_by_their_code(database: PostgresServer, state: str, code: str) -> None:
    with pytest.raises(peewee.DatabaseError) as caught:
        database.execute_sql(f"DO $$ BEGIN RAISE EXCEPTION 'a row' USING ERRCODE = '{state}'; END $$")
    meaning = fault(caught.value)
    assert meaning is not None
    assert meaning.code == code
    assert "a row" not in meaning.detail


def test_a_server_that_is_not_there_is_away(tmp_path: Path) -> None:
    with pytest.raises(StoreAway, match="store-away"):
        open_server(f"postgresql://nobody@/nothing?host={tmp_path}")


def test_a_database_that_sorts_otherwise_is_refused(cluster: Cluster) -> None:
    with cluster.asking(cluster.url("postgres")) as admin:
        admin.execute_sql(
            "CREATE DATABASE sorted TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            " LOCALE_PROVIDER icu ICU_LOCALE 'zh'"
        )
    with pytest.raises(StoreDamaged, match="wrong-order"):
        open_server(cluster.url("sorted"))


def test_a_password_is_taken_out_of_an_address() -> None:
    assert without_password("postgresql://hub:a%2Fb@db.example:5433/kiosk?sslmode=require") == (
        "postgresql://hub@db.example:5433/kiosk?sslmode=require",
        "a/b",
    )
    assert shown("postgresql://hub:secret@db/kiosk") == "postgresql://hub@db/kiosk"


def test_a_terminal_does_not_load_the_driver() -> None:
    words = (
        "import sys; import kiosk.app.terminal, kiosk.cli.terminal; print(bool(sys.modules.get('psycopg')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False"]


def test_a_hub_whose_server_is_away_says_come_again(tmp_path: Path) -> None:
    """A clerk gets a page that says so, a terminal a status on which it tries again; both go on when it is back."""
    with running() as server:
        hub = build_hub(tmp_path, server.migrated())
        hub.add_account("lina")
        browser = hub.browser("lina")
        assert browser.get("/desk/requests").status_code == 200
        db.real(db.store).close()
    hub.app.config["TESTING"] = False
    for path in ("/desk/requests", "/healthz", "/sync/v1/hello"):
        answer = browser.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"] == "5"
    with browser.get("/static/css/base.css") as looks:
        assert looks.status_code == 200, "the page that says so has its looks"
    db.real(db.store).close_all()
