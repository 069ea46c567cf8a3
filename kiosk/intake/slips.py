"""The papers of a submission: its receipt, and its progress without code and name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kiosk.clock import BEIJING
from kiosk.intake.kinds import StateWords, TrackedCourse
from kiosk.intake.organs import Organ
from kiosk.intake.promises import Receipt, SlipOrigin
from kiosk.intake.tracking import Progress
from kiosk.web.language.i18n import date_words, time_words
from kiosk.web.language.wording import gettext as _
from kiosk.workdays import Basis, Deadline
from printers.paper.document import Big, Block, KeyValue, Para, Qr, Rule, Secret, Slip, Title

KIND = "progress"


def receipt(
    given: Receipt,
    *,
    kind: str,
    title: str,
    dates: Sequence[tuple[str, str]] = (),
    closing: Sequence[str] = (),
) -> Slip:
    """
    Return the slip, with an empty place for the query code.

    Args:
        dates: Further rows below the time of handing in.
        closing: Paragraphs in small type at the end.
    """
    place, organ = given.place, given.organ
    rows = [
        (_("办理机关"), organ.name),
        *given.rows,
        (_("提交时间"), moment_words(given.promise.submitted_at)),
        *dates,
        (_("提交地点"), place.station_name),
        (_("填写方式"), assisted_words(given.assisted_by) if given.assisted_by else ""),
        (_("联系电话"), organ.phone),
        (_("办公时间"), organ.hours),
    ]
    blocks: list[Block] = [
        Title(title, above=place.place_name),
        Big(_("编号"), given.promise.number),
        Secret("query_code", _("查询码"), _("查询码见原件")),
        Rule(),
        *(KeyValue(label, value) for label, value in rows if value),
        Rule(),
        Qr(_qr_text(given.promise.number, place), _("用编号和查询码查进度")),
        Rule(),
        *(Para(line, small=True) for line in (*_received_for_all(organ), *closing)),
    ]
    return Slip(kind, title, tuple(blocks), lang=place.lang, large=place.large)


def _received_for_all(organ: Organ) -> tuple[str, ...]:
    """Return what a receipt says where one office receives the requests to all organs of the county."""
    if not organ.receives_for_all:
        return ()
    return (_("本县各单位的申请由%(name)s统一接收，再转给承办的单位。", name=organ.name),)


def progress(
    seen: Progress, words: StateWords, place: SlipOrigin, *, as_of: str, course: TrackedCourse | None = None
) -> Slip:
    """Return the slip of the tracking page, with its steps; `as_of` is the time of the information, in words."""
    blocks: list[Block] = [
        Title(_("办理进度"), above=place.place_name),
        Big(_("编号"), seen.number),
        KeyValue(_("办到哪一步"), str(words.brief)),
        KeyValue(_("办理机关"), seen.organ_name),
        KeyValue(_("最近变化"), f"{date_words(seen.changed_at)} {time_words(seen.changed_at)}"),
    ]
    if seen.due:
        blocks.append(KeyValue(_("答复期限"), due_words(seen.due)))
    blocks += _way(course or TrackedCourse())
    seen_at = _(
        "%(at)s的情况，在%(station)s打印。再查用回执上的编号和查询码。", at=as_of, station=place.station_name
    )
    notes = [course.note] if course and course.note else []
    blocks += [Rule(), *(Para(words, small=True) for words in (*notes, seen_at))]
    return Slip(KIND, _("办理进度"), tuple(blocks), lang=place.lang, large=place.large)


def _way(course: TrackedCourse) -> list[Block]:
    """Return the dated steps and what happens next, in the words of the screen."""
    if not course.steps and course.next is None:
        return []
    blocks: list[Block] = [Rule()]
    for step in course.steps:
        blocks.append(KeyValue(date_words(step.on), step.words))
        if step.why:
            blocks.append(Para(step.why, small=True))
    if course.next:
        blocks += [Rule(), Para(_("接下来"), strong=True), Para(course.next.words)]
        blocks += [Para(words, small=True) for words in (course.next.by, course.next.why) if words]
    return blocks


def due_words(due: Deadline) -> str:
    """Return the last day for an answer; if it is uncertain, with the day it is counted from and the reason."""
    day = date_words(due.day)
    if due.basis is Basis.IF_RECEIVED:
        words = _("如当天确认收到，预计不晚于%(day)s", day=day)
    else:
        words = _("不晚于%(day)s", day=day)
    return words + doubt_words(due)


def doubt_words(due: Deadline) -> str:
    """Return why the date may still change; empty if it may not."""
    return _("（暂定：下一年放假安排还没公布）") if due.is_provisional else ""


def assisted_words(number: str) -> str:
    """Return who filled in the form, by the number on the badge."""
    return _("大厅工作人员（工号%(number)s）代为填写，本人确认", number=number)


def moment_words(moment: datetime) -> str:
    """Return day and minute in Beijing."""
    local = moment.astimezone(BEIJING)
    return f"{date_words(local.date())} {local:%H:%M}"


def _qr_text(number: str, place: SlipOrigin) -> str:
    """
    Return the content of the QR code: the tracking page with the number, or the number alone; never the query code.
    """
    return f"{place.progress_url}?number={number}" if place.progress_url else number
