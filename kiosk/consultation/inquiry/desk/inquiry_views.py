"""One inquiry at the desk: what is in clear, whom it is given to, what was asked and its answer once opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from kiosk.clock import today
from kiosk.consultation.inquiry import inquiries, models, rules, written_answers
from kiosk.consultation.inquiry.desk import shown
from kiosk.consultation.inquiry.models import Inquiry
from kiosk.consultation.inquiry.rules import AnswerState
from kiosk.consultation.library import models as library_models
from kiosk.consultation.library.desk.library_views import AnsweredCase
from kiosk.errors import NotFound, Refused
from kiosk.intake import sealed
from kiosk.intake.desk.views import refusal_words, sealed_rows, work
from kiosk.intake.handling import Handling
from kiosk.intake.handover.rating import SATISFIED
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.workdays import workdays_left

Answer = str | tuple[str, int] | Response


class InquiryAnswerForm(FlaskForm):
    """The answer as the citizen reads it."""

    text = TextAreaField(
        _l("答复"),
        validators=[
            InputRequired(_l("请写答复。")),
            Length(max=rules.ANSWER_LIMIT, message=_l("太长了，最多4000个字。")),
        ],
    )


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the page of an inquiry, its opening and its assignment."""
    views = InquiryPages(handling)
    pages.context_processor(views.words)
    pages.add_url_rule("/<number>", "case", views.show)
    pages.add_url_rule("/<number>/open", "open", views.open_sealed, methods=["POST"])
    pages.add_url_rule("/<number>/give", "give", views.give, methods=["POST"])


def known(number: str) -> Inquiry:
    """Return an inquiry that this person may see; 404 for any other."""
    try:
        found = models.inquiry(number)
    except NotFound:
        abort(404)
    if not access.sees(found.organ_code):
        abort(404)
    return found


def to_publish(number: str) -> AnsweredCase:
    """Return what can be proposed to the library of an inquiry."""
    found = known(number)
    return AnsweredCase(number, found.organ_code, found.may_publish, found.first_answered_at is not None)


@dataclass(frozen=True)
class InquiryPages:
    """The views of one inquiry."""

    handling: Handling

    def words(self) -> dict[str, Any]:
        """Return the variables of its pages and of its row in the list."""
        return {
            "topic_words": topic_words,
            "left": _left,
            "urgent": rules.SOON_WORKDAYS,
            "answer_words": shown.ANSWERS,
            "rating_words": _rating_words,
            "clerks": hub().clerks,
        }

    def show(self, number: str) -> Answer:
        """Show what is in clear."""
        access.require(Permission.SEE_REQUESTS)
        return self.page(number)

    def page(self, number: str, problem: str = "") -> str:
        """Return the page of an inquiry."""
        found, person = known(number), access.signed_in()
        assert person is not None
        return render_template(
            "consultation/inquiry/desk/case.html",
            case=found,
            answers=models.answers(number),
            further=_further(number),
            shown=shown.inquiry_shown(found),
            proposal=library_models.proposed(number),
            problem=problem,
            holds_key=sealed.key_of(number) in person.reading_keys,
        )

    def open_sealed(self, number: str) -> Answer:
        """Show the question with the answer that is being written, in this response only; logged before."""
        access.require(Permission.READ_PERSONAL)
        known(number)
        return self.opened(number)

    def opened(self, number: str, form: InquiryAnswerForm | None = None, problem: str = "") -> Answer:
        """Return the opened page; with a form or a problem as it was sent."""
        person, found = access.require(Permission.READ_PERSONAL), known(number)
        written = written_answers.present(number)
        try:
            opened = sealed.open_noted(number, person.reading_keys, actor=person.name, now=hub().clock.now())
            draft = written_answers.text_of(written, person.reading_keys) if written else ""
            said = [
                str(sealed.read(each, person.reading_keys).personal.get("asked", ""))
                for each in _further(number)
            ]
            earlier = [
                written_answers.text_of(each, person.reading_keys)
                for each in models.answers(number)
                if each.state is AnswerState.RELEASED
            ]
        except Refused as refused:
            status = 403 if refused.code == "reading-key-missing" else 409
            return self.page(number, refusal_words(refused.code)), status
        page = render_template(
            "consultation/inquiry/desk/opened.html",
            case=found,
            rows=sealed_rows(self.handling, opened),
            further=said,
            earlier=earlier,
            written=written,
            draft=draft,
            form=form or InquiryAnswerForm(formdata=None, text=draft),
            shown=shown.inquiry_shown(found),
            problem=problem,
            needs_second=hub().settings.inquiry_approval,
        )
        is_faulty = bool(problem or (form and form.errors))
        return (page, 422) if is_faulty else page

    @acts_on(shown.inquiry, N_("分派"), {"to": TypedField(N_("承办人"))})
    def give(self, number: str, *, seen: Seen) -> Answer:
        """Give it to a person, or to nobody."""
        person = access.require(Permission.HANDLE_REQUESTS)
        known(number)
        to = request.form.get("to", "")
        if to and to not in hub().clerks():
            return self.page(number, _("没有这个办理员。")), 422
        inquiries.assign(number, to, person.name, work(), seen)
        flash(_("已分派给%(name)s。", name=to) if to else _("现在没有分派给谁。"))
        return redirect(url_for(".case", number=number), code=303)


def _further(number: str) -> list[str]:
    """Return the numbers of further questions."""
    return [each.number for each in models.additions(number) if each.kind == rules.FURTHER]


def _left(found: Inquiry) -> int | None:
    """Return the working days left, negative if it is late; None once it is answered."""
    due = found.deadline
    return workdays_left(today(hub().clock), due.day, hub().calendar) if due else None


def topic_words(code: str) -> str:
    """Return the name of a topic; one that the county has no more as its code."""
    if code in ("", rules.OTHER_MATTER):
        return _("别的事")
    topics = hub().supply().topics
    return topics[code].name if code in topics else code


def _rating_words(code: str) -> str:
    return SATISFIED.blanks[0].brief(code)
