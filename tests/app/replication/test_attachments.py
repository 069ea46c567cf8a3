"""An attached file travels from the hub to a terminal's page over real HTTP, and is erased with its document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import TerminalSettings
from kiosk import blobs, db
from kiosk.app.replication.agent import Agent
from kiosk.catalogue.attachments import page_images as attachments_pages
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records.hand import Hand
from tests.building import terminal_app, terminal_settings
from tests.clocks import CLOCK
from tests.sync.processes import HubProcess, at_hub, enrolled

DOCUMENT = "sample:guide-001"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    with HubProcess(tmp_path) as found:
        yield found


@pytest.fixture
def settings(hub: HubProcess) -> TerminalSettings:
    return terminal_settings(hub_url=hub.url)


@pytest.fixture
def terminal(hub: HubProcess, settings: TerminalSettings, tmp_path: Path) -> Iterator[Path]:
    with enrolled(hub, tmp_path / "terminal", settings) as home:
        yield home


def test_a_file_comes_down_is_shown_and_goes_with_its_document(
    hub: HubProcess, terminal: Path, settings: TerminalSettings
) -> None:
    agent = Agent(terminal, settings, CLOCK)
    report = agent.one_round()
    kept, there = blobs.of_home(terminal), blobs.of_home(hub.home)
    brought = (report.blobs.count, report.blobs.error)
    assert brought == (len(there.held()), None), "in the first round, with a real clock"
    before = kept.held()
    assert before == there.held() != {}
    page = f"/documents/{DOCUMENT}/attachments/1"
    asked = {"base_url": f"http://127.0.0.1:{settings.port}"}
    app = terminal_app(terminal, CLOCK, settings)
    told = app.test_client().get(page, **asked).text  # type: ignore[arg-type]
    assert 'class="leaf-picture"' in told
    assert "最低生活保障申请表（示例）" in told
    drawn = list((terminal / attachments_pages.FOLDER).iterdir())
    assert len(drawn) == 1
    with at_hub(hub.home):
        actions.withdraw(DOCUMENT, "发错了", Hand("zhao.shili", CLOCK.now()))
    assert agent.one_round().is_complete
    assert kept.path(drawn[0].name) is None
    assert not drawn[0].exists()
    assert kept.held().keys() == before.keys() - {drawn[0].name}
    assert app.test_client().get(page, **asked).status_code == 404  # type: ignore[arg-type]


def test_what_is_asked_for_comes_next_where_there_is_little_room(
    hub: HubProcess, terminal: Path, settings: TerminalSettings
) -> None:
    agent = Agent(terminal, replace(settings, blob_quota_mb=0), CLOCK)
    agent.one_round()
    kept = blobs.of_home(terminal)
    assert kept.held() == {}
    agent._files._fetcher.quota_bytes = 40_000
    assert agent.one_round().blobs.count == 0, "nothing has changed, so nothing is looked for"
    app = terminal_app(terminal, CLOCK, settings)
    page = f"/documents/{DOCUMENT}/attachments/1"
    asked = {"base_url": f"http://127.0.0.1:{settings.port}"}
    assert "尚未传到本机" in app.test_client().get(page, **asked).text  # type: ignore[arg-type]
    assert agent.one_round().blobs.count == 1
    (held,) = kept.held()
    row = db.catalogue.execute_sql(
        "SELECT doc_id FROM document_attachment WHERE sha256 = ?", (held,)
    ).fetchone()
    assert row == (DOCUMENT,)
    assert 'class="leaf-picture"' in app.test_client().get(page, **asked).text  # type: ignore[arg-type]


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def test_a_file_damaged_in_place_is_never_shown_and_comes_again(
    hub: HubProcess, terminal: Path, settings: TerminalSettings
) -> None:
    """The control is each whole file: it is shown before the damage, and after it has come again."""
    agent = Agent(terminal, settings, CLOCK)
    agent.one_round()
    kept, app = blobs.of_home(terminal), terminal_app(terminal, CLOCK, settings)
    page, asked = f"/documents/{DOCUMENT}/attachments/1", {"base_url": f"http://127.0.0.1:{settings.port}"}
    before = kept.held()
    (digest,) = db.catalogue.execute_sql(
        "SELECT sha256 FROM document_attachment WHERE doc_id = ?", (DOCUMENT,)
    ).fetchone()
    for damage in (flipped, cut, emptied):
        assert 'class="leaf-picture"' in app.test_client().get(page, **asked).text  # type: ignore[arg-type]
        assert agent.one_round().blobs.count == 0
        path = kept.path(digest)
        assert path
        damage(path)
        assert "尚未传到本机" in app.test_client().get(page, **asked).text  # type: ignore[arg-type]
        assert kept.path(digest) is None
        assert (agent.one_round().blobs.count, kept.held()) == (1, before), damage
        assert kept.verified(digest)
