"""The product as a package: a wheel with all that a hub and a terminal need, and its version wherever it is asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.cli.program import main

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCT = ("config", "printers", "sync", "kiosk")
BUILDING = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "*.now.png")


def run(arguments: Sequence[str], folder: Path, *, path: Path | None = None) -> str:
    """What a Python program printed that runs in this folder; with `path` it finds the product there only."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if path:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built from a copy so that nothing is left in it."""
    folder = tmp_path_factory.mktemp("wheel")
    for package in PRODUCT:
        shutil.copytree(REPOSITORY / package, folder / "source" / package, ignore=LEFT_OUT)
    for name in BUILDING:
        shutil.copy(REPOSITORY / name, folder / "source")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet")
    run(["-m", "pip", "wheel", ".", *options, "--wheel-dir", str(folder)], folder / "source")
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder in which the wheel is installed; the libraries are this Python's."""
    target = wheel.parent / "installed"
    options = ("--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--quiet")
    run(["-m", "pip", "install", *options, "--target", str(target), str(wheel)], wheel.parent)
    return target


def test_the_wheel_holds_every_file_of_the_product_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(REPOSITORY).as_posix()
        for package in PRODUCT
        for path in (REPOSITORY / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.endswith(".now.png")
    }
    assert held == there


def test_what_is_installed_knows_its_version(wheel: Path, installed: Path) -> None:
    assert wheel.name.startswith(f"kiosk-{__version__}-")
    said = run(["-m", "kiosk", "--version"], wheel.parent, path=installed)
    assert said.strip().endswith(__version__)
    assert (installed / "bin" / "kiosk").is_file()


def test_what_is_installed_makes_a_hub_with_the_sample(wheel: Path, installed: Path) -> None:
    home = wheel.parent / "hub"
    run(["-m", "kiosk", "init-hub", "--home", str(home)], wheel.parent, path=installed)
    sample = installed / "kiosk" / "catalogue" / "sample" / "catalogue.jsonl"
    words = ["-m", "kiosk", "catalogue", "import", str(sample), "--publish", "--home", str(home)]
    run(words, wheel.parent, path=installed)
    found = run(["-m", "kiosk", "search", "低保", "--home", str(home)], wheel.parent, path=installed)
    assert "低保" in found


def test_the_version_is_said_in_one_place() -> None:
    project = (REPOSITORY / "pyproject.toml").read_text("utf-8").split("[tool.ruff]")[0]
    assert not re.search(r'^version\s*=\s*"', project, re.MULTILINE)
    assert __version__ not in project


def test_the_command_line_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code in (0, None)
    assert __version__ in capsys.readouterr().out


def test_the_changelog_has_a_release_of_this_version() -> None:
    headings = re.findall(
        r"^## (\S+)（(\d{4})年(\d{1,2})月(\d{1,2})日）$",
        (REPOSITORY / "CHANGELOG.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert headings, "a release's heading is its version and its day, like 0.1.0（2026年11月25日）"
    assert headings[0][0] == __version__
    days = [tuple(map(int, day)) for _version, *day in headings]
    assert days == sorted(days, reverse=True)
