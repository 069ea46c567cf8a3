"""Around a terminal's pages: one that ended with an error is made again when the error came from a damaged file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, jsonify, make_response, render_template, request

from kiosk.app.shell import BROKEN
from kiosk.machine import keeper
from kiosk.machine.keeper import Keeper
from kiosk.web.security import SAFE_METHODS

CATALOGUE = "catalogue"
"""Blueprint of the pages that show nothing without the catalogue."""
COME_AGAIN_S = 30


class Kept:
    """
    An application whose databases are kept.

    A page that is only read is made again after damage was found: from what took the place of the damaged file. A form
    is not: its answer says that nothing was done.
    """

    def __init__(self, flask: Flask, app: WSGIApplication, kept: Keeper) -> None:
        self._flask = flask
        self._app = app
        self._keeper = kept

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._keeper.look()
        begun: list[Any] = []

        def begin(*given: Any) -> Any:
            begun[:] = given
            return lambda _: None

        try:
            body = self._app(environ, begin)
        except Exception:  # even the page of an error asks the station for the visit's language
            if not self._keeper.heal():
                raise
            return self._again(environ, start_response)
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


def keep(app: Flask, kept: Keeper) -> None:
    """Let an application's databases be kept, and its pages say so when there is no catalogue."""
    app.wsgi_app = Kept(app, app.wsgi_app, kept)  # type: ignore[method-assign]
    app.before_request(_without_catalogue)
    app.context_processor(lambda: {"has_catalogue": keeper.has_catalogue()})


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
