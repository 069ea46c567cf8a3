"""The inquiry as a kind of submission, with one further question and one tap on its answer."""

from __future__ import annotations

from kiosk.consultation.inquiry import inquiry_course, rules, slips
from kiosk.consultation.inquiry.questions import FURTHER_ASKED, QUESTIONS
from kiosk.consultation.inquiry.rules import InquiryState
from kiosk.intake.handover.rating import SATISFIED
from kiosk.intake.kinds import ARRIVED, SUBMITTED, StateWords, SubmissionKind
from kiosk.intake.promises import Entrance, PromisedTerms
from kiosk.intake.receipt_paper import RECEIPT_PAPER
from kiosk.web.language.wording import lazy_gettext as _l

EDITION = "2026-12"
"""Edition of the notice on personal data on the first page."""


def terms(at: Entrance) -> PromisedTerms:
    """Return the county's promise, counted from the day of handing in; none while the clock cannot be trusted."""
    if not at.is_clock_trusted:
        return PromisedTerms(None, "clock_unverified")
    return PromisedTerms(at.day, "in_person", at.calendar.after(at.day, at.answer_workdays))


def _no_terms(at: Entrance) -> PromisedTerms:
    return PromisedTerms(at.day if at.is_clock_trusted else None, "in_person")


_WAITING = StateWords(
    _l("已提交"),
    _l("存在这台机器里，联网后自动送到县里。"),
    _l("已提交，联网后自动送达"),
    is_good=False,
)
_ADDED = {
    SUBMITTED: _WAITING,
    ARRIVED: StateWords(_l("已送到"), _l("县里已经收到。"), _l("已经送到县里"), is_good=True),
}
SATISFACTION = SubmissionKind(
    name=rules.SATISFACTION,
    path="inquiry-rating",
    title=_l("答得怎么样"),
    counted_as=_l("留言答复的评价"),
    send=_l("提交"),
    questions=(SATISFIED,),
    notice=EDITION,
    terms=_no_terms,
    slip=slips.further,
    states=_ADDED,
    is_about=True,
    is_walked=False,
)
FURTHER = SubmissionKind(
    name=rules.FURTHER,
    path="ask-again",
    title=_l("接着问一句"),
    counted_as=_l("追问"),
    send=_l("提交追问"),
    questions=(FURTHER_ASKED, RECEIPT_PAPER),
    notice=EDITION,
    terms=_no_terms,
    slip=slips.further,
    states=_ADDED,
    pages={
        "start": "consultation/inquiry/further_start.html",
        "receipt": "consultation/inquiry/further_receipt.html",
    },
    is_about=True,
)
INQUIRY = SubmissionKind(
    name=rules.KIND,
    path="inquiry",
    title=_l("咨询留言"),
    counted_as=_l("咨询留言"),
    send=_l("提交留言"),
    questions=QUESTIONS,
    notice=EDITION,
    terms=terms,
    slip=slips.receipt,
    states={
        SUBMITTED: _WAITING,
        ARRIVED: StateWords(
            _l("已送到"), _l("留言已经送到县里，等着答复。"), _l("已经送到县里，等着答复"), is_good=True
        ),
        InquiryState.ASKED_AGAIN: StateWords(
            _l("已收到追问"), _l("追问已经送到县里，等着答复。"), _l("已收到追问，等着答复"), is_good=True
        ),
        InquiryState.ANSWERED: StateWords(
            _l("已答复"),
            _l("答复做好了，凭编号和查询码就能看。"),
            _l("已答复，凭编号和查询码看"),
            is_good=True,
        ),
    },
    pages={name: f"consultation/inquiry/{name}.html" for name in ("start", "receipt")},
    course=inquiry_course.course,
    rated_by=SATISFACTION,
    thanks=_l("还有不明白的，可以接着问一句，或者到窗口、打电话问。"),
)
ADDITIONS = (FURTHER, SATISFACTION)
