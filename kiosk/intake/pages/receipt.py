"""The page of a receipt: number, query code, promised dates, and the state of its paper."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, abort, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from kiosk.clock import beijing_day
from kiosk.errors import Refused
from kiosk.intake import slips
from kiosk.intake.codes import QueryCode
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.models import Submission, by_number
from kiosk.intake.pages import receipt_files
from kiosk.web import context, paper_orders
from kiosk.web.language.wording import gettext as _
from kiosk.web.paper_states import PaperHolds
from kiosk.workdays import read_deadline

PAPER = "receipt"
"""Its kind in the spool."""
RECEIPT = receipt_files.RECEIPT


def keep(visit: MutableMapping[str, Any], submission: Submission, code: QueryCode) -> None:
    """Store number and code of the visit's last submission."""
    visit[RECEIPT] = {"number": submission.number, "code": code.digits, "key": submission.key}


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
        kept = session.get(RECEIPT)
        if kept is None:
            return redirect(url_for(".start"), 303)
        submission = by_number(kept["number"])
        if submission is None:
            abort(404)
        if submission.kind != self.kind.name:
            return redirect(url_for(f"{submission.kind}.receipt"), 303)
        settings, due = context.terminal().settings, read_deadline(submission.masked)
        return render_template(
            self.kind.page("receipt"),
            submission=submission,
            code=QueryCode(kept["code"], "").written,
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
        kept = _kept()
        if kept is None:
            abort(404)
        return render_template(
            "papers/_state.html", paper=paper_orders.of(kept["key"], PAPER, PaperHolds.NUMBER), ways=_ways()
        )

    def taken(self) -> Response:
        """Note that the paper was taken: "I have it"."""
        kept = _kept()
        if kept is not None:
            with suppress(Refused):  # not sent yet: the page shows where it is
                paper_orders.taken(kept["key"], PAPER, context.terminal().clock)
        return redirect(url_for(".receipt"), 303)

    def again(self) -> Response:
        """Order a reprint: "I do not have it"."""
        kept, wiring = _kept(), context.terminal()
        if kept is None:
            return redirect(url_for(".start"), 303)
        try:
            paper_orders.again(
                kept["key"], PAPER, wiring.clock, wiring.settings.unprinted_minutes, why="missing"
            )
        except Refused:
            flash(_("上一张还在打印，请稍等。"))
        return redirect(url_for(".receipt"), 303)


def _kept() -> Mapping[str, str] | None:
    kept: Mapping[str, str] | None = session.get(RECEIPT)
    return kept


def _ways() -> paper_orders.Ways:
    return paper_orders.Ways(
        page=url_for(".receipt"),
        piece=url_for(".receipt_paper"),
        again=url_for(".receipt_again"),
        taken=url_for(".receipt_taken"),
    )
