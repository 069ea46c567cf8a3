"""The annual report and the statistics gathered from the register, the docket and what was entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.disclosure.report import annual, case_counts, report_models, statistics
from kiosk.disclosure.report.annual import WHOLE, AnnualReport
from kiosk.disclosure.report.counting import cross_foot, table_three
from kiosk.disclosure.report.proceedings import table_four
from kiosk.disclosure.report.report_models import Part
from kiosk.disclosure.report.statistics import YearStatistics
from kiosk.workdays import WorkCalendar


@dataclass(frozen=True)
class ReportScope:
    """
    What a report is about.

    Args:
        organ: A code, or WHOLE. allowed: The organs that the person may see; None: all.
    """

    year: int
    organ: str
    allowed: frozenset[str] | None = None

    @property
    def organs(self) -> frozenset[str] | None:
        """Return the organs whose cases count."""
        return self.allowed if self.organ == WHOLE else frozenset({self.organ})


def entered(scope: ReportScope) -> dict[str, str]:
    """Return the figures that were entered for this report."""
    kept = report_models.latest(Part.FIGURES, scope.organ, scope.year)
    return dict(kept.content) if kept else {}


def submitted(scope: ReportScope, year: int) -> dict[str, Any] | None:
    """Return the content of the report of a year as it was submitted last; None: it was not."""
    kept = report_models.latest(Part.SUBMITTED, scope.organ, year)
    return dict(kept.content) if kept else None


def report(scope: ReportScope, organ_name: str, today: date) -> AnnualReport:
    """Return the report as it is now."""
    year, figures = scope.year, entered(scope)
    three = table_three(case_counts.year_facts(scope.organs), year)
    elsewhere = [each.proceeding for each in report_models.docket(scope.organs)]
    here = [each.proceeding for each in case_counts.reviews(scope.organs)]
    four = table_four([*elsewhere, *here], year)
    before = annual.carried_before(figures, submitted(scope, year - 1))
    kept = report_models.latest(Part.TEXT, scope.organ, year)
    return AnnualReport(
        year,
        scope.organ,
        organ_name,
        figures,
        three,
        four,
        cross_foot(three, before),
        kept.content if kept else annual.drafted(organ_name, year, figures, three, four),
        is_drafted=kept is None,
        is_running=today.year <= year,
        corrections=annual.corrections(three, submitted(scope, year)),
    )


def year_statistics(scope: ReportScope, today: date, calendar: WorkCalendar) -> YearStatistics:
    """Return the statistics of the year."""
    facts = case_counts.day_facts(scope.organs, scope.year)
    ratings = case_counts.ratings(scope.organs, scope.year)
    return statistics.of_year(facts, scope.year, today, calendar, ratings)
