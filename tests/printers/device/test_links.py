"""Links to devices: what was accepted is counted, what hangs is given up."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from printers.device import drivers, profiles, talk
from printers.device.replies import Health
from printers.errors import DriverMissing, LinkBroken, LinkFault, NotReached, WriteStalled
from printers.spooler.worker import EXIT_HUNG, Watchdog
from tests.printers.faulty import Jumping
from tests.printers.stations import wait_until


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """A pseudo terminal: the printer's end and the path of ours."""
    ours, theirs = os.openpty()
    import tty

    tty.setraw(theirs)
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def flood(link: drivers.DeviceLink) -> None:
    """More bytes than any buffer holds."""
    for _ in range(100_000):
        link.write(bytes(4096))


def open_terminal(scheme: str, path: str) -> drivers.DeviceLink:
    return drivers.opener(f"{scheme}://{path}", profiles.GENERIC_80)()


@pytest.mark.parametrize("scheme", ["file", "serial"])
def test_a_device_file_is_written_and_read(terminal: tuple[int, str], scheme: str) -> None:
    printer, path = terminal
    link = open_terminal(scheme, path)
    assert link.write(b"\x10\x04\x01") == 3
    assert os.read(printer, 10) == b"\x10\x04\x01"
    os.write(printer, b"\x12")
    assert link.read(1.0) == b"\x12"
    assert link.read(0.01) == b""
    link.close()


@pytest.mark.parametrize(
    "make", [drivers.FileLink, lambda path, stall_s: drivers.SerialLink(path, 9600, stall_s)]
)
def test_a_device_that_takes_nothing_is_given_up(terminal: tuple[int, str], make: object) -> None:
    assert callable(make)
    link = make(terminal[1], stall_s=0.1)
    with pytest.raises(WriteStalled):
        flood(link)
    link.close()


def test_a_network_printer_that_takes_nothing_is_given_up(listener: socket.socket) -> None:
    link = drivers.TcpLink(*listener.getsockname()[:2], stall_s=0.1)
    with pytest.raises(WriteStalled):
        flood(link)
    link.close()


def test_a_printer_that_hangs_up_is_a_broken_link_and_never_ok(listener: socket.socket) -> None:
    link = drivers.TcpLink(*listener.getsockname()[:2], stall_s=0.2)
    listener.accept()[0].close()
    wait_until(lambda: link.read(0.01) is None)
    status = talk.ask(link, Jumping(), talk.Waits(answer_s=0.1))
    assert status.health is Health.UNKNOWN
    with pytest.raises(LinkBroken):
        flood(link)
    link.close()


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "file:///no/such/device", "serial:///no/such/device"]
)
def test_a_device_that_is_not_there_took_no_byte(address: str) -> None:
    with pytest.raises(NotReached) as refused:
        drivers.opener(address, profiles.GENERIC_80)()
    assert refused.value.written == 0


def test_usb_says_which_package_is_missing_or_that_no_device_is_there() -> None:
    with pytest.raises((DriverMissing, NotReached)):
        drivers.opener("usb://04b8:0202", profiles.GENERIC_80)()


@pytest.mark.parametrize("address", ["", "printer", "http://host", "tcp://", "usb://04b8", "file://"])
def test_an_address_of_no_known_form_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        drivers.opener(address, profiles.GENERIC_80)


def test_opening_a_link_leaves_logging_and_the_temporary_folder_alone(listener: socket.socket) -> None:
    import logging
    import tempfile

    before = (list(logging.getLogger().handlers), tempfile.tempdir, dict(os.environ))
    drivers.TcpLink(*listener.getsockname()[:2]).close()
    assert (list(logging.getLogger().handlers), tempfile.tempdir, dict(os.environ)) == before


def test_the_watchdog_ends_a_stretch_without_progress() -> None:
    seconds, barked = Jumping(), threading.Event()
    watchdog = Watchdog(15.0, seconds, barked.set)
    with watchdog.watching(every_s=0.005), watchdog.guarding():
        watchdog.beat()
        assert not barked.wait(0.02)
        seconds.skip(16)
        assert barked.wait(60)


def test_the_watchdog_sleeps_between_jobs() -> None:
    seconds, barked = Jumping(), threading.Event()
    watchdog = Watchdog(15.0, seconds, barked.set)
    with watchdog.watching(every_s=0.005):
        with watchdog.guarding():
            watchdog.beat()
        seconds.skip(100)
        assert not barked.wait(0.05)


def test_errors_of_links_carry_codes_and_counts() -> None:
    fault: LinkFault = LinkBroken("tcp", 7)
    assert (fault.code, fault.written) == ("link-broken", 7)
    assert EXIT_HUNG == os.EX_TEMPFAIL
