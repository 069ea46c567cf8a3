"""A year at the desk: proposed by one person, approved by another, followed by cases, terminals and check at once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from kiosk import audit, db, side_lists
from kiosk.app import readiness
from kiosk.app.replication import lists_for_devices
from kiosk.calendar import actions, models
from kiosk.calendar.in_force import HeldCalendar, HubCalendar
from kiosk.cli import program
from kiosk.disclosure import cases
from kiosk.machine import homes
from kiosk.workdays import calendar_of, load_calendar
from sync.terminal import held_lists
from tests.building import hub_home, terminal_home
from tests.calendar.notices_of_years import INVENTED_2027, OF_2026
from tests.hub import HOST, Browser, Hub, build_hub

PAGE = "/desk/workdays"
PROPOSAL = f"{PAGE}/proposals/2027"
PASTED = {"way": "notice", "text": INVENTED_2027}
NOTICE = "国办发明电〔2026〕99号"


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    """A hub in December 2026, with two clerks: 李娜 and 王强."""
    hub = build_hub(tmp_path, address)
    hub.clock.moment = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
    hub.add_account("lina")
    hub.add_account("wangqiang")
    yield hub
    db.real(db.store).close_all()


def proposed(browser: Browser) -> TestResponse:
    assert browser.post(f"{PAGE}/check", PASTED, on=PAGE).status_code == 200
    return browser.post(f"{PAGE}/propose", PASTED, on=PAGE)


def test_a_notice_goes_from_the_paste_to_the_deadlines(hub: Hub) -> None:
    number = hub.take_in(received_basis="in_person", received_on="2026-12-07")
    lina, wangqiang = hub.browser("lina"), hub.browser("wangqiang")
    assert "2027年的放假安排还没有导入" in lina.get("/desk/requests").text

    page = lina.post(f"{PAGE}/check", PASTED, on=PAGE).text
    assert NOTICE in page
    assert "2026年12月31日" in page  # a day of the December before is named beside the year
    assert models.proposals() == []
    assert proposed(lina).status_code == 303

    page = wangqiang.get(PROPOSAL).text
    for said in (number, "2027年1月4日", "2027年1月5日", NOTICE, "暂定"):
        assert said in page
    own = lina.post(f"{PROPOSAL}/approve", on=PROPOSAL)
    assert (own.status_code, "要由另一位同事批准" in own.text) == (409, True)

    before = hub.app.extensions["kiosk"].calendar
    assert wangqiang.post(f"{PROPOSAL}/approve", on=PROPOSAL).status_code == 303
    after = hub.app.extensions["kiosk"].calendar
    assert (before.last_announced, after.last_announced) == (2026, 2027)
    assert (cases.case(number).reply_due, cases.case(number).is_provisional) == (date(2027, 1, 5), False)
    assert cases.case(number).calendar_version == after.version
    assert "还没有导入" not in lina.get("/desk/requests").text

    (made, seed) = models.versions()
    assert (made.proposed_by, made.approved_by, made.version) == ("lina", "wangqiang", after.version)
    assert models.calendar_at(seed.seq).version == load_calendar().version
    assert "以前的版本" in lina.get(f"{PAGE}?year=2026&version=1").text
    line = audit.last_of(audit.Act.WORKDAYS_CHANGED, 1)[0]
    assert (line.actor, json.loads(line.detail)["moved"]) == ("wangqiang", 1)


def test_what_is_refused_says_which_words_and_stores_nothing(hub: Hub) -> None:
    lina = hub.browser("lina")
    wrong = INVENTED_2027.replace("共7天", "共8天", 1)
    for form, sentence in (
        ({"way": "notice", "text": wrong}, "从头到尾是7天"),
        ({"way": "file", "text": '{"year": 2027, "papers": ["x"], "days": []}'}, "还没有公布"),
        ({"way": "hand", "year": "2027", "off": "2027-01-01 元旦"}, "依据哪一份通知"),
        ({"way": "hand", "year": "2027", "off": "一月一日", "number": NOTICE}, "这一行没有看懂"),
    ):
        for step in ("check", "propose"):
            answer = lina.post(f"{PAGE}/{step}", form, on=PAGE)
            assert (answer.status_code, sentence in answer.text) == (422, True), (form, answer.text)
            assert form.get("text", form.get("off", "")).replace('"', "&#34;") in answer.text
    same = {
        "way": "notice",
        "text": OF_2026,
        "url": "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
    }
    assert "一模一样" in lina.post(f"{PAGE}/propose", same, on=PAGE).text
    assert models.proposals() == []


def test_a_file_is_read_and_withdrawn_again(hub: Hub) -> None:
    lina = hub.browser("lina")
    lina.get(PAGE)
    days = [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]
    content = json.dumps({"year": 2027, "papers": ["https://www.gov.cn/x"], "days": days}).encode()
    data = {"way": "file", "file": (io.BytesIO(content), "2027.json")}
    answer = lina.client.post(
        f"{PAGE}/check", data={**data, "csrf_token": token(lina)},
        headers={"Host": HOST, "Origin": f"http://{HOST}"},
    )  # fmt: skip
    assert "没有这些节日：春节" in answer.text
    assert lina.post(f"{PAGE}/propose", {"way": "file", "text": content.decode()}, on=PAGE).status_code == 303
    assert hub.browser("wangqiang").post(f"{PROPOSAL}/withdraw", on=PROPOSAL).status_code == 303
    assert models.proposals() == []
    assert models.last_seq() == 1


def token(browser: Browser) -> str:
    page = browser.get(PAGE).text
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_terminals_follow_without_a_restart(hub: Hub, tmp_path: Path) -> None:
    provider = lists_for_devices.providers(hub.home, hub.app.extensions["kiosk"].settings, hub.clock)[
        "workdays"
    ]
    assert provider.mark
    mark = provider.mark(db.store, hub.device)
    proposed(hub.browser("lina"))
    hub.browser("wangqiang").post(f"{PROPOSAL}/approve", on=PROPOSAL)
    made = provider.make(db.store, hub.device)
    assert mark != provider.mark(db.store, hub.device)
    now = HubCalendar()()
    db.real(db.store).close_all()

    homes.open_terminal(terminal_home(tmp_path / "terminal", hub.clock), hub.clock)
    held = HeldCalendar()
    assert held() == load_calendar()
    with db.writing(db.store):
        held_lists.keep(db.store, side_lists.WORKDAYS, made, hub.clock.now())
    assert held() == now
    assert held() is held()
    with db.writing(db.store):
        held_lists.keep(db.store, side_lists.WORKDAYS, b"[]", hub.clock.now())
    assert held() == load_calendar()  # what cannot be read is logged, and the shipped calendar serves


def test_check_names_a_year_that_lacks(hub: Hub) -> None:
    def line() -> readiness.CheckResult:
        db.real(db.store).close_all()  # the report opens the home itself
        return next(each for each in readiness.of_home(hub.home, hub.clock) if each.name == "workdays")

    assert (line().ok, "2027" in line().words) == (False, True)
    hub.clock.moment = datetime(2026, 10, 30, 1, 0, tzinfo=UTC)
    assert line().ok


def test_the_operator_imports_alone_and_it_is_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub_home(tmp_path / "hub")
    notice, empty = tmp_path / "2027.txt", tmp_path / "2027.json"
    notice.write_text(INVENTED_2027, "utf-8")
    empty.write_text('{"year": 2027, "papers": [], "days": []}')
    home = str(tmp_path / "hub")
    assert program.main(["workdays", "import", str(empty), "--home", home]) == 1
    assert program.main(["workdays", "import", str(notice), "--home", home]) == 0
    said = capsys.readouterr()
    assert "2027" in said.err
    assert "2026-12-31" in said.out
    assert program.main(["workdays", "import", str(notice), "--home", home]) == 1
    assert program.main(["workdays", "show", "2027", "--home", home]) == 0
    assert NOTICE in capsys.readouterr().out
    line = audit.last_of(audit.Act.WORKDAYS_CHANGED, 1)[0]
    assert line.actor.startswith("operator:")
    db.real(db.store).close_all()


def test_a_calendar_that_lost_a_day_is_not_kept_by_salvage(hub: Hub) -> None:
    assert actions.keep_salvaged(hub.clock.now())
    with db.writing(db.store):
        models.WorkdayException.delete().where(models.WorkdayException.day == "2026-10-01").execute()
    assert not actions.keep_salvaged(hub.clock.now())
    assert HubCalendar()() == calendar_of(load_calendar().years.values())
