"""The sample catalogue is plainly a sample, whole, and in step with itself."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "kiosk" / "catalogue" / "sample" / "catalogue.jsonl"
RECORDS: list[dict[str, Any]] = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
BY_ID = {record["id"]: record for record in RECORDS}
POLICIES = [record for record in RECORDS if record["kind"] == "policy"]

KEYS = set(
    "id kind title body index_no doc_no issuers drawn_on published_on effective_on valid_until validity"
    " validity_reason topics audience disclosure summary source source_url links attachments fields".split()
)
KINDS = set(
    "policy interpretation gazette question request_log request_template guide decision attendance standard village fee"
    " collection account organ reading_place letter survey interview open_day annual_report work_plan".split()
)
VALIDITIES = {"not_yet", "in_force", "amended", "partly_repealed", "repealed", "expired"}
MADE_UP = "示例内容（非真实文件）"
FROM_THE_PLAN = "根据冠政办发〔2022〕7号整理"


def test_ids_are_unique_and_every_kind_is_present():
    assert len(BY_ID) == len(RECORDS) >= 90
    assert {record["kind"] for record in RECORDS} == KINDS


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_a_record_has_known_keys_and_says_that_it_is_a_sample(record):
    assert set(record) <= KEYS
    assert record["id"].startswith("sample:")
    assert record["body"].strip()
    if record["source"] == MADE_UP:
        assert record["title"].endswith("（示例）")
        assert not record.get("doc_no") or re.fullmatch(r"冠样〔\d{4}〕\d+号", record["doc_no"])
    else:
        assert record["source"] == FROM_THE_PLAN
        is_the_plan = record["kind"] == "policy"
        assert record.get("doc_no", "") == ("冠政办发〔2022〕7号" if is_the_plan else "")
        assert is_the_plan or {"rel": "part_of", "id": "sample:plan-2022"} in record["links"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_dates_are_days_and_in_order(record):
    for key in ("drawn_on", "published_on", "effective_on", "valid_until"):
        if key in record:
            date.fromisoformat(record[key])
    assert record.get("drawn_on", "") <= record.get("published_on", "9999")
    assert record.get("effective_on", "") <= record.get("valid_until", "9999")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_links_and_references_lead_to_a_record_of_the_sample(record):
    mentioned = re.findall(r'"(sample:[a-z0-9-]+)"', json.dumps(record, ensure_ascii=False))

    assert [ref for ref in mentioned if ref not in BY_ID] == []


def test_every_state_of_validity_is_shown_and_given_its_reason():
    assert {policy["validity"] for policy in POLICIES} == VALIDITIES
    for policy in POLICIES:
        if policy["validity"] not in ("in_force", "not_yet"):
            assert policy["validity_reason"]


def test_a_policy_that_was_changed_names_what_changed_it():
    expected = {"amended": "amended_by", "partly_repealed": "repealed_by", "repealed": "replaced_by"}
    for policy in POLICIES:
        if policy["validity"] in expected:
            assert expected[policy["validity"]] in {link["rel"] for link in policy["links"]}


def test_the_work_plan_has_its_36_items_with_units_and_source():
    items = [record for record in RECORDS if record["kind"] == "work_plan"]

    assert sorted(item["fields"]["item_no"] for item in items) == list(range(1, 37))
    for item in items:
        assert item["fields"]["responsible_units"]
        assert {"rel": "part_of", "id": "sample:plan-2022"} in item["links"]
    dated = {item["fields"]["item_no"]: item["fields"]["due"] for item in items if item["fields"]["due"]}
    assert dated == {18: "2022-12-31", 33: "2022-09-30", 34: "2022-12-31"}


def test_records_of_one_kind_carry_the_same_fields():
    optional = {
        "pinned",
        "named_rows",
        "ask",
        "registration_no",
        "changes",
        "qa",
        "differences",
        "blank_forms",
        "video",
        "progress",
    }
    optional |= {"comments_open", "comments", "assessments"}
    for kind in KINDS:
        shapes = Counter(
            frozenset(record["fields"]) - optional for record in RECORDS if record["kind"] == kind
        )
        assert len(shapes) == 1, kind


def test_interpretations_speak_plainly_in_two_sentences_with_their_articles():
    for record in RECORDS:
        if record["kind"] == "interpretation":
            assert len(record["fields"]["plain"]) == 2
            assert all(line["text"] and line["articles"] for line in record["fields"]["plain"])


def test_nobody_real_can_be_reached_or_recognised():
    text = SAMPLE.read_text(encoding="utf-8")

    assert set(re.findall(r"0635-\d{7}", text)) == set(re.findall(r"0635-0000\d{3}", text))
    assert re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text) == []
    assert re.findall(r"(?<!\d)\d{17}[\dXx](?!\d)", text) == []
    for record in RECORDS:
        for row in record["fields"].get("named_rows", {}).get("rows", []):
            assert row[0].endswith("样例")


def test_figures_of_reports_and_surveys_add_up():
    for record in RECORDS:
        fields = record["fields"]
        if record["kind"] == "annual_report":
            counts = fields["requests"]
            assert counts["carried_in"] + counts["new"] == counts["closed"] + counts["carried_out"]
        if record["kind"] == "survey" and fields["results"]:
            single = {q["no"] for q in fields["questions"] if q["type"] == "one"}
            for number in single:
                votes = sum(row["count"] for row in fields["results"] if row["no"] == number)
                assert votes == fields["responses"]


def test_the_standard_directory_covers_the_26_fields_and_leads_to_information():
    standards = [record["fields"] for record in RECORDS if record["kind"] == "standard"]
    assert len({each["domain"] for each in standards}) == len(standards) == 26
    for each in standards:
        assert [row["no"] for row in each["rows"]] == list(range(1, len(each["rows"]) + 1))
        assert all(
            row["content"] and row["basis"] and row["when"] and row["channels"] for row in each["rows"]
        )
    linked = [each["domain"] for each in standards if any(row["id"] for row in each["rows"])]
    assert len(linked) >= 20


def test_lists_years_and_states_have_more_than_one_answer():
    def held(kind, name):
        return {record["fields"][name] for record in RECORDS if record["kind"] == kind}

    assert len(held("gazette", "year")) >= 3
    assert held("decision", "stage") >= {"draft", "comments", "attendance", "decided", "assessed", "ended"}
    assert held("open_day", "state") == {"open", "full", "over", "cancelled"}
    assert held("survey", "state") == {"open", "closed", "reported"}
    assert held("account", "state") == {"running", "paused", "closed"}
    assert held("work_plan", "state") == {"done", "in_progress", "not_reported"}
    assert len(held("collection", "area")) == 16
    assert held("interpretation", "form") == {"文字", "问答", "图解", "视频"}


def test_progress_that_is_made_up_says_so():
    told = [record["fields"] for record in RECORDS if record["kind"] == "work_plan"]
    assert all("示例" in each.get("progress", "示例") for each in told)
    assert all(each.get("progress") for each in told if each["state"] != "not_reported")
