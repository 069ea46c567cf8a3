"""The year and the organ that a page of reports is about, from its address, within what the person may see."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request

from kiosk.clock import today
from kiosk.disclosure.report import annual, case_counts
from kiosk.disclosure.report.annual import WHOLE
from kiosk.disclosure.report.gathering import ReportScope
from kiosk.web import access
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _

YEARS_BACK = 6
EARLIEST = 2019
"""The year of the present Regulation."""


def asked() -> ReportScope:
    """Return what the address asks for; a person of one organ gets that one. Ends the request for another's: 404."""
    seen = access.organs()
    year = request.args.get("year", annual.year_to_report(today(hub().clock)), type=int)
    organ = request.args.get("organ", WHOLE if seen is None or len(seen) != 1 else next(iter(seen)))
    if not EARLIEST <= year <= today(hub().clock).year or (organ != WHOLE and organ not in known()):
        abort(404)
    return ReportScope(year, organ, seen)


def known() -> list[str]:
    """Return the codes of the organs to choose from: those of the directory and with requests that the person sees."""
    codes = {*case_counts.organs_with_cases(), *(each.code for each in hub().organs())}
    seen = access.organs()
    return sorted(codes if seen is None else codes & seen)


def name_of(organ: str) -> str:
    """Return the name of an organ, or of all of them together, to choose from."""
    return _("全县汇总") if organ == WHOLE else hub().organ_name(organ)


def title_of(organ: str) -> str:
    """Return the name of the one who reports: the organ's, or the county's."""
    return hub().settings.county_name if organ == WHOLE else hub().organ_name(organ)


@dataclass(frozen=True)
class Choices:
    """What a page offers to choose from."""

    years: list[int]
    organs: list[tuple[str, str]]


def choices() -> Choices:
    """Return the years, the newest first, and the organs."""
    year = today(hub().clock).year
    return Choices(
        list(range(year, max(year - YEARS_BACK, EARLIEST) - 1, -1)),
        [(WHOLE, name_of(WHOLE)), *((code, name_of(code)) for code in known())],
    )
