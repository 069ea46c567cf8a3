"""What the desk shows of a member of the hall's staff: the version that an act on the account names."""

from __future__ import annotations

from flask import url_for

from kiosk import audit
from kiosk.audit import Act
from kiosk.clock import from_stamp
from kiosk.errors import NotFound
from kiosk.hall import accounts
from kiosk.hall.accounts import HallAccount, HallState
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.web.language.wording import N_

STATES = {HallState.ACTIVE: N_("在用"), HallState.PAUSED: N_("已暂停"), HallState.CLOSED: N_("已注销")}
_ACTS = (
    Act.HALL_ADDED,
    Act.HALL_PLACES,
    Act.HALL_PIN,
    Act.HALL_PAUSED,
    Act.HALL_RESUMED,
    Act.HALL_CLOSED,
)


def member(number: str) -> Shown:
    """Return the account with this staff number."""
    try:
        return member_shown(accounts.account(number))
    except NotFound:
        return Shown(name=f"hall/{number}", href=url_for("hall_desk.members"))


def member_shown(found: HallAccount) -> Shown:
    """Return an account: its name, its state, its terminals, when its PIN was set."""
    names = {place.device: place.name for place in accounts.places()}
    lines = (
        (N_("工号"), found.number),
        (N_("姓名"), found.name),
        (N_("状态"), STATES[found.state]),
        (N_("终端"), "\n".join(names.get(device, device) for device in found.devices)),
    )
    return Shown(
        lines,
        found.pin_set_at.isoformat(),
        name=f"hall/{found.number}",
        href=url_for("hall_desk.member", number=found.number),
        touched=lambda: _touched(found.number),
    )


def _touched(number: str) -> Touched:
    line = audit.last_about(_ACTS, (number,))
    return Touched(line.actor, from_stamp(line.at)) if line else NOBODY
