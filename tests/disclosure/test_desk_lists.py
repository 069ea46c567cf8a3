"""The desk's list: lights, filters, places, subjects, names, assignment, views, the ledger."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook

from kiosk import db
from kiosk.audit import AuditLine
from kiosk.disclosure import cases, steps
from kiosk.disclosure.events import CaseAct, CorrectionFacts
from tests.disclosure.many_cases import many_cases, workday_before
from tests.hub import Browser, Hub, build_hub

LINK = re.compile(r'data-open href="([^"]+)"')
LIGHT = re.compile(r'href="/desk/requests\?light=([a-z-]+)"[^>]*>.*?<b>(\d+)</b>', re.DOTALL)
MANY = 120
"""Cases of the shared desk, on either engine: three pages."""


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    hub = build_hub(tmp_path, address)
    hub.add_account("lina")
    hub.add_account("chenbo")
    yield hub
    db.real(db.store).close_all()


@pytest.fixture
def lina(hub: Hub) -> Browser:
    return hub.browser("lina")


def listed(browser: Browser, query: str = "") -> list[str]:
    """Numbers of one page of the list, in its order."""
    page = browser.get(f"/desk/requests{query}")
    assert page.status_code == 200
    return [urlsplit(link).path.rpartition("/")[2] for link in LINK.findall(page.text)]


def next_case(page: str) -> str:
    """Where the button to the next case leads; empty when there is none."""
    before, found, _ = page.partition("下一件")
    return before.rpartition("<a ")[2].split('href="')[1].split('"')[0] if found else ""


def acts(act: str) -> list[AuditLine]:
    return list(AuditLine.select().where(AuditLine.act == act))


def test_a_desk_with_many_cases_from_its_lights_to_its_ledger(hub: Hub, lina: Browser) -> None:
    """One desk for all that a list can do: making its cases is what costs."""
    numbers = many_cases(hub, MANY)
    today = datetime(2026, 11, 23, tzinfo=UTC).date()
    page = lina.get("/desk/requests").text

    # Each light says how many rows its list has, and the rows are those of the cases themselves.
    lights = {name: int(many) for name, many in LIGHT.findall(page)}
    for light, many in lights.items():
        pages = range(1, (many - 1) // 50 + 2)
        found = [number for each in pages for number in listed(lina, f"?light={light}&page={each}")]
        assert len(found) == len(set(found)) == many, light
    every = [cases.case(number) for number in numbers]
    opened = [case for case in every if not case.closed_on]
    running = [case for case in opened if case.state in ("received", "registered", "answered")]
    assert lights["overdue"] == sum(case.reply_due < today for case in running)
    assert lights["today"] == sum(case.reply_due == today for case in running)
    assert lights["suspended"] == sum(case.state == "suspended" for case in every)
    assert lights["mine"] == sum(case.assigned_to == "lina" for case in opened)
    assert lights["all"] == MANY
    long_ago = workday_before(hub, today, 3)
    waits = [case for case in every if case.state == "submitted"]
    assert lights["unconfirmed"] == len(waits)
    assert lights["unconfirmed-long"] == sum(case.submitted_at.date() <= long_ago for case in waits)
    assert "等了45个工作日" in page

    # Pages, filters and orders.
    first, second = listed(lina), listed(lina, "?page=2")
    assert (len(first), len(second)) == (50, 50)
    assert not set(first) & set(second)
    due = [cases.case(number).reply_due for number in first]
    assert due == sorted(due, key=lambda day: (day is None, day))
    assert listed(lina, "?sort=number&light=all") == sorted(numbers)[:50]
    of_organ = listed(lina, "?organ=GX-JY")
    assert of_organ
    assert {cases.case(number).organ_code for number in of_organ} == {"GX-JY"}
    assert {cases.case(each).outcome for each in listed(lina, "?outcome=none_found")} == {"none_found"}
    assert {cases.case(each).assigned_to for each in listed(lina, "?person=-")} == {""}
    since = workday_before(hub, today, 5)
    recent = listed(lina, f"?since={since}&until={since}&light=all")
    assert {cases.case(each).submitted_at.date() for each in recent} == {since}
    assert listed(lina, "?light=nonsense&organ=' OR 1=1&since=2026-99-99&page=-1&sort=x&at=99999999999") == []
    assert listed(lina, "?page=999") == listed(lina, "?page=3")

    # From one case to the next in the same list, the way back kept.
    links = LINK.findall(lina.get("/desk/requests?light=overdue&sort=received").text)
    third = links[2].replace("&amp;", "&")
    shown = lina.get(third).text
    assert urlsplit(next_case(shown)).path == urlsplit(links[3]).path
    back = re.search(r'class="crumbs".*?href="([^"]+)"', shown, re.DOTALL)
    assert back
    assert parse_qs(urlsplit(back[1].replace("&amp;", "&")).query) == {
        "light": ["overdue"], "sort": ["received"], "at": ["2"],
    }  # fmt: skip
    last = LINK.findall(lina.get("/desk/requests?light=suspended").text)[-1].replace("&amp;", "&")
    assert lights["suspended"] < 50
    assert next_case(lina.get(last).text) == ""

    # An act on the case keeps the list, and a case that left it makes room for the next one.
    waiting = LINK.findall(lina.get("/desk/requests?light=unassigned&sort=number").text)
    path, query = waiting[0].replace("&amp;", "&").split("?")
    given = lina.post(f"{path}/give?{query}", {"to": "chenbo"}, on=f"{path}?{query}")
    assert given.status_code == 303
    assert parse_qs(urlsplit(given.location).query) == parse_qs(query)
    after = lina.get(given.location).text
    assert urlsplit(next_case(after)).path == urlsplit(waiting[1]).path

    # The ledger of the filtered list, without and with names.
    plain = lina.get("/desk/requests/ledger.csv?organ=GX-JY&light=all")
    rows = list(csv.reader(io.StringIO(plain.data.decode("utf-8-sig"))))
    assert len(rows) - 1 == sum(case.organ_code == "GX-JY" for case in every)
    assert "王" not in plain.data.decode()
    assert acts("submission.list-opened") == []
    named = lina.post("/desk/requests/ledger", {"form": "xlsx", "list": "organ=GX-JY&light=all"})
    sheet = load_workbook(io.BytesIO(named.data)).active
    assert sheet is not None
    table = list(sheet.iter_rows(values_only=True))
    assert len(table) == len(rows)
    assert table[0][-2:] == ("申请人", "所需信息")
    assert all(str(row[-2]).strip("'") for row in table[1:])
    [line] = acts("submission.list-opened")
    assert (line.actor, line.subject) == ("lina", "disclosure")
    assert '"why": "ledger"' in line.detail


def test_subjects_are_shown_on_request_only_and_logged_once_a_list(hub: Hub, lina: Browser) -> None:
    for at in range(3):
        hub.take_in(personal={"name": f"张样{at}", "wanted": "低保名额怎样分配", "query_code": "1"})
    assert "张样1" not in lina.get("/desk/requests").text
    switched = lina.post(
        "/desk/requests/subjects", {"show": "yes", "list": "sort=number"}, on="/desk/requests"
    )
    assert switched.status_code == 303
    assert switched.location.endswith("/desk/requests?sort=number")
    page = lina.get("/desk/requests")
    for words in ("张样0", "张样2", "低保名额怎样分配"):
        assert words in page.text
    assert page.headers["Cache-Control"] == "no-store"
    [line] = acts("submission.list-opened")
    assert '"many": 3' in line.detail
    assert "张样" not in line.detail
    lina.post("/desk/requests/subjects", {"show": "no"}, on="/desk/requests")
    assert "张样1" not in lina.get("/desk/requests").text
    hub.add_account("newcomer", approved=False)
    waiting = hub.browser("newcomer")
    assert "显示申请内容" not in waiting.get("/desk/requests").text


def test_a_search_by_name_is_logged_once_without_the_name(hub: Hub, lina: Browser) -> None:
    wanted = hub.take_in(personal={"name": "张 样例", "wanted": "甲", "query_code": "1"})
    other = hub.take_in(personal={"name": "李样例", "wanted": "乙", "query_code": "1"})
    found = lina.post("/desk/requests/find", {"name": "张样", "list": ""}, on="/desk/requests")
    assert wanted in found.text
    assert other not in found.text
    assert "张样" not in found.text
    [line] = acts("submission.list-opened")
    assert line.detail == '{"many": 2, "why": "name-search"}'
    assert "没有填姓名" in lina.post("/desk/requests/find", {"name": " "}, on="/desk/requests").text
    assert len(acts("submission.list-opened")) == 1


def test_rows_are_given_to_a_person_together(hub: Hub, lina: Browser) -> None:
    first, second, third = (hub.take_in() for _ in range(3))
    sent = {"listed": f"{first} {second} {third}", "to": "chenbo", "list": "light=unassigned"}
    token = lina.get("/desk/requests").text
    assert "选中的交给" in token
    assert "还没有选中" in _followed(lina, "/desk/requests/assign", sent)
    for number in (first, third):
        said = _followed(lina, "/desk/requests/assign", {**sent, "chosen": number})
    assert "1件交给了chenbo" in said
    assert [cases.case(each).assigned_to for each in (first, second, third)] == ["chenbo", "", "chenbo"]
    assert "没有这个办理员" in _followed(
        lina, "/desk/requests/assign", {**sent, "chosen": second, "to": "nobody"}
    )
    assert listed(lina, "?light=unassigned") == [second]
    stale = lina.version("/desk/requests/assign", sent)
    _followed(lina, "/desk/requests/assign", {**sent, "chosen": second})
    late = lina.post("/desk/requests/assign", {**sent, "chosen": second, "to": "lina", "version": stale})
    assert late.status_code == 409
    assert cases.case(second).assigned_to == "chenbo"


def _followed(browser: Browser, path: str, form: dict[str, str]) -> str:
    answer = browser.post(path, form, on="/desk/requests")
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location).text


def test_a_view_belongs_to_whoever_kept_it(hub: Hub, lina: Browser) -> None:
    kept = _followed(
        lina, "/desk/requests/views", {"name": " 民政 超期 ", "list": "light=overdue&organ=GX-MZ&at=70"}
    )
    assert "视图存好了" in kept
    page = lina.get("/desk/requests").text
    assert '/desk/requests?light=overdue&amp;organ=GX-MZ">民政 超期</a>' in page
    assert "民政 超期" not in hub.browser("chenbo").get("/desk/requests").text
    assert "1到20个字" in _followed(lina, "/desk/requests/views", {"name": "字" * 21, "list": ""})
    _followed(lina, "/desk/requests/views/drop", {"name": "民政 超期"})
    assert "民政 超期" not in lina.get("/desk/requests").text


def test_notes_urging_and_links_change_nothing_in_the_course(hub: Hub, lina: Browser) -> None:
    number, other = hub.take_in(), hub.take_in()
    page = f"/desk/requests/{number}"
    before = cases.case(number)
    lina.post(f"{page}/note", {"text": "申请人电话改了"}, on=page)
    lina.post(f"{page}/urge", {"until": "2026-11-25"}, on=page)
    lina.post(f"{page}/link", {"other": other.lower()}, on=page)
    after = cases.case(number)
    assert (after.state, after.reply_due) == (before.state, before.reply_due)
    shown = lina.get(page).text
    assert "申请人电话改了" not in shown
    assert "备注1条" in shown
    assert other in shown
    assert number in lina.get(f"/desk/requests/{other}").text
    assert listed(lina, "?light=urged") == [number]
    assert "申请人电话改了" in lina.post(f"{page}/open", on=page).text
    stored = [str(row) for row in hub.connection.execute("SELECT sealed FROM case_note").fetchall()]
    assert stored
    assert "电话" not in "".join(stored)
    for path, form, words in (
        ("note", {"text": " "}, "备注是空的"),
        ("urge", {"until": "2026-11-20"}, "今天或者以后"),
        ("link", {"other": number}, "本件的编号"),
        ("link", {"other": other}, "已经关联过"),
        ("link", {"other": "GX01-261123-9999-K7-4"}, "没有这个编号"),
    ):
        answer = lina.post(f"{page}/{path}", form, on=page)
        assert words in lina.get(answer.location).text, path


def test_the_list_says_until_when_a_correction_is_awaited(hub: Hub, lina: Browser) -> None:
    number = hub.take_in(received_basis="in_person", received_on="2026-11-23")
    steps.register(number, "lina", hub.work())
    asked = CorrectionFacts(on=date(2026, 11, 23), until=date(2026, 12, 14))
    steps.take(number, CaseAct.CORRECTION_ASKED, asked, "lina", hub.work())
    assert "补正到2026年12月14日" in lina.get("/desk/requests?light=correction").text
    hub.clock.moment = datetime(2026, 12, 15, 1, tzinfo=UTC)
    assert "已过补正期限" in hub.browser("lina").get("/desk/requests?light=correction").text


def test_a_step_whose_time_is_over_says_so_on_the_page_of_the_case(hub: Hub, lina: Browser) -> None:
    number = hub.take_in(received_basis="in_person", received_on="2026-11-23")
    steps.register(number, "lina", hub.work())
    page = lina.get(f"/desk/requests/{number}").text
    assert "延长答复期限" in page
    assert "补记" not in page
    hub.clock.moment = datetime(2026, 12, 3, 1, tzinfo=UTC)
    page = hub.browser("lina").get(f"/desk/requests/{number}").text
    assert "已过7个工作日，不能再通知" in page
    assert "不能再延期" not in page
    hub.clock.moment = datetime(2026, 12, 22, 1, tzinfo=UTC)
    assert "答复期限已过，不能再延期" in hub.browser("lina").get(f"/desk/requests/{number}").text
