"""Which letters take a step of a case: where a step of the list leads, and the page that offers its letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from kiosk.disclosure import cases, lawful
from kiosk.disclosure.desk.letters.letter_views import case_of, key_of
from kiosk.disclosure.desk.letters.letter_words import STATES, TONES, name_of
from kiosk.disclosure.desk.rule_words import sentence
from kiosk.disclosure.desk.step_pages import STEP_PAGES, StepPage
from kiosk.disclosure.events import CaseAct, ServiceWay
from kiosk.disclosure.letters import models
from kiosk.disclosure.letters.kinds import FEE, KINDS, KindRow
from kiosk.disclosure.letters.models import CaseLetter, LetterState
from kiosk.disclosure.letters.step_facts import act_of
from kiosk.intake import sealed
from kiosk.intake.desk.views import Answer
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub

BESIDE: Mapping[str, CaseAct] = {"consult_notice": CaseAct.OPINION_ASKED}
"""Letters that take no step but go out with the letters of one: the applicant hears of it the same day."""


def add_to(pages: Blueprint) -> None:
    """Add the page of the letters of a step below a case."""
    pages.add_url_rule("/<number>/steps/<step>/letters", "step_letters", step_letters)


def letters_of(act: CaseAct) -> Sequence[KindRow]:
    """Return the kinds of letters that take a step, and those that go with them; empty: it is taken without one."""
    takes = [row for row in KINDS.values() if act_of(row) is act]
    return [*takes, *(KINDS[name] for name, beside in BESIDE.items() if beside is act)]


def address(number: str, step: StepPage, written: Sequence[CaseLetter]) -> str:
    """Return where a step of the list leads: to the letter that waits for it, to its letters, or to its own form."""
    waits = _WAITING.get(step.act)
    letter = next((each for each in reversed(written) if waits and waits(each)), None)
    if letter:
        return url_for(".one_letter", number=number, seq=letter.seq)
    return url_for(".step_letters" if letters_of(step.act) else ".step", number=number, step=step.path)


def _is_issued(letter: CaseLetter) -> bool:
    return letter.state is LetterState.ISSUED


def _is_posted(letter: CaseLetter) -> bool:
    return letter.service.get("way") == ServiceWay.POST and "delivered" not in letter.service


_WAITING: Mapping[CaseAct, Callable[[CaseLetter], bool]] = {
    CaseAct.SERVED: lambda letter: _is_issued(letter) and letter.row.is_answer,
    CaseAct.DELIVERED: lambda letter: _is_posted(letter) and letter.row.is_answer,
    CaseAct.OPINION_DELIVERED: lambda letter: _is_issued(letter) and bool(letter.party),
    CaseAct.FEE_DELIVERED: lambda letter: _is_issued(letter) and letter.kind == FEE,
}
"""The letter whose page takes a step of service."""


def step_letters(number: str, step: str) -> Answer:
    """Show the letters that take one step; what went out another way is only noted, on the step's own page."""
    access.require(Permission.HANDLE_REQUESTS)
    found, row = case_of(number), STEP_PAGES.get(step)
    offered = letters_of(row.act) if row else ()
    if row is None or not offered:
        abort(404)
    course = cases.course_of(number, hub().calendar)
    if code := lawful.forbidden(course, row.act):
        flash(sentence(code), "wrong")
        return redirect(url_for(".case", number=number), code=303)
    names = {each.name for each in offered}
    return render_template(
        "disclosure/desk/step_letters.html",
        case=found,
        step=row,
        course=course,
        offered=[(each, name_of(each)) for each in offered],
        letters=[each for each in models.of_case(number) if each.kind in names],
        holds_key=key_of(sealed.key_of(number)) is not None,
        may_read=access.may(Permission.READ_PERSONAL),
        states=STATES,
        name_of=name_of,
        tones=TONES,
    )
