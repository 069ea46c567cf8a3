"""
Half-written forms: kept once while size, contrast or language of the page change without JavaScript.

The buttons for these belong to the page's own form, so a browser sends the fields with them; they wait in the sealed
session and are put back into the form when the page is shown (`QuestionForm`). Nothing is stored anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping

import flask
from flask import g, request
from werkzeug.datastructures import MultiDict

KEPT = "typed"
"""Key in the session."""
NOT_ANSWERS = frozenset({"csrf_token", "next", "text_size", "contrast", "lang", "position"})
MOST_CHARACTERS = 20_000
"""Most characters kept: the longest question takes less, so more cannot come from a form of ours."""
MOST_FIELDS = 60


def keep(page: str, sent: Mapping[str, str]) -> None:
    """
    Keep the fields that were sent with a settings button on `page`, its path with its query.

    Only for a visit that has begun: a form has one, and strangers' bytes are not kept beside citizens' requests.
    """
    if flask.session.new:
        return
    fields = MultiDict(sent)
    answers = [[name, value] for name, value in fields.items(multi=True) if name not in NOT_ANSWERS]
    if (
        any(value for _name, value in answers)
        and len(answers) <= MOST_FIELDS
        and sum(len(name) + len(value) for name, value in answers) <= MOST_CHARACTERS
    ):
        flask.session[KEPT] = {"page": page, "answers": answers}


def here() -> MultiDict[str, str] | None:
    """Return the fields kept for the requested page and remove them from the session, so that they come back once."""
    if "half_written" not in g:
        g.half_written = _take()
    kept: MultiDict[str, str] | None = g.half_written
    return kept


def _take() -> MultiDict[str, str] | None:
    kept = flask.session.get(KEPT)
    if request.method != "GET" or not kept or kept["page"] != request.full_path.rstrip("?"):
        return None
    del flask.session[KEPT]
    return MultiDict((name, value) for name, value in kept["answers"])
