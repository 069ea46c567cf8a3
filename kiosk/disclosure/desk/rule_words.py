"""The sentences of what the law forbids: one for each code of `lawful`, with its article."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.web.language.wording import N_, gettext

RULES: Mapping[str, str] = {
    "again-without-correction": N_("结果不是“纠正”的，不用重新答复。"),
    "after-today": N_("日期不能晚于今天。"),
    "already-answered": N_("这件申请已经答复了，这一步不能再办。"),
    "already-delivered": N_("签收日期已经记过了。"),
    "already-registered": N_("这件申请已经登记过了，不用再登记。"),
    "already-served": N_("送达已经记过了。"),
    "answered-after-decision": N_("这一天以后已经有答复、送达或者别的结果，不能再从这一天重新答复；请核对收到的日期。"),
    "approver-missing": N_("延长或者延迟答复，要经政府信息公开工作机构负责人同意（条例第三十三条），请写明是谁。"),
    "archived": N_("这件申请已经归档，不能再改。"),
    "awaiting-correction": N_("正在等申请人补正，答复期限还没有重新开始（条例第三十条），这一步现在不能办。"),
    "awaiting-fee": N_("正在等申请人缴费，这一步现在不能办。"),
    "before-answer": N_("送达不能早于答复的那一天。"),
    "before-decision": N_("日期不能早于收到要求重新答复的决定或者判决的那一天。"),
    "before-notice": N_("日期不能早于发出通知的那一天。"),
    "before-receipt": N_("日期不能早于收到申请的那一天。"),
    "before-submission": N_("收到日期不能早于提交的那一天。"),
    "case-ended": N_("这件申请已经办结，这一步不能再办。"),
    "correction-late": N_("补正超过了期限。没有正当理由的，视为放弃申请（条例第三十条）；有正当理由的，请勾上再记。"),
    "correction-once": N_("补正只能通知一次，要一次性说清楚（条例第三十条）。"),
    "correction-still-open": N_("补正的期限还没有过，过了才能按放弃处理（条例第三十条）。"),
    "correction-too-late": N_("收到申请已超过7个工作日，不能再通知补正（条例第三十条）。"),
    "day-decided": N_("重新答复的日期是决定或者判决定的，机关不能改（复议法第七十七条，诉讼法第九十四条）。"),
    "decided-before-opened": N_("收到结果的日期不能早于记下的复议或者诉讼的日期。"),
    "delay-not-later": N_("延迟答复的日期要晚于现在的答复期限（条例第三十五条）。"),
    "delay-once": N_("延迟答复的期限已经告知过了（条例第三十五条）。"),
    "delay-too-late": N_("答复期限已经过了，不能再定延迟答复的期限（条例第三十五条）。"),
    "extension-once": N_("已经延长过一次，不能再延长（条例第三十三条第二款）。"),
    "extension-too-late": N_("答复期限已经过了，不能再延长（条例第三十三条第二款）。"),
    "extension-too-long": N_("延长最多20个工作日（条例第三十三条第二款）。"),
    "fee-expired": N_("缴费期限已经过了：收到通知次日起20个工作日内没有缴纳的，视为放弃申请（国办函〔2020〕109号）。"),
    "fee-missing": N_("请写收费的金额，要大于零。"),
    "fee-not-delivered": N_("先记下申请人收到收费通知的日期，缴费期限从那天的次日起算（国办函〔2020〕109号）。"),
    "fee-once": N_("收费通知已经发过了（条例第四十二条）。"),
    "fee-still-open": N_("缴费期限还没有过（国办函〔2020〕109号：收到通知次日起20个工作日）。"),
    "fee-too-late": N_("答复期限已经过了，不能再通知收费（国办函〔2020〕109号）。"),
    "mass-without-reasons": N_("先要求申请人说明理由，认为不合理的才能不予处理（条例第三十五条）。"),
    "no-correction-asked": N_("没有在等补正的通知（条例第三十条）。"),
    "no-fee-asked": N_("没有待缴的费用（条例第四十二条）。"),
    "no-opinion-asked": N_("没有在等的意见（条例第三十二条、第三十四条）。"),
    "no-such-party": N_("没有这一份征求意见书。"),
    "no-such-review": N_("没有这一件未结的复议或者诉讼。"),
    "not-answered": N_("还没有答复，不能记送达。"),
    "not-ended": N_("还没有办结，不能归档（条例第四十五条）。"),
    "not-posted": N_("不是邮寄送达的，不用另记签收日期。"),
    "not-registered": N_("还没有登记（条例第四十五条），先登记，再办这一步。"),
    "opinion-ended": N_("这一份征求意见已经有结果了。"),
    "opinion-not-delivered": N_("先记下对方收到征求意见书的日期，15个工作日从那天起算（条例第三十二条、第三十四条）。"),
    "opinion-still-open": N_("对方收到征求意见书还不满15个工作日（条例第三十二条、第三十四条）。"),
    "organ-missing": N_("请写是哪个机关（条例第三十四条、第三十三条第三款）。"),
    "outcome-of-its-own": N_("这种结果有自己的步骤，不从答复里选。"),
    "party-known": N_("这一份征求意见书已经记过了。"),
    "reason-missing": N_("请写理由，它会留在办理经过里。"),
    "reasons-not-asked": N_("先要求申请人说明理由，理由合理才能延迟答复（条例第三十五条）。"),
    "reasons-once": N_("已经要求过说明理由了（条例第三十五条）。"),
    "receipt-after-step": N_("收到日期不能晚于后面已经办的步骤。"),
    "receipt-known": N_("收到日期已经定了；要改请用“更正收到日期”，写明理由（条例第三十一条）。"),
    "receipt-not-confirmed": N_("还没有确认收到日期，先确认（条例第三十一条），再办这一步。"),
    "receipt-same": N_("填的和现在的收到日期一样，没有要更正的。"),
    "unclear-without-correction": N_("没有补正过，不能按“补正后仍不明确”答复（条例第三十条）。"),
    "until-not-later": N_("期限要晚于发出通知的那一天。"),
    "until-without-again": N_("不用重新答复的，不填重新答复的日期。"),
    "withdrawn-is-not-answered": N_("申请人已经撤回，没有要重新答复的申请。"),
}  # fmt: skip
"""The sentence of each code."""
OF_THE_DAY = frozenset(
    {
        "after-today",
        "answered-after-decision",
        "before-answer",
        "before-decision",
        "before-notice",
        "before-receipt",
        "before-submission",
        "decided-before-opened",
    }
)
"""Codes of a day that was mistyped: the page goes back with the field marked."""


def sentence(code: str) -> str:
    """Return the sentence of a code in the language of the page."""
    return gettext(RULES[code])
