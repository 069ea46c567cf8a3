"""The county's own way to telephones: called once a change, with nothing personal, and again where it failed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from config.checks import notice_hook
from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure import steps
from kiosk.disclosure.kind import REQUEST
from kiosk.intake.notices import calling, notice_models
from tests.hub import PERSONAL, Hub, build_hub
from tests.pages import PATIENCE_S
from tests.world import HOST


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    hub = build_hub(tmp_path, address)
    hub.add_account("lina")
    calling.one_round("/bin/false", [REQUEST], hub.clock)
    yield hub
    db.real(db.store).close_all()


def a_command(folder: Path, exit_code: int = 0) -> Path:
    """A command that writes down what it was given."""
    made = folder / f"sms{exit_code}"
    made.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/said"\nexit {exit_code}\n')
    made.chmod(0o755)
    return made


def said(folder: Path) -> list[str]:
    kept = folder / "said"
    return kept.read_text("utf-8").splitlines() if kept.exists() else []


def registered(hub: Hub, **clear: str) -> str:
    number = hub.take_in(**clear)
    steps.confirm_receipt(number, beijing_day(hub.clock.now()), "lina", hub.work())
    steps.register(number, "lina", hub.work())
    return number


def a_round(hub: Hub, hook: Path | str) -> int:
    return calling.one_round(str(hook), [REQUEST], hub.clock)


def test_a_change_is_said_once_and_only_to_who_left_a_telephone(hub: Hub, tmp_path: Path) -> None:
    command = a_command(tmp_path)
    number = registered(hub, has_phone="yes")
    registered(hub)
    assert a_round(hub, command) == 1
    assert said(tmp_path) == [f"{number} registered 已登记"]
    assert a_round(hub, command) == 0
    assert not any(word in " ".join(said(tmp_path)) for word in (PERSONAL["phone"], PERSONAL["name"]))


def test_what_was_before_the_hook_was_set_is_not_said(hub: Hub, tmp_path: Path) -> None:
    number = registered(hub, has_phone="yes")
    with db.writing(db.store):
        notice_models.StatusNotice.delete().execute(db.store)
    assert a_round(hub, a_command(tmp_path)) == 0
    assert number not in " ".join(said(tmp_path))


def test_what_failed_is_tried_again_after_a_pause_and_is_listed_until_then(hub: Hub, tmp_path: Path) -> None:
    number = registered(hub, has_phone="yes")
    broken, whole = a_command(tmp_path, 3), a_command(tmp_path)
    assert a_round(hub, broken) == 0
    (failing,) = notice_models.failing()
    assert (failing.number, failing.fault, failing.tries) == (number, "exit-3", 1)
    assert a_round(hub, whole) == 0, "not before its pause is over"
    hub.clock.advance(120)
    assert a_round(hub, whole) == 1
    assert notice_models.failing() == []


def test_after_the_last_try_a_person_must_look(hub: Hub, tmp_path: Path) -> None:
    registered(hub, has_phone="yes")
    for _try in range(calling.MOST_TRIES):
        a_round(hub, tmp_path / "no such command")
        hub.clock.advance(7 * 3600)
    assert a_round(hub, a_command(tmp_path)) == 0
    assert notice_models.failing()[0].fault == "FileNotFoundError"


def test_an_address_gets_json(hub: Hub) -> None:
    number, bodies = registered(hub, has_phone="yes"), []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = HTTPServer((HOST, 0), Gateway)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    assert a_round(hub, f"http://{HOST}:{server.server_port}/sms") == 1
    thread.join(PATIENCE_S)
    server.server_close()
    assert bodies == [{"number": number, "state": "registered", "words": "已登记"}]


def test_an_address_in_clear_is_taken_for_this_machine_alone() -> None:
    assert notice_hook("") is None
    assert notice_hook("/usr/local/bin/sms") is None
    assert notice_hook("https://sms.example.cn/notify") is None
    assert notice_hook("http://sms.example.cn/notify")
    assert notice_hook("sms")
