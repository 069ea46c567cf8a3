"""The hub records what is published; a terminal is told and fetches; what is withdrawn is forgotten."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import peewee
import pytest

from kiosk import side_lists
from kiosk.blobs import Blobs
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.speech import actions, rules, store
from kiosk.speech.bank import Bank, Speaker
from kiosk.speech.kokoro import Voice as Kokoro
from sync import shelf
from sync.device import Device

MIGRATION = Path(__file__).parents[2] / "kiosk" / "migrations" / "hub" / "0014_speech.sql"
TEXTS = ["种粮补贴怎么领", "每亩按公布的标准", "372525194602120013", "返回", "  ", "种粮补贴怎么领。"]
SIDE_LIST = (
    (MIGRATION.parents[1] / "station" / "0006_side_lists.sql").read_text("utf-8").split("-- How far")[0]
)
ANY = cast("Device", None)


class Voice:
    """Says everything with one sound, each a little longer; counts."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> bytes:
        self.said.append(text)
        path = Bank.load().path(rules.key("元" if len(self.said) % 2 else "万"))
        assert path is not None
        return path.read_bytes()

    def silence(self, seconds: float) -> bytes:
        raise NotImplementedError


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "hub.sqlite3", isolation_level=None)
    connection.executescript(MIGRATION.read_text("utf-8"))
    yield connection
    connection.close()


def make(
    hub: sqlite3.Connection, home: Path, clock: FixedClock, texts: list[str], voice: Voice | None, **more
):  # type: ignore[no-untyped-def]
    @contextmanager
    def writing() -> Iterator[sqlite3.Connection]:
        hub.execute("BEGIN")
        yield hub
        hub.execute("COMMIT")

    shipped = Speaker(Bank(home, {rules.key("返回"): "返回"}))
    return actions.make(
        voice, texts, writing=writing, files=store.of_hub(home), shipped=shipped, now=clock.now, **more
    )


def test_what_is_published_is_recorded_once(
    hub: sqlite3.Connection, tmp_path: Path, clock: FixedClock
) -> None:
    voice = Voice()
    made = make(hub, tmp_path, clock, TEXTS, voice)
    assert voice.said == ["种粮补贴怎么领", "每亩按公布的标准"], (
        "no ID number, nothing shipped, nothing twice"
    )
    assert (made.recorded, made.missing, made.removed) == (2, 0, 0)
    assert make(hub, tmp_path, clock, TEXTS, voice).recorded == 0
    rows = list(store.rows_of(store.make_list(hub, ANY)))
    assert [key for key, _, _ in rows] == [rules.key(TEXTS[0]), rules.key(TEXTS[1])]
    assert all(store.of_hub(tmp_path).verified(sha256) for _, sha256, _ in rows)
    assert all(store.may_fetch(hub, ANY, sha256) for _, sha256, _ in rows)
    assert not store.may_fetch(hub, ANY, "0" * 64)


def test_a_limit_is_kept_and_said(hub: sqlite3.Connection, tmp_path: Path, clock: FixedClock) -> None:
    made = make(hub, tmp_path, clock, TEXTS, Voice(), limit=1)
    assert (made.recorded, made.missing) == (1, 1)


def test_what_is_withdrawn_is_forgotten_and_terminals_are_told(
    hub: sqlite3.Connection, tmp_path: Path, clock: FixedClock
) -> None:
    make(hub, tmp_path, clock, TEXTS, Voice())
    before, files = store.mark(hub, ANY), store.of_hub(tmp_path)
    made = make(hub, tmp_path, clock, TEXTS[1:4], None)
    assert made.removed == 1
    assert store.mark(hub, ANY) != before
    assert [key for key, _, _ in store.rows_of(store.make_list(hub, ANY))] == [rules.key(TEXTS[1])]
    assert len(files.held()) == 1
    make(hub, tmp_path, clock, [], None)
    assert store.make_list(hub, ANY) is None
    assert files.held() == {}


def test_a_terminal_plays_what_it_holds(hub: sqlite3.Connection, tmp_path: Path, clock: FixedClock) -> None:
    make(hub, tmp_path, clock, TEXTS, Voice())
    content = store.make_list(hub, ANY)
    station = peewee.SqliteDatabase(tmp_path / "station.sqlite3")
    station.connection().executescript(SIDE_LIST)
    blobs = Blobs(tmp_path / "terminal")
    held = store.Held(blobs, station)
    assert not held.renew()
    shelf.keep(station, side_lists.AUDIO, content, clock.now())
    wanted = [each.sha256 for each in store.wanted(station)]
    with store.of_hub(tmp_path).path(wanted[0]).open("rb") as whole:  # type: ignore[union-attr]
        blobs.put(whole, 10**6)
    assert held.renew(), "told of a recording that is here"
    assert held.path(rules.key(TEXTS[0])) is not None
    assert held.path(rules.key(TEXTS[1])) is None, "its file has not come yet"
    station.execute_sql("DROP TABLE side_list")
    assert held.renew() is False, "a page never fails for a recording"


def test_a_machine_without_the_voice_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(Refused, match="no-voice") as refused:
        Kokoro(tmp_path)
    assert refused.value.code == "no-voice"
    assert "requirements-speech.txt" in refused.value.detail
