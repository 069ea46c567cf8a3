"""
Limits against floods: on what one visit may do, and on the county's public pages on what one address may do.

They never punish a hall behind one address: reading a page is not counted, counted acts may come in a burst that
a full hall does not reach, and a right query code costs nothing. The wiring lists which acts are counted.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flask
from flask import Flask, Response, g, make_response, render_template, request

from kiosk.clock import Clock
from kiosk.web import merging
from kiosk.web.floods.buckets import Buckets, Flow

COUNTED = merging.COUNTED
"""Key in the session of this visit's counts: name of a limit to a whole number, or to the keys of what counts."""
LOG_EVERY_S = 60.0
TOO_MANY = 429

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """
    One limit.

    Args:
        acts: Acts that are counted, as "POST disclosure.check".
        before: Acts refused with them though not counted, so that nobody fills in a form in vain.
        flow: For one address on the public pages.
        per_visit: For one visit, wherever it is; None: not limited.
        counts: The answers (status codes) that make an act count; empty: each.
        is_noted: A visit's page says by `note` what counts, so that a thing asked for twice counts once.
    """

    name: str
    acts: frozenset[str]
    flow: Flow
    per_visit: int | None = None
    before: frozenset[str] = frozenset()
    counts: frozenset[int] = frozenset()
    is_noted: bool = False


def _never() -> bool:
    return False


def protect(
    app: Flask,
    limits: Sequence[Limit],
    clock: Clock,
    *,
    by_address: bool,
    is_exempt: Callable[[], bool],
    is_repeat: Callable[[], bool] = _never,
) -> None:
    """
    Make `app` answer 429 with a page, and Retry-After where waiting helps, beyond these limits.

    Args:
        by_address: Whether addresses are counted: on public pages, never on a machine in a hall.
        is_exempt: Returns whether this visit has no limits, because a named member of the staff assists it.
        is_repeat: Returns whether this act only asks again for what was done before: it costs nothing of any limit.
    """
    kept = _KeptLimits(clock, by_address=by_address)

    @app.before_request
    def refuse() -> Response | None:
        act = f"{request.method} {request.endpoint}"
        g.counted = []
        bound = [limit for limit in limits if act in limit.acts | limit.before]
        if not bound or is_exempt() or is_repeat():
            return None
        return next((refused for limit in bound if (refused := kept.refuse(limit, act))), None)

    app.after_request(kept.count)


class _KeptLimits:
    """The limits of one application, with what each address has left; a request's own counts are in `g.counted`."""

    def __init__(self, clock: Clock, *, by_address: bool) -> None:
        self._buckets = Buckets(clock)
        self._refusals = _Refusals(clock)
        self._by_address = by_address

    def refuse(self, limit: Limit, act: str) -> Response | None:
        """Return the answer to an act beyond this limit; None within it: then the act is noted, to be counted."""
        is_act = act in limit.acts
        if limit.per_visit is not None and _done(limit) >= limit.per_visit:
            return self._refusals.answer(limit, 0)
        who = self._buckets.known_as(request.remote_addr or "") if self._by_address else None
        if who is not None and (wait_s := self._buckets.take(limit.name, who, limit.flow, cost=int(is_act))):
            return self._refusals.answer(limit, wait_s)
        if is_act:
            g.counted.append((limit, who))
        return None

    def count(self, response: Response) -> Response:
        """Count what was done; give back to an address what does not count."""
        is_spared, status = g.pop("is_spared", False), g.pop("answered_as", response.status_code)
        for limit, who in g.pop("counted", []):
            if is_spared or (limit.counts and status not in limit.counts):
                if who is not None:
                    self._buckets.give_back(limit.name, who, limit.flow)
            elif limit.per_visit is not None and not limit.is_noted:
                done = flask.session.get(COUNTED, {})
                flask.session[COUNTED] = {**done, limit.name: _done(limit) + 1}
        return response


def spare() -> None:
    """Mark this request's act as one that does not count: an answer with a typing mistake is no guess."""
    g.is_spared = True


def answered_as(status: int) -> None:
    """Count this request's act by the status of the page that its redirect leads to."""
    g.answered_as = status


def note(name: str, key: str) -> None:
    """Count the thing with this key for the visit, once however often it is noted."""
    done = flask.session.get(COUNTED, {})
    keys = _keys(done.get(name, []))
    if key not in keys:
        flask.session[COUNTED] = {**done, name: [*keys, key]}


def _keys(noted: list[str] | int) -> list[str]:
    """Return what was noted; for a count of an earlier version so many names."""
    return [str(each) for each in range(noted)] if isinstance(noted, int) else noted


def _done(limit: Limit) -> int:
    done: dict[str, Any] = flask.session.get(COUNTED, {})
    noted = done.get(limit.name, 0)
    return noted if isinstance(noted, int) else len(noted)


class _Refusals:
    """The page of a refusal, and one line in the log for all refusals of a limit within a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._logged_at: dict[str, float] = {}

    def answer(self, limit: Limit, wait_s: int) -> Response:
        """Return 429: a page, or a line where htmx asked for a fragment. wait_s: 0 when waiting does not help."""
        now = self._clock.monotonic()
        if now - self._logged_at.get(limit.name, -LOG_EVERY_S) >= LOG_EVERY_S:
            self._logged_at[limit.name] = now
            _log.warning("limit-reached: %s; further refusals of this minute are not logged", limit.name)
        is_piece = request.headers.get("HX-Request") == "true"
        page = "limits/piece.html" if is_piece else "limits/refused.html"
        words = render_template(page, limit=limit.name, minutes=math.ceil(wait_s / 60), wait_s=wait_s)
        answer = make_response(words, TOO_MANY)
        if wait_s:
            answer.headers["Retry-After"] = str(wait_s)
        return answer
