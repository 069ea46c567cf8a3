"""
The papers of this machine that are to be printed, and what became of them.

All functions run inside the caller's transaction, on its raw SQLite connection. Only `queued` jobs are ever sent by
themselves; from `sent` and `uncertain` only a person goes on. The table of steps is in README.md.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .document import Slip
from .errors import NoSuchJob, WrongStep
from .standing import PAGE as PAGE
from .standing import RECEIPT as RECEIPT
from .standing import DeviceState as DeviceState
from .standing import device as device
from .standing import mend as mend
from .standing import note_device as note_device
from .standing import stamp as stamp
from .standing import tear as tear

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
    """
    One paper in the spool; `copy` 0 is the original, N its Nth reprint.

    is_sealed: the paper holds personal data. `slip` only names it; `secret` is the whole slip, encrypted.
    source: the paper is pages of a file. `slip` only names them; whoever runs the worker knows what the source means.
    """

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
    device: str
    is_sealed: bool
    source: str = ""

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
    " created_at, expires_at, changed_at, paper_mm, device, is_sealed, source"
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
    device: str = RECEIPT,
    is_sealed: bool = False,
    source: str = "",
) -> int:
    """
    The number of the job; the same one when this request already has a job of this kind, so two taps make one.

    Args:
        slip: Without personal data in clear: what is stored is what a reprint shows.
        request_key: What the paper belongs to; no personal data.
        expires_at: A job still waiting then is never printed by itself (10 minutes for receipts).
        secret: Encrypted value of the Secret block, or the whole paper encrypted where `is_sealed`; erased before
            the paper is called printed.
        device: RECEIPT or PAGE.
        source: Pages of a file instead of the slip, on a page printer only; see Job.
    """
    found = connection.execute(
        "SELECT id FROM print_job WHERE request_key = ? AND kind = ? AND copy = 0", (request_key, kind)
    ).fetchone()
    if found:
        return int(found[0])
    paper = _New(slip.to_json(), request_key, kind, 0, created_at, expires_at, device, source=source)
    return _insert(
        connection,
        replace(paper, secret=secret, has_secret=secret is not None, is_sealed=is_sealed),
        WORKER,
        "new",
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


def next_queued(connection: sqlite3.Connection, now: datetime, device: str = RECEIPT) -> Job | None:
    """The oldest job that may be sent to this printer."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM print_job WHERE state = 'queued' AND device = ? AND expires_at > ?"
        " ORDER BY id LIMIT 1",
        (device, stamp(now)),
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


def recover(connection: sqlite3.Connection, now: datetime, device: str = RECEIPT) -> list[int]:
    """After a start: what was on its way to this printer is uncertain, and the next job begins cleanly."""
    rows = connection.execute(
        "SELECT id FROM print_job WHERE state IN ('sending', 'sent') AND device = ? ORDER BY id", (device,)
    ).fetchall()
    for (job_id,) in rows:
        step(connection, job_id, State.UNCERTAIN, by=WORKER, why="restart", now=now)
    if rows:
        tear(connection, device)
    return [int(job_id) for (job_id,) in rows]


def confirm_taken(connection: sqlite3.Connection, job_id: int, *, by: str, now: datetime) -> None:
    """A person says "I have it". A second tap changes nothing."""
    if job(connection, job_id).state is not State.PRINTED:
        step(connection, job_id, State.PRINTED, by=by, why="taken", now=now)


def reprint(
    connection: sqlite3.Connection,
    job_id: int,
    *,
    by: str,
    why: str,
    now: datetime,
    expires_at: datetime,
    sealed: bytes | None = None,
) -> int:
    """
    The number of a new copy, marked 补打 and without the code. A second tap gets the copy that is on its way.

    Args:
        by: A clerk's account name, or "citizen".
        why: A code such as "not-taken", or a clerk's words.
        sealed: A sealed paper once more; what it said was erased, so only who still knows it can order a copy.
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
    if not old.slip or (old.is_sealed and sealed is None):
        raise WrongStep("forgotten->reprint")
    if newest.state in (State.SENT, State.UNCERTAIN):
        step(connection, newest.id, State.SUPERSEDED, by=by, why=why, now=now)
    copy = _New(
        old.slip, old.request_key, old.kind, newest.copy + 1, now, expires_at, old.device, source=old.source
    )
    return _insert(
        connection, replace(copy, secret=sealed, has_secret=old.has_secret, is_sealed=old.is_sealed), by, why
    )


def cancel(connection: sqlite3.Connection, job_id: int, *, by: str, why: str, now: datetime) -> bool:
    """Whether the job will surely not be printed: false when it is already on its way or done."""
    current = job(connection, job_id)
    if current.state is State.QUEUED:
        step(connection, job_id, State.CANCELLED, by=by, why=why, now=now)
    return current.state in (State.QUEUED, State.CANCELLED)


def withdraw(connection: sqlite3.Connection, request_keys: Sequence[str], *, now: datetime) -> list[int]:
    """Cancels what a visitor ordered and did not get before leaving, so that it is not handed to the next one."""
    waiting = [
        job.id
        for key in dict.fromkeys(request_keys)
        for job in jobs_of(connection, key)
        if job.is_sealed and job.state is State.QUEUED
    ]
    for job_id in waiting:
        step(connection, job_id, State.CANCELLED, by=WORKER, why="left", now=now)
    return waiting


def forget(connection: sqlite3.Connection, before: datetime) -> int:
    """Erases what finished jobs said, so that snapshots do not pile up; how many. Numbers and events stay."""
    done = connection.execute(
        "UPDATE print_job SET slip = '' WHERE slip <> '' AND changed_at < ?"
        " AND state NOT IN ('queued', 'sending', 'sent')",
        (stamp(before),),
    )
    return done.rowcount


def paper_used(connection: sqlite3.Connection, since: datetime | None = None) -> dict[str, int]:
    """Millimetres of paper by kind of slip, in all or since then."""
    rows = connection.execute(
        "SELECT kind, SUM(paper_mm) FROM print_job WHERE changed_at >= ? GROUP BY kind ORDER BY kind",
        (stamp(since) if since else "",),
    )
    return {kind: int(total) for kind, total in rows if total}


@dataclass(frozen=True)
class _New:
    """A row of print_job before it has a number."""

    slip: str
    request_key: str
    kind: str
    copy: int
    created_at: datetime
    expires_at: datetime
    device: str
    secret: bytes | None = None
    has_secret: bool = False
    is_sealed: bool = False
    source: str = ""


def _insert(connection: sqlite3.Connection, new: _New, by: str, why: str) -> int:
    cursor = connection.execute(
        "INSERT INTO print_job (request_key, kind, copy, state, slip, secret, has_secret, created_at, expires_at,"
        " changed_at, device, is_sealed, source) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.request_key,
            new.kind,
            new.copy,
            new.slip,
            new.secret,
            int(new.has_secret),
            stamp(new.created_at),
            stamp(new.expires_at),
            stamp(new.created_at),
            new.device,
            int(new.is_sealed),
            new.source,
        ),
    )
    job_id = cursor.lastrowid
    assert job_id is not None
    _note(connection, job_id, "", State.QUEUED, by, why, new.created_at)
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
        device_name,
        is_sealed,
        source,
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
        device=str(device_name),
        is_sealed=bool(is_sealed),
        source=str(source),
    )
