"""The spool as a worker uses it: each step is committed by itself, and a person's decision meanwhile is kept."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from printers.device.replies import Status
from printers.errors import SecretLost, WrongStep
from printers.spooler import paper_waits, spool
from printers.spooler.models import Database
from printers.spooler.paper_waits import SteadyTime
from printers.spooler.spool import RECEIPT, WORKER, Job, PrintJobState

_log = logging.getLogger(__name__)

Writing = Callable[[], AbstractContextManager[Database]]
OpenSecret = Callable[[bytes], str | None]


@dataclass(frozen=True)
class Queue:
    """
    The papers for one device.

    Args:
        writing: Opens a transaction on the station's database; commits at its end.
        open_secret: Decrypts what was sealed in this boot; None when its key is gone.
        steady: By which terms are judged; None: only by wall time.
    """

    writing: Writing
    open_secret: OpenSecret
    now: Callable[[], datetime]
    device: str = RECEIPT
    steady: SteadyTime | None = None

    def recover(self) -> list[int]:
        """Mark as uncertain what was being sent when the last worker ended; return the numbers of those jobs."""
        with self.writing() as database:
            return spool.recover(database, self.now(), self.device)

    def next(self) -> Job | None:
        """Return the job to print now, after cancelling those whose time has run out."""
        with self.writing() as database:
            if self.steady is None:
                spool.expire(database, self.now())
                return spool.next_queued(database, self.now(), self.device)
            paper_waits.expire(database, self.now(), self.steady)
            waiting = spool.queued(database, self.device)
            now, steady = self.now(), self.steady
            return next((job for job in waiting if paper_waits.may_print(database, job, now, steady)), None)

    def secret(self, job: Job) -> str | None:
        """Return a job's sealed value in clear; None when it has none. Raises SecretLost."""
        if job.secret is None:
            return None
        value = self.open_secret(job.secret)
        if value is None:
            raise SecretLost
        return value

    def claim(self, job: Job) -> bool:
        """
        Commit `sending` before the first byte; return false when the job was cancelled or ran out of time meanwhile.
        """
        with self.writing() as database:
            current = spool.job(database, job.id)
            if current.state is not PrintJobState.QUEUED:
                return False
            if not paper_waits.may_print(database, current, self.now(), self.steady):
                return False
            spool.step(database, job.id, PrintJobState.SENDING, by=WORKER, why="", now=self.now())
        return True

    def step(self, job: Job, to: PrintJobState, why: str, *, paper_mm: int = 0, torn: bool = False) -> None:
        """Commit a step; `torn` records an interrupted paper, so that the next job begins with a clean start."""
        with self.writing() as database:
            try:
                spool.step(database, job.id, to, by=WORKER, why=why, now=self.now(), paper_mm=paper_mm)
            except WrongStep:
                # A person was faster ("I have it" while the proof was awaited): their decision is kept.
                _log.info("job %s: a person was faster", job.id)
            if torn:
                spool.note_break(database, self.device)

    def note(self, status: Status) -> None:
        """Commit the device's state; log it when it changed."""
        with self.writing() as database:
            before = spool.device(database, self.device)
            if (before.state, before.reason) != (status.health, status.reason):
                _log.info("printer %s %s %s", self.device, status.health, status.reason)
            spool.note_device(database, status.health, status.reason, self.now(), self.device)
