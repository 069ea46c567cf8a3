"""
The spool: the papers of this machine that are to be printed, and the state of each.

All functions run inside the caller's transaction, on the database it passes. Only `queued` jobs are sent without a
person; from `sent` and `uncertain` only a person moves a job on. The table of steps is in printers/README.md.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import Expression, ModelSelect, fn

from printers.errors import NoSuchJob, WrongStep
from printers.paper.document import Slip
from printers.spooler.condition import PAGE as PAGE
from printers.spooler.condition import RECEIPT as RECEIPT
from printers.spooler.condition import DeviceState as DeviceState
from printers.spooler.condition import device as device
from printers.spooler.condition import note_break as note_break
from printers.spooler.condition import note_clean_start as note_clean_start
from printers.spooler.condition import note_device as note_device
from printers.spooler.models import PLACE, Database, PrintEvent, PrintJob, Rows, stamp

WORKER = "worker"


FILE_MARK = "file:"
"""Begins the sealed content of a job that is a PDF already, and no slip."""


def sealed_file(pdf: bytes) -> str:
    """Return a PDF as the content of a sealed job, to be encrypted by the caller."""
    return FILE_MARK + base64.b64encode(pdf).decode()


class PrintJobState(StrEnum):
    """State of a job."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PRINTED = "printed"
    UNCERTAIN = "uncertain"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


STEPS: dict[PrintJobState, frozenset[PrintJobState]] = {
    PrintJobState.QUEUED: frozenset({PrintJobState.SENDING, PrintJobState.CANCELLED}),
    PrintJobState.SENDING: frozenset({PrintJobState.QUEUED, PrintJobState.SENT, PrintJobState.UNCERTAIN}),
    PrintJobState.SENT: frozenset({PrintJobState.PRINTED, PrintJobState.UNCERTAIN, PrintJobState.SUPERSEDED}),
    PrintJobState.UNCERTAIN: frozenset({PrintJobState.PRINTED, PrintJobState.SUPERSEDED}),
    PrintJobState.PRINTED: frozenset(),
    PrintJobState.SUPERSEDED: frozenset(),
    PrintJobState.CANCELLED: frozenset(),
}
_KEEPS_SECRET = (PrintJobState.QUEUED, PrintJobState.SENDING)


def _oldest_first(*which: Expression) -> "ModelSelect[PrintJob]":
    return PrintJob.select().where(*which).order_by(PrintJob.id)


_NUMBERED = Rows(lambda: _oldest_first(PrintJob.id == PLACE))
_OF_REQUEST = Rows(lambda: _oldest_first(PrintJob.request_key == PLACE))
_QUEUED = Rows(lambda: _oldest_first(PrintJob.state == PrintJobState.QUEUED))
_WAITING = Rows(
    lambda: _oldest_first(
        PrintJob.state == PrintJobState.QUEUED, PrintJob.device == PLACE, PrintJob.expires_at > PLACE
    ).limit(1)
)


@dataclass(frozen=True)
class Job:
    """
    One paper in the spool; `copy` 0 is the original, N its Nth reprint.

    is_sealed: the paper holds personal data. `slip` only names it; `secret` is the whole slip, encrypted.
    source: the paper is pages of a file. `slip` only names them; the process that runs the worker resolves the source.
    """

    id: int
    request_key: str
    kind: str
    copy: int
    state: PrintJobState
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
        """Return the stored slip."""
        return Slip.from_json(self.slip)


@dataclass(frozen=True)
class JobEvent:
    """One change of state."""

    at: datetime
    from_state: str
    to_state: str
    by: str
    why: str


def enqueue(
    database: Database,
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
    Store a job; return its number, or the existing one when this request already has a job of this kind.

    Args:
        slip: Without personal data in clear: what is stored is what a reprint shows.
        request_key: What the paper belongs to; no personal data.
        expires_at: A job still waiting then is never printed by itself (10 minutes for receipts).
        secret: Encrypted value of the Secret block, or the whole paper encrypted where `is_sealed`; erased before
            the paper is called printed.
        device: RECEIPT or PAGE.
        source: Pages of a file instead of the slip, on a page printer only; see Job.
    """
    known = (
        PrintJob.select(PrintJob.id)
        .where(PrintJob.request_key == request_key, PrintJob.kind == kind, PrintJob.copy == 0)
        .scalar(database)
    )
    if known:
        return int(known)
    return _insert(
        database,
        WORKER,
        "new",
        request_key=request_key,
        kind=kind,
        slip=slip.to_json(),
        secret=secret,
        has_secret=secret is not None,
        is_sealed=is_sealed,
        source=source,
        device=device,
        created_at=created_at,
        expires_at=expires_at,
    )


def job(database: Database, job_id: int) -> Job:
    """Return the job of that number; raise NoSuchJob when there is none."""
    for row in _NUMBERED.found(database, job_id):
        return _job(row)
    raise NoSuchJob(str(job_id))


def jobs_of(database: Database, request_key: str) -> list[Job]:
    """Return the original and reprints of one request, oldest first."""
    return [_job(row) for row in _OF_REQUEST.found(database, request_key)]


def events(database: Database, job_id: int) -> list[JobEvent]:
    """Return the changes of state of a job, oldest first."""
    columns = (
        PrintEvent.at,
        PrintEvent.from_state,
        PrintEvent.to_state,
        PrintEvent.by_whom.alias("by"),
        PrintEvent.why,
    )
    found = PrintEvent.select(*columns).where(PrintEvent.job_id == job_id).order_by(PrintEvent.id)
    return list(found.objects(JobEvent).execute(database))


def next_queued(database: Database, now: datetime, device: str = RECEIPT) -> Job | None:
    """Return the oldest job that may be sent to this printer."""
    for row in _WAITING.found(database, device, stamp(now)):
        return _job(row)
    return None


def queued(database: Database, device: str | None = None) -> list[Job]:
    """Return the jobs that wait, for one printer or all, oldest first."""
    jobs = [_job(row) for row in _QUEUED.found(database)]
    return [job for job in jobs if device in (None, job.device)]


def step(
    database: Database,
    job_id: int,
    to: PrintJobState,
    *,
    by: str,
    why: str,
    now: datetime,
    paper_mm: int = 0,
) -> None:
    """
    Move a job along the table of steps and record the event; erase the secret when the new state needs none.

    Raises:
        NoSuchJob: There is none of that number.
        WrongStep: "from->to" when the table does not allow it.
    """
    current = job(database, job_id)
    if to not in STEPS[current.state]:
        raise WrongStep(f"{current.state}->{to}")
    PrintJob.update(
        state=to,
        reason=why,
        changed_at=now,
        paper_mm=PrintJob.paper_mm + paper_mm,
        **({} if to in _KEEPS_SECRET else {"secret": None}),
    ).where(PrintJob.id == job_id).execute(database)
    _note(database, job_id, current.state, to, by, why, now)


def expire(database: Database, now: datetime) -> list[int]:
    """Cancel jobs that waited too long, so that a stranger does not take them; return their numbers."""
    late = _numbers(database, (PrintJob.state == PrintJobState.QUEUED) & (PrintJob.expires_at <= now))
    for job_id in late:
        step(database, job_id, PrintJobState.CANCELLED, by=WORKER, why="expired", now=now)
    return late


def recover(database: Database, now: datetime, device: str = RECEIPT) -> list[int]:
    """
    Mark as uncertain, after a start, what was being sent to this printer; the next job begins with a clean start.
    """
    on_their_way = _numbers(
        database,
        PrintJob.state.in_((PrintJobState.SENDING, PrintJobState.SENT)) & (PrintJob.device == device),
    )
    for job_id in on_their_way:
        step(database, job_id, PrintJobState.UNCERTAIN, by=WORKER, why="restart", now=now)
    if on_their_way:
        note_break(database, device)
    return on_their_way


def confirm_taken(database: Database, job_id: int, *, by: str, now: datetime) -> None:
    """Record that a person has the paper; a second tap changes nothing."""
    if job(database, job_id).state is not PrintJobState.PRINTED:
        step(database, job_id, PrintJobState.PRINTED, by=by, why="taken", now=now)


def reprint(
    database: Database,
    job_id: int,
    *,
    by: str,
    why: str,
    now: datetime,
    expires_at: datetime,
    sealed: bytes | None = None,
) -> int:
    """
    Store a new copy, marked 补打 and without the code; return its number, or that of the copy still waiting.

    Args:
        by: A clerk's account name, or "citizen".
        why: A code such as "not-taken", or a clerk's words.
        sealed: The sealed paper again; its content was erased, so only a caller who still holds it can order a copy.
    Raises:
        WrongStep: The paper is still waiting or being sent, or its content has been erased.
    """
    old = job(database, job_id)
    family = [one for one in jobs_of(database, old.request_key) if one.kind == old.kind]
    newest = family[-1]
    if newest.id != old.id and newest.state in (PrintJobState.QUEUED, PrintJobState.SENDING):
        return newest.id
    if newest.state in (PrintJobState.QUEUED, PrintJobState.SENDING):
        raise WrongStep(f"{newest.state}->reprint")
    if not old.slip or (old.is_sealed and sealed is None):
        raise WrongStep("forgotten->reprint")
    if newest.state in (PrintJobState.SENT, PrintJobState.UNCERTAIN):
        step(database, newest.id, PrintJobState.SUPERSEDED, by=by, why=why, now=now)
    return _insert(
        database,
        by,
        why,
        request_key=old.request_key,
        kind=old.kind,
        copy=newest.copy + 1,
        slip=old.slip,
        secret=sealed,
        has_secret=old.has_secret,
        is_sealed=old.is_sealed,
        source=old.source,
        device=old.device,
        created_at=now,
        expires_at=expires_at,
    )


def cancel(database: Database, job_id: int, *, by: str, why: str, now: datetime) -> bool:
    """Cancel a job; return whether it will surely not be printed: false when it is already being sent or done."""
    current = job(database, job_id)
    if current.state is PrintJobState.QUEUED:
        step(database, job_id, PrintJobState.CANCELLED, by=by, why=why, now=now)
    return current.state in (PrintJobState.QUEUED, PrintJobState.CANCELLED)


def forget(database: Database, before: datetime) -> int:
    """Erase the content of finished jobs older than `before`; return how many. Numbers and events stay."""
    is_done = PrintJob.state.not_in((PrintJobState.QUEUED, PrintJobState.SENDING, PrintJobState.SENT))
    return int(
        PrintJob.update(slip="")
        .where(PrintJob.slip != "", PrintJob.changed_at < before, is_done)
        .execute(database)
    )


def paper_used(database: Database, since: datetime | None = None) -> dict[str, int]:
    """Return the millimetres of paper by kind of slip, in all or since `since`."""
    found = (
        PrintJob.select(PrintJob.kind, fn.SUM(PrintJob.paper_mm))
        .where(PrintJob.changed_at >= (since or ""))
        .group_by(PrintJob.kind)
        .order_by(PrintJob.kind)
    )
    return {kind: int(total) for kind, total in found.tuples().execute(database) if total}


def ordered_since(database: Database, moment: datetime) -> list[datetime]:
    """Return the time at which each paper since `moment` was ordered."""
    found = PrintJob.select(PrintJob.created_at).where(PrintJob.created_at >= moment)
    return [at for (at,) in found.tuples().execute(database)]


@dataclass(frozen=True)
class Ordered:
    """Number of papers that came to one state, originals or reprints, and the millimetres they took."""

    state: PrintJobState
    is_reprint: bool
    many: int
    paper_mm: int


def ordered(database: Database, start: datetime, end: datetime) -> list[Ordered]:
    """Return the papers ordered from `start` to before `end`, grouped by state, reprints last."""
    is_reprint = PrintJob.copy > 0
    found = (
        PrintJob.select(PrintJob.state, is_reprint, fn.COUNT(PrintJob.id), fn.SUM(PrintJob.paper_mm))
        .where(PrintJob.created_at >= start, PrintJob.created_at < end)
        .group_by(PrintJob.state, is_reprint)
        .order_by(is_reprint, PrintJob.state)
    )
    return [
        Ordered(PrintJobState(state), bool(again), many, int(paper_mm))
        for state, again, many, paper_mm in found.tuples().execute(database)
    ]


def _insert(database: Database, by: str, why: str, *, created_at: datetime, **columns: Any) -> int:
    """Store a new job; return its number. `columns` are those of the table, times as aware datetimes."""
    job_id = int(
        PrintJob.insert(state=PrintJobState.QUEUED, created_at=created_at, changed_at=created_at, **columns)
        .returning(PrintJob.id)
        .tuples()
        .execute(database)[0][0]
    )
    _note(database, job_id, "", PrintJobState.QUEUED, by, why, created_at)
    return job_id


def _note(database: Database, job_id: int, before: str, after: str, by: str, why: str, now: datetime) -> None:
    PrintEvent.insert(job_id=job_id, at=now, from_state=before, to_state=after, by_whom=by, why=why).execute(
        database
    )


def _job(row: dict[str, Any]) -> Job:
    return Job(**{**row, "state": PrintJobState(row["state"])})


def _numbers(database: Database, which: Expression) -> list[int]:
    found = PrintJob.select(PrintJob.id).where(which).order_by(PrintJob.id)
    return [number for (number,) in found.tuples().execute(database)]
