"""The list of inquiries at the desk: lights, filters, orders, read from stored columns alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

import peewee

from kiosk import db
from kiosk.clock import BEIJING, stamp
from kiosk.consultation.inquiry import models
from kiosk.consultation.inquiry.inquiries import hand_over, seal_again, take_in
from kiosk.consultation.inquiry.models import Inquiry, InquiryAnswer, InquiryRow
from kiosk.consultation.inquiry.rules import OPEN, SOON_WORKDAYS, AnswerState, InquiryState
from kiosk.intake.by_organ import organ_register
from kiosk.intake.office.listing import NOBODY, Asked, ListViewer

__all__ = [
    "InquiryLight",
    "InquirySort",
    "cases_of",
    "choices",
    "counts",
    "hand_over",
    "how_many",
    "inbox",
    "numbers",
    "organ_of",
    "seal_again",
    "take_in",
]
NEVER, LAST_CHARACTER = "9999-12-31", "\U0010ffff"


class InquiryLight(StrEnum):
    """What needs somebody now."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    WAITING = "waiting"
    RETURNED = "returned"
    ASKED_AGAIN = "asked-again"
    UNASSIGNED = "unassigned"
    MINE = "mine"
    ALL = "all"
    """Also what is answered."""


class InquirySort(StrEnum):
    """An order of the list."""

    DUE = "due"
    NEWEST = "newest"
    NUMBER = "number"


def _lights(viewer: ListViewer) -> dict[InquiryLight, peewee.Expression]:
    state, due = InquiryRow.state, InquiryRow.due
    is_open, day = state.in_(OPEN), viewer.today.isoformat()
    soon = viewer.calendar.after(viewer.today, SOON_WORKDAYS).day.isoformat()
    return {
        InquiryLight.OVERDUE: is_open & (due < day),
        InquiryLight.TODAY: is_open & (due == day),
        InquiryLight.SOON: is_open & (due > day) & (due <= soon),
        InquiryLight.WAITING: is_open & InquiryRow.number.in_(_with_answer(AnswerState.WAITING)),
        InquiryLight.RETURNED: is_open & InquiryRow.number.in_(_with_answer(AnswerState.RETURNED)),
        InquiryLight.ASKED_AGAIN: state == InquiryState.ASKED_AGAIN,
        InquiryLight.UNASSIGNED: is_open & (InquiryRow.assigned_to == ""),
        InquiryLight.MINE: is_open & (InquiryRow.assigned_to == viewer.name),
    }


def _with_answer(state: AnswerState) -> peewee.ModelSelect[InquiryAnswer]:
    return InquiryAnswer.select(InquiryAnswer.number).where(InquiryAnswer.state == state)


def counts(viewer: ListViewer) -> Mapping[str, int]:
    """Return how many inquiries each light has; "" counts all that are open."""
    found = {"": _many([InquiryRow.state.in_(OPEN)], viewer), InquiryLight.ALL.value: _many([], viewer)}
    return {
        **found,
        **{name.value: _many([condition], viewer) for name, condition in _lights(viewer).items()},
    }


def _many(conditions: list[Any], viewer: ListViewer) -> int:
    return int(_where(InquiryRow.select(), [*conditions, *_of_viewer(viewer)]).count(db.store))


def _where(found: peewee.ModelSelect[InquiryRow], conditions: list[Any]) -> peewee.ModelSelect[InquiryRow]:
    return found.where(*conditions) if conditions else found


def _of_viewer(viewer: ListViewer) -> list[Any]:
    return [] if viewer.organs is None else [InquiryRow.organ_code.in_(viewer.organs)]


def _asked(
    found: peewee.ModelSelect[InquiryRow], asked: Asked, viewer: ListViewer
) -> peewee.ModelSelect[InquiryRow]:
    since, until = asked.days()
    number, at = InquiryRow.number, InquiryRow.submitted_at
    conditions = [*_of_viewer(viewer), *_of_light(asked, viewer)]
    if asked.organ:
        conditions.append(InquiryRow.organ_code == asked.organ)
    if asked.person:
        conditions.append(InquiryRow.assigned_to == ("" if asked.person == NOBODY else asked.person))
    if head := asked.number.upper():
        conditions += [number >= head, number < head + LAST_CHARACTER]
    if since:
        conditions.append(at >= stamp(datetime.combine(since, time.min, BEIJING)))
    if until:
        conditions.append(at < stamp(datetime.combine(until + timedelta(days=1), time.min, BEIJING)))
    return _where(found, conditions)


def _of_light(asked: Asked, viewer: ListViewer) -> list[Any]:
    if asked.light and asked.light != InquiryLight.ALL:
        return [_lights(viewer)[InquiryLight(asked.light)]]
    return [] if asked.light or asked.number else [InquiryRow.state.in_(OPEN)]


def _order(asked: Asked) -> tuple[Any, ...]:
    """Return an order in which every inquiry has one place: numbers are unique."""
    number, at = InquiryRow.number, InquiryRow.submitted_at
    orders: dict[str, tuple[Any, ...]] = {
        InquirySort.DUE: (peewee.fn.COALESCE(InquiryRow.due, NEVER), at, number),
        InquirySort.NEWEST: (at.desc(), number.desc()),
        InquirySort.NUMBER: (number,),
    }
    return orders[asked.sort or InquirySort.DUE]


def numbers(asked: Asked, viewer: ListViewer) -> list[str]:
    """Return the numbers of a whole list in its order."""
    return _numbers(_asked(InquiryRow.select(InquiryRow.number), asked, viewer).order_by(*_order(asked)))


def _numbers(found: peewee.ModelSelect[InquiryRow]) -> list[str]:
    return [number for (number,) in found.tuples().execute(db.store)]


def inbox(asked: Asked, viewer: ListViewer, *, limit: int, offset: int) -> list[Inquiry]:
    """Return inquiries of a list in its order."""
    page = _asked(InquiryRow.select(InquiryRow.number), asked, viewer).order_by(*_order(asked))
    wanted = _numbers(page.limit(limit).offset(offset))
    found = {each.number: each for each in cases_of(wanted)}
    return [found[number] for number in wanted if number in found]


def how_many(asked: Asked, viewer: ListViewer) -> int:
    """Return how many inquiries a list has."""
    return int(_asked(InquiryRow.select(), asked, viewer).count(db.store))


def cases_of(listed: Sequence[str]) -> list[Inquiry]:
    """Return the inquiries with these numbers, in no order."""
    return models.inquiries(listed)


def choices(viewer: ListViewer) -> Mapping[str, Sequence[str]]:
    """Return organs that are known and persons that inquiries are given to, for the filters."""
    organs = sorted(organ_register.codes() if viewer.organs is None else viewer.organs)
    given = _where(InquiryRow.select(InquiryRow.assigned_to).distinct(), _of_viewer(viewer))
    persons = sorted(name for name in _numbers(given) if name)
    return {"organ": organs, "person": [NOBODY, *persons]}


def organ_of(number: str) -> str | None:
    """Return the organ that handles an inquiry; None for an unknown number."""
    return organ_register.of(number)
