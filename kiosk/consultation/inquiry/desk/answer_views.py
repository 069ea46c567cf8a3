"""Answering an inquiry: draft, a second person where the county sets it, release under number and code."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.consultation.inquiry import rules, written_answers
from kiosk.consultation.inquiry.desk import shown
from kiosk.consultation.inquiry.desk.inquiry_views import InquiryAnswerForm, InquiryPages, known
from kiosk.consultation.inquiry.rules import AnswerState
from kiosk.errors import Refused, RuleBroken
from kiosk.intake.desk.views import refusal_words, work
from kiosk.intake.handling import Handling
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission, SignedIn
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response
KEEP, SEND = "keep", "send"
ACTS = {KEEP: N_("存草稿"), SEND: N_("答复")}


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the acts on an answer."""
    views = AnswerPages(InquiryPages(handling))
    for name, view in (
        ("answer", views.answer),
        ("approve", views.approve),
        ("give-back", views.give_back),
    ):
        pages.add_url_rule(f"/<number>/{name}", name.replace("-", "_"), view, methods=["POST"])


def _clerk() -> SignedIn:
    person = access.require(Permission.READ_PERSONAL)
    if Permission.HANDLE_REQUESTS not in person.permissions:
        abort(403)
    return person


@dataclass(frozen=True)
class AnswerPages:
    """The views."""

    pages: InquiryPages

    @acts_on(
        shown.inquiry, N_("答复"), {"text": TypedField(N_("答复")), "act": TypedField(N_("做什么"), ACTS)}
    )
    def answer(self, number: str, *, seen: Seen) -> Answer:
        """Keep a draft; or release the answer, or hand it to a second person where the county sets it."""
        person, form = _clerk(), InquiryAnswerForm()
        known(number)
        if not form.validate():
            return self.pages.opened(number, form)
        sends, text = request.form.get("act") == SEND, form.text.data
        try:
            if sends and not hub().settings.inquiry_approval:
                self._release(number, text, person, seen, needs_second=False)
                return self._done(number, _("已答复。提问的人凭编号和查询码，在任何一台终端、手机上都能看。"))
            state = AnswerState.WAITING if sends else AnswerState.DRAFT
            written_answers.keep(
                number, text, person.reading_keys, state=state, actor=person.name, work=work(), seen=seen
            )
        except RuleBroken as broken:
            return self.pages.opened(number, form, _sentence(broken.code))
        except Refused as refused:
            return self.pages.page(number, refusal_words(refused.code)), 403
        return self._done(number, _("已提交，等另一人审核。") if sends else _("草稿存好了，已封存。"))

    @acts_on(shown.inquiry, N_("审核通过，发出答复"))
    def approve(self, number: str, *, seen: Seen) -> Answer:
        """Release the answer that waits; not by the person who wrote it."""
        person = _clerk()
        known(number)
        written = written_answers.present(number)
        if written is None or written.state is not AnswerState.WAITING:
            return self.pages.page(number, _sentence("nothing-waits")), 409
        try:
            text = written_answers.text_of(written, person.reading_keys)
            self._release(number, text, person, seen, needs_second=True)
        except RuleBroken as broken:
            return self.pages.page(number, _sentence(broken.code)), 409
        except Refused as refused:
            return self.pages.page(number, refusal_words(refused.code)), 403
        return self._done(
            number, _("已审核，答复发出了。提问的人凭编号和查询码，在任何一台终端、手机上都能看。")
        )

    @acts_on(shown.inquiry, N_("退回修改"), {"why": TypedField(N_("退回的理由"))})
    def give_back(self, number: str, *, seen: Seen) -> Answer:
        """Give the answer that waits back, with a reason."""
        person = _clerk()
        known(number)
        try:
            why = request.form.get("why", "")[: rules.WHY_LIMIT]
            written_answers.give_back(number, why, person.name, work(), seen)
        except RuleBroken as broken:
            return self.pages.page(number, _sentence(broken.code)), 409
        return self._done(number, _("已退回。"))

    def _release(self, number: str, text: str, person: SignedIn, seen: Seen, *, needs_second: bool) -> None:
        given = written_answers.parcel_of(number, text, _("答复"), person.reading_keys, today(hub().clock))
        written_answers.release(
            number,
            text,
            given,
            person.reading_keys,
            needs_second=needs_second,
            actor=person.name,
            work=work(),
            seen=seen,
        )

    def _done(self, number: str, words: str) -> Answer:
        flash(words)
        return redirect(url_for(".case", number=number), code=303)


def _sentence(code: str) -> str:
    return {
        "answer-empty": _("请写答复。"),
        "answer-too-long": _("太长了，最多4000个字。"),
        "answered-already": _("已经答复过了。"),
        "nothing-waits": _("没有等着审核的答复。"),
        "own-answer": _("自己写的答复，要由另一个人审核。"),
        "reason-missing": _("请写退回的理由。"),
    }[code]
