"""
The clerk's desk for a kind of submission: the list, and for kinds without pages of their own the page of each one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.errors import NotFound, Refused
from kiosk.intake import questions, sealed
from kiosk.intake.desk import kept_pages, list_pages, name_search, other_organ
from kiosk.intake.form.blanks import Goes
from kiosk.intake.handling import Handling, Work
from kiosk.intake.register import Matter, PlainRegister
from kiosk.intake.sealed import OpenedSubmission
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response


def blueprint(handling: Handling) -> Blueprint:
    """Return the pages below the path of a desk."""
    pages = Blueprint(f"{handling.path}_desk", __name__, url_prefix=f"/desk/{handling.path}")
    desk = DeskPages(handling)
    pages.context_processor(desk.variables)
    other_organ.add_to(pages, handling)
    list_pages.add_to(pages, handling)
    kept_pages.add_to(pages, handling)
    if handling.subject:
        name_search.add_to(pages, handling)
    add_own = handling.more_pages or add_plain_pages
    add_own(pages, handling)
    return pages


def work() -> Work:
    """Return what acts need: the time, the calendar, names of organs."""
    wiring = hub()
    return Work(wiring.clock.now(), wiring.calendar, wiring.organ_name)


def sealed_rows(handling: Handling, opened: OpenedSubmission) -> list[dict[str, str]]:
    """Return the sealed answers in words, without the citizen's query code."""
    asked = handling.kind.questions
    answers = questions.opened(asked, opened.personal, opened.envelope)
    rows = questions.rows(asked, answers, goes=Goes.SEALED)
    return [{"label": label, "value": value} for label, value in rows]


def refusal_words(code: str) -> str:
    """Return the reason in words why a sealed part stays closed."""
    return {
        "reading-key-missing": _("待密钥：您这次登录没有这件申请的读取密钥。请持钥人批准后重新登录。"),
        "sealed-part-broken": _("封存的内容打不开，原件没有改动。请联系管理员核对密钥。"),
    }[code]


@dataclass(frozen=True)
class DeskPages:
    """What all pages of one kind show."""

    handling: Handling

    def variables(self) -> dict[str, Any]:
        """Return the variables of every page of the desk."""
        wiring = hub()
        return {
            "handling": self.handling,
            "organ_name": wiring.organ_name,
            "staff_name": wiring.staff_name,
            "today": today(wiring.clock),
        }


def add_plain_pages(pages: Blueprint, handling: Handling) -> None:
    """Add the page of one submission, and its sealed part."""
    plain = PlainPages(handling)
    pages.add_url_rule("/<number>", "case", plain.show)
    pages.add_url_rule("/<number>/open", "open", plain.open_sealed, methods=["POST"])


@dataclass(frozen=True)
class PlainPages:
    """The pages of one submission of a kind without pages of its own."""

    handling: Handling

    def show(self, number: str) -> Answer:
        """Show the part in clear."""
        access.require(Permission.SEE_REQUESTS)
        return self._page(self._matter(number))

    def open_sealed(self, number: str) -> Answer:
        """Show the sealed part, in this response only; the opening is logged on disk before."""
        person = access.require(Permission.READ_PERSONAL)
        matter = self._matter(number)
        try:
            opened = sealed.open_noted(number, person.reading_keys, actor=person.name, now=hub().clock.now())
        except Refused as refused:
            status = 403 if refused.code == "reading-key-missing" else 409
            return self._page(matter, problem=refusal_words(refused.code)), status
        return render_template(
            "intake/desk/opened.html", case=matter, rows=sealed_rows(self.handling, opened)
        )

    def _matter(self, number: str) -> Matter:
        try:
            return PlainRegister(self.handling.kind).matter(number)
        except NotFound:
            abort(404)

    def _page(self, matter: Matter, problem: str = "") -> str:
        person = access.signed_in()
        assert person is not None
        return render_template(
            "intake/desk/case.html",
            case=matter,
            problem=problem,
            may_read=access.may(Permission.READ_PERSONAL),
            holds_key=sealed.key_of(matter.number) in person.reading_keys,
        )
