"""Requests that came over the counter, by post, e-mail, fax or website, entered at the desk into the one register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Answered
from wtforms import BooleanField, DateField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from kiosk.clock import BEIJING, today
from kiosk.disclosure import cases, steps
from kiosk.disclosure.events import CaseAct
from kiosk.disclosure.office import channels
from kiosk.disclosure.office.channels import CHANNELS, RequestSource
from kiosk.disclosure.rules import ApplicantType
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import begun, codes, questions
from kiosk.intake.attached import brought
from kiosk.intake.desk.views import work
from kiosk.intake.form.blanks import Answers, Asking
from kiosk.intake.form.form_content import EntryMode
from kiosk.intake.handling import Handling
from kiosk.intake.office import entering
from kiosk.intake.office.entering import HandEntry
from kiosk.intake.organs import Organ
from kiosk.intake.promises import Medium, Promise, PromisedTerms, Receipt, SlipOrigin
from kiosk.intake.questions import Question
from kiosk.intake.receipt_paper import NAME as PAPER
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import LazyText, language
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.web.unsent import form_drafts
from kiosk.web.unsent.form_drafts import DraftOfForm
from printers.paper import pdf

Answer = str | tuple[str, int] | Answered

ESSENTIAL = frozenset({"wanted", "organ", "applicant", "name"})
"""What even an incomplete request has; what else is missing is asked for by a notice to correct (art. 30)."""
SOURCES: Mapping[str, LazyText] = {
    RequestSource.TERMINAL: _l("终端"),
    RequestSource.COUNTER: _l("当面提交"),
    RequestSource.SIGNED_POST: _l("邮寄，签收"),
    RequestSource.POST: _l("平常信函"),
    RequestSource.EMAIL: _l("电子邮件"),
    RequestSource.FAX: _l("传真"),
    RequestSource.WEBSITE: _l("网站"),
}
"""Each way in words."""
HINTS: Mapping[str, LazyText] = {
    RequestSource.COUNTER: _l("提交当日就是收到申请之日。"),
    RequestSource.SIGNED_POST: _l("签收当日就是收到申请之日。"),
    RequestSource.POST: _l("当日联系申请人，双方确认之日才是收到申请之日。"),
    RequestSource.EMAIL: _l("双方确认之日才是收到申请之日。"),
    RequestSource.FAX: _l("双方确认之日才是收到申请之日。"),
    RequestSource.WEBSITE: _l("双方确认之日才是收到申请之日。"),
}


DRAFT = "new-request"
"""Name under which the drafts of the form are kept."""


class ArrivalForm(FlaskForm):
    """How and when a request came."""

    key = HiddenField()
    source = RadioField(_l("怎么来的"), validators=[InputRequired(_l("请选是怎么来的。"))])
    came_on = DateField(_l("来件日期"), validators=[InputRequired(_l("请填来件的日期。"))])
    confirmed_on = DateField(_l("双方确认收到的日期"), validators=[Optional()])
    oral = BooleanField(_l("口述的，由工作人员代填（条例第二十九条），本人已确认"))
    as_written = BooleanField(_l("来件就是这样写的，照录；缺的以后发补正通知"))

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.source.choices = [SelectChoice(each.value, str(SOURCES[each])) for each in CHANNELS]


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add `/desk/requests/new` and the receipt of what was entered there."""
    pages_of = EnteringPages(handling)
    pages.add_url_rule("/new", "new", pages_of.new, methods=["GET", "POST"])
    pages.add_url_rule("/<number>/receipt-paper", "receipt_paper", pages_of.receipt_paper, methods=["POST"])


@dataclass(frozen=True)
class Filled:
    """The form as it was sent."""

    arrival: ArrivalForm
    asked: Any
    answers: Answers
    draft: DraftOfForm | None

    @property
    def mark(self) -> str:
        """Return what the day of receipt depends on; a person has seen the deadline of exactly this."""
        days = (self.arrival.came_on.data, self.arrival.confirmed_on.data)
        return " ".join(str(each or "-") for each in (self.arrival.source.data, *days))


@dataclass(frozen=True)
class EnteringPages:
    """The views."""

    handling: Handling

    @property
    def questions(self) -> Sequence[Question]:
        """Return the questions of the kind without those of paper: the desk prints, and adds scans to the case."""
        return [each for each in self.handling.kind.questions if each.name not in (PAPER, brought.NAME)]

    def new(self) -> Answer:
        """Show the form; when it is sent, show the resulting deadline first, then register it."""
        access.require(Permission.HANDLE_REQUESTS)
        filled = self._filled()
        if request.method == "GET":
            return self._page(filled)
        if "switch" in request.form:
            return self._page(filled)
        terms = self._terms(filled)
        if not self._holds(filled) or terms is None:
            return self._page(filled), 422
        if request.form.get("checked") != filled.mark:
            return self._page(filled, terms)
        try:
            number = self._take_in(filled, terms)
        except Refused as refused:
            filled.arrival.form_errors.append(_refused_words(refused.code))
            return self._page(filled), 409
        form_drafts.end(DRAFT)
        flash(_("已编号：%(number)s。来件的扫描件请加在下面。", number=number))
        return redirect(url_for(".case", number=number), code=303)

    def _draft(self) -> DraftOfForm | None:
        """Return what this person began to enter; None where their session has no key to seal it with."""
        keys = access.require_somebody().reading_keys
        return form_drafts.here(DRAFT, min(keys)) if keys else None

    def _filled(self) -> Filled:
        draft = self._draft()
        kept = draft.fields if draft else None
        arrival = ArrivalForm(**({"formdata": kept} if kept else {}))
        if not arrival.key.data:
            arrival.key.data = begun.new_key()
        names = {blank.name for question in self.questions for blank in question.blanks}
        given = request.form if request.method == "POST" else kept or request.args
        answers = {name: given.get(name, "").strip() for name in names}
        answers["applicant"] = _applicant(answers["applicant"], request.form.get("switch", ""))
        asking = Asking(answers, today(hub().clock), self._organs)
        return Filled(arrival, questions.desk_form(self.questions, asking), answers, draft)

    def _organs(self) -> list[Organ]:
        office, directory = hub().organ(hub().settings.office_code), hub().organs()
        known = [each for each in [office, *directory] if access.sees(each.code)]
        found = list({each.code: each for each in known}.values())
        return found or [hub().organ(code) for code in sorted(access.organs() or ())]

    def _holds(self, filled: Filled) -> bool:
        """Return whether it can be registered; a request "as written" needs only what makes it one."""
        holds = [filled.arrival.validate(), filled.asked.validate()]
        if filled.arrival.as_written.data:
            for field in filled.asked:
                if field.name not in ESSENTIAL:
                    field.errors = ()
            return holds[0] and not filled.asked.errors
        return all(holds)

    def _terms(self, filled: Filled) -> PromisedTerms | None:
        """Return day of receipt and deadline; None, with the error in the form, where the days cannot be."""
        arrival = filled.arrival
        if arrival.source.data not in CHANNELS or arrival.came_on.data is None:
            return None
        source = RequestSource(arrival.source.data)
        try:
            return channels.terms(
                source,
                arrival.came_on.data,
                arrival.confirmed_on.data,
                today=today(hub().clock),
                calendar=hub().calendar,
            )
        except RuleBroken as broken:
            field = arrival.came_on if broken.code == "came-after-today" else arrival.confirmed_on
            field.errors = [*field.errors, _day_words(broken.code)]
            return None

    def _take_in(self, filled: Filled, terms: PromisedTerms) -> str:
        person, wired = access.require(Permission.HANDLE_REQUESTS), hub()
        arrival, answers = filled.arrival, filled.answers
        given = {
            **answers,
            **{field.name: field.data or "" for field in filled.asked if field.name in answers},
        }
        organ = next(each for each in self._organs() if each.code == given["organ"])
        mode = EntryMode.STAFF_DICTATED if arrival.oral.data else EntryMode.SELF
        entered = HandEntry(
            key=arrival.key.data,
            kind=self.handling.kind.name,
            organ=organ,
            clear={**questions.clear_part(self.questions, given), "entry_mode": mode.value},
            personal=questions.sealed_part(self.questions, given),
            source=arrival.source.data,
            came_at=_came_at(arrival.came_on.data, wired.clock.now()),
            terms=terms,
            code=codes.new_code(),
        )
        return entering.take_in(
            entered,
            register=entering.register_code(wired.settings.terminal_prefix),
            seal_key=wired.seal_key(organ.code),
            now=wired.clock.now(),
            on_taken=wired.taken_by(person.name),
        )

    def _page(self, filled: Filled, terms: PromisedTerms | None = None) -> str:
        return render_template(
            "disclosure/desk/new.html",
            arrival=filled.arrival,
            form=filled.asked,
            answers=filled.answers,
            source_hints=HINTS,
            terms=terms,
            mark=filled.mark,
            kept=filled.draft,
            today=today(hub().clock),
        )

    def receipt_paper(self, number: str) -> Response:
        """
        Send the receipt for the applicant as a PDF; the query code is on the first one only.

        The opening of the sealed part is logged before.
        """
        person, wired = access.require(Permission.READ_PERSONAL), hub()
        try:
            found = cases.case(number)
            if found.source == RequestSource.TERMINAL or not access.sees(found.organ_code):
                abort(404)
            is_first = all(event.act is not CaseAct.RECEIPT_PRINTED for event in cases.events(number))
            opened = steps.open_sealed(number, person.reading_keys, person.name, wired.clock.now())
        except NotFound:
            abort(404)
        except Refused as refused:
            abort(403 if refused.code == "reading-key-missing" else 409)
        asked = self.handling.kind.questions
        answers = questions.opened(asked, opened.personal, opened.envelope)
        slip = self.handling.kind.slip(
            Receipt(
                Promise(
                    number,
                    found.submitted_at,
                    PromisedTerms(found.received_on, found.received_basis, found.due),
                ),
                wired.organ(found.organ_code),
                questions.slip_rows(asked, questions.kept_part(asked, answers)),
                SlipOrigin(
                    place_name=wired.settings.place_name,
                    station_name=_("%(place)s办理页", place=wired.settings.place_name),
                    progress_url="",
                    lang=language().tag,
                    large=False,
                    medium=Medium.DESK_PAPER,
                ),
            )
        )
        code = codes.QueryCode(str(opened.personal.get("query_code", "")), "").written if is_first else None
        page = pdf.render(slip, secret=code or None)
        steps.note(number, CaseAct.RECEIPT_PRINTED, {"with_code": is_first}, person.name, work())
        name = f"attachment; filename={number}-receipt.pdf"
        return Response(page, content_type="application/pdf", headers={"Content-Disposition": name})


def _applicant(given: str, switch: str) -> str:
    """Return who applies: a switch between citizens and organisations goes before what was chosen."""
    if switch == "organisation":
        return ApplicantType.BUSINESS
    return ApplicantType.CITIZEN if switch else given or ApplicantType.CITIZEN


def _came_at(day: date, now: datetime) -> datetime:
    """Return the moment of a request that came on a day: now for today, else the beginning of that day."""
    if day == now.astimezone(BEIJING).date():
        return now
    return datetime.combine(day, time.min, BEIJING)


def _day_words(code: str) -> str:
    return {
        "came-after-today": _("来件日期不能晚于今天。"),
        "after-today": _("收到日期不能晚于今天。"),
        "before-submission": _("双方确认的日期不能早于来件的那一天。"),
    }[code]


def _refused_words(code: str) -> str:
    return {
        "numbers-used-up": _("今天的编号用完了（9999件），明天再登记。"),
        "entry-too-large": _("内容太长，存不下。太长的描述请做成扫描件。"),
    }[code]
