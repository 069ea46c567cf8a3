"""
A scanner that acts as a keyboard: its key events taken for this process alone, and read as a US keyboard sends them.

The device is named by its udev link; config/browser/61-readers.rules keeps it from the page even while nobody reads it.
"""

from __future__ import annotations

import fcntl
import struct

from kiosk.readers.links.device_file import DeviceFile

GRAB = 0x40044590
"""EVIOCGRAB of linux/input.h: no other program gets the events any more."""
EVENT = struct.Struct("llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
KEY_EVENT, PRESSED = 1, 1
SHIFTS = frozenset({42, 54})
ENTERS = frozenset({28, 96})
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_PLAIN = {first + at: each for first, row, _ in _ROWS for at, each in enumerate(row)}
_SHIFTED = {first + at: each for first, _, row in _ROWS for at, each in enumerate(row)}


def grabbed(path: str) -> DeviceFile:
    """Return the device, its events taken for this process alone; raises LinkGone, also where another has them."""

    def grab(file: int) -> None:
        fcntl.ioctl(file, GRAB, 1)

    return DeviceFile(path, grab)


class KeyText:
    """The text that key events write, with a line feed for Enter."""

    def __init__(self) -> None:
        self._rest = b""
        self._shifts: set[int] = set()

    def feed(self, received: bytes) -> bytes:
        """Return what these bytes of events write."""
        self._rest += received
        whole = len(self._rest) - len(self._rest) % EVENT.size
        events, self._rest = self._rest[:whole], self._rest[whole:]
        written = (self._one(kind, code, value) for _, _, kind, code, value in EVENT.iter_unpack(events))
        return "".join(written).encode()

    def _one(self, kind: int, code: int, value: int) -> str:
        if kind != KEY_EVENT:
            return ""
        if code in SHIFTS:
            (self._shifts.add if value else self._shifts.discard)(code)
            return ""
        if value != PRESSED:
            return ""
        return "\n" if code in ENTERS else (_SHIFTED if self._shifts else _PLAIN).get(code, "")
