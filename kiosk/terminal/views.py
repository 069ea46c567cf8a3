"""
The pages of the terminal itself: start page, help, reading comfort, leaving.

None of its forms changes anything of concern to anybody else, so they carry no form token, and a page
that is only read writes nothing to disk; foreign origins are refused before any of them is reached.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect
from werkzeug.wrappers import Response

from kiosk.clock import BEIJING, today
from kiosk.hall import assisted
from kiosk.hall.pages import calls
from kiosk.terminal import actions, guides, phone_views, replica, rules
from kiosk.terminal.tiles import LEADING, Tile, asked_for, slides_of, tiles_that_work
from kiosk.web import half_written, paper_orders
from kiosk.web.addresses import local_address
from kiosk.web.answers import here
from kiosk.web.context import terminal
from kiosk.web.language.i18n import clock_words, moment_words
from kiosk.web.language.wording import gettext as _
from kiosk.web.session import SealedSession

LAST_PAGE = "/offline"
"""Address of the page for when this server does not answer, or can make no other."""
OFFLINE_WORKER = "js/offline-worker.js"
SEARCH, LIVE = "/search", "/search/live"
KIOSK = "kiosk"
"""The channel of a machine in a hall; the other one is the county's public pages for phones."""
WIPED = '"cache", "cookies"'
RESTING = frozenset({"terminal.home", "terminal.left", "terminal.still_here"})
"""Pages without "I am finished" while nothing was entered: the visit has ended already, or the page asks."""
LEFT_PAGE_S = 5
"""Without JavaScript the page after leaving is shown this long before the attract screen."""
ATTRACT_AFTER_S = 120
"""Time without a touch after which the start page gives way to the attract screen."""
TURN_S = 8
"""How long each slide is shown: enough to read two lines twice."""


def blueprint() -> Blueprint:
    """Return the terminal's own pages: start page, attract screen, help, comfort, leaving."""
    worker = _OfflineWorker()
    pages = Blueprint("terminal", __name__)
    pages.add_url_rule("/", view_func=home)
    pages.add_url_rule("/attract", "attract", attract)
    pages.add_url_rule(LAST_PAGE, view_func=offline)
    pages.add_url_rule("/offline-worker.js", view_func=offline_worker)
    pages.add_url_rule("/help", view_func=help_page)
    pages.add_url_rule("/help/how/<job>", view_func=how)
    calls.add_to(pages)
    phone_views.add_to(pages)
    pages.add_url_rule("/settings", view_func=settings, methods=["POST"])
    pages.add_url_rule("/leave", view_func=leave, methods=["POST"])
    pages.add_url_rule("/left", view_func=left)
    pages.add_url_rule("/still-here", view_func=still_here)
    pages.add_url_rule("/awake", view_func=awake, methods=["GET", "POST"])
    pages.app_context_processor(partial(_every_page, worker))
    pages.app_context_processor(lambda: {"way_in": _way_in})
    pages.record_once(_without_form_token)
    return pages


def home() -> str:
    """Show the start page: tiles, search box, common words."""
    return render_template(
        "terminal/home.html",
        tiles=_tiles(),
        leading=LEADING,
        search=SEARCH if _leads_somewhere(SEARCH) else None,
        live=LIVE if _leads_somewhere(LIVE) else None,
        typed=written.get("q", "") if (written := half_written.here()) else "",
        common_words=terminal().settings.common_words,
        watch_idle=bool(set(session) - {"csrf_token"}),
        attract_after_s=ATTRACT_AFTER_S,
    )


def _tiles() -> list[Tile]:
    """Return the tiles that lead somewhere here."""
    return tiles_that_work(_leads_somewhere, terminal().tiles())


def _way_in(typed: str) -> Tile | None:
    """Return the tile that was asked for in the search box, if any."""
    return asked_for(typed, _tiles())


def attract() -> str | Response:
    """
    Show in turn what this terminal can do; any touch leads to the start page.

    Data left by a visit is deleted first. `turn` is for browsers without JavaScript.
    """
    if terminal().settings.channel != KIOSK:
        return redirect(url_for("terminal.home"), 303)
    if set(session):
        _forget()
    slides = slides_of(_tiles(), terminal().urgent_notices())
    turn = request.args.get("turn", 0, type=int) % len(slides)
    return render_template("terminal/attract.html", slides=slides, turn=turn, turn_s=TURN_S)


def offline() -> str:
    """Show the page for when this server does not answer; the service worker caches it."""
    station = terminal().settings
    return render_template(
        "terminal/offline.html", help_place=station.help_place, help_phone=station.help_phone
    )


def offline_worker() -> Response:
    """Send the service worker, from the root, since it may only serve addresses below its own."""
    return current_app.send_static_file(OFFLINE_WORKER)


def help_page() -> str:
    """Show how to get a person, how the previous page is used, what this machine can do, how to read it better."""
    station = terminal().settings
    back = local_address(request.args.get("from"), url_for("terminal.home"))
    known, own = _guides(), guides.job_of(back)
    return render_template(
        "terminal/help.html",
        help_place=station.help_place,
        help_phone=station.help_phone,
        has_called=calls.CALL in session,
        reaches_phones=bool(station.public_url),
        tiles=_tiles(),
        guides=sorted(known, key=lambda each: each.job != own),
        back=back,
    )


def how(job: str) -> str:
    """Show one job in pictures; 404 if it cannot be done here."""
    guide = next((each for each in _guides() if each.job == job), None)
    if guide is None:
        abort(404)
    back = local_address(request.args.get("from"), url_for("terminal.help_page"))
    return render_template(
        "terminal/how.html",
        guide=guide,
        back=back,
        common_words=terminal().settings.common_words,
        questions=sum(len(kind.questions) for kind in terminal().kinds if guide.href == f"/{kind.path}/"),
        sample_href=guide.sample if guide.sample and _leads_somewhere(guide.sample) else "",
    )


def _guides() -> list[guides.Guide]:
    station = terminal().settings
    return guides.offered(
        _leads_somewhere,
        has_printer=station.printer != "none",
        reaches_phones=bool(station.public_url) and station.channel == KIOSK,
    )


def settings() -> Response:
    """
    Store the settings of this visit and redirect to `next`; half-written text waits for its page.

    `at` is that page if it is another one than `next`: somebody opens help while writing.
    """
    session.update(rules.asked_changes(request.form))
    page = local_address(request.args.get("next") or request.form.get("next"))
    half_written.keep(local_address(request.args.get("at"), page), request.form)
    return redirect(page, 303)


def leave() -> Response:
    """Delete the visit on the server and in the browser, and redirect to the start page."""
    _forget()
    return _wiping(redirect(url_for("terminal.home"), 303))


def left() -> Response:
    """Show the end of an unanswered visit, for browsers without JavaScript; the visit is deleted."""
    _forget()
    return _wiping(current_app.make_response(render_template("terminal/left.html", seconds=LEFT_PAGE_S)))


def still_here() -> str:
    """Show the question of the idle watch as a page, for browsers without JavaScript."""
    return render_template(
        "terminal/still_here.html",
        back=local_address(request.args.get("next"), url_for("terminal.home")),
    )


def awake() -> tuple[str, int]:
    """
    Prolong the visit while somebody types on one page for long (GET).

    A POST, without a cookie, is the page's sign of life; a frozen browser is recognised by its absence.
    """
    if request.method == "POST" and terminal().settings.channel == KIOSK:
        actions.note_page(terminal().clock)
    return "", 204


class _OfflineWorker:
    """
    The service worker of one application; its address changes with the page it caches, so browsers fetch both again.
    """

    def __init__(self) -> None:
        self._address: str | None = None

    def address(self) -> str:
        """Return the address, computed at the first page."""
        if self._address is None:
            self._address = ""  # the page itself needs no worker
            parts = offline().encode() + (Path(str(current_app.static_folder)) / OFFLINE_WORKER).read_bytes()
            self._address = url_for("terminal.offline_worker", v=hashlib.sha256(parts).hexdigest()[:10])
        return self._address


def _forget() -> None:
    clock = terminal().clock
    visit = cast("SealedSession", session._get_current_object())  # type: ignore[attr-defined]  # flask's proxy
    paper_orders.withdraw(visit, clock)
    terminal().readers.forget(visit.name)
    assisted.note_end(visit, "left")
    if rules.is_personal(visit):
        actions.count_visit(clock)
    visit.end()


def _wiping(answer: Response) -> Response:
    answer.headers["Clear-Site-Data"] = WIPED
    return answer


def _leads_somewhere(path: str) -> bool:
    """Return whether a page of this application has that address."""
    return _answers(current_app.url_map, path)


@lru_cache(maxsize=64)
def _answers(pages: Map, path: str) -> bool:
    try:
        pages.bind("").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _every_page(worker: _OfflineWorker) -> dict[str, Any]:
    """Return the variables of the terminal's layout."""
    station, clock = terminal().settings, terminal().clock
    comfort = rules.comfort_of(session)
    as_of = replica.as_of()
    now = clock.now().astimezone(BEIJING)
    return {
        "station_name": station.station_name,
        "clock_text": clock_words(clock.now()) if clock.trusted() else "",
        "as_of_text": _("资料截至%(moment)s", moment=moment_words(as_of, today(clock))) if as_of else "",
        "clock_second": (now.hour * 60 + now.minute) * 60 + now.second,
        "is_personal": rules.is_personal(session),
        "may_leave": station.channel == KIOSK and request.endpoint not in RESTING,
        "position": session.get("position") or ("low" if station.low_position else "usual"),
        "sound": station.sound,
        "phone_href": phone_views.way_to_phone(),
        "share_address": phone_views.page_to_share(),
        "text_size": comfort.text_size,
        "contrast": comfort.contrast,
        "is_kiosk": station.channel == KIOSK,
        "worker_href": worker.address(),
        "rest_href": url_for("terminal.attract" if station.channel == KIOSK else "terminal.home"),
        "idle_s": station.quiet_s,
        "idle_warning_s": station.idle_warning_s,
        "here": here(),
    }


def _without_form_token(state: BlueprintSetupState) -> None:
    csrf = state.app.extensions.get("csrf")
    if csrf is not None:
        csrf.exempt(settings)
        csrf.exempt(leave)
        csrf.exempt(awake)
        csrf.exempt(calls.call_staff)
