"""A4 to a page printer over IPP: the PDF arrives whole, and only "completed" is called done."""

import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from printers import ipp
from printers.errors import LinkBroken, NotReached
from printers.ipp import JobState
from tests.printers.faulty import Jumping

PDF = b"%PDF-1.7 a page"


class PagePrinter:
    """A printer of IPP that keeps what it got and goes through the states it is told."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.states = [JobState.PENDING, JobState.PROCESSING, JobState.COMPLETED]
        self.status, self.cut = 0, 0
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

    def answer(self) -> bytes:
        head = struct.pack(">bbhi", 2, 0, self.status, 1)
        charset = b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
        state = self.states[0] if len(self.states) == 1 else self.states.pop(0)
        number = b"\x02\x21\x00\x06job-id\x00\x04" + struct.pack(">i", 42)
        job_state = b"\x23\x00\x09job-state\x00\x04" + struct.pack(">i", state)
        whole = head + charset + number + job_state + b"\x03"
        return whole[: len(whole) - self.cut]

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
