"""The pages of a form of any kind: first page, one question a page, check of answers, handing in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.errors import UNKNOWN_OUTCOME, Refused, StoreFull, StoreUnready
from kiosk.hall import assisted
from kiosk.intake import actions, begun, codes, models, questions, receipt_paper
from kiosk.intake.actions import Desk, FormCounter, OtherContent, TooSoon
from kiosk.intake.attached import brought
from kiosk.intake.begun import ABOUT, Begun
from kiosk.intake.form.blanks import Answers, Asking, Sight
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.models import Submission
from kiosk.intake.pages import brought_files, by_card, handed_in, receipt, receipt_files
from kiosk.intake.pages.here import IDENTITY_STEP, asking, known_of, looked_up, organ_of, place_here
from kiosk.intake.pages.overview import form_overview
from kiosk.intake.questions import Question
from kiosk.intake.receipt_paper import ReceiptPaper
from kiosk.web import context, half_written
from kiosk.web.floods import limits
from kiosk.web.language.wording import gettext as _
from kiosk.web.session import SealedSession

Page = str | Response | tuple[str, int]
CONFLICT = 409
SEEN_BY_STAFF = "staff"
"""Identity step of a county whose hall staff sees the document."""


def blueprint(kind: SubmissionKind) -> Blueprint:
    """Return the pages of a kind, below its path: from the first one to the receipt."""
    pages, walk = Blueprint(kind.name, __name__, url_prefix=f"/{kind.path}"), Walk(kind)
    pages.context_processor(walk.variables)
    names = ", ".join(question.name for question in kind.questions)
    both = ["GET", "POST"]
    pages.add_url_rule("/", "start", walk.start, methods=both)
    pages.add_url_rule(f"/<any({names}):name>", "question", walk.question, methods=both)
    pages.add_url_rule("/check", "check", walk.check, methods=both)
    pages.add_url_rule("/confirm", "confirm", walk.confirm, methods=both)
    receipt.add_to(pages, kind)
    receipt_files.add_to(pages, kind)
    if any(question.name == brought.NAME for question in kind.questions):
        brought_files.add_to(pages, kind)
    if kind.more_pages:
        kind.more_pages(pages, kind)
    return pages


@dataclass(frozen=True)
class Walk:
    """The views of one kind."""

    kind: SubmissionKind

    def variables(self) -> dict[str, Any]:
        """Return the variables of each of its pages."""
        return {"kind": self.kind}

    def start(self) -> Page:
        """Show what it is about, before the first question; a press begins an empty form."""
        known = self._known()
        if known is None:
            return redirect(url_for("intake.progress"), 303)
        handed = handed_in.of_form(self.kind)
        if request.method == "GET":
            is_unfinished = begun.of(session, self.kind) is not None
            return render_template(
                self.kind.page("start"),
                is_unfinished=is_unfinished,
                is_handed_in=handed is not None,
                is_hub_away=receipt_files.is_hub_away(),
                about=looked_up(),
                back=url_for("intake.seen") if self.kind.is_about else url_for("terminal.home"),
            )
        session.pop(handed_in.RECEIPT, None)
        if handed:
            handed_in.settle(handed)
        begun.begin(session, self.kind, known, since_s=context.terminal().clock.monotonic())
        return redirect(self._address(self.kind.questions[0]), 303)

    def _known(self) -> Answers | None:
        """
        Return what the form need not ask; None for a form about a submission that this visit did not look up.

        An unfinished form about another submission ends here.
        """
        if not self.kind.is_about:
            return self.kind.begins(request.form)
        progress = looked_up()
        if progress is None:
            return None
        unfinished = begun.of(session, self.kind)
        if unfinished and unfinished.answers[ABOUT] != progress.number:
            begun.end(session, self.kind)
        return {**known_of(progress), **self.kind.known(progress)}

    def question(self, name: str) -> Page:
        """Show or store one question; unanswered ones before it come first, unless somebody assists."""
        form_begun = begun.of(session, self.kind)
        if form_begun is None:
            return redirect(url_for(".start"), 303)
        if handed := handed_in.of_form(self.kind):
            return self._already(handed.submission)
        question, pending = self.kind.question(name), begun.pending(self.kind, form_begun)
        asked_here = self._asked(form_begun, question)
        if question not in asked_here:
            return redirect(self._onward(form_begun), 303)
        place = asked_here.index
        if pending and place(question) > place(pending) and assisted.present() is None:
            return redirect(self._address(pending), 303)
        asked, blanks = asking(form_begun.answers), question.asked(form_begun.answers)
        card = by_card.of_question(form_begun, question, self.kind.questions, self._address(question))
        if moved := by_card.pressed(card):
            return moved
        filled = by_card.filled(card, blanks, asked)
        form = question.form(asked, **by_card.sent(filled))
        if request.method == "POST" and form.validate():
            try:
                kept = self._keep(form_begun, question, form, asked)
                by_card.settle(kept, self.kind.questions)
                return redirect(self._onward(kept), 303)
            except (Refused, ConnectionError) as refusal:
                form = question.form(asked)  # what can be chosen is another list by now
                form[blanks[0].name].errors = [self._refusal(getattr(refusal, "code", ""))]
        if request.method == "POST":
            return form.sent_back(said={"is_card_gone": by_card.is_gone(filled)})
        return render_template(
            "intake/question.html",
            form=form,
            question=question,
            blanks=blanks,
            filled=filled,
            takes_card=by_card.is_offered(card),
            is_card_gone=half_written.said().get("is_card_gone", False),
            place=place(question) + 1,
            total=len(asked_here),
            back=self._back(question, form_begun),
            standing=form_overview(self.kind) if assisted.present() else None,
        )

    def _asked(self, form_begun: Begun, question: Question) -> list[Question]:
        """Return the questions of the way, and this one where it is asked although it may be left out."""
        asked = questions.asked_of(self.kind.questions, form_begun.answers)
        on_the_way = questions.walked(self.kind.questions, form_begun.answers)
        return [one for one in asked if one in on_the_way or one is question]

    def _keep(self, form_begun: Begun, question: Question, form: Any, asked: Asking) -> Begun:
        answers = questions.answered(self.kind.questions, question, form, asked)
        if self.kind.reserve:
            answers = self.kind.reserve(question, answers, form_begun.key)
        kept = _helped(replace(form_begun, answers=answers))
        begun.keep(session, self.kind, kept)
        return kept

    def _refusal(self, code: str) -> str:
        return str(
            self.kind.refusals.get(code) or _("现在连不上县里，这一步办不了。请换一个，或者找工作人员。")
        )

    def _onward(self, form_begun: Begun) -> str:
        """Return the next page, or the check if a single answer was changed from there."""
        if brought.lacks_files(form_begun):
            return url_for(".files")
        pending = begun.pending(self.kind, form_begun)
        return self._address(pending) if pending else url_for(".check")

    def _back(self, question: Question, form_begun: Begun) -> str:
        if begun.pending(self.kind, form_begun) is None:
            return url_for(".check")
        asked_here = self._asked(form_begun, question)
        place = asked_here.index(question)
        return self._address(asked_here[place - 1]) if place else url_for(".start")

    def _address(self, question: Question) -> str:
        return url_for(".question", name=question.name)

    def check(self) -> Page:
        """Show all answers, each with a link to change it; hand in."""
        form_begun = begun.of(session, self.kind)
        if form_begun is None:
            return redirect(url_for(".receipt" if handed_in.RECEIPT in session else ".start"), 303)
        if handed := handed_in.of_form(self.kind):
            return self._hand_in(form_begun) if request.method == "POST" else self._already(handed.submission)
        if refusal := half_written.said():
            return self._refused(refusal)
        pending = begun.pending(self.kind, form_begun)
        if pending:
            return redirect(self._address(pending), 303)
        if brought_files.is_lacking(form_begun):
            return redirect(url_for(".files"), 303)
        is_assisted = bool(form_begun.assisted_by) or assisted.present() is not None
        if not is_assisted and form_begun.answers.get(IDENTITY_STEP) == SEEN_BY_STAFF:
            return render_template("intake/needs_staff.html", back=self._address(self.kind.questions[0]))
        if request.method == "POST" and is_assisted:
            return self._hand_over(form_begun)
        if request.method == "POST":
            return self._hand_in(form_begun)
        self._prepare_code(form_begun)
        return render_template(
            self.kind.page("check"),
            rows=self._rows(form_begun.answers, Sight.CHECK),
            last=questions.walked(self.kind.questions, form_begun.answers)[-1],
            is_assisted=is_assisted,
        )

    def _prepare_code(self, form_begun: Begun) -> None:
        """Hash the query code while the answers are being read, so that handing in is quick."""
        if form_begun.code is None or not form_begun.code.hashed:
            digits = form_begun.code.digits if form_begun.code else codes.new_digits()
            begun.keep(session, self.kind, replace(form_begun, code=codes.with_hash(digits)))

    def _hand_over(self, form_begun: Begun) -> Page:
        """End assisted service: the submission records the staff number, and the citizen presses from here on."""
        begun.keep(session, self.kind, _helped(form_begun))
        assisted.end("handed-over")
        return redirect(url_for(".confirm"), 303)

    def confirm(self) -> Page:
        """
        Show what was filled in for the citizen, in the largest type and masked, to be confirmed by the citizen alone.
        """
        form_begun = begun.of(session, self.kind)
        handed = handed_in.of_form(self.kind)
        if form_begun and handed:
            return self._hand_in(form_begun) if request.method == "POST" else self._already(handed.submission)
        if refusal := half_written.said():
            return self._refused(refusal)
        if (
            form_begun is None
            or not form_begun.assisted_by
            or assisted.present()
            or begun.pending(self.kind, form_begun)
        ):
            return redirect(url_for(".check"), 303)
        if request.method == "POST":
            return self._hand_in(form_begun)
        self._prepare_code(form_begun)
        return render_template(
            "intake/confirm.html",
            rows=self._rows(form_begun.answers, Sight.CONFIRM),
            number=form_begun.assisted_by,
            text_size=3,
        )

    def _rows(self, answers: Answers, sight: Sight) -> list[dict[str, Any]]:
        """Return the answers in words, each with a link to change it; none beside an assistant."""
        asked = asking(answers)
        return [
            {
                "label": question.label(answers),
                "value": question.in_words(asked, sight) or _left_out(question, answers),
                "change_href": self._address(question) if sight is Sight.CHECK else "",
                "change_label": question.label(answers),
            }
            for question in questions.asked_of(self.kind.questions, answers)
            if question.listed(answers)
        ]

    def _hand_in(self, form_begun: Begun) -> Page:
        """Hand in, and show what is stored under the form's key; the visit is not written any more."""
        if form_begun.code is None:
            return redirect(url_for(".check"), 303)
        code = form_begun.code if form_begun.code.hashed else codes.with_hash(form_begun.code.digits)
        given = brought_files.sealed(form_begun)
        if given is None:
            return redirect(url_for(".files"), 303)
        try:
            handed = actions.hand_in(
                self.kind,
                form_begun,
                organ=organ_of(form_begun.answers),
                code=code,
                counter=counter_here(form_begun),
                files=given,
            )
        except OtherContent as other:
            return self._already(other.submission)
        except TooSoon as early:
            limits.spare()
            said = {"code": early.code, "wait_s": early.wait_s}
            return half_written.refuse(said=said, status=limits.TOO_MANY, wait_s=early.wait_s)
        except Refused as refusal:
            return half_written.refuse(said={"code": refusal.code}, status=CONFLICT)
        except StoreUnready as unready:
            return self._not_stored(form_begun, unready)
        brought_files.erase(form_begun)
        if handed.is_repeat:
            limits.spare()
        return self._to_receipt()

    def _to_receipt(self) -> Page:
        """Redirect to the receipt, which is true whether or not this visit can be stored after it."""
        _visit().may_be_unsaved = True
        return redirect(url_for(".receipt"), 303)

    def _not_stored(self, form_begun: Begun, unready: StoreUnready) -> Page:
        """Show what is known after a fault of the disk: the receipt, nothing stored, or that it is not known."""
        is_unknown = unready.code == UNKNOWN_OUTCOME
        try:
            if models.after_a_fault(form_begun.key):
                return self._to_receipt()
        except StoreFull:
            is_unknown = True
        return render_template("intake/not_stored.html", is_unknown=is_unknown), 507

    def _refused(self, said: Mapping[str, Any]) -> Page:
        """Show why a form could not be handed in; it is still in the visit."""
        page = "intake/refused.html" if said["code"] == "too-soon" else self.kind.page("refused")
        words = self.kind.refusals.get(said.get("words", said["code"]))
        return render_template(page, code=said["code"], words=words, wait_s=said.get("wait_s", 0))

    def _already(self, submission: Submission) -> Page:
        """Show that a form was handed in before, and that what was typed after it is no part of it: once."""
        if request.method == "POST":
            _visit().may_be_unsaved = True
            return half_written.refuse(said={"code": "already"}, status=CONFLICT)
        if half_written.said().get("code"):
            return render_template("intake/already.html", submission=submission)
        return redirect(url_for(".receipt"), 303)


def _left_out(question: Question, answers: Answers) -> str:
    """Return what is said of a question that may be left out and was; empty for others."""
    return _("没有") if question.optional(answers) else ""


def _helped(form_begun: Begun) -> Begun:
    """Return the form marked as assisted; the mark stays when the assistant's time is over."""
    helping = assisted.present()
    return replace(form_begun, assisted_by=helping.number) if helping else form_begun


def counter_here(form_begun: Begun) -> FormCounter:
    """Return the place and time at which this visit hands a form in."""
    wiring = context.terminal()
    return FormCounter(
        clock=wiring.clock,
        calendar=wiring.calendar,
        desk=Desk(
            wiring.clock, wiring.boot_key, wiring.settings.unprinted_minutes, wiring.settings.most_a_day
        ),
        in_person_organs=wiring.settings.in_person_organs,
        place=place_here(large=form_begun.answers.get(receipt_paper.NAME) == ReceiptPaper.LARGE),
        has_printer=wiring.settings.printer != "none",
        visit=_visit().name,
        least_s=wiring.settings.form_least_s,
        answer_workdays=wiring.settings.inquiry_workdays,
    )


def _visit() -> SealedSession:
    return cast("SealedSession", session._get_current_object())  # type: ignore[attr-defined]  # flask's proxy
