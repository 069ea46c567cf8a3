"""
Printing an answer: pages on A4, text on the receipt printer. The paper is in the spool encrypted under the key of this
boot, and erased once printed, after two minutes, or when the visit ends, whichever is first.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from config.settings import TerminalSettings
from kiosk.errors import Refused
from kiosk.intake.handover.answer_seal import PDF, TEXT, AnswerFile, SealedLetter
from kiosk.web import context, paper_orders
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language
from kiosk.web.paper_orders import PaperChoice, Ways
from printers.paper.document import Block, Para, Slip, Title
from printers.spooler import spool
from printers.spooler.spool import sealed_file

KIND = "answer"
"""Its kind in the spool."""
PAPER = "answer_paper"
"""Session key of the key of the last paper, and of the file that it shows."""


def add_to(pages: Blueprint, of_visit: Callable[[], SealedLetter | None]) -> None:
    """Add the pages below `/answer/print` and `/answer/paper`."""
    paper = AnswerPaper(of_visit)
    pages.add_url_rule("/answer/print", "choose_paper", paper.choose)
    pages.add_url_rule("/answer/print", "order_paper", paper.order, methods=["POST"])
    pages.add_url_rule("/answer/paper", "paper", paper.paper)
    pages.add_url_rule("/answer/paper/again", "paper_again", paper.again, methods=["POST"])
    pages.add_url_rule("/answer/paper/taken", "paper_taken", paper.taken, methods=["POST"])


def can_print(file: AnswerFile, settings: TerminalSettings) -> bool:
    """Return whether this machine prints a file: a PDF on its page printer, text on either."""
    if file.type == PDF:
        return settings.page_printer != "none"
    return file.type == TEXT and (settings.printer, settings.page_printer) != ("none", "none")


def _device(file: AnswerFile, settings: TerminalSettings) -> str:
    return spool.RECEIPT if file.type == TEXT and settings.printer != "none" else spool.PAGE


def _content(file: AnswerFile) -> str:
    """Return a file as the spool keeps it: a PDF, or a slip of its text."""
    if file.type == PDF:
        return sealed_file(file.content)
    lines = file.content.decode(errors="replace").splitlines()
    blocks: list[Block] = [Title(file.name, above=context.terminal().settings.place_name)]
    blocks += [Para(each) for each in lines if each.strip()]
    return Slip(KIND, file.name, tuple(blocks), lang=language().tag).to_json()


@dataclass(frozen=True)
class AnswerPaper:
    """The views; of_visit: returns the answer that this visit has opened."""

    of_visit: Callable[[], SealedLetter | None]

    def _file(self, at: int) -> AnswerFile:
        """Return a file that can be printed here; 404 for any other."""
        try:
            answer = self.of_visit()
        except ConnectionError:
            abort(503)
        if answer is None or not 0 <= at < len(answer.files):
            abort(404)
        if not can_print(answer.files[at], context.terminal().settings):
            abort(404)
        return answer.files[at]

    def choose(self) -> str | Response:
        """Show the choice: on paper or not."""
        at = request.args.get("file", 0, type=int)
        file = self._file(at)
        return paper_orders.choose(
            PaperChoice(
                question=_("要在A4纸上打印答复吗？") if file.type == PDF else _("要打印答复吗？"),
                hint=_("“%(name)s”。打出来请马上拿走，不要让别人看到。", name=file.name),
                action=url_for("answers.order_paper"),
                back=url_for("answers.read", file=at),
                ways=[("all", _("打印"))],
                hidden={"file": str(at)},
            )
        )

    def order(self) -> Response:
        """Order the paper."""
        at, key = request.form.get("file", 0, type=int), request.form.get("key", "")
        file = self._file(at)
        if not paper_orders.is_key(key):
            abort(404)
        session[PAPER] = {"key": key, "file": at}
        slip = Slip(KIND, _("答复"), (), lang=language().tag)
        wired = context.terminal()
        paper_orders.order_sealed(
            slip,
            wired.boot_key.seal(_content(file)),
            request_key=_request_key(key),
            kind=KIND,
            clock=wired.clock,
            device=_device(file, wired.settings),
        )
        return redirect(url_for("answers.paper"), 303)

    def paper(self) -> str | Response:
        """Show the state of the paper."""
        ordered = paper_orders.of(_request_key(session[PAPER]["key"]), KIND) if PAPER in session else None
        if ordered is None:
            return redirect(url_for("answers.ask"), 303)
        around = {"paper": ordered, "ways": _ways()}
        if request.args.get("piece"):
            return render_template("papers/_state.html", **around)
        back = url_for("answers.read", file=session[PAPER]["file"])
        return render_template("papers/state.html", title=_("打印答复"), lead="", back=back, **around)

    def again(self) -> Response:
        """Order it once more: "I do not have it"."""
        if PAPER in session:
            wired, kept = context.terminal(), session[PAPER]
            file = self._file(kept["file"])
            with suppress(Refused):  # a paper that is still on its way is not ordered twice
                paper_orders.again(
                    _request_key(kept["key"]),
                    KIND,
                    wired.clock,
                    wired.settings.unprinted_minutes,
                    why="missing",
                    sealed=wired.boot_key.seal(_content(file)),
                )
        return redirect(url_for("answers.paper"), 303)

    def taken(self) -> Response:
        """Note that it was taken: "I have it"."""
        if PAPER in session:
            with suppress(Refused):  # not sent yet: the page shows where it is
                paper_orders.taken(_request_key(session[PAPER]["key"]), KIND, context.terminal().clock)
        return redirect(url_for("answers.paper"), 303)


def _ways() -> Ways:
    page = url_for("answers.paper")
    again, taken = url_for("answers.paper_again"), url_for("answers.paper_taken")
    return Ways(page=page, piece=f"{page}?piece=1", again=again, taken=taken)


def _request_key(key: str) -> str:
    return f"answer-{key}"
