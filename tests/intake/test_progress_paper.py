"""The paper of a request's progress: only what the page showed, to whoever looked it up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk import db
from kiosk.clock import FixedClock
from printers.paper import plain
from printers.spooler import spool
from printers.spooler.spool import PrintJobState
from tests.building import terminal_app, terminal_home, terminal_settings

HOST = "127.0.0.1:8080"
SEEN = {
    "kind": "disclosure",
    "number": "GX03-261122-0007-K7-4",
    "state": "registered",
    "changed_at": "2026-11-23T01:00:00.000+00:00",
    "organ_name": "冠县农业农村局",
    "reply_due": "2026-12-21",
    "provisional": False,
    "due_basis": "received",
    "has_arrived": True,
}


def open_client(home: Path, clock: FixedClock, printer: str) -> FlaskClient:
    settings = terminal_settings(printer=printer)
    app = terminal_app(terminal_home(home, clock, settings), clock, settings)
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = HOST
    with client.session_transaction(base_url=f"http://{HOST}") as visit:
        visit["progress"] = SEEN
    return client


@pytest.fixture
def client(tmp_path: Path, clock: FixedClock) -> Iterator[FlaskClient]:
    yield open_client(tmp_path, clock, "tcp://127.0.0.1:1")
    db.store.close()
    db.catalogue.close()


def get(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=f"http://{HOST}")
    assert answer.status_code == 200, path
    return answer.text


def post(client: FlaskClient, path: str, page: str, **form: str) -> int:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = {**form, "csrf_token": token[1]}
    return client.post(
        path, data=data, base_url=f"http://{HOST}", headers={"Origin": f"http://{HOST}"}
    ).status_code


def order(client: FlaskClient, size: str = "standard") -> list[spool.Job]:
    assert "/progress/print" in get(client, "/progress/seen")
    page = get(client, "/progress/print")
    assert "不要纸，谢谢" in page
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert key
    for _tap in range(2):
        assert post(client, "/progress/print", page, key=key[1], size=size) == 303
    return jobs(f"progress-{key[1]}")


def jobs(key: str) -> list[spool.Job]:
    return spool.jobs_of(db.store, key)


def test_it_says_where_the_request_stands_and_names_nobody(client: FlaskClient) -> None:
    (job,) = order(client)
    told = plain.render(job.document(), 32)
    for words in (SEEN["number"], "已登记，正在办理", "冠县农业农村局", "不晚于2026年12月21日"):
        assert str(words) in told
    assert not job.has_secret
    assert "打印机现在打不了" in get(client, "/progress/paper"), "no worker runs here"


def test_large_print_is_a_choice(client: FlaskClient) -> None:
    assert order(client, "large")[0].document().large


def test_i_do_not_have_it_and_then_i_have_it(client: FlaskClient, clock: FixedClock) -> None:
    (job,) = order(client)
    with db.writing(db.store):
        for state in (PrintJobState.SENDING, PrintJobState.UNCERTAIN):
            spool.step(db.store, job.id, state, by="worker", why="", now=clock.now())
    assert post(client, "/progress/paper/again", get(client, "/progress/paper")) == 303
    copy = jobs(job.request_key)[-1]
    assert copy.copy == 1
    with db.writing(db.store):
        for state in (PrintJobState.SENDING, PrintJobState.SENT):
            spool.step(db.store, copy.id, state, by="worker", why="", now=clock.now())
    assert post(client, "/progress/paper/taken", get(client, "/progress/paper?piece=1")) == 303
    assert jobs(job.request_key)[-1].state is PrintJobState.PRINTED


def test_another_visit_sees_nothing_of_it(client: FlaskClient) -> None:
    order(client)
    stranger = client.application.test_client()
    assert stranger.get("/progress/paper", base_url=f"http://{HOST}").status_code == 303


def test_without_a_printer_no_paper_is_offered(tmp_path: Path, clock: FixedClock) -> None:
    client = open_client(tmp_path, clock, "none")
    assert "/progress/print" not in get(client, "/progress/seen")
    assert client.get("/progress/print", base_url=f"http://{HOST}").status_code == 303
    db.store.close()
    db.catalogue.close()
