"""What the desk shows of a case in clear: the version that an act on it names."""

from __future__ import annotations

from flask import url_for

from kiosk.disclosure import cases, steps
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.events import CaseAct, CaseState
from kiosk.disclosure.outcomes import OUTCOMES
from kiosk.errors import NotFound
from kiosk.intake.desk.views import work
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.web.language.wording import N_

STATES = {
    CaseState.SUBMITTED: N_("待确认收到"),
    CaseState.RECEIVED: N_("待登记"),
    CaseState.REGISTERED: N_("办理中"),
    CaseState.AWAITING_CORRECTION: N_("等待补正"),
    CaseState.SUSPENDED: N_("征求意见中"),
    CaseState.ANSWERED: N_("已答复待送达"),
    CaseState.ENDED: N_("已办结"),
}
READ_ONLY = frozenset(
    {
        CaseAct.OPENED,
        CaseAct.NOTED,
        CaseAct.LINKED,
        CaseAct.URGED,
        CaseAct.SCANNED,
        CaseAct.RECEIPT_PRINTED,
        CaseAct.FEEDBACK,
    }
)
"""Acts after which a case is what it was."""


def case(number: str) -> Shown:
    """Return the case with this number."""
    try:
        return case_shown(cases.case(number))
    except NotFound:
        return Shown(name=f"case/{number}", href=url_for(".inbox"))


def case_shown(found: Case) -> Shown:
    """Return a case: state, outcome, who handles it, and its days."""
    days = {
        N_("收到日期"): found.received_on,
        N_("答复期限"): found.reply_due,
        N_("登记日期"): found.registered_on,
        N_("补正期限"): found.correction_until,
        N_("答复日期"): found.answered_on,
        N_("送达日期"): found.served_on,
    }
    row = OUTCOMES.get(found.outcome)
    lines = (
        (N_("编号"), found.number),
        (N_("状态"), STATES[found.state]),
        (N_("结果"), row.words.source if row else ""),
        (N_("承办人"), found.assigned_to),
        *((label, day.isoformat() if day else "") for label, day in days.items()),
    )
    return Shown(
        lines,
        f"{found.organ_code} {found.received_basis} {found.is_provisional} {_last_act(found.number)}",
        name=f"case/{found.number}",
        href=url_for(".case", number=found.number),
        touched=lambda: _touched(found.number),
    )


def _last_act(number: str) -> int:
    """Return the sequence number of the last event that changed something."""
    return max((event.seq for event in cases.events(number) if event.act not in READ_ONLY), default=0)


def _touched(number: str) -> Touched:
    """Return the last act on a case; opening it changes nothing."""
    for event in reversed(cases.events(number)):
        if event.act not in READ_ONLY:
            return Touched(event.actor, event.at)
    return NOBODY


def recount() -> Shown:
    """Return the running cases that another calendar moves, old and new."""
    found = steps.recounts(work())
    lines = tuple(
        (each.before.number, f"{_said(each.before)} → {_said(each.after)}")
        for each in found
        if each.has_moved
    )
    return Shown(lines, str(len(found)), name="recount", href=url_for(".recount"))


def _said(found: Case) -> str:
    return (
        f"{found.reply_due or ''}{'?' if found.is_provisional else ''} {found.correction_due or ''}".strip()
    )
