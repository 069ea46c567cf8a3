"""Desk pages for the hall's staff: who may use which terminal with a PIN, and unlocking by telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.hall import accounts, pins
from kiosk.hall.accounts import HallAccount, HallState
from kiosk.hall.desk import shown
from kiosk.hall.desk.forms import MemberForm, PinForm, PlacesForm, UnlockForm
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response


def blueprint() -> Blueprint:
    """Return the pages below `/desk/hall`, for admins."""
    pages = Blueprint("hall_desk", __name__, url_prefix="/desk/hall")
    pages.add_url_rule("", "members", members)
    pages.add_url_rule("/new", "new", new, methods=["GET", "POST"])
    pages.add_url_rule("/unlock", "unlock", unlock, methods=["GET", "POST"])
    pages.add_url_rule("/<number>", "member", member)
    pages.add_url_rule("/<number>/places", "places", places, methods=["POST"])
    pages.add_url_rule("/<number>/pin", "pin", pin, methods=["POST"])
    for name, state, what, said in (
        ("pause", HallState.PAUSED, N_("暂停使用"), N_("已暂停，终端下次联系中心后生效。")),
        ("resume", HallState.ACTIVE, N_("恢复使用"), N_("已恢复，终端下次联系中心后生效。")),
        ("close", HallState.CLOSED, N_("注销这个账号"), N_("已注销，终端下次联系中心后生效。")),
    ):
        view = acts_on(shown.member, what)(_to_state(state, said))
        pages.add_url_rule(f"/<number>/{name}", name, view, methods=["POST"])
    return pages


def members() -> Answer:
    """Show all accounts of the hall's staff."""
    access.require(Permission.MANAGE_STAFF)
    names = {place.device: place.name for place in accounts.places()}
    return render_template(
        "staff/hall.html", members=accounts.accounts(), place_names=names, today=today(hub().clock)
    )


def new() -> Answer:
    """Open an account; its owner types the PIN here."""
    person = access.require(Permission.MANAGE_STAFF)
    form = _with_places(MemberForm())
    if not form.is_submitted():
        return render_template("staff/hall_new.html", form=form)
    if not form.validate():
        return render_template("staff/hall_new.html", form=form), 422
    try:
        accounts.add(
            number=form.number.data,
            name=form.name.data,
            pin=form.pin.data,
            devices=form.places.data,
            now=hub().clock.now(),
            by=person.name,
        )
    except Refused as refused:
        _blame(form, refused)
        return render_template("staff/hall_new.html", form=form), 422
    flash(_("已开设。终端下次联系中心后，就能用这个工号和密码。"))
    return redirect(url_for("hall_desk.member", number=form.number.data), 303)


def member(number: str) -> Answer:
    """Show one account: its terminals, its PIN, its end."""
    access.require(Permission.MANAGE_STAFF)
    return _page(_known(number))


def _page(found: HallAccount, *, where: FlaskForm | None = None, secret: FlaskForm | None = None) -> str:
    names = {place.device: place.name for place in accounts.places()}
    return render_template(
        "staff/hall_member.html",
        member=found,
        shown=shown.member_shown(found),
        place_names=names,
        form=where or secret,
        places_form=where or _with_places(PlacesForm(formdata=None, places=list(found.devices))),
        pin_form=secret or PinForm(formdata=None),
        today=today(hub().clock),
    )


@acts_on(shown.member, N_("保存终端"))
def places(number: str, *, seen: Seen) -> Answer:
    """Change the terminals of this account."""
    person = access.require(Permission.MANAGE_STAFF)
    found, form = _known(number), _with_places(PlacesForm())
    if not form.validate():
        return _page(found, where=form), 422
    try:
        accounts.set_places(number, form.places.data, now=hub().clock.now(), by=person.name, seen=seen)
    except Refused as refused:
        if refused.code != "no-place":
            abort(409)
        _blame(form, refused)
        return _page(found, where=form), 422
    flash(_("已改，终端下次联系中心后生效。"))
    return redirect(url_for("hall_desk.member", number=number), 303)


@acts_on(
    shown.member,
    N_("换成这个密码"),
    {"pin": TypedField(N_("密码，6到12位数字")), "again": TypedField(N_("密码，再输一遍"))},
)
def pin(number: str, *, seen: Seen) -> Answer:
    """Set a new PIN; the old one and its wrong tries are erased."""
    person = access.require(Permission.MANAGE_STAFF)
    found, form = _known(number), PinForm()
    if not form.validate():
        return _page(found, secret=form), 422
    try:
        accounts.set_pin(number, form.pin.data, now=hub().clock.now(), by=person.name, seen=seen)
    except RuleBroken as broken:
        _blame(form, broken)
        return _page(found, secret=form), 422
    except Refused:
        abort(409)
    flash(_("密码已换，终端下次联系中心后生效。"))
    return redirect(url_for("hall_desk.member", number=number), 303)


def _to_state(state: HallState, said: str) -> Callable[..., Answer]:
    def change(number: str, *, seen: Seen) -> Answer:
        person = access.require(Permission.MANAGE_STAFF)
        _known(number)
        try:
            accounts.set_state(number, state, now=hub().clock.now(), by=person.name, seen=seen)
        except Refused:
            abort(409)
        flash(_(said))
        return redirect(url_for("hall_desk.member", number=number), 303)

    return change


def unlock() -> Answer:
    """Turn the digits that a caller reads from a terminal into those that unlock the account."""
    person = access.require(Permission.MANAGE_STAFF)
    form = UnlockForm()
    form.place.choices = [(place.device, place.name) for place in accounts.places()]
    if not form.is_submitted():
        return _unlock_page(form)
    if not form.validate():
        return _unlock_page(form), 422
    number = pins.plain_digits(form.number.data)
    try:
        answer = accounts.answer(
            device=form.place.data,
            number=number,
            challenge=pins.plain_digits(form.challenge.data),
            key_of=hub().unlock_key,
            now=hub().clock.now(),
            by=person.name,
        )
    except Refused as refused:
        _blame(form, refused)
        return _unlock_page(form), 422
    return _unlock_page(form, answer=pins.grouped(answer), number=number)


def _unlock_page(form: UnlockForm, **values: str) -> str:
    return render_template(
        "staff/hall_unlock.html",
        form=form,
        unlockings=accounts.unlockings(),
        today=today(hub().clock),
        **values,
    )


def _known(number: str) -> HallAccount:
    try:
        return accounts.account(number)
    except NotFound:
        abort(404)


def _with_places(form: Any) -> Any:
    form.places.choices = [(place.device, place.name) for place in accounts.places()]
    return form


def _blame(form: Any, refused: Refused) -> None:
    """Put the sentence for a refusal beside the field that caused it."""
    name, sentence = {
        "number-taken": ("number", _("这个工号已经有了。注销过的工号也不能再用。")),
        "no-place": ("places", _("请至少选一台终端。")),
        "pin-form": ("pin", _("密码是6到12位数字。")),
        "pin-guessable": (
            "pin",
            _("这个密码一猜就中：不要用重复的、连着的数字，也不要用工号。请换一个。"),
        ),
        "not-at-this-place": ("number", _("这台终端上没有这个工号在用。请核对来电人的工号和终端。")),
        "challenge-wrong": ("challenge", _("解锁码对不上这台终端和这个工号。请来电人再念一遍。")),
    }[refused.code]
    form[name].errors = [sentence]
