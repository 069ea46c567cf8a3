"""What the terminal answers to the panel, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk import db, side_lists
from tests.building import county_list, terminal_settings
from tests.clocks import MONDAY_MORNING
from tests.writing.conftest import writing_app


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose words are unpacked once for all tests here."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def kiosk(home: Path) -> FlaskClient:
    """A kiosk without a browser."""
    return writing_app(home, terminal_settings(), 80).test_client()


def test_letters_are_answered_with_candidates_and_the_letters_each_uses(kiosk: FlaskClient) -> None:
    answer = kiosk.post("/writing/pinyin", json={"letters": "nongcundibao", "before": ""})
    assert answer.status_code == 200
    found = answer.get_json()["candidates"]
    assert found[0] == {"text": "农村低保", "letters": 12}
    assert {"text": "农村", "letters": 7} in found
    assert answer.headers["Cache-Control"] == "no-store"


def test_next_words_are_answered_for_what_stands_before_the_caret(kiosk: FlaskClient) -> None:
    found = kiosk.post("/writing/next", json={"before": "柳"}).get_json()["candidates"]
    assert "树" in [one["text"] for one in found]


def test_names_that_the_hub_sent_are_written_and_on_chips(kiosk: FlaskClient) -> None:
    assert "桑阿镇" not in kiosk.get("/ask/contact").text
    with db.writing(db.store):
        side_lists.replace(db.store, side_lists.WORDS, county_list(), MONDAY_MORNING)
    found = kiosk.post("/writing/next", json={"before": "柳"}).get_json()["candidates"]
    assert "林镇" in [one["text"] for one in found]
    page = kiosk.get("/ask/contact").text
    assert page.index("冠县<") < page.index("清泉街道<") < page.index("桑阿镇<") < page.index("万善乡<")


@pytest.mark.parametrize(
    "body",
    [
        {"letters": "<script>"},
        {"letters": "a" * 81},
        {"letters": ["a"]},
        {"before": "很" * 9},
        ["letters"],
        None,
    ],
)
def test_what_is_no_composition_is_refused(kiosk: FlaskClient, body: object) -> None:
    assert kiosk.post("/writing/pinyin", json=body).status_code == 400


def test_typed_letters_are_never_taken_from_an_address(kiosk: FlaskClient) -> None:
    assert kiosk.get("/writing/pinyin?letters=nong").status_code == 405
    assert kiosk.post("/writing/pinyin?letters=nong").status_code == 400


def test_foreign_pages_and_forms_are_refused(kiosk: FlaskClient) -> None:
    question = {"letters": "nong"}
    foreign = {"Origin": "http://elsewhere.example"}
    assert kiosk.post("/writing/pinyin", json=question, headers=foreign).status_code == 403
    assert kiosk.post("/writing/pinyin", data=question).status_code == 400


def test_phones_get_neither_panel_nor_candidates(home: Path) -> None:
    phone = writing_app(home, terminal_settings(channel="web"), 80).test_client()
    assert phone.post("/writing/pinyin", json={"letters": "nong"}).status_code == 404
    page = phone.get("/ask/what").get_data(as_text=True)
    assert "writing" not in page.replace("/writing-", "")


def test_a_kiosk_page_carries_the_panel_hidden_until_a_script_opens_it(kiosk: FlaskClient) -> None:
    page = kiosk.get("/ask/what").get_data(as_text=True)
    assert "data-writing-panel hidden" in page
    assert 'inputmode="none"' not in page
    assert "style=" not in page
