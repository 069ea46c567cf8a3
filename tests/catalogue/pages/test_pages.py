"""What a citizen sees of the catalogue."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from config.settings import TerminalSettings
from kiosk.catalogue.records.kinds import KINDS
from kiosk.speech import rules
from tests.catalogue.conftest import SAMPLE, SETTINGS, VILLAGE, OpenTerminal, Terminal, a_record

RECORDS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
ONE_OF_EACH = {record["kind"]: record["id"] for record in RECORDS}


@pytest.fixture
def sampled(terminal: Terminal) -> Terminal:
    terminal.catalogue.publish_all_samples()  # type: ignore[attr-defined]  # a replica's catalogue
    return terminal


def words_of(page: str) -> str:
    """What a person reads: no tags, no places where lines may break."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.replace("<wbr>", "")))


def test_every_sample_document_opens(sampled: Terminal) -> None:
    for record in RECORDS:
        page = sampled.get(f"/documents/{record['id']}")
        assert record["title"] in words_of(page), record["id"]
        assert "style=" not in page
        assert "<script>" not in page


def test_a_recorded_paragraph_offers_to_be_heard_and_no_other_does(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(body="回首页\n这一段没有录过，写得长一些。"))
    page, key = terminal.get("/documents/doc:1"), rules.key("回首页")
    assert f'<p data-say="{key}">回首页</p><p class="speak"><button' in page
    assert page.count("data-speak") == 1
    assert "<p>这一段没有录过，写得长一些。</p>" in page
    assert f".{key}." in page.split("data-speech")[0].rsplit('name="clips" value="', 1)[1]


def test_an_answer_of_a_search_is_heard_where_it_has_recordings(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(title="回首页", doc_no=None, issuers=["冠县民政局"]))
    page = terminal.get("/search?q=回首页")
    assert f'<p class="result-title" data-say="{rules.key("回首页")}">' in page
    assert re.search(rf'<span class="tag tag-good" data-say="{rules.key("现行有效")}">', page)


def test_a_list_and_the_head_of_a_document_are_heard(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(title="回首页", doc_no=None, issuers=["返回"]))
    key, kind = rules.key("回首页"), a_record()["kind"]
    assert f'<p class="result-title" data-say="{key}">' in terminal.get(f"/browse/{kind}?all=1")
    page = terminal.get("/documents/doc:1")
    assert f'<h1 class="document-title" data-say="{key}">' in page
    day = ".".join(map(rules.key, ["返回", "二零二六年", "三月", "十八日", "发布"]))
    assert f'<p class="meta" data-say="{day}">' in page
    assert "<dd data-say" not in page, "facts stay private where there is something to leave"


def test_every_kind_has_a_list_that_leads_to_its_documents(sampled: Terminal) -> None:
    ways = sampled.get("/browse")
    for kind in KINDS.values():
        assert f'href="/browse/{kind.id}"' in ways
        if kind.id != "village":  # asked step by step: test_ways.py
            listed = sampled.get(f"/browse/{kind.id}?all=1")
            assert f"/documents/{ONE_OF_EACH[kind.id]}".rsplit("-", 1)[0] in listed


def test_an_unknown_kind_or_document_is_not_found(terminal: Terminal) -> None:
    for path in ("/browse/nonsense", "/documents/nothing:1"):
        assert "没有找到这一页" in terminal.get(path, expect=404)


def test_the_result_list_marks_hits_and_tells_kind_number_issuer_date_and_validity(
    terminal: Terminal,
) -> None:
    terminal.catalogue.publish(a_record())
    page = terminal.get("/search?q=低保标准")
    assert '<a href="/documents/doc:1#p1">' in page
    assert "<mark>" in page
    told = words_of(page)
    for word in ("政策文件", "现行有效", "冠样〔2026〕3号", "冠县民政局", "2026年3月18日", "查到1条"):
        assert word in told, word


def test_an_excerpt_is_text_and_never_markup(terminal: Terminal) -> None:
    body = "低保<b onclick=alert(1)>标准</b>&amp;说明"
    terminal.catalogue.publish(a_record(title="低保<i>通知", body=body))
    for path in ("/search?q=低保", "/search/live?q=低保", "/documents/doc:1"):
        page = terminal.get(path)
        assert "<b onclick" not in page
        assert "<i>" not in page
    assert "&lt;b onclick" in terminal.get("/documents/doc:1")


def test_nothing_found_offers_ways_on(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    told = words_of(terminal.get("/search?q=量子纠缠"))
    assert "没有查到“量子纠缠”" in told
    assert "申请信息公开" in told
    assert "正在准备" not in told


def test_without_an_index_the_page_says_that_texts_were_not_searched(terminal: Terminal) -> None:
    assert "全文检索正在准备" in words_of(terminal.get("/search?q=量子纠缠"))


def test_an_empty_query_asks_what_to_look_for(terminal: Terminal) -> None:
    assert "想查什么" in words_of(terminal.get("/search"))


def test_results_appear_as_one_types_without_a_page_around_them(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    piece = terminal.get("/search/live?q=dib")
    assert "<html" not in piece
    assert 'href="/search?q=%E4%BD%8E%E4%BF%9D"' in piece
    assert "关于调整城乡低保标准的通知" in words_of(piece)
    assert terminal.get("/search/live?q=") == ""


def test_filters_are_plain_links_that_keep_the_query(terminal: Terminal) -> None:
    terminal.catalogue.publish(
        a_record(), {"id": "g:1", "kind": "guide", "title": "低保办理", "body": "带身份证。"}
    )
    page = terminal.get("/search?q=低保")
    assert "/search?q=%E4%BD%8E%E4%BF%9D&amp;kind=guide" in page
    assert "查到1条" in words_of(terminal.get("/search?q=低保&kind=guide"))


def test_a_repealed_document_says_so_first_and_names_its_successor(terminal: Terminal) -> None:
    old = a_record(
        "doc:old",
        title="旧办法",
        validity="repealed",
        validity_reason="被新办法代替",
        links=[{"rel": "replaced_by", "id": "doc:new"}],
        fields={"changes": [{"on": "2026-03-18", "what": "废止", "by": "doc:new"}]},
    )
    terminal.catalogue.publish(old, a_record("doc:new", title="新办法"))
    told = words_of(terminal.get("/documents/doc:old"))
    assert "这份文件已经废止" in told
    assert "自2026年3月18日起" in told
    assert "被新办法代替" in told
    assert told.index("新办法") < told.index("第一条")
    assert "代替了" in words_of(terminal.get("/documents/doc:new")), "the relation is seen from both sides"


def test_plain_words_come_from_the_linked_interpretation(terminal: Terminal) -> None:
    explained = {
        "id": "i:1",
        "kind": "interpretation",
        "title": "解读",
        "body": "……",
        "links": [{"rel": "interprets", "id": "doc:1"}],
        "fields": {"form": "文字", "plain": [{"text": "钱多了。", "articles": "第一条"}]},
    }
    terminal.catalogue.publish(a_record(), explained, a_record("doc:2"))
    told = words_of(terminal.get("/documents/doc:1"))
    assert "钱多了。 出自第一条" in told.partition("说给您听")[2]
    assert "说给您听" not in words_of(terminal.get("/documents/doc:2")), "plain words are never invented"


def test_an_answer_is_switched_off_when_its_source_is_repealed(terminal: Terminal) -> None:
    source = a_record(validity="repealed", validity_reason="已有新规定")
    question = {
        "id": "q:1",
        "kind": "question",
        "title": "低保多少钱",
        "body": "每月六百元。",
        "fields": {
            "question": "低保多少钱",
            "answer": "每月六百元。",
            "sources": [{"id": "doc:1", "articles": ""}],
        },
    }
    terminal.catalogue.publish(source, question)
    told = words_of(terminal.get("/documents/q:1"))
    assert "不再有效" in told
    assert "六百元" not in told


def test_names_are_not_shown_unless_the_place_says_so(terminal: Terminal) -> None:
    asked = {
        **VILLAGE["fields"],
        "ask": {"organ": "X", "organ_name": "后李村村委会", "telephone": "0635-0000000"},
    }
    terminal.catalogue.publish({**VILLAGE, "fields": asked})
    for path in (
        "/documents/v:1",
        "/search?q=种粮补贴",
        "/api/v1/documents/v:1",
        "/api/v1/search?q=种粮补贴",
    ):
        assert "赵样例" not in terminal.get(path), path
    assert "请问后李村村委会，电话0635-0000000" in words_of(terminal.get("/documents/v:1"))


def test_names_are_shown_on_a_terminal_of_the_township_while_the_window_lasts(
    open_terminal: OpenTerminal,
) -> None:
    shown = open_terminal(replace(SETTINGS, townships=("清水镇",)))
    shown.catalogue.publish({**VILLAGE, "fields": {**VILLAGE["fields"], "ask": ASK}})
    assert LIST_OF_NAMES not in shown.get("/documents/v:1")
    shown.catalogue.lend(VILLAGE)  # type: ignore[attr-defined]  # a replica's catalogue
    assert LIST_OF_NAMES in shown.get("/documents/v:1")
    page = shown.get("/documents/v:1/names")
    assert "赵样例" in page
    assert "11月30日" in words_of(page)
    for address in ("/documents/v:1", "/api/v1/documents/v:1", "/documents/v:1/print", "/search?q=种粮补贴"):
        assert "赵样例" not in shown.get(address), address
    assert json.loads(shown.get("/api/v1/search?q=赵样例"))["total"] == 0
    shown.catalogue.clock.advance(seconds=30 * 86_400)
    assert shown.client.get("/documents/v:1/names", headers={"Host": shown.host}).location == "/documents/v:1"
    assert "电话0635-0000009" in words_of(shown.get("/documents/v:1"))


LIST_OF_NAMES = 'href="/documents/v:1/names"'
ASK = {"organ": "", "organ_name": "后李村村民委员会", "telephone": "0635-0000009"}


@pytest.mark.parametrize(
    "settings", [replace(SETTINGS, named_rows=False), replace(SETTINGS, townships=("定远寨镇",))]
)
def test_names_are_not_shown_against_the_settings_of_the_place(
    open_terminal: OpenTerminal, settings: TerminalSettings
) -> None:
    terminal = open_terminal(settings)
    terminal.catalogue.publish(VILLAGE)
    terminal.catalogue.lend(VILLAGE)  # type: ignore[attr-defined]  # a replica's catalogue
    assert LIST_OF_NAMES not in terminal.get("/documents/v:1")
    assert "赵样例" not in terminal.get("/documents/v:1/names", expect=302)


def test_a_long_list_of_names_is_read_page_by_page(open_terminal: OpenTerminal) -> None:
    rows = [[f"样例{no}", "100元"] for no in range(61)]
    long = {**VILLAGE["fields"]["named_rows"], "rows": rows}
    terminal = open_terminal(SETTINGS)
    terminal.catalogue.publish(VILLAGE)
    terminal.catalogue.lend({**VILLAGE, "fields": {**VILLAGE["fields"], "named_rows": long}})  # type: ignore[attr-defined]
    first, last = terminal.get("/documents/v:1/names"), terminal.get("/documents/v:1/names?page=99")
    assert ("样例29<" in first, "样例30<" in first, "共61行" in first) == (True, False, True)
    assert ("样例60<" in last, "样例59<" in last, "第3页，共3页" in last) == (True, False, True)


def test_the_api_answers_as_the_page_does(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(), a_record("doc:2", title="别的通知", body="低保。", doc_no=""))
    told = json.loads(terminal.get("/api/v1/search?q=低保&limit=1"))
    assert told["total"] == 2
    assert told["as_of"]
    assert told["results"] == [
        {
            "id": "doc:1",
            "kind": "policy",
            "title": "关于调整城乡低保标准的通知",
            "doc_no": "冠样〔2026〕3号",
            "issuers": ["冠县民政局"],
            "published_on": "2026-03-18",
            "validity": "in_force",
            "excerpt": "第一条 城市低保标准按新规定执行。 第二条 本通知自发布之日起施行。",
        }
    ]
    assert json.loads(terminal.get("/api/v1/search?q=低保&kind=guide"))["total"] == 0
    assert json.loads(terminal.get("/api/v1/search?q="))["searched"] == "nothing"
    assert json.loads(terminal.get("/api/v1/search?q=低保&limit=x"))["total"] == 2


def test_the_api_gives_a_document_with_what_it_is_related_to(terminal: Terminal) -> None:
    terminal.catalogue.publish(
        a_record(links=[{"rel": "related", "id": "doc:2"}]), a_record("doc:2", title="另一件")
    )
    told = json.loads(terminal.get("/api/v1/documents/doc:1"))
    assert told["title"] == "关于调整城乡低保标准的通知"
    assert told["related"] == [{"rel": "related", "id": "doc:2", "title": "另一件"}]
    assert json.loads(terminal.get("/api/v1/documents/none", expect=404)) == {"error": "not-found"}


def test_an_answered_request_comes_before_what_is_public_already(sampled: Terminal) -> None:
    page = sampled.get("/documents/sample:guide-001/print")
    answer = sampled.post("/search/already", page, wanted="农村低保动态管理取消了多少户").text
    asked, public = answer.index("别人申请过，已经答复"), answer.find("可能已经公开了")
    assert "/documents/sample:request-log-001" in answer[asked:public]
    assert public > asked
