"""A record as a form and back: what nobody touched stays, what was typed is read, faults stand at their place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.desk import record_form as editing
from kiosk.catalogue.desk.record_form import Control
from kiosk.catalogue.records.rules import INVERSE, RELATION_WORDS, canonical, check
from kiosk.catalogue.text import markup
from tests.catalogue.conftest import SAMPLE, a_record

RECORDS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]


def boxes(controls: Iterable[Control]) -> dict[str, str]:
    """What a browser sends of an untouched form."""
    sent: dict[str, str] = {}
    for control in controls:
        if control.shape == "group":
            sent |= boxes(control.parts)
        elif control.shape == "table":
            for row in control.rows:
                sent |= boxes(row)
        elif control.shape != "fixed":
            sent[control.name] = control.value.replace("\n", "\r\n")
    return sent


def edited(record: dict[str, Any], **typed: str) -> dict[str, Any]:
    form = boxes(editing.controls(record["kind"], record)) | typed
    return editing.read(record["kind"], form, record)


@pytest.mark.parametrize("record", RECORDS, ids=[record["id"] for record in RECORDS])
def test_a_form_that_nobody_touched_changes_nothing(record: dict[str, Any]) -> None:
    again = edited(record)
    assert check(again) == []
    assert canonical(again) == canonical(record)


def test_what_was_typed_is_read_in_the_words_of_the_office() -> None:
    typed = {"title": " 新标题 ", "issuers": "冠县民政局\r\n冠县财政局", "drawn_on": "2026年3月1日"}
    record = edited(a_record(), **typed, doc_no="冠样[2026]9号")
    assert record["title"] == "新标题"
    assert record["issuers"] == ["冠县民政局", "冠县财政局"]
    assert (record["drawn_on"], record["doc_no"]) == ("2026-03-01", "冠样〔2026〕9号")


def test_rows_are_added_changed_and_emptied_away() -> None:
    guide = next(record for record in RECORDS if record["kind"] == "guide")
    many = len(guide["fields"]["bring"])
    place = f"fields.bring[{many}]"
    record = edited(guide, **{f"{place}.name": "户口簿", f"{place}.copies": "2"})
    assert record["fields"]["bring"][-1] == {"name": "户口簿", "form": "", "copies": 2, "note": ""}
    gone = {f"fields.bring[0].{key}": "" for key in guide["fields"]["bring"][0]}
    assert edited(guide, **gone)["fields"]["bring"] == guide["fields"]["bring"][1:]


@pytest.mark.parametrize(("yuan", "fen"), [("12.5", 1250), ("1,234.05", 123405), ("-3", -300), ("0", 0)])
def test_money_is_typed_in_yuan(yuan: str, fen: int) -> None:
    village = next(record for record in RECORDS if record["kind"] == "village")
    assert edited(village, **{"fields.amount": yuan})["fields"]["amount"] == fen


def test_a_fault_stands_at_its_control_and_what_was_typed_stays() -> None:
    village = next(record for record in RECORDS if record["kind"] == "village")
    record = edited(village, **{"fields.households": "很多", "fields.paid_on": "去年"})
    shown = {
        each.name: (each.value, each.error)
        for each in editing.controls("village", record, check(record))
        if each.error
    }
    assert shown == {
        "fields.households": ("很多", "类型不对"),
        "fields.paid_on": ("去年", "日期不对，应为 年-月-日"),
    }


def test_a_table_that_is_too_long_for_a_form_stays_as_it_is() -> None:
    rows = [{"item": f"收费{at}", "standard": "10元"} for at in range(200)]
    fee = {"id": "f:1", "kind": "fee", "title": "清单", "body": "", "fields": {"rows": rows}}
    assert edited(fee)["fields"]["rows"] == rows


def test_rows_of_free_columns_are_pasted_from_a_spreadsheet() -> None:
    record = next(record for record in RECORDS if record["kind"] == "collection")
    keys = [column["key"] for column in record["fields"]["columns"]]
    first = record["fields"]["rows"][0]
    text = "\t".join(str(first[key]) for key in keys)
    assert edited(record, **{"fields.rows": text})["fields"]["rows"] == [first]


def test_every_relation_can_be_chosen() -> None:
    assert set(RELATION_WORDS) == set(INVERSE)


PAGE = """<h1 onclick="x()">关于补贴的通知</h1>\ufeff
<p style="color:red">第一条　<b>凡</b>本县&nbsp;居民<br>均可申请。</p>
<script>alert(1)</script><style>p{}</style><img src="http://tracker.example/x.gif">
<table><tr><th>项目</th><th>标准</th></tr><tr><td><p>种粮</p></td><td>100<span>元</span></td></tr></table>
<ol><li>身份证</li><li>户口簿</li></ol><ul><li>一卡通</li></ul><a href="javascript:alert(1)">附件</a>"""


def test_a_pasted_page_becomes_text_with_its_headings_lists_and_tables() -> None:
    assert markup.plain_text(PAGE).split("\n") == [
        "# 关于补贴的通知",
        "第一条　凡本县 居民",
        "均可申请。",
        "项目 | 标准",
        "种粮 | 100元",
        "1. 身份证",
        "2. 户口簿",
        "- 一卡通",
        "附件",
    ]


def test_pasted_html_is_cleaned_when_the_form_is_saved() -> None:
    assert edited(a_record(), body="<p>一<p>二<script>x</script>")["body"] == "一\n二"
    assert edited(a_record(), body="a < b，且 c > d")["body"] == "a < b，且 c > d"


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "\x00\ufeff<iframe src=//evil.example></iframe>",
    "<div style=background:url(//evil.example)>x</div>",
    "<<script>script>alert(1)<</script>/script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<table background=//evil.example><td background=//evil.example>x",
)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_but_listed_tags_without_attributes_is_let_through(html: str) -> None:
    cleaned = markup.clean(html)
    left = cleaned
    for tag in markup.ALLOWED:
        left = left.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in left
    assert markup.clean(cleaned) == cleaned


@given(st.lists(st.sampled_from([*HOSTILE, "<p>", "</td>", "<li", "'", '"', "&lt;script&gt;", "第一条"])))
def test_no_mixture_of_them_gets_through_either(pieces: list[str]) -> None:
    left = markup.clean("".join(pieces))
    for tag in markup.ALLOWED:
        left = left.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in left
