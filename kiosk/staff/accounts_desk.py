"""The desk of accounts: list, approval with a reading key, acts that need two persons, closing."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.errors import NotFound, Refused
from kiosk.seen import Seen
from kiosk.staff import actions, models, passwords, rules, two_persons
from kiosk.staff import shown_desk as shown
from kiosk.staff.actions import Holder
from kiosk.staff.entry import factor_models
from kiosk.staff.forms import AccountForm
from kiosk.staff.models import Account
from kiosk.staff.rules import OFFICE, Role
from kiosk.staff.two_persons import JointAct
from kiosk.web import access
from kiosk.web.access import Permission, SignedIn
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response


def add_to(pages: Blueprint) -> None:
    """Add the pages below `/desk/staff`."""
    pages.add_url_rule("/desk/staff", view_func=staff)
    for path, act in (("reset", JointAct.PASSWORD_RESET), ("reset-factor", JointAct.FACTOR_RESET)):
        pages.add_url_rule(f"/desk/staff/{path}", view_func=propose, methods=["POST"], defaults={"act": act})
    for view in (approve, close, confirm, withdraw):
        pages.add_url_rule(f"/desk/staff/{view.__name__}", view_func=view, methods=["POST"])


def staff() -> Answer:
    """Show all accounts, those waiting for approval by a key holder first."""
    return _page()


def _page(**further: object) -> str:
    person = access.require(Permission.SEE_STAFF)
    return render_template(
        "staff/accounts.html",
        accounts=_accounts(person),
        organ_name=lambda code: hub().organ_name(code or hub().settings.office_code),
        account_shown=shown.account_shown,
        person=person,
        may_approve=bool(person.reading_keys),
        may_close=access.may(Permission.MANAGE_STAFF),
        reads_personal=rules.reads_personal,
        waiting=two_persons.waiting(hub().clock.now()) if access.may(Permission.MANAGE_STAFF) else [],
        with_factor=factor_models.names(),
        many_admins=models.how_many(Role.ADMIN) > 1,
        today=today(hub().clock),
        joint_shown=shown.joint_shown,
        **further,
    )


def _accounts(person: SignedIn) -> list[Account]:
    """Return the accounts of a person's organ; of all for the county's office."""
    known = models.accounts()
    own = next((each.organ for each in known if each.name == person.name), OFFICE)
    return [each for each in known if own in (OFFICE, each.organ)]


@acts_on(shown.account, N_("批准"))
def approve(*, seen: Seen) -> Answer:
    """Seal the reading keys of this session to a waiting account."""
    person = access.require(Permission.READ_PERSONAL)
    name = _named_account()
    if name not in {each.name for each in _accounts(person)}:
        abort(404)
    try:
        holder = Holder(person.name, person.reading_keys)
        account = actions.approve(name, now=hub().clock.now(), by=holder, seen=seen)
    except NotFound:
        abort(404)
    except Refused:
        abort(409)
    flash(_("已批准 %(name)s。请对方重新登录。", name=account.name))
    return redirect(url_for("staff.staff"), code=303)


@acts_on(shown.account, N_("提出"))
def propose(*, act: JointAct, seen: Seen) -> Answer:
    """Propose an act that needs a second person; show, once, what only the first may see."""
    person = access.require(Permission.MANAGE_STAFF)
    name = _named_account()
    try:
        made = two_persons.propose(act, name, now=hub().clock.now(), by=person.name, seen=seen)
    except NotFound:
        abort(404)
    except Refused:
        abort(409)
    return _page(proposed=made)


@acts_on(shown.joint, N_("确认"))
def confirm(*, seen: Seen) -> Answer:
    """Do what another person has proposed; show, once, what only the second may see."""
    person = access.require(Permission.MANAGE_STAFF)
    act, name = _named_act()
    try:
        half = two_persons.confirm(
            act, name, now=hub().clock.now(), by=person.name, cost=hub().staff_cost, seen=seen
        )
    except NotFound:
        abort(404)
    except Refused:
        abort(409)
    if act is not JointAct.PASSWORD_RESET:
        flash(_("已重置 %(name)s 的手机验证，本人下次登录时重新设置。", name=name))
        return redirect(url_for("staff.staff"), code=303)
    account = models.account(name)
    assert account is not None
    return _page(half=half, password_of=account, holders=passwords.holders(account.organ, but=name))


@acts_on(shown.joint, N_("撤回"))
def withdraw(*, seen: Seen) -> Answer:
    """Withdraw what one proposed, or refuse what another did."""
    person = access.require(Permission.MANAGE_STAFF)
    act, name = _named_act()
    try:
        two_persons.withdraw(act, name, now=hub().clock.now(), by=person.name, seen=seen)
    except NotFound:
        abort(404)
    flash(_("已撤回。"))
    return redirect(url_for("staff.staff"), code=303)


def _named_act() -> tuple[JointAct, str]:
    asked = request.form.get("act", "")
    if asked not in set(JointAct):
        abort(400)
    return JointAct(asked), _named_account()


@acts_on(shown.account, N_("停用"))
def close(*, seen: Seen) -> Answer:
    """Close the account of somebody who left."""
    person = access.require(Permission.MANAGE_STAFF)
    name = _named_account()
    account = models.account(name)
    held = account is not None and rules.reads_personal(account.role) and account.approved_by is not None
    try:
        actions.close_account(name, now=hub().clock.now(), by=person.name, seen=seen)
    except NotFound:
        abort(404)
    except Refused:
        abort(409)
    flash(_("已停用 %(name)s。", name=name))
    if held:
        flash(_("%(name)s 读过封存的内容。为稳妥，请持钥人在“机关和密钥”里换一把新的读取密钥。", name=name))
    return redirect(url_for("staff.staff"), code=303)


def _named_account() -> str:
    form = AccountForm()
    if not form.validate():
        abort(400)
    return rules.plain_name(form.name.data)
