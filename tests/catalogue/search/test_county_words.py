"""A county's own words: decided at the desk, carried to terminals, and what people find by them afterwards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import db, side_lists
from kiosk.catalogue.search import county_words, search, words
from kiosk.catalogue.search import indexing as upkeep
from kiosk.catalogue.search.county_words import tidy
from kiosk.catalogue.search.words import PAIR, TERM, ListedWord, load
from kiosk.errors import RuleBroken
from tests.catalogue.conftest import Catalogue, Terminal, a_record
from tests.hub import HOST, Browser, Hub, build_hub

PAGE = "/desk/catalogue/words"
FOUNTAIN = a_record("doc:quan", title="关于泉眼泉池保护工作的通知", body="保护泉眼。", doc_no="")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = build_hub(tmp_path)
    made.add_account("publisher", "publisher")
    yield made
    db.store.obj.close()


@pytest.fixture
def desk(hub: Hub) -> Browser:
    return hub.browser("publisher")


def keep(desk: Browser, word: str, meaning: str, form: str = PAIR) -> int:
    return desk.post(PAGE, {"form": form, "word": word, "meaning": meaning}, on=PAGE).status_code


def held(hub: Hub) -> words.SearchWords:
    return load(county=county_words.county_list() or b"")


# At the desk.


def test_a_word_is_added_corrected_dropped_and_taken_up_again(hub: Hub, desk: Browser) -> None:
    assert county_words.county_list() is None
    assert keep(desk, "水泉子", "泉眼泉池、泉水") == 303
    assert held(hub).official("水泉子") == ("泉眼泉池", "泉水")
    assert keep(desk, "水泉子", "泉眼泉池") == 303
    assert held(hub).official("水泉子") == ("泉眼泉池",)
    for status, meant in (("dropped", ()), ("reviewed", ("泉眼泉池",))):
        form = {"form": PAIR, "word": "水泉子", "status": status}
        assert desk.post(f"{PAGE}/mark", form, on=PAGE).status_code == 303
        assert held(hub).official("水泉子") == meant
    acts = hub.connection.execute(
        "SELECT actor, act, subject FROM audit WHERE act = 'catalogue-word'"
    ).fetchall()
    assert [tuple(act) for act in acts] == [("publisher", "catalogue-word", "水泉子")] * 4


def test_what_the_product_brings_waits_for_review_until_somebody_says_so(hub: Hub, desk: Browser) -> None:
    before = desk.get(f"{PAGE}?q=低保&status=needs_review").text
    assert "最低生活保障" in before
    desk.post(f"{PAGE}/mark", {"form": PAIR, "word": "低保", "status": "reviewed"}, on=PAGE)
    reviewed = county_words.one(PAIR, "低保")
    assert reviewed is not None
    assert reviewed.status == "reviewed"
    assert held(hub) == load()
    desk.post(f"{PAGE}/mark", {"form": PAIR, "word": "低保", "status": "dropped"}, on=PAGE)
    assert held(hub).official("低保") == ()
    assert load().official("低保") != ()


def test_a_word_that_was_searched_in_vain_opens_its_form(desk: Browser) -> None:
    page = desk.get(f"{PAGE}?word=水泉子").text
    assert 'name="word" value="水泉子"' in page


@pytest.mark.parametrize(
    ("form", "word", "meaning", "code"),
    [
        (PAIR, "低", "最低生活保障", "word-form"),
        (PAIR, "低保！", "最低生活保障", "word-form"),
        (PAIR, "低保", "低保", "word-itself"),
        (PAIR, "低保", " 、 ", "meanings-missing"),
        (PAIR, "低保", "甲甲、乙乙、丙丙、丁丁、戊戊、己己、庚庚", "meanings-many"),
        (PAIR, "低保", "最低\t生活<b>", "word-form"),
        (TERM, "低保金", "0", "weight-wrong"),
        (TERM, "低保金", "一百", "weight-wrong"),
        (TERM, "低保金", "101", "weight-wrong"),
    ],
)
def test_what_is_no_word_is_refused_and_stays_in_the_form(
    desk: Browser, hub: Hub, form: str, word: str, meaning: str, code: str
) -> None:
    with pytest.raises(RuleBroken, match=code):
        tidy(form, word, meaning)
    answer = desk.post(PAGE, {"form": form, "word": word, "meaning": meaning}, on=PAGE)
    assert answer.status_code == 422
    assert f'name="word" value="{word}"' in answer.text
    assert county_words.county_list() is None


def upload(desk: Browser, content: bytes) -> int:
    token = desk.get(PAGE).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {
        "csrf_token": token,
        "version": desk.version(f"{PAGE}/import"),
        "file": (io.BytesIO(content), "words.tsv"),
    }
    headers = {"Host": HOST, "Origin": f"http://{HOST}"}
    return desk.client.post(f"{PAGE}/import", data=data, headers=headers).status_code


def test_the_table_goes_out_and_comes_back_and_only_changes_are_kept(hub: Hub, desk: Browser) -> None:
    table = desk.get(f"{PAGE}.tsv").text
    assert upload(desk, table.encode()) == 303
    assert county_words.county_list() is None
    more = table + "pair\t水泉子\t泉眼泉池\treviewed\nterm\t泉眼泉池\t30\treviewed\n"
    assert upload(desk, more.encode()) == 303
    assert held(hub).official("水泉子") == ("泉眼泉池",)
    assert hub.connection.execute("SELECT count(*) FROM county_word").fetchone()[0] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        b"pair\t\xb5\xcd\xb1\xa3\t\n",
        "pair\t水泉子\t泉眼泉池\n".encode(),
        "pair\t水泉子\t泉眼泉池\treviewed\npair\t水泉子\t泉水\treviewed\n".encode(),
        "pair\t水泉子\t泉眼泉池\tsurely\n".encode(),
        "word\t水泉子\t泉眼泉池\treviewed\n".encode(),
        b"",
    ],
)
def test_a_table_with_one_wrong_line_is_refused_as_a_whole(hub: Hub, desk: Browser, wrong: bytes) -> None:
    assert upload(desk, "pair\t好词\t正式名称\treviewed\n".encode() * bool(wrong) + wrong) == 422
    assert county_words.county_list() is None


# On the way, and at the terminal.


def test_the_list_travels_only_when_it_changed(hub: Hub, desk: Browser) -> None:
    marks = [county_words.mark()]
    for word, meaning in (("水泉子", "泉眼泉池"), ("水泉子", "泉水"), ("水泉子", "泉水")):
        keep(desk, word, meaning)
        marks.append(county_words.mark())
    assert marks == ["0", "1", "2", "2"]


def lend(terminal: Terminal, *lines: ListedWord) -> str:
    """Gives this terminal the county's list, as the sync does, and lets it look after its index."""
    content = words.write_list(iter(lines)) if lines else None
    with db.writing(db.store):
        side_lists.replace(db.store, side_lists.WORDS, content, terminal.catalogue.clock.now())
    terminal.catalogue.words = county_words.words_here()
    return terminal.catalogue.refresh()


def test_a_new_pair_is_understood_and_offered_without_a_new_index(terminal: Terminal) -> None:
    terminal.catalogue.publish(FOUNTAIN, a_record("doc:2", title="供水工作通知", doc_no=""))
    assert "泉眼泉池保护" not in terminal.get("/search?q=水泉子")
    pair = ListedWord(PAIR, "水泉子", "泉眼泉池", "reviewed")
    assert lend(terminal, pair) == "reworded"
    assert "doc:quan" in terminal.get("/search?q=水泉子")
    assert "水泉子" in terminal.get("/search/live?q=shuiq")
    assert lend(terminal, pair) == "current"
    assert lend(terminal, ListedWord(PAIR, "水泉子", "泉眼泉池", "dropped")) == "reworded"
    assert "doc:quan" not in terminal.get("/search?q=水泉子")
    assert "水泉子" not in terminal.get("/search/live?q=shuiq")


def test_a_new_term_makes_the_index_anew_and_one_taken_out_too(terminal: Terminal) -> None:
    terminal.catalogue.publish(FOUNTAIN)
    folder = terminal.catalogue.home / "index"
    before = upkeep.current(folder)
    assert lend(terminal, ListedWord(TERM, "泉眼泉池", "50", "reviewed")) == "rebuilt"
    assert upkeep.current(folder) != before
    assert "泉眼泉池" in terminal.catalogue.words.cutter.words("保护泉眼泉池工作")
    assert lend(terminal) == "rebuilt"
    assert "泉眼泉池" not in terminal.catalogue.words.cutter.words("保护泉眼泉池工作")
    assert "doc:quan" in terminal.get("/search?q=泉眼泉池")


def test_a_reader_uses_the_words_with_which_its_index_was_made(catalogue: Catalogue) -> None:
    catalogue.words = load(county="pair\t水泉子\t泉眼泉池\treviewed\n".encode())
    catalogue.publish(FOUNTAIN)
    reader = search.Search(catalogue.home / "index", load)
    assert [hit.document.doc_id for hit in reader.find("水泉子").found] == ["doc:quan"]


def test_words_that_were_lost_are_made_anew_with_the_index(catalogue: Catalogue) -> None:
    catalogue.publish(FOUNTAIN)
    found = upkeep.current(catalogue.home / "index")
    assert found is not None
    (found / upkeep.WORDS).unlink()
    assert catalogue.search.find("泉眼").total == 1
    assert catalogue.refresh() == "rebuilt"


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=200) | st.text(alphabet="pairtem\t\n低保|0１", max_size=80).map(str.encode))
def test_whatever_a_hub_sends_some_words_come_of_it(content: bytes) -> None:
    assert load(county=content).official("身份证") == ("居民身份证",)
