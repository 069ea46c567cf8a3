"""The tables of what people enter for a report, of reviews and lawsuits, and of requests in the public log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import peewee

from kiosk import db
from kiosk.disclosure.events import ReviewKind, ReviewResult
from kiosk.disclosure.report.proceedings import Proceeding
from kiosk.errors import NotFound


class Part(StrEnum):
    """What is kept in versions for an organ and a year."""

    FIGURES = "figures"
    """Table 2, and last year's table 3 四 where that report was made elsewhere."""
    TEXT = "text"
    """The six parts."""
    SUBMITTED = "submitted"
    """All of the report as it was submitted for publication."""


class ReportVersion(db.StoreModel):
    """A version of a part; never changed afterwards."""

    part = db.WordField(Part)
    organ_code = peewee.TextField()
    year = peewee.IntegerField()
    version = peewee.IntegerField()
    content = db.JsonField()
    actor = peewee.TextField()
    at = db.StampField()

    class Meta:
        primary_key = peewee.CompositeKey("part", "organ_code", "year", "version")


class DocketEntry(db.StoreModel):
    """A review or a lawsuit about a request that is not registered here; nothing in it is personal."""

    id = peewee.AutoField()
    organ_code = peewee.TextField()
    kind = db.WordField(ReviewKind)
    reference = peewee.TextField()
    opened_on = db.DayField()
    result = peewee.TextField()
    decided_on = db.DayField(null=True)
    actor = peewee.TextField()
    at = db.StampField()

    class Meta:
        indexes = ((("organ_code", "opened_on"), False),)


class LoggedRequest(db.StoreModel):
    """A request whose question and answer were submitted for the public log, without what identifies anybody."""

    number = peewee.TextField(primary_key=True)
    doc_id = peewee.TextField(unique=True)
    organ_code = peewee.TextField()
    proposed_by = peewee.TextField()
    proposed_at = db.StampField()
    taken_back_by = peewee.TextField()
    taken_back_at = db.StampField(null=True)


@dataclass(frozen=True)
class KeptVersion:
    """A version of a part of a report."""

    version: int
    content: Mapping[str, Any]
    actor: str
    at: datetime


@dataclass(frozen=True)
class OnDocket:
    """A review or a lawsuit about a request that is not registered here; reference: of the body that decides."""

    id: int
    organ_code: str
    kind: ReviewKind
    reference: str
    opened_on: date
    result: str
    decided_on: date | None
    actor: str
    at: datetime

    @property
    def proceeding(self) -> Proceeding:
        """Return what table 4 needs of it."""
        return Proceeding(
            self.kind,
            self.opened_on,
            ReviewResult(self.result) if self.result else None,
            self.decided_on,
        )


@dataclass(frozen=True)
class Logged:
    """A request in the public log."""

    number: str
    doc_id: str
    organ_code: str
    proposed_by: str
    proposed_at: datetime
    taken_back_by: str
    taken_back_at: datetime | None


def _versions(part: Part, organ: str, year: int) -> peewee.ModelSelect[ReportVersion]:
    return (
        ReportVersion.select(
            ReportVersion.version, ReportVersion.content, ReportVersion.actor, ReportVersion.at
        )
        .where(ReportVersion.part == part, ReportVersion.organ_code == organ, ReportVersion.year == year)
        .order_by(ReportVersion.version.desc())
    )


def versions(part: Part, organ: str, year: int) -> list[KeptVersion]:
    """Return all versions of a part, the newest first."""
    return db.rows(_versions(part, organ, year), KeptVersion)


def latest(part: Part, organ: str, year: int) -> KeptVersion | None:
    """Return the newest version of a part."""
    return next(iter(db.rows(_versions(part, organ, year).limit(1), KeptVersion)), None)


_DOCKET = tuple(DocketEntry._meta.sorted_fields)


def docket(organs: frozenset[str] | None) -> list[OnDocket]:
    """Return the docket of these organs (None: all), the newest first."""
    found = DocketEntry.select(*_DOCKET).order_by(DocketEntry.opened_on.desc(), DocketEntry.id.desc())
    return db.rows(
        found if organs is None else found.where(DocketEntry.organ_code.in_(sorted(organs))), OnDocket
    )


def on_docket(entry: int) -> OnDocket:
    """
    Return a line of the docket.

    Raises:
        NotFound: "no-such-proceeding".
    """
    found = next(iter(db.rows(DocketEntry.select(*_DOCKET).where(DocketEntry.id == entry), OnDocket)), None)
    if found is None:
        raise NotFound("no-such-proceeding", str(entry))
    return found


def is_on_docket(organ: str, kind: ReviewKind, reference: str, opened_on: date) -> bool:
    """Return whether the docket has a line with all of these."""
    found = DocketEntry.select(DocketEntry.id).where(
        DocketEntry.organ_code == organ,
        DocketEntry.kind == kind,
        DocketEntry.reference == reference,
        DocketEntry.opened_on == opened_on,
    )
    return bool(found.count(db.store))


def logged(number: str) -> Logged | None:
    """Return what the public log has of a request."""
    found = LoggedRequest.select(*LoggedRequest._meta.sorted_fields).where(LoggedRequest.number == number)
    return next(iter(db.rows(found, Logged)), None)


def whole_log(organs: frozenset[str] | None) -> list[Logged]:
    """Return the public log of these organs (None: all), the newest first."""
    found = LoggedRequest.select(*LoggedRequest._meta.sorted_fields).order_by(
        LoggedRequest.proposed_at.desc(), LoggedRequest.number
    )
    return db.rows(
        found if organs is None else found.where(LoggedRequest.organ_code.in_(sorted(organs))), Logged
    )
