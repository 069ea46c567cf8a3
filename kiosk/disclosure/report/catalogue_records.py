"""Records of the catalogue that reports become: plain mappings, checked where they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kiosk.disclosure.report.annual import PARTS, WHOLE, AnnualReport
from kiosk.disclosure.report.rows import (
    CARRIED_IN,
    CARRIED_OUT,
    CLOSED,
    FOUR,
    FOUR_COLUMNS,
    NEW,
    THREE,
    TOTAL,
    TWO,
)

COUNTY_ID = "county"


def report_id(organ: str, year: int) -> str:
    """Return the id of the record of a report: the same at each publication, so that a correction replaces it."""
    return f"annual-report:{organ if organ != WHOLE else COUNTY_ID}-{year}"


def of_report(
    report: AnnualReport, kind: str, day: date, files: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the record of an annual report, of this kind of record, published on a day, with its files."""
    three = {row: columns[TOTAL] for row, columns in report.three.items()}
    return {
        "id": report_id(report.organ, report.year),
        "kind": kind,
        "title": report.title,
        "body": "\n".join([report.head, *_parts(report)]),
        "issuers": [report.organ_name],
        "published_on": day.isoformat(),
        "disclosure": "proactive",
        **({"attachments": list(files)} if files else {}),
        "fields": {
            "year": report.year,
            "organ_name": report.organ_name,
            "figures": [*_two(report), *_three(three), *_four(report)],
            "requests": {
                "carried_in": three[CARRIED_IN],
                "new": three[NEW],
                "closed": three[CLOSED],
                "carried_out": three[CARRIED_OUT],
            },
        },
    }


def _parts(report: AnnualReport) -> list[str]:
    return [f"{title}\n{report.texts[name]}" for name, title in PARTS]


def _figure(label: str, value: int, unit: str) -> dict[str, Any]:
    return {"label": label, "value": value, "unit": unit}


def _two(report: AnnualReport) -> list[dict[str, Any]]:
    return [
        _figure(f"{row.name}：{name}", int(report.figures.get(f"{row.id}-{at}", "0")), "件")
        for row in TWO
        if not row.is_money
        for at, name in enumerate(row.figures)
    ]


def _three(totals: dict[str, int]) -> list[dict[str, Any]]:
    return [_figure("：".join(row.parts), totals[row.id], "件") for row in THREE]


def _four(report: AnnualReport) -> list[dict[str, Any]]:
    return [
        _figure(f"{'：'.join(row.parts)}：{column.name}", report.four[row.id][column.id], "件")
        for row in FOUR
        for column in FOUR_COLUMNS
    ]


def of_answer(
    doc_id: str, *, kind: str, question: str, answer: str, organ_name: str, day: date
) -> dict[str, Any]:
    """Return the record of an answered request; the day says its month only: a day may identify."""
    title = question if len(question) <= LONGEST_TITLE else f"{question[: LONGEST_TITLE - 1]}…"
    return {
        "id": doc_id,
        "kind": kind,
        "title": title,
        "body": answer,
        "issuers": [organ_name],
        "published_on": day.replace(day=1).isoformat(),
        "disclosure": "proactive",
        "fields": {"question": question, "answer": answer, "organ_name": organ_name},
    }


LONGEST_TITLE = 80
