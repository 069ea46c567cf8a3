"""Places, topics and hours at the desk: a week, a form for each thing, and the bookings that a change hits."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.consultation.booking import bookings as acts
from kiosk.consultation.supply import changing, models, openings, whole
from kiosk.consultation.supply.changing import BookingActs, SupplyHand
from kiosk.consultation.supply.desk import decisions, supply_forms, supply_shown, supply_words, week
from kiosk.consultation.supply.desk.supply_forms import ExceptionForm, HoursForm, RuleForm, ThingForm
from kiosk.consultation.supply.made_sessions import HitBooking
from kiosk.consultation.supply.things import (
    THE_TERMS,
    DayRule,
    ExceptionKind,
    Supply,
    SupplyPart,
)
from kiosk.consultation.supply.whole import SupplyChange
from kiosk.errors import NotFound, RuleBroken
from kiosk.intake.desk.views import work
from kiosk.seats import actions as seats
from kiosk.seats.rules import SeatChannel
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission, SignedIn
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response
NEW = "new"
DECISION = TypedField(N_("受影响的预约怎么办"))
TYPED = {
    "why": TypedField(N_("为什么改")),
    "name": TypedField(N_("名称")),
    "address": TypedField(N_("地址")),
    "way": TypedField(N_("怎么走")),
    "telephone": TypedField(N_("电话")),
    "link": TypedField(N_("视频会议的网址或会议号")),
    "department": TypedField(N_("由哪个部门答复")),
    "bring": TypedField(N_("要带什么")),
    "spans": TypedField(N_("时间")),
    "slot": TypedField(N_("每次几分钟")),
    "reason": TypedField(N_("原因，群众会看到")),
    "windows-": TypedField(N_("窗口")),
    "outcome-": DECISION,
}
AHEAD = timedelta(days=60)
"""How far ahead make-up days are listed for a decision."""
_PREFIX = {
    SupplyPart.PLACE: "p",
    SupplyPart.TOPIC: "t",
    SupplyPart.RULE: "r",
    SupplyPart.EXCEPTION: "d",
}


def blueprint() -> Blueprint:
    """Return the pages below `/desk/supply`."""
    pages = Blueprint("supply_desk", __name__, url_prefix="/desk/supply")
    pages.context_processor(_words)
    pages.add_url_rule("", "overview", overview)
    pages.add_url_rule("/history", "history", history)
    pages.add_url_rule("/bookings", "bookings", bookings)
    pages.add_url_rule("/bookings", "settle", settle, methods=["POST"])
    pages.add_url_rule("/bookings/<int:row>/called", "called", called, methods=["POST"])
    pages.add_url_rule("/<part>", "listed", listed)
    pages.add_url_rule("/<part>/<code>", "edit", edit)
    pages.add_url_rule("/<part>/<code>", "save", save, methods=["POST"])
    pages.add_url_rule("/<part>/<code>/end", "end", end, methods=["POST"])
    return pages


def _words() -> dict[str, Any]:
    return {
        "words": supply_words,
        "today": today(hub().clock),
        "sees_bookings": access.may(Permission.SEE_REQUESTS),
        "session_of": seats.session_of,
        "parts": [part for part in SupplyPart if part is not SupplyPart.TERMS],
    }


def overview() -> Answer:
    """Show the week of a place, what waits for a decision, and the way to everything else."""
    access.require(Permission.KEEP_SUPPLY)
    supply, day = models.now(), today(hub().clock)
    place = request.args.get("place", next(iter(supply.places), ""))
    if place and place not in supply.places:
        abort(404)
    monday = week.monday_of(request.args.get("week", day, type=date.fromisoformat) or day)
    a_week = timedelta(days=7)
    return render_template(
        "consultation/supply/week.html",
        supply=supply,
        place=supply.places.get(place),
        monday=monday,
        weeks=(monday - a_week, monday + a_week),
        this_monday=week.monday_of(day),
        view=week.week(supply, place, monday, hub().calendar),
        undecided=openings.undecided(supply, day, day + AHEAD, hub().calendar),
        conflicts=changing.conflicts(hub().clock.now()),
        to_call=models.to_call(),
    )


def listed(part: str) -> Answer:
    """Show all places, topics, rules or dates."""
    access.require(Permission.KEEP_SUPPLY)
    known = _part(part)
    if known is SupplyPart.TERMS:
        return redirect(url_for(".edit", part=part, code=THE_TERMS), 303)
    return render_template(
        "consultation/supply/list.html",
        supply=models.now(),
        part=known,
        days_over=today(hub().clock),
        bring_by=hub().bring_by,
    )


def history() -> Answer:
    """Show every change with who made it."""
    access.require(Permission.KEEP_SUPPLY)
    supply = models.now()
    rows = [(row, supply_shown.lines_then(supply, row)) for row in models.history()]
    return render_template("consultation/supply/history.html", rows=rows)


def edit(part: str, code: str) -> Answer:
    """Show the form of one thing, or an empty one."""
    access.require(Permission.KEEP_SUPPLY)
    known, supply = _part(part), models.now()
    thing = whole.thing_in(supply, known, code)
    if thing is None and code != NEW:
        abort(404)
    form = _form(known, supply, is_sent=False)
    if thing:
        form.show(thing)
    elif isinstance(form, RuleForm):
        form.valid_from.data = today(hub().clock)
    _as_dragged(form, supply)
    return _page(form, known, _fresh(known) if code == NEW else code)


@acts_on(supply_shown.thing, N_("保存"), TYPED)
def save(part: str, code: str, *, seen: Seen) -> Answer:
    """Store a thing; where bookings are hit, each needs a decision."""
    person = access.require(Permission.KEEP_SUPPLY)
    known, supply = _part(part), models.now()
    form = _form(known, supply, is_sent=True)
    if not form.validate():
        return _page(form, known, code), 422
    try:
        made = form.made(_code(known, code))
        made.check()
    except RuleBroken as broken:
        form.blame(broken)
        return _page(form, known, code), 422
    return _done(form, SupplyChange(known, code, made), person, seen)


@acts_on(supply_shown.thing, N_("停用"), TYPED)
def end(part: str, code: str, *, seen: Seen) -> Answer:
    """End a thing; where bookings are hit, each needs a decision."""
    person = access.require(Permission.KEEP_SUPPLY)
    known, supply = _part(part), models.now()
    thing = whole.thing_in(supply, known, code)
    if known is SupplyPart.TERMS or (thing is None and code not in models.codes(known)):
        abort(404)
    form = _form(known, supply, is_sent=False)
    if thing:
        form.show(thing)
    form.why.data = request.form.get("why", "")
    return _done(form, SupplyChange(known, code, None), person, seen)


def _done(form: ThingForm, change: SupplyChange, person: SignedIn, seen: Seen) -> Answer:
    """Store a change and lead back to the lists; or show why not, and the bookings that it hits."""
    now, is_end = hub().clock.now(), change.thing is None
    hit: Sequence[HitBooking] = ()
    try:
        hit = changing.effects([change], now, hub().calendar).hit
        settled = decisions.decided(hit)
        if decisions.needs_words(settled.values()) and not (form.why.data or "").strip():
            raise RuleBroken("why-missing")
        changing.save([change], _hand(person, form.why.data or ""), settled, seen)
    except RuleBroken as broken:
        if broken.code != "no-booking-settled" or request.form.get(decisions.FOR_ALL) is not None:
            form.blame(broken)
        return _page(form, change.part, change.code, hit=hit, is_end=is_end), 422
    flash(_("已停用。") if is_end else _("已保存。终端下次联系中心后，群众看到的就是新的。"))
    return redirect(url_for(".listed", part=change.part.value), 303)


def _hand(person: SignedIn, why: str) -> SupplyHand:
    reason = " ".join(why.split())

    def move(number: str, session: str, _now: datetime) -> None:
        acts.give_time(number, session, SeatChannel.DESK, person.name, work(), why=reason)

    def call_off(number: str, why: str, _now: datetime) -> None:
        acts.cancel(number, person.name, work(), why=why)

    return SupplyHand(person.name, hub().clock.now(), hub().calendar, BookingActs(move, call_off), reason)


def _page(
    form: ThingForm, part: SupplyPart, code: str, *, hit: Sequence[HitBooking] = (), is_end: bool = False
) -> str:
    supply = models.now()
    return render_template(
        "consultation/supply/form.html",
        form=form,
        part=part,
        code=code,
        thing=whole.thing_in(supply, part, code),
        shown=supply_shown.thing(part.value, code),
        supply=supply,
        hit=hit,
        is_end=is_end,
        chosen=decisions.chosen([each.number for each in hit]),
        is_asked=request.form.get(decisions.FOR_ALL) is not None,
    )


def bookings() -> Answer:
    """Show the bookings whose time ended, and whom to call."""
    access.require(Permission.KEEP_SUPPLY)
    return _bookings_page()


def _bookings_page(problem: str = "") -> str:
    hit = changing.conflicts(hub().clock.now())
    return render_template(
        "consultation/supply/bookings.html",
        problem=problem,
        hit=hit,
        chosen=decisions.chosen([each.number for each in hit]),
        to_call=[(each, supply_shown.call(each.id)) for each in models.to_call()],
        shown=supply_shown.conflicts(),
        supply=models.now(),
    )


@acts_on(supply_shown.conflicts, N_("就这样办"), {"why": TypedField(N_("为什么改")), "outcome-": DECISION})
def settle(*, seen: Seen) -> Answer:
    """Decide for bookings whose time ended by the calendar or by the hub's round."""
    person = access.require(Permission.KEEP_SUPPLY)
    settled = decisions.decided(changing.conflicts(hub().clock.now()))
    why = request.form.get("why", "")
    try:
        if decisions.needs_words(settled.values()) and not why.strip():
            raise RuleBroken("why-missing")
        changing.settle(settled, _hand(person, why), seen)
    except RuleBroken as broken:
        return _bookings_page(supply_words.sentence(broken)), 422
    flash(_("已办。要告诉本人的，在下面的电话名单里。"))
    return redirect(url_for(".bookings"), 303)


@acts_on(supply_shown.call, N_("已经打过电话"))
def called(row: int, *, seen: Seen) -> Answer:
    """Note that somebody called about a booking."""
    person = access.require(Permission.KEEP_SUPPLY)
    try:
        changing.note_call(row, now=hub().clock.now(), by=person.name, seen=seen)
    except NotFound:
        abort(404)
    return redirect(url_for(".bookings"), 303)


def _part(part: str) -> SupplyPart:
    if part not in {*SupplyPart}:
        abort(404)
    return SupplyPart(part)


def _fresh(part: SupplyPart) -> str:
    """Return a code that nothing has yet; the form brings it back, so that one sent twice is one thing."""
    return _PREFIX[part] + secrets.token_hex(3) if part in _PREFIX else THE_TERMS


def _code(part: SupplyPart, code: str) -> str:
    if part is SupplyPart.TERMS and code != THE_TERMS:
        abort(404)
    return code


def _form(part: SupplyPart, supply: Supply, *, is_sent: bool) -> ThingForm:
    form = supply_forms.FORMS[part]() if is_sent else supply_forms.FORMS[part](formdata=None)
    form.offer(supply, {each: each for each in hub().townships()})
    if is_sent and isinstance(form, HoursForm):
        form.read_windows(supply)
    return form


def _as_dragged(form: ThingForm, supply: Supply) -> None:
    """Fill in what was drawn in the week: hours, a day, a weekday, or a rule that holds otherwise on one day."""
    drawn = request.args
    if not isinstance(form, HoursForm):
        return
    rule = supply.rules.get(drawn.get("rule", ""))
    if rule:
        form.place.data, form.slot.data, form.windows = rule.place, rule.slot, rule.windows
    form.place.data = drawn.get("place", form.place.data)
    form.spans.data = drawn.get("spans", form.spans.data)
    day = drawn.get("day", type=date.fromisoformat)
    if isinstance(form, ExceptionForm) and (day or "kind" in drawn):
        form.first.data, form.kind.data = day, drawn.get("kind", ExceptionKind.INSTEAD.value)
    if isinstance(form, RuleForm) and day:
        form.day_rule.data, form.weekdays.data = DayRule.WEEKDAYS.value, [day.weekday()]
