"""
How long a paper may wait, and for whom: in steady time of one boot, so that no clock that is set makes it print.

A paper may belong to an owner, such as a visit: when that has ended, the paper is no longer printed, for somebody else
may be in front of the printer then. A paper without such a row ends by its `expires_at`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import peewee

from printers.spooler import spool
from printers.spooler.models import Database
from printers.spooler.spool import WORKER, Job, PrintJobState

GRACE_S = 5.0
"""Seconds in which an owner may still be about to be stored."""


class PaperWaitRow(peewee.Model):
    """The term of one job; times are steady seconds of boot `boot_id`."""

    job_id = peewee.IntegerField(primary_key=True)
    boot_id = peewee.TextField()
    since_s = peewee.DoubleField()
    until_s = peewee.DoubleField()
    owner = peewee.TextField(default="")

    class Meta:
        table_name = "paper_wait"


@dataclass(frozen=True)
class PaperWait:
    """From when to when a paper may wait, in one boot; `owner`: empty for a paper that nobody in particular awaits."""

    boot_id: str
    since_s: float
    until_s: float
    owner: str = ""


def _nobody(owner: str) -> bool:
    return True


@dataclass(frozen=True)
class SteadyTime:
    """
    The boot, its seconds, and whether an owner is still there.

    Args:
        is_there: Asked within the transaction of the spool.
    """

    boot_id: str
    monotonic: Callable[[], float]
    is_there: Callable[[str], bool] = _nobody


def keep(database: Database, job_id: int, term: PaperWait) -> None:
    """Store the term of a job; the first one counts."""
    PaperWaitRow.insert(job_id=job_id, **vars(term)).on_conflict_ignore().execute(database)


def may_print(database: Database, job: Job, now: datetime, steady: SteadyTime | None) -> bool:
    """Return whether a queued job may be sent now."""
    term = _term(database, job) if steady else None
    if steady is None or term is None:
        return job.expires_at > now
    return not _is_over(term, steady) and (not term.owner or steady.is_there(term.owner))


def expire(database: Database, now: datetime, steady: SteadyTime) -> list[int]:
    """Cancel jobs that waited too long or whose owner has left; return their numbers."""
    late = [job.id for job in spool.queued(database) if _is_late(database, job, now, steady)]
    for job_id in late:
        spool.step(database, job_id, PrintJobState.CANCELLED, by=WORKER, why="expired", now=now)
    return late


def withdraw(database: Database, owner: str, *, now: datetime) -> list[int]:
    """Cancel the papers of an owner who leaves that are not being printed yet; return their numbers."""
    owned = PaperWaitRow.select(PaperWaitRow.job_id).where(PaperWaitRow.owner == owner)
    numbers = {number for (number,) in owned.tuples().execute(database)}
    waiting = [job.id for job in spool.queued(database) if job.id in numbers]
    for job_id in waiting:
        spool.step(database, job_id, PrintJobState.CANCELLED, by=WORKER, why="left", now=now)
    return waiting


def hand_on(database: Database, before: str, after: str) -> None:
    """Give the papers of an owner to the one it has become."""
    PaperWaitRow.update(owner=after).where(PaperWaitRow.owner == before).execute(database)


def _term(database: Database, job: Job) -> PaperWait | None:
    columns = (PaperWaitRow.boot_id, PaperWaitRow.since_s, PaperWaitRow.until_s, PaperWaitRow.owner)
    row = PaperWaitRow.select(*columns).where(PaperWaitRow.job_id == job.id).tuples().first(database)
    return PaperWait(*row) if row else None


def _is_late(database: Database, job: Job, now: datetime, steady: SteadyTime) -> bool:
    term = _term(database, job)
    if term is None:
        return job.expires_at <= now
    if _is_over(term, steady):
        return True
    is_new = steady.monotonic() - term.since_s < GRACE_S
    return bool(term.owner) and not is_new and not steady.is_there(term.owner)


def _is_over(term: PaperWait, steady: SteadyTime) -> bool:
    return term.boot_id != steady.boot_id or steady.monotonic() >= term.until_s
