"""A lost slip at the desk: the request is found by name and document, logged, and gets a new query code."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from kiosk.disclosure import cases
from kiosk.disclosure.desk import shown
from kiosk.disclosure.handover import new_codes
from kiosk.errors import NotFound, Refused
from kiosk.intake.desk.views import refusal_words, work
from kiosk.intake.handling import Handling
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import lazy_gettext as _l

Answer = str | tuple[str, int] | BaseResponse


class SearchForm(FlaskForm):
    """Name and end of the number, as on the document that was seen."""

    name = StringField(
        _l("姓名或者单位名称"), validators=[InputRequired(_l("请填写姓名。")), Length(max=200)]
    )
    end = StringField(
        _l("证件号码最后四位"), validators=[InputRequired(_l("请填写最后四位。")), Length(min=4, max=18)]
    )


def add_to(pages: Blueprint, _handling: Handling) -> None:
    """Add `/lost` and the new code of a case."""
    pages.add_url_rule("/lost", "lost", search)
    pages.add_url_rule("/lost", "search_lost", found, methods=["POST"])
    pages.add_url_rule("/<number>/new-code", "ask_new_code", ask_new_code)
    pages.add_url_rule("/<number>/new-code", "new_code", new_code, methods=["POST"])


def search() -> Answer:
    """Show the search by name."""
    access.require(Permission.READ_PERSONAL)
    return render_template("disclosure/desk/lost.html", form=SearchForm(formdata=None), result=None)


def found() -> Answer:
    """Log the search and show the numbers found; names are compared in this session only."""
    person = access.require(Permission.READ_PERSONAL)
    form = SearchForm()
    if not form.validate():
        return render_template("disclosure/desk/lost.html", form=form, result=None), 422
    result = new_codes.find(
        form.name.data, form.end.data, person.reading_keys, person.name, hub().clock.now()
    )
    rows = [case for case in map(cases.case, result.numbers) if access.sees(case.organ_code)]
    return render_template("disclosure/desk/lost.html", form=form, result=result, cases=rows)


def ask_new_code(number: str) -> Answer:
    """Show what a new code does, before it is made."""
    access.require(Permission.READ_PERSONAL)
    return _asked(number)


def _asked(number: str, problem: str = "") -> str:
    try:
        case = cases.case(number)
    except NotFound:
        abort(404)
    return render_template(
        "disclosure/desk/ask_new_code.html", case=case, shown=shown.case_shown(case), problem=problem
    )


@acts_on(shown.case, N_("换新的查询码"))
def new_code(number: str, *, seen: Seen) -> Answer:
    """Give a request a new code and show it, in this response only."""
    person = access.require(Permission.READ_PERSONAL)
    if Permission.HANDLE_REQUESTS not in person.permissions:
        abort(403)
    try:
        code = new_codes.new_code(number, person.reading_keys, person.name, work(), seen)
    except NotFound:
        abort(404)
    except Refused as refused:
        status = 403 if refused.code == "reading-key-missing" else 409
        return _asked(number, refusal_words(refused.code)), status
    return render_template("disclosure/desk/new_code.html", case=cases.case(number), code=code.written)
