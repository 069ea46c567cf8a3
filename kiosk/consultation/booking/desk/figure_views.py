"""Statistics of booked consultations, and of the queues of halls: by place and hour; small groups hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from kiosk.clock import today
from kiosk.consultation.booking import models
from kiosk.consultation.booking.desk import queue_figures
from kiosk.consultation.booking.desk.result_views import RESULTS
from kiosk.consultation.booking.desk.views import place_name, topic_name
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.results import ConsultationEnd
from kiosk.consultation.booking.rules import BookingState
from kiosk.figures import pictured
from kiosk.figures.count_tables import counted
from kiosk.figures.pictured import Pictured
from kiosk.intake.handling import Handling
from kiosk.intake.handover.rating import SATISFIED, Rating
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _

SERVED, MISSED, AHEAD = "served", "missed", "ahead"
OPEN_ANSWER = "open-answer"
"""A result that promised a written answer which is not there yet."""


@dataclass(frozen=True)
class CountedBooking:
    """What is counted of a booking."""

    booking: Booking
    result: str
    rating: str
    is_answered: bool

    @property
    def hour(self) -> str:
        """Return the hour at which its time begins."""
        return str(self.booking.starts // 60)

    @property
    def state(self) -> str:
        """Return what became of it."""
        states = {BookingState.SERVED: SERVED, BookingState.MISSED: MISSED}
        return states.get(self.booking.state, AHEAD)

    @property
    def end(self) -> str:
        """Return its result; one that still lacks its written answer apart."""
        return OPEN_ANSWER if self.result == ConsultationEnd.LATER and not self.is_answered else self.result


def add_to(pages: Blueprint, _handling: Handling) -> None:
    """Add `/figures`."""
    pages.add_url_rule("/figures", "figures", figures)


def figures() -> str:
    """Show the statistics of a year, of what this person may see."""
    access.require(Permission.SEE_REQUESTS)
    day, organs = today(hub().clock), access.organs()
    year = min(max(request.args.get("year", day.year, type=int), 2000), day.year + 1)
    first, final = date(year, 1, 1), date(year, 12, 31)
    rows = [CountedBooking(*each) for each in models.with_results(first, final)]
    found = [each for each in rows if organs is None or each.booking.organ_code in organs]
    return render_template(
        "consultation/desk/figures.html",
        year=year,
        years=[day.year, day.year - 1],
        pictured=_pictured(found) + queue_figures.of_days(first, final),
        workdays=None,
        title=_("咨询预约统计"),
    )


def _pictured(found: list[CountedBooking]) -> list[Pictured]:
    states = (SERVED, MISSED, AHEAD)
    hours = sorted({each.hour for each in found}, key=int)
    ends = (*ConsultationEnd, OPEN_ANSWER)
    rated = [each for each in found if each.rating]
    topics = counted(found, lambda each: each.booking.topic, lambda each: each.state, states)
    places = counted(found, lambda each: each.booking.place, lambda each: each.hour, hours)
    results = counted(found, lambda each: each.booking.place, lambda each: each.end, ends)
    ratings = counted(rated, lambda each: each.booking.place, lambda each: each.rating, tuple(Rating))
    place = _("地点")
    return [
        pictured.of(_("问什么事，来了没有"), _("问什么事"), topics, topic_name, _state),
        pictured.of(_("在哪里、几点"), place, places, place_name, queue_figures.hour_words, by_row=False),
        pictured.of(_("咨询的结果"), place, results, place_name, _end, by_row=False),
        pictured.of(_("满意程度"), place, ratings, place_name, SATISFIED.blanks[0].brief, by_row=False),
    ]


def _state(code: str) -> str:
    return {SERVED: _("已咨询"), MISSED: _("没有来"), AHEAD: _("还没到时间，或者没有记")}[code]


def _end(code: str) -> str:
    return _("等书面答复") if code == OPEN_ANSWER else _(RESULTS[ConsultationEnd(code)])
