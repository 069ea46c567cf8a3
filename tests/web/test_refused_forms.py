"""
After every POST of a citizen or of the hall's staff comes a redirect: nothing is submitted again by reloading.

Every POST of a terminal is swept with wrong words; where a form is refused its page shows what was typed and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kiosk.clock import FixedClock
from kiosk.web import half_written
from tests.building import a_terminal, terminal_settings
from tests.hall.test_assisted_service import MEMBER, WRONG, tell
from tests.terminals import link

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TYPED = "改不掉的话"
PIECES = {"catalogue.already", "terminal.awake", "queue.exchange", "queue.pressed_here"}
"""Not sent by a page's form: a part of a page, a sign of life, what machines of a hall say to each other."""
PAGES = (200, 409, 422, 429)
LEAST_SWEPT = 60


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    settings = terminal_settings(
        allowed_hosts=("localhost",),
        printer="tcp://127.0.0.1:9",
        runtime_dir=str(tmp_path / "memory"),
        queue_letter="A",
        queue_place="p1",
    )
    with a_terminal(tmp_path, clock, settings) as app:
        link(clock)
        tell(clock, MEMBER)
        yield app


def token(client: FlaskClient) -> str:
    found = TOKEN.search(client.get("/request/").text)
    assert found
    return found[1]


def send(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client), **fields})


def fields_of(page: str) -> dict[str, str]:
    """The fields of a page's form with wrong words in each that is typed."""
    names = re.findall(r'<(?:textarea|input)[^>]*? name="([^"]+)"', page)
    return {name: TYPED for name in names if name not in half_written.NOT_ANSWERS}


def posts(app: Flask) -> list[Rule]:
    rules = [each for each in app.url_map.iter_rules() if "POST" in (each.methods or ())]
    return [
        each for each in rules if each.endpoint not in PIECES and not each.rule.startswith("/queue/node/")
    ]


def address(rule: Rule) -> list[str]:
    """The addresses of a rule: one for each question of a form, one with made-up names for others."""
    choice = re.search(r"<any\(([^)]*)\):\w+>", rule.rule)
    names = [each.strip(" '") for each in choice[1].split(",")] if choice else [""]
    made = [re.sub(r"<any\([^>]*>", name, rule.rule) for name in names]
    return [re.sub(r"<int:\w+>", "0", re.sub(r"<(?:path:)?\w+>", "none", each)) for each in made]


def answered_by_a_page(app: Flask, rule: Rule) -> list[tuple[str, int, str | None]]:
    """The addresses of a rule that answer a form by a page, or with what was typed in another address."""
    found = []
    for path in address(rule):
        client = app.test_client()
        for kind in ("request", "inquiry", "book"):
            send(client, f"/{kind}/")
        for fields in ({}, fields_of(client.get(path).text), dict.fromkeys(("key", "words"), TYPED * 50)):
            answer = send(client, path, **fields)
            is_said = any(words in (answer.location or "") for words in (TYPED, quote(TYPED)))
            if answer.status_code in PAGES or is_said:
                found.append((path, answer.status_code, answer.location))
    return found


def test_no_post_of_a_terminal_is_answered_by_a_page(app: Flask) -> None:
    rules = posts(app)
    assert [found for rule in rules for found in answered_by_a_page(app, rule)] == []
    assert len(rules) > LEAST_SWEPT


def test_the_sweep_finds_a_page_that_answers_a_post(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a view that shows its form again at once."""
    monkeypatch.setitem(app.view_functions, "intake.progress", lambda: ("a page", 422))
    (rule,) = (each for each in posts(app) if each.endpoint == "intake.progress")
    assert answered_by_a_page(app, rule)


REFUSED = {
    "/request/what": {"wanted": TYPED * 1000},
    "/progress": {"number": TYPED, "code": "12"},
    "/queue/check-in": {"number": TYPED, "key": "0" * 32},
}
SIGN_INS = ("/assist", "/hall")


def begun(client: FlaskClient, path: str) -> None:
    if path.startswith("/request"):
        send(client, "/request/")


@pytest.mark.parametrize("path", REFUSED)
def test_what_was_typed_comes_back_with_the_reason_as_often_as_the_page_is_shown(
    app: Flask, path: str
) -> None:
    client = app.test_client()
    begun(client, path)
    refused = send(client, path, **REFUSED[path])
    assert (refused.status_code, refused.location) == (303, path)
    first, reloaded = client.get(path), client.get(path)
    assert (first.status_code, reloaded.status_code) == (422, 200)
    for page in (first.text, reloaded.text):
        assert "error-summary" in page
        for name, typed in REFUSED[path].items():
            assert typed in page, name


@pytest.mark.parametrize("path", SIGN_INS)
def test_a_sign_in_comes_back_once_without_its_pin_and_is_empty_for_the_next(app: Flask, path: str) -> None:
    client = app.test_client()
    refused = send(client, path, number="1025", pin=WRONG)
    assert (refused.status_code, refused.location) == (303, path)
    first, again = client.get(path), client.get(path)
    assert (first.status_code, again.status_code) == (422, 200)
    assert "1025" in first.text
    assert WRONG not in first.text
    assert "1025" not in again.text
    assert "error-summary" not in again.text


def test_larger_type_keeps_the_errors_and_another_page_shows_none(app: Flask) -> None:
    client = app.test_client()
    send(client, "/progress", number=TYPED, code="12")
    client.post("/settings", data={"text_size": "3", "next": "/progress", "number": TYPED, "code": "12"})
    assert "error-summary" in client.get("/progress").text
    assert TYPED not in client.get("/help").text
    assert "error-summary" not in client.get("/hall").text


def test_a_form_that_is_begun_again_is_empty(app: Flask) -> None:
    client = app.test_client()
    begun(client, "/request/what")
    send(client, "/request/what", **REFUSED["/request/what"])
    begun(client, "/request/what")
    page = client.get("/request/what")
    assert page.status_code == 200
    assert TYPED not in page.text


def test_what_is_refused_once_and_then_right_is_forgotten(app: Flask) -> None:
    client = app.test_client()
    begun(client, "/request/what")
    send(client, "/request/what", wanted="")
    assert send(client, "/request/what", wanted="修路的钱").location != "/request/what"
    page = client.get("/request/what")
    assert "error-summary" not in page.text
    assert "修路的钱" in page.text


def test_a_stranger_without_a_visit_leaves_nothing(app: Flask) -> None:
    with app.test_request_context("/progress", method="POST"):
        half_written.refuse([("number", TYPED)])
        assert half_written.KEPT not in session
