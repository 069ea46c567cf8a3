"""What the pages of reports show: the versions that acts on them name."""

from __future__ import annotations

from flask import url_for

from kiosk.disclosure.report import report_models
from kiosk.disclosure.report.annual import PARTS, figure_keys
from kiosk.disclosure.report.desk import scope
from kiosk.disclosure.report.report_models import KeptVersion, Logged, OnDocket, Part
from kiosk.errors import NotFound
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.web.language.wording import N_

KINDS = {
    "review": N_("行政复议"),
    "suit": N_("行政诉讼（未经复议直接起诉）"),
    "suit-after-review": N_("行政诉讼（复议后起诉）"),
}
RESULTS = {"": N_("尚未审结"), "upheld": N_("结果维持"), "corrected": N_("结果纠正"), "other": N_("其他结果")}


def figures() -> Shown:
    """Return the entered figures of the report that the address asks for."""
    kept = _kept(Part.FIGURES)
    lines = tuple((key, str(kept.content[key])) for key in figure_keys() if kept and key in kept.content)
    return _shown(kept, lines, "figures", ".figures")


def text() -> Shown:
    """Return the six parts of the report that the address asks for."""
    kept = _kept(Part.TEXT)
    lines = tuple((title, str(kept.content.get(name, ""))) for name, title in PARTS) if kept else ()
    return _shown(kept, lines, "text", ".text")


def submitted() -> Shown:
    """Return what is known of the last submission, with the versions of what would be submitted now."""
    kept = _kept(Part.SUBMITTED)
    lines = ((N_("提交过的版本"), str(kept.version if kept else 0)),)
    parts = [_kept(part) for part in (Part.FIGURES, Part.TEXT)]
    exact = " ".join(str(each.version if each else 0) for each in parts)
    return _shown(kept, lines, "submitted", ".annual", exact)


def _kept(part: Part) -> KeptVersion | None:
    asked = scope.asked()
    return report_models.latest(part, asked.organ, asked.year)


def _shown(
    kept: KeptVersion | None, lines: tuple[tuple[str, str], ...], name: str, page: str, exact: str = ""
) -> Shown:
    asked = scope.asked()
    return Shown(
        lines,
        f"{exact} {kept.version if kept else 0}",
        name=f"report/{asked.year}/{asked.organ}/{name}",
        href=url_for(page, year=asked.year, organ=asked.organ),
        touched=lambda: Touched(kept.actor, kept.at) if kept else NOBODY,
    )


def proceeding(entry: int) -> Shown:
    """Return a line of the docket."""
    try:
        return proceeding_shown(report_models.on_docket(entry))
    except NotFound:
        return Shown(name=f"docket/{entry}", href=url_for(".docket"))


def proceeding_shown(found: OnDocket) -> Shown:
    """Return a line of the docket as its page shows it."""
    lines = (
        (N_("种类"), KINDS[found.kind]),
        (N_("案号"), found.reference),
        (N_("提起日期"), found.opened_on.isoformat()),
        (N_("结果"), RESULTS[found.result]),
        (N_("审结日期"), found.decided_on.isoformat() if found.decided_on else ""),
    )
    return Shown(
        lines,
        found.organ_code,
        name=f"docket/{found.id}",
        href=url_for(".proceeding", entry=found.id),
        touched=lambda: Touched(found.actor, found.at),
    )


def logged(number: str) -> Shown:
    """Return what the public log has of a request."""
    return logged_shown(number, report_models.logged(number))


def logged_shown(number: str, found: Logged | None) -> Shown:
    """Return what the public log has of a request as a page shows it."""
    lines = ((N_("提交人"), found.proposed_by), (N_("收回人"), found.taken_back_by)) if found else ()
    exact = f"{found.proposed_at} {found.taken_back_at}" if found else ""
    by, at = (
        (found.taken_back_by, found.taken_back_at) if found and found.taken_back_at else
        (found.proposed_by, found.proposed_at) if found else ("", None)
    )  # fmt: skip
    return Shown(
        lines,
        exact,
        name=f"request-log/{number}",
        href=url_for(".log_case", number=number),
        touched=lambda: Touched(by, at),
    )
