"""Sign-in at the desk, one's own password, the language, and the layout's variables."""

from __future__ import annotations

import math
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.clock import today
from kiosk.errors import NotFound, RuleBroken
from kiosk.staff import accounts_desk, devices_desk, models, passwords, rules
from kiosk.staff.by_organ import organs_desk
from kiosk.staff.entry import entering_views as entering
from kiosk.staff.entry import factor_views, factors, known_views, sessions, signing_in
from kiosk.staff.entry.signing_in import Entered, Locked, SignInWrong
from kiosk.staff.forms import PasswordForm, SignInForm
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language import languages
from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

Answer = str | tuple[str, int] | BaseResponse

DESK = "/desk/"
DESKS = (
    ("/desk/report", _l("报告和统计"), Permission.SEE_REQUESTS),
    ("/desk/catalogue", _l("公开目录"), Permission.APPROVE_CATALOGUE),
    ("/desk/devices", _l("终端"), Permission.MANAGE_DEVICES),
    ("/desk/staff", _l("账号"), Permission.SEE_STAFF),
    ("/desk/organs", _l("机关和密钥"), Permission.SEE_STAFF),
    ("/desk/hall", _l("大厅人员"), Permission.MANAGE_STAFF),
    ("/desk/workdays", _l("工作日历"), Permission.KEEP_CALENDAR),
    ("/desk/supply", _l("咨询安排"), Permission.KEEP_SUPPLY),
)
"""Other desks in the order of the navigation; sign-in leads to the first permitted one."""


def blueprint() -> Blueprint:
    """Return the pages of sign-in, accounts and terminals."""
    pages = Blueprint("staff", __name__)
    pages.before_app_request(_recheck)
    pages.app_context_processor(_words)
    pages.add_url_rule("/", view_func=start)
    pages.add_url_rule("/desk", view_func=start, endpoint="desk")
    pages.add_url_rule("/desk/sign-in", view_func=sign_in, methods=["GET", "POST"])
    factor_views.add_to(pages)
    pages.add_url_rule("/desk/sessions/end", view_func=end_session, methods=["POST"])
    pages.add_url_rule("/desk/sign-out", view_func=sign_out, methods=["POST"])
    pages.add_url_rule("/desk/language", view_func=language, methods=["POST"])
    pages.add_url_rule("/desk/password", view_func=password, methods=["GET", "POST"])
    accounts_desk.add_to(pages)
    organs_desk.add_to(pages)
    devices_desk.add_to(pages)
    return pages


def _recheck() -> None:
    """End a session whose account changed since sign-in, one that was ended elsewhere, and one that is too old."""
    if request.endpoint == "static":
        return
    person = access.signed_in()
    if person is None:
        return
    if (
        entering.left_s(person)
        and models.is_current(person.name, person.version)
        and entering.is_open(person)
    ):
        return
    entering.in_the_same_language(access.forget)


def _words() -> dict[str, Any]:
    """Return the variables of the desk's layout: the name, the permitted desks, the address of the other language."""
    person = access.signed_in()
    here = {"speaks_here": request.full_path.rstrip("?") if request.method == "GET" else ""}
    if person is None:
        return {"clerk_name": "", "desk_nav": [], **here}
    items = [
        {"label": label, "href": href, "here": request.path.startswith(href)}
        for href, label, permission in _desks()
        if permission in person.permissions
    ]
    left_s = entering.left_s(person)
    ends_in = math.ceil(left_s / 60) if left_s <= sessions.WARN_S else 0
    return {"clerk_name": person.name, "desk_nav": items, "session_ends_in": ends_in, **here}


def _desks() -> list[tuple[str, LazyText | str, Permission]]:
    """Return the desks of the navigation, those of the kinds of submissions first."""
    handled = [(f"/desk/{each.path}", each.title, Permission.SEE_REQUESTS) for each in hub().handlings]
    return [*handled, *DESKS]


def start() -> Answer:
    """Redirect to the first permitted desk; an account without permissions sets a password first."""
    person = access.require_somebody()
    first = (href for href, _label, permission in _desks() if permission in person.permissions)
    return redirect(next(first, url_for("staff.password")), code=303)


def sign_in() -> Answer:
    """Ask for name and password; every refusal of the two has the same words."""
    form = SignInForm()
    if request.method == "GET":
        return render_template("staff/sign_in.html", form=form)
    if not form.validate():
        return render_template("staff/sign_in.html", form=form), 422
    result = signing_in.sign_in(
        form.name.data,
        form.password.data,
        hub().clock,
        hub().staff_cost,
        known_views.tried_from(form.name.data),
    )
    if isinstance(result, Entered):
        return _entered(result)
    if isinstance(result, Locked):
        form.form_errors.append(_("试的次数太多了，请过%(seconds)s秒再试。", seconds=result.wait_s))
        return render_template("staff/sign_in.html", form=form), 429
    form.form_errors.append(_("账号或密码不对。"))
    return render_template("staff/sign_in.html", form=form), 422


def _entered(entered: Entered) -> BaseResponse:
    wanted = request.args.get("next", "")
    if not entering.needs_factor(entered.account):
        entering.enter(entered.account, entered.reading_keys)
        return entering.go_on(wanted)
    entering.enter_half(entered, wanted)
    page = "staff.code" if factors.has_factor(entered.account.name) else "staff.new_factor"
    return redirect(url_for(page), code=303)


def password() -> Answer:
    """Show or store a change of one's own password; what it opened before it opens after."""
    person = access.require_somebody()
    form = PasswordForm()
    if request.method == "GET":
        return _password_page(form)
    if not form.validate():
        return _password_page(form), 422
    try:
        changed = passwords.change(
            person.name,
            form.old.data,
            form.new.data,
            hub().clock,
            hub().staff_cost,
            county=rules.words_of_county([*rules.names_in(hub().settings), *hub().townships()]),
        )
    except RuleBroken as broken:
        form.new.errors = [_why(broken.code)]
        return _password_page(form), 422
    if isinstance(changed, Locked):
        form.form_errors.append(_("试的次数太多了，请过%(seconds)s秒再试。", seconds=changed.wait_s))
        return _password_page(form), 429
    if isinstance(changed, SignInWrong):
        form.old.errors = [_("现在的密码不对。")]
        return _password_page(form), 422
    entering.enter(changed, person.reading_keys)
    flash(_("密码已换。在别处登录着的都已退出。"))
    return redirect(url_for("staff.password"), code=303)


def _password_page(form: PasswordForm) -> str:
    person = access.require_somebody()
    return render_template(
        "staff/password.html",
        form=form,
        account=models.account(person.name),
        least=rules.PASSWORD_LEAST,
        sessions=entering.own_sessions(person),
        session_id=person.session_id,
        has_factor=factors.has_factor(person.name),
        today=today(hub().clock),
    )


def end_session() -> Answer:
    """End one of one's own sessions elsewhere."""
    person = access.require_somebody()
    try:
        sessions.end(request.form.get("session", ""), person.name, now=hub().clock.now())
    except NotFound:
        abort(404)
    flash(_("已结束那一处的登录。"))
    return redirect(url_for("staff.password"), code=303)


def _why(code: str) -> str:
    sentences = {
        "password-too-short": _("密码至少%(least)s个字。", least=rules.PASSWORD_LEAST),
        "password-too-long": _("密码最多%(most)s个字。", most=rules.PASSWORD_MOST),
        "password-holds-name": _("密码里不能有账号名。"),
        "password-guessable": _("这个密码太常见或者太有规律，容易被猜中。可以用几个不相干的词连起来。"),
        "password-same": _("新密码和现在的一样，请换一个。"),
    }
    return sentences.get(code, code)


def language() -> BaseResponse:
    """Switch the desk to another language, for this session."""
    asked = request.form.get("lang", "")
    if asked in languages.TABLE:
        session["lang"] = asked
    wanted = request.form.get("next", "")
    return redirect(wanted if wanted.startswith(DESK) else url_for("staff.start"), code=303)


def sign_out() -> BaseResponse:
    """End the session, and with it the reading keys in it."""
    person = access.signed_in()
    if person:
        sessions.leave(person.session_id, person.name)
    access.leave()
    return redirect(url_for("staff.sign_in"), code=303)
