"""The steps of a case at the desk, one row each: address, words, form, and how its facts come from the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import SelectChoice

from kiosk.disclosure.course import AskedOpinion, Course
from kiosk.disclosure.desk import step_forms as forms
from kiosk.disclosure.events import (
    AnswerFacts,
    CaseAct,
    CorrectedFacts,
    CorrectionFacts,
    DelayFacts,
    ExtensionFacts,
    FeeFacts,
    OpinionAnswer,
    OpinionAnswerFacts,
    OpinionFacts,
    OpinionKind,
    PartyFacts,
    ReasonsFacts,
    ReviewFacts,
    ReviewKind,
    ReviewResult,
    ReviewResultFacts,
    ServiceFacts,
    ServiceWay,
    StepFacts,
    WithdrawalFacts,
)
from kiosk.disclosure.outcomes import ANSWERS, OUTCOMES, Outcome
from kiosk.web.desk_acts import TypedField
from kiosk.web.language.wording import N_, LazyText
from kiosk.web.language.wording import gettext as _

Ready = Callable[[Any, Course], None]
"""Fills the choices of a form from the course."""


def _nothing(_form: Any, _course: Course) -> None:
    """Leave a form as it is."""


@dataclass(frozen=True, kw_only=True)
class StepPage:
    """
    One step at the desk.

    path: of its page, below the case. title: of page and link. day: label of its day. rule: what the law says, with the
    article. facts: what the form says of the step.
    """

    act: CaseAct
    path: str
    title: str
    day: str
    rule: str
    form: type[forms.StepForm] = forms.StepForm
    facts: Callable[[Any, Course], StepFacts] = lambda form, _course: StepFacts(on=form.on.data)
    ready: Ready = _nothing
    icon: str = "file-text"

    @property
    def moves_days(self) -> bool:
        """Return whether a last day may follow from it, which is shown before it is noted."""
        return self.act not in DAYS_STAY


DAYS_STAY = frozenset({CaseAct.WITHDRAWN, CaseAct.ARCHIVED, CaseAct.REVIEW_OPENED, CaseAct.CORRECTION_LAPSED})
"""Steps from which no last day follows."""


def party_words(opinion: AskedOpinion) -> str:
    """Return a party by its number in the case, or the organ by its name; a third party's name is in the letter."""
    asked = opinion.asked
    return asked.organ or _("第三方（第%(number)s份征求意见书）", number=asked.party)


def _choice(opinion: AskedOpinion) -> SelectChoice:
    return SelectChoice(opinion.asked.party, party_words(opinion))


def _open_parties(form: Any, course: Course) -> None:
    form.party.choices = [_choice(each) for each in course.opinions if each.is_open]


def _undelivered(form: Any, course: Course) -> None:
    waiting = (each for each in course.opinions if each.is_open and each.delivered_on is None)
    form.party.choices = [_choice(each) for each in waiting]


def _open_reviews(form: Any, course: Course) -> None:
    waiting = (each.opened for each in course.reviews if each.decided is None)
    form.file.choices = [SelectChoice(each.file, f"{each.organ} {each.file}") for each in waiting]


def _party(form: Any, _course: Course) -> StepFacts:
    return PartyFacts(on=form.on.data, party=form.party.data)


def _next_party(course: Course) -> int:
    return max((each.asked.party for each in course.opinions), default=0) + 1


_ROWS = (
    StepPage(
        act=CaseAct.ANSWERED, path="answer", title=N_("答复"), day=N_("答复书的日期"), icon="file-check",
        rule=N_("收到申请之日起20个工作日内答复（条例第三十三条）；过了期限也要答复，系统会标明逾期。"),
        form=forms.OutcomeForm,
        facts=lambda form, _course: AnswerFacts(
            on=form.on.data, outcome=Outcome(form.outcome.data), on_the_spot=form.on_the_spot.data
        ),
    ),
    StepPage(
        act=CaseAct.SERVED, path="serve", title=N_("记下送达"), day=N_("送达的日期"), icon="send",
        rule=N_("期限看送达：签收之日或者交邮之日（国办公开办函〔2016〕235号）。申请人的救济期限从知道答复那天起算。"),
        form=forms.ServiceForm,
        facts=lambda form, _course: ServiceFacts(
            on=form.on.data, way=ServiceWay(form.way.data), proof=form.proof.data or ""
        ),
    ),
    StepPage(
        act=CaseAct.DELIVERED, path="delivered", title=N_("记下签收"), day=N_("申请人签收的日期"), icon="mail",
        rule=N_("邮寄送达的，申请人的复议、诉讼期限从签收之日起算。"),
    ),
    StepPage(
        act=CaseAct.CORRECTION_ASKED, path="correction", title=N_("通知补正"), day=N_("发出补正告知书的日期"),
        icon="pencil", form=forms.UntilForm,
        rule=N_("收到申请之日起7个工作日内，一次性告知补正的事项和合理期限；答复期限从收到补正的申请起重新计算（条例第三十条）。"),
        facts=lambda form, _course: CorrectionFacts(on=form.on.data, until=form.until.data),
    ),
    StepPage(
        act=CaseAct.CORRECTED, path="corrected", title=N_("收到补正"), day=N_("收到补正的日期"), icon="inbox",
        rule=N_("收到补正的申请那天是第0天，20个工作日重新计算（条例第三十条）。"),
        form=forms.CorrectedForm,
        facts=lambda form, _course: CorrectedFacts(on=form.on.data, excused=form.excused.data),
    ),
    StepPage(
        act=CaseAct.CORRECTION_LAPSED, path="correction-lapsed", title=N_("逾期不补正，不再处理"),
        day=N_("决定不再处理的日期"), icon="ban",
        rule=N_("申请人没有正当理由、逾期不补正的，视为放弃申请，不再处理（条例第三十条）。"),
    ),
    StepPage(
        act=CaseAct.EXTENDED, path="extend", title=N_("延长答复期限"), day=N_("告知申请人的日期"), icon="calendar",
        rule=N_("要在期限内告知申请人，经政府信息公开工作机构负责人同意，最多20个工作日，只延一次（条例第三十三条第二款）。"),
        form=forms.ExtensionForm,
        facts=lambda form, _course: ExtensionFacts(
            on=form.on.data, workdays=form.workdays.data, approved_by=form.approved_by.data, reason=form.reason.data
        ),
    ),
    StepPage(
        act=CaseAct.OPINION_ASKED, path="opinion", title=N_("征求第三方或者其他机关的意见"),
        day=N_("发出征求意见书的日期"), icon="message-question", form=forms.OpinionForm,
        rule=N_("对方从收到征求意见书起有15个工作日（条例第三十二条、第三十四条）；征求意见的时间不计入答复期限（第三十三条第三款）。同一天也要告知申请人。"),
        facts=lambda form, course: OpinionFacts(
            on=form.on.data, kind=OpinionKind(form.kind.data), party=_next_party(course),
            organ="" if form.kind.data == OpinionKind.THIRD_PARTY else form.organ.data or "",
        ),
    ),
    StepPage(
        act=CaseAct.OPINION_DELIVERED, path="opinion-delivered", title=N_("对方收到征求意见书"),
        day=N_("对方收到的日期"), icon="check", form=forms.PartyForm, facts=_party, ready=_undelivered,
        rule=N_("15个工作日从对方收到的那天起算（条例第三十二条、第三十四条）。"),
    ),
    StepPage(
        act=CaseAct.OPINION_ARRIVED, path="opinion-arrived", title=N_("收到意见"), day=N_("收到意见的日期"),
        icon="inbox", form=forms.OpinionAnswerForm, ready=_open_parties,
        rule=N_("收到意见，期限接着走。第三方不同意且有合理理由的，不予公开；认为不公开会对公共利益造成重大影响的，可以决定公开，并书面告知第三方（条例第三十二条）。"),
        facts=lambda form, _course: OpinionAnswerFacts(
            on=form.on.data, party=form.party.data, answer=OpinionAnswer(form.answer.data)
        ),
    ),
    StepPage(
        act=CaseAct.OPINION_LAPSED, path="opinion-lapsed", title=N_("对方逾期没有答复"), day=N_("记下的日期"),
        icon="clock", form=forms.PartyForm, facts=_party, ready=_open_parties,
        rule=N_("第三方逾期不答复，由机关依条例决定是否公开（第三十二条）；共同制作的机关逾期不答复，视为同意公开（第三十四条）。期限从满15个工作日那天起接着走。"),
    ),
    StepPage(
        act=CaseAct.REASONS_ASKED, path="reasons", title=N_("要求说明理由"), day=N_("发出告知书的日期"),
        icon="help", form=forms.UntilForm,
        rule=N_("只在申请的数量、频次明显超过合理范围时（条例第三十五条）。"),
        facts=lambda form, _course: ReasonsFacts(on=form.on.data, until=form.until.data),
    ),
    StepPage(
        act=CaseAct.DELAYED, path="delay", title=N_("延迟答复"), day=N_("告知申请人的日期"), icon="calendar-event",
        rule=N_("理由合理、但无法在期限内答复的，可以确定延迟答复的合理期限并告知申请人（条例第三十五条）。"),
        form=forms.DelayForm,
        facts=lambda form, _course: DelayFacts(
            on=form.on.data, until=form.until.data, approved_by=form.approved_by.data
        ),
    ),
    StepPage(
        act=CaseAct.FEE_ASKED, path="charge", title=N_("通知收费"), day=N_("发出收费通知的日期"), icon="coins",
        rule=N_("一般不收费；数量、频次明显超过合理范围的可以收信息处理费（条例第四十二条，国办函〔2020〕109号）。"),
        form=forms.FeeForm,
        facts=lambda form, _course: FeeFacts(on=form.on.data, amount_fen=int(form.amount.data * 100)),
    ),
    StepPage(
        act=CaseAct.FEE_DELIVERED, path="fee-delivered", title=N_("申请人收到收费通知"), day=N_("收到的日期"),
        icon="check", rule=N_("收到通知次日起20个工作日内缴纳（国办函〔2020〕109号）。"),
    ),
    StepPage(
        act=CaseAct.FEE_PAID, path="fee-paid", title=N_("记下缴费"), day=N_("完成缴费的日期"), icon="cash",
        rule=N_("处理期限从完成缴费次日起重新计算（国办函〔2020〕109号）。"),
    ),
    StepPage(
        act=CaseAct.FEE_LAPSED, path="fee-lapsed", title=N_("逾期未缴费，不再处理"), day=N_("决定不再处理的日期"),
        icon="ban", rule=N_("逾期未缴纳的，视为放弃申请，不再处理（国办函〔2020〕109号）。"),
    ),
    StepPage(
        act=CaseAct.WITHDRAWN, path="withdraw", title=N_("申请人撤回"), day=N_("撤回的日期"), icon="x",
        rule=N_("申请人在答复以前自愿撤回的，记下日期和方式；年报计入“其他处理”的“其他”。"),
        form=forms.WithdrawalForm,
        facts=lambda form, _course: WithdrawalFacts(on=form.on.data, way=form.way.data),
    ),
    StepPage(
        act=CaseAct.REVIEW_OPENED, path="review", title=N_("记下复议或者诉讼"), day=N_("收到通知的日期"),
        icon="gavel", rule=N_("不服答复的，可以依法申请行政复议或者提起行政诉讼（条例第五十一条）。"),
        form=forms.ReviewForm,
        facts=lambda form, _course: ReviewFacts(
            on=form.on.data, kind=ReviewKind(form.kind.data), organ=form.organ.data, file=form.file.data
        ),
    ),
    StepPage(
        act=CaseAct.REVIEW_DECIDED, path="review-decided", title=N_("记下复议或者诉讼的结果"),
        day=N_("收到决定或者判决的日期"), icon="gavel", form=forms.ReviewResultForm, ready=_open_reviews,
        rule=N_("结果按年报表四分：维持、纠正、其他。要求重新答复的，这件申请重新办理，填收到生效的决定或者判决的日期；除了以违反法定程序为由撤销的，不能以同样的事实和理由作出相同的答复（行政复议法第六十四条，行政诉讼法第七十一条）。"),
        facts=lambda form, _course: ReviewResultFacts(
            on=form.on.data, file=form.file.data, result=ReviewResult(form.result.data),
            answer_again=form.answer_again.data, until=form.until.data,
        ),
    ),
    StepPage(
        act=CaseAct.ARCHIVED, path="archive", title=N_("归档"), day=N_("归档的日期"), icon="archive",
        rule=N_("登记、审核、办理、答复、归档（条例第四十五条）。"),
    ),
)  # fmt: skip
STEP_PAGES: Mapping[str, StepPage] = {row.path: row for row in _ROWS}
"""The steps by their address, in the order of the desk."""


def _said(words: Mapping[Any, LazyText]) -> dict[str, str]:
    """Return the words of each choice as the code has them."""
    return {str(each): text.source for each, text in words.items()}


TYPED: Mapping[str, TypedField] = {
    "on": TypedField(N_("日期")),
    "until": TypedField(N_("请申请人在哪一天以前")),
    "excused": TypedField(N_("超过了期限，但有正当理由"), {"y": N_("是")}),
    "workdays": TypedField(N_("延长多少个工作日")),
    "approved_by": TypedField(N_("哪位政府信息公开工作机构负责人同意的")),
    "reason": TypedField(N_("理由")),
    "kind": TypedField(N_("哪一种"), {**_said(forms.KINDS), **_said(forms.REVIEWS)}),
    "organ": TypedField(N_("机关名称")),
    "party": TypedField(N_("哪一份征求意见书")),
    "answer": TypedField(N_("意见"), _said(forms.OPINIONS)),
    "amount": TypedField(N_("金额（元）")),
    "outcome": TypedField(N_("答复的类型"), {each: OUTCOMES[each].words.source for each in ANSWERS}),
    "on_the_spot": TypedField(N_("当场答复（条例第三十三条第一款）"), {"y": N_("是")}),
    "way": TypedField(N_("方式"), _said(forms.WAYS)),
    "proof": TypedField(N_("凭证：挂号邮件号码，或者签收人与申请人的关系")),
    "file": TypedField(N_("案号")),
    "result": TypedField(N_("结果"), _said(forms.RESULTS)),
    "answer_again": TypedField(
        N_("要求本机关重新答复（撤销答复，或者认定没有答复、责令答复）"), {"y": N_("是")}
    ),
}
"""The fields of all these forms, for a page that shows what was typed."""
