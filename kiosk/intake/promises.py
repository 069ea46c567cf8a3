"""What is promised the moment a form is handed in, and what a slip may say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.intake.organs import Organ
from kiosk.workdays import Deadline, WorkCalendar


@dataclass(frozen=True)
class Entrance:
    """How a form comes in. is_in_person: the organ counts what is handed in here as received over its counter."""

    day: date
    calendar: WorkCalendar
    is_clock_trusted: bool
    is_in_person: bool


@dataclass(frozen=True)
class PromisedTerms:
    """What holds from then on: the day of receipt where it is certain, why it is so, and the last day for an answer."""

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
    """On what a receipt is given; its words say so."""

    THERMAL_PAPER = "thermal-paper"
    FILE = "file"


@dataclass(frozen=True)
class SlipOrigin:
    """Where a slip comes from, and on what it is given."""

    place_name: str
    station_name: str
    progress_url: str
    lang: str
    large: bool
    medium: Medium = Medium.THERMAL_PAPER


@dataclass(frozen=True)
class Receipt:
    """
    What the slip of a submission says.

    rows: label and words of the answers that it shows, masked. assisted_by: a staff number, or empty.
    """

    promise: Promise
    organ: Organ
    rows: Sequence[tuple[str, str]]
    place: SlipOrigin
    assisted_by: str = ""
