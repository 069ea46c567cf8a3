"""
The kinds of letters, one row each: whom it addresses, what it must state, its articles, its remedies, its word.

A fact is a place in the text, written there by its label in braces; a clerk fills it in. What the case itself knows is
in COMMON and filled in without one. Source: 政府信息公开条例 (2019 revision); LETTERS.md §2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from kiosk.disclosure.outcomes import OUTCOMES, Outcome, Remedies
from kiosk.web.language.wording import N_

TEXTS = Path(__file__).with_name("texts")


class Shape(StrEnum):
    """How a fact is typed."""

    LINE = "line"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"


class To(StrEnum):
    """Whom a letter addresses."""

    APPLICANT = "applicant"
    THIRD_PARTY = "third-party"
    ORGAN = "other-organ"
    FILE = "file"
    """Nobody: a sheet of the case file, without number or seal."""


@dataclass(frozen=True)
class LetterFact:
    """
    What a letter must state.

    Args:
        name: Of its field in forms. label: Its place in the text, and beside the field.
        choices: The words that may be printed, of a CHOICE.
        required: Whether the letter is not issued without it.
        is_printed: Whether its text must have its place; what is not printed is for the file.
    """

    name: str
    label: str
    shape: Shape = Shape.TEXT
    choices: tuple[str, ...] = ()
    required: bool = True
    is_printed: bool = True


@dataclass(frozen=True)
class KindRow:
    """
    One kind of letter.

    Args:
        name: The value of its outcome, for an answer; else its own.
        title: Printed above the text, and shown at the desk.
        word: What follows the organ's own 代字 in the number; empty: it has none.
        remedies: The block that it prints.
        outcome: Of the answer; None for other letters.
        enclosure: Name of the text of a form that goes with it.
    """

    name: str
    title: str
    to: To
    word: str
    facts: tuple[LetterFact, ...]
    articles: tuple[str, ...]
    remedies: Remedies = Remedies.NONE
    outcome: Outcome | None = None
    enclosure: str = ""

    @property
    def is_answer(self) -> bool:
        """Return whether it answers the request."""
        return self.outcome is not None


_Fact = LetterFact
_LINE, _TEXT, _DATE, _CHOICE = Shape.LINE, Shape.TEXT, Shape.DATE, Shape.CHOICE
COMMON = (
    "您", "申请人", "申请人类型", "编号", "收到日期", "收到依据", "收到经过", "申请内容", "申请渠道", "提供方式",
    "答复期限", "机关", "联系", "经办人", "办理经过", "收件人", "文号", "救济",
)  # fmt: skip
"""Places that are filled in from the case, the organ and the letter."""
REMEDIES = "救济"
"""The place of the remedies block."""

_APPROVED = _Fact("approved_by", N_("同意的负责人"), _LINE, is_printed=False)
"""Approval by the head of the 政府信息公开工作机构, on file."""
_POINTS = _Fact("points", N_("补正事项"))
_WHY_NOT = _Fact("why", N_("不公开理由"))
_OWN: tuple[KindRow, ...] = (
    KindRow("register_sheet", N_("政府信息公开申请登记表"), To.FILE, "", (), ("29", "31", "45")),
    KindRow("receipt", N_("政府信息公开申请接收回执"), To.APPLICANT, "收", (), ("31", "33")),
    KindRow(
        "correction", N_("政府信息公开申请补正告知书"), To.APPLICANT, "补",
        (_POINTS, _Fact("guidance", N_("补正指导")), _Fact("until", N_("补正期限"), _DATE)), ("30",),
    ),
    KindRow(
        "reasons", N_("政府信息公开申请说明理由告知书"), To.APPLICANT, "理",
        (_Fact("excess", N_("超出情况")), _Fact("until", N_("说明期限"), _DATE)), ("35",),
    ),
    KindRow(
        "extension", N_("政府信息公开申请延期答复告知书"), To.APPLICANT, "延",
        (
            _Fact("reason", N_("延期理由"), _LINE), _Fact("old_due", N_("原答复期限"), _DATE),
            _Fact("until", N_("延长至"), _DATE), _APPROVED,
        ),
        ("33(2)",),
    ),
    KindRow(
        "delay", N_("政府信息公开申请延迟答复告知书"), To.APPLICANT, "迟",
        (_Fact("reason", N_("延迟原因"), _LINE), _Fact("until", N_("延迟至"), _DATE), _APPROVED), ("35",),
    ),
    KindRow(
        "third_party", N_("政府信息公开征求第三方意见书"), To.THIRD_PARTY, "征",
        (_Fact("content", N_("涉及内容")),), ("15", "32"), enclosure="third_party_form",
    ),
    KindRow(
        "consult_notice", N_("政府信息公开征求意见告知书"), To.APPLICANT, "征告",
        (
            _Fact("ground", N_("征求原因"), _CHOICE, (
                "涉及第三方合法权益", "由两个以上行政机关共同制作", "涉及其他行政机关",
            )),
            _Fact("basis", N_("征求依据"), _CHOICE, (
                "《中华人民共和国政府信息公开条例》第三十二条",
                "《中华人民共和国政府信息公开条例》第三十四条",
                "《中华人民共和国政府信息公开条例》第十一条",
            )),
            _Fact("sent", N_("发出日期"), _DATE), _Fact("since", N_("不计起日"), _DATE),
        ),
        ("32", "33(3)"),
    ),
    KindRow(
        "co_maker", N_("政府信息公开征求共同制作机关意见书"), To.ORGAN, "征",
        (_Fact("content", N_("征求内容")),), ("34",),
    ),
    KindRow(
        "assist", N_("政府信息公开申请协办函"), To.ORGAN, "协",
        (_Fact("matter", N_("协助事项")), _Fact("until", N_("回复期限"), _DATE)), ("11",),
    ),
    KindRow(
        "release_notice", N_("政府信息依申请公开第三方告知书"), To.THIRD_PARTY, "告",
        (
            _Fact("opinion", N_("意见情况"), _LINE), _Fact("content", N_("公开内容")),
            _Fact("interest", N_("公共利益理由")),
        ),
        ("32",), Remedies.CHOICE,
    ),
    KindRow(
        "fee_notice", N_("政府信息公开信息处理费收费通知书"), To.APPLICANT, "费",
        (
            _Fact("scale", N_("计费方式"), _CHOICE, ("按件计收", "按量计收")),
            _Fact("working", N_("计算过程")), _Fact("amount", N_("应缴金额"), _LINE), _Fact("way", N_("缴纳方式")),
        ),
        ("42",),
    ),
    KindRow(
        "rectification", N_("政府信息更正告知书"), To.APPLICANT, "更",
        (_Fact("checked", N_("审核情况")), _Fact("result", N_("更正结果"))), ("41",), Remedies.CHOICE,
    ),
    KindRow(
        "service_record", N_("送达回证"), To.FILE, "",
        (
            _Fact("served_title", N_("送达文书"), _LINE), _Fact("served_number", N_("送达文号"), _LINE),
            _Fact("way", N_("送达方式"), _CHOICE, (
                "直接送达", "委托其他行政机关送达", "邮寄送达（中国邮政）", "电子邮件", "终端凭码领取",
            )),
            _Fact("place", N_("送达地点"), _LINE, required=False),
        ),
        ("45",),
    ),
)  # fmt: skip
CUT_GROUNDS: Mapping[str, Remedies] = {
    "《中华人民共和国政府信息公开条例》第十四条（国家秘密）": Remedies.BOTH,
    "《中华人民共和国政府信息公开条例》第十四条（法律、行政法规禁止公开）": Remedies.BOTH,
    "《中华人民共和国政府信息公开条例》第十四条（公开后可能危及国家安全、公共安全、经济安全、社会稳定）": Remedies.BOTH,
    "《中华人民共和国政府信息公开条例》第十五条（商业秘密、个人隐私等）": Remedies.BOTH,
    "《中华人民共和国政府信息公开条例》第十六条第一款（内部事务信息）": Remedies.BOTH,
    "《中华人民共和国政府信息公开条例》第十六条第二款（过程性信息）": Remedies.BOTH,
    "《中华人民共和国政府信息公开条例》第十六条第二款（行政执法案卷信息）": Remedies.BOTH,
    "《中华人民共和国政府信息公开条例》第三十六条第七项（有关法律、行政法规对获取有特别规定）": Remedies.CHOICE,
    "《中华人民共和国政府信息公开条例》第三十七条（不属于政府信息）": Remedies.CHOICE,
}
"""The grounds of what a partial answer cuts: only those of art. 14-16 need a review first."""
FEE = "fee_notice"
"""Name of the notice of a fee."""
CUT, CUT_GROUND = "cut", "cut_ground"
"""Names of the facts that say what is cut, and on which ground."""
_O = Outcome
_ANSWERS: Mapping[Outcome, tuple[LetterFact, ...]] = {
    _O.GRANTED_PUBLIC: (_Fact("where", N_("公开位置")),),
    _O.GRANTED: (_Fact("supply", N_("提供情况")),),
    _O.PARTIAL: (
        _Fact("open", N_("公开部分")), _Fact(CUT, N_("不公开部分")),
        _Fact(CUT_GROUND, N_("不公开依据"), _CHOICE, tuple(CUT_GROUNDS)), _WHY_NOT,
    ),
    _O.REFUSED_SECRET: (_Fact("secret", N_("定密依据")),),
    _O.REFUSED_LAW: (_Fact("law", N_("禁止依据")),),
    _O.REFUSED_SAFETY: (
        _Fact("what", N_("危及事项"), _CHOICE, ("国家安全", "公共安全", "经济安全", "社会稳定")), _WHY_NOT,
    ),
    _O.REFUSED_THIRD: (
        _Fact("interest", N_("第三方权益"), _CHOICE, ("商业秘密", "个人隐私", "第三方其他合法权益")),
        _Fact("objection", N_("第三方理由")),
    ),
    _O.REFUSED_INTERNAL: (
        _Fact("sort", N_("内部事务种类"), _CHOICE, ("人事管理", "后勤管理", "内部工作流程")), _WHY_NOT,
    ),
    _O.REFUSED_PROCESS: (
        _Fact("sort", N_("过程信息种类"), _CHOICE, ("讨论记录", "过程稿", "磋商信函", "请示报告")), _WHY_NOT,
    ),
    _O.REFUSED_CASEFILE: (_WHY_NOT,),
    _O.REFUSED_QUERY: (
        _Fact("sort", N_("资料种类"), _LINE), _Fact("law", N_("特别规定"), _LINE),
        _Fact("window", N_("查询窗口"), _LINE),
    ),
    _O.NONE_FOUND: (_Fact("search", N_("检索情况")),),
    _O.NOT_OURS: (_Fact("why", N_("不属于理由")), _Fact("right_organ", N_("负责机关"), required=False)),
    _O.NEEDS_MAKING: (_Fact("why", N_("加工理由")),),
    _O.UNCLEAR: (_Fact("asked_on", N_("补正告知日期"), _DATE), _POINTS, _Fact("came", N_("补正内容"))),
    _O.PETITION: (
        _Fact("sort", N_("活动种类"), _CHOICE, ("信访", "投诉", "举报", "咨询")), _Fact("why", N_("认定理由")),
        _Fact("channel", N_("相应渠道"), required=False),
    ),
    _O.REPEAT: (_Fact("before_on", N_("上次答复日期"), _DATE), _Fact("before", N_("上次答复文号"), _LINE)),
    _O.PUBLICATION: (_Fact("what", N_("出版物"), _LINE), _Fact("where", N_("获取途径"))),
    _O.MASS: (_Fact("said", N_("说明情况")), _Fact("why", N_("不合理理由"))),
    _O.RECONFIRM: (
        _Fact("what", N_("确认或者重新出具"), _CHOICE, ("确认", "重新出具")), _Fact("had", N_("已获取情况")),
    ),
    _O.OTHER: (
        _Fact("why", N_("处理理由")), _Fact("basis", N_("处理依据"), required=False), _Fact("done", N_("处理情况")),
    ),
    _O.ABANDONED_CORRECTION: (
        _Fact("asked_on", N_("补正告知日期"), _DATE), _Fact("asked", N_("补正告知文号"), _LINE),
        _Fact("served_on", N_("补正送达日期"), _DATE), _Fact("until", N_("补正期限"), _DATE),
    ),
    _O.ABANDONED_FEE: (
        _Fact("asked_on", N_("收费通知日期"), _DATE), _Fact("asked", N_("收费通知文号"), _LINE),
        _Fact("served_on", N_("收费送达日期"), _DATE), _Fact("until", N_("缴纳期限"), _DATE),
    ),
}  # fmt: skip
_END = {
    _O.ABANDONED_CORRECTION: N_("政府信息公开申请不再处理告知书"),
    _O.ABANDONED_FEE: N_("政府信息公开申请不再处理告知书"),
}


def _answer(outcome: Outcome, facts: tuple[LetterFact, ...]) -> KindRow:
    row = OUTCOMES[outcome]
    title = _END.get(outcome, N_("政府信息公开申请答复书"))
    return KindRow(outcome.value, title, To.APPLICANT, "答", facts, row.articles, row.remedies, outcome)


KINDS: Mapping[str, KindRow] = {
    row.name: row for row in (*_OWN, *(_answer(outcome, facts) for outcome, facts in _ANSWERS.items()))
}


@cache
def text(name: str) -> str:
    """Return the text that ships with a kind, or a form that goes with one."""
    return (TEXTS / f"{name}.txt").read_text("utf-8")


def remedies(row: KindRow, facts: Mapping[str, str]) -> Remedies:
    """Return the block of a letter; that of a partial answer depends on the ground of the cut."""
    return CUT_GROUNDS.get(facts.get(CUT_GROUND, ""), row.remedies)


def places(row: KindRow) -> Sequence[str]:
    """Return the places that a text of this kind may name."""
    return (*COMMON, *(fact.label for fact in row.facts))
