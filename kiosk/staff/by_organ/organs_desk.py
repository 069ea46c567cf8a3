"""The desk of organs: their reading keys, loans of a key, an organ that merges into another."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.errors import NotFound, Refused
from kiosk.intake.desk.views import work
from kiosk.intake.handling import registers
from kiosk.seen import Seen
from kiosk.staff import actions, key_models, models
from kiosk.staff.actions import Holder
from kiosk.staff.by_organ import mergers, reading_keys, wall
from kiosk.staff.by_organ import shown_organs_desk as shown
from kiosk.staff.by_organ.shown_organs_desk import OrganShown
from kiosk.staff.rules import OFFICE
from kiosk.web import access
from kiosk.web.access import Permission, SignedIn
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response


def add_to(pages: Blueprint) -> None:
    """Add the pages below `/desk/organs`."""
    pages.add_url_rule("/desk/organs", view_func=organs)
    for path, view in (
        ("key", make_key),
        ("lend", lend),
        ("end-loan", end_loan),
        ("lost", lost),
        ("merge", merge),
        ("merge/confirm", confirm_merger),
        ("merge/withdraw", withdraw_merger),
    ):
        pages.add_url_rule(f"/desk/organs/{path}", view_func=view, methods=["POST"])


def organs() -> Answer:
    """Show each organ with its key, who holds it, and what this person may do."""
    return _page()


def _page(problem: str = "") -> str:
    person = access.require(Permission.SEE_STAFF)
    own = _own_organ(person)
    seen = shown.all_shown() if own == OFFICE else [shown.shown_of(own)]
    return render_template(
        "staff/organs.html",
        organs=[each for each in seen if each.is_used],
        others=[each for each in seen if not each.is_used],
        may_manage=access.may(Permission.MANAGE_STAFF),
        holds=lambda each: _holds(person, each),
        borrowers=_borrowers(person),
        organ_name=hub().organ_name,
        person=person,
        problem=problem,
        today=today(hub().clock),
    )


def _own_organ(person: SignedIn) -> str:
    account = models.account(person.name)
    return account.organ if account else OFFICE


def _holds(person: SignedIn, organ: OrganShown) -> bool:
    """Return whether the person holds the key to which this organ's submissions are sealed."""
    key_id = hub().seal_key(organ.code).key_id
    return key_id in person.reading_keys and person.name in key_models.holders_of(key_id)


def _borrowers(person: SignedIn) -> list[str]:
    """Return the accounts of the office to which a key can be lent."""
    return [each.name for each in actions.readers(OFFICE) if each.name != person.name]


@acts_on(shown.organ, N_("建立密钥"), {"reader": TypedField(N_("谁先持有"))})
def make_key(*, seen: Seen) -> Answer:
    """Make an organ's first key and give it to its readers that wait, or a new key in place of the present one."""
    person = access.require(Permission.READ_PERSONAL)
    code = _visible(person)

    def act() -> str:
        made = reading_keys.make_key(
            wall.stored(code, hub().settings.office_code),
            now=hub().clock.now(),
            registers=registers(hub().handlings),
            by=Holder(person.name, person.reading_keys),
            readers=request.form.getlist("reader"),
            seen=seen,
        )
        return _("%(name)s的新密钥已经建立，编号%(id)s。", name=hub().organ_name(code), id=made.key_id)

    return _done(act)


@acts_on(shown.organ, N_("借出"), {"name": TypedField(N_("借给谁")), "until": TypedField(N_("到哪天"))})
def lend(*, seen: Seen) -> Answer:
    """Lend an organ's key to somebody of the office until the end of a day."""
    person = access.require(Permission.READ_PERSONAL)
    code, until = _visible(person), shown.last_day(request.form.get("until", ""))
    if until is None:
        return _page(_("请选借到哪天。")), 422

    def act() -> str:
        reading_keys.lend(
            wall.stored(code, hub().settings.office_code),
            request.form.get("name", ""),
            until,
            now=hub().clock.now(),
            by=Holder(person.name, person.reading_keys),
            seen=seen,
        )
        return _("已借给%(name)s。对方重新登录后能打开。", name=request.form.get("name", ""))

    return _done(act)


@acts_on(shown.organ, N_("收回"))
def end_loan(*, seen: Seen) -> Answer:
    """End a loan before its day: a holder of the organ's key, an administrator, or who borrowed it."""
    person = access.require(Permission.SEE_STAFF)
    code, name = _visible(person), request.form.get("name", "")
    organ = shown.shown_of(code)
    if not (person.name in (*organ.holders, name) or access.may(Permission.MANAGE_STAFF)):
        abort(403)

    def act() -> str:
        stored = wall.stored(code, hub().settings.office_code)
        reading_keys.end_loan(stored, name, now=hub().clock.now(), by=person.name, seen=seen)
        return _("已收回。")

    return _done(act)


@acts_on(shown.organ, N_("注明丢失"), {"why": TypedField(N_("怎么丢的"))})
def lost(*, seen: Seen) -> Answer:
    """Note that nobody holds an organ's key any more."""
    person = access.require(Permission.MANAGE_STAFF)
    code = _visible(person)

    def act() -> str:
        stored = wall.stored(code, hub().settings.office_code)
        why = request.form.get("why", "")[:200]
        closed = reading_keys.note_lost(stored, why, now=hub().clock.now(), by=person.name, seen=seen)
        return _("已注明。有%(count)s件要用恢复码才能打开；新来的由县政务公开机构代管。", count=closed)

    return _done(act)


@acts_on(shown.organ, N_("提出并入"), {"into": TypedField(N_("并入哪个机关"))})
def merge(*, seen: Seen) -> Answer:
    """Propose that an organ merges into another."""
    person = access.require(Permission.MANAGE_STAFF)
    code, into = _visible(person), request.form.get("into", "")
    if into not in {each.code for each in shown.all_shown()}:
        return _page(_("请选并入哪个机关。")), 422

    def act() -> str:
        mergers.propose(
            code, into, now=hub().clock.now(), by=person.name, office=hub().settings.office_code, seen=seen
        )
        return _("已提出。请持有密钥的办理员在三天内确认。")

    return _done(act)


@acts_on(shown.organ, N_("确认并入"))
def confirm_merger(*, seen: Seen) -> Answer:
    """Merge an organ as an administrator proposed, with the key that this session holds."""
    person = access.require(Permission.READ_PERSONAL)
    code = _visible(person)

    def act() -> str:
        moved = mergers.confirm(
            code,
            by=Holder(person.name, person.reading_keys),
            work=work(),
            office=hub().settings.office_code,
            registers=registers(hub().handlings),
            seen=seen,
        )
        return _("已并入，%(count)s件申请一并转过去。", count=moved)

    return _done(act)


@acts_on(shown.organ, N_("撤回"))
def withdraw_merger(*, seen: Seen) -> Answer:
    """Withdraw or refuse a merger that waits."""
    person = access.require(Permission.SEE_STAFF)
    code = _visible(person)
    if not (access.may(Permission.MANAGE_STAFF) or _holds(person, shown.shown_of(code))):
        abort(403)

    def act() -> str:
        mergers.withdraw(code, now=hub().clock.now(), by=person.name, seen=seen)
        return _("已撤回。")

    return _done(act)


def _visible(person: SignedIn) -> str:
    """Return the code of the organ that the form names; 404 for one that this person does not see here."""
    code, own = request.form.get("organ", ""), _own_organ(person)
    seen = {each.code for each in shown.all_shown()} if own == OFFICE else {own}
    if code not in seen:
        abort(404)
    return code


def _done(act: Callable[[], str]) -> Answer:
    """Do an act; go back to the page with what was done, or show why it was refused."""
    try:
        said = act()
    except NotFound:
        abort(404)
    except Refused as refused:
        return _page(_sentence(refused.code)), 409
    flash(said)
    return redirect(url_for("staff.organs"), code=303)


def _sentence(code: str) -> str:
    sentences = {
        "no-reading-key-in-hand": _("您这次登录没有这把密钥，要由持有它的办理员来做。"),
        "no-recovery-key": _("中心还不知道恢复码，请先在中心机房用命令 staff recovery-key 输入一次。"),
        "no-reader": _("请至少选一位本机关的办理员先持有密钥。"),
        "other-organ": _("选的账号不是这个机关的。"),
        "nothing-to-approve": _("选的账号不用批准。"),
        "own-account": _("不能批准自己的账号。"),
        "password-not-changed": _("选的账号还没有换成自己的密码。"),
        "account-closed": _("选的账号已经停用。"),
        "no-key-of-its-own": _("这个机关没有自己的密钥。"),
        "not-of-the-office": _("只能借给县政务公开机构的办理员。"),
        "not-a-reader": _("只能借给在用的办理员账号。"),
        "bad-last-day": _("借到的日期从今天起，最多一年。"),
        "key-is-held": _("还有人持有这把密钥，没有丢：请他批准新的办理员。"),
        "why-missing": _("请写明怎么丢的。"),
        "office-stays": _("县政务公开机构不能并入别的机关。"),
        "same-organ": _("不能并入自己。"),
        "already-merged": _("其中一个机关已经并走了。"),
        "own-proposal": _("要由另一个人确认。"),
        "keys-changed": _("提出以后密钥换过了，请重新提出。"),
        "reading-key-missing": _("有的申请要用您没有的密钥才能转过去。"),
        "sealed-part-broken": _("有的申请封存的内容打不开，没有并入。请联系管理员核对密钥。"),
    }
    return sentences.get(code, code)
