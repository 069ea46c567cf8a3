"""Profiles of readers: config/readers.toml read into frozen values, every fault reported at once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.readers.errors import ReaderProfileFault

READERS_TABLE = Path(__file__).resolve().parents[3] / "config" / "readers.toml"


class ReadsWhat(StrEnum):
    """What a reader reads."""

    CARD = "card"
    CODE = "code"


class LinkKind(StrEnum):
    """How a reader is reached; also the scheme of its address in the settings."""

    SERIAL = "serial"
    USB = "usb"
    HID = "hid"
    KEYS = "keys"


class ReportLayout(StrEnum):
    """Where a scanner's report has its code."""

    NONE = "none"
    NEWLAND = "newland"
    HONEYWELL = "honeywell"


@dataclass(frozen=True)
class ReaderProfile:
    """
    One kind of reader.

    Args:
        baud: Speed of a serial line, bits a second.
        out, into: Endpoints of a USB reader.
        silence_ms: Quiet in milliseconds after which a code without an end is whole.
    """

    name: str
    title: str
    reads: ReadsWhat
    link: LinkKind
    baud: int = 9_600
    out: int = 0x02
    into: int = 0x81
    report: ReportLayout = ReportLayout.NONE
    silence_ms: int = 80


_ENUMS: dict[str, type[StrEnum]] = {"reads": ReadsWhat, "link": LinkKind, "report": ReportLayout}
_BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200)
_RANGES = {"out": (0x01, 0x0F), "into": (0x81, 0x8F), "silence_ms": (20, 1_000)}
_KNOWN = {each.name for each in fields(ReaderProfile)} - {"name"}
_NEEDED = ("title", "reads", "link")


def load(path: Path = READERS_TABLE) -> dict[str, ReaderProfile]:
    """
    Return all profiles by name.

    Raises:
        ReaderProfileFault: The file cannot be read or holds mistakes; all of them are in `faults`.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ReaderProfileFault([f"{path.name}: {fault}"]) from fault
    faults = [fault for name, values in table.items() for fault in _faults(name, values)]
    if faults or not table:
        raise ReaderProfileFault(faults or [f"{path.name}: no profile"])
    return {name: _made(name, values) for name, values in table.items()}


def named(name: str, reads: ReadsWhat, path: Path = READERS_TABLE) -> ReaderProfile:
    """Return the profile of that name; raises ReaderProfileFault when there is none for such readers."""
    fitting = {each: found for each, found in load(path).items() if found.reads is reads}
    if name not in fitting:
        raise ReaderProfileFault([f"{name}: unknown for {reads}; there are {', '.join(sorted(fitting))}"])
    return fitting[name]


def _faults(name: str, values: Any) -> list[str]:
    if not isinstance(values, dict):
        return [f"{name}: not a table"]
    found = [f"{name}: {key} is unknown" for key in values if key not in _KNOWN]
    found += [f"{name}: {key} is missing" for key in _NEEDED if key not in values]
    found += [
        f"{name}: {key} must be one of {', '.join(kinds)}"
        for key, kinds in _ENUMS.items()
        if key in values and values[key] not in {each.value for each in kinds}
    ]
    found += [
        f"{name}: {key} must be from {low} to {high}"
        for key, (low, high) in _RANGES.items()
        if key in values and not (type(values[key]) is int and low <= values[key] <= high)
    ]
    if values.get("baud", _BAUDS[0]) not in _BAUDS:
        found.append(f"{name}: baud must be one of {', '.join(map(str, _BAUDS))}")
    return found


def _made(name: str, values: dict[str, Any]) -> ReaderProfile:
    given: dict[str, Any] = {
        key: _ENUMS[key](value) if key in _ENUMS else value for key, value in values.items()
    }
    return ReaderProfile(name=name, **given)
