"""Profiles of printer models: config/printers.toml read into frozen values, every fault reported at once."""

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from printers.errors import ProfileFault

DEFAULT_TABLE = Path(__file__).resolve().parents[2] / "config" / "printers.toml"


class Mode(StrEnum):
    """How text reaches the paper."""

    RASTER = "raster"
    TEXT = "text"


class Repertoire(StrEnum):
    """The characters of the printer's own font."""

    GB2312 = "gb2312"
    GBK = "gbk"
    GB18030 = "gb18030"


class CutKind(StrEnum):
    """What the cutter can do."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class StatusKind(StrEnum):
    """The way a printer reports its state."""

    DLE = "dle"
    NONE = "none"


class JobEnd(StrEnum):
    """The way a printer proves that a job is on paper, best first."""

    GS_H = "gs_h"
    GS_R = "gs_r"
    DLE = "dle"
    NONE = "none"


class QrKind(StrEnum):
    """Where a QR code is drawn in text mode."""

    RASTER = "raster"
    NATIVE = "native"


@dataclass(frozen=True)
class Profile:
    """
    One kind of printer.

    Args:
        name: Its key in the table.
        title: Its name for people.
        width_dots: Printable dots in a line, a multiple of 8.
        columns: Half-width cells in a line of the printer's own font (12 dots each).
        dots_per_mm: 8 for 203 dpi, 7 for 180 dpi.
        mode: Raster prints any character; text is short, for serial lines.
        repertoire: Characters of the printer's own font, in text mode.
        cut: What the cutter can do.
        feed_mm: From the print head to the cutter or cutting edge.
        status: How it tells its state; with `none` the state is never known.
        job_end: How it proves that a job is on paper.
        qr: Who draws QR codes in text mode.
        band_rows: Rows of one raster command, at most 256.
        baud: Speed of a serial line, bits a second; 0 where it has none.
    """

    name: str
    title: str
    width_dots: int
    columns: int
    dots_per_mm: int = 8
    mode: Mode = Mode.RASTER
    repertoire: Repertoire = Repertoire.GBK
    cut: CutKind = CutKind.PARTIAL
    feed_mm: int = 12
    status: StatusKind = StatusKind.DLE
    job_end: JobEnd = JobEnd.DLE
    qr: QrKind = QrKind.RASTER
    band_rows: int = 256
    baud: int = 0


_ENUMS: dict[str, type[StrEnum]] = {
    "mode": Mode,
    "repertoire": Repertoire,
    "cut": CutKind,
    "status": StatusKind,
    "job_end": JobEnd,
    "qr": QrKind,
}
_RANGES = {
    "width_dots": (192, 1024),
    "columns": (16, 85),
    "dots_per_mm": (6, 12),
    "feed_mm": (0, 60),
    "band_rows": (24, 256),
    "baud": (0, 921_600),
}
_KEYS = {field.name for field in fields(Profile)} - {"name"}
_NEEDED = {"title", "width_dots", "columns"}

GENERIC_80 = Profile(name="generic-80", title="80 mm", width_dots=576, columns=48)
GENERIC_58 = Profile(name="generic-58", title="58 mm", width_dots=384, columns=32)


def load(path: Path = DEFAULT_TABLE) -> dict[str, Profile]:
    """
    Return all profiles by name.

    Raises:
        ProfileFault: The file cannot be read or holds mistakes; all of them are in `faults`.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ProfileFault([f"{path.name}: {fault}"]) from fault
    faults: list[str] = []
    profiles = {name: _profile(name, values, faults) for name, values in table.items()}
    if faults or not profiles:
        raise ProfileFault(faults or [f"{path.name}: no profile"])
    return {name: profile for name, profile in profiles.items() if profile is not None}


def named(name: str, path: Path = DEFAULT_TABLE) -> Profile:
    """Return the profile of that name; raise ProfileFault when there is none."""
    profiles = load(path)
    if name not in profiles:
        raise ProfileFault([f"{name}: unknown; there are {', '.join(sorted(profiles))}"])
    return profiles[name]


def _profile(name: str, values: Any, faults: list[str]) -> Profile | None:
    if not isinstance(values, dict):
        faults.append(f"{name}: not a table")
        return None
    before = len(faults)
    faults += [f"{name}.{key}: unknown key" for key in sorted(values.keys() - _KEYS)]
    faults += [f"{name}.{key}: missing" for key in sorted(_NEEDED - values.keys())]
    known = {
        key: _value(f"{name}.{key}", key, value, faults) for key, value in values.items() if key in _KEYS
    }
    if isinstance(known.get("width_dots"), int) and known["width_dots"] % 8:
        faults.append(f"{name}.width_dots: not a multiple of 8")
    return Profile(name=name, **known) if len(faults) == before else None


def _value(where: str, key: str, value: Any, faults: list[str]) -> Any:
    if key in _ENUMS:
        choices = [str(choice) for choice in _ENUMS[key]]
        if value in choices:
            return _ENUMS[key](value)
        faults.append(f"{where}: {value!r} is not one of {', '.join(choices)}")
    elif key in _RANGES:
        low, high = _RANGES[key]
        if type(value) is int and low <= value <= high:
            return value
        faults.append(f"{where}: {value!r} is not a whole number from {low} to {high}")
    elif isinstance(value, str) and value:
        return value
    else:
        faults.append(f"{where}: not a text")
    return None
