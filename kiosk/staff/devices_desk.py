"""The desk of terminals: location, one-time codes, revoking a lost one, uploads held for a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.hall import accounts
from kiosk.seen import Seen
from kiosk.staff import device_models, logs, terminals
from kiosk.staff import shown_desk as shown
from kiosk.staff.device_models import DeviceStatus
from kiosk.staff.forms import DeviceActForm, DeviceForm
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from sync.hub import enrolment

Answer = str | tuple[str, int] | Response


def add_to(pages: Blueprint) -> None:
    """Add the pages below `/desk/devices` and `/desk/held`."""
    pages.add_url_rule("/desk/devices", view_func=devices, methods=["GET", "POST"])
    pages.add_url_rule("/desk/devices/reinstate", view_func=reinstate, methods=["POST"])
    pages.add_url_rule("/desk/devices/revoke", view_func=revoke, methods=["POST"])
    pages.add_url_rule("/desk/devices/log", view_func=accept_log, methods=["POST"])
    pages.add_url_rule("/desk/devices/<device>", view_func=device_page, endpoint="device")
    pages.add_url_rule("/desk/devices/<device>/place", view_func=place, methods=["POST"])
    pages.add_url_rule("/desk/held", view_func=held)
    pages.add_url_rule("/desk/held/let-in", view_func=let_in, methods=["POST"])
    pages.add_url_rule("/desk/held/discard", view_func=discard, methods=["POST"])


def _with_places(form: DeviceForm, *own: str) -> DeviceForm:
    """Return the form with the townships to tick: those of the county, and those of this terminal."""
    names = sorted({*hub().townships(), *own})
    form.townships.choices = [(name, name) for name in names]
    return form


def devices() -> Answer:
    """Show the terminals of this hub; a new one gets a one-time code, shown once."""
    person = access.require(Permission.MANAGE_DEVICES)
    form = _with_places(DeviceForm(channel=request.form.get("channel") or terminals.KIOSK))
    if request.method == "GET":
        return _devices_page(form)
    if not form.validate():
        return _devices_page(form), 422
    minutes = hub().settings.enrolment_minutes
    name = form.name.data.strip()
    location = enrolment.TerminalPlace(tuple(form.townships.data), form.channel.data)
    try:
        code = terminals.new_code(
            name, location, life=timedelta(minutes=minutes), now=hub().clock.now(), by=person.name
        )
    except Refused:
        form.name.errors = [_("已经有一台终端叫这个名字，请换一个。")]
        return _devices_page(form), 422
    empty = _with_places(DeviceForm(formdata=None, channel=terminals.KIOSK))
    return _devices_page(empty, code=code, code_name=name, minutes=minutes)


def _devices_page(form: DeviceForm, **further: object) -> str:
    clock = hub().clock
    return render_template(
        "staff/devices.html",
        form=form,
        devices=device_models.devices(),
        device_shown=shown.device_shown,
        waiting=device_models.waiting_codes(clock.now()),
        held=terminals.how_many_held(),
        log=logs.state(),
        log_shown=shown.log_shown(),
        today=today(clock),
        hub_url=hub().settings.public_url,
        **further,
    )


def _known(device_id: str) -> DeviceStatus:
    found = device_models.device(device_id)
    if found is None:
        abort(404)
    return found


def device_page(device: str) -> Answer:
    """Show one terminal: its state, the hall's staff at it, its location, its revocation."""
    access.require(Permission.MANAGE_DEVICES)
    found = _known(device)
    form = DeviceForm(formdata=None, name=found.name, channel=found.channel, townships=list(found.townships))
    return _device_page(found, _with_places(form, *found.townships))


def _device_page(found: DeviceStatus, form: DeviceForm) -> str:
    return render_template(
        "staff/device.html",
        device=found,
        log=logs.of_terminal(found.id),
        log_shown=shown.log_shown(found.id),
        device_shown=shown.device_shown,
        form=form,
        members=[
            each
            for each in accounts.accounts()
            if found.id in each.devices and each.state is not accounts.HallState.CLOSED
        ],
        today=today(hub().clock),
    )


@acts_on(
    shown.device,
    N_("保存"),
    {
        "name": TypedField(N_("终端名称")),
        "channel": TypedField(N_("做什么用"), shown.CHANNELS),
        "townships": TypedField(N_("放在哪个乡镇（街道）")),
    },
)
def place(device: str, *, seen: Seen) -> Answer:
    """Store another name or location of a terminal."""
    person = access.require(Permission.MANAGE_DEVICES)
    found = _known(device)
    form = _with_places(DeviceForm(), *found.townships)
    if not form.validate():
        return _device_page(found, form), 422
    try:
        terminals.set_place(
            device,
            name=form.name.data.strip(),
            townships=tuple(form.townships.data),
            channel=form.channel.data,
            now=hub().clock.now(),
            by=person.name,
            seen=seen,
        )
    except NotFound:
        abort(409)  # it was revoked meanwhile
    except Refused:
        form.name.errors = [_("已经有一台终端叫这个名字，请换一个。")]
        return _device_page(found, form), 422
    flash(_("已改。终端下次联系中心时，按新的地方收放名单。"))
    return redirect(url_for("staff.device", device=device), 303)


@acts_on(shown.log, N_("已查明，从现在的重新记起"), {"reason": TypedField(N_("查到的原因"))})
def accept_log(*, seen: Seen) -> Answer:
    """Let logs that were cut or rewritten be kept from their present end, after somebody found out why."""
    person = access.require(Permission.MANAGE_DEVICES)
    try:
        logs.accept(
            request.form.get("device", ""),
            request.form.get("reason", ""),
            now=hub().clock.now(),
            by=person.name,
            seen=seen,
        )
    except RuleBroken:
        flash(_("没有改动：请写明查到的原因，200字以内。"))
    except Refused:
        abort(409)
    else:
        flash(_("已记下。下次联系时按现在的重新记起。"))
    return redirect(url_for("staff.devices"), code=303)


@acts_on(shown.device, N_("解除隔离"))
def reinstate(*, seen: Seen) -> Answer:
    """Release a terminal from quarantine, after somebody went to see it."""
    _on_device(terminals.reinstate, seen)
    flash(_("已解除隔离，下次联系时恢复。"))
    return redirect(url_for("staff.devices"), code=303)


@acts_on(shown.device, N_("注销"))
def revoke(*, seen: Seen) -> Answer:
    """Refuse a lost or scrapped terminal from now on, in everything."""
    _on_device(terminals.revoke, seen)
    flash(_("已注销，中心不再接受这台终端。"))
    return redirect(url_for("staff.devices"), code=303)


def _on_device(change: Callable[..., bool], seen: Seen) -> None:
    person = access.require(Permission.MANAGE_DEVICES)
    form = DeviceActForm()
    if not form.validate():
        abort(400)
    if not change(form.device.data, now=hub().clock.now(), by=person.name, seen=seen):
        abort(409)


def held() -> Answer:
    """Show uploads that the hub neither accepted nor lost, and why."""
    access.require(Permission.MANAGE_DEVICES)
    return _held_page("")


def _held_page(wrong: str, key: str = "") -> str:
    return render_template(
        "staff/held.html",
        held=terminals.held(),
        held_shown=shown.held_shown,
        today=today(hub().clock),
        wrong=wrong,
        wrong_key=key,
    )


@acts_on(shown.held, N_("收下"))
def let_in(*, seen: Seen) -> Answer:
    """Accept a held upload as a normal request."""
    person = access.require(Permission.MANAGE_DEVICES)
    key = request.form.get("key", "")
    was = next((each.number for each in terminals.held() if each.key == key), "")
    wired = hub()
    try:
        number = terminals.let_in(
            key, now=wired.clock.now(), by=person.name, on_taken=wired.on_taken, seen=seen
        )
    except NotFound:
        abort(404)
    except Refused:
        abort(409)
    if number == was:
        flash(_("已收下，编号%(number)s，办理员在“依申请公开”里看得到。", number=number))
    else:
        flash(
            _(
                "已收下，编号改成%(number)s。申请人手里的纸上是%(was)s：请办理员打开申请，打电话告诉本人。",
                number=number,
                was=was,
            )
        )
    return redirect(url_for("staff.held"), 303)


@acts_on(shown.held, N_("丢弃"), {"reason": TypedField(N_("为什么丢弃"))})
def discard(*, seen: Seen) -> Answer:
    """Erase a held upload; the reason stays in the audit chain."""
    person = access.require(Permission.MANAGE_DEVICES)
    key, digest = request.form.get("key", ""), request.form.get("digest", "")
    try:
        terminals.discard(
            key,
            digest,
            request.form.get("reason", ""),
            now=hub().clock.now(),
            by=person.name,
            seen=seen,
        )
    except NotFound:
        abort(404)
    except RuleBroken:
        return _held_page(_("请写明为什么丢弃，200字以内。"), key), 422
    flash(_("已丢弃，理由已经留档。"))
    return redirect(url_for("staff.held"), 303)
