"""
The worker of the page printer: sends A4 papers from the spool by IPP and records only what is proven.

As for slips: `sending` is committed before the first byte, a printer that did not report that it can print gets
nothing, and an interrupted job is `uncertain`. A page printer keeps what it was given; a page that does not come out
in time is cancelled there, so that it does not come out for somebody else. Each question has its time limit (ipp.py).
"""

import base64
import re
import threading
from collections.abc import Callable
from datetime import datetime

from printers.device import ipp
from printers.device.ipp import JobState
from printers.errors import LinkFault, NotReached, PrintFault, SecretLost, SourceGone
from printers.paper import encode, pdf
from printers.paper.document import Slip
from printers.paper.fonts import Fonts
from printers.spooler.paper_waits import SteadyTime
from printers.spooler.queue import OpenSecret, Queue, Writing
from printers.spooler.spool import FILE_MARK, PAGE, Job, PrintJobState
from printers.spooler.worker import POLL_S, RETRY_S, STATUS_EVERY_S

PAGE_MM = 297
PATIENCE_S = 60.0
"""Seconds after which a page that has not come out is cancelled: the person who ordered it has probably left."""
_PAGES = re.compile(rb"/Pages/Count (\d+)|/Count (\d+)")


def _no_sources(source: str) -> bytes:
    """Refuse every source: for a worker that knows no files."""
    raise SourceGone(source)


class PageWorker:
    """
    The worker; `run` repeats its `step`.

    Args:
        url: ipp://HOST:631/ipp/print or ipps://.
        open_secret: Decrypts what was sealed in this boot; None when its key is gone.
        pause: Waits between two questions for a job.
        marks: The words that are put on reprints, by language.
        sources: Returns the PDF for a job's source; raises SourceGone.
        steady: By which the terms of papers are judged; None: by wall time.
    """

    def __init__(
        self,
        writing: Writing,
        url: str,
        *,
        open_secret: OpenSecret,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        pause: Callable[[float], object],
        fonts: Fonts | None = None,
        marks: encode.MarksOf = encode.USUAL,
        patience_s: float = PATIENCE_S,
        sources: Callable[[str], bytes] = _no_sources,
        steady: SteadyTime | None = None,
    ) -> None:
        self._queue = Queue(writing, open_secret, now, PAGE, steady)
        self._url = url
        self._marks = marks
        self._monotonic = monotonic
        self._pause = pause
        self._fonts = fonts
        self._patience_s = patience_s
        self._sources = sources
        self._look_again = self._retry = monotonic()

    def recover(self) -> list[int]:
        """Mark as uncertain what was being sent when the last worker ended; return the numbers of those jobs."""
        return self._queue.recover()

    def step(self) -> bool:
        """Print the next job if there is one; return whether a job left the queue."""
        job = self._queue.next()
        if job is not None and self._monotonic() >= self._retry:
            return self._take(job)
        if job is None and self._monotonic() >= self._look_again:
            self._look_again = self._monotonic() + STATUS_EVERY_S
            self._may_print()
        return False

    def _take(self, job: Job) -> bool:
        try:
            page = self._page(job)
        except PrintFault as fault:
            self._queue.step(job, PrintJobState.CANCELLED, fault.code)
            return True
        if not self._may_print():
            self._retry = self._monotonic() + RETRY_S
            return False
        return self._send(job, page)

    def _page(self, job: Job) -> bytes:
        """Return the PDF of a job."""
        if job.source:
            return self._sources(job.source)
        value = self._queue.secret(job)
        if not job.is_sealed:
            return pdf.render(
                encode.as_copy(job.document(), job.copy, self._marks), value, with_fonts=self._fonts
            )
        if value is None:
            raise SecretLost
        if value.startswith(FILE_MARK):
            return base64.b64decode(value.removeprefix(FILE_MARK))
        return pdf.render(
            encode.as_copy(Slip.from_json(value), job.copy, self._marks), with_fonts=self._fonts
        )

    def _may_print(self) -> bool:
        status = ipp.printer(self._url)
        self._queue.note(status)
        return status.may_print

    def _send(self, job: Job, page: bytes) -> bool:
        if not self._queue.claim(job):
            return True
        try:
            number = ipp.print_pdf(self._url, page, job_name=f"{job.kind}-{job.id}")
        except (NotReached, LinkFault) as fault:
            return self._broke(job, fault, page)
        self._queue.step(job, PrintJobState.SENT, "", paper_mm=PAGE_MM * pages_in(page))
        self._prove(job, number)
        return True

    def _broke(self, job: Job, fault: LinkFault, page: bytes) -> bool:
        self._retry = self._monotonic() + RETRY_S
        if fault.written == 0:
            self._queue.step(job, PrintJobState.QUEUED, fault.code)
            return False
        self._queue.step(job, PrintJobState.UNCERTAIN, fault.code, paper_mm=PAGE_MM * pages_in(page))
        return True

    def _prove(self, job: Job, number: int) -> None:
        """Wait until the printer reports the page as out; else cancel it there."""
        try:
            last = ipp.settled(
                self._url, number, monotonic=self._monotonic, pause=self._pause, limit_s=self._patience_s
            )
            if last is JobState.COMPLETED:
                self._queue.step(job, PrintJobState.PRINTED, "proven")
                return
            if last not in (JobState.CANCELED, JobState.ABORTED):
                ipp.cancel(self._url, number)
            self._queue.step(job, PrintJobState.UNCERTAIN, last.name.lower())
        except LinkFault as fault:
            self._queue.step(job, PrintJobState.UNCERTAIN, fault.code)


def run(worker: PageWorker, stop: threading.Event) -> None:
    """Serve the page printer until `stop` is set."""
    worker.recover()
    while not stop.is_set():
        if not worker.step():
            stop.wait(POLL_S)


def pages_in(page: bytes) -> int:
    """Return the number of pages of a PDF that pdf.py made."""
    counts = [int(one or other) for one, other in _PAGES.findall(page)]
    return max(counts, default=1)
