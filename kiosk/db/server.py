"""
PostgreSQL for the hub: a pool of connections, READ COMMITTED, writers in turns.

No terminal imports this module. A thread holds a connection only while it answers a request or does a job
(`hold`, `let_go`): a pool is shared, and a connection that the server dropped is replaced when it is borrowed next.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import peewee
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase

from kiosk.clock import SystemClock
from kiosk.db.engine import Gathered, Item, connected
from kiosk.db.faults import translated
from kiosk.errors import Refused, StoreAway, StoreDamaged

if sys.modules.get("psycopg", ...) is None:
    del sys.modules["psycopg"]  # kept out by `kiosk/__init__.py`

import psycopg
from psycopg.pq import TransactionStatus

OLDEST = 150_000
"""Oldest version supported: PostgreSQL 15, of Debian 12, on which the tests run."""
POOL_WAIT_S = 5
"""Seconds that a request waits for a connection when all are in use, before it is refused."""
STALE_S = 300
"""Seconds after which an open connection is replaced, so that a server can be moved."""
CONNECT_S = 5
LOOK_AT_CLOCK_S = 60.0
TURN_S = 30
"""Longest wait in seconds for another writer: an import of a whole catalogue is one transaction."""
_SESSION = {
    "lock_timeout": f"{TURN_S}s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "10",  # a worker's machine without power must not hold its locks for hours
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "default_transaction_isolation": "read\\ committed",  # a snapshot older than the lock would skip rows
    "TimeZone": "UTC",
}
WRITERS, MIGRATION, LEADER = 0x6B_69_6F_01, 0x6B_69_6F_02, 0x6B_69_6F_03
"""Names of our advisory locks in the database."""
_TURNS = {
    True: f"SELECT pg_advisory_xact_lock({WRITERS})",
    False: f"SELECT pg_advisory_xact_lock_shared({WRITERS})",
}
_UNSORTED = ("a", "B", "10", "9", "丁", "甲", "一", "é", "Z", "_")


class _Driver(peewee.Psycopg3Adapter):
    """The driver psycopg 3, also where peewee was imported without it."""

    txn_idle = TransactionStatus.IDLE
    txn_inerror = TransactionStatus.INERROR
    txn_unknown = TransactionStatus.UNKNOWN

    def check_driver(self) -> None:
        return None

    def get_binary_type(self) -> type[psycopg.Binary]:
        return psycopg.Binary

    def connect(self, db: peewee.Database, **parameters: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(db.database, **parameters)


class PostgresServer(PooledPostgresqlDatabase):
    """
    A database on a PostgreSQL server.

    Args:
        url: postgresql://user@host:port/database, without the password.
        password: Empty where libpq finds it by itself (socket, ~/.pgpass).
        connections: Most connections open at a time.
    """

    psycopg2_adapter = psycopg3_adapter = _Driver

    def __init__(self, url: str, password: str = "", connections: int = 6) -> None:
        further = {"password": password} if password else {}
        super().__init__(
            url,
            max_connections=connections,
            timeout=POOL_WAIT_S,
            stale_timeout=STALE_S,
            prefer_psycopg3=True,
            autoconnect=False,
            connect_timeout=CONNECT_S,
            application_name="kiosk",
            options=" ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
            **further,
        )
        self.url = url
        self.password = password
        self._here = threading.local()

    def connect(self, reuse_if_open: bool = False) -> bool:
        """
        Take a connection for this thread.

        Raises:
            StoreAway: "store-away", "store-busy" (all connections are in use).
        """
        try:
            with translated():
                return bool(super().connect(reuse_if_open))
        except MaxConnectionsExceeded as error:
            raise StoreAway("store-busy", f"all {self._max_connections} connections are in use") from error

    def product(self) -> str:
        """Return the server's product and version, in words for the readiness report."""
        rows = self.execute_sql("SELECT current_setting('server_version'), current_setting('data_checksums')")
        version, checksums = rows.fetchone()
        return f"PostgreSQL {version}, page checksums {checksums}"

    def checkpoint(self) -> bool:
        """Remove dead rows (VACUUM), as `kiosk.db.checkpoint`."""
        self.execute_sql("VACUUM")
        return True

    def hold(self) -> bool:
        """
        Take a connection for one request or job of this thread; return False where it has one already.

        Raises:
            StoreAway: "store-away", "store-busy".
        """
        if not self.connect(reuse_if_open=True):
            return False
        self._here.is_held = True
        return True

    def let_go(self) -> None:
        """Give back what `hold` took."""
        if getattr(self._here, "is_held", False):
            self._here.is_held = False
            self.close()

    def is_alive(self) -> bool:
        """Return whether this thread's connection still answers."""
        try:
            self.execute_sql("SELECT 1")
        except peewee.PeeweeException:
            return False
        return True

    def begin(self, turn: str = "") -> None:
        """Begin a transaction and take a writer's turn: two statements, so that its snapshot is the younger."""
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # the stubs leave it out
            cursor = self.cursor()
            try:
                cursor.execute(f"BEGIN; {turn}")  # without values it goes as one message
            except psycopg.Error:
                if not cursor.connection.broken:
                    cursor.execute("ROLLBACK")
                raise

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[None]:
        """Open a write transaction, as `kiosk.db.writing`."""
        with translated():
            if self.in_transaction():
                yield
                return
            with self.atomic(_TURNS[alone]):
                gathered = self._here.gathered = Gathered()
                try:
                    yield
                    gathered.act()
                finally:
                    self._here.gathered = None

    def at_commit(self, act: Callable[[list[Item]], None], item: Item) -> None:
        """Keep an item until the commit, as `kiosk.db.at_commit`."""
        gathered: Gathered | None = getattr(self._here, "gathered", None)
        if gathered is None:
            raise RuntimeError("at_commit belongs inside `writing`")
        gathered.keep(act, item)


class SharedClock(SystemClock):
    """A machine's clock with the steady time of the database server, which all machines of a hub share."""

    def __init__(self, database: PostgresServer) -> None:
        super().__init__()
        self._database = database
        self._ahead_s = 0.0
        self._look_at_s = float("-inf")

    def monotonic(self) -> float:
        own_s = super().monotonic()
        if own_s >= self._look_at_s:
            with connected(self._database):
                (theirs_s,) = self._database.execute_sql(
                    "SELECT extract(epoch FROM clock_timestamp())::float8"
                ).fetchone()
            self._ahead_s, self._look_at_s = theirs_s - own_s, own_s + LOOK_AT_CLOCK_S
        return own_s + self._ahead_s

    def boot_id(self) -> str:
        return "database"


@contextmanager
def leading(database: PostgresServer) -> Iterator[Callable[[], bool] | None]:
    """
    Yield a function that returns whether this worker still leads, or None when another one does.

    It leads as long as its own connection lives: PostgreSQL releases the lock by itself when a worker dies.
    """
    own = PostgresServer(database.url, database.password, connections=1)
    own.connect()
    try:
        (is_ours,) = own.execute_sql(f"SELECT pg_try_advisory_lock({LEADER})").fetchone()
        yield own.is_alive if is_ours else None
    finally:
        own.close_all()


def open_server(url: str, password: str = "", connections: int = 6) -> PostgresServer:
    """
    Return the database at `url`, checked once; this thread holds a connection of it.

    Raises:
        StoreAway: It cannot be reached.
        Refused: "server-too-old".
        StoreDamaged: "wrong-order": it does not sort texts by their characters, as all else here does.
    """
    database = PostgresServer(url, password, connections)
    database.connect()
    try:
        _look_at(database)
    except BaseException:
        database.close_all()
        raise
    return database


def _look_at(database: PostgresServer) -> None:
    if database.server_version < OLDEST:
        raise Refused("server-too-old", f"{shown(database.url)} is older than PostgreSQL 15")
    rows = database.execute_sql("SELECT t FROM unnest(%s::text[]) AS t ORDER BY t", (list(_UNSORTED),))
    if [text for (text,) in rows] != sorted(_UNSORTED):
        raise StoreDamaged(
            "wrong-order",
            f"{shown(database.url)}: make the database with TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
        )


def without_password(url: str) -> tuple[str, str]:
    """Return an address without its password, and the password."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, ""
    place = f"{parts.username or ''}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=place)), unquote(parts.password)


def shown(url: str) -> str:
    """Return an address without its password, for logs."""
    return without_password(url)[0]
