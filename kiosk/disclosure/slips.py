"""The receipt of a request: 政府信息公开申请接收回执. Contents: LAW.md §2.2 with DESIGN.md §4.12."""

from __future__ import annotations

from kiosk.disclosure.rules import ReceivedBasis
from kiosk.intake import slips
from kiosk.intake.promises import Medium, PromisedTerms, Receipt
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _
from kiosk.workdays import REPLY_WORKDAYS, Basis
from printers.paper.document import Slip

KIND = "disclosure-receipt"


def receipt(given: Receipt) -> Slip:
    """Return the slip, with an empty place for the query code."""
    terms = given.promise.terms
    return slips.receipt(
        given,
        kind=KIND,
        title=_("政府信息公开申请接收回执"),
        dates=[(_("收到日期"), received_words(terms)), (_("答复期限"), deadline_words(terms))],
        closing=_legal(terms, given.place.medium),
    )


def _legal(terms: PromisedTerms, medium: Medium) -> list[str]:
    is_paper = medium is Medium.THERMAL_PAPER
    if medium is Medium.DESK_PAPER:
        return [
            _("本回执只证明申请已经接收，不是答复文书。请妥善保管，不要让别人看到查询码。"),
            _law(),
            _(
                "您的个人信息只用于办理这件申请，登记时已加密，只有负责公开申请的工作人员能打开，谁打开都有记录。"
            ),
        ]
    lines = [
        _("本回执只证明申请已经接收，热敏纸打印，没有印章，不是答复文书。请妥善保管，不要让别人看到查询码。")
        if is_paper
        else _(
            "本回执只证明申请已经接收，是电子文件，没有印章，不是答复文书。请妥善保管，不要让别人看到查询码。"
        ),
        _law(),
        _("您的个人信息只用于办理这件申请，提交时已加密，只有负责公开申请的工作人员能打开，谁打开都有记录。"),
        _("本机先接收，联网后自动送达办理机关。")
        if is_paper
        else _("由县里的公开网页接收，自动送达办理机关。"),
    ]
    if terms.received_basis == ReceivedBasis.CLOCK_UNVERIFIED:
        lines.append(
            _("本机时钟待核对，提交时间以办理机关确认的为准。")
            if is_paper
            else _("接收时的时钟待核对，提交时间以办理机关确认的为准。")
        )
    return lines


def _law() -> str:
    return _(
        "依据《中华人民共和国政府信息公开条例》第二十九条、第三十一条、第三十三条。需要补正、延长答复期限、"
        "征求第三方意见的，期限依法相应变化。对办理有意见的，可以依照第四十七条、第五十一条提出。"
    )


def received_words(terms: PromisedTerms) -> str:
    """Return the day of receipt, or who will confirm it."""
    if terms.received_on:
        return date_words(terms.received_on)
    if terms.received_basis == ReceivedBasis.CLOCK_UNVERIFIED:
        return _("待办理机关确认（本机时钟待核对）")
    return _("待办理机关依条例第三十一条确认")


def deadline_words(terms: PromisedTerms) -> str:
    """Return the time limit in words, with the date as far as it is known."""
    rule = _("自收到之日起%(days)s个工作日内", days=REPLY_WORKDAYS)
    due = terms.due
    if due is None:
        return rule
    day = date_words(due.day)
    if due.basis is Basis.RECEIVED:
        words = _("%(rule)s，预计不晚于%(day)s", rule=rule, day=day)
    else:
        words = _("%(rule)s；如当天确认收到，预计不晚于%(day)s", rule=rule, day=day)
    return words + slips.doubt_words(due)
