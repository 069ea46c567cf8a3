"""The terminal's end of what a hall knows of its bookings: kept up by the agent and reported in its rounds."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import date, timedelta

from config.settings import TerminalSettings
from kiosk import db, side_lists
from kiosk.clock import Clock, today
from kiosk.consultation.booking import day_list
from kiosk.consultation.booking.rules import BookingState
from kiosk.queue import followed_models, models, turn
from kiosk.queue.followed_models import FollowedBooking, ListedTime
from kiosk.queue.turn import OwnMachine
from sync.terminal import asking
from sync.wire.errors import SyncError
from sync.wire.line import HubLine

REPORT = "hall-bookings"
MOST = 500
"""Bookings of one report."""
_log = logging.getLogger(__name__)


def one_round(line: HubLine, settings: TerminalSettings, clock: Clock) -> None:
    """Keep up whom the hall expects and who has not come, and report what the hub lacks."""
    own = OwnMachine.of(settings)
    if not own.place or not (own.letter or own.machines):
        return
    with db.writing(db.store):
        _keep_up(own, clock)
        rows = followed_models.unsent(_day(clock), _now_s(clock), MOST)
    if not rows:
        return
    try:
        answer = asking.ask(
            line, REPORT, {"place": own.place, "bookings": [_travelling(each) for each in rows]}
        )
        early = {each.text("number", most=40) for each in answer.objects("early", most=MOST)}
    except SyncError as error:
        _log.warning("queue: bookings not reported (%s); again with the next round", error.code)
        return
    with db.writing(db.store):
        followed_models.note_sent([each for each in rows if each.booking not in early], _day(clock))


def _day(clock: Clock) -> date:
    kept = models.hall()
    return kept.day if kept else today(clock)


def _now_s(clock: Clock) -> int:
    kept = models.hall()
    return max(kept.last_s if kept else 0, turn.second_of_day(clock))


def _keep_up(own: OwnMachine, clock: Clock) -> None:
    """Note whom the hall expects; a hall that called somebody today also notes who has not come."""
    kept = models.hall()
    day = today(clock)
    followed_models.forget_before(day - timedelta(days=followed_models.KEPT_DAYS))
    if not clock.trusted():
        return
    now_s = turn.second_of_day(clock)
    followed_models.expect(day, _listed(own.place, day), now_s)
    if kept and kept.day == day and kept.calls and turn.may_decide(kept, own, clock):
        followed_models.call_absent(day, kept.epoch, max(now_s, kept.last_s))


def _listed(place: str, day: date) -> list[ListedTime]:
    found = day_list.read(side_lists.read(db.store, side_lists.BOOKINGS))
    return [
        ListedTime(each.number, each.starts * 60)
        for each in found
        if (each.place, each.day, each.state) == (place, day, BookingState.BOOKED)
    ]


def _travelling(row: FollowedBooking) -> dict[str, object]:
    values = asdict(row)
    for name in ("is_sent", "slot_s"):
        del values[name]
    return values | {"day": row.day.isoformat(), "state": row.state.value}
