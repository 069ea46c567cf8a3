"""The request for disclosure as a kind of submission; its own pages are added in `pages/kind.py`."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.disclosure import slips
from kiosk.disclosure.deadlines import terms
from kiosk.disclosure.events import CaseState
from kiosk.disclosure.following import timeline
from kiosk.disclosure.following.addition_kinds import SATISFACTION
from kiosk.disclosure.questions import QUESTIONS
from kiosk.disclosure.rules import KIND
from kiosk.intake.kinds import ARRIVED, SUBMITTED, StateWords, SubmissionKind
from kiosk.web.language.wording import lazy_gettext as _l

NOTICE_VERSION = "2026-11"
"""Edition of the notice on personal data on the first page."""


def _facts(answers: Mapping[str, str]) -> dict[str, str]:
    """Return that a telephone was left, which is sealed: who left none is not notified of changes."""
    return {"has_phone": "yes"} if answers.get("phone") else {}


REQUEST = SubmissionKind(
    name=KIND,
    path="request",
    title=_l("申请信息公开"),
    counted_as=_l("政府信息公开申请"),
    send=_l("提交申请"),
    questions=QUESTIONS,
    notice=NOTICE_VERSION,
    terms=terms,
    slip=slips.receipt,
    states={
        SUBMITTED: StateWords(
            _l("已提交"),
            _l("申请存在这台机器里，联网后自动送到办理机关。"),
            _l("已提交，联网后自动送达"),
            is_good=False,
        ),
        ARRIVED: StateWords(
            _l("已提交"),
            _l("申请已经送到县里，办理机关还没有登记。"),
            _l("已经送到县里，还没有登记"),
            is_good=False,
        ),
        CaseState.RECEIVED: StateWords(
            _l("已收到"),
            _l("办理机关已经收到您的申请，正在登记。"),
            _l("已收到，正在登记"),
            is_good=True,
        ),
        CaseState.REGISTERED: StateWords(
            _l("已登记"),
            _l("办理机关已经登记您的申请，正在办理。"),
            _l("已登记，正在办理"),
            is_good=True,
        ),
        CaseState.AWAITING_CORRECTION: StateWords(
            _l("需要补正"),
            _l("办理机关请您补正申请。收到补正后的申请，答复期限重新计算。"),
            _l("需要补正，请在期限内补正"),
            is_good=False,
        ),
        CaseState.SUSPENDED: StateWords(
            _l("正在征求意见"),
            _l("办理机关正在征求第三方或者其他机关的意见，这段时间不计入答复期限。"),
            _l("正在征求意见，时间不计入期限"),
            is_good=True,
        ),
        CaseState.ANSWERED: StateWords(
            _l("已答复"),
            _l("办理机关已经作出答复，正在送达。"),
            _l("已答复，正在送达"),
            is_good=True,
        ),
        CaseState.ENDED: StateWords(
            _l("已办结"),
            _l("这件申请已经办结。"),
            _l("已办结"),
            is_good=True,
        ),
    },
    course=timeline.course,
    collected=timeline.collected,
    facts=_facts,
    rated_by=SATISFACTION,
    thanks=_l("对答复本身有意见的，请看“不同意答复怎么办”或者打办理机关的电话。"),
    pages={name: f"disclosure/{name}.html" for name in ("start", "check", "receipt")},
)
