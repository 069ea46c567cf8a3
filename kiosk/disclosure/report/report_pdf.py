"""
The annual report on A4 as PDF/UA: the six parts upright, the three tables across.

The words reach typst as data and are never run; typst is imported when a paper is asked for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from kiosk.disclosure.report.annual import PARTS, AnnualReport, is_money
from kiosk.disclosure.report.rows import FOUR, FOUR_COLUMNS, SOURCE, THREE, THREE_COLUMNS, TWO, Row, heads
from printers.paper.fonts import packaged

TEMPLATE = Path(__file__).with_name("report.typ")
STANDARD: Literal["ua-1"] = "ua-1"


def of_report(report: AnnualReport) -> bytes:
    """Return the report as PDF."""
    import typst

    fonts = packaged()
    pdf = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(fonts.sans.parent), str(fonts.serif.parent)],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_content(report), ensure_ascii=False)},
        format="pdf",
        pdf_standards=[STANDARD],
    )
    return bytes(pdf)


def _content(report: AnnualReport) -> dict[str, Any]:
    return {
        "title": report.title,
        "head": report.head,
        "source": SOURCE,
        "marks": _marks(report),
        "parts": [[title, report.texts[name].split("\n")] for name, title in PARTS],
        "two": [
            [
                row.item if at == 0 else "",
                row.name if at == 0 else "",
                name,
                _figure(report, f"{row.id}-{at}"),
            ]
            for row in TWO
            for at, name in enumerate(row.figures)
        ],
        "three": _table(THREE, report.three, [(each.id, each.name) for each in THREE_COLUMNS]),
        "four": _table(FOUR, report.four, [(each.id, each.name) for each in FOUR_COLUMNS]),
    }


def _figure(report: AnnualReport, key: str) -> str:
    return report.figures.get(key, "0.00" if is_money(key) else "0")


def _marks(report: AnnualReport) -> list[str]:
    """Return what is printed above a report that is not the final one: the words of the form are Chinese."""
    marks = []
    if report.is_drafted or report.to_fill():
        marks.append("草稿")
    if report.is_running:
        marks.append("年度未结束，数据暂定")
    if report.corrections:
        marks.append("数据已更正")
    return marks


def _table(rows: tuple[Row, ...], table: Any, columns: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "columns": [name for _id, name in columns],
        "depth": max(len(row.parts) for row in rows),
        "rows": [
            {
                "heads": [vars(cell) for cell in cells],
                "figures": [str(table[row.id][column]) for column, _name in columns],
            }
            for row, cells in zip(rows, heads(rows), strict=True)
        ],
    }
