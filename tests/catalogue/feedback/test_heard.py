"""What comes back from people without persons: searches that found nothing, problems with a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk import db
from kiosk.catalogue.feedback import empty_searches as silent
from kiosk.catalogue.feedback import problems
from kiosk.catalogue.feedback.empty_searches import countable
from kiosk.catalogue.feedback.problems import MOST_A_VISIT, without_numbers
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.records.hand import Hand
from kiosk.clock import FixedClock
from kiosk.machine import homes
from sync.carried.counts import Tally
from tests import building
from tests.catalogue.conftest import SETTINGS, OpenTerminal, Terminal, a_record, write_lines
from tests.hub import Hub, build_hub

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        ("光伏补贴", "光伏补贴"),
        ("  光伏　补贴 ", "光伏 补贴"),
        ("ＤＩＢＡＯ", "dibao"),
        ("電動車", "电动车"),
        ("冠政办发〔2022〕7号", "冠政办发〔2022〕7号"),
        ("13800001234", ""),
        ("138 0000 1234", ""),
        ("138-0000-1234是谁", ""),
        ("一三八零零零零一二三四", ""),
        ("37152519900101001X", ""),
        ("me@example.cn", ""),
        ("www.example.cn", ""),
        ("我想问一下我家去年的种粮补贴为什么还没有到账", ""),
        ("补", ""),
        ("？！", ""),
        ("12", ""),
    ],
)
def test_only_terms_are_counted(typed: str, counted: str) -> None:
    assert countable(typed) == counted


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("附件2打不开", "附件2打不开"),
        ("第3条和2026年的\n标准不一样", "第3条和2026年的 标准不一样"),
        ("打我电话13800001234", "打我电话***"),
        ("138 0000 1234", "***"),
        ("证号37152519900101001X不对", "证号***不对"),
        ("幺三八零零零零幺二三四", "***"),
        ("写信 me@example.cn 给我", "写信 *** 给我"),
        ("长" * 300, "长" * 100),
    ],
)
def test_numbers_that_may_be_somebodys_become_stars(written: str, kept: str) -> None:
    assert without_numbers(written) == kept


def counts(kind: str) -> list[tuple[str, str, str, int]]:
    rows = db.store.connection().execute(
        "SELECT subject, detail, words, many FROM tally WHERE kind = ? AND day = ?", (kind, TODAY.isoformat())
    )
    return [tuple(row) for row in rows]


def test_a_search_that_found_nothing_counts_once_a_visit(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    for _ in range(3):
        terminal.get("/search?q=量子纠缠")
    assert counts("no-hit") == [("量子纠缠", "", "", 1)]
    another = terminal.app.test_client()
    another.get("/search?q=量子纠缠", headers={"Host": terminal.host})
    assert counts("no-hit") == [("量子纠缠", "", "", 2)]


@pytest.mark.parametrize(
    ("typed", "counted"),
    [("低保饕餮", True), ("低保", False), ("低保标准怎么定", False), ("城市低保标准和饕餮有关系吗", False)],
)
def test_a_term_that_no_document_holds_counts_although_something_like_it_was_shown(
    terminal: Terminal, typed: str, counted: bool
) -> None:
    terminal.catalogue.publish(a_record())
    assert "查到1条" in terminal.get(f"/search?q={typed}")
    assert counts("no-hit") == ([(typed, "", "", 1)] if counted else [])


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=低保标准",
        "/search?q=13800001234",
        "/search?q=量子纠缠&kind=fee",
        "/search/live?q=量子纠缠",
        "/api/v1/search?q=量子纠缠",
        "/search",
    ],
)
def test_what_was_found_narrowed_typed_or_asked_by_machines_is_not_counted(
    terminal: Terminal, path: str
) -> None:
    terminal.catalogue.publish(a_record())
    terminal.get(path)
    assert counts("no-hit") == []


def test_what_was_not_searched_is_not_counted(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(SETTINGS)  # nothing published, no index yet
    assert "没有查到" in terminal.get("/search?q=量子纠缠")
    assert counts("no-hit") == []


def report(terminal: Terminal, what: str = "wrong", words: str = "", doc_id: str = "doc:1") -> int:
    path = f"/documents/{doc_id}/problem"
    return terminal.post(path, terminal.get(path), what=what, words=words).status_code


def test_a_problem_is_told_in_one_page_without_a_name(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    assert 'href="/documents/doc:1/problem"' in terminal.get("/documents/doc:1")
    page = terminal.get("/documents/doc:1/problem")
    for words in problems.WHATS.values():
        assert words in page
    assert "姓名" in page
    assert "<input" in page
    assert 'type="tel"' not in page
    answer = terminal.post(
        "/documents/doc:1/problem", page, what="link", words="附件打不开，我电话13800001234"
    )
    assert answer.status_code == 303
    thanks = terminal.get(answer.headers["Location"])
    assert "谢谢您" in thanks
    assert 'href="/documents/doc:1"' in thanks
    assert counts("problem") == [("doc:1", "link", "附件打不开，我电话***", 1)]


def test_a_repeated_press_is_counted_once(terminal: Terminal) -> None:
    """Also with the day's limit of a visit used up; another choice on the same form is another report."""
    terminal.catalogue.publish(a_record())
    path = "/documents/doc:1/problem"
    page = terminal.get(path)
    (key,) = re.findall(r'name="key" value="([0-9a-f]{32})"', page)
    assert key not in terminal.get(path), "each form has its own"
    for _ in range(MOST_A_VISIT + 2):
        assert terminal.post(path, page, key=key, what="wrong", words="错字").status_code == 303
    assert counts("problem") == [("doc:1", "wrong", "错字", 1)]
    assert terminal.post(path, page, key=key, what="link", words="错字").status_code == 303
    assert sorted(counts("problem")) == [("doc:1", "link", "错字", 1), ("doc:1", "wrong", "错字", 1)]
    assert terminal.post(path, page, key="0" * 32, what="wrong", words="错字").status_code == 303
    assert ("doc:1", "wrong", "错字", 2) in counts("problem"), "the control: another form counts"


def test_a_problem_without_a_choice_is_asked_again(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    assert report(terminal, what="") == 422
    assert report(terminal, what="nonsense") == 422
    assert report(terminal, words="长" * 101) == 422
    assert counts("problem") == []


def test_one_visit_tells_a_few_problems_and_is_then_sent_to_a_person(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    for _ in range(MOST_A_VISIT):
        assert report(terminal) == 303
    page = terminal.get("/documents/doc:1/problem")
    assert "请直接告诉工作人员" in page
    assert 'href="/help"' in page
    assert counts("problem") == [("doc:1", "wrong", "", MOST_A_VISIT)]


def test_a_document_that_is_not_there_has_no_such_page(terminal: Terminal) -> None:
    assert "没有找到这一页" in terminal.get("/documents/none:1/problem", expect=404)
    assert counts("problem") == []


def test_telling_makes_no_visit_personal(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    report(terminal)
    assert "离开就清除" not in terminal.get("/documents/doc:1")


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[None]:
    """An empty hub."""
    building.hub_home(tmp_path)
    database = homes.open_hub(tmp_path, clock)
    yield
    database.close_all()


def heard(words: str, many: int, day: date = TODAY) -> None:
    silent.take(day, Tally("no-hit", words, many=many))


@pytest.mark.usefixtures("hub")
def test_words_reach_the_desk_after_several_searches_or_days() -> None:
    heard("光伏补贴", 3)
    heard("光伏补贴", 2)
    heard("张样例", 4)
    for back in range(3):
        heard("换热水器", 1, TODAY - timedelta(days=back))
    heard("13800001234", 100)
    told = silent.listed(least=5, days=3)
    assert [(each.words, each.many, each.days) for each in told] == [("光伏补贴", 5, 1), ("换热水器", 3, 3)]


@pytest.mark.usefixtures("hub")
def test_what_is_old_is_erased() -> None:
    heard("光伏补贴", 9, TODAY - timedelta(days=181))
    heard("换热水器", 9, TODAY - timedelta(days=180))
    silent.forget(TODAY)
    assert [each.words for each in silent.listed(1, 1)] == ["换热水器"]


@pytest.mark.usefixtures("hub")
def test_reports_add_up_over_terminals_and_days() -> None:
    for day in (TODAY - timedelta(days=1), TODAY, TODAY):
        problems.take(day, Tally("problem", "doc:1", "wrong", "第3条不对"))
    problems.take(TODAY, Tally("problem", "doc:1", "later-version", many=2))
    problems.take(TODAY, Tally("problem", "doc:2", "link"))
    assert [(each.doc_id, each.many) for each in problems.open_reports()] == [("doc:1", 5), ("doc:2", 1)]
    told = problems.of("doc:1")
    assert [(each.what, each.words, each.many) for each in told] == [
        ("wrong", "第3条不对", 3),
        ("other", "", 2),
    ]


DESK = "/desk/catalogue"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(tmp_path)
    hub.add_account("wang.shen", "publisher")
    hand = Hand("operator:test", hub.clock.now())
    import_file(write_lines(tmp_path / "a.jsonl", a_record()), hand, publish=True)
    yield hub
    db.store.obj.close()


def told(hub: Hub, *rows: Tally) -> None:
    """A terminal's day arrives."""
    with db.writing(db.store):
        for row in rows:
            module = silent if row.kind == "no-hit" else problems
            module.take(TODAY, row)


def test_words_without_an_answer_stand_at_the_desk_with_what_can_be_done(desk: Hub) -> None:
    told(desk, Tally("no-hit", "光伏补贴", many=5), Tally("no-hit", "张样例", many=4))
    browser = desk.browser("wang.shen")
    page = browser.get(f"{DESK}/searches").text
    assert "光伏补贴" in page
    assert "张样例" not in page, "not often enough to be told"
    form = browser.get(f"{DESK}/new/question?asked=光伏补贴").text
    assert 'value="光伏补贴"' in form
    answer = browser.post(
        f"{DESK}/searches", {"words": "光伏补贴", "note": "加了问答"}, on=f"{DESK}/searches"
    )
    assert answer.status_code == 303
    assert silent.listed(5, 3) == []
    with db.writing(db.store):
        silent.take(TODAY + timedelta(days=1), Tally("no-hit", "光伏补贴", many=5))
    assert [each.words for each in silent.listed(5, 3)] == ["光伏补贴"], "asked again later"


def test_a_problem_stands_under_its_record_until_somebody_says_what_was_done(desk: Hub) -> None:
    told(desk, Tally("problem", "doc:1", "link", "附件打不开", 2), Tally("problem", "doc:1", "wrong"))
    browser = desk.browser("wang.shen")
    assert "关于调整城乡低保标准的通知" in browser.get(f"{DESK}/problems").text
    assert "附件打不开" in browser.get(f"{DESK}/entries/doc:1").text
    page = f"{DESK}/problems/doc:1"
    assert browser.post(page, {"note": ""}, on=page).status_code == 422
    assert browser.post(page, {"note": "换了附件"}, on=page).status_code == 303
    assert "附件打不开" not in browser.get(f"{DESK}/entries/doc:1").text
    after = browser.get(page).text
    assert "换了附件" in after
    assert "wang.shen" in after
    last = desk.connection.execute("SELECT act, subject, detail FROM audit ORDER BY seq DESC").fetchone()
    assert (last[0], last[1]) == ("catalogue-problem-settled", "doc:1")
    assert "附件打不开" not in str(last[2])


def test_sentences_of_settled_reports_are_erased_after_half_a_year(desk: Hub) -> None:
    told(desk, Tally("problem", "doc:1", "link", "附件打不开"), Tally("problem", "doc:1", "link", many=2))
    hand = Hand("wang.shen", desk.clock.now())
    with db.writing(db.store):
        connection = db.store.connection()
        assert problems.settle("doc:1", "换了附件", hand) == 3
        problems.forget(TODAY + timedelta(days=180))
        assert len(connection.execute("SELECT 1 FROM problem").fetchall()) == 2
        problems.forget(TODAY + timedelta(days=182))
    left = desk.connection.execute("SELECT words, many, note FROM problem").fetchall()
    assert [tuple(row) for row in left] == [("", 3, "换了附件")]
