"""What can be heard is a derived file: written at an arrival, only read by pages, made again when it is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from kiosk.speech import numerals, rules
from kiosk.speech.bank import Bank
from kiosk.speech.known import KnownTexts, KnownWriter

SHIPPED = Bank(Path(), {rules.key(text): text for text in ["返回", *numerals.vocabulary()]})
DAY, DAY_KEYS = "2026年3月18日", tuple(map(rules.key, ["二零二六年", "三月", "十八日"]))


class Machine:
    """A terminal's agent and its pages, which share one file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "speech.sqlite3"
        self.agent = KnownWriter(self.path, SHIPPED)
        self.pages = KnownTexts(self.path, SHIPPED)
        self.asked: list[int] = []
        self.documents = {1: [DAY, "这一段没有录过"], 2: ["返回"]}

    def texts(self, after: int) -> Iterable[str]:
        self.asked.append(after)
        return [text for seq, texts in self.documents.items() if seq > after for text in texts]

    def round(self, *, epoch: str = "one", seq: int = 2) -> None:
        self.agent.keep_texts(epoch, seq, self.texts)
        self.agent.keep_list("list", lambda: [(rules.key("录过的"), "ab")], lambda: {"ab"})
        self.pages.renew()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_text_is_known_once_its_document_has_arrived(machine: Machine) -> None:
    assert machine.pages.keys(DAY) is None
    assert machine.pages.keys("返回") == (rules.key("返回"),), "fixed texts need no file"
    machine.round()
    assert machine.pages.keys(DAY) == DAY_KEYS
    assert machine.pages.keys("录过的") == (rules.key("录过的"),)
    assert machine.pages.keys("这一段没有录过") is None
    assert machine.pages.of_runs(["录过的", DAY]) == (rules.key("录过的"), *DAY_KEYS)
    assert machine.pages.of_runs(["录过的", "这一段没有录过"]) is None
    assert machine.pages.keys("……") == ()


def test_only_what_changed_is_looked_at_and_everything_after_a_new_feed(machine: Machine) -> None:
    machine.round()
    machine.round()
    assert machine.asked == [0], "nothing new, nothing to do"
    assert not machine.pages.renew()
    machine.documents[3] = ["2026年3月19日"]
    machine.round(seq=3)
    assert machine.pages.keys("2026年3月19日") is not None
    del machine.documents[1]
    machine.round(epoch="two", seq=3)
    assert machine.asked == [0, 2, 0]
    assert machine.pages.keys(DAY) is None


@pytest.mark.parametrize("at", [0, 20, 4096, 4200])
def test_a_damaged_file_is_silence_and_made_again(machine: Machine, at: int) -> None:
    machine.round()
    content = bytearray(machine.path.read_bytes())
    content[at : at + 3000] = b"x" * len(content[at : at + 3000])
    machine.path.write_bytes(content)
    pages = KnownTexts(machine.path, SHIPPED)
    pages.renew()
    for text in (DAY, "录过的", "返回"):
        pages.keys(text)
    for _round in range(2):
        machine.round()
    pages.renew()
    assert pages.keys(DAY) == DAY_KEYS
    assert pages.keys("录过的") is not None


def test_a_missing_file_is_silence_and_made_again(machine: Machine) -> None:
    machine.round()
    for each in machine.path.parent.glob("speech.sqlite3*"):
        each.unlink()
    assert machine.pages.renew()
    assert machine.pages.keys(DAY) is None
    machine.round()
    assert machine.pages.keys(DAY) == DAY_KEYS


def test_an_agent_that_ends_while_it_writes_leaves_what_was_there(machine: Machine) -> None:
    machine.round()

    def broken(_after: int) -> Iterable[str]:
        yield "2026年3月19日"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        machine.agent.keep_texts("two", 5, broken)
    assert machine.pages.keys(DAY) == DAY_KEYS
    machine.round(epoch="two", seq=5)
    assert machine.asked[-1] == 0, "begun again from the start"


def test_a_disk_that_takes_nothing_stops_nobody(machine: Machine) -> None:
    machine.path.mkdir()
    machine.round()
    assert machine.pages.keys("返回") == (rules.key("返回"),)
    assert machine.pages.keys(DAY) is None


def test_no_id_number_is_ever_known(machine: Machine) -> None:
    machine.documents = {1: ["372525194602120013"]}
    machine.round()
    assert machine.pages.keys("372525194602120013") is None
    with sqlite3.connect(machine.path) as file:
        assert file.execute("SELECT count(*) FROM text").fetchone() == (0,)
