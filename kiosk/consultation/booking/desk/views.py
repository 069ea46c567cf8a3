"""The page of one booking at the desk with its acts, bookings that staff make for others, the telephone list."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answered

from kiosk.clock import beijing_day, today
from kiosk.consultation.booking import attended_models, bookings, models, results, words
from kiosk.consultation.booking.kinds import missed_rule
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.questions import ASK, WHO
from kiosk.consultation.booking.rules import FOLLOWS, KIND, OPEN, SEEN, Appointment, BookingState, Wish
from kiosk.consultation.library import consent
from kiosk.consultation.library import models as library_models
from kiosk.csv_cells import safe_cell
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import begun, codes, questions, sealed
from kiosk.intake.desk.views import refusal_words, sealed_rows, work
from kiosk.intake.form.blanks import Answers, Asking
from kiosk.intake.form.form_content import EntryMode
from kiosk.intake.handling import Handling
from kiosk.intake.office import entering
from kiosk.intake.office.entering import HandEntry
from kiosk.intake.organs import Organ
from kiosk.intake.promises import PromisedTerms
from kiosk.seats import actions as seats
from kiosk.seats.rules import FreeTime, SeatChannel
from kiosk.seen import Seen, Shown, Touched
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Answered
CHANNELS = {SeatChannel.DESK: N_("当面"), SeatChannel.TELEPHONE: N_("电话")}
"""How somebody asked staff for a booking, in the words of the desk."""
MOST_TIMES = 400
"""Free times on one page."""


def place_name(code: str) -> str:
    """Return the name of a place."""
    return words.place_of(hub().supply(), code).name


def topic_name(code: str) -> str:
    """Return the name of a topic."""
    return words.topic_of(hub().supply(), code).name


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the pages below `/desk/bookings`."""
    desk = BookingDesk(handling)
    pages.context_processor(desk.variables)
    pages.add_url_rule("/new", "new", desk.new, methods=["GET", "POST"])
    pages.add_url_rule("/telephones", "telephones", desk.telephones)
    pages.add_url_rule("/telephones", "open_telephones", desk.open_telephones, methods=["POST"])
    pages.add_url_rule("/<number>", "case", desk.show)
    pages.add_url_rule("/<number>/open", "open", desk.open_sealed, methods=["POST"])
    pages.add_url_rule("/<number>/time", "other_time", desk.other_time)
    pages.add_url_rule("/<number>/time", "give_time", desk.give_time, methods=["POST"])
    pages.add_url_rule("/<number>/cancel", "cancel", desk.cancel, methods=["POST"])
    pages.add_url_rule("/<number>/accept", "accept", desk.accept, methods=["POST"])
    pages.add_url_rule("/<number>/called", "called", desk.called, methods=["POST"])


def shown_booking(number: str) -> Shown:
    """Return a booking as its page shows it."""
    found = models.by_number(number)
    if found is None:
        return Shown(name=f"booking/{number}", href=url_for(".inbox"))
    at = found.appointment
    lines = (
        (N_("编号"), number),
        (N_("状态"), words.states()[found.state]),
        (N_("时间"), words.time_of(at)),
        (N_("座位"), str(found.seat or "")),
    )
    return Shown(
        lines,
        f"{found.session} {found.called_at} {found.offer_until} {models.outcome(number)}",
        name=f"booking/{number}",
        href=url_for(".case", number=number),
        touched=lambda: Touched("", found.changed_at),
    )


@dataclass(frozen=True)
class NewBooking:
    """A form that staff fill in for somebody: its choices, its questions."""

    key: str
    place: str
    topic: str
    channel: SeatChannel
    asked: Any
    answers: Answers


@dataclass(frozen=True)
class BookingDesk:
    """The views."""

    handling: Handling

    def variables(self) -> dict[str, Any]:
        """Return the variables of each page."""
        return {
            "name_of_place": place_name,
            "topic_name": topic_name,
            "clock_of": words.clock,
            "second_words": lambda second: words.clock(second // 60),
            "channels": {**CHANNELS, SeatChannel.TERMINAL: N_("终端"), SeatChannel.WEB: N_("手机")},
        }

    def show(self, number: str) -> Answer:
        """Show what is in clear, and what can be done."""
        access.require(Permission.SEE_REQUESTS)
        return self.page(self.found(number))

    def found(self, number: str) -> Booking:
        """Return a booking; 404 for an unknown number."""
        try:
            return bookings.booking(number)
        except NotFound:
            abort(404)

    def page(
        self, found: Booking, problem: str = "", rows: Sequence[dict[str, str]] = (), written: str = ""
    ) -> str:
        """Return the page of a booking; rows: its sealed answers, opened."""
        person = access.signed_in()
        assert person is not None
        follows = FOLLOWS[found.state]
        return render_template(
            "consultation/desk/booking.html",
            case=found,
            at=found.appointment,
            time=words.time_of(found.appointment),
            place=words.place_of(hub().supply(), found.place),
            topic=words.topic_of(hub().supply(), found.topic),
            shown=shown_booking(found.number),
            problem=problem,
            rows=rows,
            outcome=models.outcome(found.number),
            may_publish=consent.agreed(sealed.said_in_clear(found.number)),
            is_answered=models.answer_of(found.number) is not None,
            proposal=library_models.proposed(found.number),
            written=written,
            may_conclude=found.state in {BookingState.BOOKED, *SEEN},
            seen_in_hall=attended_models.of(found.number),
            may_miss=BookingState.MISSED in follows and results.is_over(found, hub().clock.now()),
            missed_rule=missed_rule(hub().supply().terms),
            may_time=BookingState.BOOKED in follows and found.state is not BookingState.HERE,
            may_cancel=found.state in OPEN,
            may_close=BookingState.CLOSED in follows,
            holds_key=sealed.key_of(found.number) in person.reading_keys,
        )

    def open_sealed(self, number: str) -> Answer:
        """Show the sealed part, in this response only; the opening is logged on disk before."""
        person, found = access.require(Permission.READ_PERSONAL), self.found(number)
        try:
            opened = sealed.open_noted(number, person.reading_keys, actor=person.name, now=hub().clock.now())
            written = results.text_of(number, person.reading_keys)
        except Refused as refused:
            status = 403 if refused.code == "reading-key-missing" else 409
            return self.page(found, refusal_words(refused.code)), status
        return self.page(found, rows=sealed_rows(self.handling, opened), written=written)

    @acts_on(lambda number, **_more: shown_booking(number), N_("取消预约"))
    def cancel(self, number: str, *, seen: Seen) -> Answer:
        """Cancel for a citizen who asked for it."""
        person = access.require(Permission.HANDLE_REQUESTS)
        return self._done(
            number,
            lambda: bookings.cancel(number, person.name, work(), seen=seen),
            _("已取消，位子过一会儿会放出来。"),
        )

    @acts_on(lambda number, **_more: shown_booking(number), N_("候补确认"))
    def accept(self, number: str, *, seen: Seen) -> Answer:
        """Note a yes to an offer that was said by telephone."""
        person = access.require(Permission.HANDLE_REQUESTS)
        return self._done(
            number, lambda: bookings.accept(number, person.name, work(), seen=seen), _("已约好。")
        )

    @acts_on(lambda number, **_more: shown_booking(number), N_("记下打过电话"))
    def called(self, number: str, *, seen: Seen) -> Answer:
        """Note a call; with `over` nothing more is to be done."""
        person = access.require(Permission.HANDLE_REQUESTS)
        is_over = request.form.get("over") == "yes"
        return self._done(
            number,
            lambda: bookings.note_call(number, person.name, work(), is_over=is_over, seen=seen),
            _("已记下。"),
        )

    def _done(self, number: str, act: Any, said: str) -> Answer:
        found = self.found(number)
        try:
            act()
        except (RuleBroken, Refused) as broken:
            return self.page(found, _sentence(broken.code)), 409
        flash(said)
        return redirect(url_for(".case", number=number), code=303)

    def other_time(self, number: str) -> Answer:
        """Show the free times for a booking."""
        access.require(Permission.HANDLE_REQUESTS)
        return self._times_page(self.found(number))

    def _times_page(self, found: Booking, problem: str = "") -> str:
        place = request.args.get("place", "") or found.place
        return render_template(
            "consultation/desk/times.html",
            case=found,
            at=found.appointment,
            time=words.time_of(found.appointment),
            shown=shown_booking(found.number),
            places=hub().supply().places_for(found.topic),
            place=place,
            days=by_day(free_times(place, found.topic)),
            problem=problem,
        )

    @acts_on(
        lambda number, **_more: shown_booking(number), N_("改时间"), {"session": TypedField(N_("新时间"))}
    )
    def give_time(self, number: str, *, seen: Seen) -> Answer:
        """Give the chosen time: the new seat first, then the earlier one back."""
        person, found = access.require(Permission.HANDLE_REQUESTS), self.found(number)
        session = request.form.get("session", "")
        try:
            bookings.give_time(number, session, SeatChannel.DESK, person.name, work(), seen=seen)
        except (RuleBroken, Refused) as broken:
            return self._times_page(found, _sentence(broken.code)), 409
        flash(_("时间定好了，申请人在任何一台机器上都查得到。"))
        return redirect(url_for(".case", number=number), code=303)

    def new(self) -> Answer:
        """Book for somebody who asks in person or by telephone: place and topic, time, name and telephone."""
        person = access.require(Permission.HANDLE_REQUESTS)
        form = self._new_form()
        if request.method == "GET" or "choose" in request.form:
            return self._new_page(form)
        session = request.form.get("session", "")
        if not form.asked.validate() or not session:
            return self._new_page(form, "" if session else _("请选一个时间。")), 422
        try:
            number = self._take_in(form, session, person.name)
        except Refused as refused:
            return self._new_page(form, _sentence(refused.code)), 409
        flash(_("已编号：%(number)s", number=number))
        return redirect(url_for(".case", number=number), code=303)

    def _new_form(self) -> NewBooking:
        given = request.form if request.method == "POST" else request.args
        names = [blank.name for question in (WHO, ASK) for blank in question.blanks]
        answers = {name: given.get(name, "").strip() for name in names}
        asking = Asking(answers, today(hub().clock), hub().organs)
        asked = questions.desk_form((WHO, ASK), asking)
        channel = given.get("channel", "")
        return NewBooking(
            given.get("key", "") or begun.new_key(),
            given.get("place", ""),
            given.get("topic", ""),
            SeatChannel(channel) if channel in CHANNELS else SeatChannel.TELEPHONE,
            asked,
            answers,
        )

    def _new_page(self, form: NewBooking, problem: str = "") -> str:
        supply = hub().supply()
        return render_template(
            "consultation/desk/new.html",
            new=form,
            form=form.asked,
            topics=[(each.code, each.name) for each in supply.topics.values()],
            places=[(each.code, each.name) for each in supply.places_for(form.topic)],
            days=by_day(free_times(form.place, form.topic)) if form.place and form.topic else [],
            ways=CHANNELS,
            problem=problem,
        )

    def _take_in(self, form: NewBooking, session: str, actor: str) -> str:
        wired, now = hub(), hub().clock.now()
        seat, known = seats.hold(session, form.key, form.channel, now), seats.session_of(session)
        assert known is not None
        asked = Appointment(
            Wish.SEAT,
            known.place,
            known.topic,
            session,
            seat.no,
            known.day,
            known.starts,
            known.ends,
            seat.lease,
        )
        given = {
            **form.answers,
            **{field.name: field.data or "" for field in form.asked if field.name in form.answers},
        }
        entered = HandEntry(
            key=form.key,
            kind=KIND,
            organ=organ_for(known.topic),
            clear={**asked.as_facts(), "entry_mode": EntryMode.STAFF_DICTATED.value},
            personal=questions.sealed_part((WHO, ASK), given),
            source=form.channel.value,
            came_at=now,
            terms=PromisedTerms(beijing_day(now), "booking"),
            code=codes.new_code(),
        )
        return entering.take_in(
            entered,
            register=entering.register_code(wired.settings.terminal_prefix),
            seal_key=wired.seal_key(entered.organ.code),
            now=now,
            on_taken=wired.taken_by(actor),
        )

    def telephones(self) -> Answer:
        """Show of which day and place a telephone list can be opened."""
        access.require(Permission.READ_PERSONAL)
        return self._telephone_page(())

    def open_telephones(self) -> Answer:
        """Show names and telephones of a day's bookings, as a page or as CSV; the opening is logged once before."""
        person = access.require(Permission.READ_PERSONAL)
        rows = self._opened(person)
        if request.form.get("form") != "csv":
            return self._telephone_page(rows)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([_("时间"), _("编号"), _("姓名"), _("电话"), _("地点"), _("问什么事")])
        writer.writerows([safe_cell(str(cell)) for cell in row] for row in rows)
        answer = Response("﻿" + text.getvalue(), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = "attachment; filename=telephones.csv"
        return answer

    def _opened(self, person: Any) -> list[tuple[str, ...]]:
        day, place = _day_asked(), request.form.get("place", "")
        seen = access.organs()
        found = {
            each.number: each
            for each in models.of_day(place, day)
            if each.state is BookingState.BOOKED and (seen is None or each.organ_code in seen)
        }
        if not found:
            return []
        sealed.note_list(len(found), kind=KIND, actor=person.name, now=hub().clock.now(), why="telephones")
        return [
            (
                words.time_of(found[number].appointment),
                number,
                str(opened.personal.get("name", "")),
                str(opened.personal.get("phone", "")),
                place_name(found[number].place),
                topic_name(found[number].topic),
            )
            for number, opened in sealed.read_all(list(found), person.reading_keys)
        ]

    def _telephone_page(self, rows: Sequence[tuple[str, ...]]) -> str:
        places = [(each.code, each.name) for each in hub().supply().places.values()]
        return render_template(
            "consultation/desk/telephones.html",
            rows=rows,
            is_open=request.method == "POST",
            day=_day_asked(),
            places=places,
            place=request.form.get("place", ""),
        )


def _day_asked() -> date:
    """Return the day of a telephone list; tomorrow where none was named."""
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return today(hub().clock) + timedelta(days=1)


def organ_for(topic: str) -> Organ:
    """Return the organ that answers a topic: its department by code or name, else the office."""
    department = words.topic_of(hub().supply(), topic).department
    office = hub().organ(hub().settings.office_code)
    known = [office, *hub().organs()]
    return next((each for each in known if department in (each.code, each.name)), office)


def free_times(place: str, topic: str) -> list[FreeTime]:
    """Return the times that the desk may book."""
    now, first = hub().clock.now(), today(hub().clock)
    found = seats.free_times(KIND, place, topic, SeatChannel.DESK, first, first + timedelta(days=60), now)
    return [each for each in found if each.left][:MOST_TIMES]


def by_day(times: Sequence[FreeTime]) -> list[tuple[date, list[FreeTime]]]:
    """Return free times by their day."""
    found: dict[date, list[FreeTime]] = {}
    for each in times:
        found.setdefault(each.session.day, []).append(each)
    return list(found.items())


def _sentence(code: str) -> str:
    return {
        "booking-over": _("这个预约现在办不了这一步，请看现在的状态。"),
        "full": _("这个时间刚刚约满了，请换一个。"),
        "past": _("这个时间已经过了，请换一个。"),
        "closed": _("这个时间不开放了，请换一个。"),
        "unknown-session": _("没有这个时间，请换一个。"),
        "numbers-used-up": _("今天的编号用完了，明天再登记。"),
        "entry-too-large": _("内容太长，存不下。"),
    }.get(code, _("现在办不了这一步（%(code)s）。", code=code))
