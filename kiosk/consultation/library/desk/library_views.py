"""
A good answer proposed to the library of questions and answers: rewritten without persons, published by a second person.

What the citizen wrote is opened in the clerk's session for the comparison; showing what was found is logged as every
opening is, and so is the proposal. Each kind of consultation says what it has answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.consultation.library import models, proposals
from kiosk.consultation.library.desk import proposal_shown
from kiosk.errors import Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.desk.anonymous import (
    STATES,
    TRACES,
    LookedAt,
    PublicForm,
    TakeBackForm,
    looked_at,
    marked,
)
from kiosk.intake.desk.views import refusal_words
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response
NOT_ABOUT_PERSONS = frozenset({"notice", "query_code", "request_number"})
TYPED = {"question": TypedField(N_("问题")), "answer": TypedField(N_("答复"))}


@dataclass(frozen=True)
class AnsweredCase:
    """What can be proposed of a number; may_publish: its citizen agreed."""

    number: str
    organ_code: str
    may_publish: bool
    is_answered: bool


@dataclass(frozen=True)
class LibraryDesk:
    """
    Proposing and taking back, for one kind of consultation.

    Args:
        known: Returns what a number has; 404 for an unknown one. asked: Name of the sealed answer with the question.
        answer_of: Returns the answer in clear by number and reading keys. Raises Refused.
    """

    known: Callable[[str], AnsweredCase]
    asked: str
    answer_of: Callable[[str, Mapping[str, bytes]], str]

    def add_to(self, pages: Blueprint) -> None:
        """Add the pages below a case of the desk."""
        pages.add_url_rule("/<number>/propose", "propose", self.ask)
        pages.add_url_rule("/<number>/rewrite", "open_proposal", self.open_texts, methods=["POST"])
        pages.add_url_rule("/<number>/propose", "proposed", self.propose, methods=["POST"])
        pages.add_url_rule("/<number>/take-back", "take_back", self.take_back, methods=["POST"])

    def ask(self, number: str) -> Answer:
        """Show an empty form, and what was proposed."""
        access.require(Permission.SEE_REQUESTS)
        return _page(self.known(number), PublicForm(formdata=None))

    def open_texts(self, number: str) -> Answer:
        """Show the form with question and answer as they were written, to be rewritten; the opening is logged."""
        person, found = access.require(Permission.READ_PERSONAL), self.known(number)
        try:
            opened = sealed.open_noted(number, person.reading_keys, actor=person.name, now=hub().clock.now())
            answer = self.answer_of(number, person.reading_keys)
        except Refused as refused:
            return _page(found, PublicForm(formdata=None), refusal_words(refused.code)), 403
        question = str(opened.personal.get(self.asked, ""))
        return _page(found, PublicForm(formdata=None, question=question, answer=answer))

    @acts_on(lambda number, **_more: proposal_shown.proposal(number), N_("提交审核"), TYPED)
    def propose(self, number: str, *, seen: Seen) -> Answer:
        """Compare question and answer with what the citizen wrote, and propose them to the library."""
        person, found, form = access.require(Permission.READ_PERSONAL), self.known(number), PublicForm()
        if not found.may_publish:
            return _page(found, form, _("提问的人不同意公开，不能提交。")), 409
        if not found.is_answered:
            return _page(found, form, _("还没有答复，不能提交。")), 409
        seen.hold()
        if not form.validate():
            return _page(found, form), 422
        try:
            opened = sealed.read(number, person.reading_keys)
        except Refused as refused:
            return _page(found, form, refusal_words(refused.code)), 403
        quoted = str(opened.personal.get(self.asked, ""))
        looked = looked_at(form, opened, NOT_ABOUT_PERSONS | {self.asked}, quoted=quoted)
        if looked.is_barred or (looked.found and request.form.get("confirmed") != looked.digest):
            sealed.open_noted(number, person.reading_keys, actor=person.name, now=hub().clock.now())
            return _page(found, form, looked=looked), 422
        return _submit(found, form, person.name, seen)

    @acts_on(
        lambda number, **_more: proposal_shown.proposal(number),
        N_("收回"),
        {"reason": TypedField(N_("理由"))},
    )
    def take_back(self, number: str, *, seen: Seen) -> Answer:
        """Take a proposal back, published or not."""
        person, form = access.require(Permission.HANDLE_REQUESTS), TakeBackForm()
        found = self.known(number)
        if not form.validate():
            return _page(found, PublicForm(formdata=None), back=form), 422
        try:
            proposals.take_back(
                number,
                form.reason.data,
                take_back=hub().take_record_back,
                actor=person.name,
                now=hub().clock.now(),
                seen=seen,
            )
        except RuleBroken:
            return _page(found, PublicForm(formdata=None), _("这一条没有提交过，或者已经收回。")), 409
        flash(_("已收回，终端下次同步时删除。"))
        return redirect(url_for(".propose", number=number), 303)


def _submit(found: AnsweredCase, form: PublicForm, name: str, seen: Seen) -> Answer:
    before, day = models.proposed(found.number), today(hub().clock)
    record = proposals.record_of(
        before.doc_id if before else proposals.new_id(day.year),
        kind=hub().library_kind,
        question=form.question.data.strip(),
        answer=form.answer.data.strip(),
        organ_name=hub().organ_name(found.organ_code),
        day=day,
    )
    try:
        proposals.propose(
            found.number,
            record,
            organ=found.organ_code,
            propose=hub().propose_record,
            actor=name,
            now=hub().clock.now(),
            seen=seen,
        )
    except RuleBroken as broken:
        return _page(found, form, _("公开目录没有收下：%(fault)s", fault=broken.detail)), 409
    flash(_("已提交，等发布人员审核后公开。"))
    return redirect(url_for(".propose", number=found.number), 303)


def _page(
    found: AnsweredCase,
    form: PublicForm,
    problem: str = "",
    looked: LookedAt | None = None,
    back: TakeBackForm | None = None,
) -> str:
    kept = models.proposed(found.number)
    return render_template(
        "consultation/library/propose.html",
        case=found,
        kept=kept,
        state=hub().record_state(kept.doc_id) if kept else "",
        states=STATES,
        shown=proposal_shown.proposal_shown(found.number, kept),
        form=form,
        back=back or TakeBackForm(formdata=None),
        problem=problem,
        looked=looked,
        marked=marked,
        trace_words=TRACES,
    )
