"""What is half written when somebody asks for another language or larger type, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.web.visit_rows import WebSession
from tests.building import terminal_settings
from tests.disclosure.test_application_form import HOST, Visit

WRITTEN = "清水镇2025年修路的"


@pytest.fixture
def visit(tmp_path: Path, clock: FixedClock) -> Iterator[Visit]:
    opened = Visit(tmp_path, clock, terminal_settings())
    opened.post("/request/", opened.get("/request/"))
    yield opened
    db.store.close()
    db.catalogue.close()


def press(visit: Visit, page: str, **sent: str) -> str:
    """Presses a settings button that belongs to the page's form; returns where it leads."""
    answer = visit.client.post(f"/settings?next={page}", data=sent, headers={"Host": HOST})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_question_comes_back_in_the_other_language_with_what_was_written(visit: Visit) -> None:
    assert 'form="question" formaction="/settings?next=/request/what"' in visit.get("/request/what")
    assert press(visit, "/request/what", wanted=WRITTEN, lang="en", csrf_token="x") == "/request/what"
    page = visit.get("/request/what")
    assert '<html lang="en"' in page
    assert WRITTEN in page
    assert WRITTEN not in visit.get("/request/what"), "it comes back once"


def test_it_is_an_answer_only_when_it_is_sent(visit: Visit) -> None:
    press(visit, "/request/what", wanted=WRITTEN, text_size="2")
    visit.get("/request/what")
    assert visit.client.get("/request/organ", headers={"Host": HOST}).status_code == 303, (
        "nothing was answered"
    )


def test_it_stands_on_no_other_page_and_goes_with_the_visit(visit: Visit) -> None:
    press(visit, "/request/what", wanted=WRITTEN, contrast="high")
    assert WRITTEN not in visit.get("/progress")
    visit.client.post("/leave", headers={"Host": HOST})
    visit.post("/request/", visit.get("/request/"))
    assert WRITTEN not in visit.get("/request/what")


def test_more_than_any_question_takes_is_not_kept(visit: Visit) -> None:
    press(visit, "/request/what", wanted="长" * 20_001, lang="en")
    assert "长长" not in visit.get("/request/what")


def test_it_is_nowhere_in_clear(visit: Visit, tmp_path: Path) -> None:
    press(visit, "/request/what", wanted=WRITTEN, lang="en")
    db.store.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert all(WRITTEN.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_nothing_written_makes_no_visit_personal(visit: Visit) -> None:
    visit.client.post("/leave", headers={"Host": HOST})
    press(visit, "/", q="", lang="zh")
    assert "离开就清除" not in visit.get("/help")


def test_nothing_of_a_stranger_is_kept_where_no_visit_has_begun(visit: Visit) -> None:
    from_nowhere = visit.client.application.test_client()
    for _each in range(3):
        sent = {"wanted": "字" * 5_000, "lang": "en"}
        assert (
            from_nowhere.post("/settings?next=/search", data=sent, headers={"Host": HOST}).status_code == 303
        )
        rows = [bytes(row.sealed) for row in WebSession.select().execute(db.store)]
        assert max(map(len, rows)) < 2_000
        from_nowhere = visit.client.application.test_client()
