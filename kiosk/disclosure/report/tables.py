"""The tables of a report and of the statistics as sheets of one file."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.disclosure.report import xlsx
from kiosk.disclosure.report.annual import PARTS, AnnualReport, is_money
from kiosk.disclosure.report.rows import FOUR, FOUR_COLUMNS, SOURCE, THREE, THREE_COLUMNS, TWO, Row, heads
from kiosk.disclosure.report.statistics import OrganTable, YearStatistics
from kiosk.disclosure.report.xlsx import SheetTable, Value
from kiosk.web.language.wording import gettext as _

HIDDEN = "＊"
"""What is written where a small group is hidden."""


def of_report(report: AnnualReport) -> bytes:
    """Return a report as a file of four sheets."""
    notes = [SOURCE]
    if report.is_running:
        notes.append(_("%(year)s年还没有结束，数据是暂定的。", year=report.year))
    return xlsx.write(
        [
            _text(report),
            _two(report),
            SheetTable(
                _("表三"),
                _("收到和处理政府信息公开申请情况"),
                [[*[""] * 3, *(column.name for column in THREE_COLUMNS)]],
                [
                    [*_padded(row), *(report.three[row.id][each.id] for each in THREE_COLUMNS)]
                    for row in THREE
                ],
                _joined(THREE),
                notes,
            ),
            SheetTable(
                _("表四"),
                _("政府信息公开行政复议、行政诉讼情况"),
                [[*[""] * 2, *(column.name for column in FOUR_COLUMNS)]],
                [
                    [*_padded(row, 2), *(report.four[row.id][each.id] for each in FOUR_COLUMNS)]
                    for row in FOUR
                ],
                _joined(FOUR),
                notes,
            ),
        ]
    )


def _text(report: AnnualReport) -> SheetTable:
    lines: list[list[Value]] = [[title, report.texts[name]] for name, title in PARTS]
    return SheetTable(_("正文"), report.title, [["", report.head]], lines)


def _two(report: AnnualReport) -> SheetTable:
    lines: list[list[Value]] = []
    for row in TWO:
        for at, name in enumerate(row.figures):
            key = f"{row.id}-{at}"
            value = report.figures.get(key, "0")
            lines.append([row.item, row.name, name, float(value) if is_money(key) else int(value)])
    return SheetTable(
        _("表二"), _("主动公开政府信息情况"), [[_("条款"), _("信息内容"), _("项目"), _("数量")]], lines
    )


def _padded(row: Row, depth: int = 3) -> list[Value]:
    return [*row.parts, *[""] * (depth - len(row.parts))]


def _joined(rows: tuple[Row, ...]) -> list[tuple[int, int, int, int]]:
    """Return the heading cells that span others; the head of the table is row 1."""
    return [
        (at + 2, cell.level + 1, at + 1 + cell.down, cell.level + cell.across)
        for at, cells in enumerate(heads(rows))
        for cell in cells
        if cell.down > 1 or cell.across > 1
    ]


def of_statistics(
    found: YearStatistics, named: Callable[[str], str], columns: Callable[[str], str], notes: list[str]
) -> bytes:
    """
    Return the statistics as a file, a sheet a table.

    Args:
        named: The name of a row by its code. columns: The name of a column by its code.
    """
    pages = [
        (_("收到"), found.received),
        (_("答复"), found.answered),
        (_("是否按期"), found.punctual),
        (_("办理结果"), found.results),
        (_("满意程度"), found.satisfaction),
        *([(_("正在办理"), found.now)] if found.now else []),
    ]
    every = [_organ_sheet(name, table, found, named, columns, notes) for name, table in pages]
    workdays: list[list[Value]] = [
        [named(organ), HIDDEN if days is None else days]
        for organ, days in zip((*found.organs, "all"), found.workdays, strict=True)
    ]
    title = _("从收到到答复的工作日，中位数")
    return xlsx.write([*every, SheetTable(_("工作日"), title, [[_("机关"), title]], workdays, notes=notes)])


def _organ_sheet(
    name: str,
    table: OrganTable,
    found: YearStatistics,
    named: Callable[[str], str],
    columns: Callable[[str], str],
    notes: list[str],
) -> SheetTable:
    head = [[_("机关"), *(columns(each) for each in table.columns), _("合计")]]
    lines: list[list[Value]] = [
        [named(organ), *(HIDDEN if figure is None else figure for figure in row)]
        for organ, row in zip((*found.organs, "all"), table.rows(), strict=True)
    ]
    return SheetTable(name, f"{found.year} {name}", head, lines, notes=notes)
