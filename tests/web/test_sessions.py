"""A session is one encrypted row that only the browser's cookie opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, redirect, request, session

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.web import security
from kiosk.web.merging import merged
from kiosk.web.session import MOVED_S, SealedSession, SealedSessions, same_again
from kiosk.web.visit_rows import MOST_COME_AGAIN
from tests import building

LIFE_S = 120.0


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    database = building.station(tmp_path)
    app = Flask("session-test")
    app.session_interface = SealedSessions(clock=clock, cookie="visit", life_s=LIFE_S, is_secure=False)
    security.protect(app, {"localhost"})

    @app.post("/say/<word>")
    def say(word: str) -> str:
        session["word"] = word
        return "kept"

    @app.get("/hear")
    def hear() -> str:
        return str(session.get(request.args.get("what", "word"), "nothing"))

    @app.post("/say/<word>/while/<path:other>")
    def say_while(word: str, other: str) -> str:
        """Changes the visit while another request of it comes and goes."""
        session["slow"] = word
        beside(app, other)
        return "kept"

    @app.post("/renew")
    @app.post("/renew/while/<path:other>")
    def renew(other: str = "") -> str:
        session.renew()  # type: ignore[attr-defined]
        if other:
            beside(app, other)
        return "renewed"

    @app.before_request
    def come_again() -> object:
        return redirect(same_again(), 307) if session.has_moved else None  # type: ignore[attr-defined]

    @app.post("/end")
    def end() -> str:
        assert isinstance(session._get_current_object(), SealedSession)  # type: ignore[attr-defined]
        session.end()  # type: ignore[attr-defined]
        return "gone"

    yield app
    database.close()


def beside(app: Flask, path: str) -> None:
    """Another request of the same visit, begun and ended within this one."""
    other = app.test_client()
    other.set_cookie("visit", request.cookies["visit"])
    other.post("/" + path)


def test_of_two_requests_side_by_side_nothing_is_lost(app: Flask) -> None:
    client = app.test_client()
    client.post("/say/early")
    client.post("/say/slow/while/say/quick")
    assert client.get("/hear").text == "quick"
    assert client.get("/hear?what=slow").text == "slow"


def test_a_visit_that_was_left_is_not_brought_back_by_a_request_under_way(app: Flask) -> None:
    client = app.test_client()
    client.post("/say/early")
    client.post("/say/slow/while/end")
    assert client.get("/hear?what=slow").text == "nothing"
    assert db.store.execute_sql("SELECT count(*) FROM web_session").fetchone()[0] == 0


def test_a_visit_that_gets_another_name_keeps_what_came_meanwhile(app: Flask) -> None:
    client = app.test_client()
    client.post("/say/early")
    client.post("/renew/while/say/quick")
    assert client.get("/hear").text == "quick"


def test_a_request_under_the_name_before_comes_again_and_starts_no_other_visit(
    app: Flask, clock: FixedClock
) -> None:
    client = app.test_client()
    client.post("/say/early")
    late = app.test_client()
    cookie = client.get_cookie("visit")
    assert cookie
    late.set_cookie("visit", cookie.value)
    client.post("/renew")
    answer = late.post("/say/late?a=b")
    assert (answer.status_code, answer.headers["Location"]) == (307, "/say/late?a=b")
    assert "Set-Cookie" not in answer.headers
    with app.test_request_context("/", environ_overrides={"PATH_INFO": "//elsewhere.example/x"}):
        assert same_again() == "/elsewhere.example/x", "never another host's page"
    clock.advance(MOVED_S + 1)
    assert late.post("/say/late").status_code == 200, "after a moment it is a cookie like any dead one"


def test_a_browser_that_never_got_the_new_cookie_begins_another_visit(app: Flask) -> None:
    client = app.test_client()
    client.post("/say/early")
    cookie = client.get_cookie("visit")
    assert cookie
    client.post("/renew")
    late = app.test_client()
    late.set_cookie("visit", cookie.value)
    assert [late.get("/hear").status_code for _ in range(MOST_COME_AGAIN + 2)] == [307] * MOST_COME_AGAIN + [
        200,
        200,
    ]


def test_a_request_under_way_while_its_visit_gets_another_name_comes_again(app: Flask) -> None:
    client = app.test_client()
    client.post("/say/early")
    answer = client.post("/say/slow/while/renew")
    assert (answer.status_code, answer.headers["Location"]) == (307, "/say/slow/while/renew")


@pytest.mark.parametrize(
    ("read", "mine", "theirs", "both"),
    [
        ({}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 2}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ({"a": 1}, {}, {"a": 2}, {}),
        ({"a": 1}, {"a": 2}, {}, {}),
        ({"a": [1]}, {"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"a": ["x"]}, {"a": ["x", "y"]}, {"a": ["x", "z"]}, {"a": ["x", "z", "y"]}),
        ({"a": ["x", "w"]}, {"a": ["w"]}, {"a": ["x", "w", "z"]}, {"a": ["w", "z"]}),
        (
            {"form": {"key": "1", "answers": {}}},
            {"form": {"key": "1", "answers": {"a": "1"}}},
            {"form": {"key": "1", "answers": {"b": "2"}}},
            {"form": {"key": "1", "answers": {"b": "2", "a": "1"}}},
        ),
        (
            {"form": {"key": "1", "answers": {}}},
            {"form": {"key": "1", "answers": {"a": "1"}}},
            {"form": {"key": "2", "answers": {}}},
            {"form": {"key": "2", "answers": {}}},
        ),
        (
            {"form": {"key": "1", "answers": {}}},
            {"form": {"key": "2", "answers": {}}},
            {"form": {"key": "1", "answers": {"a": "1"}}},
            {"form": {"key": "2", "answers": {}}},
        ),
        (
            {"counted": {"guesses": 1}},
            {"counted": {"guesses": 2, "requests": ["k"]}},
            {"counted": {"guesses": 2, "requests": ["k"]}},
            {"counted": {"guesses": 3, "requests": ["k"]}},
        ),
        (
            {"counted": {"guesses": 1}},
            {"counted": {"guesses": 2, "papers": 1}},
            {"counted": {"guesses": 3, "requests": ["k"]}},
            {"counted": {"guesses": 4, "papers": 1, "requests": ["k"]}},
        ),
    ],
)
def test_two_changes_are_put_together(
    read: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], both: dict[str, Any]
) -> None:
    assert merged(read, mine, theirs) == both


def test_what_was_said_is_heard_again_and_is_not_on_the_disk(app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    client.post("/say/canary")
    assert client.get("/hear").text == "canary"
    assert all(b"canary" not in path.read_bytes() for path in tmp_path.iterdir())


def test_looking_at_pages_writes_no_session(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/hear")
    assert "Set-Cookie" not in answer.headers
    assert db.store.execute_sql("SELECT count(*) FROM web_session").fetchone()[0] == 0


def test_a_session_ends_with_its_quiet_time(app: Flask, clock: FixedClock) -> None:
    client = app.test_client()
    client.post("/say/canary")
    clock.advance(LIFE_S - 1)
    assert client.get("/hear").text == "canary"
    clock.advance(LIFE_S - 1)
    assert client.get("/hear").text == "canary", "a visit prolongs it"
    clock.advance(LIFE_S + 1)
    assert client.get("/hear").text == "nothing"


def test_a_clock_that_jumps_back_prolongs_nothing(app: Flask, clock: FixedClock) -> None:
    client = app.test_client()
    client.post("/say/canary")
    clock.advance(LIFE_S + 1)
    clock.moment = clock.moment.replace(year=1970)
    assert client.get("/hear").text == "nothing"


def test_a_session_ends_with_the_boot(app: Flask, clock: FixedClock) -> None:
    client = app.test_client()
    client.post("/say/canary")
    clock.boot = "boot-2"
    assert client.get("/hear").text == "nothing"


def test_an_ended_session_is_dead_for_whoever_kept_the_cookie(app: Flask) -> None:
    client = app.test_client()
    client.post("/say/canary")
    cookie = client.get_cookie("visit")
    assert cookie is not None
    client.post("/end")
    thief = app.test_client()
    thief.set_cookie("visit", cookie.value)
    assert thief.get("/hear").text == "nothing"
    assert db.store.execute_sql("SELECT count(*) FROM web_session").fetchone()[0] == 0


def test_a_foreign_host_or_origin_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/hear", headers={"Host": "evil.example"}).status_code == 403
    assert client.post("/say/x", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/say/x", headers={"Origin": "null"}).status_code == 403
    assert client.post("/say/x", headers={"Origin": "http://localhost"}).status_code == 200


def test_what_nobody_can_type_and_not_every_database_keeps_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/say/%00").status_code == 400
    assert client.get("/hear?q=%00").status_code == 400
    assert client.post("/say/x", data={"name": "张\0样例"}).status_code == 400
    assert client.post("/say/x", data={"name": "张样例"}).status_code == 200
