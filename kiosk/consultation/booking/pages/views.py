"""The pages that only a booking has: its hold, what to bring, its calendar file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import segno
from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answered

from kiosk.consultation.booking import held_seat, kinds, questions, slips, words
from kiosk.consultation.booking.questions import FIRST, PLACE, TOPIC
from kiosk.consultation.booking.rules import (
    KIND,
    Appointment,
    BookingState,
    CalendarEntry,
    calendar_file,
    read_appointment,
)
from kiosk.consultation.supply.things import Topic
from kiosk.errors import Refused
from kiosk.intake import begun
from kiosk.intake.begun import Begun
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages import handed_in
from kiosk.intake.pages.here import looked_up
from kiosk.intake.tracking import Progress
from kiosk.web import context, half_written
from kiosk.web.addresses import local_address
from kiosk.web.language.i18n import time_words

Page = str | tuple[str, int] | Answered
WECHAT = "MicroMessenger"
"""In the name that WeChat's browser gives (QUEUE.md §6)."""
LEFT = "inquiry"
"""The kind of submission that is a question left without a time."""
WARN_S = 60
"""Seconds before the end of a hold from which it is announced again."""


@dataclass(frozen=True)
class ShownHold:
    """The hold of this visit's form; left_s: None where the seat stays."""

    time: str
    left_s: int | None
    until: str


def booked_time(seen: Progress) -> str:
    """Return day and time of a booking that was looked up; empty without one."""
    return words.time_of(kinds.appointment_of(seen))


def add_to_changes(pages: Blueprint, _kind: SubmissionKind) -> None:
    """Give the pages of a change what they say of the booking."""
    pages.context_processor(lambda: {"booked_time": booked_time})


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add what a booking and its change have besides the common pages."""
    add_to_changes(pages, kind)
    booking = BookingPages(kind)
    pages.context_processor(booking.variables)
    pages.add_url_rule("/hold", "hold", booking.hold, methods=["POST"])
    pages.add_url_rule("/again", "again", booking.again, methods=["POST"])
    if not kind.is_about:
        pages.add_url_rule("/bring", "bring", bring)
        pages.add_url_rule("/calendar", "calendar", calendar)


@dataclass(frozen=True)
class BookingPages:
    """The views of one kind."""

    kind: SubmissionKind

    def variables(self) -> dict[str, Any]:
        """Return the variables of each of its pages."""
        form = begun.of(session, self.kind)
        return {
            "hold": self._shown(form),
            "hold_warn_s": WARN_S,
            "to_bring": _to_bring(form),
            "no_time": _no_time(form),
            "facts_of": _facts_of,
            "offers": bool(questions.supply().topics),
            "about_doc": request.args.get("about", "")[:120],
            "about_title": request.args.get("title", "")[: kinds.TITLE_LIMIT],
        }

    def _shown(self, form: Begun | None) -> ShownHold | None:
        taken = held_seat.of(form.answers) if form else None
        if taken is None or handed_in.of_form(self.kind):
            return None
        clock = context.terminal().clock
        left_s = taken.left_s(clock.monotonic())
        until = time_words(clock.now() + timedelta(seconds=left_s)) if left_s is not None else ""
        return ShownHold(questions.date_and_time(taken.session.day, taken.session.starts), left_s, until)

    def hold(self) -> Page:
        """Hold the seat for three minutes from now; what was typed comes back with the page."""
        page = local_address(request.form.get("next"), url_for(".check"))
        half_written.keep(page, request.form)
        return self._taken(page)

    def again(self) -> Page:
        """Take the time once more whose hold was over, and go on where the form was handed in."""
        return self._taken(url_for(".check"))

    def _taken(self, page: str) -> Page:
        form = begun.of(session, self.kind)
        if form is None:
            return redirect(url_for(".start"), 303)
        chosen = questions.chosen_session(form.answers)
        try:
            answers = kinds.take(chosen, form.answers, form.key) if chosen else form.answers
        except (Refused, ConnectionError) as refused:
            code = getattr(refused, "code", "away")
            lost = {**held_seat.dropped(form.answers)}
            lost.pop(f"done:{FIRST}", None)
            begun.keep(session, self.kind, replace(form, answers=lost))
            said = {"code": "lost", "words": code if code in self.kind.refusals else "full"}
            return half_written.refuse(said=said, status=409, to=url_for(".check"))
        begun.keep(session, self.kind, replace(form, answers=answers))
        return redirect(page, 303)


@dataclass(frozen=True)
class WithoutTime:
    """What can be done without a time; leave_days: working days until a question left is answered, 0: not here."""

    leave_days: int
    telephone: str


def _no_time(form: Begun | None) -> WithoutTime:
    """Return what can be done by somebody whom no time suits."""
    wired, supply = context.terminal(), questions.supply()
    place = supply.places.get(form.answers.get(PLACE, "")) if form else None
    leaves = any(kind.name == LEFT for kind in wired.kinds)
    return WithoutTime(
        supply.terms.answer_workdays if leaves else 0,
        (place.telephone if place else "") or wired.settings.help_phone,
    )


def _to_bring(form: Begun | None) -> Sequence[str]:
    """Return what to bring for the topic of an unfinished form."""
    topic = questions.supply().topics.get(form.answers.get(TOPIC, "")) if form else None
    return words.to_bring(topic) if topic else ()


@dataclass(frozen=True)
class ShownFacts:
    """A booking on its receipt: its appointment, its place and topic."""

    asked: Appointment
    day: str
    clock: str
    place: Any
    topic: Topic
    meet: str
    bring: Sequence[str]


def _facts_of(kept: Mapping[str, str]) -> ShownFacts:
    asked = read_appointment(kept)
    supply = questions.supply()
    place, topic = words.place_of(supply, asked.place), words.topic_of(supply, asked.topic)
    return ShownFacts(
        asked,
        words.on_day(asked.day) if asked.day else "",
        words.clock(asked.starts) if asked.day else "",
        place,
        topic,
        words.how_to_meet(place),
        words.to_bring(topic),
    )


def bring() -> Page:
    """Show what to bring to the booking that was looked up."""
    seen = looked_up()
    if seen is None or seen.kind != KIND:
        return redirect(url_for("intake.progress"), 303)
    topic = words.topic_of(questions.supply(), kinds.appointment_of(seen).topic)
    return render_template("consultation/bring.html", topic=topic, things=words.to_bring(topic))


def calendar() -> Page:
    """
    Send the calendar file of the booking that was looked up or has just been made; of a cancelled one, that it is off.

    A kiosk shows it as a code for the telephone. WeChat's own browser keeps no file, so it is asked to hand over.
    """
    found = _dated()
    if found is None:
        return redirect(url_for("intake.progress"), 303)
    file = calendar_file(found.entry())
    back = url_for(".receipt") if request.args.get("of") == "receipt" else url_for("intake.seen")
    shown = {"time": words.time_of(found.asked), "is_off": found.is_off, "back": back}
    if context.terminal().settings.channel == "kiosk":
        code = segno.make(file, error="m").svg_data_uri(scale=6, border=4)
        return render_template("consultation/calendar.html", qr=code, **shown)
    if WECHAT in request.headers.get("User-Agent", ""):
        return render_template("consultation/calendar.html", qr="", **shown)
    answer = Response(file, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.number}.ics"'
    return answer


@dataclass(frozen=True)
class DatedBooking:
    """A booking of this visit that has a time; its other members are as those of a calendar's entry."""

    number: str
    asked: Appointment
    said_at: datetime
    is_changed: bool = False
    is_off: bool = False

    def entry(self) -> CalendarEntry:
        """Return what a calendar shows of it."""
        supply = questions.supply()
        place, topic = words.place_of(supply, self.asked.place), words.topic_of(supply, self.asked.topic)
        where = " ".join(
            each for each in (place.name, place.address or place.telephone or place.link) if each
        )
        entry = slips.entry_of(self.number, self.asked, where, topic, self.said_at)
        return replace(entry, is_changed=self.is_changed, is_off=self.is_off)


def _dated() -> DatedBooking | None:
    """Return the booking of this visit that has a time: the one just made on its receipt, else the one looked up."""
    handed = handed_in.last() if request.args.get("of") == "receipt" else None
    if handed and handed.submission.kind == KIND:
        asked = read_appointment(handed.submission.masked)
        if asked.day:
            return DatedBooking(handed.submission.number, asked, handed.submission.submitted_at)
    seen = looked_up()
    if seen is None or seen.kind != KIND or seen.state not in kinds.IN_CALENDARS:
        return None
    asked = kinds.appointment_of(seen)
    is_off = seen.state == BookingState.CANCELLED
    return DatedBooking(seen.number, asked, seen.changed_at, True, is_off) if asked.day else None


BOOKING = replace(kinds.BOOKING, more_pages=add_to)
MOVED = replace(kinds.MOVED, more_pages=add_to)
CANCELLED = replace(kinds.CANCELLED, more_pages=add_to_changes)
ACCEPTED = replace(kinds.ACCEPTED, more_pages=add_to_changes)
KINDS = (BOOKING, MOVED, CANCELLED, ACCEPTED, kinds.SATISFACTION)
"""The kinds of a terminal, with their pages."""
