"""
Printing the filled application form, for a citizen who prefers to sign it and hand it in over the counter.

The answers come from this visit's encrypted session and go to the page printer encrypted under the key of this boot;
the spool deletes them once printed, after two minutes, or when the visit ends, whichever is first.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.disclosure import application
from kiosk.errors import Refused
from kiosk.intake import begun
from kiosk.intake.begun import Begun
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages.here import organ_of
from kiosk.web import context, paper_orders
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language
from kiosk.web.paper_orders import PaperChoice, Ways
from printers.paper.document import Slip

FORM = "form"
"""Its kind in the spool."""


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add `/form`: choice, order, state and the two answers."""
    form = FormPages(kind)
    pages.add_url_rule("/form", "form", form.choose)
    pages.add_url_rule("/form", "form_order", form.order, methods=["POST"])
    pages.add_url_rule("/form/paper", "form_paper", form.paper)
    pages.add_url_rule("/form/again", "form_again", form.again, methods=["POST"])
    pages.add_url_rule("/form/taken", "form_taken", form.taken, methods=["POST"])


@dataclass(frozen=True)
class FormPages:
    """The views of one kind."""

    kind: SubmissionKind

    def _begun(self) -> Begun:
        """Return the finished form of this visit; 404 if there is none or no page printer."""
        form = begun.of(session, self.kind)
        if form is None or begun.pending(self.kind, form):
            abort(404)
        if context.terminal().settings.page_printer == "none":
            abort(404)
        return form

    def _ordered(self) -> Begun:
        """Return the finished form whose paper was ordered; else 404."""
        form = self._begun()
        if not form.paper:
            abort(404)
        return form

    def choose(self) -> str:
        """Show the choice: two copies, large or not, or none."""
        self._begun()
        return paper_orders.choose(
            PaperChoice(
                question=_("要打印申请表，当面签字吗？"),
                hint=_(
                    "一式两份：签名后一份交给办理机关，一份自己留着。也可以不打印，在这里直接提交，两样做一样就行。"
                ),
                action=url_for(".form_order"),
                back=url_for(".check"),
                once=_("打印两份"),
                large=_("打印两份大字的"),
            )
        )

    def order(self) -> Response:
        """Order the chosen paper."""
        form, key = self._begun(), request.form.get("key", "")
        if not paper_orders.is_key(key):
            abort(404)
        ordered = replace(form, paper={"key": key, "large": request.form.get("size") == "large"})
        begun.keep(session, self.kind, ordered)
        slip = self._slip(ordered)
        paper_orders.order_sealed(
            slip,
            context.terminal().boot_key.seal(slip.to_json()),
            request_key=_request_key(key),
            kind=FORM,
            clock=context.terminal().clock,
        )
        return redirect(url_for(".form_paper"), 303)

    def paper(self) -> str:
        """Show the state of the paper."""
        ordered = paper_orders.of(_request_key(self._ordered().paper["key"]), FORM)
        if ordered is None:
            abort(404)
        around = {"paper": ordered, "ways": _ways()}
        if request.args.get("piece"):
            return render_template("papers/_state.html", **around)
        return render_template(
            "papers/state.html", title=_("打印申请表"), lead="", back=url_for(".check"), **around
        )

    def again(self) -> Response:
        """Order it once more: "I do not have it"."""
        form, wired = self._ordered(), context.terminal()
        with suppress(Refused):  # a paper that is still on its way is not ordered twice
            paper_orders.again(
                _request_key(form.paper["key"]),
                FORM,
                wired.clock,
                wired.settings.unprinted_minutes,
                why="missing",
                sealed=wired.boot_key.seal(self._slip(form).to_json()),
            )
        return redirect(url_for(".form_paper"), 303)

    def taken(self) -> Response:
        """Note that it was taken: "I have it"."""
        key = self._ordered().paper["key"]
        with suppress(Refused):  # not sent yet: the page shows where it is
            paper_orders.taken(_request_key(key), FORM, context.terminal().clock)
        return redirect(url_for(".form_paper"), 303)

    def _slip(self, form: Begun) -> Slip:
        wired = context.terminal()
        origin = application.Origin(
            organ_name=organ_of(form.answers).name,
            station_name=wired.settings.station_name,
            at=wired.clock.now(),
            number="",
            lang=language().tag,
            large=form.paper["large"],
        )
        return application.form(self.kind.questions, form.answers, origin)


def _ways() -> Ways:
    page = url_for(".form_paper")
    return Ways(
        page=page, piece=f"{page}?piece=1", again=url_for(".form_again"), taken=url_for(".form_taken")
    )


def _request_key(key: str) -> str:
    return f"form-{key}"
