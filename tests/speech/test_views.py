"""The terminal's side: recordings over HTTP, controls on pages, the page without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.clock import FixedClock
from kiosk.speech import ogg, rules
from tests.building import a_terminal

HOST = "127.0.0.1:8080"
BACK_HOME = rules.key("回首页")


@pytest.fixture
def terminal(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    with a_terminal(tmp_path, clock) as app:
        yield app


@pytest.fixture
def visitor(terminal: Flask) -> FlaskClient:
    return terminal.test_client()


def get(visitor: FlaskClient, path: str, expect: int = 200, **headers: str):  # type: ignore[no-untyped-def]
    answer = visitor.get(path, headers={"Host": HOST, **headers})
    assert answer.status_code == expect, path
    return answer


def test_a_recording_is_kept_by_browsers_for_good(visitor: FlaskClient) -> None:
    answer = get(visitor, f"/speech/{BACK_HOME}.opus")
    assert answer.mimetype == "audio/ogg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ogg.read(answer.data).seconds > 0.3
    part = get(visitor, f"/speech/{BACK_HOME}.opus", 206, Range="bytes=0-99")
    assert part.data == answer.data[:100]


def test_several_recordings_come_as_one(visitor: FlaskClient) -> None:
    clips = ".".join(map(rules.key, ["二零二六年", "十一月", "二十五日"]))
    assert 2 < ogg.read(get(visitor, f"/speech/{clips}.opus").data).seconds < 5


@pytest.mark.parametrize(
    "clips", ["0" * 16, f"{BACK_HOME}.{'0' * 16}", "seal", "..", f"{BACK_HOME}." * 120, "A" * 16]
)
def test_anything_else_is_not_found(visitor: FlaskClient, clips: str) -> None:
    get(visitor, f"/speech/{clips}.opus", 404)
    get(visitor, f"/speech/listen?clips={clips}", 404)


def test_every_page_has_its_button_in_the_bar(visitor: FlaskClient) -> None:
    for path in ("/", "/help", "/progress", "/request/", "/search"):
        page = get(visitor, path).text
        assert 'aria-pressed="false" data-speech' in page, path
        assert page.count("speech.js") == 1
        assert "<!-- speech" not in page


def test_an_english_page_has_none(visitor: FlaskClient) -> None:
    visitor.post("/settings", data={"lang": "en"}, headers={"Host": HOST})
    page = get(visitor, "/help").text
    assert "data-speech" not in page
    assert "data-say" not in page
    assert "<!-- speech" not in page


def test_volume_and_reading_every_page_belong_to_the_visit(visitor: FlaskClient) -> None:
    assert 'data-volume="3"' in get(visitor, "/help").text
    visitor.post("/settings", data={"volume": "5"}, headers={"Host": HOST})
    visitor.post("/settings", data={"aloud": "on"}, headers={"Host": HOST})
    page = get(visitor, "/help").text
    assert 'data-volume="5"' in page
    assert " data-on hidden" in page
    visitor.post("/settings", data={"volume": "99", "aloud": "maybe"}, headers={"Host": HOST})
    assert 'data-volume="5"' in get(visitor, "/help").text
    visitor.post("/leave", headers={"Host": HOST})
    page = get(visitor, "/help").text
    assert 'data-volume="3"' in page
    assert " data-on hidden" not in page


def test_without_javascript_the_browser_plays(visitor: FlaskClient) -> None:
    page = get(visitor, f"/speech/listen?clips={BACK_HOME}&next=/help").text
    assert f'<audio class="player" controls preload="none" src="/speech/{BACK_HOME}.opus">' in page
    assert 'href="/help"' in page
    assert (
        'href="//evil.example"'
        not in get(visitor, f"/speech/listen?clips={BACK_HOME}&next=//evil.example").text
    )


def test_what_somebody_typed_is_in_no_address(visitor: FlaskClient) -> None:
    page = get(visitor, "/search?q=回首页").text
    heading = page.split("<h1")[1].split("</h1>")[0]
    assert "回首页" in heading
    assert "data-say" not in heading


def test_a_page_is_not_slowed_and_stays_light(visitor: FlaskClient) -> None:
    assert len(get(visitor, "/help").data) < 60_000
    script = Path(__file__).parents[2] / "kiosk" / "static" / "js" / "speech.js"
    assert script.stat().st_size < 9_000
