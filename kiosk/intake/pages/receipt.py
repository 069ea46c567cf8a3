"""The page of a receipt: number, query code, promised dates, and the state of its paper."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import segno
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kiosk.clock import beijing_day
from kiosk.errors import Refused
from kiosk.intake import slips
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages import handed_in, receipt_files
from kiosk.web import context, paper_orders
from kiosk.web.language.wording import gettext as _
from kiosk.web.paper_states import PaperHolds
from kiosk.workdays import read_deadline

PAPER = "receipt"
"""Its kind in the spool."""


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add the pages below `/receipt`."""
    receipt = ReceiptPages(kind)
    pages.add_url_rule("/receipt", "receipt", receipt.show)
    pages.add_url_rule("/receipt/paper", "receipt_paper", receipt.paper)
    pages.add_url_rule("/receipt/again", "receipt_again", receipt.again, methods=["POST"])
    pages.add_url_rule("/receipt/taken", "receipt_taken", receipt.taken, methods=["POST"])


@dataclass(frozen=True)
class ReceiptPages:
    """The views of one kind."""

    kind: SubmissionKind

    def show(self) -> str | Response:
        """Show the receipt of the visit's last submission."""
        handed = handed_in.of_form(self.kind) or handed_in.last()
        if handed is None:
            return redirect(url_for(".start"), 303)
        submission = handed.submission
        if submission.kind != self.kind.name:
            return redirect(url_for(f"{submission.kind}.receipt"), 303)
        handed_in.settle(handed)
        settings, due = context.terminal().settings, read_deadline(submission.masked)
        return render_template(
            self.kind.page("receipt"),
            submission=submission,
            code=handed.code.written,
            has_changed=handed.has_changed,
            due=due,
            due_words=slips.due_words(due) if due else "",
            counted_from=submission.received_on or beijing_day(submission.submitted_at),
            paper=paper_orders.of(submission.key, PAPER, PaperHolds.NUMBER),
            ways=_ways(),
            is_kept_on_phone=settings.channel == receipt_files.WEB,
            **receipt_files.on_its_way(submission.key),
            qr=segno.make(submission.number, error="q").svg_data_uri(scale=6, border=4),
        )

    def paper(self) -> str:
        """Show the state of its paper, as a fragment."""
        handed = handed_in.last()
        if handed is None:
            abort(404)
        return render_template(
            "papers/_state.html",
            paper=paper_orders.of(handed.submission.key, PAPER, PaperHolds.NUMBER),
            ways=_ways(),
        )

    def taken(self) -> Response:
        """Note that the paper was taken: "I have it"."""
        handed = handed_in.last()
        if handed is not None:
            with suppress(Refused):  # not sent yet: the page shows where it is
                paper_orders.taken(handed.submission.key, PAPER, context.terminal().clock)
        return redirect(url_for(".receipt"), 303)

    def again(self) -> Response:
        """Order a reprint: "I do not have it"."""
        handed, wiring = handed_in.last(), context.terminal()
        if handed is None:
            return redirect(url_for(".start"), 303)
        try:
            paper_orders.again(
                handed.submission.key, PAPER, wiring.clock, wiring.settings.unprinted_minutes, why="missing"
            )
        except Refused:
            flash(_("上一张还在打印，请稍等。"))
        return redirect(url_for(".receipt"), 303)


def _ways() -> paper_orders.Ways:
    return paper_orders.Ways(
        page=url_for(".receipt"),
        piece=url_for(".receipt_paper"),
        again=url_for(".receipt_again"),
        taken=url_for(".receipt_taken"),
    )
