"""Routes of a terminal for the other machines of its hall: signed messages, no cookies, no pages."""

from __future__ import annotations

import json
from dataclasses import asdict

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState

from kiosk.app.halls import hall_line
from kiosk.app.replication.signed_http import as_response, signed_request
from kiosk.queue import copies, pressing
from kiosk.queue.pressing import Pressed
from kiosk.web.context import terminal


def blueprint() -> Blueprint:
    """Return the routes below /queue/node."""
    routes = Blueprint("hall_machines", __name__)
    routes.add_url_rule(hall_line.EXCHANGE, "exchange", exchange, methods=["POST"])
    routes.add_url_rule(hall_line.PRESS, "press", press, methods=["POST"])
    routes.record_once(_without_form_token)
    return routes


def _without_form_token(state: BlueprintSetupState) -> None:
    csrf = state.app.extensions.get("csrf")
    if csrf is not None:
        csrf.exempt(exchange)
        csrf.exempt(press)


def exchange() -> Response:
    """Answer another machine's question for the queue."""
    wired = terminal()

    def reply(body: bytes) -> bytes:
        return copies.answer(body, wired.queue.own, wired.clock)

    return as_response(hall_line.answered(wired.home, signed_request(), reply, wired.clock))


def press() -> Response:
    """Do what was pressed at another machine's page."""
    wired = terminal()

    def reply(body: bytes) -> bytes:
        asked = Pressed.read(body)
        today = wired.queue.supply().today
        done = pressing.perform(asked, own=wired.queue.own, day=today, clock=wired.clock)
        return json.dumps(asdict(done)).encode()

    return as_response(hall_line.answered(wired.home, signed_request(), reply, wired.clock))
