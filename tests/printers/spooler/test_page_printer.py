"""A4 to a page printer over IPP: the PDF arrives whole, and only "completed" is called done."""

import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from printers.device import ipp
from printers.device.ipp import JobState
from printers.device.replies import Health, Status
from printers.errors import LinkBroken, NotReached, WrongStep
from printers.paper.document import Cut, KeyValue, Slip
from printers.spooler import paper_waits, spool
from printers.spooler.page_worker import PageWorker
from printers.spooler.paper_waits import PaperWait, PaperWaitRow
from printers.spooler.spool import PrintJobState
from tests.printers.faulty import Jumping
from tests.printers.slips import a_short_slip
from tests.printers.stations import Station

PDF = b"%PDF-1.7 a page"


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    return struct.pack(">bh", tag, len(name)) + name.encode() + struct.pack(">h", len(value)) + value


class PagePrinter:
    """A printer of IPP that keeps what it got and goes through the states it is told."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.states = [JobState.PENDING, JobState.PROCESSING, JobState.COMPLETED]
        self.status, self.cut = 0, 0
        self.refuses_jobs = self.garbles_jobs = False
        self.printer_state, self.reasons, self.formats = 3, ["none"], ["application/pdf", "image/urf"]
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

            def do_POST(self) -> None:
                owner.got.append(self.rfile.read(int(self.headers["Content-Length"])))
                body = owner.answer()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"ipp://127.0.0.1:{self.server.server_address[1]}/ipp/print"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def operations(self) -> list[int]:
        return [int.from_bytes(request[2:4], "big") for request in self.got]

    def answer(self) -> bytes:
        head = struct.pack(">bbhi", 2, 0, self.status, 1)
        if self.operations()[-1] == 0x000B:
            return head + self._about()
        if self.operations()[-1] == 0x0002 and self.refuses_jobs:
            return struct.pack(">bbhi", 2, 0, 0x0507, 1) + b"\x03"
        if self.operations()[-1] == 0x0002 and self.garbles_jobs:
            return head + b"\x01\x47\x7f\xff"
        charset = b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
        state = self.states[0] if len(self.states) == 1 else self.states.pop(0)
        number = b"\x02\x21\x00\x06job-id\x00\x04" + struct.pack(">i", 42)
        job_state = b"\x23\x00\x09job-state\x00\x04" + struct.pack(">i", state)
        whole = head + charset + number + job_state + b"\x03"
        return whole[: len(whole) - self.cut]

    def _about(self) -> bytes:
        """printer-state, and two attributes of several values: only the first of each carries the name."""
        out = b"\x04" + _attribute(0x23, "printer-state", struct.pack(">i", self.printer_state))
        for name, values in (
            ("printer-state-reasons", self.reasons),
            ("document-format-supported", self.formats),
        ):
            for place, value in enumerate(values):
                out += _attribute(0x44, "" if place else name, value.encode())
        return out + b"\x03"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def page_printer() -> Iterator[PagePrinter]:
    made = PagePrinter()
    yield made
    made.close()


def test_the_page_arrives_whole_and_its_end_is_known(page_printer: PagePrinter) -> None:
    number = ipp.print_pdf(page_printer.url, PDF, job_name="R1-form")
    assert number == 42
    (request,) = page_printer.got
    assert request.endswith(b"\x03" + PDF)
    assert struct.unpack(">bbhi", request[:8]) == (2, 0, 2, 1)
    names = dict(ipp.decoded(request))
    assert names["job-name"] == b"R1-form"
    assert names["document-format"] == b"application/pdf"
    last = ipp.settled(page_printer.url, number, monotonic=Jumping(), pause=lambda seconds: None)
    assert last is JobState.COMPLETED


def test_a_job_that_stands_still_is_not_called_done(page_printer: PagePrinter) -> None:
    page_printer.states = [JobState.STOPPED]
    seconds = Jumping()
    last = ipp.settled(page_printer.url, 42, monotonic=seconds, pause=seconds.skip, limit_s=5)
    assert last is JobState.STOPPED


def test_a_refusal_is_not_a_job(page_printer: PagePrinter) -> None:
    page_printer.status = 0x0507
    with pytest.raises(LinkBroken, match="ipp-refused"):
        ipp.print_pdf(page_printer.url, PDF, job_name="R1")


@pytest.mark.parametrize("cut", [4, 9, 20, 60, 80])
def test_an_answer_that_breaks_off_is_never_believed(page_printer: PagePrinter, cut: int) -> None:
    page_printer.cut, page_printer.states = cut, [JobState.COMPLETED]
    with pytest.raises(LinkBroken):
        ipp.state(page_printer.url, 42)


def test_no_printer_there_is_said_before_anything_is_sent() -> None:
    with pytest.raises(NotReached):
        ipp.print_pdf("ipp://127.0.0.1:1/ipp/print", PDF, job_name="R1")


@pytest.mark.parametrize(
    ("state", "reasons", "expected"),
    [
        (3, ["none"], Status(Health.OK)),
        (4, ["media-low-warning"], Status(Health.LOW, "paper-low")),
        (3, ["toner-low-report", "media-empty-error"], Status(Health.BAD, "paper-out")),
        (5, ["media-jam-error"], Status(Health.BAD, "paper-jam")),
        (5, ["door-open-error"], Status(Health.BAD, "cover-open")),
        (5, ["none"], Status(Health.BAD, "fault")),
        (3, ["com.vendor.broken-error"], Status(Health.BAD, "fault")),
        (3, ["paused"], Status(Health.BAD, "offline")),
        (9, ["none"], Status(Health.UNKNOWN, "garbage")),
    ],
)
def test_how_a_page_printer_is(
    page_printer: PagePrinter, state: int, reasons: list[str], expected: Status
) -> None:
    page_printer.printer_state, page_printer.reasons = state, reasons
    assert ipp.printer(page_printer.url) == expected


def test_a_printer_that_takes_no_pdf_gets_none(page_printer: PagePrinter) -> None:
    page_printer.formats = ["image/pwg-raster"]
    assert ipp.printer(page_printer.url) == Status(Health.BAD, "no-pdf")


def test_silence_is_unknown_and_nobody_there_is_bad(page_printer: PagePrinter) -> None:
    page_printer.status = 0x0507
    assert ipp.printer(page_printer.url).health is Health.UNKNOWN
    assert ipp.printer("ipp://127.0.0.1:1/ipp/print") == Status(Health.BAD, "not-reached")


FORM = Slip("application-form", "申请表", (KeyValue("姓名", "张样例"), Cut(), KeyValue("姓名", "张样例")))
NAMED = Slip("application-form", "申请表", ())


def a_page_worker(station: Station, url: str, seconds: Jumping, **told: Any) -> PageWorker:
    return PageWorker(
        station.writing, url, open_secret=station.open_secret, now=station.clock, monotonic=seconds,
        pause=seconds.skip, patience_s=5, **told,
    )  # fmt: skip


def order_form(station: Station) -> int:
    with station.writing() as database:
        return spool.enqueue(
            database,
            NAMED,
            request_key="F1",
            kind="form",
            created_at=station.clock(),
            expires_at=station.clock() + timedelta(minutes=2),
            secret=FORM.to_json().encode(),
            device=spool.PAGE,
            is_sealed=True,
        )


def test_a_form_with_personal_data_is_on_paper_and_gone_from_the_spool(
    station: Station, page_printer: PagePrinter
) -> None:
    job = order_form(station)
    assert "张样例" not in station.job(job).slip
    assert a_page_worker(station, page_printer.url, Jumping()).step()
    done = station.job(job)
    assert (done.state, done.secret, done.paper_mm) == (PrintJobState.PRINTED, None, 2 * 297)
    assert "张样例" not in done.slip
    assert page_printer.operations() == [0x000B, 0x0002, 0x0009, 0x0009]
    assert b"%PDF-1.7" in page_printer.got[1]
    assert station.device().state == "unknown", "the receipt printer is another one"


def test_a_form_of_another_boot_is_cancelled(station: Station, page_printer: PagePrinter) -> None:
    job = order_form(station)
    station.key_is_here = False
    a_page_worker(station, page_printer.url, Jumping()).step()
    assert (station.job(job).state, station.job(job).reason) == (PrintJobState.CANCELLED, "secret-lost")
    assert page_printer.got == []


def test_without_paper_nothing_is_sent_and_the_form_waits(
    station: Station, page_printer: PagePrinter
) -> None:
    page_printer.reasons = ["media-empty-error"]
    job, seconds = order_form(station), Jumping()
    worker = a_page_worker(station, page_printer.url, seconds)
    assert not worker.step()
    assert page_printer.operations() == [0x000B]
    assert station.job(job).state is PrintJobState.QUEUED
    with station.writing() as database:
        assert spool.device(database, spool.PAGE).reason == "paper-out"
    page_printer.reasons = ["none"]
    seconds.skip(4)
    assert worker.step()
    assert station.job(job).state is PrintJobState.PRINTED


def test_a_page_that_does_not_come_out_is_taken_back_from_the_printer(
    station: Station, page_printer: PagePrinter
) -> None:
    page_printer.states = [JobState.STOPPED]
    job = order_form(station)
    a_page_worker(station, page_printer.url, Jumping()).step()
    assert station.job(job).state is PrintJobState.UNCERTAIN
    assert page_printer.operations()[-1] == 0x0008


def test_a_refused_page_surely_is_not_on_paper(station: Station, page_printer: PagePrinter) -> None:
    job = order_form(station)
    worker = a_page_worker(station, page_printer.url, Jumping())
    page_printer.refuses_jobs = True
    assert not worker.step()
    assert station.job(job).state is PrintJobState.QUEUED


def test_a_garbled_answer_after_the_page_was_sent_is_uncertain(
    station: Station, page_printer: PagePrinter
) -> None:
    job = order_form(station)
    page_printer.garbles_jobs = True
    a_page_worker(station, page_printer.url, Jumping()).step()
    assert station.job(job).state is PrintJobState.UNCERTAIN


def test_a_copy_of_a_sealed_form_needs_somebody_who_still_knows_it(
    station: Station, page_printer: PagePrinter
) -> None:
    job = order_form(station)
    worker = a_page_worker(station, page_printer.url, Jumping())
    worker.step()
    with pytest.raises(WrongStep):
        station.reprint(job)
    with station.writing() as database:
        later = station.clock() + timedelta(minutes=2)
        copy = spool.reprint(
            database, job, by="citizen", why="missing", now=station.clock(), expires_at=later,
            sealed=FORM.to_json().encode(),
        )  # fmt: skip
    assert worker.step()
    assert (station.job(copy).copy, station.job(copy).device) == (1, spool.PAGE)
    assert station.job(copy).state is PrintJobState.PRINTED


def test_what_a_visitor_left_behind_is_not_printed_for_the_next(station: Station) -> None:
    job, receipt = order_form(station), station.enqueue(a_short_slip(), "R2")
    of_another = station.enqueue(a_short_slip(), "R3")
    with station.writing() as database:
        with PaperWaitRow.bind_ctx(database):
            PaperWaitRow.create_table()
        for number, owner in ((job, "visit"), (receipt, "visit"), (of_another, "another")):
            paper_waits.keep(database, number, PaperWait("boot-1", 0.0, 600.0, owner))
        assert paper_waits.withdraw(database, "visit", now=station.clock()) == [job, receipt]
    assert station.job(job).state is PrintJobState.CANCELLED
    assert station.job(job).secret is None
    assert station.job(receipt).state is PrintJobState.CANCELLED
    assert station.job(of_another).state is PrintJobState.QUEUED


def test_a_restart_makes_a_form_on_its_way_uncertain_but_not_the_slips(
    station: Station, page_printer: PagePrinter
) -> None:
    job = order_form(station)
    with station.writing() as database:
        spool.step(database, job, PrintJobState.SENDING, by="worker", why="", now=station.clock())
    assert worker_ids(station, page_printer) == [job]
    assert station.job(job).state is PrintJobState.UNCERTAIN


def worker_ids(station: Station, page_printer: PagePrinter) -> list[int]:
    with station.writing() as database:
        assert spool.recover(database, station.clock()) == []
    return a_page_worker(station, page_printer.url, Jumping()).recover()


def order_pages(station: Station, source: str) -> int:
    with station.writing() as database:
        return spool.enqueue(
            database,
            NAMED,
            request_key="document-1",
            kind="attachment",
            created_at=station.clock(),
            expires_at=station.clock() + timedelta(minutes=10),
            device=spool.PAGE,
            source=source,
        )


def test_pages_of_a_file_are_sent_as_they_are(station: Station, page_printer: PagePrinter) -> None:
    seconds = Jumping()
    told: list[str] = []

    def pages(source: str) -> bytes:
        told.append(source)
        return PDF

    worker = a_page_worker(station, page_printer.url, seconds, sources=pages)
    number = order_pages(station, "attachment 1-2")
    assert worker.step()
    assert told == ["attachment 1-2"]
    sent = next(one for one in page_printer.got if one[2:4] == b"\x00\x02")
    assert sent.endswith(PDF)
    assert station.job(number).state is PrintJobState.PRINTED
    with station.writing() as database:
        later = station.clock() + timedelta(minutes=10)
        copy = spool.reprint(
            database, number, by="citizen", why="missing", now=station.clock(), expires_at=later
        )
    assert station.job(copy).source == "attachment 1-2"


def test_pages_of_a_file_that_is_gone_are_cancelled(station: Station, page_printer: PagePrinter) -> None:
    worker = a_page_worker(station, page_printer.url, Jumping())
    number = order_pages(station, "attachment gone")
    assert worker.step()
    job = station.job(number)
    assert (job.state, job.reason) == (PrintJobState.CANCELLED, "source-gone")
