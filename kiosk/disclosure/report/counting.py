"""
Table 3 of the annual report, from plain facts about cases: pure, no database and no clock.

A request counts as new in the year in which it was received (art. 31), and as handled in the year in which its result
was given; what was received and not handled by 31 December is carried over. Source: 国办公开办函〔2021〕30号.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk.disclosure.report.rows import (
    APPLICANTS,
    CARRIED_IN,
    CARRIED_OUT,
    CLOSED,
    NEW,
    RESULTS,
    THREE,
    THREE_COLUMNS,
    TOTAL,
)

OTHER_APPLICANT = "other"
OTHER_RESULT = "r6_3"
"""Row 三(六)3: what was withdrawn, and whatever has no row of its own."""
Table = Mapping[str, Mapping[str, int]]
"""Row id to column id to figure."""


@dataclass(frozen=True)
class CaseFacts:
    """
    Cases that are alike for the report.

    Args:
        applicant: A value of `ApplicantType`; anything else counts as another applicant.
        received: Year of receipt; None while receipt is not confirmed.
        decided: Year of the result; None while there is none.
        row: Row of the result in table 3; empty while there is none.
        many: How many cases are alike.
    """

    applicant: str
    received: int | None
    decided: int | None
    row: str
    many: int = 1

    @property
    def counted_from(self) -> int | None:
        """
        Return the year from which it counts as received: at the latest that of its result.

        A request that its applicant withdraws before receipt is confirmed was received all the same.
        """
        if self.received is None or self.decided is None:
            return self.received if self.decided is None else self.decided
        return min(self.received, self.decided)

    @property
    def column(self) -> str:
        """Return its column of table 3."""
        return self.applicant if self.applicant in APPLICANTS else OTHER_APPLICANT


def rows_of(facts: CaseFacts, year: int) -> list[str]:
    """Return the rows of table 3 of `year` in which these cases count."""
    begun = facts.counted_from
    if begun is None or begun > year or (facts.decided is not None and facts.decided < year):
        return []
    found = [NEW if begun == year else CARRIED_IN]
    if facts.decided is None or facts.decided > year:
        return [*found, CARRIED_OUT]
    return [*found, facts.row if facts.row in RESULTS else OTHER_RESULT, CLOSED]


def table_three(cases: Iterable[CaseFacts], year: int) -> dict[str, dict[str, int]]:
    """Return table 3 of a year, every row and column of it."""
    table = {row.id: {column.id: 0 for column in THREE_COLUMNS} for row in THREE}
    for each in cases:
        for row in rows_of(each, year):
            table[row][each.column] += each.many
            table[row][TOTAL] += each.many
    return table


@dataclass(frozen=True)
class CrossFoot:
    """
    One check of table 3.

    Args:
        code: "balance" (一 + 二 = 三(七) + 四), "closed" (三(七) = the sum of the results), "total" (the last column is
            the sum of the others), "carried" (二 = 四 of the year before).
        where: Column of the first two and the last, row of the third.
        left, right: Both sides, equal when the check holds.
    """

    code: str
    where: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Return whether both sides are equal."""
        return self.left == self.right


def cross_foot(table: Table, carried_before: Mapping[str, int] | None = None) -> list[CrossFoot]:
    """
    Return every check of a table 3, those that hold too.

    Args:
        carried_before: Row 四 of last year's report by column; None: there is none to compare with.
    """
    found = []
    for column in (each.id for each in THREE_COLUMNS):
        value = {row: table[row][column] for row in table}
        found.append(
            CrossFoot("balance", column, value[NEW] + value[CARRIED_IN], value[CLOSED] + value[CARRIED_OUT])
        )
        found.append(CrossFoot("closed", column, value[CLOSED], sum(value[row] for row in RESULTS)))
        if carried_before is not None:
            found.append(CrossFoot("carried", column, value[CARRIED_IN], carried_before.get(column, 0)))
    for row, figures in table.items():
        found.append(CrossFoot("total", row, figures[TOTAL], sum(figures[each] for each in APPLICANTS)))
    return found


def broken(checks: Iterable[CrossFoot]) -> list[CrossFoot]:
    """Return the checks that do not hold."""
    return [each for each in checks if not each.holds]
