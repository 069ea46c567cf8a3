"""Parts shared by both applications: security, languages, answers to errors, and the sign of life."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from kiosk import __version__, db
from kiosk.counters import Counter
from kiosk.db.faults import fault
from kiosk.db.stand_in import StandIn
from kiosk.errors import KioskError, StoreAway, StoreDamaged, StoreFull
from kiosk.machine import homes
from kiosk.web import answers, context, half_written, security
from kiosk.web.context import HubWiring, TerminalWiring
from kiosk.web.language import i18n
from kiosk.web.session import same_again
from sync.carried.feed_models import FeedPosition

BROKEN = "kiosk.broken"
"""Key of a request's environment: an error that nobody expected, or a damaged file, has ended its page."""
COME_AGAIN_S = 5
"""Seconds after which a browser should try again, when the database server could not serve."""


def application(wiring: TerminalWiring | HubWiring) -> Flask:
    """Return an application without any feature, which serves every page and error in its frame."""
    settings = wiring.settings
    app = Flask("kiosk", template_folder="templates", static_folder="static")
    app.config["SECRET_KEY"] = _web_key(wiring.home)
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the referrer is never sent; the origin is checked instead
    context.give(app, wiring)
    security.protect(
        app, security.own_hosts(settings.host, settings.port, settings.public_url, settings.allowed_hosts)
    )
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    i18n.init(app)
    answers.dress(app)
    half_written.init(app)
    app.before_request(_come_again)  # before the token of a form is looked for in the visit
    CSRFProtect(app)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(StoreFull, _full)
    app.register_error_handler(StoreAway, _away)
    app.register_error_handler(StoreDamaged, _broken)
    app.register_error_handler(500, _broken)
    app.jinja_env.get_template("error.html")  # it is needed when no further file may be opened
    app.teardown_appcontext(_let_go)
    app.add_url_rule("/healthz", view_func=healthz)
    return app


_STORE_ANSWERS = db.Statement(lambda: Counter.select(Counter.name).limit(1))
_CATALOGUE_ANSWERS = db.Statement(lambda: FeedPosition.select(FeedPosition.seq))


def healthz() -> tuple[dict[str, bool | str | list[str]], int]:
    """Return 200 and the version when the main job can be served: the start page is asked, and both databases."""
    faults = [real.why for each in (db.store, db.catalogue) if isinstance(real := db.real(each), StandIn)]
    if not faults:
        _STORE_ANSWERS.first(db.store)
        _CATALOGUE_ANSWERS.first(db.catalogue)
    page = current_app.test_client(use_cookies=False).get("/", base_url=request.host_url)
    if page.status_code >= 500:
        faults.append(f"page-{page.status_code}")
    if faults:
        return {"ok": False, "version": __version__, "faults": faults}, 503
    return {"ok": True, "version": __version__}, 200


def _known(error: HTTPException) -> tuple[str, int] | Response:
    """Return the page of a known error: one clear sentence and a way on."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    return render_template("error.html", status=error.code or 500), error.code or 500


def _full(error: StoreFull) -> tuple[str, int]:
    current_app.logger.error("disk-full: nothing was written; free space on the disk of the home directory")
    return render_template("error.html", status=507), 507


def _away(error: StoreAway) -> Response:
    current_app.logger.error("%s: nothing was written; %s", error.code, error.detail)
    answer = make_response(render_template("error.html", status=503), 503)
    answer.headers["Retry-After"] = str(COME_AGAIN_S)
    return answer


def _broken(error: Exception) -> tuple[str, int] | Response:
    cause = getattr(error, "original_exception", None) or error
    request.environ[BROKEN] = True
    meaning = cause if isinstance(cause, KioskError) else fault(cause)
    if isinstance(meaning, StoreFull):  # met outside of the view, when the session was read or kept
        return _full(meaning)
    if isinstance(meaning, StoreAway):
        return _away(meaning)
    if isinstance(meaning, StoreDamaged):
        return _away(StoreAway(meaning.code, meaning.detail))
    return render_template("error.html", status=500), 500


def _come_again() -> BaseResponse | None:
    """
    Refuse all but files to a visit that could not be read; let a browser repeat what it asked under an earlier name.
    """
    if request.endpoint == "static":
        return None
    if away := getattr(session, "away", None):
        request.environ[BROKEN] = isinstance(away, StoreDamaged)
        raise StoreAway(away.code, away.detail)
    return redirect(same_again(), 307) if getattr(session, "has_moved", False) else None


def _let_go(_error: BaseException | None) -> None:
    db.real(db.store).let_go()


def _web_key(home: Path) -> str:
    """Return the key of this installation's form tokens; made once, readable by its owner only."""
    path = home / homes.WEB_KEY_FILE
    if not path.exists():
        homes.make_web_key(home)
    if path.stat().st_mode & 0o077:
        os.chmod(path, 0o600)
    return path.read_text("ascii")
