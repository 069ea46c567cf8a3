"""What people type, and what they find; and that "nothing found" is never "not searched"."""

from __future__ import annotations

import builtins
import io
import json
import shutil
import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk import db
from kiosk.catalogue import commands
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records import feed
from kiosk.catalogue.search import index, words
from kiosk.catalogue.search import indexing as upkeep
from kiosk.catalogue.search.search import Search
from kiosk.catalogue.search.terms import one_edit
from kiosk.catalogue.search.words import SearchWords
from kiosk.catalogue.text.excerpts import excerpt, mark
from kiosk.catalogue.text.passages import anchor_at, sections, split
from kiosk.catalogue.text.tokens import bigrams, fold, pairs, phrase, simplify
from tests.building import search_words
from tests.catalogue.conftest import VILLAGE, Catalogue, a_record

WORDS = SearchWords(
    terms={"低保": 100, "公租房": 50, "最低生活保障": 0, "高龄津贴": 60, "尊老金": 0, "残疾人": 10},
    officials={"低保": ("最低生活保障",), "尊老金": ("高龄津贴",)},
    version="test",
)
DIBAO = a_record("doc:dibao", title="关于提高城乡最低生活保障标准的通知", doc_no="冠样〔2026〕3号")
BAOZHENG = a_record(
    "doc:fei", title="关于降低保证金的通知", body="降低保证金比例。", doc_no="冠样〔2026〕4号"
)
GAOLING = a_record(
    "doc:lao",
    title="高龄津贴发放办法",
    body="第一条 八十周岁以上老人可以领取高龄津贴。",
    doc_no="冠政办发〔2022〕7号",
)
GONGZU = a_record(
    "doc:zu",
    title="保障性住房管理办法",
    body="公租房由县住房城乡建设局分配。\n其他规定。",
    doc_no="国令第707号",
)


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    catalogue.words = WORDS
    catalogue.publish(DIBAO, BAOZHENG, GAOLING, GONGZU)
    return catalogue


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("最低生活保障", DIBAO),
        ("低保", DIBAO),
        ("dibao", DIBAO),
        ("db", DIBAO),
        ("DiBao", DIBAO),
        ("ｄｉｂａｏ", DIBAO),
        ("農村低保", DIBAO),
        ("di bao", DIBAO),
        ("dī bǎo", DIBAO),
        ("dìbǎo", DIBAO),
        ("低bao", DIBAO),
        ("农村di保", DIBAO),
        ("冠样(2026)3", DIBAO),
        ("低保😀", DIBAO),
        ("低保怎么申请", DIBAO),
        ("尊老金", GAOLING),
        ("請問高齡津貼怎麼領", GAOLING),
        ("gaolingjintie", GAOLING),
        ("冠政办发〔2022〕7号", GAOLING),
        ("冠政办发[2022]7", GAOLING),
        ("２０２２　７号", GAOLING),
        ("冠政辦發2022年7號", GAOLING),
        ("冠政办发【2022】 第7号", GAOLING),
        ("冠政办2022-7", GAOLING),
        ("国令707号", GONGZU),
        ("公租房", GONGZU),
        ("gzf", GONGZU),
        ("八十周岁以上的老人能领多少钱，在哪里领", GAOLING),
        ("房", GONGZU),
    ],
)
def test_people_find_what_they_mean_however_they_type_it(
    filled: Catalogue, typed: str, first: dict[str, Any]
) -> None:
    answer = filled.search.find(typed)
    assert answer.mode == "full"
    assert [found.document.doc_id for found in answer.found][:1] == [first["id"]]


def test_a_word_of_two_characters_is_not_found_inside_others(filled: Catalogue) -> None:
    assert BAOZHENG["title"] not in filled.titles("低保")[:1]
    assert filled.search.find("低保").sure == 1


def test_nothing_found_is_not_the_same_as_not_searched(filled: Catalogue) -> None:
    nothing, blank = filled.search.find("量子纠缠"), filled.search.find("  ")
    assert (nothing.mode, nothing.total) == ("full", 0)
    assert blank.mode == "none"
    shutil.rmtree(filled.home / "index")
    assert filled.search.find("量子纠缠").mode == "partial"


@pytest.mark.parametrize("typed", ["。", "%", "😀", "'", "( )", "\u200b", "* ~ *"])
def test_signs_alone_ask_for_nothing(filled: Catalogue, typed: str) -> None:
    assert filled.search.find(typed).mode == "none"


def test_the_command_tells_nothing_asked_from_nothing_found(filled: Catalogue) -> None:
    said = {}
    for typed in ("%", "量子纠缠"):
        out = io.StringIO()
        commands.run_search(typed, filled.home, out)
        said[typed] = out.getvalue()
    assert "nothing was asked" in said["%"]
    assert said["量子纠缠"] == "total 0\n"


def test_letters_in_a_name_are_letters(filled: Catalogue) -> None:
    assert filled.search.find("ATA低保").understood == ()
    assert filled.search.find("办di保").understood == ("办低保",)


def test_english_words_of_the_list_are_understood(catalogue: Catalogue) -> None:
    catalogue.words = search_words()
    catalogue.publish(a_record("doc:id", title="居民身份证办理", body="到派出所。", doc_no="样〔2026〕9号"))
    assert catalogue.titles("ID card") == ["居民身份证办理"]
    assert catalogue.titles("Identity Card") == ["居民身份证办理"]


def test_known_phrases_of_an_english_sentence_are_understood(catalogue: Catalogue) -> None:
    catalogue.words = search_words()
    catalogue.publish(a_record("doc:id", title="居民身份证办理", body="到派出所。", doc_no="样〔2026〕9号"))
    assert catalogue.titles("how can I apply for an ID card") == ["居民身份证办理"]


CARDS = [
    a_record(f"organ:{name}", kind="organ", title=name, body=f"{name}的职责。", doc_no="", fields=None)
    for name in (
        "样例县民政局",
        "样例县住房和城乡建设局",
        "样例县发展和改革局",
        "样例县人民政府办公室",
        "样例镇人民政府",
    )
]
MENTIONS = [
    a_record(
        f"doc:m{at}",
        title=f"民政局电话目录第{at}期",
        body="民政局电话、住建局电话。",
        doc_no=f"样〔2026〕{at}号",
    )
    for at in range(1, 13)
]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("民政局电话", "样例县民政局"),
        ("县民政局的电话是多少", "样例县民政局"),
        ("民政局几点上班", "样例县民政局"),
        ("民政局", "样例县民政局"),
        ("住建局地址", "样例县住房和城乡建设局"),
        ("发改委电话", "样例县发展和改革局"),
        ("县长是谁", "样例县人民政府办公室"),
        ("样例镇政府在哪", "样例镇人民政府"),
    ],
)
def test_an_organ_asked_for_by_a_name_of_any_length_is_answered_by_its_card(
    catalogue: Catalogue, typed: str, first: str
) -> None:
    catalogue.publish(*MENTIONS, *CARDS)
    found = catalogue.titles(typed, limit=20)
    assert found[0] == first
    assert len(found) == len(set(found))


def test_the_telephone_of_what_is_no_organ_brings_no_card(catalogue: Catalogue) -> None:
    catalogue.publish(*MENTIONS, *CARDS)
    assert catalogue.titles("投诉电话")[0].startswith("民政局电话目录")


def test_a_slip_of_the_finger_is_asked_about(filled: Catalogue) -> None:
    assert filled.search.find("低宝").near == ("低保",)
    assert filled.search.find("高灵津贴").near == ("高龄津贴",)
    assert filled.search.find("gaolingjinite").near == ("高龄津贴",)
    assert filled.search.find("gaolinjintie").near == ("高龄津贴",)
    assert filled.search.find("dbs").near == ("低保",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("我妈能领高灵津贴吗", "我妈能领高龄津贴"),
        ("农村公祖房", "农村公租房"),
        ("农村高龄律贴", "农村高龄津贴"),
        ("最低生活障保标准", "最低生活保障标准"),
        ("我妈的高龄贴", "我妈的高龄津贴"),
        ("高龄老人补贴", ""),
        ("高龄津贴怎么领", ""),
        ("我要结婚登记", ""),
    ],
)
def test_a_slip_inside_a_longer_query_is_asked_about(filled: Catalogue, typed: str, meant: str) -> None:
    near = filled.search.find(typed).near
    assert near == ((meant,) if meant else ())


@pytest.mark.parametrize("typed", ["g", "ga", "gaoling", "高", "高龄", "glj"])
def test_each_keystroke_offers_words(filled: Catalogue, typed: str) -> None:
    assert "高龄津贴" in filled.search.suggest(typed)


def test_filters_narrow_and_counts_say_by_how_much(catalogue: Catalogue) -> None:
    past = {"published_on": "2020-01-01", "drawn_on": None}
    old = a_record("doc:2", title="低保旧办法", validity="repealed", validity_reason="已有新办法", **past)
    guide = {"id": "g:1", "kind": "guide", "title": "低保办理", "body": "带身份证。"}
    catalogue.publish(a_record("doc:1", title="低保新办法"), old, guide)
    answer = catalogue.search.find("低保", facets=True)
    assert answer.facets["kind"] == {"policy": 2, "guide": 1}
    assert answer.facets["year"] == {"2026": 1, "2020": 1}
    assert catalogue.titles("低保", only={"validity": "repealed"}) == ["低保旧办法"]
    assert catalogue.titles("低保", only={"kind": "guide"}) == ["低保办理"]
    assert catalogue.search.find("低保", only={"kind": "guide", "year": "2026"}).total == 0


def test_pages_follow_one_another_without_gap_or_double(catalogue: Catalogue) -> None:
    catalogue.publish(*(a_record(f"doc:{at}", title=f"低保第{at}号文件", doc_no="") for at in range(23)))
    search = catalogue.search
    pages = [search.find("低保", limit=10, offset=offset) for offset in (0, 10, 20)]
    found = [hit.document.doc_id for page in pages for hit in page.found]
    assert len(found) == len(set(found)) == 23
    assert {page.total for page in pages} == {23}


def test_names_are_never_searched_nor_shown_in_excerpts(catalogue: Catalogue) -> None:
    # Even where a feed carried the names, as a terminal of another version might.
    with db.writing(db.store):
        connection = db.store.connection()
        feed.put(db.catalogue, "v:1", 1, VILLAGE, "h")
        connection.execute("UPDATE feed_position SET seq = 1")
    catalogue.refresh()
    assert catalogue.search.find("赵样例").total == 0
    found = catalogue.search.find("清水镇").found
    assert [hit.document.doc_id for hit in found] == ["v:1"]
    assert "赵样例" not in found[0].excerpt.text
    stored = sqlite3.connect(upkeep.current(catalogue.home / "index") / "terms.sqlite3")  # type: ignore[operator]
    assert not [row for row in stored.execute("SELECT word FROM title_word") if "赵" in row[0]]
    stored.close()


def test_an_excerpt_shows_the_hit_marked_and_leads_to_its_passage(filled: Catalogue) -> None:
    found = filled.search.find("公租房").found[0]
    assert [piece.text for piece in found.excerpt.segments if piece.hit] == ["公租房"]
    assert found.anchor == "p1"


RULES = "\n".join(
    [
        "第一章 总则",
        "第一条 为了保障困难居民的基本生活，规范低保工作，制定本办法。",
        "第二条 最低生活保障标准由县人民政府公布，每年调整一次。",
        "第二章 申请",
        "第三条 申请人向户籍所在地镇人民政府提出书面申请，委托他人的须有委托书。",
        "第四条 镇人民政府自受理之日起二十二个工作日内完成审核，对结果有异议的重新调查。",
    ]
)


@pytest.mark.parametrize(
    ("typed", "anchor"),
    [
        ("我腿脚不方便，能不能委托邻居去镇里提出申请", "p4"),  # the heading above the article
        ("镇政府审核要多少个工作日才能完成", "p6"),
        ("标准多久调整", "p3"),
        ("二十二个工作日", "p6"),
    ],
)
def test_a_question_opens_a_long_document_at_the_passage_that_answers(
    catalogue: Catalogue, typed: str, anchor: str
) -> None:
    catalogue.publish(a_record("doc:di", title="低保办法", body=RULES), GONGZU)
    found = catalogue.search.find(typed).found[0]
    assert (found.document.doc_id, found.anchor) == ("doc:di", anchor)
    assert any(piece.hit for piece in found.excerpt.segments)


def test_words_that_stand_together_count_more_than_words_spread_over_a_long_text(
    catalogue: Catalogue,
) -> None:
    spread = "\n".join(
        f"第{at}条 {word}的管理按照有关规定执行，各部门各负其责，做好本条规定的工作。"
        for at, word in enumerate(("宠物", "登记", "养犬证", "年龄", "疫苗", "城区", "饲养", "费用"), start=1)
    )
    catalogue.publish(
        a_record("doc:long", title="城市管理条例", body=spread),
        a_record(
            "doc:dog",
            title="关于加强管理的通告",
            body="在城区饲养宠物犬的，凭疫苗证明办理登记，领取养犬证。",
            doc_no="",
        ),
    )
    found = catalogue.search.find("我家的宠物打了疫苗，在城区饲养要办理登记领养犬证吗")
    assert [hit.document.doc_id for hit in found.found] == ["doc:dog", "doc:long"]


def test_a_passage_counts_only_where_the_filter_lets_it(catalogue: Catalogue) -> None:
    guide = {"id": "g:1", "kind": "guide", "title": "低保办理", "body": "委托邻居去镇里申请的，带委托书。"}
    catalogue.publish(a_record("doc:di", title="低保办法", body=RULES), guide)
    found = catalogue.search.find("能不能委托邻居去镇里提出低保申请", only={"kind": "policy"}).found
    assert [hit.document.doc_id for hit in found] == ["doc:di"]
    assert found[0].anchor == "p4"


def test_the_passages_of_a_changed_or_withdrawn_document_go_with_it(catalogue: Catalogue) -> None:
    catalogue.publish(a_record("doc:di", title="低保办法", body=RULES), GONGZU)
    catalogue.publish(a_record("doc:di", title="低保办法", body="第一条 委托邻居提出申请的须有委托书。"))
    found = catalogue.search.find("能不能委托邻居去镇里提出申请").found[0]
    assert found.anchor == "p1"
    with db.writing(db.store):
        connection = db.store.connection()
        feed.put(db.catalogue, "doc:di", 99, None, "")
        connection.execute("UPDATE feed_position SET seq = 99")
    catalogue.refresh()
    assert "doc:di" not in [hit.document.doc_id for hit in catalogue.search.find("委托邻居提出申请").found]


def test_a_body_is_cut_into_sections_that_hold_all_of_it() -> None:
    cut = [RULES[start:end] for start, end in sections(RULES)]
    assert [piece[:3] for piece in cut] == ["第一章", "第二条", "第二章", "第四条"]
    assert "".join("".join(cut).split()) == "".join(RULES.split())


@given(st.text(alphabet="第一条章 \n\t\r、（）a。\u2028\x85", max_size=80))
def test_no_text_is_lost_between_sections(body: str) -> None:
    cut = sections(body)
    assert "".join("".join(body[start:end] for start, end in cut).split()) == "".join(body.split())
    assert all(before[1] <= after[0] for before, after in pairwise(cut))


def test_a_changed_document_is_found_by_its_new_text_only(filled: Catalogue) -> None:
    search = filled.search
    assert search.find("公租房").total == 1
    filled.publish({**GONGZU, "body": "廉租房由县住房城乡建设局分配。"})
    assert search.find("公租房").sure == 0
    assert search.find("廉租房").sure == 1


def test_a_withdrawn_document_is_not_found(filled: Catalogue) -> None:
    with db.writing(db.store):
        connection = db.store.connection()
        feed.put(db.catalogue, "doc:zu", 99, None, "")
        connection.execute("UPDATE feed_position SET seq = 99")
    assert filled.refresh() == "updated"
    assert filled.search.find("公租房").total == 0


def test_a_document_of_a_kind_that_this_version_does_not_know_is_left_out(filled: Catalogue) -> None:
    with db.writing(db.store):
        connection = db.store.connection()
        feed.put(
            db.catalogue,
            "new:1",
            98,
            {"id": "new:1", "kind": "hologram", "title": "全息图", "body": "x"},
            "h",
        )
        connection.execute("UPDATE feed_position SET seq = 98")
    assert filled.refresh() == "updated"
    assert filled.search.find("全息图").total == 0


# The index is derived data: whatever happens to it, it is made again.


def test_an_index_in_step_is_left_alone(filled: Catalogue) -> None:
    assert filled.refresh() == "current"


def generation(catalogue: Catalogue) -> Path:
    found = upkeep.current(catalogue.home / "index")
    assert found is not None
    return found


def lose_a_file(found: Path) -> None:
    next((found / "text").glob("*.term")).unlink()


def cut_a_file(found: Path) -> None:
    path = next((found / "text").glob("*.term"))
    path.write_bytes(path.read_bytes()[:10])


def lose_a_passage_file(found: Path) -> None:
    next((found / "passages").glob("*.idx")).unlink()


def cut_a_passage_file(found: Path) -> None:
    path = next((found / "passages").glob("*.store"))
    path.write_bytes(path.read_bytes()[:10])


def lose_the_stamp(found: Path) -> None:
    (found / "stamp.json").unlink()


def lose_everything(found: Path) -> None:
    shutil.rmtree(found)


def be_of_another_version(found: Path) -> None:
    stamp = json.loads((found / "stamp.json").read_text())
    (found / "stamp.json").write_text(json.dumps({**stamp, "schema": index.SCHEMA - 1}))


@pytest.mark.parametrize(
    "damage",
    [
        lose_a_file,
        cut_a_file,
        lose_a_passage_file,
        cut_a_passage_file,
        lose_the_stamp,
        lose_everything,
        be_of_another_version,
    ],
)
def test_a_damaged_or_older_index_is_rebuilt_and_answers_meanwhile(filled: Catalogue, damage: Any) -> None:
    damage(generation(filled))
    assert filled.search.find("高龄津贴").found[0].document.doc_id == "doc:lao"
    assert filled.refresh() == "rebuilt"
    answer = filled.search.find("公租房")
    assert (answer.mode, answer.total) == ("full", 1)


def test_a_damaged_term_table_is_rebuilt_with_the_next_change(filled: Catalogue) -> None:
    (generation(filled) / "terms.sqlite3").write_bytes(b"no database at all" * 100)
    assert filled.search.find("高龄津贴").total == 1
    assert filled.search.suggest("高") == []
    filled.publish(a_record("doc:9", title="新文件"))
    assert filled.search.suggest("高") == ["高龄津贴"]


def flip_a_byte(path: Path) -> None:
    """Of the same size, as a disk does it without an error."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


FILES_OF_AN_INDEX = (
    "*.term",
    "*.idx",
    "*.pos",
    "*.store",
    "*.fast",
    "meta.json",
    "terms.sqlite3",
    "words.json",
)


def test_a_byte_that_changed_in_any_file_is_found_and_the_index_rebuilt(filled: Catalogue) -> None:
    """The control is the same index before, after a change of one document and after each rebuild."""
    folder, search = filled.home / commands.INDEX, filled.search
    filled.publish(a_record("doc:9", title="新文件"))
    for pattern in FILES_OF_AN_INDEX:
        assert upkeep.look_closely(folder)
        assert filled.refresh() == "current"
        assert search.find("公租房").mode == "full"
        flip_a_byte(sorted(generation(filled).rglob(pattern))[0])
        assert filled.refresh() == "current", "nobody has looked closely"
        assert not upkeep.look_closely(folder), pattern
        assert search.find("公租房").mode == "partial"
        assert filled.refresh() == "rebuilt"


def test_another_epoch_or_another_word_list_means_a_new_index(filled: Catalogue) -> None:
    with db.writing(db.store):
        connection = db.store.connection()
        connection.execute("UPDATE feed_position SET epoch = 'other'")
    assert filled.refresh() == "rebuilt"
    filled.words = SearchWords(terms={"低保": 1}, version="other")
    assert filled.refresh() == "rebuilt"


def test_a_reader_takes_up_a_new_index_without_being_told(filled: Catalogue) -> None:
    search = filled.search
    assert search.find("新文件").sure == 0
    filled.publish(a_record("doc:9", title="新文件"))
    assert search.find("新文件").sure == 1
    with db.writing(db.store):
        connection = db.store.connection()
        connection.execute("UPDATE feed_position SET epoch = 'other'")
    filled.refresh()
    assert search.find("新文件").sure == 1


def test_only_one_process_writes(filled: Catalogue) -> None:
    import fcntl

    with (filled.home / "index" / "writer.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert filled.refresh() == "busy"
    assert filled.refresh() == "current"


def test_old_generations_are_cleared_away(filled: Catalogue) -> None:
    for epoch in ("a", "b", "c"):
        with db.writing(db.store):
            connection = db.store.connection()
            connection.execute("UPDATE feed_position SET epoch = ?", (epoch,))
        filled.refresh()
    assert len(list((filled.home / "index").glob("g*"))) == 2


# Without the engine, or before the index is made: titles, numbers and terms.


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which tantivy cannot be installed: the module is hidden from import."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "tantivy":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    index.schema.cache_clear()


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("高龄津贴", GAOLING),
        ("gaoling", GAOLING),
        ("低保", DIBAO),
        ("db", DIBAO),
        ("冠政办发（2022）7号", GAOLING),
        ("国令707", None),
        ("保障 管理", GONGZU),
        ("bzxzf", GONGZU),
    ],
)
def test_without_the_engine_titles_numbers_and_terms_are_found(
    filled: Catalogue, typed: str, first: dict[str, Any] | None
) -> None:
    answer = filled.search.find(typed)
    assert answer.mode == "partial"
    assert [hit.document.doc_id for hit in answer.found][:1] == ([first["id"]] if first else [])
    assert filled.search.suggest("gao") == ["高龄津贴"]


def test_when_the_engine_comes_back_the_index_is_made_anew(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        real = builtins.__import__
        patched.setattr(
            builtins,
            "__import__",
            lambda name, *rest, **more: (
                (_ for _ in ()).throw(ImportError(name)) if name == "tantivy" else real(name, *rest, **more)
            ),
        )
        catalogue.publish(GONGZU)
        assert catalogue.refresh() == "current"
        assert catalogue.search.find("公租房").mode == "partial"
    assert catalogue.refresh() == "rebuilt"
    assert catalogue.search.find("公租房").total == 1


def test_before_the_first_index_titles_and_numbers_are_found(catalogue: Catalogue) -> None:
    with db.writing(db.store):
        actions.publish(GAOLING, catalogue.hand)
    answer = catalogue.search.find("高龄")
    assert (answer.mode, answer.total) == ("partial", 1)
    assert catalogue.search.state() == ("partial", None)


# Small parts.


def test_text_is_folded_to_one_spelling() -> None:
    assert fold("ＡＢＣ１２３（）") == "abc123()"
    assert simplify("農村最低生活保障") == "农村最低生活保障"


def test_a_phrase_does_not_reach_over_punctuation() -> None:
    assert bigrams("低，保") == ["低", "保"]
    assert phrase("低保") == [(0, "低保")]
    assert phrase("低保金") == [(0, "低保"), (1, "保金")]


@given(st.text("甲乙丙，", max_size=20), st.text("甲乙丙", min_size=2, max_size=4))
def test_a_phrase_is_found_just_where_the_string_stands(text: str, string: str) -> None:
    kept = dict(enumerate(pairs(text)))
    found = any(all(kept.get(start + at) == token for at, token in phrase(string)) for start in kept)
    assert found == (string in text)


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("满60", True),
        ("年满60周岁", True),
        ("身份证原", True),
        ("办理wifi卡", True),
        ("政发〔2023〕5号", True),
        ("政发2023", True),
        ("原件复印", False),
        ("老人凭身", False),
        ("办理5号", False),
    ],
)
def test_a_string_of_a_body_is_found_wherever_it_begins_and_stops(
    catalogue: Catalogue, typed: str, stands: bool
) -> None:
    body = "年满60周岁的老人，凭身份证原件、复印件办理wifi卡（冠政发〔2023〕5号）。"
    catalogue.publish(a_record("doc:1", title="高龄卡", body=body))
    assert catalogue.search.find(typed).sure == int(stands)


@pytest.mark.parametrize("other", ["dibo", "dibaoo", "dibap", "dbiao", "ibao", "dixbao"])
def test_one_slip_on_the_keyboard(other: str) -> None:
    assert one_edit("dibao", other)


@pytest.mark.parametrize("other", ["dibao", "dbao1", "diaob1", "d", ""])
def test_more_than_one_slip_or_none(other: str) -> None:
    assert not one_edit("dibao", other)


def test_an_excerpt_begins_at_a_sentence_and_marks_the_longest_hit() -> None:
    text = "第一句话没有关系。" * 20 + "申请公租房要带身份证。公租房租金另定。"
    made = excerpt(text, ["公租房", "公租", "身份证"])
    assert made.text.startswith("申请公租房")
    assert [piece.text for piece in made.segments if piece.hit] == ["公租房", "身份证", "公租房"]


def test_full_width_letters_are_marked_where_they_stand() -> None:
    assert [piece.text for piece in mark("用ＡＰＰ办理", ["app"]) if piece.hit] == ["ＡＰＰ"]


def test_a_body_is_read_as_headings_articles_and_paragraphs() -> None:
    body = "第一章  总则\n\n第一条 为了规范。\n一、加强领导\n一、说明：\n第三条的规定适用。"
    assert [(each.kind, each.anchor) for each in split(body)] == [
        ("chapter", "p1"),
        ("article", "p2"),
        ("heading", "p3"),
        ("text", "p4"),
        ("article", "p5"),
    ]
    assert anchor_at(body, body.index("领导")) == "p3"
    assert anchor_at(body, 0) == "p1"


def test_the_word_lists_of_the_product_load() -> None:
    loaded = words.load()
    assert "最低生活保障" in loaded.official("低保")
    assert loaded.inside("我家低保怎么申请") == ["低保"]
    assert loaded.version != words.load(Path("nowhere")).version


def test_a_disk_that_refuses_does_not_stop_the_sync(
    filled: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    filled.publish(a_record("doc:9", title="新文件"))
    shutil.rmtree(filled.home / "index")
    (filled.home / "index").write_text("a file where the folder should be")
    assert filled.refresh() == "failed"
    assert "could not be brought up to date" in caplog.text
    assert filled.search.find("新文件").mode == "partial"


@pytest.mark.usefixtures("filled")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(max_size=250) | st.text(alphabet="低保db'\"%_*()〔〕2022号 \t", max_size=40))
def test_nothing_that_can_be_typed_breaks_the_search(filled: Catalogue, typed: str) -> None:
    search = filled.search
    assert search.find(typed, facets=True).mode in ("full", "none")
    assert isinstance(search.suggest(typed), list)
    nowhere = Search(filled.home / "nowhere", lambda: WORDS)
    assert nowhere.find(typed).mode in ("partial", "none")
