"""The link of a reader by its address in the settings and its profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kiosk.readers.errors import ReaderProfileFault
from kiosk.readers.links import wedge
from kiosk.readers.links.device_file import DeviceFile, serial_line
from kiosk.readers.links.reader_profiles import LinkKind, ReaderProfile
from kiosk.readers.links.scan_reports import ReportText
from kiosk.readers.links.wedge import KeyText

if TYPE_CHECKING:
    from kiosk.readers.links.usb_bulk import UsbBulk


def opener(address: str, profile: ReaderProfile) -> Callable[[], DeviceFile | UsbBulk]:
    """Return the function that opens the device; raises ReaderProfileFault where address and profile disagree."""
    parts = urlsplit(address)
    if parts.scheme != profile.link:
        raise ReaderProfileFault([f"{profile.name} is reached by {profile.link}://, not by {address}"])
    if profile.link is LinkKind.USB:
        vendor, product = (int(each, 16) for each in parts.netloc.split(":"))
        return partial(_usb, vendor, product, profile)
    return {
        LinkKind.SERIAL: partial(serial_line, parts.path, profile.baud),
        LinkKind.HID: partial(DeviceFile, parts.path),
        LinkKind.KEYS: partial(wedge.grabbed, parts.path),
    }[profile.link]


def decoder(profile: ReaderProfile) -> Callable[[], KeyText | ReportText] | None:
    """Return what makes text of what such a scanner sends; None: it sends the text itself."""
    if profile.link is LinkKind.KEYS:
        return KeyText
    return partial(ReportText, profile.report) if profile.link is LinkKind.HID else None


def _usb(vendor: int, product: int, profile: ReaderProfile) -> UsbBulk:
    from kiosk.readers.links import usb_bulk  # ctypes: only a terminal with such a reader waits for it

    return usb_bulk.UsbBulk(usb_bulk.found(vendor, product), out=profile.out, into=profile.into)
