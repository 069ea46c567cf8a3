"""The calendar at the desk: the year, its notices and versions; a year comes in by two persons."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.calendar import actions, day_tables, models, rules
from kiosk.calendar.actions import Way
from kiosk.calendar.desk import forms, shown
from kiosk.calendar.desk.forms import YearForm, YearGiven
from kiosk.calendar.rules import NoticeWrong
from kiosk.clock import today
from kiosk.errors import NotFound, Refused
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_, ngettext
from kiosk.web.language.wording import gettext as _
from kiosk.workdays import calendar_of

Answer = str | tuple[str, int] | Response
TYPED = {
    "text": TypedField(N_("通知全文，连标题和日期")),
    "off": TypedField(N_("放假的日子")),
    "work": TypedField(N_("调休上班的周六、周日")),
}


def blueprint() -> Blueprint:
    """Return the pages below `/desk/workdays`, and the light that any desk shows while a notice is missed."""
    pages = Blueprint("calendar_desk", __name__, url_prefix="/desk/workdays")
    pages.app_context_processor(_light)
    pages.context_processor(_words)
    pages.add_url_rule("", "year", year)
    pages.add_url_rule("/new", "new", new)
    pages.add_url_rule("/check", "check", check, methods=["POST"])
    pages.add_url_rule("/propose", "propose", propose, methods=["POST"])
    pages.add_url_rule("/proposals/<int:year>", "proposal", proposal)
    pages.add_url_rule("/proposals/<int:year>/approve", "approve", approve, methods=["POST"])
    pages.add_url_rule("/proposals/<int:year>/withdraw", "withdraw", withdraw, methods=["POST"])
    return pages


def _light() -> dict[str, Any]:
    return {"calendar_lacks": lambda: rules.lacking(hub().calendar, today(hub().clock))}


def _words() -> dict[str, Any]:
    return {
        "kind_words": shown.KIND_WORDS,
        "way_words": forms.WAYS,
        "today": today(hub().clock),
        "may_keep": access.may(Permission.KEEP_CALENDAR),
    }


def year() -> Answer:
    """Show a year by months, with its notices, what waits for a second person, and all versions."""
    access.require(Permission.KEEP_CALENDAR)
    now = models.last_seq()
    seq = request.args.get("version", now, type=int)
    if not 1 <= seq <= now:
        abort(404)
    calendar = models.calendar_at(seq)
    number = request.args.get("year", today(hub().clock).year, type=int)
    if not rules.FIRST_YEAR <= number <= rules.LAST_YEAR:
        abort(404)
    return render_template(
        "calendar/year.html",
        number=number,
        announced=calendar.years.get(number),
        years=sorted({*calendar.years, today(hub().clock).year, today(hub().clock).year + 1}),
        view=shown.year_view(number, calendar),
        workdays=rules.workdays_in(calendar, number),
        version=calendar.version,
        seq=seq,
        is_current=seq == now,
        versions=models.versions(),
        waiting=models.proposals(),
    )


def new() -> Answer:
    """Show the three ways in which a year comes in."""
    access.require(Permission.KEEP_CALENDAR)
    return _new(YearForm(formdata=None))


def _new(form: YearForm, wrong: str = "") -> str:
    """Show the three forms; by hand, an announced year begins with what it is."""
    number = request.args.get("year", form.year.data or today(hub().clock).year + 1, type=int)
    found = actions.year_now(number)
    if form.year.data is None:
        form.year.data = number
        form.off.data, form.work.data = day_tables.lines_of(found) if found else ("", "")
    return render_template("calendar/new.html", form=form, wrong=wrong, way=form.way.data, ways=Way)


def check() -> Answer:
    """Show what was read, as a year to be compared with the notice, before anything is stored."""
    access.require(Permission.KEEP_CALENDAR)
    form = YearForm()
    try:
        form.take_file()
        given = _read(form)
    except NoticeWrong as wrong:
        return _new(form, forms.sentence(wrong)), 422
    return _check_page(form, given)


def _read(form: YearForm) -> YearGiven:
    if not form.validate():
        raise NoticeWrong("day-wrong", "；".join(str(each[0]) for each in form.errors.values()))
    return forms.read(form)


def _check_page(form: YearForm, given: YearGiven, problem: str = "") -> str:
    before = models.calendar_at(models.last_seq())
    after = calendar_of(actions.proposed_years(given.year))
    return render_template(
        "calendar/check.html",
        form=form,
        given=given,
        problem=problem,
        view=shown.year_view(given.year.year, after, before),
        december=[each for each in rules.changes(before, after) if each.day.year == given.year.year - 1],
        changes=rules.changes(before, after),
        workdays=rules.workdays_in(after, given.year.year),
        is_new=given.year.year not in before.years,
        calendar_shown=shown.calendar(),
    )


@acts_on(shown.calendar, N_("提出"), TYPED)
def propose(*, seen: Seen) -> Answer:
    """Store the year for a second person."""
    person = access.require(Permission.KEEP_CALENDAR)
    form = YearForm()
    try:
        given = _read(form)
    except NoticeWrong as wrong:
        return _new(form, forms.sentence(wrong)), 422
    try:
        actions.propose(given.year, given.way, given.text, now=hub().clock.now(), by=person.name, seen=seen)
    except Refused as refused:
        return _check_page(form, given, _(forms.WHY[refused.code])), 409
    flash(_("已提出，请另一位同事对照通知核对后批准。"))
    return redirect(url_for("calendar_desk.proposal", year=given.year.year), code=303)


def proposal(year: int) -> Answer:
    """Show a proposed year: old and new days, the notice, and which running deadlines would move."""
    access.require(Permission.KEEP_CALENDAR)
    return _proposal_page(year)


def _proposal_page(year: int, problem: str = "") -> str:
    person = access.require(Permission.KEEP_CALENDAR)
    found, pair = models.proposal(year), shown.compared(year)
    if found is None or pair is None:
        abort(404)
    before, after = pair
    return render_template(
        "calendar/proposal.html",
        found=found,
        problem=problem,
        is_own=found.proposed_by == person.name,
        is_outdated=found.based_on != models.last_seq(),
        view=shown.year_view(year, after, before),
        changes=rules.changes(before, after),
        december=[each for each in rules.changes(before, after) if each.day.year == year - 1],
        sources=after.years[year].sources,
        workdays=rules.workdays_in(after, year),
        is_new=year not in before.years,
        moved=hub().would_move(after),
        seen_version=shown.proposal_shown(found),
    )


@acts_on(shown.proposal, N_("批准"))
def approve(year: int, *, seen: Seen) -> Answer:
    """Put the proposed year in force, and count the running deadlines with it."""
    person = access.require(Permission.KEEP_CALENDAR)
    wired = hub()
    try:
        moved = actions.approve(year, now=wired.clock.now(), by=person.name, recount=wired.recount, seen=seen)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _proposal_page(year, _why_not(refused.code)), 409
    flash(
        ngettext(
            "已批准，新的日历马上用上，各终端下次同步后跟上。%(num)s件申请的期限变了。",
            "已批准，新的日历马上用上，各终端下次同步后跟上。%(num)s件申请的期限变了。",
            moved,
        )
    )
    return redirect(url_for("calendar_desk.year", year=year), code=303)


def _why_not(code: str) -> str:
    return {
        "own-proposal": _("自己提出的要由另一位同事批准。"),
        "calendar-changed": _("提出以后日历又改过，请撤回，对照现在的日历再提一次。"),
    }[code]


@acts_on(shown.proposal, N_("撤回"))
def withdraw(year: int, *, seen: Seen) -> Answer:
    """Withdraw what one proposed, or refuse what another did."""
    person = access.require(Permission.KEEP_CALENDAR)
    try:
        actions.withdraw(year, now=hub().clock.now(), by=person.name, seen=seen)
    except NotFound:
        abort(404)
    flash(_("已撤回。"))
    return redirect(url_for("calendar_desk.year", year=year), code=303)
