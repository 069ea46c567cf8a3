"""The call screen: the newest call fills it, then the last calls, the newest on top; no names and no topics."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from kiosk.queue import models, turn, voice
from kiosk.web.context import terminal

LOOK_MS = 1_000
LOST_MS = 10_000
NEAR_ROWS, FAR_ROWS = 6, 4
"""Rows that are read from 5 m and from 10 m (43 inches)."""
CALLS_KEPT_S = 30 * 60
"""Age of a call after which the screen no longer shows it."""


def add_to(pages: Blueprint) -> None:
    """Add the screen and what it asks for."""
    pages.add_url_rule("/screen", "screen", screen)
    pages.add_url_rule("/screen/now", "screen_now", screen_now)


def screen() -> str:
    """Show the screen; `far` is for halls in which people sit up to ten metres away."""
    is_far = "far" in request.args
    return render_template(
        "queue/screen.html",
        is_far=is_far,
        look_ms=LOOK_MS,
        lost_ms=LOST_MS,
        large_ms=voice.SHOWN_LARGE_S * 1000,
        fresh_s=voice.FRESH_S,
        **_seen(FAR_ROWS if is_far else NEAR_ROWS),
    )


def screen_now() -> Response:
    """Return the calls as JSON; 304 while nothing has changed."""
    seen = _seen(FAR_ROWS if "far" in request.args else NEAR_ROWS)
    kept = turn.look(terminal().queue.own, terminal().clock)
    tag = f"{kept.epoch}-{kept.seq}-{seen['is_lost']:d}-{len(seen['calls'])}"
    answer = make_response("", 304) if request.if_none_match.contains(tag) else jsonify(seen)
    answer.set_etag(tag)
    return answer


def _seen(rows: int) -> dict[str, Any]:
    queue, clock = terminal().queue, terminal().clock
    kept = turn.look(queue.own, clock)
    newest = models.calls_since(kept.last_s - CALLS_KEPT_S, 4 * rows)
    shown: dict[str, models.QueueCall] = {}
    for call in newest:
        shown.setdefault(call.ticket, call)
    return {
        "epoch": kept.epoch,
        "is_lost": turn.is_lost(queue.own, clock),
        "calls": [_call(call, kept.last_s) for call in list(shown.values())[:rows]],
    }


def _call(call: models.QueueCall, now_s: int) -> dict[str, Any]:
    age_s = max(0, now_s - call.at_s)
    is_fresh = age_s <= voice.FRESH_S
    clips = voice.clips(call.number, call.window)
    return {
        "id": f"{call.epoch}-{call.no}",
        "number": call.number,
        "window": call.window,
        "age_s": age_s,
        "said": terminal().queue.recordings(clips) if is_fresh else [],
    }
