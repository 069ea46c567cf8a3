"""
Pages of the staff: one window with its buttons, which never move, and the overview of the hall.

A button is a form that names what was shown: epoch, window, ticket and their versions, and a key that makes a second
tap harmless. Where another machine owns the queue the press is sent there.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.errors import Refused
from kiosk.hall.pages import views as hall_views
from kiosk.queue import models, order, pressing, taking, turn
from kiosk.queue.models import QueueTicket
from kiosk.queue.pages.taking_pages import paper_of
from kiosk.queue.pages.window_words import REASONS, RESULTS, answer_words
from kiosk.queue.pressing import LONGEST_WORDS, PressAnswer, Pressed
from kiosk.queue.taking import NumberWanted
from kiosk.queue.ticket_states import UNDO_S, Press, TicketResult, TicketState
from kiosk.queue.voice import RECALL_AFTER_S
from kiosk.queue.waiting import Line, is_quiet
from kiosk.queue.words import wait_words
from kiosk.web import paper_orders
from kiosk.web.addresses import local_address
from kiosk.web.context import terminal
from kiosk.web.language.wording import gettext as _

LOOK_MS, OLD_MS = 2_000, 4_000
SEE_OTHER, REFUSED = 303, 403
MOST_LISTED = 30
Page = str | tuple[str, int] | Response


def add_to(pages: Blueprint) -> None:
    """Add the pages of the staff."""
    pages.add_url_rule("/window", "windows", windows)
    pages.add_url_rule("/window/<name>", "window", window)
    pages.add_url_rule("/window/<name>/now", "window_now", window_now)
    pages.add_url_rule("/overview", "overview", overview)
    pages.add_url_rule("/overview/now", "overview_now", overview_now)
    pages.add_url_rule("/press", "press", press, methods=["POST"])
    pages.add_url_rule("/give", "give", give, methods=["POST"])
    pages.add_url_rule("/take-over", "take_over", take_over, methods=["POST"])


def _sign_in() -> Response:
    return redirect(url_for("hall.page", next=request.path), SEE_OTHER)


def windows() -> Page:
    """Show the windows to choose one's own."""
    if not hall_views.opened_by():
        return _sign_in()
    return render_template("queue/windows.html", rows=_window_rows(), **_frame())


def window(name: str) -> Page:
    """Show a window."""
    if not hall_views.opened_by():
        return _sign_in()
    if name not in terminal().queue.supply().today.windows:
        abort(404)
    return render_template("queue/window.html", look_ms=LOOK_MS, old_ms=OLD_MS, **_window(name))


def window_now(name: str) -> Page:
    """Show what changes of a window as a fragment; 304 while nothing has changed."""
    if not hall_views.opened_by():
        return render_template("queue/_locked.html"), REFUSED
    queue, clock = terminal().queue, terminal().clock
    turn.note_page(name, queue.own, clock)
    return _changed("queue/_window.html", _window(name))


def _changed(template: str, seen: dict[str, Any]) -> Response:
    """Return a fragment, or 304 while neither the queue nor the minute is another one."""
    kept = seen["kept"]
    tag = f"{kept.epoch}-{kept.seq}-{kept.last_s // 10}-{seen['is_lost']:d}"
    if request.if_none_match.contains(tag):
        answer = make_response("", 304)
    else:
        answer = make_response(render_template(template, **seen))
    answer.set_etag(tag)
    return answer


def _frame() -> dict[str, Any]:
    queue, clock = terminal().queue, terminal().clock
    kept = turn.look(queue.own, clock)
    return {
        "kept": kept,
        "is_lost": turn.is_lost(queue.own, clock),
        "may_take_over": queue.own.may_own and turn.silence_s(kept, clock) >= turn.SILENT_S,
        "new_key": lambda: secrets.token_hex(16),
        "helping": [each for each in models.windows() if each.help_s is not None],
        "topics": queue.supply().today.topics,
        "topic_name": _topic_name,
    }


def _topic_name(topic_id: str) -> str:
    topic = terminal().queue.supply().today.topic(topic_id)
    return topic.name if topic else topic_id


def _window(name: str) -> dict[str, Any]:
    seen = _frame()
    shown, kept = models.window(name), seen["kept"]
    ticket = models.ticket(shown.ticket) if shown.ticket else None
    undo = models.last_undo(name)
    since_s = kept.last_s - (shown.called_s or 0)
    return seen | {
        "window": shown,
        "ticket": ticket,
        "is_mine": shown.is_open and shown.by == hall_views.opened_by(),
        "waiting": _waiting(kept, name),
        "parked": models.tickets(TicketState.PARKED),
        "missed": models.tickets(TicketState.MISSED),
        "reasons": REASONS,
        "results": RESULTS,
        "calls_left": max(0, order.MOST_CALLS - ticket.calls) if ticket else 0,
        "recall_locked": ticket is not None and since_s < RECALL_AFTER_S,
        "may_undo": undo is not None and kept.last_s - undo.at_s <= UNDO_S,
        "served_min": since_s // 60,
    }


def _waiting(kept: models.QueueHall, name: str) -> list[tuple[QueueTicket, int]]:
    """Return the tickets that this window serves, in the order of calling, with the minutes since their arrival."""
    supply = terminal().queue.supply()
    mine, line = supply.today.served_by(name), Line.of(kept, supply)
    found = {each.id: each for each in models.tickets(TicketState.WAITING)}
    ordered = [found[each.id] for each in line.ordered if each.topic in mine]
    return [(each, max(0, kept.last_s - each.arrived_s) // 60) for each in ordered[:MOST_LISTED]]


def overview() -> Page:
    """Show the hall: windows, who waits, who was missed, what two machines did twice."""
    if not hall_views.opened_by():
        return _sign_in()
    return render_template("queue/overview.html", look_ms=LOOK_MS, old_ms=OLD_MS, **_overview())


def overview_now() -> Page:
    """Show the same as a fragment."""
    if not hall_views.opened_by():
        return render_template("queue/_locked.html"), REFUSED
    return _changed("queue/_overview.html", _overview())


def _overview() -> dict[str, Any]:
    seen = _frame()
    kept, supply = seen["kept"], terminal().queue.supply()
    day, line = supply.today, Line.of(kept, supply)
    waiting = models.tickets(TicketState.WAITING)
    return seen | {
        "rows": _window_rows(),
        "by_topic": [
            (each, sum(one.topic == each.id for one in waiting), wait_words(line.wait_of_next(each.id)))
            for each in day.topics
        ],
        "waiting": [(each, max(0, kept.last_s - each.arrived_s) // 60) for each in _in_order(line, waiting)],
        "missed": models.tickets(TicketState.MISSED),
        "parked": models.tickets(TicketState.PARKED),
        "doubles": [each for each in models.tickets() if each.is_double],
        "done": len(models.tickets(TicketState.DONE)),
        "picked": sum(bool(each.reason) for each in models.tickets()),
        "silence_s": int(turn.silence_s(kept, terminal().clock)),
        "others": terminal().queue.own.others,
        "gives_numbers": terminal().queue.gives_numbers,
    }


def _in_order(line: Line, waiting: list[QueueTicket]) -> list[QueueTicket]:
    found = {each.id: each for each in waiting}
    return [found[each.id] for each in line.ordered][:MOST_LISTED]


def _window_rows() -> list[dict[str, Any]]:
    kept = turn.look(terminal().queue.own, terminal().clock)
    rows = []
    for name in terminal().queue.supply().today.windows:
        shown = models.window(name)
        ticket = models.ticket(shown.ticket) if shown.ticket else None
        rows.append(
            {
                "window": shown,
                "ticket": ticket,
                "is_quiet": is_quiet(shown, kept.last_s),
                "served_min": (kept.last_s - (shown.called_s or kept.last_s)) // 60,
            }
        )
    return rows


def press() -> Response:
    """Do what was pressed, here or at the machine that owns the queue, and say what became of it."""
    actor = hall_views.opened_by()
    if not actor:
        page = local_address(request.form.get("next"), url_for("queue.overview"))
        return redirect(url_for("hall.page", next=page), SEE_OTHER)
    asked = _pressed(actor)
    answer = _sent(asked)
    flash(answer_words(asked.press, answer), "done" if answer.is_done else "wrong")
    return redirect(local_address(request.form.get("next"), url_for("queue.overview")), SEE_OTHER)


def _pressed(actor: str) -> Pressed:
    form = request.form
    if not paper_orders.is_key(form.get("key", "")) or form.get("press", "") not in set(Press):
        abort(404)
    if form.get("result", TicketResult.SETTLED) not in set(TicketResult):
        abort(404)
    if form.get("reason", "") not in {"", *REASONS}:
        abort(404)
    return Pressed(
        Press(form["press"]),
        form["key"],
        actor,
        _number("epoch"),
        window=form.get("window", "")[:LONGEST_WORDS],
        window_version=_number("window_version"),
        ticket=form.get("ticket", "")[:LONGEST_WORDS],
        version=_number("version"),
        other=form.get("other", "")[:LONGEST_WORDS],
        other_version=_number("other_version"),
        topic=form.get("topic", "")[:LONGEST_WORDS],
        result=form.get("result", TicketResult.SETTLED),
        reason=form.get("reason", ""),
    )


def _number(name: str) -> int:
    return request.form.get(name, 0, type=int)


def _sent(asked: Pressed) -> PressAnswer:
    wired = terminal()
    kept = turn.look(wired.queue.own, wired.clock)
    if kept.is_owner:
        return pressing.perform(asked, own=wired.queue.own, day=wired.queue.supply().today, clock=wired.clock)
    try:
        return wired.queue.forward(kept.owner, asked)
    except ConnectionError:
        return PressAnswer("queue-owner-away")


def give() -> Response:
    """Give a number at the hall's desk, with priority by law where the person has it; it is printed here."""
    if not hall_views.opened_by():
        abort(REFUSED)
    key, queue, token = request.form.get("key", ""), terminal().queue, secrets.token_urlsafe(16)
    if not paper_orders.is_key(key) or not queue.gives_numbers:
        abort(404)
    wanted = NumberWanted(request.form.get("topic", ""), has_care=request.form.get("care") == "1")
    try:
        taken = taking.take(
            wanted, key, token, own=queue.own, supply=queue.supply(), clock=terminal().clock,
            paper=paper_of(key, token),
        )  # fmt: skip
        flash(_("给了%(number)s。", number=taken.ticket.number), "done")
    except Refused as refusal:
        flash(answer_words(Press.NEXT, PressAnswer(refusal.code)), "wrong")
    return redirect(local_address(request.form.get("next"), url_for("queue.overview")), SEE_OTHER)


def take_over() -> Response:
    """Take the queue over to this machine, as somebody who has seen that the other one is off."""
    actor = hall_views.opened_by()
    if not actor:
        abort(REFUSED)
    if request.form.get("is_off") != "1":
        flash(_("请先去看管叫号的那台机器，确认它关着或坏了，再打勾接管。"), "wrong")
        return redirect(url_for("queue.overview"), SEE_OTHER)
    try:
        turn.take_over(terminal().queue.own, actor, terminal().clock)
        flash(_("叫号归这台机器管了。请把各窗口和大屏幕都打开这台机器的网页。"), "done")
    except Refused as refusal:
        flash(answer_words(Press.NEXT, PressAnswer(refusal.code)), "wrong")
    return redirect(url_for("queue.overview"), SEE_OTHER)
