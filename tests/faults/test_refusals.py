"""What a person can cause is answered with one clear sentence and exit code 1, and nothing is changed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.machine import homes
from tests.clocks import CLOCK
from tests.faults.conftest import Run
from tests.world import HOST, World


def one_sentence(run: Run, *arguments: str, given: str = "") -> str:
    """The single line that a refused command prints."""
    done = run(*arguments, given=given)
    assert done.returncode == 1, done.stderr + done.stdout
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(said) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return said[0]


@pytest.fixture
def hub_home(tmp_path: Path, kiosk_command: Run) -> Path:
    home = tmp_path / "hub"
    assert kiosk_command("init-hub", "--home", str(home)).returncode == 0
    return home


def test_a_hub_is_made_once(hub_home: Path, kiosk_command: Run) -> None:
    before = (hub_home / "hub.sqlite3").read_bytes()
    assert "not empty" in one_sentence(kiosk_command, "init-hub", "--home", str(hub_home))
    assert (hub_home / "hub.sqlite3").read_bytes() == before


def test_a_broken_settings_file_names_every_fault(hub_home: Path, kiosk_command: Run) -> None:
    (hub_home / "hub.toml").write_text('port = "eighty"\ncolour = 1\n', "utf-8")
    said = one_sentence(kiosk_command, "hub", "--home", str(hub_home))
    assert "port: must be a whole number" in said
    assert "colour: unknown key" in said


def test_a_port_in_use_is_named(hub_home: Path, kiosk_command: Run) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} on {HOST} is in use" in one_sentence(
            kiosk_command, "hub", "--home", str(hub_home), "--port", str(port)
        )


def test_a_wrong_import_line_is_named_and_nothing_is_imported(
    hub_home: Path, kiosk_command: Run, tmp_path: Path
) -> None:
    good = '{"id": "t:1", "kind": "question", "title": "问", "body": "答"}'
    bad = '{"id": "t:2", "kind": "question", "title": "问", "body": "答", "colour": "red"}'
    file = tmp_path / "two.jsonl"
    file.write_text(f"{good}\n{bad}\n", "utf-8")
    done = kiosk_command("catalogue", "import", str(file), "--home", str(hub_home), "--publish")
    assert done.returncode == 1
    assert "line 2" in done.stdout
    assert "refused 1" in done.stdout
    assert kiosk_command("catalogue", "export", "--home", str(hub_home)).stdout == ""


def test_a_missing_file_is_named(hub_home: Path, kiosk_command: Run) -> None:
    said = one_sentence(kiosk_command, "catalogue", "import", "/nowhere.jsonl", "--home", str(hub_home))
    assert "/nowhere.jsonl" in said


def test_a_wrong_enrolment_code_changes_nothing(county: World, kiosk_command: Run, tmp_path: Path) -> None:
    home = tmp_path / "terminal"
    said = one_sentence(
        kiosk_command,
        "init-terminal",
        "--home",
        str(home),
        "--hub",
        county.hub_url,
        "--code",
        "AAAA-BBBB-CCCC-DDDD",
    )
    assert "code" in said
    assert not home.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_hub_that_cannot_be_reached_is_named(kiosk_command: Run, tmp_path: Path) -> None:
    home, code = tmp_path / "terminal", "AAAA-BBBB-CCCC-DDDD"
    with socket.socket() as deaf:
        deaf.bind((HOST, 0))
        nowhere = f"http://{HOST}:{deaf.getsockname()[1]}"
        said = one_sentence(
            kiosk_command, "init-terminal", "--home", str(home), "--hub", nowhere, "--code", code
        )
        assert nowhere in said or "reach" in said
    assert not home.exists()


def test_a_wrong_recovery_key_approves_nobody(hub_home: Path, kiosk_command: Run) -> None:
    added = kiosk_command(
        "staff", "add", "wu.shili", "--role", "clerk", "--home", str(hub_home), given="mima-mima-0001-0002\n"
    )
    assert added.returncode == 0, added.stderr
    assert "pending" in added.stdout
    said = one_sentence(
        kiosk_command, "staff", "approve", "wu.shili", "--home", str(hub_home), given="0000-0000-0000-0000\n"
    )
    assert "recovery" in said


def test_wrong_usage_is_exit_code_2(kiosk_command: Run) -> None:
    assert kiosk_command("deadline", "soon").returncode == 2
    assert kiosk_command("no-such-command").returncode == 2


def test_a_full_disk_leaves_no_half_made_hub(small_disk: Callable[[int], Path], kiosk_command: Run) -> None:
    disk = small_disk(1)
    (disk / "ballast").write_bytes(os.urandom(900_000))
    said = one_sentence(kiosk_command, "init-hub", "--home", str(disk / "hub"))
    assert "disk" in said.lower() or "space" in said.lower()
    assert [each.name for each in disk.iterdir()] == ["ballast"]


def test_a_backup_comes_back_and_a_damaged_one_is_refused(kiosk_command: Run, tmp_path: Path) -> None:
    hub_home, copy, again = tmp_path / "hub", tmp_path / "hub.copy", tmp_path / "again"
    recovery_key = kiosk_command("init-hub", "--home", str(hub_home)).stdout
    assert kiosk_command("backup", "--home", str(hub_home), str(copy)).returncode == 0
    assert copy.stat().st_mode & 0o077 == 0
    assert kiosk_command("restore", "--home", str(again), str(copy), given=recovery_key).returncode == 0
    assert homes.hub_settings(again) == homes.hub_settings(hub_home)
    assert homes.open_hub(again, CLOCK).execute_sql("SELECT count(*) FROM reading_key").fetchone()[0] == 1
    content = bytearray(copy.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20_000] = b"x" * 20_000
    copy.write_bytes(bytes(content))
    one_sentence(kiosk_command, "restore", "--home", str(tmp_path / "broken"), str(copy))
    assert not (tmp_path / "broken").exists()
