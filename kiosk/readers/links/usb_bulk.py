"""
A card reader on USB by bulk transfers, through the kernel's own device files: no library, no driver.

Made from the kernel's interface (linux/usbdevice_fs.h); no such reader was at hand to try it with.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
from collections.abc import Callable
from pathlib import Path

from kiosk.readers.errors import LinkGone

BULK, CLAIM = 0xC0185502, 0x8004550F
"""USBDEVFS_BULK and USBDEVFS_CLAIMINTERFACE on machines of 64 bits."""
TRANSFER = struct.Struct("@IIIP")
"""struct usbdevfs_bulktransfer: endpoint, length, time limit in milliseconds, address of the data."""
PACKET_BYTES = 64
SEND_WAIT_MS = 2_000
DEVICES, FILES = Path("/sys/bus/usb/devices"), Path("/dev/bus/usb")

Control = Callable[[int, int, bytes], int]


def found(vendor: int, product: int, devices: Path = DEVICES, files: Path = FILES) -> Path:
    """Return the device file of the first device with these ids; raises LinkGone."""
    for each in sorted(devices.glob("*")):
        try:
            ids = [int((each / name).read_text(), 16) for name in ("idVendor", "idProduct")]
            if ids == [vendor, product]:
                bus, device = (int((each / name).read_text()) for name in ("busnum", "devnum"))
                return files / f"{bus:03d}" / f"{device:03d}"
        except (OSError, ValueError):
            continue
    raise LinkGone("gone")


class UsbBulk:
    """
    An open reader.

    Args:
        out, into: Endpoints.
        control: `fcntl.ioctl`, or what takes its place.
    Raises:
        LinkGone: It is not there, or another program has it.
    """

    def __init__(self, path: Path, *, out: int, into: int, control: Control = fcntl.ioctl) -> None:
        self._out, self._into, self._control = out, into, control
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise LinkGone("gone") from error
        try:
            control(self._file, CLAIM, struct.pack("I", 0))
        except OSError as error:
            os.close(self._file)
            raise LinkGone("gone") from error

    def send(self, data: bytes) -> None:
        """Send all bytes; raises LinkGone."""
        buffer = ctypes.create_string_buffer(data, len(data))
        if self._transfer(self._out, buffer, SEND_WAIT_MS) != len(data):
            raise LinkGone("gone")

    def receive(self, wait_s: float) -> bytes:
        """Return some bytes, or none after this time; raises LinkGone."""
        buffer = ctypes.create_string_buffer(PACKET_BYTES)
        many = self._transfer(self._into, buffer, max(1, int(wait_s * 1000)))  # 0 would wait for ever
        received = buffer.raw[:many]
        ctypes.memset(buffer, 0, PACKET_BYTES)
        return received

    def close(self) -> None:
        """Let the device go."""
        os.close(self._file)

    def _transfer(self, endpoint: int, buffer: ctypes.Array[ctypes.c_char], wait_ms: int) -> int:
        """Return how many bytes went over; none when the time was over."""
        asked = TRANSFER.pack(endpoint, len(buffer), wait_ms, ctypes.addressof(buffer))
        try:
            return self._control(self._file, BULK, asked)
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return 0
            raise LinkGone("gone") from error
