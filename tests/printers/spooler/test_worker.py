"""From the spool to paper, against the virtual printer: what is said about a paper is never more than is known."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from printers.device import drivers, profiles
from printers.device.profiles import JobEnd, StatusKind
from printers.errors import LinkBroken
from printers.spooler import spool
from printers.spooler.spool import PrintJobState
from printers.spooler.worker import PrinterDevice, Worker, run
from tests.printers.slips import CODE, NUMBER, a_receipt, a_short_slip
from tests.printers.stations import QUICK, Seconds, Station, wait_until
from tools.virtual_printer.printer import VirtualPrinter

MakeWorker = Callable[..., Worker]


def test_a_queued_receipt_is_printed_and_its_code_erased(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker
) -> None:
    job = station.enqueue(a_receipt(), secret=CODE.encode())
    assert a_worker().step()
    done = station.job(job)
    assert (done.state, done.secret, done.has_secret) == (PrintJobState.PRINTED, None, True)
    assert 100 < done.paper_mm < 200
    assert len(virtual.wait_for(1)) == 1
    assert station.device().state == "ok"


@pytest.mark.parametrize("proof", [JobEnd.GS_H, JobEnd.GS_R, JobEnd.DLE])
def test_each_proof_of_printing_is_understood(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker, proof: JobEnd
) -> None:
    job = station.enqueue(a_short_slip())
    a_worker(replace(profiles.GENERIC_80, job_end=proof)).step()
    assert station.job(job).state is PrintJobState.PRINTED
    assert len(virtual.wait_for(1)) == 1


def test_a_printer_that_proves_nothing_is_never_said_to_have_printed(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker
) -> None:
    job = station.enqueue(a_short_slip())
    a_worker(replace(profiles.GENERIC_80, status=StatusKind.NONE, job_end=JobEnd.NONE)).step()
    virtual.wait_for(1)
    assert station.job(job).state is PrintJobState.SENT
    assert station.device().state == "unknown"


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        ("out", "bad", "paper-out"),
        ("cover", "bad", "cover-open"),
        ("offline", "bad", "offline"),
        ("cutter", "bad", "cutter"),
        ("silent", "unknown", "silent"),
        ("garbage", "unknown", "garbage"),
    ],
)
def test_nothing_is_written_to_a_printer_that_did_not_say_it_can_print(
    station: Station,
    virtual: VirtualPrinter,
    a_worker: MakeWorker,
    seconds: Seconds,
    fault: str,
    state: str,
    reason: str,
) -> None:
    worker = a_worker()
    virtual.set_fault(fault)
    job = station.enqueue(a_short_slip())
    assert not worker.step()
    assert station.job(job).state is PrintJobState.QUEUED
    assert (station.device().state, station.device().reason) == (state, reason)
    assert virtual.received() <= 12, "only questions were sent"
    virtual.set_fault("none")
    seconds.skip(5)
    assert worker.step()
    assert station.job(job).state is PrintJobState.PRINTED
    assert len(virtual.wait_for(1)) == 1


def test_little_paper_left_still_prints(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker
) -> None:
    virtual.set_fault("low")
    job = station.enqueue(a_short_slip())
    a_worker(replace(profiles.GENERIC_80, job_end=JobEnd.DLE)).step()
    assert station.job(job).state is PrintJobState.PRINTED
    assert (station.device().state, station.device().reason) == ("low", "paper-low")


def test_a_receipt_that_waited_too_long_is_not_printed_for_a_stranger(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker, seconds: Seconds
) -> None:
    virtual.set_fault("out")
    job = station.enqueue(a_receipt(), secret=CODE.encode())
    worker = a_worker()
    worker.step()
    station.clock.pass_minutes(10)
    virtual.set_fault("none")
    seconds.skip(5)
    assert not worker.step()
    gone = station.job(job)
    assert (gone.state, gone.reason, gone.secret) == (PrintJobState.CANCELLED, "expired", None)
    assert virtual.papers() == []


def test_a_break_in_the_middle_is_uncertain_and_the_next_paper_begins_cleanly(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker, seconds: Seconds
) -> None:
    worker = a_worker()
    first = station.enqueue(a_receipt(), "R1")
    virtual.set_fault("reset", after=40_000)
    worker.step()
    assert station.job(first).state is PrintJobState.UNCERTAIN
    assert station.device().torn
    assert not worker.step(), "an uncertain paper is never sent again by itself"
    second = station.enqueue(a_short_slip("第二张"), "R2")
    seconds.skip(5)
    worker.step()
    assert station.job(second).state is PrintJobState.PRINTED
    stub, paper = virtual.wait_for(2)
    assert stub.png.stat().st_size > paper.png.stat().st_size
    assert not station.device().torn


def test_a_printer_that_stops_taking_bytes_is_given_up(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker
) -> None:
    job = station.enqueue(a_receipt())
    virtual.set_fault("stuck", after=2_000)
    a_worker(stall_s=0.3).step()
    assert station.job(job).state is PrintJobState.UNCERTAIN


def test_an_unreachable_printer_keeps_the_paper_waiting(station: Station, seconds: Seconds) -> None:
    device = PrinterDevice(profiles.GENERIC_80, lambda: drivers.TcpLink("127.0.0.1", 1, 0.2))
    worker = Worker(
        station.writing,
        device,
        open_secret=station.open_secret,
        now=station.clock,
        monotonic=seconds,
        waits=QUICK,
    )
    job = station.enqueue(a_short_slip())
    assert not worker.step()
    assert station.job(job).state is PrintJobState.QUEUED
    assert (station.device().state, station.device().reason) == ("bad", "not-reached")


def test_a_reprint_says_so_and_carries_no_code(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker
) -> None:
    text = replace(profiles.GENERIC_80, mode=profiles.Mode.TEXT)
    worker = a_worker(text)
    first = station.enqueue(a_receipt(), secret=CODE.encode())
    worker.step()
    second = station.reprint(first, why="lost")
    worker.step()
    original, copy = (paper.text.read_text("utf-8") for paper in virtual.wait_for(2))
    assert CODE in original
    assert "补打" not in original
    assert CODE not in copy
    assert "补打 第1次" in copy
    assert "查询码见原件" in copy
    assert NUMBER in copy
    assert station.job(first).state is PrintJobState.PRINTED
    assert station.job(second).state is PrintJobState.PRINTED


def test_a_receipt_whose_code_cannot_be_opened_any_more_is_not_printed_without_it(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker
) -> None:
    job = station.enqueue(a_receipt(), secret=CODE.encode())
    station.key_is_here = False
    a_worker().step()
    assert (station.job(job).state, station.job(job).reason) == (PrintJobState.CANCELLED, "secret-lost")
    assert virtual.papers() == []


def test_after_a_restart_what_was_on_its_way_is_uncertain(
    station: Station, virtual: VirtualPrinter, a_worker: MakeWorker
) -> None:
    job = station.enqueue(a_receipt())
    with station.writing() as database:
        spool.step(database, job, PrintJobState.SENDING, by="worker", why="", now=station.clock())
    worker = a_worker()
    assert worker.recover() == [job]
    assert not worker.step()
    assert station.job(job).state is PrintJobState.UNCERTAIN
    assert virtual.papers() == []


def test_the_running_worker_prints_and_stops_when_it_is_told(
    station: Station, virtual: VirtualPrinter
) -> None:
    host, port = virtual.address
    stop = threading.Event()
    running = threading.Thread(
        target=run,
        args=(station.writing, PrinterDevice(profiles.GENERIC_80, lambda: drivers.TcpLink(host, port))),
        kwargs={
            "open_secret": station.open_secret,
            "now": station.clock,
            "monotonic": Seconds(),
            "stop": stop,
        },
    )
    job = station.enqueue(a_short_slip())
    running.start()
    wait_until(lambda: station.job(job).state is PrintJobState.PRINTED, 10)
    stop.set()
    running.join(5)
    assert not running.is_alive()
    assert len(virtual.papers()) == 1


def test_a_write_that_never_returns_wakes_the_watchdog(station: Station) -> None:
    seconds, hung, stop = Seconds(), threading.Event(), threading.Event()

    class Hanging:
        """A device file in a kernel that never answers."""

        def write(self, data: bytes) -> int:
            if data[:2] != b"\x10\x04":
                seconds.skip(16)
                assert hung.wait(60)
                stop.set()
                raise LinkBroken("ended", 0)
            return len(data)

        def read(self, timeout_s: float) -> bytes | None:
            return b""

        def close(self) -> None:
            """Nothing to close."""

    profile = replace(profiles.GENERIC_80, status=StatusKind.NONE, job_end=JobEnd.NONE)
    job = station.enqueue(a_short_slip())
    run(
        station.writing,
        PrinterDevice(profile, Hanging),
        open_secret=station.open_secret,
        now=station.clock,
        monotonic=seconds,
        stop=stop,
        hung=hung.set,
    )
    assert hung.is_set()
    assert station.job(job).state is PrintJobState.QUEUED, "no byte had been accepted"
