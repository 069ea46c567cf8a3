"""Each of the 21 kinds, from import to paper: list, page, search, print, open data, in Chinese and in English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from kiosk import db
from kiosk.catalogue.pages import display, slips
from kiosk.catalogue.pages.slips import PaperOrigin
from kiosk.catalogue.records.documents import one
from kiosk.catalogue.records.kinds import KINDS
from kiosk.clock import FixedClock
from printers.paper.document import KeyValue, Para, Qr
from tests.catalogue.conftest import SAMPLE, SETTINGS, OpenTerminal, Terminal, a_record, opened_terminal
from tests.catalogue.pages.test_pages import words_of
from tests.clocks import MONDAY_MORNING

RECORDS: list[dict[str, Any]] = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
FIRST = {each["kind"]: each for each in reversed(RECORDS)}
PLACE = PaperOrigin("示例体验区", "1号机", "", "", "zh", False)


def sample(doc_id: str) -> dict[str, Any]:
    found = next((each for each in RECORDS if each["id"] == f"sample:{doc_id}"), None)
    assert found, f"{SAMPLE.name} has no record sample:{doc_id}: add it"
    return found


@dataclass(frozen=True)
class Shared:
    """A terminal that the tests of this file only read, and its databases."""

    terminal: Terminal
    store: Any
    catalogue: Any


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """All samples, published once."""
    with opened_terminal(tmp_path_factory.mktemp("samples"), FixedClock(MONDAY_MORNING)) as make:
        terminal = make(SETTINGS)
        terminal.catalogue.publish_all_samples()  # type: ignore[attr-defined]  # a replica's catalogue
        yield Shared(terminal, db.store.obj, db.catalogue.obj)


@pytest.fixture
def sampled(shared: Shared) -> Terminal:
    """The terminal with all samples, for a visitor who has just come."""
    db.store.initialize(shared.store)
    db.catalogue.initialize(shared.catalogue)
    return replace(shared.terminal, client=shared.terminal.app.test_client())


def test_every_kind_has_a_sample() -> None:
    assert set(FIRST) == set(KINDS), "kiosk/catalogue/sample/catalogue.jsonl shows each kind at least once"


def test_a_phone_opens_what_a_kiosk_shows_as_a_code(open_terminal: OpenTerminal) -> None:
    phone = open_terminal(replace(SETTINGS, channel="web", printer="none"))
    unsafe = {"fields": {"form": "视频", "video": "javascript:alert(1)"}}
    phone.catalogue.publish(sample("interp-007"), a_record(id="doc:2", kind="interpretation", **unsafe))
    page = phone.get("/documents/sample:interp-007")
    assert f'href="{sample("interp-007")["fields"]["video"]}" rel="noopener noreferrer"' in page
    assert 'class="qr"' not in page
    assert 'href="javascript' not in phone.get("/documents/doc:2")


def test_every_kind_goes_the_whole_way(sampled: Terminal) -> None:
    """One terminal for all 20: publishing the samples takes longer than looking at them."""
    for kind, record in FIRST.items():
        doc_id, title = record["id"], record["title"]
        listed = sampled.get(f"/browse/{kind}?all=1")
        name = (
            "补贴" if kind == "village" else KINDS[kind].name
        )  # villages are asked step by step: test_ways.py
        assert name in listed, kind
        page = words_of(sampled.get(f"/documents/{doc_id}"))
        assert title in page, kind
        for field in KINDS[kind].fields:
            value = (record.get("fields") or {}).get(field.name)
            if (
                field.shown
                and field.codes is None
                and isinstance(value, str)
                and value
                and field.type == "text"
            ):
                assert " ".join(value.split()) in page, (kind, field.name)
        assert f'href="/documents/{doc_id}/problem"' in sampled.get(f"/documents/{doc_id}")
        assert title.removesuffix("（示例）") in words_of(
            sampled.get(f"/search?q={title.removesuffix('（示例）')}")
        ), kind
        assert "要打印" in sampled.get(f"/documents/{doc_id}/print"), kind
        told = json.loads(sampled.get(f"/api/v1/documents/{doc_id}"))
        assert (told["id"], told["kind"]) == (doc_id, kind)
        assert title in sampled.get(f"/feeds/{kind}.atom"), kind
        assert sampled.get(f"/open/{kind}.csv"), kind


def test_the_page_of_every_sample_is_whole_in_english_too(sampled: Terminal) -> None:
    sampled.post("/settings", sampled.get("/request/"), lang="en")
    for record in FIRST.values():
        page = sampled.get(f"/documents/{record['id']}")
        assert 'lang="en"' in page
        assert record["title"] in words_of(page)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"guide", "organ"}))
def test_the_paper_of_a_kind_says_what_its_fields_say(kind: str) -> None:
    record = FIRST[kind]
    blocks = slips.summary(record, [], PLACE).blocks
    labels = {block.label: block.value for block in blocks if isinstance(block, KeyValue)}
    values = record.get("fields") or {}
    for name in KINDS[kind].line:
        field = KINDS[kind].schema[name]
        if field.shown and values.get(name) and field.type in ("text", "date", "int"):
            assert field.label in labels, (kind, name)


def test_an_account_is_followed_by_its_code_unless_it_was_closed(sampled: Terminal) -> None:
    running, closed = sample("account-001"), sample("account-003")
    assert 'class="qr"' in sampled.get("/documents/sample:account-001")
    assert "用手机扫码关注" in sampled.get("/documents/sample:account-001")
    assert "用手机扫码关注" not in sampled.get("/documents/sample:account-003")
    assert "已注销" in sampled.get("/documents/sample:account-003")
    codes = [block.data for block in slips.summary(running, [], PLACE).blocks if isinstance(block, Qr)]
    assert codes == [running["fields"]["qr"]]
    assert not [block for block in slips.summary(closed, [], PLACE).blocks if isinstance(block, Qr)]


def test_a_video_is_watched_on_a_phone(sampled: Terminal) -> None:
    assert "用手机扫码看视频" in sampled.get("/documents/sample:interp-007")


def test_what_is_not_on_the_fee_list_is_not_to_be_paid(sampled: Terminal) -> None:
    note = "清单之外无收费"
    assert note in sampled.get("/browse/fee")
    page = words_of(sampled.get("/documents/sample:fee-001"))
    assert note in page
    assert "更新日期2026年9月30日" in page
    paper = slips.summary(sample("fee-001"), [], PLACE).blocks
    assert any(isinstance(block, Para) and note in block.text for block in paper)


def test_a_decision_tells_stage_by_stage_and_how_opinions_were_adopted(sampled: Terminal) -> None:
    page = words_of(sampled.get("/documents/sample:decision-002"))
    for stage in sample("decision-002")["fields"]["stages"]:
        assert stage["text"] in page
    for comment in sample("decision-002")["fields"]["comments"]:
        assert comment["opinion"] in page
        assert comment["reason"] in page
    for word in ("采纳", "未采纳", "评估论证"):
        assert word in page


def test_attendance_tells_what_each_said_and_what_became_of_it(sampled: Terminal) -> None:
    page = words_of(sampled.get("/documents/sample:attendance-001"))
    for person in sample("attendance-001")["fields"]["representatives"]:
        assert person["opinion"] in page
        assert person["reply"] in page


def test_items_of_a_standard_directory_and_of_a_gazette_lead_to_their_texts(sampled: Terminal) -> None:
    for doc_id, rows in (("standard-001", "rows"), ("gazette-001", "items")):
        page = sampled.get(f"/documents/sample:{doc_id}")
        for row in sample(doc_id)["fields"][rows]:
            if row["id"]:
                assert f'href="/documents/{row["id"]}"' in page


def test_a_table_too_wide_for_the_screen_is_cards_that_can_be_told_apart(sampled: Terminal) -> None:
    page = words_of(sampled.get("/documents/sample:standard-001"))
    for row in sample("standard-001")["fields"]["rows"]:
        assert f"{row['level1']} · {row['level2']}" in page
    cards = sampled.get("/documents/sample:fee-001").split('<h3 class="card-title">')
    assert words_of(cards[1]).strip().startswith("居民身份证工本费")


def test_questions_and_answers_stand_one_below_the_other(sampled: Terminal) -> None:
    page = sampled.get("/documents/sample:interview-001")
    for row in sample("interview-001")["fields"]["qa"]:
        assert f'<h3 class="panel-title">{row["question"]}</h3><p>{row["answer"]}</p>' in page


def test_a_related_document_stands_once_by_its_closest_relation(sampled: Terminal) -> None:
    page = sampled.get("/documents/sample:openday-001")
    assert page.count('href="/documents/sample:work-15"') == 1


def test_days_and_numbers_in_a_list_say_what_they_are(sampled: Terminal) -> None:
    assert "总期号：14" in words_of(sampled.get("/browse/gazette"))
    told = words_of(sampled.get("/browse/fee"))
    assert "更新日期：2026年9月30日" in told
    assert "2026年1月9日发布" not in told  # one day says how fresh a list is, not two


def test_an_answer_stands_before_what_it_rests_on(sampled: Terminal) -> None:
    page = sampled.get("/documents/sample:question-001")
    answer, text = page.index('<div class="panel panel-wash said">'), page.index('id="text"')
    assert answer < text < page.index("第四条、第八条至第十二条")
    gone = words_of(sampled.get("/documents/sample:question-012"))
    assert "回答先收起来了" in gone
    assert "第四条、第六条" not in gone


def test_a_decision_is_followed_step_by_step(sampled: Terminal) -> None:
    record = sample("decision-001")["fields"]
    page = sampled.get("/documents/sample:decision-001")
    steps = page.split('<li class="moment')[1:]
    assert len(steps) == len(record["stages"])
    now = [step for step in steps if step.startswith(' moment-now" aria-current="step"')]
    assert [words_of(step).count("现在到这一步") for step in now] == [1]
    assert "征求意见" in words_of(now[0])


def test_opinions_say_what_became_of_them(sampled: Terminal) -> None:
    page = words_of(sampled.get("/documents/sample:attendance-001"))
    for row in sample("attendance-001")["fields"]["representatives"]:
        assert f"“{row['opinion']}”" in page
        assert row["reply"] in page
    assert "采纳2条" in page
    assert "采纳33条" in words_of(sampled.get("/documents/sample:decision-003"))


def test_the_results_of_a_survey_are_bars_under_their_questions(sampled: Terminal) -> None:
    page = sampled.get("/documents/sample:survey-002")
    assert '<progress class="bar-length" max="603" value="362"' in page
    assert page.count("您希望末班车几点？") == 1


def test_a_choice_that_shortens_nothing_is_not_offered(sampled: Terminal) -> None:
    assert "?domain=" not in sampled.get("/browse/standard")
    assert "?validity=in_force" in sampled.get("/browse/policy")


def test_the_contents_of_a_gazette_lead_to_the_texts(sampled: Terminal) -> None:
    page = sampled.get("/documents/sample:gazette-001")
    rows = sample("gazette-001")["fields"]["items"]
    directory = page.split('class="directory"', 1)[1]
    assert page.count('href="/documents/sample:policy-001"') == 1  # not again among what is related
    for row in rows:
        assert not row["id"] or f'href="/documents/{row["id"]}"' in directory
        assert f"第{row['page']}页" in directory


def test_the_gazette_is_found_by_year_then_issue(sampled: Terminal) -> None:
    assert "2026" in sampled.get("/browse/gazette")
    assert "/documents/sample:gazette-002" in sampled.get("/browse/gazette?year=2026")


def test_the_work_plan_is_followed_by_state(sampled: Terminal) -> None:
    page = words_of(sampled.get("/browse/work_plan?section=深化重点领域信息公开&state=not_reported"))
    assert "尚未报告" in page
    assert "县住房和城乡建设局" in page


def test_every_area_of_items_19_to_33_is_a_table_and_leads_back_to_its_item(sampled: Terminal) -> None:
    areas = KINDS["collection"].schema["area"].codes or {}
    collections = [each for each in RECORDS if each["kind"] == "collection"]
    assert {each["fields"]["area"] for each in collections} == set(areas)
    items = {link["id"] for each in collections for link in each["links"] if link["rel"] == "based_on"}
    assert {f"sample:work-{number}" for number in range(19, 34)} <= items
    for each in collections:
        with sampled.app.test_request_context():
            (table,) = [part for part in display.sections(one(each["id"]).content) if part.rows]  # type: ignore[union-attr]
        assert table.shape in ("table", "cards")
        assert len(table.rows) == len(each["fields"]["rows"])


def test_an_office_is_called_by_a_number_that_stands_first(sampled: Terminal) -> None:
    page = sampled.get("/documents/sample:organ-002")
    card = page.split('class="panel panel-plain contact"', 1)[1].split("</div>", 1)[0]
    told = words_of(card)
    assert told.index("0635-0000002") < told.index("示例路2号") < told.index("工作日")
    assert page.index("contact-phone") < page.index('class="pairs"')
