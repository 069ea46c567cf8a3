"""
Every route of both applications: what a stranger, a foreign page and an unsigned machine get.

A new route fails here until somebody has decided. Roles at the desk: tests/staff/test_who_may_do_what.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request

from kiosk import __version__, db
from kiosk.clock import FixedClock
from tests.building import (
    a_terminal,
    hub_app,
    hub_home,
    terminal_app,
    terminal_home,
    terminal_settings,
)

REFUSED_TOKEN, REFUSED_STRANGER = 400, 403
KEY = "0" * 32

TERMINAL: dict[tuple[str, str], int] = {
    ("GET", "/"): 200,
    ("GET", "/api/v1/documents/<path:doc_id>"): 404,
    ("GET", "/api/v1/search"): 200,
    ("GET", "/assist"): 403,
    ("POST", "/assist"): REFUSED_TOKEN,
    ("POST", "/assist/hand-back"): REFUSED_TOKEN,
    ("POST", "/assist/keyboard"): REFUSED_TOKEN,
    ("POST", "/assist/more"): REFUSED_TOKEN,
    ("GET", "/assist/unlock"): 303,
    ("POST", "/assist/unlock"): REFUSED_TOKEN,
    ("GET", "/attract"): 200,
    ("GET", "/awake"): 204,
    ("POST", "/awake"): 204,
    ("GET", "/browse"): 200,
    ("GET", "/browse/<kind>"): 200,
    ("GET", "/browse/by/<any(event,topic,audience,issuer,year):way>"): 200,
    ("GET", "/documents/<path:doc_id>"): 404,
    ("GET", "/documents/<path:doc_id>/attachments/<int:at>"): 404,
    ("GET", "/documents/<path:doc_id>/attachments/<int:at>/file"): 404,
    ("GET", "/documents/<path:doc_id>/attachments/<int:at>/picture"): 404,
    ("GET", "/documents/<path:doc_id>/attachments/<int:at>/print"): 404,
    ("POST", "/documents/<path:doc_id>/attachments/<int:at>/print"): REFUSED_TOKEN,
    ("GET", "/documents/<path:doc_id>/compare/<path:other_id>"): 404,
    ("GET", "/documents/<path:doc_id>/names"): 404,
    ("GET", "/documents/<path:doc_id>/print"): 404,
    ("POST", "/documents/<path:doc_id>/print"): REFUSED_TOKEN,
    ("GET", "/documents/<path:doc_id>/problem"): 404,
    ("POST", "/documents/<path:doc_id>/problem"): REFUSED_TOKEN,
    ("GET", "/documents/<path:doc_id>/problem/thanks"): 404,
    ("GET", "/feeds/<kind>.atom"): 200,
    ("GET", "/healthz"): 200,
    ("GET", "/hall"): 403,
    ("POST", "/hall"): REFUSED_TOKEN,
    ("GET", "/hall/calls"): 403,
    ("POST", "/hall/calls/<int:call>"): REFUSED_TOKEN,
    ("POST", "/hall/leave"): REFUSED_TOKEN,
    ("POST", "/hall/print/<any('self-test', report):what>"): REFUSED_TOKEN,
    ("GET", "/help"): 200,
    ("POST", "/help/call"): 303,
    ("GET", "/help/called"): 303,
    ("GET", "/help/how/<job>"): 200,
    ("GET", "/help/called/now"): 204,
    ("POST", "/leave"): 303,
    ("GET", "/left"): 200,
    ("GET", "/offline"): 200,
    ("GET", "/offline-worker.js"): 200,
    ("GET", "/open/<kind>.csv"): 200,
    ("GET", "/open/catalogue.jsonl"): 200,
    ("GET", "/papers/<key>"): 404,
    ("GET", "/queue/"): 404,
    ("GET", "/queue/check-in"): 404,
    ("POST", "/queue/check-in"): REFUSED_TOKEN,
    ("POST", "/queue/give"): REFUSED_TOKEN,
    ("POST", "/queue/node/exchange"): 401,
    ("POST", "/queue/node/press"): 401,
    ("GET", "/queue/overview"): 303,
    ("GET", "/queue/overview/now"): 403,
    ("GET", "/queue/place/<token>"): 404,
    ("POST", "/queue/press"): REFUSED_TOKEN,
    ("GET", "/queue/screen"): 200,
    ("GET", "/queue/screen/now"): 200,
    ("POST", "/queue/take"): REFUSED_TOKEN,
    ("POST", "/queue/take-over"): REFUSED_TOKEN,
    ("GET", "/queue/ticket"): 303,
    ("POST", "/queue/ticket/again"): REFUSED_TOKEN,
    ("POST", "/queue/ticket/taken"): REFUSED_TOKEN,
    ("GET", "/queue/window"): 303,
    ("GET", "/queue/window/<name>"): 303,
    ("GET", "/queue/window/<name>/now"): 403,
    ("POST", "/papers/<key>/again"): REFUSED_TOKEN,
    ("POST", "/papers/<key>/taken"): REFUSED_TOKEN,
    ("GET", "/card"): 303,
    ("POST", "/card"): REFUSED_TOKEN,
    ("GET", "/scan"): 303,
    ("POST", "/scan"): REFUSED_TOKEN,
    ("GET", "/scan/waiting"): 200,
    ("GET", "/scanned"): 303,
    ("GET", "/progress"): 200,
    ("POST", "/progress"): REFUSED_TOKEN,
    ("GET", "/progress/paper"): 303,
    ("POST", "/progress/paper/again"): REFUSED_TOKEN,
    ("POST", "/progress/paper/taken"): REFUSED_TOKEN,
    ("GET", "/progress/print"): 303,
    ("POST", "/progress/print"): REFUSED_TOKEN,
    ("GET", "/progress/seen"): 303,
    ("GET", "/request/"): 200,
    ("POST", "/request/"): REFUSED_TOKEN,
    (
        "GET",
        "/request/<any(what, organ, supply, obtain, who, agent, name, identity, contact, papers, paper):name>",
    ): 303,
    (
        "POST",
        "/request/<any(what, organ, supply, obtain, who, agent, name, identity, contact, papers, paper):name>",
    ): REFUSED_TOKEN,
    ("GET", "/request/check"): 303,
    ("POST", "/request/check"): REFUSED_TOKEN,
    ("GET", "/request/confirm"): 303,
    ("POST", "/request/confirm"): REFUSED_TOKEN,
    ("GET", "/request/form"): 404,
    ("POST", "/request/form"): REFUSED_TOKEN,
    ("POST", "/request/form/again"): REFUSED_TOKEN,
    ("GET", "/request/form/paper"): 404,
    ("POST", "/request/form/taken"): REFUSED_TOKEN,
    ("GET", "/request/templates"): 200,
    ("POST", "/request/templates"): REFUSED_TOKEN,
    ("GET", "/request/directory"): 200,
    ("POST", "/request/directory"): REFUSED_TOKEN,
    ("GET", "/request/others"): 200,
    ("GET", "/request/files"): 303,
    ("POST", "/request/files"): REFUSED_TOKEN,
    ("POST", "/request/files/<file>/remove"): REFUSED_TOKEN,
    ("GET", "/request/files/<file>/picture"): 404,
    ("GET", "/request/receipt"): 303,
    ("POST", "/request/receipt/again"): REFUSED_TOKEN,
    ("POST", "/request/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/request/receipt/document"): 404,
    ("GET", "/request/receipt/paper"): 404,
    ("GET", "/request/receipt/picture"): 404,
    ("GET", "/request/receipt/sent"): 404,
    ("GET", "/request/sample"): 200,
    ("GET", "/book/"): 200,
    ("POST", "/book/"): REFUSED_TOKEN,
    ("GET", "/book/<any(topic, place, first, day, time, caller, ask, publish, paper):name>"): 303,
    ("POST", "/book/<any(topic, place, first, day, time, caller, ask, publish, paper):name>"): REFUSED_TOKEN,
    ("GET", "/book/check"): 303,
    ("POST", "/book/check"): REFUSED_TOKEN,
    ("GET", "/book/confirm"): 303,
    ("POST", "/book/confirm"): REFUSED_TOKEN,
    ("GET", "/book/receipt"): 303,
    ("POST", "/book/receipt/again"): REFUSED_TOKEN,
    ("POST", "/book/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/book/receipt/document"): 404,
    ("GET", "/book/receipt/paper"): 404,
    ("GET", "/book/receipt/picture"): 404,
    ("GET", "/book/receipt/sent"): 404,
    ("POST", "/book/hold"): REFUSED_TOKEN,
    ("POST", "/book/again"): REFUSED_TOKEN,
    ("GET", "/rebook/"): 303,
    ("POST", "/rebook/"): REFUSED_TOKEN,
    ("GET", "/rebook/<any(first, day, time, paper):name>"): 303,
    ("POST", "/rebook/<any(first, day, time, paper):name>"): REFUSED_TOKEN,
    ("GET", "/rebook/check"): 303,
    ("POST", "/rebook/check"): REFUSED_TOKEN,
    ("GET", "/rebook/confirm"): 303,
    ("POST", "/rebook/confirm"): REFUSED_TOKEN,
    ("GET", "/rebook/receipt"): 303,
    ("POST", "/rebook/receipt/again"): REFUSED_TOKEN,
    ("POST", "/rebook/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/rebook/receipt/document"): 404,
    ("GET", "/rebook/receipt/paper"): 404,
    ("GET", "/rebook/receipt/picture"): 404,
    ("GET", "/rebook/receipt/sent"): 404,
    ("POST", "/rebook/hold"): REFUSED_TOKEN,
    ("POST", "/rebook/again"): REFUSED_TOKEN,
    ("GET", "/cancel-booking/"): 303,
    ("POST", "/cancel-booking/"): REFUSED_TOKEN,
    ("GET", "/cancel-booking/<any(paper):name>"): 303,
    ("POST", "/cancel-booking/<any(paper):name>"): REFUSED_TOKEN,
    ("GET", "/cancel-booking/check"): 303,
    ("POST", "/cancel-booking/check"): REFUSED_TOKEN,
    ("GET", "/cancel-booking/confirm"): 303,
    ("POST", "/cancel-booking/confirm"): REFUSED_TOKEN,
    ("GET", "/cancel-booking/receipt"): 303,
    ("POST", "/cancel-booking/receipt/again"): REFUSED_TOKEN,
    ("POST", "/cancel-booking/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/cancel-booking/receipt/document"): 404,
    ("GET", "/cancel-booking/receipt/paper"): 404,
    ("GET", "/cancel-booking/receipt/picture"): 404,
    ("GET", "/cancel-booking/receipt/sent"): 404,
    ("GET", "/accept-booking/"): 303,
    ("POST", "/accept-booking/"): REFUSED_TOKEN,
    ("GET", "/accept-booking/<any(paper):name>"): 303,
    ("POST", "/accept-booking/<any(paper):name>"): REFUSED_TOKEN,
    ("GET", "/accept-booking/check"): 303,
    ("POST", "/accept-booking/check"): REFUSED_TOKEN,
    ("GET", "/accept-booking/confirm"): 303,
    ("POST", "/accept-booking/confirm"): REFUSED_TOKEN,
    ("GET", "/accept-booking/receipt"): 303,
    ("POST", "/accept-booking/receipt/again"): REFUSED_TOKEN,
    ("POST", "/accept-booking/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/accept-booking/receipt/document"): 404,
    ("GET", "/accept-booking/receipt/paper"): 404,
    ("GET", "/accept-booking/receipt/picture"): 404,
    ("GET", "/accept-booking/receipt/sent"): 404,
    ("GET", "/book/bring"): 303,
    ("GET", "/book/calendar"): 303,
    ("GET", "/correct/"): 303,
    ("POST", "/correct/"): REFUSED_TOKEN,
    ("GET", "/correct/<any(corrected, person, papers, paper):name>"): 303,
    ("POST", "/correct/<any(corrected, person, papers, paper):name>"): REFUSED_TOKEN,
    ("GET", "/correct/files"): 303,
    ("POST", "/correct/files"): REFUSED_TOKEN,
    ("POST", "/correct/files/<file>/remove"): REFUSED_TOKEN,
    ("GET", "/correct/files/<file>/picture"): 404,
    ("GET", "/correct/check"): 303,
    ("POST", "/correct/check"): REFUSED_TOKEN,
    ("GET", "/correct/confirm"): 303,
    ("POST", "/correct/confirm"): REFUSED_TOKEN,
    ("GET", "/correct/receipt"): 303,
    ("POST", "/correct/receipt/again"): REFUSED_TOKEN,
    ("POST", "/correct/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/correct/receipt/document"): 404,
    ("GET", "/correct/receipt/paper"): 404,
    ("GET", "/correct/receipt/picture"): 404,
    ("GET", "/correct/receipt/sent"): 404,
    ("GET", "/withdraw/"): 303,
    ("POST", "/withdraw/"): REFUSED_TOKEN,
    ("GET", "/withdraw/<any(person, paper):name>"): 303,
    ("POST", "/withdraw/<any(person, paper):name>"): REFUSED_TOKEN,
    ("GET", "/withdraw/check"): 303,
    ("POST", "/withdraw/check"): REFUSED_TOKEN,
    ("GET", "/withdraw/confirm"): 303,
    ("POST", "/withdraw/confirm"): REFUSED_TOKEN,
    ("GET", "/withdraw/receipt"): 303,
    ("POST", "/withdraw/receipt/again"): REFUSED_TOKEN,
    ("POST", "/withdraw/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/withdraw/receipt/document"): 404,
    ("GET", "/withdraw/receipt/paper"): 404,
    ("GET", "/withdraw/receipt/picture"): 404,
    ("GET", "/withdraw/receipt/sent"): 404,
    ("GET", "/suggest/"): 303,
    ("POST", "/suggest/"): REFUSED_TOKEN,
    ("GET", "/suggest/<any(suggested, paper):name>"): 303,
    ("POST", "/suggest/<any(suggested, paper):name>"): REFUSED_TOKEN,
    ("GET", "/suggest/check"): 303,
    ("POST", "/suggest/check"): REFUSED_TOKEN,
    ("GET", "/suggest/confirm"): 303,
    ("POST", "/suggest/confirm"): REFUSED_TOKEN,
    ("GET", "/suggest/receipt"): 303,
    ("POST", "/suggest/receipt/again"): REFUSED_TOKEN,
    ("POST", "/suggest/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/suggest/receipt/document"): 404,
    ("GET", "/suggest/receipt/paper"): 404,
    ("GET", "/suggest/receipt/picture"): 404,
    ("GET", "/suggest/receipt/sent"): 404,
    ("GET", "/inquiry/"): 200,
    ("POST", "/inquiry/"): REFUSED_TOKEN,
    ("GET", "/inquiry/<any(topic, organ, asked, caller, publish, paper):name>"): 303,
    ("POST", "/inquiry/<any(topic, organ, asked, caller, publish, paper):name>"): REFUSED_TOKEN,
    ("GET", "/inquiry/check"): 303,
    ("POST", "/inquiry/check"): REFUSED_TOKEN,
    ("GET", "/inquiry/confirm"): 303,
    ("POST", "/inquiry/confirm"): REFUSED_TOKEN,
    ("GET", "/inquiry/receipt"): 303,
    ("POST", "/inquiry/receipt/again"): REFUSED_TOKEN,
    ("POST", "/inquiry/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/inquiry/receipt/document"): 404,
    ("GET", "/inquiry/receipt/paper"): 404,
    ("GET", "/inquiry/receipt/picture"): 404,
    ("GET", "/inquiry/receipt/sent"): 404,
    ("GET", "/ask-again/"): 303,
    ("POST", "/ask-again/"): REFUSED_TOKEN,
    ("GET", "/ask-again/<any(further, paper):name>"): 303,
    ("POST", "/ask-again/<any(further, paper):name>"): REFUSED_TOKEN,
    ("GET", "/ask-again/check"): 303,
    ("POST", "/ask-again/check"): REFUSED_TOKEN,
    ("GET", "/ask-again/confirm"): 303,
    ("POST", "/ask-again/confirm"): REFUSED_TOKEN,
    ("GET", "/ask-again/receipt"): 303,
    ("POST", "/ask-again/receipt/again"): REFUSED_TOKEN,
    ("POST", "/ask-again/receipt/taken"): REFUSED_TOKEN,
    ("GET", "/ask-again/receipt/document"): 404,
    ("GET", "/ask-again/receipt/paper"): 404,
    ("GET", "/ask-again/receipt/picture"): 404,
    ("GET", "/ask-again/receipt/sent"): 404,
    ("GET", "/progress/answer"): 303,
    ("POST", "/progress/answer"): REFUSED_TOKEN,
    ("GET", "/progress/answer/read"): 303,
    ("GET", "/progress/answer/leaf"): 404,
    ("GET", "/progress/answer/file"): 404,
    ("GET", "/progress/answer/print"): 404,
    ("POST", "/progress/answer/print"): REFUSED_TOKEN,
    ("GET", "/progress/answer/paper"): 303,
    ("POST", "/progress/answer/paper/again"): REFUSED_TOKEN,
    ("POST", "/progress/answer/paper/taken"): REFUSED_TOKEN,
    ("GET", "/request/remedies"): 303,
    ("GET", "/progress/satisfied"): 303,
    ("POST", "/progress/satisfied"): REFUSED_TOKEN,
    ("GET", "/search"): 200,
    ("POST", "/search/already"): REFUSED_TOKEN,
    ("GET", "/search/live"): 200,
    ("POST", "/settings"): 303,
    ("GET", "/static/<path:filename>"): 200,
    ("GET", "/speech/<clips>.opus"): 404,
    ("GET", "/speech/listen"): 404,
    ("GET", "/still-here"): 200,
    ("GET", "/to-phone"): 404,
    ("POST", "/writing/next"): REFUSED_TOKEN,
    ("POST", "/writing/pinyin"): REFUSED_TOKEN,
}
"""
What a visitor without a session gets. `/leave`, `/settings`, `/awake` and `/help/call` take no token: they forget,
adorn, sign that the page lives, and ring for a person.
"""

HUB: dict[tuple[str, str], int] = {
    ("GET", "/"): 303,
    ("GET", "/desk"): 303,
    ("GET", "/healthz"): 200,
    ("GET", "/static/<path:filename>"): 200,
    ("POST", "/sync/v1/asks/<name>"): 401,
    ("GET", "/sync/v1/blobs/<sha256>"): 401,
    ("GET", "/sync/v1/changes"): 401,
    ("POST", "/sync/v1/enrol"): 401,
    ("GET", "/sync/v1/hello"): 401,
    ("POST", "/sync/v1/heads"): 401,
    ("POST", "/sync/v1/hello"): 401,
    ("GET", "/sync/v1/lists"): 401,
    ("GET", "/sync/v1/lists/<name>"): 401,
    ("GET", "/sync/v1/snapshot"): 401,
    ("GET", "/sync/v1/statuses"): 401,
    ("PUT", "/sync/v1/submissions/<key>"): 401,
    ("PUT", "/sync/v1/tallies/<key>"): 401,
    ("POST", "/sync/v1/track"): 401,
    ("POST", "/sync/v1/lock"): 401,
    ("POST", "/sync/v1/collect"): 401,
}
"""What a stranger gets outside the desk's own pages: from the sync nothing without a signature."""

FILLED = {
    "<path:doc_id>": "none:0",
    "<path:other_id>": "none:1",
    "<int:at>": "1",
    "<kind>": "policy",
    "<clips>": "0" * 16,
    "<any(event,topic,audience,issuer,year):way>": "topic",
    "<key>": KEY,
    "<token>": KEY,
    "<job>": "search",
    "<sha256>": "0" * 64,
    "<name>": "words",
    "<int:call>": "1",
    "<file>": "0" * 16,
    "<any('self-test', report):what>": "report",
    "<path:filename>": "seal.svg",
    "<any(topic, organ, asked, caller, publish, paper):name>": "topic",
    "<any(topic, place, first, day, time, caller, ask, publish, paper):name>": "topic",
    "<any(first, day, time, paper):name>": "first",
    "<any(paper):name>": "paper",
    "<any(further, paper):name>": "further",
    "<any(corrected, person, papers, paper):name>": "corrected",
    "<any(person, paper):name>": "person",
    "<any(suggested, paper):name>": "suggested",
    "<any(what, organ, supply, obtain, who, agent, name, identity, contact, papers, paper):name>": "what",
}


def routes(app: Flask) -> set[tuple[str, str]]:
    """(method, rule) of all that can be asked."""
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(rule: str) -> str:
    for part, value in FILLED.items():
        rule = rule.replace(part, value)
    assert "<" not in rule, f"say in FILLED what stands for {rule}"
    return rule


@pytest.fixture
def terminal(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    with a_terminal(tmp_path, clock) as app:
        yield app


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    hub_home(tmp_path / "hub")
    yield hub_app(tmp_path / "hub", clock=clock)
    db.store.close()


def got(app: Flask, method: str, rule: str, **headers: str) -> int:
    port = app.extensions["kiosk"].settings.port
    answer = app.test_client().open(
        address(rule), method=method, base_url=f"http://127.0.0.1:{port}", headers=headers
    )
    answer.close()
    return answer.status_code


def test_every_route_of_the_terminal_is_in_the_table(terminal: Flask) -> None:
    assert routes(terminal) == set(TERMINAL)


def test_a_visitor_without_a_session_gets_what_the_table_says(terminal: Flask) -> None:
    assert {(method, rule): got(terminal, method, rule) for method, rule in TERMINAL} == TERMINAL


def test_every_route_of_the_hub_outside_the_desk_is_in_the_table(hub: Flask) -> None:
    outside = {(method, rule) for method, rule in routes(hub) if not rule.startswith("/desk/")}
    assert outside == set(HUB)


def test_a_stranger_at_the_hub_gets_what_the_table_says(hub: Flask) -> None:
    assert {(method, rule): got(hub, method, rule) for method, rule in HUB} == HUB


@pytest.mark.parametrize("which", ["terminal", "hub"])
def test_the_sign_of_life_says_the_version(which: str, request: pytest.FixtureRequest) -> None:
    app: Flask = request.getfixturevalue(which)
    port = app.extensions["kiosk"].settings.port
    said = app.test_client().get("/healthz", base_url=f"http://127.0.0.1:{port}").json
    assert said == {"ok": True, "version": __version__}


def test_a_foreign_page_reaches_no_form_of_the_terminal(terminal: Flask) -> None:
    for method, rule in TERMINAL:
        if method != "GET":
            assert got(terminal, method, rule, Origin="http://evil.example") == REFUSED_STRANGER, rule
            assert got(terminal, method, rule, Origin="null") == REFUSED_STRANGER, rule


def test_another_host_name_reaches_nothing(terminal: Flask) -> None:
    for method, rule in TERMINAL:
        assert got(terminal, method, rule, Host="evil.example") == REFUSED_STRANGER, rule


def test_every_answer_carries_the_security_headers(terminal: Flask) -> None:
    port = terminal.extensions["kiosk"].settings.port
    for method, rule in TERMINAL:
        answer = terminal.test_client().open(
            address(rule), method=method, base_url=f"http://127.0.0.1:{port}"
        )
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
        answer.close()
        is_open = rule.startswith(("/open/", "/feeds/")) and answer.status_code == 200
        expected = "public" if rule.startswith("/static") else "no-cache" if is_open else "no-store"
        assert expected in answer.headers["Cache-Control"], rule


def test_only_a_trusted_proxy_names_the_visitors_address(tmp_path: Path, clock: FixedClock) -> None:
    seen = []
    for hops in (0, 1):
        settings = terminal_settings(trusted_proxies=hops)
        app = terminal_app(terminal_home(tmp_path, clock, settings), clock, settings)
        app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
        said = {"X-Forwarded-For": "203.0.113.7"}
        seen.append(app.test_client().get("/who", base_url="http://127.0.0.1:8080", headers=said).text)
    assert seen == ["127.0.0.1", "203.0.113.7"]
    db.store.close()
    db.catalogue.close()
