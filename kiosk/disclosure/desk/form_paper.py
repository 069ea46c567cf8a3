"""The application form of a case as PDF, for the paper file and the applicant's signature at the counter."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort

from kiosk.disclosure import application, cases, steps
from kiosk.disclosure.case_models import Case
from kiosk.errors import NotFound, Refused
from kiosk.intake import questions
from kiosk.intake.handling import Handling
from kiosk.intake.sealed import OpenedSubmission
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language
from printers.paper import pdf

PDF_TYPE = "application/pdf"


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add `POST /desk/requests/<number>/form`."""
    pages.add_url_rule("/<number>/form", "form", FormOfCase(handling).make, methods=["POST"])


@dataclass(frozen=True)
class FormOfCase:
    """The view of the form."""

    handling: Handling

    def make(self, number: str) -> Response:
        """Send two copies on A4, made in memory; the opening of the sealed part is logged on disk before."""
        person = access.require(Permission.READ_PERSONAL)
        wired = hub()
        try:
            found = cases.case(number)
            opened = steps.open_sealed(number, person.reading_keys, person.name, wired.clock.now())
        except NotFound:
            abort(404)
        except Refused as refused:
            abort(403 if refused.code == "reading-key-missing" else 409)
        page = page_of(self.handling, found, opened)
        name = f"attachment; filename={found.number}.pdf"
        return Response(page, content_type=PDF_TYPE, headers={"Content-Disposition": name})


def page_of(handling: Handling, found: Case, opened: OpenedSubmission) -> bytes:
    """Return two copies of the form of a case on A4."""
    asked, wired = handling.kind.questions, hub()
    origin = application.Origin(
        organ_name=wired.organ_name(found.organ_code),
        station_name=_("%(place)s办理页", place=wired.settings.place_name),
        at=wired.clock.now(),
        number=found.number,
        lang=language().tag,
        large=False,
    )
    return pdf.render(
        application.form(asked, questions.opened(asked, opened.personal, opened.envelope), origin)
    )
