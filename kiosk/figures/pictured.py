"""A table of counts with its picture, ready for a page: titles and words come with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.figures import charts
from kiosk.figures.charts import Chart
from kiosk.figures.count_tables import CountTable


@dataclass(frozen=True)
class Pictured:
    """A table with its picture; head: of the rows. row_words, column_words: Return the words of a code."""

    title: str
    head: str
    table: CountTable
    chart: Chart
    row_words: Callable[[str], str]
    column_words: Callable[[str], str]


def of(
    title: str,
    head: str,
    table: CountTable,
    row: Callable[[str], str],
    column: Callable[[str], str],
    *,
    by_row: bool = True,
) -> Pictured:
    """Return a table with a picture of its rows, or of its columns."""
    names = [row(each) for each in table.rows] if by_row else [column(each) for each in table.columns]
    figures = table.totals if by_row else table.whole
    return Pictured(
        title, head, table, charts.lying(title, names if table.rows else [], figures), row, column
    )
