"""
What is half written on a page while its size, contrast or language changes without JavaScript: it comes along, once.

The buttons for these belong to the page's own form, so a browser sends the fields with them; they wait in the sealed
visit and stand in the form again when the page is shown (`QuestionForm`). Nothing of it is stored anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping

import flask
from flask import g, request
from werkzeug.datastructures import MultiDict

KEPT = "typed"
"""Name in the session."""
NOT_ANSWERS = frozenset({"csrf_token", "next", "text_size", "contrast", "lang", "position"})
MOST_CHARACTERS = 20_000
"""The longest question takes less; what is longer is no form of ours."""


def keep(page: str, sent: Mapping[str, str]) -> None:
    """Keeps the fields that came along with the press of a settings button on `page`, its path with its query."""
    fields = MultiDict(sent)
    answers = [[name, value] for name, value in fields.items(multi=True) if name not in NOT_ANSWERS]
    if (
        any(value for _name, value in answers)
        and sum(len(name) + len(value) for name, value in answers) <= MOST_CHARACTERS
    ):
        flask.session[KEPT] = {"page": page, "answers": answers}


def here() -> MultiDict[str, str] | None:
    """The fields kept for the page that is asked for now; taken from the visit, so that they come back once."""
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
