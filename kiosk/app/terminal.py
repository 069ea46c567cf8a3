"""Wiring of the application that citizens touch: its collaborators and its pages, no decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from flask import Flask, request, session, url_for

from config.settings import TerminalSettings
from kiosk import blobs, db
from kiosk.app import bounds, cleaning, hall_state, keeping, shell
from kiosk.app.consulting.seat_line import LeasedLine
from kiosk.app.devices import reader_threads
from kiosk.app.halls import hall_queue, hall_routes
from kiosk.app.page_calls import PageCalls
from kiosk.app.requesting import beginning
from kiosk.app.submissions import KINDS
from kiosk.calendar.in_force import HeldCalendar
from kiosk.catalogue.attachments import content
from kiosk.catalogue.pages import slips
from kiosk.catalogue.pages import views as catalogue_views
from kiosk.catalogue.records import directory, listings, pinned
from kiosk.catalogue.records.kinds import ways_in
from kiosk.catalogue.search import words
from kiosk.catalogue.search.index import INDEX
from kiosk.catalogue.search.search import Search
from kiosk.clock import Clock, SystemClock, today
from kiosk.consultation.booking.kinds import TITLE_LIMIT
from kiosk.consultation.booking.rules import KIND as BOOKING
from kiosk.consultation.supply.offered import HeldSupply
from kiosk.hall import assisted
from kiosk.hall.pages import assist as assist_views
from kiosk.hall.pages import views as hall_views
from kiosk.intake import begun, sending
from kiosk.intake.attached.held_files import HeldFiles
from kiosk.intake.by_organ import public_keys
from kiosk.intake.codes import BootKey
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.organs import Organ
from kiosk.intake.pages import handed_in
from kiosk.intake.pages import views as intake_views
from kiosk.intake.pages import walk as walk_views
from kiosk.intake.pages.answers import views as answer_views
from kiosk.intake.pages.answers.held import HeldAnswers
from kiosk.intake.pages.answers.sealed_answers import Collecting
from kiosk.intake.pages.overview import FormProgress, form_overview
from kiosk.intake.tracking import Closed, HubState
from kiosk.machine import homes, keeper
from kiosk.machine.keeper import Keeper
from kiosk.queue.pages import views as queue_views
from kiosk.readers.at_hand import Readers
from kiosk.readers.pages import scan_views
from kiosk.speech import known
from kiosk.speech import views as speech_views
from kiosk.speech.bank import Bank
from kiosk.speech.blocks import Reader
from kiosk.speech.recordings import Recordings
from kiosk.terminal import views as terminal_views
from kiosk.terminal.tiles import Notice, Tile
from kiosk.web import context, paper_orders
from kiosk.web.context import TerminalWiring
from kiosk.web.floods import limits as web_limits
from kiosk.web.language import wording
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.web.session import SealedSessions
from kiosk.web.visit_rows import is_there
from kiosk.writing import views as writing_views
from printers.paper.document import Slip
from sync.wire.lookups import LockGiven

QUEUE_TILE = Tile(
    _l("取号排队办事"), _l("不用等在窗口前，听叫号"), "/queue/", "ticket", ("取号", "排队", "叫号", "报到")
)
"""The first tile where this machine gives numbers: most people come for a window."""


def create(
    home: Path, settings: TerminalSettings, clock: Clock | None, kinds: Sequence[SubmissionKind] = KINDS
) -> Flask:
    """Return the terminal's application; see `create_terminal`."""
    clock = clock or SystemClock(homes.last_hub_time)
    settings = hall_queue.reached_as(settings)
    kept = Keeper(home, clock, is_patient=False)
    kept.open()
    served = reader_threads.made(home, settings, clock)
    wired = wiring(home, settings, clock, kinds, served.readers)
    served.start()
    app = shell.application(wired)
    app.session_interface = SealedSessions(
        clock=clock,
        cookie="visit",
        life_s=bounds.visit_life_s(settings),
        is_secure=settings.public_url.startswith("https://") and settings.channel == "web",
        station=homes.terminal_code() if settings.channel == "web" else "",
        on_move=paper_orders.follow_visit,
    )
    _add_pages(app, wired)
    keeping.keep(app, kept, terminal_views.LAST_PAGE, f"http://{settings.host}:{settings.port}")
    app.context_processor(_unfinished)
    app.context_processor(lambda: {"ask_about": _ask_about})
    web_limits.protect(
        app,
        bounds.limits(kinds),
        clock,
        by_address=settings.channel == "web",
        is_exempt=_is_assisted,
        is_repeat=_is_repeat,
    )
    return app


def wiring(
    home: Path,
    settings: TerminalSettings,
    clock: Clock,
    kinds: Sequence[SubmissionKind],
    readers: Readers,
) -> TerminalWiring:
    """Return all that a terminal's features need from other rooms."""
    shipped = Bank.load()
    search = Search(home / INDEX, words.load)
    calls = PageCalls(clock)
    recordings = Recordings(shipped, known.KnownTexts(known.of_home(home), shipped), blobs.of_home(home))
    return TerminalWiring(
        home,
        settings,
        clock,
        HeldCalendar(),
        supply := HeldSupply(),
        slips.bring_by,
        boot_key=BootKey(homes.runtime_folder(home, settings)),
        organs=partial(_organs, settings),
        urgent_notices=partial(_urgent, clock),
        tiles=partial(_tiles, settings),
        machine=partial(hall_state.for_hall, home, settings, clock),
        hall_papers=_hall_papers(settings, clock),
        kinds=kinds,
        form_overview=partial(_form_overview, kinds),
        ask_hub=partial(_ask_hub, home, settings, clock, calls),
        collecting=_collecting(home, settings, clock, calls),
        is_hub_away=partial(_is_hub_away, settings, clock),
        seats=LeasedLine(home, settings, clock, supply, calls.ask),
        search=search,
        recordings=recordings,
        reader=Reader(recordings.speaker),
        held_files=HeldFiles(homes.runtime_folder(home, settings)),
        ready_words=beginning.ready_words,
        standard_lists=beginning.standard_lists,
        proposed_organs=beginning.Proposals(search, partial(_organs, settings)),
        clean_file=partial(cleaning.clean_file, widest=cleaning.OF_CITIZENS),
        queue=hall_queue.of(home, settings, clock, recordings.speaker),
        readers=readers,
    )


def _add_pages(app: Flask, wired: TerminalWiring) -> None:
    app.register_blueprint(terminal_views.blueprint())
    app.register_blueprint(hall_views.blueprint())
    app.register_blueprint(assist_views.blueprint())
    app.register_blueprint(catalogue_views.blueprint())
    for kind in wired.kinds:
        if kind.is_walked:
            app.register_blueprint(walk_views.blueprint(kind))
    app.register_blueprint(intake_views.blueprint())
    app.register_blueprint(scan_views.blueprint())
    app.register_blueprint(answer_views.blueprint())
    app.register_blueprint(speech_views.blueprint())
    app.register_blueprint(queue_views.blueprint())
    app.register_blueprint(hall_routes.blueprint())
    if wired.settings.channel == "kiosk":
        app.register_blueprint(writing_views.blueprint())


def _urgent(clock: Clock) -> list[Notice]:
    return [Notice(one.text) for one in pinned.pinned_notices(today(clock))]


def _tiles(settings: TerminalSettings) -> list[Tile]:
    """
    Return the tile of the hall's queue and those of the kinds of which something is published here; all while that
    cannot be known.
    """
    of_kind = dict(ways_in())
    queue = [QUEUE_TILE] if settings.queue_letter and settings.channel == "kiosk" else []
    return queue + [
        Tile(
            _l(one.title),
            _l(one.line),
            one.address or f"/browse/{kind}",
            one.icon,
            one.asked,
        )
        for kind in (listings.kinds_held(of_kind) if keeper.has_catalogue() else of_kind)
        for one in (of_kind[kind],)
    ]


def _form_overview(kinds: Sequence[SubmissionKind]) -> FormProgress | None:
    return next((found for kind in kinds if (found := form_overview(kind))), None)


def _unfinished() -> dict[str, str]:
    """Return the link back to an unfinished form, for every page that is not part of it."""
    for kind in context.terminal().kinds:
        if request.blueprint not in (kind.name, "assist") and begun.of(session, kind):
            return {"resume_href": url_for(f"{kind.name}.check")}
    return {"resume_href": ""}


def _ask_about(doc_id: str, title: str) -> str:
    """Return where one books a time to ask about a document; empty where nothing is offered."""
    is_offered = any(kind.name == BOOKING for kind in context.terminal().kinds)
    if not is_offered or not context.terminal().supply().topics:
        return ""
    return url_for(f"{BOOKING}.start", about=doc_id, title=title[:TITLE_LIMIT])


def _hall_papers(settings: TerminalSettings, clock: Clock) -> Mapping[str, Callable[[], Slip]]:
    """Return the papers that the hall's staff may print at this terminal."""

    def self_test() -> Slip:
        from printers.device import profiles
        from printers.paper import selftest

        return selftest.slip(profiles.named(settings.printer_profile))

    def report() -> Slip:
        from kiosk.app import reports

        head = reports.ReportHead(settings.station_name, clock.now(), wording.language().tag)
        return reports.day(today(clock), head)

    return {hall_views.SELF_TEST: self_test, hall_views.REPORT: report}


def _is_assisted() -> bool:
    """Return whether a member of the hall's staff assists this visit, or filled in a form that it holds."""
    forms = (begun.of(session, kind) for kind in context.terminal().kinds)
    return assisted.present() is not None or any(form and form.assisted_by for form in forms)


def _is_repeat() -> bool:
    """Return whether a form is sent that this terminal has stored already: it is answered with its receipt."""
    kinds = context.terminal().kinds
    asked = [
        kind for kind in kinds for page in ("check", "confirm") if request.endpoint == f"{kind.name}.{page}"
    ]
    return bool(asked) and request.method == "POST" and handed_in.of_form(asked[0]) is not None


def _organs(settings: TerminalSettings) -> list[Organ]:
    """
    Return this terminal's own organ first, then those of the catalogue's directory; the office alone where it receives
    for all.
    """
    known = public_keys.read(db.store)
    own = Organ(settings.organ_code, settings.organ_name, settings.organ_phone, settings.organ_hours)
    if known.one_office:
        office = own if own.code == known.office else directory.organ(known.office) or own
        return [replace(office, receives_for_all=True)]
    listed = directory.organs_that_take_requests()
    return [own, *(each for each in listed if each.code != own.code)]


def _is_hub_away(settings: TerminalSettings, clock: Clock) -> bool:
    return sending.is_hub_away(db.store, clock, settings.sync_interval_s)


def _collecting(home: Path, settings: TerminalSettings, clock: Clock, calls: PageCalls) -> Collecting:
    def ask_lock(number: str, code: str) -> LockGiven:
        from kiosk.app.replication import states

        return calls.ask(lambda: states.lock(home, settings, number, code, clock))

    def fetch(number: str, proof: str, size: int) -> bytes:
        from kiosk.app.replication import states

        return calls.ask(lambda: states.collect(home, settings, number, proof, size, clock))

    return Collecting(
        ask_lock=ask_lock,
        fetch=fetch,
        draw=content.page_in_memory,
        goes_on=partial(is_there, clock=clock, life_s=bounds.visit_life_s(settings)),
        held=HeldAnswers(),
    )


def _ask_hub(
    home: Path, settings: TerminalSettings, clock: Clock, calls: PageCalls, number: str, code: str
) -> HubState | Closed | None:
    from kiosk.app.replication import states  # the connection to the hub is loaded only when it is used

    answer = calls.ask(lambda: states.track(home, settings, number, code, clock))
    if answer.locked:
        return Closed()
    found = answer.status
    if found is None:
        return None
    return HubState(found.number, found.state, found.changed_at, found.detail)
