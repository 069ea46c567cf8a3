"""The places of a letter's text: which there are, which are still empty, and the text with them filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from kiosk.disclosure.letters import kinds
from kiosk.disclosure.letters.kinds import KindRow, Shape
from kiosk.disclosure.letters.page import letter_text
from kiosk.disclosure.outcomes import Remedies
from kiosk.errors import RuleBroken

PLACE = re.compile(r"\{([^{}\n]{1,30})\}")


def check_template(row: KindRow, text: str) -> None:
    """
    Refuse a text that cannot serve its kind.

    Raises:
        RuleBroken: "place-unknown", "place-missing" (a required fact, the remedies), "place-too-many" (remedies where
            the law wants none): each with the place.
    """
    named = PLACE.findall(text)
    known = kinds.places(row)
    for place in named:
        if place not in known:
            raise RuleBroken("place-unknown", place)
    for fact in row.facts:
        if fact.required and fact.is_printed and fact.label not in named:
            raise RuleBroken("place-missing", fact.label)
    wants = row.remedies is not Remedies.NONE
    if wants and kinds.REMEDIES not in named:
        raise RuleBroken("place-missing", kinds.REMEDIES)
    if not wants and kinds.REMEDIES in named:
        raise RuleBroken("place-too-many", kinds.REMEDIES)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with what is known put in its places; a place without a value stays, for the clerk to see."""
    lines = [_line(line, values) for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def unfilled(text: str) -> list[str]:
    """Return the places that are still empty."""
    return list(dict.fromkeys(PLACE.findall(text)))


def facts_missing(row: KindRow, facts: Mapping[str, str]) -> list[str]:
    """Return the labels of required facts that are not stated."""
    return [fact.label for fact in row.facts if fact.required and not facts.get(fact.name, "").strip()]


def fact_values(row: KindRow, facts: Mapping[str, str]) -> dict[str, str]:
    """Return what the facts put in their places: dates in words; an optional fact without a value leaves nothing."""
    made = {}
    for fact in row.facts:
        value = facts.get(fact.name, "").strip()
        if value or not fact.required:
            made[fact.label] = _day(value) if fact.shape is Shape.DATE else value
    return made


def _day(value: str) -> str:
    try:
        return letter_text.day_words(date.fromisoformat(value))
    except ValueError:
        return value


def _line(line: str, values: Mapping[str, str]) -> str:
    """Return one line filled in; what is put into a row of a table stays one row."""
    if not line.startswith("|"):
        return PLACE.sub(lambda found: values.get(found[1], found[0]), line)
    return PLACE.sub(lambda found: _cell(values.get(found[1], found[0])), line)


def _cell(value: str) -> str:
    return " ".join(value.replace("|", "｜").split())
