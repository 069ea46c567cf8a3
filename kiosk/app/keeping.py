"""Around a terminal's pages: one that ended with an error is made again when the error came from a damaged file."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, jsonify, make_response, render_template, request

from kiosk.app.shell import BROKEN
from kiosk.machine import keeper
from kiosk.machine.keeper import Keeper
from kiosk.web.security import CONTENT_SECURITY_POLICY, SAFE_METHODS

CATALOGUE = "catalogue"
"""Blueprint of the pages that show nothing without the catalogue."""
COME_AGAIN_S = 30

_log = logging.getLogger(__name__)


class Kept:
    """
    An application whose databases are kept.

    A page that is only read is made again after damage was found: from what took the place of the damaged file. A form
    is not: its answer says that nothing was done.

    Args:
        last: Shown where not even the page of an error can be made: it asks nothing of any file.
    """

    def __init__(self, flask: Flask, app: WSGIApplication, kept: Keeper, last: Response | None) -> None:
        self._flask = flask
        self._app = app
        self._keeper = kept
        self._last = last

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._keeper.look()
        begun: list[Any] = []

        def begin(*given: Any) -> Any:
            begun[:] = given
            return lambda _: None

        try:
            body = self._app(environ, begin)
        except Exception:  # even the page of an error asks the station for the visit's language
            if self._keeper.heal():
                return self._again(environ, start_response)
            if self._last is None:
                raise
            _log.exception("the page of an error could not be made")
            return self._last(environ, start_response)
        if environ.pop(BROKEN, None) and self._keeper.heal() and environ["REQUEST_METHOD"] in SAFE_METHODS:
            if hasattr(body, "close"):
                body.close()
            return self._again(environ, start_response)
        start_response(*begun)
        return body

    def _again(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Make a page that is only read once more; tell of a form that nothing was done."""
        if environ["REQUEST_METHOD"] in SAFE_METHODS:
            return self._app(environ, start_response)
        with self._flask.request_context({**environ, "REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0"}):
            answer = make_response(render_template("error.html", status=503), 503)
        return answer(environ, start_response)


def keep(app: Flask, kept: Keeper, last: str, base_url: str) -> None:
    """
    Let an application's databases be kept, and its pages say so when there is no catalogue.

    Args:
        last: Address of a page of the application, drawn now for when none can be made.
    """
    app.wsgi_app = Kept(app, app.wsgi_app, kept, _drawn(app, last, base_url))  # type: ignore[method-assign]
    app.before_request(_without_catalogue)
    app.context_processor(lambda: {"has_catalogue": keeper.has_catalogue()})


def _drawn(app: Flask, address: str, base_url: str) -> Response | None:
    """Return a page as an answer that asks to come again; None where it cannot be drawn at present."""
    with app.test_request_context(address, base_url=base_url):
        try:
            page = app.make_response(app.dispatch_request())
        except Exception:
            _log.exception("the page for when no other can be made could not be made either")
            return None
    page.status_code = 503
    page.headers["Retry-After"] = str(COME_AGAIN_S)
    page.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    page.headers["Cache-Control"] = "no-store"
    return page


def _without_catalogue() -> Response | None:
    """Say on every page of the catalogue that it is not here at present, never that there is nothing."""
    if request.blueprint != CATALOGUE or keeper.has_catalogue():
        return None
    if request.path.startswith("/api/"):
        answer = jsonify({"error": "no-catalogue"})
    elif request.headers.get("HX-Request") == "true":
        return make_response(render_template("catalogue/_absent.html"))
    else:
        answer = make_response(render_template("catalogue/absent.html"))
    answer.status_code = 503
    answer.headers["Retry-After"] = str(COME_AGAIN_S)
    return answer
