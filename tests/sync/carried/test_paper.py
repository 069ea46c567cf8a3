"""What a terminal says of the paper it used, and what the hub keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sync.wire.errors import Malformed
from sync.wire.hello import Hello, PaperUsed
from sync.wire.protocol import write
from tests.sync.machines import HubBox, TerminalBox

SAID = Hello("s", "e", 0, "f", 0, 0, paper=(PaperUsed("receipt", 18_400), PaperUsed("summary", 900)))


def test_paper_travels_with_the_hello() -> None:
    assert Hello.read(SAID.body()).paper == SAID.paper


def test_a_terminal_of_the_version_before_says_nothing_of_paper() -> None:
    old = {key: value for key, value in json.loads(SAID.body()).items() if key != "paper"}
    assert Hello.read(write(old)).paper == ()


@pytest.mark.parametrize(
    "paper", ["all", [{"kind": "receipt"}], [{"kind": "receipt", "mm": -1}], [{"kind": "a b", "mm": 1}]]
)
def test_nonsense_about_paper_is_refused(paper: object) -> None:
    with pytest.raises(Malformed):
        Hello.read(write({**json.loads(SAID.body()), "paper": paper}))


def test_the_hub_keeps_the_newest_totals_of_each_terminal() -> None:
    hub = HubBox()
    terminal = TerminalBox(hub)
    used = {"receipt": 184}
    terminal.terminal = replace(terminal.terminal, paper=lambda connection: used)
    assert terminal.round().is_complete
    used["receipt"], used["progress"] = 368, 90
    terminal.round()
    kept = json.loads(hub.store.one("SELECT paper FROM device"))
    assert kept == {"progress": 90, "receipt": 368}
