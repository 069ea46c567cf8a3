"""What asks for a clerk: every reason is a list with a way to put it right, and nothing changes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk import db
from kiosk.catalogue.feedback import empty_searches as silent
from kiosk.catalogue.feedback import outside_links as links
from kiosk.catalogue.feedback import problems
from kiosk.catalogue.feedback import reasons as review
from kiosk.catalogue.feedback.rules import QualityLimits, months_before
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.records import documents, listings
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.models import Entry
from sync.carried.counts import Tally
from tests.catalogue.conftest import SAMPLE, Catalogue, a_record, files_of, write_lines
from tests.hub import Hub, build_hub

TODAY = date(2026, 11, 23)
ASKED = QualityLimits(TODAY, fee_months=6, closed_months=12)
COMPLETE: dict[str, Any] = {"topics": ["社会福利"], "disclosure": "proactive"}
NORMATIVE = {"category": "行政规范性文件"}


def keys(asked: QualityLimits = ASKED) -> dict[str, list[str]]:
    found = review.to_do(asked)
    return {each.key: [due.doc_id for due in each.shown] for each in found}


def test_a_complete_catalogue_asks_for_nothing(catalogue: Catalogue) -> None:
    catalogue.publish(a_record(**COMPLETE))
    assert keys() == {}


def test_a_day_that_passed_is_asked_about_and_nothing_is_changed(catalogue: Catalogue) -> None:
    catalogue.publish(
        a_record(**COMPLETE, valid_until="2026-11-22"),
        a_record("doc:2", **COMPLETE, valid_until="2026-11-23"),
        a_record("doc:3", **COMPLETE, valid_until="2026-11-01")
        | {"validity": "expired", "validity_reason": "到期"},
    )
    assert keys() == {"past-validity": ["doc:1"]}
    assert documents.one("doc:1").validity == "in_force"  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize("is_linked_from_the_other_side", [True, False])
def test_a_normative_document_is_named_until_somebody_explains_it(
    catalogue: Catalogue, is_linked_from_the_other_side: bool
) -> None:
    catalogue.publish(a_record(**COMPLETE, fields=NORMATIVE), a_record("doc:2", **COMPLETE))
    assert keys() == {"not-interpreted": ["doc:1"]}
    explains = {
        "id": "i:1",
        "kind": "interpretation",
        "title": "解读",
        "body": "",
        "published_on": "2026-03-18",
    }
    if is_linked_from_the_other_side:
        catalogue.publish(explains | COMPLETE | {"links": [{"rel": "interprets", "id": "doc:1"}]})
    else:
        link = [{"rel": "interpreted_by", "id": "i:1"}]
        catalogue.publish(explains | COMPLETE, a_record(**COMPLETE, fields=NORMATIVE, links=link))
    assert keys() == {}


def test_an_answer_whose_source_was_repealed_is_named(catalogue: Catalogue) -> None:
    answer = {"id": "q:1", "kind": "question", "title": "怎么办", "body": "", "published_on": "2026-03-18"}
    answer["fields"] = {"answer": "去窗口办。"}
    catalogue.publish(
        a_record(**COMPLETE) | {"validity": "repealed", "validity_reason": "清理"},
        answer | COMPLETE | {"links": [{"rel": "based_on", "id": "doc:1"}]},
    )
    assert keys() == {"answers-off": ["q:1"]}


def test_villages_without_a_list_of_the_year_are_named_from_october_on(catalogue: Catalogue) -> None:
    fields = {"township": "清水镇", "village": "后李村", "item": "种粮补贴", "year": 2025}
    fields |= {"state": "paid", "ask": {"organ_name": "村委会", "telephone": "0635-0000000"}}
    village = {"id": "v:1", "kind": "village", "title": "补贴", "body": "", "published_on": "2025-12-01"}
    catalogue.publish(village | COMPLETE | {"fields": fields})
    assert keys(QualityLimits(date(2026, 9, 30), 6, 12)) == {}
    assert keys() == {"villages": ["v:1"]}
    catalogue.publish(village | COMPLETE | {"id": "v:2", "fields": fields | {"year": 2026}})
    assert keys() == {}


def test_a_town_that_sent_no_list_at_all_is_named_too(catalogue: Catalogue) -> None:
    def town(number: int, short: str) -> dict[str, Any]:
        place = {"address": "示例街1号", "hours": "工作日", "telephone": "0635-0000000"}
        record = {"id": f"o:{number}", "kind": "organ", "title": f"{short}人民政府", "body": "", **COMPLETE}
        return record | {
            "published_on": "2026-03-18",
            "fields": {"level": "township", "short": short, **place},
        }

    sent = {"township": "清水镇", "village": "后李村", "item": "补贴", "year": 2026, "state": "paid"}
    sent |= {"ask": {"organ_name": "村委会", "telephone": "0635-0000000"}}
    village = {"id": "v:1", "kind": "village", "title": "补贴", "body": "", "published_on": "2026-12-01"}
    catalogue.publish(town(1, "清水镇"), town(2, "柳林镇"), village | COMPLETE | {"fields": sent})
    (found,) = review.to_do(ASKED)
    assert [(due.doc_id, due.title) for due in found.shown] == [("o:2", "柳林镇人民政府：今年一份也没有")]


def test_fee_lists_that_nobody_touched_are_named_after_the_months_of_the_setting(
    catalogue: Catalogue,
) -> None:
    fee = {"id": "f:1", "kind": "fee", "title": "清单", "body": "", "published_on": "2026-01-01"} | COMPLETE
    listed = {"type": "政府性基金", "rows": [{"item": "教育费附加"}]}
    catalogue.publish(fee | {"fields": listed | {"updated_on": "2026-05-23"}})
    assert keys() == {}
    catalogue.publish(fee | {"fields": listed | {"updated_on": "2026-05-22"}})
    assert keys() == {"fees": ["f:1"]}


def test_missing_fields_and_dead_links_are_named(catalogue: Catalogue) -> None:
    catalogue.publish(
        a_record(doc_no=None, drawn_on=None),
        a_record("doc:2", **COMPLETE, links=[{"rel": "related", "id": "no:1"}]),
    )
    assert keys() == {"missing": ["doc:1"], "dead-links": ["doc:2"]}
    found = {each.key: each.shown[0].detail for each in review.to_do(ASKED)}
    assert found == {"missing": "文号 成文日期 主题", "dead-links": "no:1"}


def a_decision(**fields: Any) -> dict[str, Any]:
    told = {"stage": "comments", "stages": [{"stage": "draft"}], "organ_name": "县交通运输局", **fields}
    record = {"id": "d:1", "kind": "decision", "title": "线路优化", "body": "", "published_on": "2026-03-18"}
    return record | COMPLETE | {"fields": told}


@pytest.mark.parametrize(
    ("opened", "is_named"),
    [
        ({"from": "2026-06-01", "until": "2026-06-30"}, False),
        ({"from": "2026-06-01", "until": "2026-06-29"}, True),
        ({"from": "2026-06-01", "until": "2026-06-10", "shorter_reason": "防汛紧急"}, False),
        ({"from": "2026-06-01", "until": ""}, False),
    ],
)
def test_less_than_thirty_days_for_comments_need_a_reason(
    catalogue: Catalogue, opened: dict[str, str], is_named: bool
) -> None:
    catalogue.publish(a_decision(comments_open=opened))
    assert keys() == ({"short-comments": ["d:1"]} if is_named else {})


def test_opinions_that_were_not_adopted_need_a_reason(catalogue: Catalogue) -> None:
    comments = [
        {"opinion": "加车", "adopted": "yes"},
        {"opinion": "免票", "adopted": "no", "reason": "财力不够"},
        {"opinion": "绕行", "adopted": "partly", "reason": ""},
    ]
    catalogue.publish(a_decision(comments=comments))
    assert keys() == {"no-reason": ["d:1"]}


def test_items_of_the_work_plan_that_are_overdue_are_named(catalogue: Catalogue) -> None:
    def item(number: int, due: str, state: str) -> dict[str, Any]:
        record = {
            "id": f"w:{number}",
            "kind": "work_plan",
            "title": "要点",
            "body": "",
            "published_on": "2026-03-18",
        }
        told = {"item_no": number, "due": due, "state": state, "responsible_units": ["县政府办公室"]}
        return record | COMPLETE | {"fields": told}

    catalogue.publish(
        item(1, "2026-11-22", "in_progress"), item(2, "2026-11-22", "done"), item(3, "2026-11-23", "not_reported"),
        item(4, "", "not_reported"),
    )  # fmt: skip
    assert keys() == {"work-overdue": ["w:1"]}


def test_items_of_a_standard_directory_lead_to_their_information(catalogue: Catalogue) -> None:
    rows = [{"level1": "低保", "id": "doc:1"}, {"level1": "救助"}, {"level1": "个案", "method": "依申请公开"}]
    record = {"id": "s:1", "kind": "standard", "title": "目录", "body": "", "published_on": "2026-03-18"}
    catalogue.publish(
        a_record(**COMPLETE), record | COMPLETE | {"fields": {"domain": "社会救助", "rows": rows}}
    )
    (found,) = review.to_do(ASKED)
    assert (found.key, found.shown[0].detail) == ("standards", "1项")


def test_an_id_that_a_table_names_is_looked_for_too(catalogue: Catalogue) -> None:
    gazette = {
        "id": "g:1",
        "kind": "gazette",
        "title": "公报",
        "body": "",
        "published_on": "2026-03-18",
    } | COMPLETE
    items = [{"title": "通知", "id": "doc:1"}, {"title": "另一件", "id": "no:1"}, {"title": "没有全文"}]
    catalogue.publish(a_record(**COMPLETE), gazette | {"fields": {"items": items}})
    found = review.to_do(ASKED)
    assert [(each.key, each.shown[0].doc_id, each.shown[0].detail) for each in found] == [
        ("dead-links", "g:1", "no:1")
    ]


def test_a_kind_says_what_it_cannot_do_without(catalogue: Catalogue) -> None:
    guide = {
        "id": "g:1",
        "kind": "guide",
        "title": "怎么办证",
        "body": "",
        "published_on": "2026-03-18",
    } | COMPLETE
    catalogue.publish(guide | {"fields": {"bring": [{"name": "身份证"}], "where": []}})
    (found,) = review.to_do(ASKED)
    assert found.shown[0].detail == "到哪里办 多久办好 收费"


def test_what_people_report_and_search_in_vain_is_in_the_report(catalogue: Catalogue) -> None:
    with db.writing(db.store):
        problems.take(TODAY, Tally("problem", "doc:1", "wrong", many=2))
        silent.take(TODAY, Tally("no-hit", "光伏补贴", many=5))
        silent.take(TODAY, Tally("no-hit", "换热水器", many=4))
    found = {each.key: [(due.title, due.detail) for due in each.shown] for each in review.to_do(ASKED)}
    assert found == {"problems": [("doc:1", "2条")], "silent": [("光伏补贴", "5次，1天")]}


def test_an_address_outside_is_told_as_dead_after_looks_on_several_days(catalogue: Catalogue) -> None:
    catalogue.publish(a_record(**COMPLETE, source_url="https://gone.example.cn/1"))
    for day in range(links.DEAD_AFTER):
        assert keys() == {}
        links.check(TODAY + timedelta(days=day), 30, look=lambda url: "gone")
    (found,) = review.to_do(ASKED)
    assert found.shown[0].detail == "已删除 https://gone.example.cn/1"
    links.check(TODAY + timedelta(days=9), 30, look=lambda url: "ok")
    assert keys() == {}


def test_a_village_list_of_the_year_begins_with_last_years_place(hub: Hub) -> None:
    last = listings.listed("village", {}, 1)[0]
    page = hub.browser("wang.shen").get(f"/desk/catalogue/new/village?like={last.doc_id}").text
    fields = last.content["fields"]
    assert f'name="fields.village" value="{fields["village"]}"' in page
    assert 'name="fields.year" value="2026"' in page


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 23), 6, "2026-05-23"),
        (date(2026, 3, 31), 1, "2026-02-28"),
        (date(2028, 3, 31), 1, "2028-02-29"),
        (date(2026, 1, 15), 13, "2024-12-15"),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, expected: str) -> None:
    assert months_before(day, months) == expected


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(tmp_path)
    hub.add_account("wang.shen", "publisher")
    hand = Hand("operator:test", hub.clock.now())
    closed = a_record("doc:7", title="内部材料", disclosure="withheld")
    import_file(write_lines(tmp_path / "a.jsonl", closed, a_record()), hand, publish=True)
    import_file(SAMPLE, hand, publish=True, files=files_of(tmp_path))
    yield hub
    db.store.obj.close()


def test_the_page_shows_all_lists_and_each_one_whole(hub: Hub) -> None:
    browser = hub.browser("wang.shen")
    page = browser.get("/desk/catalogue/review").text
    assert "list=no-ground" in page
    assert "list=missing" in page
    assert "list=past-validity" not in page, "what was asked and is in order has no page to mend it"
    for key in (each.key for each in review.LISTS):
        assert browser.get(f"/desk/catalogue/review?list={key}").status_code == 200, key
    assert browser.get("/desk/catalogue/review?list=none").status_code == 404


def test_what_stays_closed_is_looked_at_again_each_year(hub: Hub) -> None:
    hub.clock.advance(366 * 24 * 3600)
    browser = hub.browser("wang.shen")
    page = "/desk/catalogue/review?list=closed"
    assert "内部材料" in browser.get(page).text
    assert browser.post("/desk/catalogue/reviewed/doc:7", on=page).status_code == 303
    assert "内部材料" not in browser.get(page).text
    assert Entry.get(Entry.doc_id == "doc:7").reviewed_on == "2027-11-24"
    assert browser.post("/desk/catalogue/reviewed/doc:1", on=page).status_code == 404


def test_questions_that_rows_of_kinds_name_are_questions_of_the_report() -> None:
    named = {key for kind in KINDS.values() for key in kind.reviewed}
    assert named <= {each.key for each in review.LISTS}
