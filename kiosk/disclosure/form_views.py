"""
The filled application form on paper, for whoever would rather sign and hand it in over the counter.

The answers come from this visit's sealed session and go to the page printer encrypted under the key of this boot; the
spool forgets them when they leave, after two minutes, or when the visit ends, whichever is first.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.disclosure import application, forms
from kiosk.errors import Refused
from kiosk.intake.codes import BootKey
from kiosk.intake.models import Organ
from kiosk.web import context, paper
from kiosk.web.paper import Choice, Ways
from kiosk.web.wording import gettext as _
from kiosk.web.wording import language
from printers.document import Slip

DRAFT = "request"
FORM = "form"
Organs = Callable[[], list[Organ]]


def add_to(pages: Blueprint, organs: Organs, boot_key: BootKey) -> None:
    """`/request/form`: choice, order, state and the two answers."""
    pages.add_url_rule("/form", "form", _choose)
    pages.add_url_rule("/form", "form_order", lambda: _order(organs, boot_key), methods=["POST"])
    pages.add_url_rule("/form/paper", "form_paper", _paper)
    pages.add_url_rule("/form/again", "form_again", lambda: _again(organs, boot_key), methods=["POST"])
    pages.add_url_rule("/form/taken", "form_taken", _taken, methods=["POST"])


def _draft() -> dict[str, Any]:
    """The finished answers of this visit; 404 where there is none or no page printer."""
    draft = session.get(DRAFT)
    if draft is None or context.terminal().settings.page_printer == "none":
        abort(404)
    if forms.first_unanswered(draft["answers"]):
        abort(404)
    return dict(draft)


def _choose() -> str:
    _draft()
    return paper.choose(
        Choice(
            question=_("要打印申请表，当面签字吗？"),
            hint=_(
                "一式两份：签名后一份交给办理机关，一份自己留着。也可以不打印，在这里直接提交，两样做一样就行。"
            ),
            action=url_for("disclosure.form_order"),
            back=url_for("disclosure.check"),
            once=_("打印两份"),
            large=_("打印两份大字的"),
        )
    )


def _order(organs: Organs, boot_key: BootKey) -> Response:
    draft, key = _draft(), request.form.get("key", "")
    if not paper.is_key(key):
        abort(404)
    is_large = request.form.get("size") == "large"
    slip = _slip(draft["answers"], organs(), is_large=is_large)
    session[DRAFT] = {**draft, FORM: {"key": key, "large": is_large}}
    paper.order_sealed(
        slip,
        boot_key.seal(slip.to_json()),
        request_key=_request_key(key),
        kind=FORM,
        clock=context.terminal().clock,
        visit=session,
    )
    return redirect(url_for("disclosure.form_paper"), 303)


def _paper() -> str:
    kept = _draft().get(FORM)
    told = paper.of(_request_key(kept["key"]), FORM, has_number=False) if kept else None
    if told is None:
        abort(404)
    around = {"paper": told, "ways": _ways()}
    if request.args.get("piece"):
        return render_template("papers/_state.html", **around)
    return render_template(
        "papers/state.html", title=_("打印申请表"), lead="", back=url_for("disclosure.check"), **around
    )


def _again(organs: Organs, boot_key: BootKey) -> Response:
    draft, wired = _draft(), context.terminal()
    kept = draft.get(FORM)
    if kept is None:
        abort(404)
    slip = _slip(draft["answers"], organs(), is_large=kept["large"])
    with suppress(Refused):  # a paper that is still on its way is not ordered twice
        paper.again(
            _request_key(kept["key"]),
            FORM,
            wired.clock,
            wired.settings.unprinted_minutes,
            why="missing",
            sealed=boot_key.seal(slip.to_json()),
        )
    return redirect(url_for("disclosure.form_paper"), 303)


def _taken() -> Response:
    kept = _draft().get(FORM)
    if kept is None:
        abort(404)
    with suppress(Refused):  # not sent yet: the page shows where it is
        paper.taken(_request_key(kept["key"]), FORM, context.terminal().clock)
    return redirect(url_for("disclosure.form_paper"), 303)


def _ways() -> Ways:
    page = url_for("disclosure.form_paper")
    again, taken = url_for("disclosure.form_again"), url_for("disclosure.form_taken")
    return Ways(page=page, piece=f"{page}?piece=1", again=again, taken=taken)


def _request_key(key: str) -> str:
    return f"form-{key}"


def _slip(answers: dict[str, str], organs: list[Organ], *, is_large: bool) -> Slip:
    wired = context.terminal()
    organ = next((one for one in organs if one.code == answers["organ"]), organs[0])
    origin = application.Origin(
        organ_name=organ.name,
        station_name=wired.settings.station_name,
        at=wired.clock.now(),
        number="",
        lang=language(),
        large=is_large,
    )
    return application.form(answers, answers["applicant"], origin)
