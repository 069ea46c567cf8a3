"""Checks of settings: each returns the sentence that follows the key when a value is refused, or None."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any], str | None]


def between(low: int, high: int) -> Check:
    def check(value: int) -> str | None:
        return None if low <= value <= high else f"must be from {low} to {high}"

    return check


def one_of(*choices: str) -> Check:
    def check(value: str) -> str | None:
        return None if value in choices else "must be one of " + ", ".join(choices)

    return check


def not_empty(value: str) -> str | None:
    return None if value.strip() else "must not be empty"


def terminal_prefix(value: str) -> str | None:
    if 1 <= len(value) <= 2 and all(letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" for letter in value):
        return None
    return "must be one or two capital letters, not I and not O"


def database_address(value: str) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme != "postgresql":
        return "must begin with postgresql://"
    return None if parts.password is None else "must not hold the password"


def pin_hash(value: str) -> str | None:
    return None if not value or value.startswith("$argon2id$") else "is made by `python -m kiosk hall-pin`"


def pronunciations(value: tuple[str, ...]) -> str | None:
    for each in value:
        word, _, said = each.partition("=")
        syllables = said.split()
        is_right = word.strip() and len(syllables) == len(word.strip())
        if not is_right or not all(re.fullmatch(r"[a-zü]{1,6}[1-5]", syllable) for syllable in syllables):
            return f"{each!r} must be a word, =, and one syllable with its tone number a character"
    return None


def millimetre(value: str) -> str | None:
    if not value or (re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", value) and 1 <= float(value) <= 20):
        return None
    return 'must be a number from 1 to 20 in quotes, such as "3.86"'


def web_address(value: str) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "must be an address such as https://hub.example.cn"
    return None


def web_addresses(values: tuple[str, ...]) -> str | None:
    """Refuse an address that is none, and one that is there twice."""
    if len(set(values)) < len(values):
        return "names an address twice"
    return next((fault for each in values if (fault := web_address(each) if each else "is empty")), None)


def queue_windows(values: tuple[str, ...]) -> str | None:
    """Refuse a window that has no number, and one that is there twice."""
    names = [each.partition("=")[0] for each in values]
    if len(set(names)) < len(names) or not all(re.fullmatch(r"[1-9][0-9]?", name) for name in names):
        return 'must be numbers of windows, each once, such as "1", or "3=ns,yb"'
    return None if names else "must name a window"


def day_hours(values: tuple[str, ...]) -> str | None:
    """Refuse what is no part of a day, and parts that are not in order."""
    times = [time for each in values for time in each.split("-")]
    minutes = [_minute(time) for time in times]
    is_right = all(each.count("-") == 1 for each in values) and None not in minutes
    if not is_right or minutes != sorted(set(minutes)):  # type: ignore[type-var]  # none of them is None
        return 'must be parts of a day in order, such as "8:30-12:00"'
    return None


def _minute(time: str) -> int | None:
    found = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", time)
    return int(found[1]) * 60 + int(found[2]) if found else None


def day_parts(values: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return parts of a day, which `day_hours` has checked, in minutes since midnight."""
    spans = (each.split("-") for each in values)
    return tuple((_minute(start) or 0, _minute(end) or 0) for start, end in spans)


def secure_or_local(value: str) -> str | None:
    fault = web_address(value)
    if fault or not value:
        return fault
    parts = urlsplit(value)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return "must begin with https:// unless it is this machine itself"
    return None


def notice_hook(value: str) -> str | None:
    """Accept nothing, a whole path to a command, or an address as `secure_or_local`."""
    return None if value.startswith("/") else secure_or_local(value)


def printer_address(value: str) -> str | None:
    if value == "none" or urlsplit(value).scheme in ("tcp", "usb", "serial", "file"):
        return None
    return "must be none, tcp://host:9100, usb://vendor:product, serial:///dev/ttyS0 or file:///dev/usb/lp0"


def card_reader_address(value: str) -> str | None:
    parts = urlsplit(value)
    is_usb = parts.scheme == "usb" and re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", parts.netloc)
    if value == "none" or is_usb or (parts.scheme == "serial" and parts.path.startswith("/")):
        return None
    return "must be none, serial:///dev/ttyS1 or usb://0400:c35a"


def code_scanner_address(value: str) -> str | None:
    parts = urlsplit(value)
    if value == "none" or (parts.scheme in ("serial", "hid", "keys") and parts.path.startswith("/")):
        return None
    return "must be none, serial:///dev/ttyACM0, hid:///dev/kiosk-scanner or keys:///dev/input/kiosk-scanner"


def page_printer_address(value: str) -> str | None:
    parts = urlsplit(value)
    if value == "none" or (parts.scheme in ("ipp", "ipps") and parts.hostname):
        return None
    return "must be none, ipp://host:631/ipp/print or ipps://host/ipp/print"
