"""One tap on how a submission was handled, once a visit: the kind that was looked up says what carries the tap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.errors import Refused
from kiosk.intake import actions, begun, codes
from kiosk.intake.actions import OtherContent
from kiosk.intake.begun import Begun
from kiosk.intake.handover.rating import RATING, SATISFIED, Rating
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages.here import kind_of, known_of, looked_up, organ_of
from kiosk.intake.pages.walk import counter_here
from kiosk.intake.tracking import Progress
from kiosk.web import half_written

FORM, RATED = "rating", "rated"
"""Session keys: the key and secret of the form of this visit, by number, and the number that was rated."""


def add_to(pages: Blueprint) -> None:
    """Add `/satisfied`."""
    pages.add_url_rule("/satisfied", "rate", rate)
    pages.add_url_rule("/satisfied", "rated", rated, methods=["POST"])


def rate() -> str | Response:
    """Show three buttons, or thanks."""
    seen = looked_up()
    kind = kind_of(seen) if seen else None
    if seen is None or kind is None or kind.rated_by is None:
        return redirect(url_for("intake.progress"), 303)
    if refusal := half_written.said():
        return render_template("intake/refused.html", code=refusal["code"], back=url_for("intake.seen"))
    if session.get(FORM, {}).get("number") != seen.number:
        form = begun.empty(kind.rated_by)
        session[FORM] = {"number": seen.number, "key": form.key, "secret": form.secret}
    ratings = SATISFIED.blanks[0].options
    is_said = session.get(RATED) == seen.number
    return render_template("intake/satisfied.html", ratings=ratings, is_said=is_said, thanks=kind.thanks)


def rated() -> Response:
    """Hand in what was tapped, once a visit for each submission: two taps are one, and the first one counts."""
    seen, said, kept = looked_up(), request.form.get(RATING, ""), session.get(FORM)
    carrier = kind_of(seen).rated_by if seen else None
    if seen is None or carrier is None or kept is None or kept["number"] != seen.number:
        return redirect(url_for("intake.progress"), 303)
    if said not in set(Rating):
        abort(404)
    if session.get(RATED) != seen.number:
        try:
            _hand_in(carrier, seen, said, kept)
        except OtherContent:
            pass  # the second of two taps: the first one was handed in under this key, and it counts
        except Refused as refusal:
            return half_written.refuse(said={"code": refusal.code}, status=409)
        session[RATED] = seen.number
    return redirect(url_for("answers.rate"), 303)


def _hand_in(carrier: SubmissionKind, seen: Progress, said: str, kept: Mapping[str, str]) -> None:
    answers = {**known_of(seen), "notice": carrier.notice, RATING: said}
    code = codes.new_code()
    form = Begun(kept["key"], answers, code, secret=kept["secret"])
    counter = replace(counter_here(form), has_printer=False)
    actions.hand_in(carrier, form, organ=organ_of(answers), code=code, counter=counter)
