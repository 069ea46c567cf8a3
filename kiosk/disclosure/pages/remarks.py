"""After the answer: what one can do against it and until when, and one tap on how it was handled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.disclosure.following import timeline
from kiosk.disclosure.following.addition_kinds import SATISFACTION
from kiosk.disclosure.following.addition_questions import RATING, Rating
from kiosk.errors import Refused
from kiosk.intake import actions, begun, codes
from kiosk.intake.actions import OtherContent
from kiosk.intake.begun import Begun
from kiosk.intake.pages.here import known_of, looked_up, organ_of
from kiosk.intake.pages.walk import counter_here
from kiosk.intake.tracking import Progress
from kiosk.web import context

FORM, RATED = "rating", "rated"
"""Session keys: the key and secret of the form of this visit, by number, and the number that was rated."""


def add_to(pages: Blueprint) -> None:
    """Add `/remedies` and `/satisfied`."""
    pages.add_url_rule("/remedies", "remedies", remedies)
    pages.add_url_rule("/satisfied", "rate", rate)
    pages.add_url_rule("/satisfied", "rated", rated, methods=["POST"])


def remedies() -> str | Response:
    """Show the remedies against the answer, each with its last day as the hub counted it."""
    seen = looked_up()
    if seen is None:
        return redirect(url_for("intake.progress"), 303)
    found = timeline.remedies(seen)
    if not found:
        return redirect(url_for("intake.seen"), 303)
    settings = context.terminal().settings
    return render_template(
        "disclosure/remedies.html",
        review=found.get("review_until"),
        suit=found.get("suit_until"),
        phone=settings.organ_phone,
    )


def rate() -> str | Response:
    """Show three buttons, or thanks."""
    seen = looked_up()
    if seen is None:
        return redirect(url_for("intake.progress"), 303)
    if session.get(FORM, {}).get("number") != seen.number:
        form = begun.empty(SATISFACTION)
        session[FORM] = {"number": seen.number, "key": form.key, "secret": form.secret}
    ratings = SATISFACTION.questions[0].blanks[0].options
    is_said = session.get(RATED) == seen.number
    return render_template("disclosure/satisfied.html", ratings=ratings, is_said=is_said)


def rated() -> Response | tuple[str, int]:
    """Hand in what was tapped, once a visit for each request: two taps are one, and the first one counts."""
    seen, said, kept = looked_up(), request.form.get(RATING, ""), session.get(FORM)
    if seen is None or kept is None or kept["number"] != seen.number:
        return redirect(url_for("intake.progress"), 303)
    if said not in set(Rating):
        abort(404)
    if session.get(RATED) != seen.number:
        try:
            _hand_in(seen, said, kept)
        except OtherContent:
            pass  # the second of two taps: the first one was handed in under this key, and it counts
        except Refused as refusal:
            back = url_for("intake.seen")
            return render_template("intake/refused.html", code=refusal.code, back=back), 409
        session[RATED] = seen.number
    return redirect(url_for("answers.rate"), 303)


def _hand_in(seen: Progress, said: str, kept: Mapping[str, str]) -> None:
    answers = {**known_of(seen), "notice": SATISFACTION.notice, RATING: said}
    code = codes.new_code()
    form = Begun(kept["key"], answers, code, secret=kept["secret"])
    counter = replace(counter_here(form), has_printer=False)
    actions.hand_in(SATISFACTION, form, organ=organ_of(answers), code=code, counter=counter)
