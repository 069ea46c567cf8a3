"""What CONTRIBUTING.md and docs/patterns.md say is so."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SINCE = "2026-11-30T14:00:00+00:00"
"""When this was decided; older subjects are as they are."""
LONGEST_SUBJECT = 72


def test_commit_subjects_fit_in_one_line() -> None:
    if not (REPOSITORY / ".git").exists() or not shutil.which("git"):
        pytest.skip("no git history here: an unpacked archive has no subjects to check")
    done = subprocess.run(
        ["git", "log", f"--since={SINCE}", "--format=%s"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert [line for line in done.stdout.splitlines() if len(line) > LONGEST_SUBJECT] == []


def test_every_example_of_the_patterns_is_there() -> None:
    rows = (REPOSITORY / "docs/patterns.md").read_text("utf-8").split("|---|---|---|\n")[1].splitlines()
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"`([^`]+)`", row.split("|")[3])
        path: Path | None = None
        for name in named:
            if "/" in name or name.endswith(".py"):
                path = REPOSITORY / name if "/" in name else (path or REPOSITORY).parent / name
                assert path.is_file(), f"{row}: {name} is gone"
            else:
                assert path, f"{row}: name the file before what is in it"
                assert re.search(rf"\b{name}\b", path.read_text("utf-8")), f"{row}: no {name}"
