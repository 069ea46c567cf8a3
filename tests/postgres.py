"""
A real PostgreSQL server for one test process, from Debian's package: started when the first test asks, gone at its end.

It listens on a socket in a folder of its own and keeps nothing safe (fsync off). Each process of the run works in one
database, made from a migrated template; between tests all rows go, which is ten times quicker than a new database.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk import db
from kiosk.db.server import PostgresServer, open_server, psycopg
from kiosk.errors import StoreAway

USER = "postgres"
FOLDERS = ("catalogue", "hub")
DURABLE = {"shared_buffers": "128MB"}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
}
NO_SERVER = "no PostgreSQL server is installed: apt install postgresql"
PATIENCE_S = 120.0
MIGRATED_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def programs() -> Path | None:
    """The folder of the newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass
class Cluster:
    """A running server."""

    folder: Path
    made: int = 0
    template: str = ""
    shared: str = ""
    clearing: str = ""

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def empty(self) -> str:
        """The address of a new database without tables."""
        return self.url(self._create("template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"))

    def migrated(self) -> str:
        """The address of a new database with the hub's tables."""
        if not self.template:
            name = self._create("template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            with self.asking(self.url(name)) as database:
                for folder in FOLDERS:
                    db.migrate(database, folder, MIGRATED_AT)
            self.template = name
        return self.url(self._create(self.template))

    def cleared(self) -> str:
        """The address of the one database that tests of this process share, as its migrations left it."""
        if not self.shared:
            self.shared = self.migrated()
            with self.asking(self.shared) as database:
                self.clearing = _clearing(database)
        with self.asking(self.shared) as database:
            database.cursor().execute(self.clearing)
        return self.shared

    @contextmanager
    def asking(self, url: str) -> Iterator[PostgresServer]:
        """A database for a moment, with nothing left open."""
        database = PostgresServer(url)
        with db.connected(database):
            yield database
        database.close_all()

    def _create(self, template: str) -> str:
        self.made += 1
        name = f"test_{self.made}"
        with self.asking(self.url("postgres")) as admin:
            admin.execute_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


def close_what_is_open() -> None:
    """Close what a failed test left, which would be reported as a leak of whichever test runs when it is collected."""
    for each in gc.get_objects():
        if isinstance(each, psycopg.Connection) and not each.closed:
            each.close()


def _clearing(database: PostgresServer) -> str:
    """What makes a database as it is now again: rows are deleted (7 ms, TRUNCATE 43), what migrations wrote is kept."""
    statements = ["SET session_replication_role = replica"]  # references are not looked at
    database.execute_sql("CREATE SCHEMA written")
    for table in database.get_tables():
        if table == "migration":
            continue
        statements.append(f"DELETE FROM {table}")
        if database.execute_sql(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
            database.execute_sql(f"CREATE TABLE written.{table} AS SELECT * FROM {table}")
            statements.append(f"INSERT INTO {table} SELECT * FROM written.{table}")
    for table, column in database.execute_sql(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND is_identity = 'YES'"
    ).fetchall():
        statements.append(f"ALTER TABLE {table} ALTER {column} RESTART")
    return "; ".join([*statements, "RESET session_replication_role"])


@contextmanager
def running(settings: Mapping[str, str] = FORGETFUL, below: Path | None = None) -> Iterator[Cluster]:
    """
    A server until the caller is done; skips the test when none is installed, which CI must have.

    Args:
        below: The folder that its folder is made in; usually where temporary files are.
    """
    found = programs()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(NO_SERVER)
        pytest.skip(NO_SERVER)
    folder = Path(tempfile.mkdtemp(prefix="kiosk-postgres-", dir=below))
    data = folder / "data"
    user = _user(folder)
    making = [
        found / "initdb",
        "-D",
        data,
        "-U",
        USER,
        "-A",
        "trust",
        "--no-sync",
        "--locale=C.UTF-8",
        "-E",
        "UTF8",
    ]
    try:
        subprocess.run(making, **user, check=True, capture_output=True)
        further = {**settings, "listen_addresses": "", "unix_socket_directories": str(folder)}
        with (data / "postgresql.conf").open("a") as written:
            written.writelines(f"{name} = '{value}'\n" for name, value in further.items())
        # The server goes with this process, however that ends.
        command = ["setpriv", "--pdeathsig", "QUIT", found / "postgres", "-D", data]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, **user, stdout=log, stderr=log)
        try:
            cluster = Cluster(folder)
            _wait(cluster)
            yield cluster
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(PATIENCE_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user(folder: Path) -> dict[str, Any]:
    """Who runs the server, which refuses to be root."""
    if os.getuid():
        return {"cwd": folder}
    shutil.chown(folder, USER, USER)
    return {"cwd": folder, "user": USER, "group": USER, "extra_groups": []}


def _wait(cluster: Cluster) -> None:
    until = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while True:
        try:
            open_server(cluster.url("postgres")).close_all()
            return
        except StoreAway:
            assert time.monotonic() < until, (cluster.folder / "log").read_text()
            pause.wait(0.05)
