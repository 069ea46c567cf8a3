"""The README's own commands bring a checkout to a served start page and a desk that answers, of the named county."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from kiosk.cli import setting_up
from kiosk.cli.program import main
from kiosk.machine import homes
from tests.world import PATIENCE_S

REPOSITORY = Path(__file__).resolve().parents[2]
COUNTY = ["--county", "某县", "--prefix", "MX", "--organ", "某县人民政府办公室", "--seal", "某县公开"]


def readme_command(name: str) -> list[str]:
    """Return the words after `python` of the command that a README gives for setting up."""
    lines = (REPOSITORY / name).read_text("utf-8").splitlines()
    (line,) = (each for each in lines if each.startswith(".venv/bin/python -m kiosk setup"))
    return shlex.split(line)[1:]


@contextmanager
def running(*given: str) -> Iterator[str]:
    """Serve by a command of ours until the block ends; the address is the one that it says."""
    child = subprocess.Popen(
        [sys.executable, "-m", "kiosk", *given, "--port", "0"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        yield child.stdout.readline().partition(": ")[2].strip()
    finally:
        child.terminate()
        child.communicate(timeout=PATIENCE_S)


def page(url: str) -> str:
    return requests.get(url, timeout=PATIENCE_S).text


def test_the_readmes_give_one_command() -> None:
    assert readme_command("README.md") == readme_command("README.zh.md")
    assert "./run install" in (REPOSITORY / "README.md").read_text("utf-8").splitlines()


def test_hub_and_terminal_of_the_named_county_are_served(tmp_path: Path) -> None:
    home = tmp_path / "county"
    words = [str(home) if word == "var/county" else word for word in readme_command("README.md")]
    done = subprocess.run(
        [sys.executable, *words, "--hub-port", "0", "--port", "0"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    for kind in ("hub", "terminal"):
        assert f"python -m kiosk {kind} --home {home / kind}" in done.stdout
        assert "冠" not in (home / kind / f"{kind}.toml").read_text("utf-8")
    hub_port = homes.hub_settings(home / "hub").port
    assert homes.terminal_settings(home / "terminal").hub_url == f"http://127.0.0.1:{hub_port}"
    assert hub_port > 0, "the port that the system gave"
    with ExitStack() as stack:
        hub = stack.enter_context(running("hub", "--home", str(home / "hub")))
        terminal = stack.enter_context(running("terminal", "--home", str(home / "terminal")))
        assert "某县政务公开中心" in page(f"{hub}/desk/sign-in")
        start = page(f"{terminal}/")
    assert "某县政务公开体验区" in start
    assert "申请信息公开" in start
    assert "冠县" not in start


def test_what_fails_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setting_up, "HUB_PATIENCE_S", 0.0)
    home = tmp_path / "county"
    assert main(["setup", "--home", str(home), *COUNTY, "--hub-port", "0", "--port", "0"]) == 1
    told = capsys.readouterr()
    assert "hub-not-served" in told.err or "does not answer" in told.err
    assert told.out == "", "nor is a recovery key shown of a hub that is not there"
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    assert main(["setup", "--home", str(tmp_path), *COUNTY, "--hub-port", "0", "--port", "0"]) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["hub"]


def test_what_is_left_out_is_wrong_usage_where_nobody_can_be_asked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "setup", "--home", str(tmp_path / "county")],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 2
    assert "--county" in done.stderr
    assert not (tmp_path / "county").exists()


def test_a_hub_without_its_county_has_neutral_words_and_the_check_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "hub"
    assert main(["init-hub", "--home", str(home)]) == 0
    assert "冠" not in (home / "hub.toml").read_text("utf-8")
    capsys.readouterr()
    assert main(["check", "--home", str(home), "--json"]) == 1
    lines = {line["name"]: line for line in json.loads(capsys.readouterr().out)}
    assert lines["settings"]["words"] == "not set: county_name"
