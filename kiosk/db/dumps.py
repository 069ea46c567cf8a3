"""
Copies of a PostgreSQL database by PostgreSQL's own tools, each checked against the rows counted at its start.

Queries inside `frozen` and the file that `write` makes show one state of the database: they share its snapshot.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.db.faults import translated
from kiosk.db.server import PostgresServer, shown
from kiosk.errors import Refused

Counts = dict[str, int]
"""Rows of each table."""
_COPY = re.compile(rb"COPY public\.\"?(\w+)\"? \(.*\) FROM stdin;\n")
_END = b"\\.\n"


@dataclass(frozen=True)
class Frozen:
    """One state of the database, kept while others write."""

    database: PostgresServer
    name: str

    def write(self, file: Path) -> Counts:
        """
        Write the whole database in this state to `file`; return the rows counted in the database and again in the
        file.

        Raises:
            Refused: "no-tool", "copy-failed", "copy-incomplete".
        """
        _run(self.database, "pg_dump", "--format=custom", "--schema=public", "--no-owner", "--no-privileges",
             f"--snapshot={self.name}", f"--file={file}", f"--dbname={self.database.url}")  # fmt: skip
        counted = count(self.database)
        if counted_in(self.database, file) != counted:
            raise Refused("copy-incomplete", "the copy does not hold all rows of the database")
        return counted


@contextmanager
def frozen(database: PostgresServer) -> Iterator[Frozen]:
    """Hold one state of the database; this thread's queries read it."""
    with translated(), database.atomic():
        database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        database.execute_sql("SET LOCAL idle_in_transaction_session_timeout = 0")  # the tool works meanwhile
        (name,) = database.execute_sql("SELECT pg_export_snapshot()").fetchone()
        yield Frozen(database, name)


def count(database: PostgresServer) -> Counts:
    """Return the rows of each table."""
    return {
        table: database.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        for table in database.get_tables()
    }


def counted_in(database: PostgresServer, file: Path) -> Counts:
    """
    Return the rows of each table in a file of `write`; every byte of it is read and unpacked.

    Raises:
        Refused: "no-tool", "copy-failed".
    """
    command = [tool("pg_restore", database), "--data-only", "--file=-", str(file)]
    with tempfile.TemporaryFile() as words:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words) as running:
            assert running.stdout is not None
            found = _counted(running.stdout)
        if running.returncode:
            words.seek(0)
            raise Refused("copy-failed", _one_line(words.read()))
    return found


def _counted(lines: Iterable[bytes]) -> Counts:
    found: Counts = {}
    table = ""
    for line in lines:
        if begun := None if table else _COPY.fullmatch(line):
            table = begun[1].decode()
            found[table] = 0
        elif line == _END:
            table = ""
        elif table:
            found[table] += 1
    return found


def restore(database: PostgresServer, file: Path, counts: Counts) -> None:
    """
    Fill an empty database from a file of `write`, completely or not at all.

    Args:
        counts: The rows that `write` counted.
    Raises:
        Refused: "database-in-use" (it has tables), "no-tool", "copy-failed", "copy-incomplete".
    """
    if database.get_tables():
        raise Refused("database-in-use", f"{shown(database.url)} has tables already: it is left as it is")
    _run(database, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
         "--schema=public", f"--dbname={database.url}", str(file))  # fmt: skip
    if count(database) != counts:
        raise Refused("copy-incomplete", "what came back is not all that was copied")


def empty(database: PostgresServer) -> None:
    """Drop every table of a database that `restore` filled: what came back must not be used."""
    with translated(), database.atomic():
        for table in database.get_tables():
            database.execute_sql(f'DROP TABLE "{table}" CASCADE')


def tool(name: str, database: PostgresServer) -> str:
    """
    Return the path of PostgreSQL's tool of this name, of the server's version or a newer one.

    Raises:
        Refused: "no-tool".
    """
    major = database.server_version // 10_000
    of_debian = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3])
    )
    fitting = [path for path in of_debian if int(path.parts[-3]) >= major]
    found = str(fitting[0]) if fitting else shutil.which(name)
    if found is None:
        raise Refused("no-tool", f"{name} is not installed: apt install postgresql-client-{major}")
    return found


def _run(database: PostgresServer, name: str, *arguments: str) -> None:
    """
    Run a tool of PostgreSQL; the password goes by the environment, as everybody on the machine can read a command
    line.
    """
    given = {"PGPASSWORD": database.password} if database.password else {}
    done = subprocess.run(
        [tool(name, database), "--no-password", *arguments],
        env={**os.environ, **given},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Refused("copy-failed", _one_line(done.stderr))


def _one_line(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:500]
