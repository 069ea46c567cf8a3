"""What the desk of accounts and terminals shows of each: the version that an act on it names."""

from __future__ import annotations

from flask import request, url_for

from kiosk import audit
from kiosk.audit import Act
from kiosk.clock import from_stamp, stamp
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.staff import device_models, logs, models, proposal_models, rules, terminals
from kiosk.staff.device_models import DeviceStatus
from kiosk.staff.models import Account
from kiosk.staff.proposal_models import Proposal
from kiosk.staff.rules import AccountState, Role
from kiosk.staff.terminals import HeldUpload
from kiosk.staff.two_persons import JointAct
from kiosk.web.language.wording import N_

ROLES = {Role.CLERK: N_("办理员"), Role.PUBLISHER: N_("目录审核员"), Role.ADMIN: N_("管理员")}
STATES = {
    AccountState.ACTIVE: N_("在用"),
    AccountState.PENDING: N_("待批准"),
    AccountState.CLOSED: N_("已停用"),
}
JOINT_ACTS: dict[str, str] = {
    JointAct.PASSWORD_RESET: N_("重置密码"),
    JointAct.FACTOR_RESET: N_("重置手机验证"),
}
DEVICE_STATES = {"active": N_("在用"), "quarantined": N_("已隔离"), "revoked": N_("已注销")}
CHANNELS = {terminals.KIOSK: N_("一体机，放在大厅或者村里"), terminals.WEB: N_("网站和手机页面")}
_OF_ACCOUNTS = (
    Act.STAFF_ADDED,
    Act.STAFF_APPROVED,
    Act.STAFF_CLOSED,
    Act.STAFF_PASSWORD_RESET,
    Act.STAFF_PASSWORD_CHANGED,
    Act.STAFF_FACTOR_RESET,
)
_OF_PROPOSALS = (Act.STAFF_PROPOSED, Act.STAFF_PROPOSAL_WITHDRAWN, *_OF_ACCOUNTS)
_OF_DEVICES = (Act.DEVICE_PLACED, Act.DEVICE_REINSTATED, Act.DEVICE_REVOKED)
_OF_LOGS = (Act.CHAIN_FAULT_ACCEPTED,)
_OF_UPLOADS = (Act.HELD_LET_IN, Act.HELD_DISCARDED)


def touched(acts: tuple[Act, ...], *subjects: str) -> Touched:
    """Return who did one of these acts on one of these last, and when."""
    line = audit.last_about(acts, subjects)
    return Touched(line.actor, from_stamp(line.at)) if line else NOBODY


def account(act: str = "") -> Shown:
    """Return the account that the form names, whatever is to be done with it."""
    name = rules.plain_name(request.form.get("name", ""))
    found = models.account(name)
    return account_shown(found) if found else Shown(name=f"account/{name}", href=url_for("staff.staff"))


def account_shown(found: Account) -> Shown:
    """Return an account: its role, its state, who approved it, whether its owner still has to set a password."""
    lines = (
        (N_("账号"), found.name),
        (N_("机关"), found.organ),
        (N_("岗位"), ROLES[found.role]),
        (N_("状态"), STATES[found.state]),
        (N_("批准人"), found.approved_by or ""),
        (N_("等本人换密码"), N_("是") if found.must_change else N_("否")),
    )
    return Shown(
        lines,
        str(found.version),
        name=f"account/{found.name}",
        href=url_for("staff.staff"),
        touched=lambda: touched(_OF_ACCOUNTS, found.name),
    )


def joint() -> Shown:
    """Return the act that the form names and that waits for a second person."""
    act, name = request.form.get("act", ""), rules.plain_name(request.form.get("name", ""))
    found = proposal_models.proposal(act, name)
    return joint_shown(found) if found else Shown(name=f"joint/{act}/{name}", href=url_for("staff.staff"))


def joint_shown(found: Proposal) -> Shown:
    """Return an act that waits for a second person: on which account, by whom; what the first was shown stays out."""
    lines = (
        (N_("账号"), found.name),
        (N_("操作"), JOINT_ACTS.get(found.act, found.act)),
        (N_("提出人"), found.proposed_by),
    )
    return Shown(
        lines,
        f"{found.version} {stamp(found.proposed_at)}",
        name=f"joint/{found.act}/{found.name}",
        href=url_for("staff.staff"),
        touched=lambda: touched(_OF_PROPOSALS, found.name),
    )


def device(device: str = "") -> Shown:
    """Return the terminal of the address, or the one that the form names."""
    found = device_models.device(device or request.form.get("device", ""))
    return device_shown(found) if found else Shown(name=f"device/{device}", href=url_for("staff.devices"))


def device_shown(found: DeviceStatus) -> Shown:
    """Return what people decide about a terminal; what it measures itself changes all day and is left out."""
    lines = (
        (N_("终端名称"), found.name),
        (N_("状态"), DEVICE_STATES.get(found.state, found.state)),
        (N_("做什么用"), CHANNELS.get(found.channel, found.channel)),
        (N_("放在哪个乡镇（街道）"), "\n".join(found.townships)),
    )
    return Shown(
        lines,
        found.state_code,
        name=f"device/{found.id}",
        href=url_for("staff.device", device=found.id),
        touched=lambda: touched(_OF_DEVICES, found.id, found.name),
    )


def log() -> Shown:
    """Return the faults of the logs that the form names: of one terminal, or of the hub's own."""
    return log_shown(request.form.get("device", ""))


def log_shown(device: str = "") -> Shown:
    """Return the faults between the hub's log and one terminal's, or all of the hub's own."""
    if device:
        kept = logs.of_terminal(device)
        pair = ((N_("终端"), kept.theirs), (N_("中心"), kept.ours))
        lines = tuple((label, str(each.head.seq)) for label, each in pair if each and each.is_faulty)
    else:
        lines = tuple((N_("操作记录"), each) for each in logs.state().lost_for)
    page = url_for("staff.device", device=device) if device else url_for("staff.devices")
    return Shown(lines, name=f"log/{device}", href=page, touched=lambda: touched(_OF_LOGS, device))


def held() -> Shown:
    """Return the held upload that the form names."""
    key = request.form.get("key", "")
    found = next((each for each in terminals.held() if each.key == key), None)
    return held_shown(found) if found else Shown(name=f"held/{key}", href=url_for("staff.held"))


def held_shown(found: HeldUpload) -> Shown:
    """Return a held upload: its number, its terminal, why it is held, whether it arrived otherwise."""
    lines = (
        (N_("编号"), found.number),
        (N_("终端"), found.device_name),
        (N_("为什么拦下"), found.code),
        (N_("已经从别的路上收下"), N_("是") if found.is_here else N_("否")),
    )
    return Shown(
        lines,
        found.digest,
        name=f"held/{found.key}",
        href=url_for("staff.held"),
        touched=lambda: touched(_OF_UPLOADS, found.number),
    )
