"""Pages of citizens: taking a number, checking in a booking, the ticket, its private page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.errors import Refused
from kiosk.hall import assisted
from kiosk.intake import numbers
from kiosk.queue import models, slips, taking, turn
from kiosk.queue.estimate import WaitRange
from kiosk.queue.models import QueueTicket
from kiosk.queue.slips import NumberOrigin
from kiosk.queue.supply import HallSupply, HallTopic
from kiosk.queue.taking import GivenNumber, NumberWanted
from kiosk.queue.ticket_states import TicketState
from kiosk.queue.waiting import Line
from kiosk.queue.words import ahead_words, hours_words, wait_words
from kiosk.web import half_written, paper_orders
from kiosk.web.context import terminal
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language
from kiosk.web.paper_orders import Ways
from kiosk.web.paper_states import PaperHolds

HELD = "queue"
"""Key in the session: the key of this visit's ticket."""
SEE_OTHER, REFUSED = 303, 403
PAPER_MINUTES = 2
"""Minutes after which a number is no longer printed: it is on the screen, and its holder has gone."""
PLACE_LOOK_S = 15
LONGEST_TYPED = 400
Page = str | tuple[str, int] | Response


def add_to(pages: Blueprint) -> None:
    """Add the pages of citizens."""
    pages.add_url_rule("/", "start", start)
    pages.add_url_rule("/take", "take", take, methods=["POST"])
    pages.add_url_rule("/check-in", "check_in", check_in, methods=["GET", "POST"])
    pages.add_url_rule("/ticket", "ticket", ticket)
    pages.add_url_rule("/ticket/again", "paper_again", paper_again, methods=["POST"])
    pages.add_url_rule("/ticket/taken", "paper_taken", paper_taken, methods=["POST"])
    pages.add_url_rule("/place/<token>", "place", place)


@dataclass(frozen=True)
class Choice:
    """A topic on the start page: people ahead and wait in words; `is_full`: no number is left today."""

    id: str
    name: str
    ahead: str
    wait: str
    is_full: bool


def _only_where_numbers_are_given() -> None:
    if not terminal().queue.gives_numbers or terminal().settings.channel != "kiosk":
        abort(404)


def start() -> Page:
    """Show the topics with people ahead and wait; or that the hall is closed, or that no number is left."""
    _only_where_numbers_are_given()
    wired = terminal()
    supply = wired.queue.supply()
    kept = turn.look(wired.queue.own, wired.clock)
    if not supply.today.is_open(kept.last_s // 60) or not supply.today.topics:
        return _closed(supply)
    line = Line.of(kept, supply)
    choices = [
        _choice(each, line.wait_of_next(each.id), not taking.has_room(line, supply.today, each.id))
        for each in supply.today.topics
    ]
    if all(each.is_full for each in choices):
        return _none_left(supply)
    return render_template(
        "queue/start.html",
        choices=choices,
        key=secrets.token_hex(16),
        may_care=assisted.present() is not None,
    )


def _choice(topic: HallTopic, said: WaitRange, is_full: bool) -> Choice:
    wait = wait_words(said) if said.is_known else ""
    return Choice(topic.id, topic.name, ahead_words(said), wait, is_full)


def _closed(supply: HallSupply) -> tuple[str, int]:
    settings, day = terminal().settings, supply.today
    return render_template(
        "queue/closed.html",
        hours=hours_words(day.hours),
        next_open=day.next_open,
        is_tomorrow=day.next_open == day.day + timedelta(days=1),
        help_phone=settings.help_phone,
    ), 200


def _none_left(supply: HallSupply) -> tuple[str, int]:
    settings = terminal().settings
    return render_template(
        "queue/none_left.html",
        hours=hours_words(supply.today.hours),
        next_open=supply.today.next_open,
        help_phone=settings.help_phone,
        help_place=settings.help_place,
    ), 200


def take() -> Page:
    """Give a number and print it; two taps on one page are one number."""
    _only_where_numbers_are_given()
    key = request.form.get("key", "")
    if not paper_orders.is_key(key):
        abort(404)
    has_care = request.form.get("care") == "1" and assisted.present() is not None
    wanted = NumberWanted(request.form.get("topic", ""), has_care=has_care)
    token = secrets.token_urlsafe(16)
    queue = terminal().queue
    try:
        taking.take(
            wanted,
            key,
            token,
            own=queue.own,
            supply=queue.supply(),
            clock=terminal().clock,
            paper=paper_of(key, token),
        )
    except Refused as refusal:
        return _refused(refusal)
    return _show(key)


def _refused(refusal: Refused) -> Page:
    """Redirect to the start page, which says that the hall is closed, or what has no numbers left."""
    if refusal.code == "queue-topic":
        abort(404)
    return redirect(url_for("queue.start"), SEE_OTHER)


def _show(key: str) -> Response:
    session[HELD] = key
    return redirect(url_for("queue.ticket"), SEE_OTHER)


def paper_of(key: str, token: str) -> taking.Paper:
    """Return what orders the paper of a ticket, where there is a printer."""
    wired = terminal()

    def order(ticket: QueueTicket, said: WaitRange) -> None:
        if wired.settings.printer == "none":
            return
        base = wired.queue.phone_url.rstrip("/")
        origin = NumberOrigin(
            wired.settings.place_name,
            wired.settings.station_name,
            wired.clock.now(),
            language().tag,
            base + url_for("queue.place", token=token) if base else "",
            session.get("text_size", 1) == 3,
        )
        paper_orders.order(
            slips.number_slip(ticket, _topic(ticket), said, origin),
            request_key=_request_key(key),
            kind=slips.KIND,
            clock=wired.clock,
            minutes=PAPER_MINUTES,
            is_visitors=False,
        )

    return order


def _request_key(key: str) -> str:
    return f"queue-{key}"


def _topic(ticket: QueueTicket) -> str:
    topic = terminal().queue.supply().today.topic(ticket.topic)
    return topic.name if topic else ticket.topic


def check_in() -> Page:
    """Give the number of a booking of today, typed or scanned; other words lead to a number without one."""
    _only_where_numbers_are_given()
    if request.method == "GET":
        kept: Mapping[str, str] = half_written.here() or {}
        return render_template(
            "queue/check_in.html",
            key=kept.get("key") or secrets.token_hex(16),
            typed=kept.get("number") or request.args.get("number", "")[:LONGEST_TYPED],
            error=half_written.errors().get("number", [""])[0],
        )
    typed, key = request.form.get("number", "")[:LONGEST_TYPED], request.form.get("key", "")
    if not paper_orders.is_key(key):
        abort(404)
    number = numbers.found_in(typed)
    if number is None:
        error = _("这不是完整的预约编号。请照预约单上的编号，从头输到尾。")
        return _sent_back(key, typed, error)
    try:
        taken = _checked_in(number, key)
    except Refused as refusal:
        if refusal.code == "queue-no-booking":
            error = _("今天没有这个编号的预约。可以取一个现场的号，或者请工作人员看看。")
            return _sent_back(key, typed, error)
        return _refused(refusal)
    session[HELD + "-ticket"] = taken.ticket.id
    return _show(key)


def _sent_back(key: str, typed: str, error: str) -> Response:
    return half_written.refuse([("key", key), ("number", typed)], errors={"number": [error]})


def _checked_in(number: str, key: str) -> GivenNumber:
    queue, token = terminal().queue, secrets.token_urlsafe(16)
    return taking.check_in(
        number,
        key,
        token,
        own=queue.own,
        supply=queue.supply(),
        clock=terminal().clock,
        paper=paper_of(key, token),
    )


def _held() -> QueueTicket:
    key = session.get(HELD, "")
    found = taking.of_key(key) or models.ticket(session.get(HELD + "-ticket", ""))
    if found is None:
        abort(404)
    return found


def ticket() -> Page:
    """Show this visit's ticket and its paper."""
    if HELD not in session:
        return redirect(url_for("queue.start"), SEE_OTHER)
    paper = paper_orders.of(_request_key(session[HELD]), slips.KIND, PaperHolds.CONTENT)
    if request.args.get("piece"):
        return render_template("papers/_state.html", paper=paper, ways=_ways())
    return render_template("queue/ticket.html", paper=paper, ways=_ways(), **_standing(_held()))


def _standing(found: QueueTicket) -> dict[str, Any]:
    wired = terminal()
    kept = turn.look(wired.queue.own, wired.clock)
    said = Line.of(kept, wired.queue.supply()).wait_of(found)
    return {
        "ticket": found,
        "topic": _topic(found),
        "ahead": ahead_words(said),
        "wait": wait_words(said),
        "waits": found.state is TicketState.WAITING,
        "is_called": found.state is TicketState.CALLED,
        "is_missed": found.state is TicketState.MISSED,
        "is_lost": turn.is_lost(wired.queue.own, wired.clock),
    }


def _ways() -> Ways:
    page = url_for("queue.ticket")
    return Ways(
        page=page,
        piece=f"{page}?piece=1",
        again=url_for("queue.paper_again"),
        taken=url_for("queue.paper_taken"),
    )


def paper_again() -> Response:
    """Order the paper once more: "I do not have it"."""
    if HELD in session:
        with suppress(Refused):  # a paper that is still on its way is not ordered twice
            paper_orders.again(
                _request_key(session[HELD]), slips.KIND, terminal().clock, PAPER_MINUTES, why="missing"
            )
    return redirect(url_for("queue.ticket"), SEE_OTHER)


def paper_taken() -> Response:
    """Note that the paper was taken."""
    if HELD in session:
        with suppress(Refused):  # not sent yet: the page shows where it is
            paper_orders.taken(_request_key(session[HELD]), slips.KIND, terminal().clock)
    return redirect(url_for("queue.ticket"), SEE_OTHER)


def place(token: str) -> Page:
    """Show a ticket's place by its private address: on a telephone, without a visit."""
    found = models.ticket_of_link(taking.link_of(token))
    if found is None or found.day != today(terminal().clock):
        return render_template("queue/no_place.html"), 404
    return render_template("queue/place.html", look_s=PLACE_LOOK_S, **_standing(found))
