"""
The one process that owns the printer: takes jobs from the spool, sends them, and records only what is proven.

Guarantees: `sending` is committed before the first byte; a printer that did not report that it can print gets
nothing; an interrupted job is `uncertain` and never sent again by itself; a hanging write ends the process in 15 s.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from printers.device import escpos_commands, profiles, talk
from printers.device.drivers import DeviceLink, Opener
from printers.device.profiles import JobEnd, Profile, StatusKind
from printers.device.replies import Health, Status
from printers.errors import LinkFault, NotReached, PrintFault, SecretLost, WriteStalled
from printers.paper import encode, selftest
from printers.paper.document import Slip
from printers.paper.fonts import Fonts
from printers.spooler import spool
from printers.spooler.paper_waits import SteadyTime
from printers.spooler.queue import OpenSecret, Queue, Writing
from printers.spooler.spool import Job, PrintJobState

WATCHDOG_S = 15.0
POLL_S = 0.5
STATUS_EVERY_S = 15.0
RETRY_S = 3.0
WHOLE_JOB_S = 60.0
EXIT_HUNG = 75
"""Exit code of a process ended by its watchdog (EX_TEMPFAIL): start it again."""


@dataclass(frozen=True)
class PrinterDevice:
    """The printer: its profile, the function that opens it, the fonts for its paper, the words of its marks."""

    profile: Profile
    open: Opener
    fonts: Fonts | None = None
    marks: encode.MarksOf = field(default_factory=dict)


def run(
    writing: Writing,
    device: PrinterDevice,
    *,
    open_secret: OpenSecret,
    now: Callable[[], datetime],
    monotonic: Callable[[], float],
    stop: threading.Event,
    hung: Callable[[], None] | None = None,
    steady: SteadyTime | None = None,
) -> None:
    """
    Serve the spool until `stop` is set.

    Args:
        writing: Opens a transaction on the station's database; commits at its end.
        open_secret: Decrypts the value of a Secret block; returns None when its key is gone.
        now: Aware wall clock. monotonic: seconds that never go back.
        hung: Called by the watchdog; by default it ends this process with EXIT_HUNG.
        steady: By which the terms of papers are judged; None: by wall time.
    """
    watchdog = Watchdog(WATCHDOG_S, monotonic, hung or (lambda: os._exit(EXIT_HUNG)))
    worker = Worker(
        writing,
        device,
        open_secret=open_secret,
        now=now,
        monotonic=monotonic,
        watchdog=watchdog,
        steady=steady,
    )
    worker.recover()
    with watchdog.watching():
        while not stop.is_set():
            if not worker.step():
                stop.wait(POLL_S)


class Watchdog:
    """A thread that calls `hung` when a guarded stretch reports no progress for too long."""

    def __init__(self, limit_s: float, monotonic: Callable[[], float], hung: Callable[[], None]) -> None:
        self._limit_s = limit_s
        self._monotonic = monotonic
        self._hung = hung
        self._beaten: float | None = None

    def beat(self) -> None:
        """Report progress."""
        self._beaten = self._monotonic()

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Guard the statements inside, which must report progress by `beat`."""
        self.beat()
        try:
            yield
        finally:
            self._beaten = None

    @contextmanager
    def watching(self, every_s: float = 0.5) -> Iterator[None]:
        """Run the watchdog's thread while the block runs."""
        done = threading.Event()
        thread = threading.Thread(
            target=self._watch, args=(done, every_s), name="printer-watchdog", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _watch(self, done: threading.Event, every_s: float) -> None:
        while not done.wait(every_s):
            beaten = self._beaten
            if beaten is not None and self._monotonic() - beaten > self._limit_s:
                self._beaten = None
                self._hung()


class Worker:
    """The worker; `run` repeats its `step`."""

    def __init__(
        self,
        writing: Writing,
        device: PrinterDevice,
        *,
        open_secret: OpenSecret,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        watchdog: Watchdog | None = None,
        waits: talk.Waits | None = None,
        steady: SteadyTime | None = None,
    ) -> None:
        self._queue = Queue(writing, open_secret, now, steady=steady)
        self._device = device
        self._monotonic = monotonic
        self._watchdog = watchdog or Watchdog(WATCHDOG_S, monotonic, lambda: None)
        self._waits = waits or talk.Waits()
        self._look_again = monotonic()
        self._retry = monotonic()

    @cached_property
    def _void(self) -> bytes:
        return encode.encode(
            encode.void_mark(self._device.marks), self._device.profile, with_fonts=self._device.fonts
        ).data

    def recover(self) -> list[int]:
        """Mark as uncertain what was being sent when the last worker ended; return the numbers of those jobs."""
        return self._queue.recover()

    def step(self) -> bool:
        """Print the next job if there is one; return whether a job left the queue (another may follow at once)."""
        job = self._queue.next()
        if job is not None and self._monotonic() >= self._retry:
            return self._take(job)
        if job is None and self._monotonic() >= self._look_again:
            self._look()
        return False

    def _look(self) -> None:
        """Ask an idle printer for its state."""
        self._look_again = self._monotonic() + STATUS_EVERY_S
        with self._linked() as link:
            if link is not None:
                self._ask(link)

    def _take(self, job: Job) -> bool:
        try:
            encoded = self._encoded(job)
        except PrintFault as fault:
            self._queue.step(job, PrintJobState.CANCELLED, fault.code)
            return True
        with self._linked() as link:
            if link is None or not self._ready(link):
                self._retry = self._monotonic() + RETRY_S
                return False
            return self._send(job, link, encoded)

    def _encoded(self, job: Job) -> encode.Encoded:
        """Return the bytes of a job."""
        value = self._queue.secret(job)
        slip, profile, fonts = job.document(), self._device.profile, self._device.fonts
        if job.is_sealed:
            if value is None:
                raise SecretLost
            slip, value = Slip.from_json(value), None
        if slip.kind == selftest.KIND:
            return selftest.encoded(profile, profiles.load(), with_fonts=fonts)
        return encode.encode(
            encode.as_copy(slip, job.copy, self._device.marks), profile, value, with_fonts=fonts
        )

    @contextmanager
    def _linked(self) -> Iterator[DeviceLink | None]:
        """Yield an open link, or None when the device cannot be reached; close it in every case."""
        with self._watchdog.guarding():
            try:
                link = self._device.open()
            except LinkFault as fault:
                reason = "not-reached" if isinstance(fault, NotReached) else fault.code
                self._queue.note(Status(Health.BAD, reason))
                yield None
                return
            try:
                yield link
            finally:
                link.close()

    def _ready(self, link: DeviceLink) -> bool:
        """Return whether the printer may get a job, after the clean start that an interrupted job requires."""
        if not self._ask(link):
            return False
        with self._queue.writing() as database:
            torn = spool.device(database).torn
        if not torn:
            return True
        try:
            self._pour(link, escpos_commands.clean_start(self._device.profile) + self._void)
        except LinkFault:
            return False
        with self._queue.writing() as database:
            spool.note_clean_start(database)
        return True

    def _ask(self, link: DeviceLink) -> bool:
        if self._device.profile.status is StatusKind.NONE:
            self._queue.note(Status(Health.UNKNOWN, "silent"))
            return True
        status = talk.ask(link, self._monotonic, self._waits)
        self._queue.note(status)
        return status.may_print

    def _send(self, job: Job, link: DeviceLink, encoded: encode.Encoded) -> bool:
        if not self._queue.claim(job):
            return True
        try:
            self._pour(link, encoded.data + encode.job_end(self._device.profile, job.id))
        except LinkFault as fault:
            self._broke(job, fault, encoded.paper_mm)
            return fault.written > 0
        self._queue.step(job, PrintJobState.SENT, "", paper_mm=encoded.paper_mm)
        self._prove(job, link, len(encoded.data))
        return True

    def _broke(self, job: Job, fault: LinkFault, paper_mm: int) -> None:
        """Put the job back in the queue if no byte was accepted; else mark it uncertain, for a person to decide."""
        self._queue.note(Status(Health.BAD, fault.code))
        self._retry = self._monotonic() + RETRY_S
        if fault.written == 0:
            self._queue.step(job, PrintJobState.QUEUED, fault.code)
            return
        self._queue.step(job, PrintJobState.UNCERTAIN, fault.code, paper_mm=paper_mm, torn=True)

    def _prove(self, job: Job, link: DeviceLink, size: int) -> None:
        """Wait for the proof; on a serial line also for the time the bytes need to arrive."""
        profile = self._device.profile
        if profile.job_end is JobEnd.NONE:
            return
        line_s = 10 * size / profile.baud if profile.baud else 0.0
        waits = replace(self._waits, proof_s=self._waits.proof_s + line_s)
        verdict = talk.await_end(link, profile.job_end, job.id, self._monotonic, waits, self._watchdog.beat)
        self._queue.note(verdict)
        if verdict.may_print:
            self._queue.step(job, PrintJobState.PRINTED, "proven")
        else:
            self._queue.step(job, PrintJobState.UNCERTAIN, verdict.reason, torn=True)

    def _pour(self, link: DeviceLink, data: bytes) -> None:
        """Send everything; a LinkFault carries how many bytes had been accepted."""
        baud = self._device.profile.baud
        end = self._monotonic() + WHOLE_JOB_S + (20 * len(data) / baud if baud else 0.0)
        done = 0
        while done < len(data):
            if self._monotonic() > end:
                raise WriteStalled("too-slow", done)
            try:
                done += link.write(data[done : done + 8192])
            except LinkFault as fault:
                raise type(fault)(str(fault), done) from fault
            self._watchdog.beat()
