"""The receipts of an inquiry and of a further question."""

from __future__ import annotations

from kiosk.intake import slips
from kiosk.intake.promises import PromisedTerms, Receipt
from kiosk.intake.slips import due_words, moment_words
from kiosk.web.language.wording import gettext as _
from printers.paper.document import Big, Block, KeyValue, Para, Rule, Slip, Title

KIND, FURTHER = "inquiry-receipt", "inquiry-further"


def receipt(given: Receipt) -> Slip:
    """Return the slip of an inquiry, with an empty place for the query code."""
    return slips.receipt(
        given,
        kind=KIND,
        title=_("咨询留言回执"),
        dates=[(_("答复期限"), promised_words(given.promise.terms))],
        closing=[
            _("本回执只证明留言已经接收，没有印章，不是答复。答复在任何一台终端、手机上凭编号和查询码看。"),
            _("请妥善保管，不要让别人看到查询码。"),
            _("您写的话提交时已加密，只有回答的单位能打开，谁打开都有记录。"),
        ],
    )


def promised_words(terms: PromisedTerms) -> str:
    """Return the promised time with its date, as far as it is known."""
    if terms.due is None:
        return _("收到后按县里承诺的时间答复（本机时钟待核对）")
    return _("%(days)s个工作日内，%(by)s", days=terms.due.workdays, by=due_words(terms.due))


def further(given: Receipt) -> Slip:
    """Return the slip of a further question: it carries no query code, for the inquiry's own one serves on."""
    place, promise = given.place, given.promise
    blocks: list[Block] = [
        Title(_("追问接收凭据"), above=place.place_name),
        Big(_("留言的编号"), given.about),
        KeyValue(_("这一次的编号"), promise.number),
        KeyValue(_("回答的单位"), given.organ.name),
        KeyValue(_("提交时间"), moment_words(promise.submitted_at)),
        KeyValue(_("提交地点"), place.station_name),
        Rule(),
        Para(_("看答复仍用留言时的编号和查询码。"), small=True),
    ]
    return Slip(FURTHER, _("追问接收凭据"), tuple(blocks), lang=place.lang, large=place.large)
