"""The form to sign: complete on paper, twice, and never in clear anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import TerminalSettings
from kiosk import db
from kiosk.clock import FixedClock
from kiosk.intake.codes import BootKey
from printers.paper import plain
from printers.paper.document import Cut, KeyValue, Slip
from printers.spooler import spool
from printers.spooler.spool import PAGE, PrintJobState
from tests.building import terminal_app, terminal_home, terminal_settings
from tests.hub import PERSONAL, Hub, build_hub
from tests.journeys.story import ANSWERS, an_id_number

HOST = "127.0.0.1:8080"
TOLD = ANSWERS | {"contact": {"phone": "0635-0000009", "address": "冠县示例路1号"}}


class Visit:
    """One visitor of a terminal with a page printer."""

    def __init__(self, home: Path, clock: FixedClock, settings: TerminalSettings) -> None:
        self.memory = home / "memory"
        settings = replace(settings, runtime_dir=str(self.memory))
        self.app = terminal_app(terminal_home(home, clock, settings), clock, settings)
        self.client = self.app.test_client()

    def get(self, path: str, expect: int = 200) -> str:
        answer = self.client.get(path, headers={"Host": HOST})
        assert answer.status_code == expect, path
        return answer.text

    def post(self, path: str, page: str, **form: str) -> int:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        headers = {"Host": HOST, "Origin": f"http://{HOST}"}
        return self.client.post(path, data={**form, "csrf_token": token[1]}, headers=headers).status_code

    def fill_in(self) -> None:
        self.post("/request/", self.get("/request/"))
        for name, form in TOLD.items():
            assert self.post(f"/request/{name}", self.get(f"/request/{name}"), **form) == 303, name

    def order(self, size: str = "standard") -> str:
        page = self.get("/request/form")
        key = re.search(r'name="key" value="([0-9a-f]{32})"', page)
        assert key
        for _tap in range(2):
            assert self.post("/request/form", page, key=key[1], size=size) == 303
        return f"form-{key[1]}"

    def opened(self, job: spool.Job) -> Slip:
        """What the worker of this boot prints."""
        assert job.secret is not None
        text = BootKey(self.memory).open(job.secret)
        assert text is not None
        return Slip.from_json(text)


@pytest.fixture
def visit(tmp_path: Path, clock: FixedClock) -> Iterator[Visit]:
    yield Visit(tmp_path, clock, terminal_settings(page_printer="ipp://127.0.0.1:1/ipp/print"))
    db.store.close()
    db.catalogue.close()


def jobs(key: str) -> list[spool.Job]:
    return spool.jobs_of(db.store, key)


def test_two_copies_with_everything_that_was_answered(visit: Visit) -> None:
    visit.fill_in()
    assert "打印申请表，当面签字" in visit.get("/request/check")
    (job,) = jobs(visit.order())
    assert (job.device, job.is_sealed, job.kind) == (PAGE, True, "form")
    slip = visit.opened(job)
    assert [block for block in slip.blocks if isinstance(block, Cut)] == [Cut()]
    for fact in (
        KeyValue("姓名", "张样例"),
        KeyValue("居民身份证", an_id_number()),
        KeyValue("电话", "06350000009"),
        KeyValue("地址", "冠县示例路1号"),
        KeyValue("提供形式", "纸面"),
        KeyValue("获取方式", "到办理机关领取"),
    ):
        assert slip.blocks.count(fact) == 2, fact
    told = plain.render(slip, 60)
    for words in ("第一联 交办理机关", "第二联 申请人留存", "申请人签名", "道路维修"):
        assert words in told


def test_nothing_of_it_is_on_disk_in_clear(visit: Visit, tmp_path: Path) -> None:
    visit.fill_in()
    visit.order()
    canaries = ("张样例", an_id_number(), "06350000009", "道路维修的招标")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [word for word in canaries if word.encode() in content], path.name


def test_leaving_takes_back_what_is_not_printed_yet(visit: Visit) -> None:
    visit.fill_in()
    key = visit.order()
    visit.post("/leave", visit.get("/request/check"))
    (job,) = jobs(key)
    assert (job.state, job.reason, job.secret) == (PrintJobState.CANCELLED, "left", None)


def test_it_waits_two_minutes_and_no_longer(visit: Visit, clock: FixedClock) -> None:
    visit.fill_in()
    (job,) = jobs(visit.order())
    assert (job.expires_at - job.created_at).total_seconds() == 120


def test_i_do_not_have_it_prints_the_same_form_marked(visit: Visit, clock: FixedClock) -> None:
    visit.fill_in()
    key = visit.order("large")
    (job,) = jobs(key)
    with db.writing(db.store):
        for state in (PrintJobState.SENDING, PrintJobState.UNCERTAIN):
            spool.step(db.store, job.id, state, by="worker", why="", now=clock.now())
    page = visit.get("/request/form/paper")
    assert "不知道打出来没有" in page
    assert visit.post("/request/form/again", page) == 303
    old, copy = jobs(key)
    assert (old.state, copy.copy, copy.is_sealed) == (PrintJobState.SUPERSEDED, 1, True)
    assert visit.opened(copy).large
    acts = db.store.connection().execute("SELECT act FROM audit").fetchall()
    assert acts == [("paper.reprinted",)]


def test_i_have_it(visit: Visit, clock: FixedClock) -> None:
    visit.fill_in()
    key = visit.order()
    with db.writing(db.store):
        for state in (PrintJobState.SENDING, PrintJobState.SENT):
            spool.step(db.store, jobs(key)[0].id, state, by="worker", why="", now=clock.now())
    page = visit.get("/request/form/paper")
    assert visit.post("/request/form/taken", page) == 303
    assert "打印好了" in visit.get("/request/form/paper?piece=1")


def test_without_a_page_printer_no_form_is_offered(tmp_path: Path, clock: FixedClock) -> None:
    visit = Visit(tmp_path, clock, terminal_settings())
    visit.fill_in()
    assert "打印申请表" not in visit.get("/request/check")
    visit.get("/request/form", expect=404)
    db.store.close()
    db.catalogue.close()


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    yield build_hub(tmp_path, address)
    db.real(db.store).close_all()


def test_the_clerk_who_holds_the_key_gets_it_as_pdf_and_that_is_noted(hub: Hub) -> None:
    number = hub.take_in()
    hub.add_account("lina")
    lina = hub.browser("lina")
    opened = lina.post(f"/desk/requests/{number}/open", on=f"/desk/requests/{number}").text
    assert f"/desk/requests/{number}/form" in opened
    answer = lina.post(f"/desk/requests/{number}/form", on=f"/desk/requests/{number}")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-1.7")
    assert b"/Pages/Count 2" in answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    assert PERSONAL["name"] not in str(answer.headers)
    rows = hub.connection.execute("SELECT count(*) FROM audit WHERE act LIKE '%open%'").fetchone()
    assert rows[0] >= 2
