"""The hub records what is published; a terminal is told and fetches; what is withdrawn is forgotten."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import db, side_lists
from kiosk.app.replication.files import Heard
from kiosk.blobs import Blobs
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.speech import actions, published, rules
from kiosk.speech.bank import Bank, Speaker
from kiosk.speech.known import KnownTexts, KnownWriter
from kiosk.speech.kokoro import KokoroVoice as Kokoro
from sync.terminal import held_lists
from tests import building
from tests.hub import build_database

TEXTS = ["种粮补贴怎么领", "每亩按公布的标准", "372525194602120013", "返回", "  ", "种粮补贴怎么领。"]


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
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[db.SqliteFile]:
    database = build_database(tmp_path, clock)
    yield database
    database.close()


def make(hub: db.SqliteFile, home: Path, clock: FixedClock, texts: list[str], voice: Voice | None, **more):  # type: ignore[no-untyped-def]
    shipped = Speaker(Bank(home, {rules.key("返回"): "返回"}))
    return actions.make(voice, texts, files=published.of_hub(home), shipped=shipped, now=clock.now, **more)


def test_what_is_published_is_recorded_once(hub: db.SqliteFile, tmp_path: Path, clock: FixedClock) -> None:
    voice = Voice()
    made = make(hub, tmp_path, clock, TEXTS, voice)
    assert voice.said == ["种粮补贴怎么领", "每亩按公布的标准"], (
        "no ID number, nothing shipped, nothing twice"
    )
    assert (made.recorded, made.missing, made.removed) == (2, 0, 0)
    assert make(hub, tmp_path, clock, TEXTS, voice).recorded == 0
    rows = list(published.rows_of(published.make_list()))
    assert [key for key, _, _ in rows] == [rules.key(TEXTS[0]), rules.key(TEXTS[1])]
    assert all(published.of_hub(tmp_path).verified(sha256) for _, sha256, _ in rows)
    assert all(published.may_fetch(sha256) for _, sha256, _ in rows)
    assert not published.may_fetch("0" * 64)


def test_a_limit_is_kept_and_said(hub: db.SqliteFile, tmp_path: Path, clock: FixedClock) -> None:
    made = make(hub, tmp_path, clock, TEXTS, Voice(), limit=1)
    assert (made.recorded, made.missing) == (1, 1)


def test_what_is_withdrawn_is_forgotten_and_terminals_are_told(
    hub: db.SqliteFile, tmp_path: Path, clock: FixedClock
) -> None:
    make(hub, tmp_path, clock, TEXTS, Voice())
    before, files = published.mark(), published.of_hub(tmp_path)
    made = make(hub, tmp_path, clock, TEXTS[1:4], None)
    assert made.removed == 1
    assert published.mark() != before
    assert [key for key, _, _ in published.rows_of(published.make_list())] == [rules.key(TEXTS[1])]
    assert len(files.held()) == 1
    make(hub, tmp_path, clock, [], None)
    assert published.make_list() is None
    assert files.held() == {}


def test_a_terminal_plays_what_it_holds(hub: db.SqliteFile, tmp_path: Path, clock: FixedClock) -> None:
    make(hub, tmp_path, clock, TEXTS, Voice())
    content = published.make_list()
    station = building.station(tmp_path)
    files = Heard(tmp_path / "terminal", KnownWriter(tmp_path / "known", Bank(tmp_path)))
    heard = KnownTexts(tmp_path / "known", Bank(tmp_path))
    assert not heard.renew()
    held_lists.keep(station, side_lists.AUDIO, content, clock.now())
    rows = list(published.rows_of(side_lists.read(station, side_lists.AUDIO)))
    files.known.keep_list("1", lambda: ((key, sha256) for key, sha256, _ in rows), lambda: set(files.held()))
    assert heard.renew()
    assert heard.keys(TEXTS[0]) is None, "no file has come yet"
    first = next(published.wanted(station))
    whole = published.of_hub(tmp_path).path(first.sha256)
    assert whole is not None
    files.append(first.sha256, whole.read_bytes())
    assert files.finish(first.sha256, first.size)
    assert heard.renew(), "known as soon as the file is whole"
    assert not heard.renew()
    assert heard.keys(TEXTS[0]) == (rules.key(TEXTS[0]),)
    assert heard.sha256(rules.key(TEXTS[0])) == first.sha256
    assert heard.keys(TEXTS[1]) is None, "its file has not come yet"
    files.keep_only(set())
    assert heard.renew()
    assert heard.keys(TEXTS[0]) is None, "removed with its file"


def test_a_machine_without_the_voice_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(Refused, match="no-voice") as refused:
        Kokoro(tmp_path)
    assert refused.value.code == "no-voice"
    assert "requirements-speech.txt" in refused.value.detail


@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_a_recording_damaged_in_place_is_not_played(tmp_path: Path, damage: str) -> None:
    """The control is the other recording, and the same one once it has come again."""
    files = Blobs(tmp_path)
    bad, good = (files.put(io.BytesIO(text.encode() * 99), 10_000).sha256 for text in TEXTS[:2])
    path = files.sound(bad)
    assert path
    whole = path.read_bytes()
    changed = {"flip": whole[:99] + bytes([whole[99] ^ 1]) + whole[100:], "cut": whole[:-1], "empty": b""}
    path.write_bytes(changed[damage])
    assert (files.sound(bad), files.path(bad)) == (None, None)
    assert files.sound(good)
    assert files.last_damage()
    files.put(io.BytesIO(whole), 10_000)
    assert files.sound(bad)
