"""The desk of accounts: list, approval with a reading key, password reset, closing."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kiosk.errors import NotFound, Refused
from kiosk.seen import Seen
from kiosk.staff import actions, models, passwords, rules
from kiosk.staff import shown_desk as shown
from kiosk.staff.actions import Holder
from kiosk.staff.forms import AccountForm
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response


def add_to(pages: Blueprint) -> None:
    """Add the pages below `/desk/staff`."""
    pages.add_url_rule("/desk/staff", view_func=staff)
    for name, view in (("approve", approve), ("close", close), ("reset", reset)):
        pages.add_url_rule(f"/desk/staff/{name}", name, view, methods=["POST"])


def staff() -> Answer:
    """Show all accounts, those waiting for approval by a key holder first."""
    return _page()


def _page(**further: object) -> str:
    person = access.require(Permission.SEE_STAFF)
    return render_template(
        "staff/accounts.html",
        accounts=models.accounts(),
        account_shown=shown.account_shown,
        person=person,
        may_approve=bool(person.reading_keys),
        may_close=access.may(Permission.MANAGE_STAFF),
        reads_personal=rules.reads_personal,
        **further,
    )


@acts_on(shown.account, N_("批准"))
def approve(*, seen: Seen) -> Answer:
    """Seal the reading keys of this session to a waiting account."""
    person = access.require(Permission.READ_PERSONAL)
    name = _named_account()
    try:
        holder = Holder(person.name, person.reading_keys)
        account = actions.approve(name, now=hub().clock.now(), by=holder, seen=seen)
    except NotFound:
        abort(404)
    except Refused:
        abort(409)
    flash(_("已批准 %(name)s。请对方重新登录。", name=account.name))
    return redirect(url_for("staff.staff"), code=303)


@acts_on(shown.account, N_("重置密码"))
def reset(*, seen: Seen) -> Answer:
    """Show a one-time password for somebody who forgot theirs, once."""
    person = access.require(Permission.MANAGE_STAFF)
    name = _named_account()
    try:
        password = passwords.reset(
            name,
            now=hub().clock.now(),
            by=person.name,
            cost=hub().staff_cost,
            seen=seen,
        )
    except NotFound:
        abort(404)
    except Refused:
        abort(409)
    account = models.account(name)
    return _page(
        password=password,
        password_of=account,
        holders=passwords.holders(but=name),
    )


@acts_on(shown.account, N_("停用"))
def close(*, seen: Seen) -> Answer:
    """Close the account of somebody who left."""
    person = access.require(Permission.MANAGE_STAFF)
    name = _named_account()
    try:
        actions.close_account(name, now=hub().clock.now(), by=person.name, seen=seen)
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
