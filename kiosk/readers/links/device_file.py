"""A device file as a link: opened for this process alone where the system lets us, each wait bounded."""

from __future__ import annotations

import fcntl
import os
import select
import termios
from collections.abc import Callable

from kiosk.readers.errors import LinkGone

MOST_READ = 4_096
SEND_WAIT_S = 2.0
_SPEEDS = {
    9_600: termios.B9600,
    19_200: termios.B19200,
    38_400: termios.B38400,
    57_600: termios.B57600,
    115_200: termios.B115200,
}


class DeviceFile:
    """
    An open device file.

    Args:
        prepare: Called with the open file before anything is read.
    Raises:
        LinkGone: It is not there, or another program has it.
    """

    def __init__(self, path: str, prepare: Callable[[int], None] = lambda _: None) -> None:
        flags = os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            self._file = os.open(path, os.O_RDWR | flags)
        except OSError as error:
            raise LinkGone("gone") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            prepare(self._file)
        except (OSError, termios.error) as error:
            os.close(self._file)
            raise LinkGone("gone") from error

    def send(self, data: bytes) -> None:
        """Send all bytes; raises LinkGone, also where the device takes none for two seconds."""
        rest = data
        try:
            while rest:
                if not select.select([], [self._file], [], SEND_WAIT_S)[1]:
                    raise LinkGone("gone")
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise LinkGone("gone") from error

    def receive(self, wait_s: float) -> bytes:
        """Return some bytes, or none after this time; raises LinkGone."""
        try:
            if not select.select([self._file], [], [], max(wait_s, 0))[0]:
                return b""
            received = os.read(self._file, MOST_READ)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LinkGone("gone") from error
        if not received:
            raise LinkGone("gone")
        return received

    def close(self) -> None:
        """Let the device go."""
        os.close(self._file)


def serial_line(path: str, baud: int) -> DeviceFile:
    """Return a serial line of this speed, 8 data bits, no parity, one stop bit, no flow control."""

    def raw(file: int) -> None:
        now = termios.tcgetattr(file)
        now[0] = now[1] = now[3] = 0
        now[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
        now[4] = now[5] = _SPEEDS[baud]
        now[6][termios.VMIN] = now[6][termios.VTIME] = 0
        termios.tcsetattr(file, termios.TCSANOW, now)
        termios.tcflush(file, termios.TCIOFLUSH)

    return DeviceFile(path, raw)
