"""The dates promised when a form is handed in, and the content of its slip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.intake.organs import Organ
from kiosk.workdays import Deadline, WorkCalendar


@dataclass(frozen=True)
class Entrance:
    """
    How a form comes in.

    is_in_person: The organ counts it as received over its counter. answer_workdays: What the county promises for an
    answer that no law sets a time for.
    """

    day: date
    calendar: WorkCalendar
    is_clock_trusted: bool
    is_in_person: bool
    answer_workdays: int = 5


@dataclass(frozen=True)
class PromisedTerms:
    """The promised dates: the day of receipt if it is certain, its basis, and the last day for an answer."""

    received_on: date | None
    received_basis: str
    due: Deadline | None = None


@dataclass(frozen=True)
class Promise:
    """What exists with the submission; a number is shown only after it is stored."""

    number: str
    submitted_at: datetime
    terms: PromisedTerms


class Medium(StrEnum):
    """The medium of a receipt; its words name it."""

    THERMAL_PAPER = "thermal-paper"
    FILE = "file"
    DESK_PAPER = "desk-paper"
    """A4, printed at the desk for what came by post or over the counter."""


@dataclass(frozen=True)
class SlipOrigin:
    """The origin of a slip, and its medium."""

    place_name: str
    station_name: str
    progress_url: str
    lang: str
    large: bool
    medium: Medium = Medium.THERMAL_PAPER


@dataclass(frozen=True)
class Receipt:
    """
    The content of a submission's slip.

    rows: Label and words of the printed answers, masked. assisted_by: A staff number, or empty.
    about: Number of the submission to which it adds; empty for one of its own.
    kept: What the terminal keeps of the answers, masked: values, not words.
    """

    promise: Promise
    organ: Organ
    rows: Sequence[tuple[str, str]]
    place: SlipOrigin
    assisted_by: str = ""
    about: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
