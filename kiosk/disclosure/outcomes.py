"""
The outcomes of a request, one row each: words, articles, row of the annual report, remedies.

Knows neither Flask nor a database. Source: 政府信息公开条例 (2019 revision), art. 14-16, 30, 35-39; names of the
report's rows as in 国办公开办函〔2021〕30号, table 3; remedies by 行政复议法 (2023), art. 23(1)(4), and
法释〔2025〕8号, art. 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l


class Outcome(StrEnum):
    """How a request ended; empty until it did."""

    OPEN = ""
    GRANTED_PUBLIC = "granted_public"
    GRANTED = "granted"
    PARTIAL = "partial"
    REFUSED_SECRET = "refused_secret"
    REFUSED_LAW = "refused_law"
    REFUSED_SAFETY = "refused_safety"
    REFUSED_THIRD = "refused_third"
    REFUSED_INTERNAL = "refused_internal"
    REFUSED_PROCESS = "refused_process"
    REFUSED_CASEFILE = "refused_casefile"
    REFUSED_QUERY = "refused_query"
    NONE_FOUND = "none_found"
    NOT_OURS = "not_ours"
    NEEDS_MAKING = "needs_making"
    UNCLEAR = "unclear"
    PETITION = "petition"
    REPEAT = "repeat"
    PUBLICATION = "publication"
    MASS = "mass"
    RECONFIRM = "reconfirm"
    ABANDONED_CORRECTION = "abandoned_corr"
    ABANDONED_FEE = "abandoned_fee"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


class Remedies(StrEnum):
    """The remedies that a letter names."""

    REVIEW_FIRST = "review-first"
    """行政复议 first, then a suit within 15 days of its decision (复议法 23(1)(4), 23(2); 行诉法 45)."""
    CHOICE = "choice"
    """行政复议 within 60 days or a suit within 6 months (复议法 20; 行诉法 46)."""
    BOTH = "both"
    """Partly opened: review first for what was cut, a choice for the rest."""
    NONE = "none"


@dataclass(frozen=True)
class OutcomeRow:
    """
    What is said of one outcome.

    articles: of the Regulation, as "36(4)"; empty where another rule decides.
    report_row: id of its row in table 3 of the annual report.
    hint: what a clerk must have done or must write before choosing it.
    """

    outcome: Outcome
    words: LazyText
    articles: tuple[str, ...]
    report_row: str
    remedies: Remedies
    hint: LazyText


_FIRST, _CHOICE = Remedies.REVIEW_FIRST, Remedies.CHOICE
_O = Outcome
_ROWS = (
    OutcomeRow(
        _O.GRANTED_PUBLIC, _l("已主动公开，告知获取方式"), ("36(1)",), "r1", _CHOICE,
        _l("写明在哪里能看到：标题、文号、网址或者地点。"),
    ),
    OutcomeRow(
        _O.GRANTED, _l("予以公开"), ("36(2)",), "r1", _CHOICE,
        _l("提供信息，或者写明获取的方式、途径和时间。"),
    ),
    OutcomeRow(
        _O.PARTIAL, _l("部分公开"), ("37",), "r2", Remedies.BOTH,
        _l("能区分处理的，公开可以公开的部分；不公开的每一处写明依据和理由。"),
    ),
    OutcomeRow(
        _O.REFUSED_SECRET, _l("不予公开：国家秘密"), ("14", "36(3)"), "r3_1", _FIRST,
        _l("写明依法定为国家秘密，不写密级信息的内容。"),
    ),
    OutcomeRow(
        _O.REFUSED_LAW, _l("不予公开：法律、行政法规禁止公开"), ("14", "36(3)"), "r3_2", _FIRST,
        _l("写明禁止公开的法律、行政法规和条款。"),
    ),
    OutcomeRow(
        _O.REFUSED_SAFETY, _l("不予公开：危及“三安全一稳定”"), ("14", "36(3)"), "r3_3", _FIRST,
        _l("写明公开后危及哪一项，为什么。"),
    ),
    OutcomeRow(
        _O.REFUSED_THIRD, _l("不予公开：保护第三方合法权益"), ("15", "32", "36(3)"), "r3_4", _FIRST,
        _l("先书面征求第三方意见；第三方不同意且有合理理由，又没有重大公共利益的，才不公开。"),
    ),
    OutcomeRow(
        _O.REFUSED_INTERNAL, _l("不予公开：内部事务信息"), ("16(1)", "36(3)"), "r3_5", _FIRST,
        _l("只限人事管理、后勤管理、内部工作流程三类。"),
    ),
    OutcomeRow(
        _O.REFUSED_PROCESS, _l("不予公开：过程性信息"), ("16(2)", "36(3)"), "r3_6", _FIRST,
        _l("只限讨论记录、过程稿、磋商信函、请示报告四类；法律、法规、规章规定应当公开的从其规定。"),
    ),
    OutcomeRow(
        _O.REFUSED_CASEFILE, _l("不予公开：行政执法案卷"), ("16(2)", "36(3)"), "r3_7", _FIRST,
        _l("法律、法规、规章规定应当公开的从其规定。"),
    ),
    OutcomeRow(
        _O.REFUSED_QUERY, _l("属于行政查询事项，按专门规定办理"), ("36(7)",), "r3_8", _CHOICE,
        _l("写明那部法律、行政法规和查询窗口。救济写法请司法局确认。"),
    ),
    OutcomeRow(
        _O.NONE_FOUND, _l("本机关没有这些信息"), ("36(4)",), "r4_1", _CHOICE,
        _l("先检索，记下在哪里、用什么词、谁检索的。"),
    ),
    OutcomeRow(
        _O.NOT_OURS, _l("不属于本机关负责公开"), ("36(5)", "10"), "r4_1", _CHOICE,
        _l("说明理由；能确定负责机关的，写明它的名称和联系方式。"),
    ),
    OutcomeRow(
        _O.NEEDS_MAKING, _l("没有现成信息，需要加工、分析"), ("38",), "r4_2", _CHOICE,
        _l("先看能不能区分处理；写明为什么需要另行制作。"),
    ),
    OutcomeRow(
        _O.UNCLEAR, _l("补正后申请内容仍不明确"), ("30",), "r4_3", _CHOICE,
        _l("只在申请人补正以后可选：写明要求补正什么、收到了什么。"),
    ),
    OutcomeRow(
        _O.PETITION, _l("属于信访、投诉、举报，不作为申请处理"), ("39(1)",), "r5_1", _CHOICE,
        _l("可以告知通过相应渠道提出。"),
    ),
    OutcomeRow(
        _O.REPEAT, _l("重复申请，不重复处理"), ("36(6)",), "r5_2", _CHOICE,
        _l("同一申请人、同样内容、已经答复过：写明上次答复的文号和日期。"),
    ),
    OutcomeRow(
        _O.PUBLICATION, _l("要求提供公报、报刊、书籍等公开出版物"), ("39(2)",), "r5_3", _CHOICE,
        _l("告知获取的途径。"),
    ),
    OutcomeRow(
        _O.MASS, _l("数量、频次明显超过合理范围，理由不合理"), ("35",), "r5_4", _CHOICE,
        _l("先要求说明理由；写明为什么不合理。"),
    ),
    OutcomeRow(
        _O.RECONFIRM, _l("要求确认或者重新出具已获取的信息"), (), "r5_5", _CHOICE,
        _l("写明申请人已经从哪里获取。"),
    ),
    OutcomeRow(
        _O.ABANDONED_CORRECTION, _l("逾期不补正，视为放弃"), ("30",), "r6_1", _CHOICE,
        _l("没有正当理由、逾期不补正的，视为放弃申请，不再处理。"),
    ),
    OutcomeRow(
        _O.ABANDONED_FEE, _l("逾期未缴纳信息处理费，视为放弃"), (), "r6_2", _CHOICE,
        _l("收到收费通知次日起20个工作日内没有缴纳的，视为放弃申请，不再处理。"),
    ),
    OutcomeRow(
        _O.WITHDRAWN, _l("申请人撤回"), (), "r6_3", Remedies.NONE,
        _l("记下申请人在哪天、以什么方式撤回。"),
    ),
    OutcomeRow(
        _O.OTHER, _l("其他处理"), (), "r6_3", _CHOICE,
        _l("年报第三（六）3项；先看前面有没有合适的一项。"),
    ),
)  # fmt: skip
OUTCOMES: Mapping[Outcome, OutcomeRow] = {row.outcome: row for row in _ROWS}
LAPSES = frozenset({Outcome.ABANDONED_CORRECTION, Outcome.ABANDONED_FEE})
"""Outcomes of a period that the applicant let pass: no answer, yet a letter says so, and remedies run from it."""
WITHOUT_AN_ANSWER = LAPSES | {Outcome.WITHDRAWN}
"""Outcomes that come from steps of their own, never from an answer."""
ANSWERS = tuple(row.outcome for row in _ROWS if row.outcome not in WITHOUT_AN_ANSWER)
"""The outcomes that an answer can have."""
