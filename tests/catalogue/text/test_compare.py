"""Two versions of a text beside each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.text.compare import MOST_PASSAGES, ComparedRow, compare, counts
from tests.catalogue.conftest import Terminal, a_record
from tests.catalogue.pages.test_pages import words_of

OLD = "第一条 八十周岁以上老人可以领取津贴。\n第二条 每月发放80元。\n第三条 本办法由民政局解释。"
NEW = "第一条 八十周岁以上老人可以领取津贴。\n第二条 每月发放100元。\n第三条 不用申请。\n第四条 本办法由民政局解释。"


def text_of(line: ComparedRow, side: str) -> str:
    return "".join(piece.text for piece in getattr(line, side))


def test_what_stayed_what_changed_and_what_is_new_is_told_apart() -> None:
    lines = compare(OLD, NEW)
    assert lines is not None
    assert [line.kind for line in lines] == ["same", "changed", "new", "same"]
    assert counts(lines) == {"same": 2, "changed": 1, "gone": 0, "new": 1}
    assert [piece.text for piece in lines[1].before if piece.changed] == ["80"]
    assert [piece.text for piece in lines[1].now if piece.changed] == ["100"]


def test_an_article_that_only_moved_to_another_number_stayed() -> None:
    lines = compare("第三条 本办法由民政局解释。", "第四条 本办法由民政局解释。")
    assert [line.kind for line in lines or []] == ["same"]


def test_an_article_that_was_struck_is_shown_as_gone() -> None:
    lines = compare(NEW, OLD)
    assert [line.kind for line in lines or []] == ["same", "changed", "gone", "same"]


def test_texts_that_have_nothing_in_common_are_not_forced_together() -> None:
    lines = compare("甲乙丙丁戊己庚辛", "天地玄黄宇宙洪荒")
    assert [line.kind for line in lines or []] == ["new", "gone"]


def test_a_text_of_endless_passages_is_refused_instead_of_keeping_everyone_waiting() -> None:
    assert compare("一段\n" * (MOST_PASSAGES + 1), "一段") is None


passage = st.text(alphabet="甲乙丙丁戊一二三12条第，。", min_size=1, max_size=30).filter(str.strip)


@given(st.lists(passage, max_size=8), st.lists(passage, max_size=8))
def test_every_passage_of_both_texts_is_accounted_for_once(old: list[str], new: list[str]) -> None:
    lines = compare("\n".join(old), "\n".join(new))
    assert lines is not None
    told = counts(lines)
    assert told["same"] + told["changed"] + told["gone"] == len(old)
    assert told["same"] + told["changed"] + told["new"] == len(new)


def test_two_versions_are_compared_from_either_side(terminal: Terminal) -> None:
    link = [{"rel": "replaced_by", "id": "d:new"}]
    old = a_record(
        "d:old", title="旧办法", body=OLD, validity="repealed", validity_reason="被代替", links=link
    )
    terminal.catalogue.publish(
        old, a_record("d:new", title="新办法", body=NEW), a_record("d:x", title="别的")
    )
    for here, there in (("d:old", "d:new"), ("d:new", "d:old")):
        assert f'href="/documents/{here}/compare/{there}"' in terminal.get(f"/documents/{here}")
        page = terminal.get(f"/documents/{here}/compare/{there}")
        assert "<del>80</del>" in page
        assert "<ins>100</ins>" in page
        told = words_of(page)
        assert told.index("旧办法") < told.index("新办法"), "the older one stands first"
        for words in ("新增", "改了1段", "新增1段", "没有变2段", "已废止"):
            assert words in told
    terminal.get("/documents/d:new/compare/d:x", expect=404)
    terminal.get("/documents/d:new/compare/none:1", expect=404)


def test_a_comparison_shows_text_and_never_markup(terminal: Terminal) -> None:
    link = [{"rel": "amended_by", "id": "d:new"}]
    old = a_record(
        "d:old", body="甲<b onclick=x>乙丙丁戊", validity="amended", validity_reason="修改", links=link
    )
    terminal.catalogue.publish(old, a_record("d:new", body="甲<b onclick=y>乙丙丁戊"))
    page = terminal.get("/documents/d:old/compare/d:new")
    assert "<b onclick" not in page
    assert "修改文件只写改动的地方" in page


def test_the_official_explanation_stands_beside_the_text(terminal: Terminal) -> None:
    asked = [{"question": "谁能领？", "answer": "八十岁以上的老人。", "articles": "第一条"}]
    reading = {
        "id": "i:1",
        "kind": "interpretation",
        "title": "津贴办法解读",
        "body": "说明。",
        "links": [{"rel": "interprets", "id": "doc:1"}],
        "fields": {"form": "问答", "qa": asked},
    }
    terminal.catalogue.publish(a_record(), reading)
    page = terminal.get("/documents/doc:1")
    assert "谁能领？" in words_of(page)
    assert 'class="with-explanation"' in page


def test_a_guide_tells_what_to_bring_where_whom_to_call_how_long_and_how_much(terminal: Terminal) -> None:
    fields = {
        "who": ["本县户籍"],
        "bring": [{"name": "身份证", "form": "原件", "copies": 1, "note": "当场退还"}],
        "where": [{"place": "政务大厅", "window": "3号窗口", "hours": "工作日", "telephone": "0635-0000077"}],
        "how_long": {"legal_workdays": 20, "promised_workdays": 0, "note": ""},
        "fee": {"free": True, "standard": ""},
        "steps": [{"title": "取号", "text": "在门口取号。"}],
        "blank_forms": ["申请表"],
    }
    guide = {"id": "g:1", "kind": "guide", "title": "办老年证", "body": "开头。", "fields": fields}
    bare = {"id": "g:2", "kind": "guide", "title": "只有文字的指南", "body": "去大厅办。"}
    terminal.catalogue.publish(guide, bare)
    told = words_of(terminal.get("/documents/g:1"))
    for words in (
        "身份证",
        "原件，1份；当场退还",
        "3号窗口",
        "0635-0000077",
        "当场办好",
        "法律规定最多20个工作日",
        "不收钱",
        "取号",
        "申请表",
        "空白表请向窗口要",
    ):
        assert words in told, words
    assert "去大厅办" in words_of(terminal.get("/documents/g:2"))
