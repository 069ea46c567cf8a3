"""
Wiring of the application that clerks touch and terminals sync with: its collaborators and its pages, no decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from config.settings import HubSettings
from kiosk import blobs
from kiosk.app import shell
from kiosk.app.cleaning import clean_file
from kiosk.app.consulting import moved_deadlines
from kiosk.app.duties import organ_name
from kiosk.app.halls import hall_asks
from kiosk.app.handlings import HANDLINGS
from kiosk.app.replication import routes, taking_in
from kiosk.app.replication.device_keys import hall_unlock_key, hub_secret
from kiosk.calendar.desk import views as calendar_desk
from kiosk.calendar.in_force import HubCalendar
from kiosk.catalogue.attachments import content
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.desk import views as catalogue_desk
from kiosk.catalogue.pages import slips
from kiosk.catalogue.publishing import other_desks
from kiosk.catalogue.records import directory
from kiosk.clock import Clock, SystemClock, today
from kiosk.consultation.supply.desk import views as supply_desk
from kiosk.consultation.supply.offered import HubSupply
from kiosk.disclosure.report.desk import views as report_desk
from kiosk.hall import accounts
from kiosk.hall.desk import views as hall_desk
from kiosk.intake.desk import views as desk
from kiosk.intake.handling import Handling, Work
from kiosk.intake.office import entering
from kiosk.intake.organs import Organ
from kiosk.machine import homes
from kiosk.staff import models as staff_models
from kiosk.staff import terminals
from kiosk.staff import views as staff_views
from kiosk.staff.by_organ import wall
from kiosk.staff.keys import STAFF_COST
from kiosk.staff.rules import Role
from kiosk.web import desk_acts
from kiosk.web.context import HubWiring
from kiosk.web.floods import slots
from kiosk.web.language.wording import gettext as _
from kiosk.web.session import SealedSessions
from kiosk.web.unsent import expired, form_drafts
from kiosk.workdays import MovedDeadline, WorkCalendar

PASSWORD_WORK = frozenset({"POST staff.sign_in", "POST staff.password"})
"""Acts that hash a password, 64 MiB and half a second each: one at a time, so that terminals find a free thread."""

CODE_WORK = frozenset({"POST sync.track", "POST sync.lock"})
"""Acts that hash a query code, 30 ms each: one at a time bounds what all guessers together can try."""


def create(
    home: Path, settings: HubSettings, clock: Clock | None, handlings: Sequence[Handling] = HANDLINGS
) -> Flask:
    """Return the hub's application; see `create_hub`."""
    homes.open_hub(home, clock or SystemClock(), settings)
    clock = clock or homes.hub_clock()
    app = shell.application(wiring(home, settings, clock, handlings))
    app.session_interface = SealedSessions(
        clock=clock,
        cookie="desk",
        life_s=settings.desk_idle_s,
        is_secure=settings.public_url.startswith("https://"),
    )
    desk_acts.init(app)
    slots.protect(app, slots.Slots(), PASSWORD_WORK)
    slots.protect(app, slots.Slots(waiting=2), CODE_WORK)
    expired.init(app)
    sync = routes.hub_blueprint()
    csrf: CSRFProtect = app.extensions["csrf"]
    csrf.exempt(sync)
    app.register_blueprint(sync)
    app.register_blueprint(staff_views.blueprint())
    app.register_blueprint(form_drafts.blueprint())
    app.register_blueprint(hall_desk.blueprint())
    app.register_blueprint(calendar_desk.blueprint())
    app.register_blueprint(supply_desk.blueprint())
    for handling in handlings:
        app.register_blueprint(desk.blueprint(handling))
    app.register_blueprint(report_desk.blueprint())
    app.register_blueprint(catalogue_desk.blueprint())
    return app


def wiring(
    home: Path, settings: HubSettings, clock: Clock, handlings: Sequence[Handling] = HANDLINGS
) -> HubWiring:
    """Return all that a hub's features need from other rooms."""
    calendar = HubCalendar()
    on_taken = taking_in.taker(clock, calendar, organ_name, handlings, settings.office_code)
    on_collected = taking_in.collector(clock, calendar, organ_name, handlings)
    return HubWiring(
        home,
        settings,
        clock,
        calendar,
        HubSupply(),
        slips.bring_by,
        organ_name=organ_name,
        organ=_organ,
        organs=directory.organs_that_take_requests,
        organs_seen=partial(_organs_seen, settings, clock),
        seal_key=partial(wall.seal_key, office=settings.office_code),
        staff_name=_staff_name,
        townships=directory.townships,
        how_many_publish=_how_many_publish,
        propose_record=other_desks.propose,
        keep_record_file=partial(
            other_desks.keep_file, ImportFiles(blobs.of_home(home), settings.attachment_mb * 1_000_000)
        ),
        take_record_back=other_desks.take_back,
        record_state=other_desks.state,
        report_kind=other_desks.REPORT,
        answer_kind=other_desks.ANSWER,
        library_kind=other_desks.LIBRARY,
        handlings=handlings,
        device_name=partial(_device_name, settings),
        device_codes=partial(_device_codes, settings),
        clerks=staff_models.clerks,
        clean_file=clean_file,
        file_sheet=content.sheet,
        find_in_file=content.find,
        redacted=content.redacted,
        on_taken=on_taken,
        taken_by=partial(taking_in.taker, clock, calendar, organ_name, handlings, settings.office_code),
        unlock_key=partial(hall_unlock_key, home),
        secret=partial(hub_secret, home),
        staff_cost=STAFF_COST,
        sync=routes.sync_hub(
            home,
            settings,
            clock,
            on_taken,
            on_collected,
            hall_asks.asks(lambda: Work(clock.now(), calendar(), organ_name)),
        ),
        would_move=partial(_would_move, clock),
        recount=partial(_recount, clock),
    )


def _would_move(clock: Clock, calendar: WorkCalendar) -> list[MovedDeadline]:
    return moved_deadlines.would_move(Work(clock.now(), calendar, organ_name))


def _recount(clock: Clock, actor: str, calendar: WorkCalendar) -> int:
    return moved_deadlines.recount(actor, Work(clock.now(), calendar, organ_name))


def _organ(code: str) -> Organ:
    return directory.organ(code) or Organ(code, code)


def _organs_seen(settings: HubSettings, clock: Clock, name: str) -> frozenset[str] | None:
    return wall.seen_by(name, day=today(clock), office=settings.office_code)


def _device_name(settings: HubSettings, code: str) -> str:
    if code == entering.register_code(settings.terminal_prefix):
        return _("办理台登记")
    return terminals.name_of(code) or code


def _device_codes(settings: HubSettings) -> list[str]:
    return [*terminals.codes(), entering.register_code(settings.terminal_prefix)]


def _staff_name(number: str) -> str:
    return accounts.name_of(number)


def _how_many_publish() -> int:
    return staff_models.how_many(Role.PUBLISHER)
