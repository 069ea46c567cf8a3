"""The desk of reports: the annual report of an organ, its cases, its figures by entry, its text, its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.clock import today
from kiosk.disclosure.outcomes import OUTCOMES, Outcome
from kiosk.disclosure.report import (
    actions,
    annual,
    case_counts,
    catalogue_records,
    gathering,
    report_models,
    report_pdf,
    tables,
)
from kiosk.disclosure.report.annual import PARTS, AnnualReport
from kiosk.disclosure.report.desk import docket_views, log_views, scope, shown, statistics_views
from kiosk.disclosure.report.gathering import ReportScope
from kiosk.disclosure.report.report_models import Part
from kiosk.disclosure.report.rows import (
    FOUR,
    FOUR_COLUMNS,
    TABLE_3_BY_ID,
    THREE,
    THREE_COLUMNS,
    TWO,
    heads,
)
from kiosk.errors import Refused, RuleBroken, StoreFull
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | BaseResponse
ROWS = 50
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF_TYPE = "application/pdf"
CHECKS = {
    "balance": N_("一 + 二 = 三（七）+ 四"),
    "closed": N_("三（七）= 各项办理结果之和"),
    "carried": N_("二 = 上年报告的四"),
    "total": N_("总计 = 各栏之和"),
}


def blueprint() -> Blueprint:
    """Return the pages below `/desk/report`."""
    pages = Blueprint("report_desk", __name__, url_prefix="/desk/report")
    both = ["GET", "POST"]
    pages.context_processor(_variables)
    pages.add_url_rule("", "annual", annual_page)
    pages.add_url_rule("/cases", "cases", cases)
    pages.add_url_rule("/figures", "figures", figures, methods=both)
    pages.add_url_rule("/text", "text", text, methods=both)
    pages.add_url_rule("/report.xlsx", "xlsx", xlsx)
    pages.add_url_rule("/report.pdf", "pdf", pdf)
    pages.add_url_rule("/submit", "submit", submit, methods=["POST"])
    statistics_views.add_to(pages)
    docket_views.add_to(pages)
    log_views.add_to(pages)
    return pages


def _variables() -> dict[str, Any]:
    return {"organ_name": hub().organ_name, "today": today(hub().clock)}


def _report(asked: ReportScope) -> AnnualReport:
    return gathering.report(asked, scope.title_of(asked.organ), today(hub().clock))


def annual_page() -> Answer:
    """Show the report of a year: its tables, each figure with its cases, its checks, what is still to be done."""
    access.require(Permission.SEE_REQUESTS)
    return _page(scope.asked())


def _page(asked: ReportScope, problem: str = "") -> str:
    report = _report(asked)
    return render_template(
        "disclosure/report/annual.html",
        asked=asked,
        choices=scope.choices(),
        report=report,
        problem=problem,
        changed={(each.row, each.column): each for each in report.corrections},
        checks=CHECKS,
        where=_where,
        doubts=case_counts.doubts(asked.year, asked.organs),
        due=annual.due_days(asked.year),
        two=TWO,
        three=list(zip(THREE, heads(THREE), strict=True)),
        three_columns=THREE_COLUMNS,
        four=list(zip(FOUR, heads(FOUR), strict=True)),
        four_columns=FOUR_COLUMNS,
        parts=PARTS,
        figures_kept=report_models.latest(Part.FIGURES, asked.organ, asked.year),
        submitted=report_models.versions(Part.SUBMITTED, asked.organ, asked.year),
        submitted_shown=shown.submitted(),
        record_id=catalogue_records.report_id(asked.organ, asked.year),
        record_state=hub().record_state(catalogue_records.report_id(asked.organ, asked.year)),
        may_handle=access.may(Permission.HANDLE_REQUESTS),
    )


def _where(place: str) -> str:
    """Return the name of a row or a column of table 3."""
    if place in TABLE_3_BY_ID:
        return TABLE_3_BY_ID[place].name
    return next((each.name for each in THREE_COLUMNS if each.id == place), place)


def cases() -> Answer:
    """Show the cases behind a figure of table 3."""
    access.require(Permission.SEE_REQUESTS)
    asked = scope.asked()
    row, column = request.args.get("row", ""), request.args.get("column", "total")
    if row not in TABLE_3_BY_ID or column not in {each.id for each in THREE_COLUMNS}:
        abort(404)
    page = max(request.args.get("page", 1, type=int), 1)
    found = case_counts.cases_of(
        row, column, asked.year, asked.organs, limit=ROWS + 1, offset=(page - 1) * ROWS
    )
    return render_template(
        "disclosure/report/cases.html",
        asked=asked,
        row=TABLE_3_BY_ID[row],
        column=next(each for each in THREE_COLUMNS if each.id == column),
        cases=found[:ROWS],
        total=gathering.report(asked, "", today(hub().clock)).three[row][column],
        columns={each.id: each.name for each in THREE_COLUMNS},
        outcome_words=_outcome_words,
        page=page,
        has_more=len(found) > ROWS,
    )


def _outcome_words(outcome: str) -> str:
    return str(OUTCOMES[Outcome(outcome)].words) if outcome else ""


@acts_on(shown.figures, N_("保存"), {"": TypedField(N_("数据"))})
def figures(*, seen: Seen) -> Answer:
    """Show or store the figures that are entered: table 2, fees, last year's row 四 of a report made elsewhere."""
    asked = scope.asked()
    if request.method == "GET":
        access.require(Permission.SEE_REQUESTS)
        return _figures_page(asked, gathering.entered(asked))
    person = access.require(Permission.HANDLE_REQUESTS)
    typed = {key: request.form.get(key, "") for key in annual.figure_keys()}
    try:
        found = annual.checked_figures(typed)
    except RuleBroken as broken:
        return _figures_page(asked, typed, wrong=broken.detail), 422
    actions.keep(
        Part.FIGURES, asked.organ, asked.year, found, actor=person.name, now=hub().clock.now(), seen=seen
    )
    flash(_("已保存。"))
    return redirect(url_for(".annual", year=asked.year, organ=asked.organ), 303)


def _figures_page(asked: ReportScope, typed: dict[str, str], wrong: str = "") -> str:
    return render_template(
        "disclosure/report/figures.html",
        asked=asked,
        name=scope.name_of(asked.organ),
        typed=typed,
        wrong=wrong,
        two=TWO,
        columns=[each for each in THREE_COLUMNS if each.id != "total"],
        shown=shown.figures(),
        versions=report_models.versions(Part.FIGURES, asked.organ, asked.year),
        may_handle=access.may(Permission.HANDLE_REQUESTS),
    )


@acts_on(shown.text, N_("保存"), {name: TypedField(title) for name, title in PARTS})
def text(*, seen: Seen) -> Answer:
    """Show or store the six parts; `again` drafts them with the figures of today."""
    asked = scope.asked()
    if request.method == "GET":
        access.require(Permission.SEE_REQUESTS)
        return _text_page(asked, {})
    person = access.require(Permission.HANDLE_REQUESTS)
    typed = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name, _title in PARTS}
    if any(len(part) > annual.LONGEST_PART for part in typed.values()):
        return _text_page(asked, typed, is_long=True), 422
    actions.keep(
        Part.TEXT, asked.organ, asked.year, typed, actor=person.name, now=hub().clock.now(), seen=seen
    )
    flash(_("已保存。"))
    return redirect(url_for(".annual", year=asked.year, organ=asked.organ), 303)


def _text_page(asked: ReportScope, typed: dict[str, str], *, is_long: bool = False) -> str:
    report = _report(asked)
    drafted = annual.drafted(report.organ_name, report.year, report.figures, report.three, report.four)
    return render_template(
        "disclosure/report/text.html",
        asked=asked,
        report=report,
        texts=typed or (drafted if "again" in request.args else report.texts),
        is_again="again" in request.args,
        is_long=is_long,
        parts=PARTS,
        shown=shown.text(),
        versions=report_models.versions(Part.TEXT, asked.organ, asked.year),
        may_handle=access.may(Permission.HANDLE_REQUESTS),
    )


def xlsx() -> Answer:
    """Send the report as an XLSX file."""
    access.require(Permission.SEE_REQUESTS)
    asked = scope.asked()
    return _file(
        tables.of_report(_report(asked)), XLSX_TYPE, f"report-{asked.year}-{asked.organ or 'all'}.xlsx"
    )


def pdf() -> Answer:
    """Send the report as PDF."""
    access.require(Permission.SEE_REQUESTS)
    asked = scope.asked()
    return _file(
        report_pdf.of_report(_report(asked)), PDF_TYPE, f"report-{asked.year}-{asked.organ or 'all'}.pdf"
    )


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@acts_on(shown.submitted, N_("提交发布"))
def submit(*, seen: Seen) -> Answer:
    """Submit the report to the catalogue, where another person approves it; one with a fault stays here."""
    person = access.require(Permission.HANDLE_REQUESTS)
    asked = scope.asked()
    report = _report(asked)
    if report.is_running:
        return _page(asked, _("这一年还没有结束，到1月1日以后才能提交。")), 409
    if any(each.code != "carried" for each in report.faults):
        return _page(asked, _("有勾稽关系对不上，先查清再提交。")), 409
    if report.to_fill():
        return _page(asked, _("正文里还有“请填”的地方：%(parts)s", parts="；".join(report.to_fill()))), 409
    files, missing = _kept_files(report)
    try:
        actions.submit(
            catalogue_records.of_report(report, hub().report_kind, today(hub().clock), files),
            report.content(),
            organ=asked.organ,
            year=asked.year,
            propose=hub().propose_record,
            actor=person.name,
            now=hub().clock.now(),
            seen=seen,
        )
    except RuleBroken as broken:
        return _page(asked, _("公开目录没有收下：%(fault)s", fault=broken.detail)), 409
    flash(_("已提交到公开目录，等发布人员审核。"))
    if missing:
        flash(_("没有附上%(names)s，请在公开目录里补上附件。", names="、".join(missing)), "wrong")
    return redirect(url_for(".annual", year=asked.year, organ=asked.organ), 303)


def _kept_files(report: AnnualReport) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Store the report as PDF and XLSX; return their items, and the names of those that the catalogue did not take."""
    kept, missing = [], []
    for content, ending in ((report_pdf.of_report(report), "pdf"), (tables.of_report(report), "xlsx")):
        name = f"{report.title}.{ending}"
        try:
            kept.append(hub().keep_record_file(content, name))
        except (Refused, StoreFull):
            missing.append(name)
    return kept, missing
