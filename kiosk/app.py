"""
The two applications, `create_terminal` and `create_hub`: wiring, and nothing that decides.

With `replication` and the command line this is the only module that knows every feature. What only one
application needs, or a terminal only when it asks the hub, is imported there: half of the time to a
terminal's first page would go into modules that its pages do not use (bench/README.md).
"""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path
from typing import cast

from flask import Flask, Response, render_template, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import HubSettings, TerminalSettings
from kiosk import blobs, db, homes, limits, readiness
from kiosk.catalogue import models as catalogue_models
from kiosk.catalogue import pinned
from kiosk.catalogue import views as catalogue_views
from kiosk.clock import Clock, SystemClock, today
from kiosk.disclosure import standing_views
from kiosk.disclosure import views as disclosure_views
from kiosk.errors import StoreDamaged, StoreFull
from kiosk.intake import views as intake_views
from kiosk.intake.codes import BootKey
from kiosk.intake.models import Organ
from kiosk.intake.tracking import Closed
from kiosk.intake.views import Progress
from kiosk.speech import store as speech_store
from kiosk.speech import views as speech_views
from kiosk.terminal import assist_views, hall_views
from kiosk.terminal import views as terminal_views
from kiosk.terminal.tiles import Notice
from kiosk.web import assisted, i18n, security
from kiosk.web import limits as web_limits
from kiosk.web.context import Wiring
from kiosk.web.session import SealedSessions
from kiosk.workdays import load_calendar
from kiosk.writing import views as writing_views
from printers.document import Slip

_log = logging.getLogger(__name__)
IDLE_MARGIN_S = 30
"""A session outlives the page's own warning by this much, for slow hands and slow machines."""


def create_terminal(home: Path, settings: TerminalSettings, clock: Clock | None = None) -> Flask:
    """
    The application that citizens touch.

    Args:
        home: The terminal's home directory, enrolled before.
    Raises:
        StoreDamaged: a database of `home` cannot be read.
    """
    clock = clock or SystemClock(homes.last_hub_time)
    homes.open_terminal(home, clock)
    app = _application(home, settings, clock)
    app.session_interface = SealedSessions(
        clock=clock,
        cookie="visit",
        life_s=settings.quiet_s + settings.idle_warning_s + IDLE_MARGIN_S,
        is_secure=settings.public_url.startswith("https://") and settings.channel == "web",
        station=homes.terminal_code() if settings.channel == "web" else "",
    )
    app.before_request(lambda: _follow_catalogue(home))
    app.register_blueprint(terminal_views.blueprint(lambda: _urgent(clock)))
    app.register_blueprint(
        hall_views.blueprint(lambda: readiness.for_hall(home, settings, clock), _hall_papers(settings, clock))
    )
    app.register_blueprint(assist_views.blueprint(standing_views.form_standing))
    app.register_blueprint(catalogue_views.blueprint())
    boot_key = BootKey(homes.runtime_folder(home, settings))
    app.register_blueprint(disclosure_views.blueprint(lambda: _organs(settings), boot_key))
    app.register_blueprint(
        intake_views.blueprint(
            lambda number, code: _ask_hub(home, settings, number, code), hub_first=settings.channel == "web"
        )
    )
    app.register_blueprint(
        speech_views.blueprint(speech_store.Held(blobs.of_home(home), lambda: db.store.connection()))
    )
    if settings.channel == "kiosk":
        app.register_blueprint(writing_views.blueprint())
    app.context_processor(_unfinished)
    web_limits.protect(
        app, limits.LIMITS, clock, by_address=settings.channel == "web", is_exempt=_is_assisted
    )
    return app


def _follow_catalogue(home: Path) -> None:
    """The agent may have put a new replica in the place of the old one; without it the old one is shown on."""
    try:
        db.follow_catalogue(home)
    except (StoreDamaged, StoreFull) as error:
        _log.error("catalogue-not-followed: %s", error.code)


def _urgent(clock: Clock) -> list[Notice]:
    """The catalogue's urgent notices of today, for the attract screen."""
    return [Notice(one.text) for one in pinned.pinned_notices(today(clock))]


def _unfinished() -> dict[str, str]:
    """The way back to a request that was begun, on every page that is not part of it."""
    is_elsewhere = disclosure_views.DRAFT in session and request.blueprint not in ("disclosure", "assist")
    return {"resume_href": url_for("disclosure.check") if is_elsewhere else ""}


def _hall_papers(settings: TerminalSettings, clock: Clock) -> hall_views.Papers:
    """What the hall's staff prints at this terminal."""

    def self_test() -> Slip:
        from printers import profiles, selftest

        return selftest.slip(profiles.named(settings.printer_profile))

    def report() -> Slip:
        from kiosk import reports

        head = reports.Head(settings.station_name, clock.now(), i18n.language())
        return reports.day(db.store.connection(), today(clock), head)

    return {hall_views.SELF_TEST: self_test, hall_views.REPORT: report}


def _is_assisted() -> bool:
    """Whether a named member of the hall's staff sits beside this visit, or filled in the request that it holds."""
    return assisted.present() is not None or disclosure_views.ASSISTED_BY in session.get(
        disclosure_views.DRAFT, {}
    )


def _organs(settings: TerminalSettings) -> list[Organ]:
    """The organs that take requests: this terminal's own first, then the catalogue's directory."""
    first = Organ(settings.organ_code, settings.organ_name, settings.organ_phone, settings.organ_hours)
    others = [
        Organ(
            code=fields["code"],
            name=fields.get("full_name") or fields["name"],
            phone=fields.get("phone", ""),
            hours=fields.get("hours", ""),
            address=fields.get("address", ""),
        )
        for fields in catalogue_models.organs_that_take_requests()
        if fields["code"] != first.code
    ]
    return [first, *others]


def _organ_name(code: str) -> str:
    """The name of an organ in the hub's catalogue; its code when the directory does not know it."""
    return catalogue_models.organ_title(code) or code


def _staff_name(number: str) -> str:
    """The name of somebody of the halls' staff."""
    from kiosk.staff import hall

    return hall.name_of(db.store.connection(), number)


def _ask_hub(home: Path, settings: TerminalSettings, number: str, code: str) -> Progress | Closed | None:
    """Where a submission stands as the hub knows it; ConnectionError when it cannot be reached."""
    from kiosk.replication import cases

    answer = cases.track(home, settings, number, code)
    if answer.locked:
        return Closed()
    found = answer.status
    if found is None:
        return None
    return Progress(
        found.number, found.state, found.changed_at, found.detail.get("organ_name", ""), found.detail
    )


def create_hub(home: Path, settings: HubSettings, clock: Clock | None = None) -> Flask:
    """
    The application that clerks touch and terminals sync with.

    Raises:
        StoreDamaged: the database of `home` cannot be read.
    """
    from kiosk.catalogue import desk as catalogue_desk
    from kiosk.disclosure import desk as disclosure_desk
    from kiosk.replication import cases
    from kiosk.replication.keys import hall_unlock_key
    from kiosk.replication.routes import hub_blueprint
    from kiosk.staff import hall_desk
    from kiosk.staff import models as staff_models
    from kiosk.staff import views as staff_views
    from kiosk.staff.rules import Role

    clock = clock or SystemClock()
    homes.open_hub(home, clock)
    app = _application(home, settings, clock)
    app.session_interface = SealedSessions(
        clock=clock,
        cookie="desk",
        life_s=settings.desk_idle_s,
        is_secure=settings.public_url.startswith("https://"),
    )
    csrf: CSRFProtect = app.extensions["csrf"]
    sync = hub_blueprint()
    csrf.exempt(sync)
    app.register_blueprint(sync)
    wiring = cast("Wiring[HubSettings]", app.extensions["kiosk"])
    app.register_blueprint(staff_views.blueprint(catalogue_models.townships, cases.taker(wiring)))
    app.register_blueprint(hall_desk.blueprint(lambda device: hall_unlock_key(home, device)))
    app.register_blueprint(disclosure_desk.blueprint(_organ_name, _staff_name))
    app.register_blueprint(
        catalogue_desk.blueprint(lambda connection: staff_models.how_many(connection, Role.PUBLISHER))
    )
    return app


def _application(home: Path, settings: TerminalSettings | HubSettings, clock: Clock) -> Flask:
    app = Flask("kiosk", template_folder="templates", static_folder="static")
    app.config["SECRET_KEY"] = _web_key(home)
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the referrer is never sent; the origin is checked instead
    app.extensions["kiosk"] = Wiring(home, settings, clock, load_calendar())
    security.protect(
        app, security.own_hosts(settings.host, settings.port, settings.public_url, settings.allowed_hosts)
    )
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    CSRFProtect(app)
    i18n.init(app)
    _answer_errors(app)

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        """200 when the main job can be served: both databases answer."""
        db.store.execute_sql("SELECT count(*) FROM counter")
        db.catalogue.execute_sql("SELECT count(*) FROM feed_position")
        return {"ok": True}

    return app


def _answer_errors(app: Flask) -> None:
    """Every error page says one clear sentence and offers a way on."""

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> tuple[str, int] | Response:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        return render_template("error.html", status=error.code or 500), error.code or 500

    @app.errorhandler(StoreFull)
    def full(error: StoreFull) -> tuple[str, int]:
        app.logger.error("store-full: nothing was written; free space on the disk of the home directory")
        return render_template("error.html", status=507), 507

    @app.errorhandler(500)
    def broken(error: Exception) -> tuple[str, int]:
        cause = getattr(error, "original_exception", None)
        if isinstance(cause, StoreFull):  # met outside of the view, when the session was read or kept
            return full(cause)
        return render_template("error.html", status=500), 500


def _web_key(home: Path) -> str:
    """The key of this installation's form tokens; made once, readable by its owner only."""
    path = home / "web.key"
    if not path.exists():
        db.write_atomically(path, secrets.token_hex(32).encode())
    if path.stat().st_mode & 0o077:
        os.chmod(path, 0o600)
    return path.read_text("ascii")
