"""What the desk shows of a case in clear: the version that an act on it names."""

from __future__ import annotations

from flask import url_for

from kiosk.disclosure import cases
from kiosk.disclosure.cases import Case
from kiosk.disclosure.deadlines import CaseAct, CaseState
from kiosk.errors import NotFound
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.web.language.wording import N_

STATES = {
    CaseState.SUBMITTED: N_("待确认收到"),
    CaseState.RECEIVED: N_("待登记"),
    CaseState.REGISTERED: N_("已登记"),
}


def case(number: str) -> Shown:
    """Return the case with this number."""
    try:
        return case_shown(cases.case(number))
    except NotFound:
        return Shown(name=f"case/{number}", href=url_for(".inbox"))


def case_shown(found: Case) -> Shown:
    """Return a case: its state, the day of receipt, the deadline, the day of registration."""
    days = {
        N_("收到日期"): found.received_on,
        N_("答复期限"): found.reply_due,
        N_("登记日期"): found.registered_on,
    }
    lines = (
        (N_("编号"), found.number),
        (N_("状态"), STATES[found.state]),
        *((label, day.isoformat() if day else "") for label, day in days.items()),
    )
    return Shown(
        lines,
        f"{found.organ_code} {found.received_basis} {found.is_provisional}",
        name=f"case/{found.number}",
        href=url_for(".case", number=found.number),
        touched=lambda: _touched(found.number),
    )


def _touched(number: str) -> Touched:
    """Return the last act on a case; opening it changes nothing."""
    for event in reversed(cases.events(number)):
        if event.act is not CaseAct.OPENED:
            return Touched(event.actor, event.at)
    return NOBODY
