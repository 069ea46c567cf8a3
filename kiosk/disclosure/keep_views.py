"""
On the county's web pages there is no printer: the receipt as a picture and as a PDF to keep, and whether the hub
has the request. Drawn in memory for the visit that handed it in, with its query code; never stored.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import Blueprint, Response, abort, render_template, session

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure import slips
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.intake import sending
from kiosk.intake.actions import Promise
from kiosk.intake.codes import QueryCode
from kiosk.intake.models import Organ, Submission, by_number
from kiosk.web.context import terminal
from kiosk.web.wording import language
from kiosk.workdays import REPLY_WORKDAYS
from printers.document import Slip

RECEIPT = "receipt"
"""Name in the session of the number and code of the request that this visit handed in."""
PICTURE_PROFILE = "generic-80"
WEB = "web"
Organs = Callable[[], list[Organ]]


def add_to(pages: Blueprint, organs: Organs) -> None:
    """Adds the pages below /request/receipt."""
    pages.add_url_rule("/receipt/picture", "receipt_picture", lambda: picture(organs))
    pages.add_url_rule("/receipt/document", "receipt_document", lambda: document(organs))
    pages.add_url_rule("/receipt/sent", "receipt_sent", sent)


def picture(organs: Organs) -> Response:
    """The receipt as PNG."""
    from printers import profiles, raster  # drawing is only loaded where somebody keeps a receipt

    submission, code = _handed_in()
    image = raster.render(_slip(submission, organs), profiles.named(PICTURE_PROFILE), secret=code)
    file = io.BytesIO()
    image.save(file, format="PNG")
    return _to_keep(file.getvalue(), "image/png", f"{submission.number}.png")


def document(organs: Organs) -> Response:
    """The receipt as PDF."""
    from printers import pdf

    submission, code = _handed_in()
    content = pdf.render(_slip(submission, organs), secret=code)
    return _to_keep(content, "application/pdf", f"{submission.number}.pdf")


def sent() -> str:
    """Whether the hub has the request by now, as a fragment."""
    submission, _code = _handed_in()
    return render_template("disclosure/_sent.html", **on_its_way(submission.key))


def on_its_way(key: str) -> dict[str, bool]:
    """What the receipt's page says of the way to the hub: `is_sent`, and whether the hub `is_hub_away` just now."""
    connection = db.store.connection()
    return {"is_sent": sending.is_sent(connection, key), "is_hub_away": is_hub_away()}


def is_hub_away() -> bool:
    """Whether what is handed in on the public pages has to wait here; in a hall that is nothing special."""
    return terminal().settings.channel == WEB and terminal().is_hub_away()


def _handed_in() -> tuple[Submission, str]:
    kept = session.get(RECEIPT)
    if kept is None or terminal().settings.channel != WEB:
        abort(404)
    submission = by_number(db.store.connection(), kept["number"])
    if submission is None:
        abort(404)
    return submission, QueryCode(kept["code"], "").written


def _slip(submission: Submission, organs: Organs) -> Slip:
    wiring = terminal()
    settings = wiring.settings
    day = submission.received_on or beijing_day(submission.submitted_at)
    organ = next((one for one in organs() if one.code == submission.organ_code), None)
    promise = Promise(
        number=submission.number,
        submitted_at=submission.submitted_at,
        received_on=submission.received_on,
        received_basis=submission.received_basis,
        is_clock_trusted=submission.received_basis != ReceivedBasis.CLOCK_UNVERIFIED,
    )
    facts = slips.Facts(
        organ=organ or Organ(submission.organ_code, submission.organ_name),
        masked_name=submission.masked["name"],
        obtain=slips.obtain_words(submission.masked["obtain"]),
        deadline=wiring.calendar.after(day, REPLY_WORKDAYS),
    )
    place = slips.Place(
        place_name=settings.place_name,
        station_name=settings.station_name,
        progress_url=f"{settings.public_url}/progress" if settings.public_url else "",
        lang=language(),
        large=False,
        medium=slips.Medium.FILE,
    )
    return slips.receipt(promise, facts, place)


def _to_keep(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
