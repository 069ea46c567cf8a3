"""How a hub handles bookings: the hub's half of `kinds.BOOKING`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint

from kiosk.consultation.booking import booking_list, bookings, results
from kiosk.consultation.booking.booking_list import BookingLight
from kiosk.consultation.booking.desk import figure_views, result_views, views
from kiosk.consultation.booking.kinds import ADDED, BOOKING
from kiosk.consultation.booking.rules import BookingState
from kiosk.intake.handling import DeskFilter, DeskState, Handling
from kiosk.web.language.wording import lazy_gettext as _l

STATES: Mapping[str, DeskState] = {
    BookingState.BOOKED: DeskState(_l("已约好"), "good", "calendar"),
    BookingState.CALL_BACK: DeskState(_l("等回电"), "warn", "phone"),
    BookingState.WAITING: DeskState(_l("排候补"), "neutral", "clock"),
    BookingState.OFFERED: DeskState(_l("候补有位，等回话"), "warn", "bell"),
    BookingState.HERE: DeskState(_l("已签到"), "good", "user-check"),
    BookingState.CALLED: DeskState(_l("在窗口办"), "good", "volume"),
    BookingState.SERVED: DeskState(_l("已咨询"), "good", "circle-check"),
    BookingState.MISSED: DeskState(_l("没有来"), "neutral", "x"),
    BookingState.CANCELLED: DeskState(_l("已取消"), "neutral", "x"),
    BookingState.CLOSED: DeskState(_l("已结束"), "neutral", "archive"),
}


def _more_pages(pages: Blueprint, handling: Handling) -> None:
    """Add statistics, the page of a booking and the result of its consultation."""
    figure_views.add_to(pages, handling)
    views.add_to(pages, handling)
    result_views.add_to(pages, handling)


BOOKINGS = Handling(
    kind=BOOKING,
    path="bookings",
    title=_l("咨询预约"),
    register=booking_list,
    states=STATES,
    lights={
        BookingLight.TODAY: DeskState(_l("今天"), "good", "calendar"),
        BookingLight.TOMORROW: DeskState(_l("明天"), "neutral", "calendar"),
        BookingLight.CALL: DeskState(_l("要回电话"), "warn", "phone"),
        BookingLight.OFFERED: DeskState(_l("候补有位，等回话"), "warn", "bell"),
        BookingLight.WAITING: DeskState(_l("排候补"), "neutral", "clock"),
        BookingLight.ALL: DeskState(_l("全部，含已过"), "neutral", "archive"),
    },
    filters={
        "place": DeskFilter(_l("地点"), are_given=True),
        "topic": DeskFilter(_l("问什么事"), are_given=True),
        "state": DeskFilter(_l("状态"), {name: state.words for name, state in STATES.items()}),
        "organ": DeskFilter(_l("办理机关"), are_given=True),
        "since": DeskFilter(_l("约的日子")),
    },
    heads=(_l("时间"), _l("地点"), _l("问什么事"), _l("怎么约的")),
    row="consultation/desk/_row.html",
    tools="consultation/desk/_tools.html",
    more_pages=_more_pages,
    additions={kind.name: bookings.take_in_addition for kind in ADDED},
    collected=results.collected,
    names={"place": views.place_name, "topic": views.topic_name},
)
