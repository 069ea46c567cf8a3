"""Which version of the product runs on a terminal, as it says and as the hub keeps it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sync.wire.errors import Malformed
from sync.wire.hello import Hello
from sync.wire.protocol import write
from tests.sync.machines import HubBox, TerminalBox

SAID = Hello("s", "e", 0, "f", 0, 0, release="0.2.0")


def test_the_version_travels_with_the_hello() -> None:
    assert Hello.read(SAID.body()).release == "0.2.0"


def test_a_terminal_from_before_says_no_version() -> None:
    old = {key: value for key, value in json.loads(SAID.body()).items() if key != "release"}
    assert Hello.read(write(old)).release == ""


def test_a_hub_from_before_reads_the_hello_of_today() -> None:
    """It ignores members that it does not know; so does this one."""
    newer = {**json.loads(SAID.body()), "member_of_tomorrow": [1]}
    assert Hello.read(write(newer)) == SAID


@pytest.mark.parametrize("release", [2, "a b", "1" * 41, "<b>"])
def test_nonsense_about_the_version_is_refused(release: object) -> None:
    with pytest.raises(Malformed):
        Hello.read(write({**json.loads(SAID.body()), "release": release}))


def test_the_hub_keeps_the_newest_version_of_each_terminal() -> None:
    hub = HubBox()
    terminal = TerminalBox(hub)
    assert hub.store.one("SELECT release FROM device") == ""
    for version in ("0.2.0", "0.3.0"):
        terminal.terminal = replace(terminal.terminal, release=version)
        assert terminal.round().is_complete
        assert hub.store.one("SELECT release FROM device") == version
