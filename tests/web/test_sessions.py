"""A session is one encrypted row that only the browser's cookie opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, session

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.web import security
from kiosk.web.session import SealedSession, SealedSessions

LIFE_S = 120.0


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    database = db.open_sqlite(tmp_path / "station.sqlite3")
    db.migrate(database, "station", clock.now())
    db.store.initialize(database)
    app = Flask("session-test")
    app.session_interface = SealedSessions(clock=clock, cookie="visit", life_s=LIFE_S, is_secure=False)
    security.protect(app, {"localhost"})

    @app.post("/say/<word>")
    def say(word: str) -> str:
        session["word"] = word
        return "kept"

    @app.get("/hear")
    def hear() -> str:
        return str(session.get("word", "nothing"))

    @app.post("/end")
    def end() -> str:
        assert isinstance(session._get_current_object(), SealedSession)  # type: ignore[attr-defined]
        session.end()  # type: ignore[attr-defined]
        return "gone"

    yield app
    database.close()


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
