"""A hub and a terminal with a small catalogue, over real SQLite files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.settings import TerminalSettings
from kiosk import blobs, db, side_lists
from kiosk.app.replication import arrivals
from kiosk.catalogue import commands
from kiosk.catalogue.attachments import content
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records import feed
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.rules import canonical
from kiosk.catalogue.search import words
from kiosk.catalogue.search.index import INDEX
from kiosk.catalogue.search.search import Search
from kiosk.catalogue.search.words import SearchWords
from kiosk.clock import FixedClock, stamp
from kiosk.machine import homes
from kiosk.speech import known
from tests.building import as_shown, hub_home, terminal_app, terminal_home, terminal_settings
from tests.cheaper import ReadBefore

SAMPLE = Path(actions.__file__).parents[1] / "sample" / "catalogue.jsonl"
SETTINGS = terminal_settings(public_url="https://gk.example.cn", printer="tcp://127.0.0.1:9100")

VILLAGE: dict[str, Any] = {
    "id": "v:1",
    "kind": "village",
    "title": "2026年种粮补贴",
    "body": "已发放。",
    "fields": {
        "township": "清水镇",
        "village": "后李村",
        "named_rows": {
            "shown_from": "2026-11-01",
            "shown_until": "2026-11-30",
            "columns": ["姓名", "金额"],
            "rows": [["赵样例", "100元"]],
        },
    },
}
"""A subsidy of a village, with a list that names a person for a month."""


def a_record(doc_id: str = "doc:1", **changes: Any) -> dict[str, Any]:
    """A policy document in force."""
    record: dict[str, Any] = {
        "id": doc_id,
        "kind": "policy",
        "title": "关于调整城乡低保标准的通知",
        "body": "第一条 城市低保标准按新规定执行。\n第二条 本通知自发布之日起施行。",
        "doc_no": "冠样〔2026〕3号",
        "issuers": ["冠县民政局"],
        "drawn_on": "2026-03-15",
        "published_on": "2026-03-18",
        "validity": "in_force",
        "source": "测试",
    }
    return {key: value for key, value in {**record, **changes}.items() if value is not None}


def write_lines(path: Path, *records: Any) -> Path:
    """An import file."""
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records), "utf-8")
    return path


def files_of(home: Path, folder: Path = SAMPLE.parent) -> ImportFiles:
    """Where an import at the hub of `home` finds and keeps files."""
    return ImportFiles(blobs.of_home(home), 20_000_000, folder)


@dataclass
class Catalogue:
    """Both databases in one file, as at the hub, with the index beside it."""

    home: Path
    clock: FixedClock
    words: SearchWords = field(default_factory=SearchWords)

    @property
    def hand(self) -> Hand:
        return Hand("operator:test", self.clock.now())

    def publish(self, *records: dict[str, Any]) -> None:
        """Gives records to the feed and brings the index up to them."""
        with db.writing(db.store):
            for record in records:
                actions.publish(record, self.hand)
        self.refresh()

    def refresh(self) -> str:
        return commands.refresh_index(self.home, self.words).state

    @property
    def search(self) -> Search:
        return Search(self.home / INDEX, lambda: self.words)

    def titles(self, typed: str, **asked: Any) -> list[str]:
        return [found.document.title for found in self.search.find(typed, **asked).found]


READ_BEFORE = ReadBefore()


@pytest.fixture(autouse=True)
def _files_are_read_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a file takes a process of a third of a second; what the reader does has tests of its own."""
    if not request.module.__name__.endswith("attachments.test_reading"):
        monkeypatch.setattr(content, "subprocess", READ_BEFORE)


def an_empty_hub(home: Path, clock: FixedClock) -> db.SqliteFile:
    """The database of a hub that published nothing, in the place of any other one."""
    hub_home(home)
    database = homes.open_hub(home, clock)
    assert isinstance(database, db.SqliteFile)
    return database


@pytest.fixture
def catalogue(tmp_path: Path, clock: FixedClock) -> Iterator[Catalogue]:
    """An empty catalogue at a hub."""
    database = an_empty_hub(tmp_path, clock)
    yield Catalogue(tmp_path, clock)
    database.close()


@dataclass
class Terminal:
    """The pages of a terminal, asked as a browser asks them."""

    app: Flask
    catalogue: Catalogue
    client: FlaskClient
    host: str

    def get(self, path: str, expect: int = 200) -> str:
        answer = self.client.get(path, headers={"Host": self.host})
        assert answer.status_code == expect, f"{path}: {answer.status_code}"
        return answer.get_data(as_text=True)

    def post(self, path: str, page: str, **form: str) -> TestResponse:
        """Sends a form with the token that `page` carries."""
        token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        headers = {"Host": self.host, "Origin": f"http://{self.host}"}
        answer = self.client.post(path, data={**form, "csrf_token": token}, headers=headers)
        return as_shown(self.client, answer, headers=headers)


OpenTerminal = Callable[[TerminalSettings], Terminal]


@contextmanager
def opened_terminal(folder: Path, clock: FixedClock) -> Iterator[OpenTerminal]:
    """Makes a terminal with these settings; its catalogue is a replica file of its own."""
    opened: list[db.SqliteFile] = []

    def make(settings: TerminalSettings) -> Terminal:
        home = folder / "terminal"
        app = terminal_app(terminal_home(home, clock, settings), clock, settings)
        app.config["WTF_CSRF_ENABLED"] = True
        opened.extend([db.store.obj, db.catalogue.obj])
        replica = ReplicaCatalogue(home, clock, words.load())
        return Terminal(app, replica, app.test_client(), f"127.0.0.1:{settings.port}")

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def open_terminal(tmp_path: Path, clock: FixedClock) -> Iterator[OpenTerminal]:
    with opened_terminal(tmp_path, clock) as make:
        yield make


class ReplicaCatalogue(Catalogue):
    """What the sync agent does on a terminal: puts rows of the feed, then refreshes index and what can be heard."""

    def publish(self, *records: dict[str, Any]) -> None:
        with db.writing(db.catalogue):
            connection = db.catalogue.connection()
            seq = connection.execute("SELECT seq FROM feed_position").fetchone()[0]
            for at, record in enumerate(records, start=seq + 1):
                text = json.dumps(record, ensure_ascii=False)
                feed.put(
                    db.catalogue,
                    record["id"],
                    at,
                    json.loads(text),
                    sha256(canonical(record).encode()).hexdigest(),
                )
            connection.execute(
                "UPDATE feed_position SET seq = ?, as_of = ?", (seq + len(records), stamp(self.clock.now()))
            )
        self.refresh()

    def refresh(self) -> str:
        arrivals.keep_known(self.home, known.writer(self.home))
        return super().refresh()

    def lend(self, *records: dict[str, Any]) -> None:
        """Gives this terminal the lists of names of these records, as the hub does for its townships."""
        lines = [
            json.dumps(
                {"id": each["id"], "township": each["fields"]["township"], **each["fields"]["named_rows"]}
            )
            for each in records
        ]
        with db.writing(db.store):
            side_lists.replace(
                db.store, side_lists.NAMED_ROWS, "\n".join(lines).encode() or None, self.clock.now()
            )

    def publish_all_samples(self) -> list[dict[str, Any]]:
        records = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
        self.publish(*records)
        return records


@pytest.fixture
def terminal(open_terminal: OpenTerminal) -> Terminal:
    """A kiosk with a printer, with public pages, and without lists of names."""
    return open_terminal(SETTINGS)
