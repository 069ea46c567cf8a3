"""The second step of a sign-in: a code of one's authenticator, or setting it up the first time."""

from __future__ import annotations

import segno
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.staff import models
from kiosk.staff.entry import entering_views as entering
from kiosk.staff.entry import factors
from kiosk.staff.entry.factors import FactorWrong
from kiosk.staff.entry.signing_in import Locked
from kiosk.staff.forms import CodeForm
from kiosk.web import access
from kiosk.web.access import HalfSignedIn
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response
GROUP = 4


def add_to(pages: Blueprint) -> None:
    """Add the pages below `/desk/sign-in`."""
    pages.add_url_rule("/desk/sign-in/code", view_func=code, methods=["GET", "POST"])
    pages.add_url_rule("/desk/sign-in/factor", view_func=new_factor, methods=["GET", "POST"])


def code() -> Answer:
    """Ask for a code of the authenticator, or a recovery code."""
    half = _half()
    form = CodeForm()
    if request.method == "GET":
        return render_template("staff/code.html", form=form)
    if not form.validate():
        return render_template("staff/code.html", form=form), 422
    checked = factors.check(half.name, form.code.data, hub().clock, _key())
    if isinstance(checked, Locked):
        form.form_errors.append(_("试的次数太多了，请过%(seconds)s秒再试。", seconds=checked.wait_s))
        return render_template("staff/code.html", form=form), 429
    if isinstance(checked, FactorWrong):
        form.code.errors = [_("验证码不对，或者用过了。请看手机上现在显示的6位数。")]
        return render_template("staff/code.html", form=form), 422
    _enter(half)
    if checked.recovery_left is not None:
        flash(_("用掉了一个恢复码，还剩%(left)s个。手机丢了请找管理员重置。", left=checked.recovery_left))
    return entering.go_on(half.wanted)


def new_factor() -> Answer:
    """Show the secret of a new authenticator, and its recovery codes once it has shown a right code."""
    half = _half()
    if factors.has_factor(half.name):
        return redirect(url_for("staff.code"), code=303)
    secret = half.secret or factors.new_secret()
    if not half.secret:
        access.keep_secret(secret)
    form = CodeForm()
    if request.method == "GET":
        return _new_page(half, secret, form)
    if not form.validate():
        return _new_page(half, secret, form), 422
    made = factors.enrol(half.name, secret, form.code.data, hub().clock, _key())
    if isinstance(made, FactorWrong):
        form.code.errors = [_("验证码对不上。请看手机上现在显示的6位数；手机的时间要准。")]
        return _new_page(half, secret, form), 422
    _enter(half)
    wanted = half.wanted if half.wanted.startswith(entering.DESK) else url_for("staff.start")
    return render_template("staff/recovery_codes.html", codes=made, wanted=wanted, name=half.name)


def _new_page(half: HalfSignedIn, secret: str, form: CodeForm) -> str:
    address = factors.address(secret, half.name, hub().settings.place_name)
    return render_template(
        "staff/new_factor.html",
        form=form,
        qr=segno.make(address, error="m").svg_data_uri(scale=5, border=4),
        secret=" ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
    )


def _half() -> HalfSignedIn:
    """Return the sign-in of this browser that waits; ends the request with the sign-in page when there is none."""
    half = access.half_signed_in(hub().clock.monotonic())
    if half is None or not models.is_current(half.name, half.version):
        abort(redirect(url_for("staff.sign_in"), code=303))
    return half


def _enter(half: HalfSignedIn) -> None:
    account = models.account(half.name)
    assert account is not None
    entering.enter(account, half.reading_keys)


def _key() -> bytes:
    return hub().secret(factors.PURPOSE)
