"""Printing a request's progress: choice, order, state and the two answers; all within one visit."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.errors import Refused
from kiosk.intake import slips
from kiosk.intake.pages.here import course_of, looked_up, place_here, words_of
from kiosk.intake.tracking import Progress
from kiosk.web import context, paper_orders
from kiosk.web.language.i18n import date_words, time_words
from kiosk.web.language.wording import gettext as _
from kiosk.web.paper_orders import PaperChoice, Ways

PAPER = "progress_paper"
"""Key in the encrypted session of the key of the paper."""


def add_to(pages: Blueprint) -> None:
    """Add `/progress/print` and `/progress/paper`."""
    pages.add_url_rule("/progress/print", "choose_paper", _choose)
    pages.add_url_rule("/progress/print", "order_paper", _order, methods=["POST"])
    pages.add_url_rule("/progress/paper", "paper", _paper)
    pages.add_url_rule("/progress/paper/again", "paper_again", _again, methods=["POST"])
    pages.add_url_rule("/progress/paper/taken", "paper_taken", _taken, methods=["POST"])


def _choose() -> str | Response:
    if _seen() is None:
        return redirect(url_for("intake.progress"), 303)
    return paper_orders.choose(
        PaperChoice(
            question=_("要打印办理进度吗？"),
            hint=_("纸上没有姓名，也没有查询码。"),
            action=url_for("intake.order_paper"),
            back=url_for("intake.seen"),
        )
    )


def _order() -> Response:
    seen, key, wired = _seen(), request.form.get("key", ""), context.terminal()
    if seen is None or not paper_orders.is_key(key):
        abort(404)
    at = seen.as_of or wired.clock.now()
    session[PAPER] = key
    paper_orders.order(
        slips.progress(
            seen,
            words_of(seen),
            place_here(large=request.form.get("size") == "large"),
            as_of=f"{date_words(at)} {time_words(at)}",
            course=course_of(seen),
        ),
        request_key=_request_key(),
        kind=slips.KIND,
        clock=wired.clock,
        minutes=wired.settings.unprinted_minutes,
    )
    return redirect(url_for("intake.paper"), 303)


def _paper() -> str | Response:
    ordered = paper_orders.of(_request_key(), slips.KIND) if PAPER in session else None
    if ordered is None:
        return redirect(url_for("intake.progress"), 303)
    around = {"paper": ordered, "ways": _ways()}
    if request.args.get("piece"):
        return render_template("papers/_state.html", **around)
    return render_template(
        "papers/state.html", title=_("打印办理进度"), lead="", back=url_for("intake.seen"), **around
    )


def _again() -> Response:
    wired = context.terminal()
    if PAPER in session:
        with suppress(Refused):  # a paper that is still on its way is not ordered twice
            paper_orders.again(
                _request_key(), slips.KIND, wired.clock, wired.settings.unprinted_minutes, why="missing"
            )
    return redirect(url_for("intake.paper"), 303)


def _taken() -> Response:
    if PAPER in session:
        with suppress(Refused):  # not sent yet: the page shows where it is
            paper_orders.taken(_request_key(), slips.KIND, context.terminal().clock)
    return redirect(url_for("intake.paper"), 303)


def _ways() -> Ways:
    page = url_for("intake.paper")
    again, taken = url_for("intake.paper_again"), url_for("intake.paper_taken")
    return Ways(page=page, piece=f"{page}?piece=1", again=again, taken=taken)


def _request_key() -> str:
    return f"progress-{session[PAPER]}"


def _seen() -> Progress | None:
    """Return what this visit looked up, if there is a printer."""
    has_printer = context.terminal().settings.printer != "none"
    return looked_up() if has_printer else None
