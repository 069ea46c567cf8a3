"""What is installed is what the requirements name, each package with its hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z]+\])?==([^\s#]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Name and version of each package that a file pins."""
    text = (REPOSITORY / name).read_text("utf-8")
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in PINNED.findall(text)}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_holds_what_its_requirements_pin(name: str) -> None:
    wanted = pins(f"{name}.txt")
    assert wanted
    assert wanted.items() <= pins(f"{name}.lock").items()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_of_a_lock_has_a_hash(name: str) -> None:
    text = (REPOSITORY / name).read_text("utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_says_why_it_is_there(name: str) -> None:
    lines = (REPOSITORY / name).read_text("utf-8").splitlines()
    assert [line for line in lines if "==" in line and "#" not in line] == []
