"""Every command says in one line that the hub's file is damaged: no traceback, no empty hub made in silence."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.cli import program
from kiosk.cli.usage import CommandRow
from kiosk.clock import FixedClock
from kiosk.machine import homes
from tests.clocks import MONDAY_MORNING
from tests.machine.hubs import new_hub

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "a few bytes": lambda content: content[:10],
    "the header": lambda content: content[:100],
    "a page": lambda content: content[:4096],
    "a page and a half": lambda content: content[:6000],
    "half": lambda content: content[: len(content) // 2],
    "all but a byte": lambda content: content[:-1],
    "other bytes": lambda content: b"\xa5" * len(content),
    "zeros": lambda content: bytes(len(content)),
    "a damaged list of tables": lambda content: content.replace(b"CREATE TABLE", b"CRE\xb5TE TABLE"),
    "a torn first page": lambda content: content[:1000] + bytes(3096) + content[4096:],
}
AT_HUB = {
    "hub": ["--port", "0"],
    "snapshot": [],
    "device add": ["2号机"],
    "device place": ["1号机"],
    "staff add": ["wu.shili", "--role", "publisher"],
    "staff approve": ["wu.shili"],
    "staff organ-key": ["GX-ZFB"],
    "staff reset": ["wu.shili"],
    "recovery-key": [],
    "catalogue import": ["{home}/hub.toml"],
    "catalogue export": [],
    "catalogue check-links": [],
    "search": ["低保"],
    "speech make": [],
    "check": [],
    "backup": ["{home}/../copy"],
    "audit verify": [],
    "workdays import": ["{home}/hub.toml"],
    "workdays show": [],
}
"""Each command that opens a hub's database, with what else it needs."""
ELSEWHERE = {
    "terminal", "demo", "gallery", "setup", "init-hub", "init-terminal", "hall-pin", "speech prompts", "deadline",
    "sync", "catalogue fetch", "print", "report-day", "verify", "restore", "salvage",
}  # fmt: skip
"""Commands that open none: they make one, or are a terminal's, or need no home."""


def named(rows: dict[str, CommandRow], before: str = "") -> Iterator[str]:
    for name, row in rows.items():
        if row.rows:
            yield from named(dict(row.rows), f"{before}{name} ")
        else:
            yield f"{before}{name}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = new_hub(tmp_path_factory.mktemp("whole") / "hub", FixedClock(MONDAY_MORNING))
    made.take_in(3)
    return made.home


def test_every_command_is_in_one_of_the_lists() -> None:
    assert set(named(program.COMMANDS)) == AT_HUB.keys() | ELSEWHERE


@pytest.mark.parametrize("damage", ["missing", *DAMAGES])
def test_a_damaged_hub_is_one_clear_line_in_every_command(
    whole: Path,
    tmp_path: Path,
    damage: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for command, further in AT_HUB.items():
        home = tmp_path / "hub"
        shutil.copytree(whole, home)
        file = home / homes.HUB_DB
        content = file.read_bytes()
        file.unlink() if damage == "missing" else file.write_bytes(DAMAGES[damage](content))
        before = file.read_bytes() if file.exists() else None
        monkeypatch.setattr("sys.stdin", io.StringIO("mima-mima-0001-0002\n"))
        arguments = [each.format(home=home) for each in further]
        code = program.main([*command.split(), "--home", str(home), *arguments])
        said = capsys.readouterr()
        assert code == 1, (command, said)
        if command == "check":
            assert "NOT database" in said.out
        else:
            assert said.err.count("\n") == 1, (command, said.err)
        assert (file.read_bytes() if file.exists() else None) == before, command
        assert not (tmp_path / "copy").exists()
        if db.store.obj:
            db.store.obj.close_all()
        shutil.rmtree(home)
