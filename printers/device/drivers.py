"""
Links to printers: the only module that imports escpos, and only when a link is opened (it takes over a second).

python-escpos opens and closes; writing, reading and their time limits are done here, because its `_raw` ignores
short writes and may wait for ever (PRINTING.md, 1). A link says how many bytes were accepted, never more.
"""

import importlib
import importlib.util
import json
import logging
import os
import pickle
import platform
import select
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol
from urllib.parse import urlsplit

from printers.device.profiles import Profile
from printers.errors import DriverMissing, LinkBroken, NotReached, WriteStalled

STALL_S = 10.0
"""Seconds without an accepted byte after which a device counts as stuck; less than the worker's watchdog (15 s)."""
CONNECT_S = 4.0
CHUNK = 4096
_PICKLE_DIR = "ESCPOS_CAPABILITIES_PICKLE_DIR"


class DeviceLink(Protocol):
    """An open connection to one printer."""

    def write(self, data: bytes) -> int:
        """
        Write what the device takes at once; return how many bytes it accepted, at least one.

        Raises:
            LinkBroken: The link ended.
            WriteStalled: No byte was accepted for STALL_S seconds.
        """

    def read(self, timeout_s: float) -> bytes | None:
        """
        Return what the printer sent: b"" when nothing came in time, None when it closed the link or cannot answer.
        """

    def close(self) -> None:
        """End the link within two seconds; never raise."""


Opener = Callable[[], DeviceLink]


def opener(address: str, profile: Profile) -> Opener:
    """
    Return a function that opens the device at `address`: tcp://HOST:PORT, file:///dev/usb/lp0, serial:///dev/ttyS0,
    usb://VENDOR:PRODUCT (hexadecimal). Opening raises NotReached or DriverMissing.

    Raises:
        ValueError: The address has none of these forms.
    """
    parts = urlsplit(address)
    if parts.scheme == "tcp" and parts.hostname:
        host, port = parts.hostname, parts.port or 9100
        return lambda: TcpLink(host, port)
    if parts.scheme == "file" and parts.path:
        return lambda: FileLink(parts.path)
    if parts.scheme == "serial" and parts.path:
        return lambda: SerialLink(parts.path, profile.baud or 9600)
    if parts.scheme == "usb" and parts.netloc.count(":") == 1:
        vendor, product = (int(part, 16) for part in parts.netloc.split(":"))
        return lambda: UsbLink(vendor, product)
    raise ValueError("printer address")


class TcpLink:
    """
    Port 9100 of a network printer. The socket is opened here, because escpos leaves it open when connecting fails.
    """

    def __init__(self, host: str, port: int, stall_s: float = STALL_S) -> None:
        self._connector = _escpos().Network(host, port)
        try:
            self._socket = socket.create_connection((host, port), CONNECT_S)
        except OSError as fault:
            raise NotReached("tcp") from fault
        self._connector.device = self._socket
        self._socket.settimeout(stall_s)

    def write(self, data: bytes) -> int:
        """Write bytes, as `DeviceLink.write`."""
        try:
            return self._socket.send(data[:CHUNK])
        except TimeoutError as fault:
            raise WriteStalled("tcp") from fault
        except OSError as fault:
            raise LinkBroken("tcp") from fault

    def read(self, timeout_s: float) -> bytes | None:
        """Read an answer, as `DeviceLink.read`."""
        if not select.select([self._socket], [], [], timeout_s)[0]:
            return b""
        try:
            return self._socket.recv(256) or None
        except OSError:
            return None

    def close(self) -> None:
        """Close after reading what is left: closing over unread bytes would reset what is still being sent."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._connector.close()
            return
        left = 8
        while left and self.read(0.25):
            left -= 1
        self._connector.close()


class FileLink:
    """
    A character device such as /dev/usb/lp0, for writing and reading.

    python-escpos opens it for writing only and blocks; so the descriptor is ours.
    """

    def __init__(self, path: str, stall_s: float = STALL_S) -> None:
        self._stall_s = stall_s
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as fault:
            raise NotReached("file") from fault

    def write(self, data: bytes) -> int:
        """Write bytes, as `DeviceLink.write`."""
        if not select.select([], [self._fd], [], self._stall_s)[1]:
            raise WriteStalled("file")
        try:
            return os.write(self._fd, data[:CHUNK])
        except BlockingIOError as fault:
            raise WriteStalled("file") from fault
        except OSError as fault:
            raise LinkBroken("file") from fault

    def read(self, timeout_s: float) -> bytes | None:
        """Read an answer, as `DeviceLink.read`."""
        if not select.select([self._fd], [], [], timeout_s)[0]:
            return b""
        try:
            return os.read(self._fd, 256) or None
        except OSError:
            return None

    def close(self) -> None:
        """Close the device, as `DeviceLink.close`."""
        os.close(self._fd)


class SerialLink:
    """A serial line with hardware flow control; needs pyserial."""

    def __init__(self, path: str, baud: int, stall_s: float = STALL_S) -> None:
        escpos = _escpos()
        if not escpos.Serial.is_usable():
            raise DriverMissing("pyserial")
        self._connector = escpos.Serial(devfile=path, baudrate=baud, timeout=1, dsrdtr=False)
        _opened(self._connector)
        self._port: Any = self._connector.device
        self._port.write_timeout = stall_s

    def write(self, data: bytes) -> int:
        """Write bytes, as `DeviceLink.write`."""
        try:
            return int(self._port.write(data[:256]))
        except OSError as fault:
            stalled = type(fault).__name__ == "SerialTimeoutException"
            raise (WriteStalled if stalled else LinkBroken)("serial") from fault

    def read(self, timeout_s: float) -> bytes | None:
        """Read an answer, as `DeviceLink.read`."""
        self._port.timeout = timeout_s
        try:
            first: bytes = self._port.read(1)
            return first + self._port.read(self._port.in_waiting) if first else b""
        except OSError:
            return None

    def close(self) -> None:
        """Close the port without pyserial's flush, which could wait for ever."""
        self._port.close()


class UsbLink:
    """A USB printer through libusb; needs pyusb. file:///dev/usb/lp0 is better: it keeps the kernel's driver."""

    def __init__(self, vendor: int, product: int, stall_s: float = STALL_S) -> None:
        escpos = _escpos()
        if not escpos.Usb.is_usable():
            raise DriverMissing("pyusb")
        self._connector = escpos.Usb(vendor, product, timeout=int(stall_s * 1000))
        _opened(self._connector)
        self._ms = int(stall_s * 1000)

    def write(self, data: bytes) -> int:
        """Write bytes, as `DeviceLink.write`."""
        try:
            return int(self._connector.device.write(self._connector.out_ep, data[:CHUNK], self._ms))
        except OSError as fault:
            raise (WriteStalled if fault.errno in (110, None) else LinkBroken)("usb") from fault

    def read(self, timeout_s: float) -> bytes | None:
        """Read an answer, as `DeviceLink.read`."""
        try:
            return bytes(
                self._connector.device.read(self._connector.in_ep, 64, max(1, int(timeout_s * 1000)))
            )
        except OSError as fault:
            return b"" if fault.errno == 110 else None

    def close(self) -> None:
        """Close the device, as `DeviceLink.close`."""
        self._connector.close()


def _opened(connector: Any) -> None:
    try:
        connector.open()
    except Exception as fault:
        # escpos lets errors of three libraries through, some of them plain Exception and AssertionError.
        raise NotReached(type(fault).__name__) from fault


def _escpos() -> ModuleType:
    """
    Return the connectors of python-escpos.

    Imported here and not above, for importing it has effects: it reads 96 kB of JSON with a YAML parser (over a
    second; it gets the pickle it looks for instead), leaves an empty temporary folder each time, and sets up logging.
    """
    if "escpos.printer" in sys.modules:
        return sys.modules["escpos.printer"]
    root, kept_dir = logging.getLogger(), tempfile.tempdir
    kept_handlers = list(root.handlers)
    with tempfile.TemporaryDirectory(prefix="escpos-") as folder:
        tempfile.tempdir = folder
        try:
            _seed_capabilities(Path(folder))
            return importlib.import_module("escpos.printer")
        finally:
            tempfile.tempdir = kept_dir
            os.environ.pop(_PICKLE_DIR, None)
            root.handlers[:] = kept_handlers


def _seed_capabilities(folder: Path) -> None:
    found = importlib.util.find_spec("escpos")
    if found is None or found.origin is None:
        raise DriverMissing("python-escpos")
    table = json.loads(Path(found.origin).with_name("capabilities.json").read_text("utf-8"))
    (folder / f"{platform.python_version()}.capabilities.pickle").write_bytes(pickle.dumps(table))
    os.environ[_PICKLE_DIR] = str(folder)
