"""What may be imported, told as a clerk would tell it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.records.kinds import KINDS, field_texts, without_persons
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import KEYS, NEEDED, REASONS, canonical, check, plain
from kiosk.catalogue.text.document_numbers import find_number, read_number, same_spelling
from tests.catalogue.conftest import SAMPLE, VILLAGE, a_record


def codes(**changes: Any) -> list[tuple[str, str]]:
    return [tuple(fault) for fault in check(a_record(**changes))]


def test_a_complete_policy_is_taken() -> None:
    assert check(a_record()) == []


def test_only_id_kind_title_and_body_are_always_needed() -> None:
    assert check({"id": "g:1", "kind": "guide", "title": "老年证办理", "body": "带身份证。"}) == []
    assert codes(title=None, body=None) == [("missing", "title"), ("missing", "body")]


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"colour": "red"}, "unknown-key", "colour"),
        ({"kind": "poem"}, "unknown-kind", "kind"),
        ({"drawn_on": "2026-02-30"}, "bad-date", "drawn_on"),
        ({"drawn_on": "28/04/2022"}, "bad-date", "drawn_on"),
        ({"drawn_on": "2026-03-19"}, "drawn-after-published", "drawn_on"),
        ({"effective_on": "2026-05-01", "valid_until": "2026-04-01"}, "ends-before-it-starts", "valid_until"),
        ({"validity": None}, "validity-missing", "validity"),
        ({"validity": "有效"}, "unknown-code", "validity"),
        ({"validity": "repealed"}, "reason-missing", "validity_reason"),
        ({"validity": "amended", "validity_reason": "  "}, "reason-missing", "validity_reason"),
        ({"disclosure": "secret"}, "unknown-code", "disclosure"),
        ({"links": [{"rel": "likes", "id": "doc:2"}]}, "bad-link", "links[0]"),
        ({"links": [{"rel": "related", "id": "doc:1"}]}, "links-to-itself", "links[0]"),
        ({"id": "../etc/passwd"}, "bad-id", "id"),
        ({"id": "a b"}, "bad-id", "id"),
        ({"title": "长" * 501}, "too-long", "title"),
        ({"body": "长" * 2_000_001}, "too-long", "body"),
        ({"body": "<script>alert(1)</script>"}, "active-markup", "body"),
        ({"title": "坏\x00字"}, "control-character", "title"),
        ({"source_url": "javascript:alert(1)"}, "bad-url", "source_url"),
        ({"issuers": "县民政局"}, "wrong-type", "issuers"),
        ({"title": 7}, "wrong-type", "title"),
        ({"title": " \u3000\u200b"}, "missing", "title"),
        ({"title": "通知\ufffe"}, "control-character", "title"),
        ({"validity": "repealed", "validity_reason": "\u200b"}, "reason-missing", "validity_reason"),
        ({"disclosure": ["proactive"]}, "wrong-type", "disclosure"),
        ({"issuers": ["县政府\x00"]}, "control-character", "issuers"),
        ({"topics": ["<script>"]}, "active-markup", "topics"),
        ({"body": '<p onclick="go()">好</p>'}, "active-markup", "body"),
        ({"body": "<details open ontoggle=go()>"}, "active-markup", "body"),
        ({"body": "<a href='java\tscript:go()'>"}, "active-markup", "body"),
        ({"body": "<a href='data:text/html,x'>"}, "active-markup", "body"),
        ({"source_url": "https://a.example/x\n"}, "bad-url", "source_url"),
        ({"source_url": 'https://a.example/"><b'}, "bad-url", "source_url"),
        ({"source_url": "https://user:secret@a.example/"}, "bad-url", "source_url"),
        ({"fields": {"category": "诗歌"}}, "unknown-code", "fields.category"),
        ({"fields": {"colour": "red"}}, "unknown-key", "fields.colour"),
    ],
)
def test_a_wrong_record_is_refused_with_code_and_place(
    changes: dict[str, Any], code: str, where: str
) -> None:
    assert codes(**changes) == [(code, where)]


@pytest.mark.parametrize("validity", ["not_yet", "in_force"])
def test_no_reason_is_asked_for_what_holds_or_will_hold(validity: str) -> None:
    assert codes(validity=validity) == []


def test_what_is_no_record_at_all_is_said_to_be_none() -> None:
    assert check(["id"]) == [("not-a-record", "")]


def test_every_row_of_a_table_is_checked() -> None:
    record = {
        "id": "f:1",
        "kind": "fee",
        "title": "收费清单",
        "body": "",
        "fields": {"rows": [{"item": "x"}, {"itme": "y"}]},
    }
    assert check(record) == [("unknown-key", "fields.rows[1].itme")]
    record["fields"] = {"updated_on": "昨天"}
    assert check(record) == [("bad-date", "fields.updated_on")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_nothing_that_json_can_say_breaks_the_check(value: Any) -> None:
    assert check(value) != []
    assert (
        check({"id": value, "kind": "policy", "title": "t", "body": value, "fields": value, "links": value})
        != []
    )


@pytest.mark.parametrize("key", sorted(KEYS))
@pytest.mark.parametrize(
    "value", [None, 1, 1.5, True, "", "x", [], ["x"], [[]], [{}], {}, {"a": []}], ids=repr
)
def test_no_value_of_a_key_breaks_the_check(key: str, value: Any) -> None:
    for fault in check(a_record() | {key: value}):
        assert fault.code in REASONS, fault


@pytest.mark.parametrize("text", ["价格 <b 级的不收", "见 java script 教程", "a<b and c>d", "《data: 数据》"])
def test_words_that_only_look_like_markup_are_taken(text: str) -> None:
    assert codes(body=text) == []


def test_what_is_told_of_a_file_forges_no_line() -> None:
    assert plain("甲\n乙\x1b[2J\u202e\ud800\u3000丙") == "甲\\n乙\\x1b[2J\\u202e\\ud800\u3000丙"
    assert len(plain("长" * 500)) == 120


def test_the_samples_use_every_kind_and_are_all_taken() -> None:
    records = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    assert {record["id"]: check(record) for record in records if check(record)} == {}
    assert {record["kind"] for record in records} == set(KINDS)


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    for line in SAMPLE.read_text("utf-8").splitlines():
        record = json.loads(line)
        assert canonical(record).encode() == rfc8785.dumps(record)
    assert canonical({"标题": '\u2028é\t"', "a": 1, "é": True}).encode() == rfc8785.dumps(
        {"标题": '\u2028é\t"', "a": 1, "é": True}
    )


@pytest.mark.parametrize(
    "typed",
    [
        "冠政办发〔2022〕7号",
        "冠政办发[2022]7号",
        "冠政办发(2022)7号",
        "冠政办发（２０２２）７号",
        "冠政办发【2022】7号",
        "冠政办发 2022 7",
        "冠政办发2022-7",
        "冠政办发〔2022〕第7号",
        "冠政办发〔2022〕07",
        "  冠政办发 〔2022〕 7 号 ",
        "冠政办发20227号",
    ],
)
def test_a_document_number_is_one_however_it_is_typed(typed: str) -> None:
    assert same_spelling(typed) == "冠政办发〔2022〕7号"


def test_a_number_without_its_head_or_its_year_still_has_keys() -> None:
    assert read_number("〔2022〕7号").keys == ("|2022|7",)  # type: ignore[union-attr]  # it is one
    assert read_number("国令第707号").keys == read_number("国令707号").keys  # type: ignore[union-attr]  # both are


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("样政发二〇二六年十二号", "样政发〔2026〕12号"),
        ("样政发〔二零二五〕一百零三号", "样政发〔2025〕103号"),
        ("样政发2026年二一号", "样政发〔2026〕21号"),
        ("样政发5号文", "样政发第5号"),
        ("国务院第七百一十一号令", "令第711号"),
    ],
)
def test_a_number_in_words_is_the_same_number(typed: str, printed: str) -> None:
    assert str(read_number(typed)) == printed


def test_a_document_is_also_known_without_its_year_and_an_order_without_its_organ() -> None:
    assert read_number("样政发5号").keys[0] in read_number("样政发〔2026〕5号").known_by  # type: ignore[union-attr]  # both are
    assert read_number("711号令").keys[0] in read_number("国令第711号").known_by  # type: ignore[union-attr]  # both are


@pytest.mark.parametrize(
    "typed", ["低保", "二十号", "三号楼", "2022年4月28日", "06351234567", "", "号", "a" * 500]
)
def test_other_words_are_not_taken_for_a_number(typed: str) -> None:
    assert read_number(typed) is None


def test_a_number_among_other_words_needs_its_brackets() -> None:
    assert str(find_number("冠政办发〔2022〕7号 工作要点")) == "冠政办发〔2022〕7号"
    assert find_number("2022年 要点") is None


def test_names_are_no_part_of_what_leaves_the_hub_or_is_searched() -> None:
    assert "赵样例" not in canonical(without_persons(VILLAGE))
    assert "赵样例" not in "".join(field_texts(VILLAGE))
    assert "清水镇" in "".join(field_texts(VILLAGE))


def test_the_type_of_a_record_names_the_keys_that_are_checked() -> None:
    assert set(Record.__annotations__) == KEYS
    assert Record.__required_keys__ == set(NEEDED)
