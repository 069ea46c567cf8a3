"""Papers of the catalogue: the choice before them, what they say, and what a person answers about them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk import db
from kiosk.catalogue.pages import slips
from printers.device import profiles
from printers.paper import plain, raster
from printers.paper.document import Big, Bullets, KeyValue, Para, Qr
from printers.spooler import spool
from printers.spooler.spool import PrintJobState
from tests.catalogue.conftest import SETTINGS, OpenTerminal, Terminal, a_record
from tests.catalogue.pages.test_pages import words_of

NOW = datetime(2026, 11, 23, 1, 31, tzinfo=UTC)


@pytest.fixture
def sampled(terminal: Terminal) -> Terminal:
    terminal.catalogue.publish_all_samples()  # type: ignore[attr-defined]  # a replica's catalogue
    return terminal


def order(terminal: Terminal, doc_id: str, size: str = "standard", passage: str = "") -> tuple[str, str]:
    """Chooses paper on the page before it; the paper's key, and the page that tells how it stands."""
    query = f"?passage={passage}" if passage else ""
    page = terminal.get(f"/documents/{doc_id}/print{query}")
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert key
    further = {"passage": passage} if passage else {}
    answer = terminal.post(f"/documents/{doc_id}/print", page, key=key[1], size=size, **further)
    assert answer.status_code == 303
    return key[1], answer.headers["Location"]


def ordered(key: str) -> list[spool.Job]:
    return spool.jobs_of(db.store, f"document-{key}")


def test_paper_large_paper_and_no_paper_are_equal_choices(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    assert "/documents/doc:1/print" in terminal.get("/documents/doc:1")
    page = terminal.get("/documents/doc:1/print")
    offered = re.findall(r'class="button ([a-z-]+)"[^>]*>(?:<svg.*?</svg>)?<span>([^<]+)</span>', page)
    choices = [(kind, words) for kind, words in offered if "打印" in words or "不要纸" in words]
    assert choices == [
        ("button-secondary", "打印一张"),
        ("button-secondary", "打印一张大字的"),
        ("button-secondary", "不要纸，谢谢"),
    ]


def test_printing_orders_one_paper_however_often_one_taps(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    page = terminal.get("/documents/doc:1/print")
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert key
    for _tap in range(2):
        answer = terminal.post("/documents/doc:1/print", page, key=key[1], size="standard")
        assert answer.status_code == 303
    jobs = ordered(key[1])
    assert len(jobs) == 1
    told = plain.render(jobs[0].document(), columns=32)
    for word in ("关于调整城乡低保标准的通知", "冠样〔2026〕3号", "现行有效"):
        assert word in told.replace("\n", "")
    assert Qr("https://gk.example.cn/documents/doc:1", "用手机看全文") in jobs[0].document().blocks
    told = words_of(terminal.get(answer.headers["Location"]))
    assert "打印机现在打不了" in told, "no worker runs here, and the page does not pretend"


def test_large_print_is_what_was_chosen(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    assert ordered(order(terminal, "doc:1", "large")[0])[0].document().large
    assert not ordered(order(terminal, "doc:1", "standard")[0])[0].document().large


def set_state(key: str, *states: PrintJobState) -> None:
    (job,) = ordered(key)
    with db.writing(db.store):
        for state in states:
            spool.step(db.store, job.id, state, by="worker", why="", now=NOW)


def test_i_have_it_ends_the_doubt_and_leaves_a_row(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    key, place = order(terminal, "doc:1")
    set_state(key, PrintJobState.SENDING, PrintJobState.UNCERTAIN)
    page = terminal.get(place)
    assert "不知道打出来没有" in page
    assert "没拿到，再打一张" in page
    assert terminal.post(f"/papers/{key}/taken", page, document="doc:1").status_code == 303
    assert "打印好了" in terminal.get(place)
    rows = db.store.connection().execute("SELECT actor, act FROM audit").fetchall()
    assert rows == [("citizen", "paper.taken")]


def test_i_do_not_have_it_orders_a_marked_copy_and_leaves_a_row(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    key, place = order(terminal, "doc:1")
    set_state(key, PrintJobState.SENDING, PrintJobState.UNCERTAIN)
    page = terminal.get(place)
    for _tap in range(2):
        assert terminal.post(f"/papers/{key}/again", page, document="doc:1").status_code == 303
    old, copy = ordered(key)
    assert (old.state, copy.state, copy.copy) == (PrintJobState.SUPERSEDED, PrintJobState.QUEUED, 1)
    rows = db.store.connection().execute("SELECT actor, act, detail FROM audit").fetchall()
    assert rows == [("citizen", "paper.reprinted", '{"copy": 1, "kind": "summary", "why": "missing"}')]


def test_one_passage_is_printed_word_for_word(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(body="第一条 为了规范管理，制定本办法。\n第二条 本办法适用于冠县。"))
    assert "/documents/doc:1/print?passage=p2" in terminal.get("/documents/doc:1")
    slip = ordered(order(terminal, "doc:1", passage="p2")[0])[0].document()
    assert slip.kind == "document-passage"
    assert Para("第二条", strong=True) in slip.blocks
    assert Para("本办法适用于冠县。") in slip.blocks
    assert "为了规范管理" not in slip.to_json()


def test_a_passage_that_is_not_there_is_not_printed(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    assert (
        terminal.client.get("/documents/doc:1/print?passage=p99", headers={"Host": terminal.host}).status_code
        == 404
    )


def test_a_guide_prints_as_a_checklist(terminal: Terminal) -> None:
    fields = {
        "who": ["年满六十周岁"],
        "bring": [{"name": "身份证", "form": "原件", "copies": 1, "note": ""}],
        "where": [{"place": "政务服务大厅", "window": "3号", "hours": "工作日", "telephone": "0635-0000009"}],
        "how_long": {"legal_workdays": 0, "promised_workdays": 0, "note": "当场办好"},
        "steps": [{"title": "来窗口", "text": "带身份证"}],
        "fee": {"free": True, "standard": ""},
    }
    terminal.catalogue.publish(
        {"id": "g:1", "kind": "guide", "title": "老年证办理", "body": "六十周岁以上都可以办。", "fields": fields}
    )  # fmt: skip
    slip = ordered(order(terminal, "g:1")[0])[0].document()
    assert slip.kind == "guide-checklist"
    for block in (
        Bullets(("年满六十周岁",)),
        Bullets(("身份证（原件，1份）",), boxes=True),
        Bullets(("来窗口：带身份证",), ordered=True),
        Para("政务服务大厅，3号"),
        KeyValue("时间", "工作日"),
        KeyValue("电话", "0635-0000009"),
        KeyValue("多久办好", "当场办好"),
        KeyValue("收费", "不收费"),
    ):
        assert block in slip.blocks


def test_a_township_prints_as_a_telephone_card(sampled: Terminal) -> None:
    assert "打印电话卡" in sampled.get("/documents/sample:organ-021")
    slip = ordered(order(sampled, "sample:organ-021", "large")[0])[0].document()
    assert (slip.kind, slip.large) == ("telephone-card", True)
    assert Big("电话", "0635-0000021") in slip.blocks
    labels = {block.label for block in slip.blocks if isinstance(block, KeyValue)}
    assert {"地址", "办公时间"} <= labels


def test_every_paper_of_the_sample_stands_on_both_rolls(sampled: Terminal) -> None:
    for path in ("sample:guide-001", "sample:organ-021", "sample:policy-001", "sample:question-001"):
        slip = ordered(order(sampled, path)[0])[0].document()
        for profile in (profiles.GENERIC_80, profiles.GENERIC_58):
            assert 200 < raster.render(slip, profile).height < 6000, path


def test_without_public_pages_the_paper_says_where_the_text_is(open_terminal: OpenTerminal) -> None:
    place = open_terminal(replace(SETTINGS, public_url=""))
    place.catalogue.publish(a_record())
    assert "带到手机" not in place.get("/documents/doc:1")
    slip = ordered(order(place, "doc:1")[0])[0].document()
    assert not [block for block in slip.blocks if isinstance(block, Qr)]
    assert "全文在本机" in slip.to_json()


def test_without_a_printer_no_paper_is_offered(open_terminal: OpenTerminal) -> None:
    place = open_terminal(replace(SETTINGS, printer="none"))
    place.catalogue.publish(a_record())
    assert "/print" not in place.get("/documents/doc:1")
    assert place.client.get("/documents/doc:1/print", headers={"Host": place.host}).status_code == 404


def test_printing_needs_the_token_of_the_page(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    headers = {"Host": terminal.host, "Origin": f"http://{terminal.host}"}
    answer = terminal.client.post("/documents/doc:1/print", data={"key": "0" * 32}, headers=headers)
    assert answer.status_code == 400


def test_the_paper_of_a_decision_lists_its_steps_and_that_of_a_gazette_its_contents() -> None:
    def lines_of(kind: str, **fields: object) -> list[str]:
        record = {"id": "x", "kind": kind, "title": "示例", "body": "", "issuers": [], "fields": fields}
        place = slips.PaperOrigin("体验区", "1号机", "", "", "zh", large=False)
        blocks = slips.summary(record, [], place).blocks
        return [line for block in blocks if isinstance(block, Bullets) for line in block.items]

    stages = [{"stage": "draft", "on": "2026-10-30", "text": "草案", "id": ""}]
    assert lines_of("decision", stages=stages) == ["2026年10月30日　公布草案"]
    items = [{"section": "文件", "title": "低保办法", "doc_no": "", "page": 3, "id": ""}]
    assert lines_of("gazette", items=items) == ["低保办法　第3页"]
