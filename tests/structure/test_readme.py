"""The two READMEs name the same commands, and those are the commands that there are."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (`[^|]*(?:\\\|[^|]*)*`[^|]*)\|", re.MULTILINE)
COMMAND = re.compile(r"`([a-z][a-z-]*(?: [a-z][a-z-]*)?)")


def commands(name: str, heading: str) -> set[str]:
    """The first words of each command in the table under this heading."""
    section = (REPOSITORY / name).read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return {found[1] for row in ROW.findall(section) for found in COMMAND.finditer(row) if found[1]}


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = commands("README.md", "Commands"), commands("README.zh.md", "命令")
    assert {"init-hub", "staff add", "backup"} <= english
    assert chinese - english == set()
    assert english - chinese == set()
