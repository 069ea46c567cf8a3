"""
The slips of a booking: time and weekday large, seat, place and way, what to bring, how to change it.

A call-back slip has another title and no time, so that nobody takes it for a promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kiosk.consultation.booking import words
from kiosk.consultation.booking.rules import (
    Appointment,
    CalendarEntry,
    Wish,
    calendar_file,
    read_appointment,
)
from kiosk.consultation.supply.things import AT_A_PLACE, ServicePoint, Topic
from kiosk.intake.promises import Receipt
from kiosk.intake.slips import assisted_words, moment_words
from kiosk.seats.rules import local
from kiosk.web import context
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _
from printers.paper.document import Big, Block, KeyValue, Para, Qr, Rule, Secret, Slip, Title

SLIP = "consultation-booking"
QR_BYTES = 280
"""Most bytes of the QR code: version 12 at level M holds 287 (QUEUE.md §6)."""


def slip(given: Receipt) -> Slip:
    """Return the slip of a booking, with an empty place for the query code."""
    asked = read_appointment(given.kept)
    title = {
        Wish.SEAT: _("咨询预约单"),
        Wish.WAIT: _("候补登记单（还没有约好时间）"),
        Wish.CALL: _("回电登记单（还没有约好时间）"),
    }[asked.wish]
    supply = context.wiring().supply()
    place, topic = words.place_of(supply, asked.place), words.topic_of(supply, asked.topic)
    blocks: list[Block] = [
        Title(title, above=given.place.place_name),
        *_when(asked),
        *(KeyValue(label, value) for label, value in _rows(given, asked, place, topic) if value),
        *_bring(topic),
        Rule(),
        Big(_("编号"), given.promise.number),
        Secret("query_code", _("查询码"), _("查询码见原件")),
        Rule(),
        *_code(given, asked, place, topic),
        Rule(),
        *(Para(line, small=True) for line in _closing(asked, place)),
    ]
    return Slip(SLIP, title, tuple(blocks), lang=given.place.lang, large=given.place.large)


def _when(asked: Appointment) -> list[Block]:
    if asked.day is None:
        said = {
            Wish.WAIT: _("有人取消，按先后轮到您。轮到了，工作人员打电话告诉您。"),
            Wish.CALL: _("工作人员会打电话和您约时间。没接到电话之前，请不要为这件事专程来。"),
        }
        return [Para(said.get(asked.wish, ""), strong=True), Rule()]
    return [
        Big(_("日子"), date_words(asked.day, year=False, weekday=True)),
        Big(_("时间"), words.clock(asked.starts)),
        Big(_("座位"), _("%(seat)s号", seat=asked.seat)),
        Rule(),
    ]


def _rows(given: Receipt, asked: Appointment, place: ServicePoint, topic: Topic) -> Sequence[tuple[str, str]]:
    return (
        (_("问什么事"), topic.name),
        (_("地点"), place.name),
        (_("地址"), place.address if asked.day else ""),
        (_("怎么走"), place.way if asked.day else ""),
        (_("电话"), place.telephone),
        (_("怎么见"), "" if place.kind in AT_A_PLACE else words.how_to_meet(place)),
        (_("谁答复"), topic.department),
        *given.rows,
        (_("登记时间"), moment_words(given.promise.submitted_at)),
        (_("填写方式"), assisted_words(given.assisted_by) if given.assisted_by else ""),
    )


def _bring(topic: Topic) -> list[Block]:
    things = words.to_bring(topic)
    return [Rule(), Para(_("请带上"), strong=True), *(Para(f"□ {each}") for each in things)] if things else []


def _code(given: Receipt, asked: Appointment, place: ServicePoint, topic: Topic) -> list[Block]:
    number = given.promise.number
    if given.place.progress_url:
        return [Qr(f"{given.place.progress_url}?number={number}", _("扫码改时间、取消，或者加到日历"))]
    if asked.day is None:
        return [Qr(number, _("用编号和查询码查进度"))]
    file = calendar_file(entry_of(number, asked, place.name, topic, given.promise.submitted_at))
    if len(file.encode()) > QR_BYTES:
        return [Qr(number, _("到大厅扫这个码签到"))]
    return [Qr(file, _("到大厅扫这个码签到；用手机扫可以加到日历"))]


def entry_of(number: str, asked: Appointment, place: str, topic: Topic, said_at: datetime) -> CalendarEntry:
    """Return what a calendar shows of a booking that has a time; place: in words."""
    assert asked.day is not None
    start, end = (local(asked.day, minutes) for minutes in (asked.starts, asked.ends))
    title = _("咨询：%(topic)s", topic=topic.name)
    return CalendarEntry(number, title, place, start, end, said_at)


def _closing(asked: Appointment, place: ServicePoint) -> Sequence[str]:
    change = _("要改时间或者取消：在任何一台机器上点“查我的进度”，输编号和查询码；也可以打%(telephone)s。")
    own = (
        change % {"telephone": place.telephone}
        if place.telephone
        else _("要改时间或者取消：在任何一台机器上点“查我的进度”，输编号和查询码，或者请工作人员帮忙。")
    )
    if asked.wish is not Wish.SEAT:
        return (own, _("不想等，也可以随时到大厅现场取号。查询码不要给别人看。"))
    return (
        _("到了先签到：扫上面的码，或者输编号。来晚了也可以现场取号。"),
        own,
        _("来不了请早点取消，位子好给别人。查询码不要给别人看。"),
    )


CHANGED_SLIP = "consultation-changed"


def moved_slip(given: Receipt) -> Slip:
    """Return the slip of a booking that was moved: the new time, the old number; its query code serves on."""
    asked = read_appointment(given.kept)
    supply = context.wiring().supply()
    place, topic = words.place_of(supply, asked.place), words.topic_of(supply, asked.topic)
    title = _("咨询改期单")
    blocks: list[Block] = [
        Title(title, above=given.place.place_name),
        *_when(asked),
        KeyValue(_("问什么事"), topic.name),
        KeyValue(_("地点"), place.name),
        *(
            KeyValue(label, value)
            for label, value in ((_("怎么走"), place.way), (_("电话"), place.telephone))
            if value
        ),
        Rule(),
        Big(_("编号"), given.about),
        Para(_("原来的时间作废。编号和查询码还是原来的。"), strong=True),
        Para(_("改期的编号：%(number)s", number=given.promise.number), small=True),
        Para(_("登记时间：%(at)s", at=moment_words(given.promise.submitted_at)), small=True),
    ]
    return Slip(CHANGED_SLIP, title, tuple(blocks), lang=given.place.lang, large=given.place.large)


def cancelled_slip(given: Receipt) -> Slip:
    """Return the slip of a booking that was cancelled."""
    title = _("咨询取消单")
    blocks: list[Block] = [
        Title(title, above=given.place.place_name),
        Big(_("编号"), given.about),
        Para(_("这个预约已经取消，位子会给别人。"), strong=True),
        Para(_("取消的编号：%(number)s", number=given.promise.number), small=True),
        Para(_("登记时间：%(at)s", at=moment_words(given.promise.submitted_at)), small=True),
        Para(_("还想问，可以随时再约，或者到大厅现场取号。"), small=True),
    ]
    return Slip(CHANGED_SLIP, title, tuple(blocks), lang=given.place.lang, large=given.place.large)


def accepted_slip(given: Receipt) -> Slip:
    """Return the slip of an offer that was accepted: it holds once the hub has it in time."""
    title = _("候补回话单")
    blocks: list[Block] = [
        Title(title, above=given.place.place_name),
        Big(_("编号"), given.about),
        Para(_("您说要留给您的那个时间。县里收到就算约好，在“查我的进度”里看得到。"), strong=True),
        Para(_("回话的编号：%(number)s", number=given.promise.number), small=True),
        Para(_("登记时间：%(at)s", at=moment_words(given.promise.submitted_at)), small=True),
    ]
    return Slip(CHANGED_SLIP, title, tuple(blocks), lang=given.place.lang, large=given.place.large)
