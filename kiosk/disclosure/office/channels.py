"""
The ways in which requests reach the county, and the day of receipt of each (art. 31; LAW.md §1.3).

Over the counter the day is that of submission, for signed-for mail the day of signing; for ordinary mail, e-mail, fax
and websites it is the day on which both sides confirm. Knows neither Flask nor a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.disclosure.rules import ReceivedBasis
from kiosk.errors import RuleBroken
from kiosk.intake.promises import PromisedTerms
from kiosk.workdays import REPLY_WORKDAYS, Basis, WorkCalendar


class RequestSource(StrEnum):
    """The way in which a request came."""

    TERMINAL = "terminal"
    COUNTER = "counter"
    SIGNED_POST = "signed-post"
    POST = "post"
    EMAIL = "email"
    FAX = "fax"
    WEBSITE = "website"


@dataclass(frozen=True)
class ArrivalWay:
    """
    A way in which requests reach the desk.

    Args:
        basis: Of the day of receipt once it is known.
        is_certain: The day on which it came is the day of receipt; otherwise both sides confirm one.
    """

    basis: ReceivedBasis
    is_certain: bool


CHANNELS: Mapping[RequestSource, ArrivalWay] = {
    RequestSource.COUNTER: ArrivalWay(ReceivedBasis.IN_PERSON, is_certain=True),
    RequestSource.SIGNED_POST: ArrivalWay(ReceivedBasis.SIGNED, is_certain=True),
    RequestSource.POST: ArrivalWay(ReceivedBasis.ORDINARY, is_certain=False),
    RequestSource.EMAIL: ArrivalWay(ReceivedBasis.CONFIRMED, is_certain=False),
    RequestSource.FAX: ArrivalWay(ReceivedBasis.CONFIRMED, is_certain=False),
    RequestSource.WEBSITE: ArrivalWay(ReceivedBasis.CONFIRMED, is_certain=False),
}
"""What the desk registers; a terminal hands in by itself."""


def terms(
    source: RequestSource, came_on: date, confirmed_on: date | None, *, today: date, calendar: WorkCalendar
) -> PromisedTerms:
    """
    Return the day of receipt, its basis and the last day for an answer, which is counted from it (art. 33).

    Args:
        came_on: Day of handing in at the counter, of signing, or of arrival.
        confirmed_on: Day on which both sides confirmed receipt, where the channel asks for one; None: not yet.
    Raises:
        RuleBroken: "came-after-today", "after-today", "before-submission".
    """
    channel = CHANNELS[source]
    if came_on > today:
        raise RuleBroken("came-after-today", came_on.isoformat())
    day = came_on if channel.is_certain else confirmed_on
    if day is None:
        if_today = calendar.after(today, REPLY_WORKDAYS, Basis.IF_RECEIVED)
        return PromisedTerms(None, ReceivedBasis.TO_CONFIRM, if_today)
    if day > today:
        raise RuleBroken("after-today", day.isoformat())
    if day < came_on:
        raise RuleBroken("before-submission", day.isoformat())
    return PromisedTerms(day, channel.basis, calendar.after(day, REPLY_WORKDAYS))
