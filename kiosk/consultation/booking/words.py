"""A booking in words: time, place, topic, state; the same on screen, slip and desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from kiosk.consultation.booking.rules import Appointment, BookingState
from kiosk.consultation.supply.things import AT_A_PLACE, PlaceKind, ServicePoint, Supply, Topic
from kiosk.web import context
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _

NOON = 12 * 60


def clock(minutes: int) -> str:
    """Return a time of day such as 上午9:30."""
    hour, minute = divmod(minutes, 60)
    if minutes < NOON:
        return _("上午%(time)s", time=f"{hour}:{minute:02}")
    return _("下午%(time)s", time=f"{(hour - 1) % 12 + 1}:{minute:02}")


def on_day(day: date, today: date | None = None) -> str:
    """Return a day with its weekday; today and tomorrow are called so."""
    words = date_words(day, year=False, weekday=True)
    ahead = (day - today).days if today else -1
    if ahead == 0:
        return _("今天，%(day)s", day=words)
    return _("明天，%(day)s", day=words) if ahead == 1 else words


def time_of(appointment: Appointment) -> str:
    """Return day, weekday and time of an appointment; empty without one."""
    if appointment.day is None:
        return ""
    return f"{date_words(appointment.day, year=False, weekday=True)} {clock(appointment.starts)}"


def as_time(minutes: int) -> time:
    """Return minutes since midnight as a time."""
    return time(*divmod(minutes, 60))


def place_of(supply: Supply, code: str) -> ServicePoint:
    """Return a place; one that is no longer offered has its code for a name."""
    return supply.places.get(code) or ServicePoint(code, PlaceKind.HALL, code, address="")


def topic_of(supply: Supply, code: str) -> Topic:
    """Return a topic; one that is no longer offered has its code for a name."""
    return supply.topics.get(code) or Topic(code, code, "", "")


def to_bring(topic: Topic) -> Sequence[str]:
    """Return what to bring: the topic's own lines, then those of the guide that it names, each thing once."""
    own = [each.partition("（")[0].strip() for each in topic.bring]
    guide = context.wiring().bring_by(topic.checklist) if topic.checklist else ()
    return [*topic.bring, *(each for each in guide if each.partition("（")[0].strip() not in own)]


def how_to_meet(place: ServicePoint) -> str:
    """Return how the person who answers is met there: come, be called, or open the video meeting."""
    if place.kind in AT_A_PLACE:
        return _("请到%(place)s来", place=place.name)
    if place.kind is PlaceKind.TELEPHONE:
        return _("到时间您打%(telephone)s", telephone=place.telephone)
    return _("到时间打开视频：%(link)s", link=place.link)


def states() -> Mapping[BookingState, str]:
    """Return each state in a word."""
    return {
        BookingState.BOOKED: _("已约好"),
        BookingState.CALL_BACK: _("等回电"),
        BookingState.WAITING: _("排候补"),
        BookingState.OFFERED: _("候补有位，等确认"),
        BookingState.HERE: _("已签到"),
        BookingState.CALLED: _("叫到窗口"),
        BookingState.SERVED: _("已咨询"),
        BookingState.MISSED: _("没有来"),
        BookingState.CANCELLED: _("已取消"),
        BookingState.CLOSED: _("已结束"),
    }
