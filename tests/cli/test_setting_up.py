"""The README's own commands bring a checkout to a served start page and a desk that answers, of the named county."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from kiosk.cli.program import main
from tests.world import PATIENCE_S, answers, eventually

REPOSITORY = Path(__file__).resolve().parents[2]


def readme_command(name: str) -> list[str]:
    """Return the words after `python` of the command that a README gives for setting up."""
    lines = (REPOSITORY / name).read_text("utf-8").splitlines()
    (line,) = (each for each in lines if each.startswith(".venv/bin/python -m kiosk setup"))
    return shlex.split(line)[1:]


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def running(*given: str) -> Iterator[None]:
    """Run a command of ours until the block ends."""
    child = subprocess.Popen([sys.executable, "-m", "kiosk", *given], cwd=REPOSITORY)
    try:
        yield
    finally:
        child.terminate()
        child.wait(PATIENCE_S)


def page(url: str) -> str:
    """Return a page once it answers."""
    eventually(lambda: answers(url), f"{url} answers")
    return requests.get(url, timeout=PATIENCE_S).text


def test_the_readmes_give_one_command() -> None:
    assert readme_command("README.md") == readme_command("README.zh.md")
    assert "./run install" in (REPOSITORY / "README.md").read_text("utf-8").splitlines()


def test_hub_and_terminal_of_the_named_county_are_served(tmp_path: Path) -> None:
    hub_port, port = free_ports()
    home = tmp_path / "county"
    words = [str(home) if word == "var/county" else word for word in readme_command("README.md")]
    done = subprocess.run(
        [sys.executable, *words, "--hub-port", str(hub_port), "--port", str(port)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    for kind in ("hub", "terminal"):
        assert f"python -m kiosk {kind} --home {home / kind}" in done.stdout
        assert "冠" not in (home / kind / f"{kind}.toml").read_text("utf-8")
    with ExitStack() as stack:
        stack.enter_context(running("hub", "--home", str(home / "hub")))
        stack.enter_context(running("terminal", "--home", str(home / "terminal")))
        assert "某县政务公开中心" in page(f"http://127.0.0.1:{hub_port}/desk/sign-in")
        start = page(f"http://127.0.0.1:{port}/")
    assert "某县政务公开体验区" in start
    assert "申请信息公开" in start
    assert "冠县政务公开" not in start


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
