"""
The receipt on the county's web pages, which have no printer: as a picture and as a PDF to save, and whether the
submission has reached the hub. Drawn in memory for the visit that handed it in, with its query code; never stored.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template

from kiosk import db
from kiosk.intake import questions, sending
from kiosk.intake.begun import ABOUT
from kiosk.intake.kinds import ON_ITS_WAY, Delivery, SubmissionKind
from kiosk.intake.models import Submission
from kiosk.intake.organs import Organ
from kiosk.intake.pages import handed_in
from kiosk.intake.pages.here import place_here
from kiosk.intake.promises import Medium, Promise, PromisedTerms, Receipt
from kiosk.web.context import terminal
from kiosk.workdays import read_deadline
from printers.paper.document import Slip

PICTURE_PROFILE = "generic-80"
WEB = "web"


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add the pages below `/receipt`."""
    kept = KeptReceipt(kind)
    pages.add_url_rule("/receipt/picture", "receipt_picture", kept.picture)
    pages.add_url_rule("/receipt/document", "receipt_document", kept.document)
    pages.add_url_rule("/receipt/sent", "receipt_sent", sent)


@dataclass(frozen=True)
class KeptReceipt:
    """The views of one kind."""

    kind: SubmissionKind

    def picture(self) -> Response:
        """Show the receipt as PNG."""
        from printers.device import profiles  # drawing is only loaded where somebody keeps a receipt
        from printers.paper import raster

        submission, code = _handed_in()
        image = raster.render(self._slip(submission), profiles.named(PICTURE_PROFILE), secret=code)
        file = io.BytesIO()
        image.save(file, format="PNG")
        return _to_keep(file.getvalue(), "image/png", f"{submission.number}.png")

    def document(self) -> Response:
        """Show the receipt as PDF."""
        from printers.paper import pdf

        submission, code = _handed_in()
        content = pdf.render(self._slip(submission), secret=code)
        return _to_keep(content, "application/pdf", f"{submission.number}.pdf")

    def _slip(self, submission: Submission) -> Slip:
        organ = next((one for one in terminal().organs() if one.code == submission.organ_code), None)
        due = read_deadline(submission.masked)
        return self.kind.slip(
            Receipt(
                Promise(
                    submission.number,
                    submission.submitted_at,
                    PromisedTerms(submission.received_on, submission.received_basis, due),
                ),
                organ or Organ(submission.organ_code, submission.organ_name),
                questions.slip_rows(self.kind.questions, submission.masked),
                place_here(large=False, medium=Medium.FILE),
                about=submission.masked.get(ABOUT, ""),
                kept=submission.masked,
            )
        )


def sent() -> str:
    """Show whether the submission has reached the hub by now, as a fragment."""
    return render_template("intake/_sent.html", **on_its_way(_handed_in()[0].key))


def on_its_way(key: str) -> dict[str, Any]:
    """Return for the receipt's page: `is_sent`, the words where a person must act, whether the hub `is_hub_away`."""
    delivery = sending.delivery(db.store, key)
    needs_person = ON_ITS_WAY[delivery] if delivery in (Delivery.HELD, Delivery.REFUSED) else None
    return {
        "is_sent": delivery is Delivery.ARRIVED,
        "needs_person": needs_person,
        "is_hub_away": is_hub_away(),
    }


def is_hub_away() -> bool:
    """
    Return whether the public web pages cannot reach the hub, so that a submission waits; False in a hall, where it is
    usual.
    """
    return terminal().settings.channel == WEB and terminal().is_hub_away()


def _handed_in() -> tuple[Submission, str]:
    handed = handed_in.last()
    if handed is None or terminal().settings.channel != WEB:
        abort(404)
    return handed.submission, handed.code.written


def _to_keep(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
