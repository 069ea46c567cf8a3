"""A form that is filled with a card at a terminal: what is shown, what is kept, and what is nowhere."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from kiosk import db
from kiosk.app import hall_state, readiness
from kiosk.app.devices import reader_threads
from kiosk.hall import condition_words
from kiosk.readers.card_read import HELD_S
from kiosk.readers.reader_worker import CARD, CODE
from tests.building import as_shown
from tests.journeys.story import ANSWERS
from tests.readers.conftest import AT, READING, TOKEN, Hall, eventually
from tools.virtual_reader.card_reader import FAULTS

NAME, NUMBER = "张样例", "371525199001010017"


def to(hall: Hall, question: str, **who: str) -> None:
    """Answers a request up to a question."""
    hall.send("/request/")
    for name, fields in ANSWERS.items():
        if name == question:
            return
        assert hall.send(f"/request/{name}", **fields, **(who if name == "who" else {})).status_code == 303


def lay(hall: Hall, card: str, page: str = "/request/name") -> str:
    """Presses the button and lays a card down; returns the page that it fills."""
    assert hall.send(page, card="read").headers["Location"] == "/card"
    hall.reader.lay(card)
    eventually(lambda: hall.client.get("/card?state=1", headers=AT).json["go"] == page)  # type: ignore[index]
    return hall.open("/card")


def test_without_javascript_a_button_says_that_the_card_is_there(hall: Hall) -> None:
    to(hall, "name")
    hall.send("/request/name", card="read")
    token = TOKEN.search(hall.open("/card"))
    assert token
    hall.reader.lay("zhang")
    sent = hall.client.post("/card", data={"csrf_token": token[1]}, headers=AT)
    assert sent.status_code == 303
    assert "由读卡器填入" in hall.open("/card")


def test_a_card_fills_name_number_and_kind(hall: Hall) -> None:
    to(hall, "name")
    page = lay(hall, "zhang")
    assert "由读卡器填入" in page
    assert "已核验" not in page
    assert "请取回证件" in page
    assert "张**" in page
    assert hall.send("/request/name").headers["Location"] == "/request/identity"
    page = hall.open("/request/identity")
    assert "**************0017" in page
    assert "居民身份证" in page
    assert hall.send("/request/identity").status_code == 303
    assert NAME in hall.open("/request/name"), "an answer like a typed one, which can be changed"
    cards = hall.wired.readers.cards
    assert cards is not None
    assert not cards.is_in_use, "nothing waits any more once the last question is answered"


def test_nothing_of_the_card_is_in_clear_on_the_page_before_it_is_taken_over(hall: Hall) -> None:
    to(hall, "name")
    page = lay(hall, "zhang") + hall.open("/request/name")
    assert NAME not in page
    assert NUMBER not in page


def test_not_mine_clears_it(hall: Hall) -> None:
    to(hall, "name")
    lay(hall, "zhang")
    assert hall.send("/request/name", card="clear").status_code == 303
    page = hall.open("/request/name")
    assert "由读卡器填入" not in page
    assert 'name="name"' in page


def test_typing_is_always_possible(hall: Hall) -> None:
    to(hall, "name")
    assert 'name="name"' in hall.open("/request/name")
    hall.send("/request/name", card="read")
    assert hall.send("/card", card="stop").headers["Location"] == "/request/name"
    hall.reader.lay("zhang")
    assert hall.send("/request/name", name="李示例").status_code == 303
    assert "李示例" in hall.open("/request/name")
    cards = hall.wired.readers.cards
    assert cards is not None
    assert cards.asked() is None


def test_what_was_read_is_gone_with_the_visit(hall: Hall) -> None:
    to(hall, "name")
    lay(hall, "zhang")
    cards = hall.wired.readers.cards
    assert cards is not None
    assert cards.is_in_use
    hall.client.post("/leave", headers=AT)
    assert not cards.is_in_use


def test_what_was_read_is_gone_with_a_visit_that_ended_by_itself(hall: Hall) -> None:
    to(hall, "name")
    lay(hall, "zhang")
    hall.clock.advance(HELD_S - 1)
    db.store.execute_sql("DELETE FROM web_session")
    hall.client.application.test_client().get("/", headers=AT)
    cards = hall.wired.readers.cards
    assert cards is not None
    assert not cards.is_in_use


def test_what_is_no_longer_here_is_not_taken_over(hall: Hall) -> None:
    to(hall, "name")
    lay(hall, "zhang")
    page, cards = hall.open("/request/name"), hall.wired.readers.cards
    assert cards is not None
    cards.keep_only(lambda _visit: False)
    token, held = TOKEN.search(page), READING.search(page)
    assert token
    assert held
    fields = {"csrf_token": token[1], "card_reading": held[1]}
    sent = hall.client.post("/request/name", data=fields, headers=AT)
    sent = as_shown(hall.client, sent, headers=AT)
    assert sent.status_code == 422
    assert "读到的内容已经清掉了" in sent.text


def test_another_visit_gets_nothing_of_it(hall: Hall) -> None:
    to(hall, "name")
    lay(hall, "zhang")
    hall.client = hall.client.application.test_client()
    to(hall, "name")
    assert "由读卡器填入" not in hall.open("/request/name")


def test_the_card_of_a_foreigner_fills_its_kind(hall: Hall) -> None:
    to(hall, "name")
    lay(hall, "yang-2023")
    hall.send("/request/name")
    assert "外国人永久居留身份证" in hall.open("/request/identity")
    assert hall.send("/request/identity").status_code == 303


def test_an_expired_card_says_so_and_goes_on(hall: Hall) -> None:
    to(hall, "name")
    assert "2020年1月1日到期了" in lay(hall, "expired")
    assert hall.send("/request/name").status_code == 303


def test_a_name_with_characters_of_the_issuer_is_marked(hall: Hall) -> None:
    to(hall, "name")
    assert "显示不出来" in lay(hall, "rare")


def test_whoever_acts_for_another_is_asked_for_the_own_card_only(hall: Hall) -> None:
    to(hall, "name", behalf="another")
    page = lay(hall, "zhang", "/request/agent")
    assert "由读卡器填入" in page
    assert hall.send("/request/agent").status_code == 303
    assert 'value="read"' not in hall.open("/request/name"), "the applicant is not here"


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "none"])
def test_each_fault_is_said_and_typing_goes_on(hall: Hall, fault: str) -> None:
    to(hall, "name")
    hall.reader.set_fault(fault)
    hall.reader.lay("zhang")
    hall.send("/request/name", card="read")
    cards = hall.wired.readers.cards
    assert cards is not None
    if fault != "silence":
        eventually(
            lambda: (
                hall.client.get("/card?state=1", headers=AT)
                .json["words"]
                .startswith(("证件", "这张", "没有"))
            )
        )  # type: ignore[index]
    else:
        eventually(
            lambda: (
                "没有回应"
                in json.dumps(hall.client.get("/card?state=1", headers=AT).json, ensure_ascii=False)
            )
        )
    assert hall.send("/card", card="stop").status_code == 303
    assert hall.send("/request/name", name="李示例").status_code == 303


def test_a_reader_that_is_not_ready_is_not_offered_and_its_state_is_said_everywhere(hall: Hall) -> None:
    to(hall, "name")
    assert 'value="read"' in hall.open("/request/name")
    hall.reader.set_fault("silence")
    hall.send("/request/name", card="read")
    states = hall.wired.readers.states
    eventually(lambda: states()[CARD].reason == "silent")
    hall.send("/card", card="stop")
    assert 'value="read"' not in hall.open("/request/name")
    settings = hall.wired.settings
    seen = reader_threads.states(hall.home, settings, hall.clock)
    assert (seen[CARD].readiness, seen[CODE].readiness) == ("unknown", "ready")
    machine = hall_state.for_hall(hall.home, settings, hall.clock)
    lines = {each.name: each for each in condition_words.lines(machine, hall.clock.now())}
    assert (lines[CARD].is_good, lines[CODE].is_good) == (False, True)
    checked = {each.name: each for each in readiness._readers(hall.home, hall.clock)}
    assert (checked[CARD].words, checked[CODE].words) == ("unknown silent", "ready")


def test_nothing_of_the_card_is_in_any_file(
    hall: Hall, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything that is written is searched: while the card is held, when it is an answer, after the visit."""
    caplog.set_level(logging.DEBUG)
    secrets = [
        each.encode(encoding)
        for each in (NAME, NUMBER, "样例镇样例村1号", "冠县公安局", "19900101")
        for encoding in ("utf-8", "utf-16-le", "unicode_escape")
    ]

    def found() -> list[str]:
        db.store.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        files = [each for each in tmp_path.rglob("*") if each.is_file()]
        assert len(files) > 5
        logs = caplog.text.encode()
        return [str(each) for each in files for one in secrets if one in each.read_bytes()] + [
            "log" for one in secrets if one in logs
        ]

    to(hall, "name")
    lay(hall, "zhang")
    assert found() == []
    hall.send("/request/name")
    hall.send("/request/identity")
    assert found() == []
    hall.client.post("/leave", headers=AT)
    assert found() == []
    planted = tmp_path / "control"
    planted.write_text(NUMBER)
    assert set(found()) == {str(planted)}
