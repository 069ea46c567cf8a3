"""
Forms that come back: half-written ones while a page's size or language changes, and refused ones with their errors.

What was typed waits in the sealed session, and the form takes it up when its page is shown (`QuestionForm`). A refused
form is answered by a redirect to its page, so that nothing is ever submitted again by reloading or going back; the page
then answers once with the status of the refusal. It is kept until its page is sent again, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, g, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from kiosk.web.floods import limits
from kiosk.web.session import same_again

KEPT = "typed"
"""Key in the session."""
NOT_ANSWERS = frozenset({"csrf_token", "next", "text_size", "contrast", "lang", "position"})
MOST_CHARACTERS = 20_000
"""Most characters kept: the longest question takes less, so more cannot come from a form of ours."""
MOST_FIELDS = 60
SHOWN, SEE_OTHER, WRONG = 200, 303, 422
Typed = Iterable[tuple[str, str]]


def init(app: Flask) -> None:
    """Make the pages of refused forms answer with the status of the refusal, and forget a form that is sent again."""
    app.after_request(_settle)


def keep(page: str, sent: Mapping[str, str]) -> None:
    """
    Keep the fields that were sent with a settings button on `page`, its path with its query.

    Only for a visit that has begun: a form has one, and strangers' bytes are not kept beside citizens' requests.
    The errors of a refused form stay with it, but for another language.
    """
    if flask.session.new:
        return
    fields = MultiDict(sent)
    answers = [[name, value] for name, value in fields.items(multi=True) if name not in NOT_ANSWERS]
    before = flask.session.get(KEPT, {})
    if before.get("errors") and before["page"] == urlsplit(page).path and "lang" not in fields:
        flask.session[KEPT] = {**before, "answers": _within(answers)}
    elif any(value for _name, value in answers) and _within(answers) == answers:
        flask.session[KEPT] = {"page": page, "answers": answers}


def refuse(
    typed: Typed = (),
    *,
    errors: Mapping[str, list[str]] | None = None,
    said: Mapping[str, Any] | None = None,
    status: int = WRONG,
    to: str = "",
    wait_s: int = 0,
    once: bool = False,
) -> BaseResponse:
    """
    Keep a form that is refused, and redirect to its page.

    Args:
        typed: Names and values that come back, never secrets. errors: By the names of fields.
        said: What the page says besides; plain JSON values. Without errors it is said once, not on a reload.
        to: The page; empty: the one of this request. wait_s: Seconds after which the same form would be heard.
        once: Whether it comes back on the page that follows only, as a sign-in that the next person finds empty.
    """
    page = to or same_again()
    limits.answered_as(status)
    g.is_refused = True
    if not flask.session.new:
        kept = _within([[name, value] for name, value in typed if name not in NOT_ANSWERS])
        flask.session[KEPT] = {
            "page": urlsplit(page).path if to else request.path,
            "answers": kept,
            "errors": dict(errors or {}),
            "said": dict(said or {}),
            "status": status,
            "wait_s": wait_s,
            "once": once,
        }
    return redirect(page, SEE_OTHER)


def _within(answers: list[list[str]]) -> list[list[str]]:
    """Return as many of the answers as a visit keeps; the one that does not fit is cut."""
    kept, room = [], MOST_CHARACTERS
    for name, value in answers[:MOST_FIELDS]:
        if room < len(name):
            break
        kept.append([name, value[: room - len(name)]])
        room -= len(name) + len(kept[-1][1])
    return kept


def drop() -> None:
    """Forget what was kept."""
    flask.session.pop(KEPT, None)


def here() -> MultiDict[str, str] | None:
    """
    Return the fields kept for the requested page; half-written ones and mere words are removed, so that they come once.
    """
    kept = _of_page()
    return MultiDict((name, value) for name, value in kept["answers"]) if kept else None


def errors() -> Mapping[str, list[str]]:
    """Return why the form of the requested page was refused, by the names of its fields."""
    kept = _of_page()
    return kept.get("errors", {}) if kept else {}


def said() -> Mapping[str, Any]:
    """Return what a refusal says besides on the requested page; empty without one."""
    kept = _of_page()
    return kept.get("said", {}) if kept else {}


def _of_page() -> dict[str, Any] | None:
    if "half_written" not in g:
        g.half_written = _take()
    kept: dict[str, Any] | None = g.half_written
    return kept


def _take() -> dict[str, Any] | None:
    kept: dict[str, Any] | None = flask.session.get(KEPT)
    if request.method != "GET" or not kept:
        return None
    if kept["page"] not in (request.path, request.full_path.rstrip("?")):
        return None
    if "status" in kept and (kept["errors"] or kept["answers"]) and not kept["once"]:
        said = kept["said"] if kept["errors"] else {}
        flask.session[KEPT] = {**kept, "said": said, "status": SHOWN, "wait_s": 0}
    else:
        drop()
    return kept


def _settle(response: Response) -> Response:
    if request.method == "POST":
        kept = flask.session.get(KEPT)
        if kept and not g.get("is_refused") and urlsplit(kept["page"]).path == request.path:
            drop()
        return response
    kept = g.get("half_written")
    if kept and (kept.get("errors") or kept.get("said")) and response.status_code == 200:
        response.status_code = kept["status"]
        if kept["wait_s"]:
            response.headers["Retry-After"] = str(kept["wait_s"])
    return response
