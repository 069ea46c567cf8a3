"""The two READMEs name the same commands and the same words, and each word is where they say it is defined."""

from __future__ import annotations

import ast
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


def glossary(name: str, heading: str) -> dict[str, tuple[str, str]]:
    """The English word and the dotted name of each Chinese term."""
    section = (REPOSITORY / name).read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if "|" in line]
    return {term: (english, place.strip("`")) for term, english, place, _note in rows[2:]}


def test_both_readmes_have_one_glossary() -> None:
    words = glossary("README.md", "Words")
    assert words["依申请公开"] == ("request for disclosure", "kiosk.disclosure.case_models.DisclosureCase")
    assert glossary("README.zh.md", "常用说法") == words


def test_every_word_of_the_glossary_is_defined_where_it_says() -> None:
    for term, (_english, place) in glossary("README.md", "Words").items():
        module, _, defined = place.rpartition(".")
        if place:
            tree = ast.parse((REPOSITORY / f"{module.replace('.', '/')}.py").read_text("utf-8"))
            assert defined in {getattr(node, "name", "") for node in tree.body}, f"{term}: {place}"
