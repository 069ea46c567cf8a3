"""What a person decides at the desk for bookings that a change hits: one choice each, or one for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import request

from kiosk.consultation.supply.changing import SettledBooking
from kiosk.consultation.supply.made_sessions import HitBooking
from kiosk.consultation.supply.models import RebookingOutcome

FIELD = "outcome-"
"""Begins the name of the choice for a booking, which its number follows."""
FOR_ALL = "outcome-all"
FIRST_PROPOSED = "moved"
"""Of all: each goes to the first time that is proposed to it."""


def decided(hit: Iterable[HitBooking], given: Mapping[str, str] | None = None) -> dict[str, SettledBooking]:
    """Return what the sent form says of each booking; those without a choice are left out."""
    given = request.form if given is None else given
    for_all = given.get(FOR_ALL, "")
    found = {}
    for each in hit:
        said = given.get(f"{FIELD}{each.number}", "") or for_all
        if (settled := _read(said, each)) is not None:
            found[each.number] = settled
    return found


def _read(said: str, hit: HitBooking) -> SettledBooking | None:
    word, _colon, session = said.partition(":")
    if word not in {*RebookingOutcome}:
        return None
    if word != RebookingOutcome.MOVED:
        return SettledBooking(RebookingOutcome(word))
    session = session or next((each.id for each in hit.proposed), "")
    return SettledBooking(RebookingOutcome.MOVED, session) if session else None


def needs_words(settled: Iterable[SettledBooking]) -> bool:
    """Return whether somebody has to hear of a decision, and reads why."""
    return any(each.outcome is not RebookingOutcome.KEPT for each in settled)


def chosen(numbers: Sequence[str]) -> dict[str, str]:
    """Return the choices of the sent form, to be shown again."""
    return {number: request.form.get(f"{FIELD}{number}", "") for number in [*numbers, "all"]}
