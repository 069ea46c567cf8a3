"""
The papers of this machine that are to be printed, and what became of them.

All functions run inside the caller's transaction, on its raw SQLite connection. Only `queued` jobs are ever sent by
themselves; from `sent` and `uncertain` only a person goes on. The table of steps is in README.md.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from .document import Slip
from .errors import NoSuchJob, WrongStep

WORKER = "worker"


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PRINTED = "printed"
    UNCERTAIN = "uncertain"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


STEPS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.CANCELLED}),
    State.SENDING: frozenset({State.QUEUED, State.SENT, State.UNCERTAIN}),
    State.SENT: frozenset({State.PRINTED, State.UNCERTAIN, State.SUPERSEDED}),
    State.UNCERTAIN: frozenset({State.PRINTED, State.SUPERSEDED}),
    State.PRINTED: frozenset(),
    State.SUPERSEDED: frozenset(),
    State.CANCELLED: frozenset(),
}
_KEEPS_SECRET = (State.QUEUED, State.SENDING)


@dataclass(frozen=True)
class Job:
    """One paper in the spool; `copy` 0 is the original, N its Nth reprint."""

    id: int
    request_key: str
    kind: str
    copy: int
    state: State
    reason: str
    slip: str
    secret: bytes | None
    has_secret: bool
    created_at: datetime
    expires_at: datetime
    changed_at: datetime
    paper_mm: int

    def document(self) -> Slip:
        """The stored slip."""
        return Slip.from_json(self.slip)


@dataclass(frozen=True)
class Event:
    """One change of state."""

    at: datetime
    from_state: str
    to_state: str
    by: str
    why: str


_COLUMNS = (
    "id, request_key, kind, copy, state, reason, slip, secret, has_secret,"
    " created_at, expires_at, changed_at, paper_mm"
)


def enqueue(
    connection: sqlite3.Connection,
    slip: Slip,
    *,
    request_key: str,
    kind: str,
    created_at: datetime,
    expires_at: datetime,
    secret: bytes | None = None,
) -> int:
    """
    The number of the job; the same one when this request already has a job of this kind, so two taps make one.

    Args:
        slip: Without personal data in clear: what is stored is what a reprint shows.
        request_key: What the paper belongs to; no personal data.
        expires_at: A job still waiting then is never printed by itself (10 minutes for receipts).
        secret: Encrypted value of the Secret block; erased before the paper is called printed.
    """
    found = connection.execute(
        "SELECT id FROM print_job WHERE request_key = ? AND kind = ? AND copy = 0", (request_key, kind)
    ).fetchone()
    if found:
        return int(found[0])
    return _insert(
        connection, slip.to_json(), request_key, kind, 0, created_at, expires_at, secret, (WORKER, "new")
    )


def job(connection: sqlite3.Connection, job_id: int) -> Job:
    """The job of that number; NoSuchJob when there is none."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM print_job WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise NoSuchJob(str(job_id))
    return _job(row)


def jobs_of(connection: sqlite3.Connection, request_key: str) -> list[Job]:
    """Original and reprints of one request, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM print_job WHERE request_key = ? ORDER BY id", (request_key,)
    )
    return [_job(row) for row in rows]


def events(connection: sqlite3.Connection, job_id: int) -> list[Event]:
    """What happened to a job, oldest first."""
    rows = connection.execute(
        "SELECT at, from_state, to_state, by_whom, why FROM print_event WHERE job_id = ? ORDER BY id",
        (job_id,),
    )
    return [Event(datetime.fromisoformat(at), *rest) for at, *rest in rows]


def next_queued(connection: sqlite3.Connection, now: datetime) -> Job | None:
    """The oldest job that may be sent."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM print_job WHERE state = 'queued' AND expires_at > ? ORDER BY id LIMIT 1",
        (stamp(now),),
    ).fetchone()
    return _job(row) if row else None


def step(
    connection: sqlite3.Connection,
    job_id: int,
    to: State,
    *,
    by: str,
    why: str,
    now: datetime,
    paper_mm: int = 0,
) -> None:
    """
    Moves a job along the table of steps and writes it down; erases the secret when the new state needs none.

    Raises:
        NoSuchJob, WrongStep: "from->to" when the table does not allow it.
    """
    current = job(connection, job_id)
    if to not in STEPS[current.state]:
        raise WrongStep(f"{current.state}->{to}")
    connection.execute(
        "UPDATE print_job SET state = ?, reason = ?, changed_at = ?, paper_mm = paper_mm + ?,"
        " secret = CASE WHEN ? THEN secret ELSE NULL END WHERE id = ?",
        (to, why, stamp(now), paper_mm, to in _KEEPS_SECRET, job_id),
    )
    _note(connection, job_id, current.state, to, by, why, now)


def expire(connection: sqlite3.Connection, now: datetime) -> list[int]:
    """Cancels what waited too long, so that no stranger takes it; the numbers of those jobs."""
    rows = connection.execute(
        "SELECT id FROM print_job WHERE state = 'queued' AND expires_at <= ? ORDER BY id", (stamp(now),)
    ).fetchall()
    for (job_id,) in rows:
        step(connection, job_id, State.CANCELLED, by=WORKER, why="expired", now=now)
    return [int(job_id) for (job_id,) in rows]


def recover(connection: sqlite3.Connection, now: datetime) -> list[int]:
    """After a start: what was on its way to the printer is uncertain, and the next job begins cleanly."""
    rows = connection.execute(
        "SELECT id FROM print_job WHERE state IN ('sending', 'sent') ORDER BY id"
    ).fetchall()
    for (job_id,) in rows:
        step(connection, job_id, State.UNCERTAIN, by=WORKER, why="restart", now=now)
    if rows:
        tear(connection)
    return [int(job_id) for (job_id,) in rows]


def confirm_taken(connection: sqlite3.Connection, job_id: int, *, by: str, now: datetime) -> None:
    """A person says "I have it". A second tap changes nothing."""
    if job(connection, job_id).state is not State.PRINTED:
        step(connection, job_id, State.PRINTED, by=by, why="taken", now=now)


def reprint(
    connection: sqlite3.Connection, job_id: int, *, by: str, why: str, now: datetime, expires_at: datetime
) -> int:
    """
    The number of a new copy, marked 补打 and without the code. A second tap gets the copy that is on its way.

    Args:
        by: A clerk's account name, or "citizen".
        why: A code such as "not-taken", or a clerk's words.
    Raises:
        WrongStep: The paper is still waiting or being sent, or what it said has been erased.
    """
    old = job(connection, job_id)
    family = [one for one in jobs_of(connection, old.request_key) if one.kind == old.kind]
    newest = family[-1]
    if newest.id != old.id and newest.state in (State.QUEUED, State.SENDING):
        return newest.id
    if newest.state in (State.QUEUED, State.SENDING):
        raise WrongStep(f"{newest.state}->reprint")
    if not old.slip:
        raise WrongStep("forgotten->reprint")
    if newest.state in (State.SENT, State.UNCERTAIN):
        step(connection, newest.id, State.SUPERSEDED, by=by, why=why, now=now)
    return _insert(
        connection,
        old.slip,
        old.request_key,
        old.kind,
        newest.copy + 1,
        now,
        expires_at,
        None,
        (by, why),
        old.has_secret,
    )


def cancel(connection: sqlite3.Connection, job_id: int, *, by: str, why: str, now: datetime) -> bool:
    """Whether the job will surely not be printed: false when it is already on its way or done."""
    current = job(connection, job_id)
    if current.state is State.QUEUED:
        step(connection, job_id, State.CANCELLED, by=by, why=why, now=now)
    return current.state in (State.QUEUED, State.CANCELLED)


def forget(connection: sqlite3.Connection, before: datetime) -> int:
    """Erases what finished jobs said, so that snapshots do not pile up; how many. Numbers and events stay."""
    done = connection.execute(
        "UPDATE print_job SET slip = '' WHERE slip <> '' AND changed_at < ?"
        " AND state NOT IN ('queued', 'sending', 'sent')",
        (stamp(before),),
    )
    return done.rowcount


def paper_used(connection: sqlite3.Connection, since: datetime) -> dict[str, int]:
    """Millimetres of paper by kind of slip since then."""
    rows = connection.execute(
        "SELECT kind, SUM(paper_mm) FROM print_job WHERE changed_at >= ? GROUP BY kind ORDER BY kind",
        (stamp(since),),
    )
    return {kind: int(total) for kind, total in rows if total}


@dataclass(frozen=True)
class DeviceState:
    """What the worker last saw: `ok`, `low` (prints, paper near its end), `bad` with a reason, or `unknown`."""

    state: str
    reason: str
    checked_at: datetime | None
    torn: bool


def device(connection: sqlite3.Connection) -> DeviceState:
    """The state of the one printer."""
    row: Sequence[str] = connection.execute(
        "SELECT state, reason, checked_at, torn FROM print_device"
    ).fetchone()
    state, reason, checked_at, torn = row
    return DeviceState(state, reason, datetime.fromisoformat(checked_at) if checked_at else None, bool(torn))


def note_device(connection: sqlite3.Connection, state: str, reason: str, now: datetime) -> None:
    """Writes down what the printer said."""
    connection.execute(
        "UPDATE print_device SET state = ?, reason = ?, checked_at = ?", (state, reason, stamp(now))
    )


def tear(connection: sqlite3.Connection) -> None:
    """A job broke off: the next one begins with a clean start."""
    connection.execute("UPDATE print_device SET torn = 1")


def mend(connection: sqlite3.Connection) -> None:
    """The clean start has been made."""
    connection.execute("UPDATE print_device SET torn = 0")


def stamp(at: datetime) -> str:
    """A time as stored: ISO 8601 in UTC with milliseconds, so that texts sort as times."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _insert(
    connection: sqlite3.Connection,
    slip: str,
    request_key: str,
    kind: str,
    copy: int,
    created_at: datetime,
    expires_at: datetime,
    secret: bytes | None,
    author: tuple[str, str],
    has_secret: bool = False,
) -> int:
    cursor = connection.execute(
        "INSERT INTO print_job (request_key, kind, copy, state, slip, secret, has_secret, created_at, expires_at,"
        " changed_at) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?)",
        (
            request_key,
            kind,
            copy,
            slip,
            secret,
            int(has_secret or secret is not None),
            stamp(created_at),
            stamp(expires_at),
            stamp(created_at),
        ),
    )
    job_id = cursor.lastrowid
    assert job_id is not None
    _note(connection, job_id, "", State.QUEUED, *author, created_at)
    return job_id


def _note(
    connection: sqlite3.Connection, job_id: int, before: str, after: str, by: str, why: str, now: datetime
) -> None:
    connection.execute(
        "INSERT INTO print_event (job_id, at, from_state, to_state, by_whom, why) VALUES (?, ?, ?, ?, ?, ?)",
        (job_id, stamp(now), before, after, by, why),
    )


def _job(row: Sequence[object]) -> Job:
    (
        number,
        request_key,
        kind,
        copy,
        state,
        reason,
        slip,
        secret,
        has_secret,
        created,
        expires,
        changed,
        mm,
    ) = row
    return Job(
        id=int(str(number)),
        request_key=str(request_key),
        kind=str(kind),
        copy=int(str(copy)),
        state=State(str(state)),
        reason=str(reason),
        slip=str(slip),
        secret=bytes(secret) if isinstance(secret, bytes | memoryview) else None,
        has_secret=bool(has_secret),
        created_at=datetime.fromisoformat(str(created)),
        expires_at=datetime.fromisoformat(str(expires)),
        changed_at=datetime.fromisoformat(str(changed)),
        paper_mm=int(str(mm)),
    )
