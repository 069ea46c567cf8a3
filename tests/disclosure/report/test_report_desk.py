"""A clerk at the desk of reports: figures, text, submission, the docket, statistics, the public log."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from kiosk import db
from kiosk.catalogue.publishing import approval
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.hand import Hand
from kiosk.disclosure import steps
from kiosk.disclosure.case_models import DisclosureCase
from kiosk.disclosure.events import CaseAct
from kiosk.disclosure.report import case_counts, catalogue_records, report_models
from kiosk.disclosure.report.desk.views import XLSX_TYPE as XLSX
from kiosk.disclosure.report.report_models import Part
from tests.hub import PERSONAL, Browser, Hub, build_hub

YEAR = "year=2026&organ="
DESK = "/desk/report"


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    """A hub with a clerk, in the January after the year of the report, and three requests."""
    hub = build_hub(tmp_path, address)
    hub.add_account("lina")
    hub.add_account("zhang.fabu", "publisher")
    for outcome, day in (("granted", "2026-11-25"), ("partial", "2026-11-26"), ("", None)):
        number = hub.take_in(received_basis="in_person", received_on="2026-11-23")
        with db.writing(db.store):
            DisclosureCase.update(
                outcome=outcome, answered_on=day, closed_on=day, state="ended" if day else "received"
            ).where(DisclosureCase.number == number).execute()
    yield hub
    db.real(db.store).close_all()


@pytest.fixture
def january(hub: Hub) -> Browser:
    hub.clock.moment = datetime(2027, 1, 11, 1, tzinfo=UTC)
    return hub.browser("lina")


def numbers(hub: Hub) -> list[str]:
    return [
        number for (number,) in hub.connection.execute("SELECT number FROM disclosure_case ORDER BY number")
    ]


def test_the_report_shows_its_tables_and_leads_down_to_the_cases(hub: Hub) -> None:
    lina = hub.browser("lina")
    page = lina.get(f"{DESK}?{YEAR}").text
    for words in ("数据暂定", "勾稽关系都对得上", "2027年1月31日", "2027年3月31日", "属于三类内部事务信息"):
        assert words in page
    assert "/desk/report" in lina.get("/desk/requests").text
    cases = lina.get(f"{DESK}/cases?row=new&column=citizen&{YEAR}").text
    assert all(number in cases for number in numbers(hub))
    only = lina.get(f"{DESK}/cases?row=r2&column=total&{YEAR}").text
    assert [number in only for number in numbers(hub)] == [False, True, False]
    assert lina.get(f"{DESK}/cases?row=r9&{YEAR}").status_code == 404
    assert lina.get(f"{DESK}?year=2018&organ=").status_code == 404
    assert lina.get(f"{DESK}?year=2026&organ=GX-NONE").status_code == 404


def test_figures_are_entered_in_versions_and_a_difference_to_last_year_is_shown(hub: Hub) -> None:
    lina = hub.browser("lina")
    where = f"{DESK}/figures?{YEAR}"
    answer = lina.post(where, {"normative-0": "zwei"}, on=where)
    assert answer.status_code == 422
    assert "只填整数" in answer.text
    assert (
        lina.post(where, {"normative-0": "3", "fee-0": "12.50", "carried-citizen": "2"}, on=where).status_code
        == 303
    )
    assert (
        lina.post(where, {"normative-0": "4", "fee-0": "12.50", "carried-citizen": "2"}, on=where).status_code
        == 303
    )
    kept = report_models.versions(Part.FIGURES, "", 2026)
    assert [(each.version, each.content["normative-0"], each.actor) for each in kept] == [
        (2, "4", "lina"), (1, "3", "lina"),
    ]  # fmt: skip
    page = lina.get(f"{DESK}?{YEAR}").text
    assert "12.50" in page
    assert "勾稽不符" in page
    assert "0 ≠ 2" in page


def test_two_clerks_do_not_overwrite_each_others_figures(hub: Hub) -> None:
    lina = hub.browser("lina")
    where = f"{DESK}/figures?{YEAR}"
    old = lina.version(where)
    assert lina.post(where, {"normative-0": "3"}, on=where).status_code == 303
    answer = lina.post(where, {"normative-0": "5", "version": old}, on=where)
    assert answer.status_code == 409


def test_a_report_is_submitted_once_filled_in_approved_by_another_and_marked_when_corrected(
    hub: Hub, january: Browser
) -> None:
    early = january.post(f"{DESK}/submit?{YEAR}", {}, on=f"{DESK}?{YEAR}")
    assert early.status_code == 409
    assert "请填" in early.text
    texts = {name: f"第{name}部分" for name in ("one", "two", "three", "four", "five", "six")}
    where = f"{DESK}/text?{YEAR}"
    assert "新收政府信息公开申请3件" in january.get(where).text
    assert january.post(where, texts, on=where).status_code == 303
    assert january.post(f"{DESK}/submit?{YEAR}", {}, on=f"{DESK}?{YEAR}").status_code == 303
    doc_id = catalogue_records.report_id("", 2026)
    assert "等另一人审核" in january.get(f"{DESK}?{YEAR}").text
    approval.approve(doc_id, Hand("zhang.fabu", hub.clock.now()), Release("proactive"))
    found = documents.one(doc_id)
    assert found is not None
    names = [(each["name"], each["type"], bool(each["sha256"])) for each in found.content["attachments"]]
    title = found.content["title"]
    assert names == [(f"{title}.pdf", "application/pdf", True), (f"{title}.xlsx", XLSX, True)]
    assert found.content["fields"]["requests"] == {"carried_in": 0, "new": 3, "closed": 2, "carried_out": 1}
    assert "已公开" in january.get(f"{DESK}?{YEAR}").text
    with db.writing(db.store):
        DisclosureCase.update(outcome="granted").where(DisclosureCase.outcome == "partial").execute()
    page = january.get(f"{DESK}?{YEAR}").text
    assert "提交以后有变化" in page
    assert "原1" in page


def test_the_files_say_what_the_page_says(hub: Hub, january: Browser) -> None:
    book = openpyxl.load_workbook(io.BytesIO(january.get(f"{DESK}/report.xlsx?{YEAR}").data))
    sheet = book["表三"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=27)]
    assert [line[-1] for line in lines[:4]] == [3, 0, 1, 1]
    assert lines[-1][-1] == 1
    answer = january.get(f"{DESK}/report.pdf?{YEAR}")
    assert answer.data.startswith(b"%PDF")
    january.get(f"{DESK}/statistics.xlsx?{YEAR}")


def test_a_review_counts_in_table_4(hub: Hub) -> None:
    lina = hub.browser("lina")
    where = f"{DESK}/docket/new"
    form = {
        "kind": "suit",
        "organ": "GX-ZFB",
        "reference": "（2026）样例1号",
        "opened_on": "2026-11-20",
        "result": "",
    }
    assert lina.post(where, {**form, "opened_on": "2026-12-30"}, on=where).status_code == 422
    assert lina.post(where, {**form, "result": "upheld"}, on=where).status_code == 422
    assert lina.post(where, form, on=where).status_code == 303
    [entry] = report_models.docket(None)
    assert entry.opened_on == date(2026, 11, 20)
    assert "（2026）样例1号" in lina.get(f"{DESK}/docket").text
    where = f"{DESK}/docket/{entry.id}"
    decided = {**form, "result": "corrected", "decided_on": "2026-11-22"}
    assert lina.post(where, decided, on=where).status_code == 303
    assert "结果纠正" in lina.get(f"{DESK}/docket").text


def test_small_groups_are_hidden_on_the_page_and_in_the_file(hub: Hub) -> None:
    lina = hub.browser("lina")
    page = lina.get(f"{DESK}/statistics?year=2026").text
    assert "＊" in page
    assert "<td>3</td>" not in page
    book = openpyxl.load_workbook(io.BytesIO(lina.get(f"{DESK}/statistics.xlsx?year=2026").data))
    values = [cell.value for sheet in book for row in sheet.iter_rows(min_row=3) for cell in row]
    assert not [value for value in values if isinstance(value, int) and 0 < value < 5]


ANSWER = {
    "question": "低保名额按什么分配？",
    "answer": "低保没有名额，符合条件的都能享受，依据是《社会救助暂行办法》。",
}


def test_an_answer_is_published_without_persons_by_two_people_and_taken_back(hub: Hub) -> None:
    lina, number = hub.browser("lina"), numbers(hub)[0]
    where = f"{DESK}/log/{number}"
    barred = lina.post(where, {**ANSWER, "answer": f"已答复{PERSONAL['name']}本人"}, on=where)
    assert barred.status_code == 422
    assert "申请人自己的信息" in barred.text
    asked = lina.post(where, {**ANSWER, "answer": "请打0635-5231234"}, on=where)
    assert asked.status_code == 422
    assert "标出的每一处都看过" in asked.text
    assert not report_models.whole_log(None)
    assert lina.post(where, ANSWER, on=where).status_code == 303
    logged = report_models.logged(number)
    assert logged is not None
    assert number not in logged.doc_id
    approval.approve(logged.doc_id, Hand("zhang.fabu", hub.clock.now()), Release("proactive"))
    found = documents.one(logged.doc_id)
    assert found is not None
    assert found.content["fields"]["answer"] == ANSWER["answer"]
    assert "已公开" in lina.get(f"{DESK}/log").text
    assert lina.post(f"{where}/take-back", {"reason": ""}, on=where).status_code == 422
    assert lina.post(f"{where}/take-back", {"reason": "写错了"}, on=where).status_code == 303
    assert documents.one(logged.doc_id) is None
    assert lina.post(where, ANSWER, on=where).status_code == 303
    openings = hub.connection.execute("SELECT count(*) FROM audit WHERE act = 'disclosure.opened'").fetchone()
    assert openings == (4,)


def test_a_confirmation_is_of_the_very_text(hub: Hub) -> None:
    lina, number = hub.browser("lina"), numbers(hub)[0]
    where = f"{DESK}/log/{number}"
    office = {**ANSWER, "answer": "请打0635-5231234"}
    shown = lina.post(where, office, on=where).text
    confirmed = shown.split('name="confirmed" value="')[1][:64]
    other = {**office, "answer": "请打0635-5239999", "confirmed": confirmed}
    assert lina.post(where, other, on=where).status_code == 422
    assert lina.post(where, {**office, "confirmed": confirmed}, on=where).status_code == 303


def test_a_request_without_an_answer_is_not_published(hub: Hub) -> None:
    lina, number = hub.browser("lina"), numbers(hub)[2]
    assert lina.post(f"{DESK}/log/{number}", ANSWER, on=f"{DESK}/log/{number}").status_code == 409


def test_ratings_are_counted_and_suggestions_wait_at_the_public_log(hub: Hub) -> None:
    lina, number = hub.browser("lina"), numbers(hub)[0]
    for rating in ("poor", "good"):
        steps.note(number, CaseAct.FEEDBACK, {"rating": rating}, "applicant", hub.work())
    steps.note(number, CaseAct.PUBLICATION_ASKED, {"added": "x"}, "applicant", hub.work())
    assert case_counts.ratings(None, 2026) == [("GX-ZFB", "good")]
    assert case_counts.suggested(frozenset({"GX-OTHER"})) == []
    page = lina.get(f"{DESK}/log").text
    assert "申请人建议公开" in page
    assert number in page
    assert "满意程度" in lina.get(f"{DESK}/statistics?year=2026").text
    assert f"{DESK}/log/{number}" in lina.get(f"/desk/requests/{number}").text


def test_a_clerk_of_one_organ_sees_its_figures_only(hub: Hub) -> None:
    assert case_counts.one(numbers(hub)[0], frozenset({"GX-OTHER"})) is None
    assert case_counts.year_facts(frozenset({"GX-OTHER"})) == []
    assert case_counts.day_facts(frozenset({"GX-OTHER"}), 2026) == []
    assert case_counts.cases_of("new", "total", 2026, frozenset({"GX-OTHER"}), limit=9) == []
