"""Pages of the hub that are about people and machines: sign-in, accounts, terminals."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from kiosk import audit, db
from kiosk.clock import today
from kiosk.errors import NotFound, Refused
from kiosk.staff import actions, models, rules
from kiosk.staff.actions import Entered, Holder, Locked
from kiosk.staff.forms import AccountForm, DeviceActForm, DeviceForm, SignInForm
from kiosk.staff.keys import STAFF_COST
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from sync import devices as sync_devices
from sync import enrolment
from sync.errors import Refused as SyncRefused

Answer = str | tuple[str, int] | BaseResponse

DESK = "/desk/"
DESKS = (
    ("/desk/requests", _l("依申请公开"), Permission.SEE_REQUESTS),
    ("/desk/catalogue", _l("公开目录"), Permission.APPROVE_CATALOGUE),
    ("/desk/devices", _l("终端"), Permission.MANAGE_DEVICES),
    ("/desk/staff", _l("账号"), Permission.SEE_STAFF),
    ("/desk/hall", _l("大厅人员"), Permission.MANAGE_STAFF),
)
"""Desks in the order of the navigation; somebody who signs in lands on the first they may use."""


def blueprint() -> Blueprint:
    """
    The desk of accounts: `/`, `/desk/sign-in`, `/desk/sign-out`, `/desk/staff`, `/desk/devices`.

    `app.config["STAFF_COST"]` is what a password costs to guess; STAFF_COST unless it was set.
    """
    pages = Blueprint("staff", __name__)
    pages.record(lambda state: state.app.config.setdefault("STAFF_COST", STAFF_COST))
    pages.before_app_request(_recheck)
    pages.app_context_processor(_words)
    pages.add_url_rule("/", view_func=start)
    pages.add_url_rule("/desk", view_func=start, endpoint="desk")
    pages.add_url_rule("/desk/sign-in", view_func=sign_in, methods=["GET", "POST"])
    pages.add_url_rule("/desk/sign-out", view_func=sign_out, methods=["POST"])
    pages.add_url_rule("/desk/staff", view_func=staff)
    pages.add_url_rule("/desk/staff/approve", view_func=approve, methods=["POST"])
    pages.add_url_rule("/desk/staff/close", view_func=close, methods=["POST"])
    pages.add_url_rule("/desk/devices", view_func=devices, methods=["GET", "POST"])
    pages.add_url_rule("/desk/devices/reinstate", view_func=reinstate, methods=["POST"])
    pages.add_url_rule("/desk/devices/revoke", view_func=revoke, methods=["POST"])
    return pages


def _recheck() -> None:
    """An account that was closed or approved since sign-in signs in again."""
    if request.endpoint == "static":
        return
    person = access.signed_in()
    if person and not models.is_current(db.store.connection(), person.name, person.version):
        access.forget()


def _words() -> dict[str, Any]:
    """What the layout of the desk says of the person: the name and the desks they may use."""
    person = access.signed_in()
    if person is None:
        return {"clerk_name": "", "desk_nav": []}
    items = [
        {"label": label, "href": href, "here": request.path.startswith(href)}
        for href, label, permission in DESKS
        if permission in person.permissions
    ]
    return {"clerk_name": person.name, "desk_nav": items}


def start() -> Answer:
    """The first desk of whoever signed in."""
    person = access.require_somebody()
    first = next(href for href, _label, permission in DESKS if permission in person.permissions)
    return redirect(first, code=303)


def sign_in() -> Answer:
    """Asks for name and password; every refusal of the two has the same words."""
    form = SignInForm()
    if request.method == "GET":
        return render_template("staff/sign_in.html", form=form)
    if not form.validate():
        return render_template("staff/sign_in.html", form=form), 422
    result = actions.sign_in(
        form.name.data, form.password.data, hub().clock, current_app.config["STAFF_COST"]
    )
    if isinstance(result, Entered):
        return _entered(result)
    if isinstance(result, Locked):
        form.form_errors.append(_("试的次数太多了，请过%(seconds)s秒再试。", seconds=result.wait_s))
        return render_template("staff/sign_in.html", form=form), 429
    form.form_errors.append(_("账号或密码不对。"))
    return render_template("staff/sign_in.html", form=form), 422


def _entered(entered: Entered) -> BaseResponse:
    account = entered.account
    access.enter(
        name=account.name,
        role=account.role,
        version=account.version,
        permissions=rules.permissions(account.role, account.state),
        reading_keys=entered.reading_keys,
    )
    wanted = request.args.get("next", "")
    return redirect(wanted if wanted.startswith(DESK) else url_for("staff.start"), code=303)


def sign_out() -> BaseResponse:
    """Ends the session, and with it the reading keys in it."""
    access.leave()
    return redirect(url_for("staff.sign_in"), code=303)


def staff() -> Answer:
    """All accounts; those that wait for a holder of the reading key come first."""
    person = access.require(Permission.SEE_STAFF)
    connection = db.store.connection()
    return render_template(
        "staff/accounts.html",
        accounts=models.accounts(connection),
        person=person,
        may_approve=bool(person.reading_keys),
        may_close=access.may(Permission.MANAGE_STAFF),
        reads_personal=rules.reads_personal,
    )


def approve() -> Answer:
    """Seals the reading keys of this session to an account that waits."""
    person = access.require(Permission.READ_PERSONAL)
    name = _named_account()
    with db.writing(db.store) as connection:
        try:
            account = actions.approve(
                connection, name, now=hub().clock.now(), by=Holder(person.name, person.reading_keys)
            )
        except NotFound:
            abort(404)
        except Refused:
            abort(409)
    flash(_("已批准 %(name)s。请对方重新登录。", name=account.name))
    return redirect(url_for("staff.staff"), code=303)


def close() -> Answer:
    """Closes the account of somebody who left."""
    person = access.require(Permission.MANAGE_STAFF)
    name = _named_account()
    with db.writing(db.store) as connection:
        try:
            actions.close_account(connection, name, now=hub().clock.now(), by=person.name)
        except NotFound:
            abort(404)
        except Refused:
            abort(409)
    flash(_("已停用 %(name)s。", name=name))
    return redirect(url_for("staff.staff"), code=303)


def _named_account() -> str:
    form = AccountForm()
    if not form.validate():
        abort(400)
    return rules.plain_name(form.name.data)


def devices() -> Answer:
    """The terminals of this hub; a new one gets a one-time code, shown here and never again."""
    person = access.require(Permission.MANAGE_DEVICES)
    form = DeviceForm()
    if request.method == "GET":
        return _devices_page(form)
    if not form.validate():
        return _devices_page(form), 422
    minutes = hub().settings.enrolment_minutes
    name = form.name.data.strip()
    with db.writing(db.store) as connection:
        now = hub().clock.now()
        try:
            code = enrolment.add_code(connection, name, now=now, life=timedelta(minutes=minutes))
        except SyncRefused:
            form.name.errors = [_("已经有一台终端叫这个名字，请换一个。")]
            return _devices_page(form), 422
        audit.record(connection, at=now, actor=person.name, act="device.code-made", subject=name)
    return _devices_page(DeviceForm(formdata=None), code=code, code_name=name, minutes=minutes)


def reinstate() -> Answer:
    """Lets a terminal out of quarantine, after somebody went to see it."""
    _on_device("device.reinstated", sync_devices.reinstate)
    flash(_("已解除隔离，下次联系时恢复。"))
    return redirect(url_for("staff.devices"), code=303)


def revoke() -> Answer:
    """Refuses a lost or scrapped terminal from now on, in everything."""
    _on_device(
        "device.revoked", lambda connection, device: sync_devices.revoke(connection, device, "by-hand")
    )
    flash(_("已注销，中心不再接受这台终端。"))
    return redirect(url_for("staff.devices"), code=303)


def _on_device(act: str, change: Callable[[sqlite3.Connection, str], bool]) -> None:
    person = access.require(Permission.MANAGE_DEVICES)
    form = DeviceActForm()
    if not form.validate():
        abort(400)
    with db.writing(db.store) as connection:
        if not change(connection, form.device.data):
            abort(409)
        audit.record(connection, at=hub().clock.now(), actor=person.name, act=act, subject=form.device.data)


def _devices_page(form: DeviceForm, **shown: object) -> str:
    connection = db.store.connection()
    clock = hub().clock
    return render_template(
        "staff/devices.html",
        form=form,
        devices=models.devices(connection),
        waiting=models.waiting_codes(connection, clock.now()),
        today=today(clock),
        hub_url=hub().settings.public_url,
        **shown,
    )
