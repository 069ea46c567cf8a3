"""docs/security.md: a row for every requirement of the chapters it names, and a test that exists for each row."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "security.md"
CODE = ("config", "kiosk", "printers", "sync")
LAST = {
    "V2": (3, 3, 4, 1),
    "V6": (3, 12, 4, 4, 5, 3, 0, 4),
    "V7": (3, 4, 2, 5, 2, 2),
    "V8": (2, 3, 1, 1),
    "V11": (2, 3, 3, 4, 1, 1),
    "V14": (2, 4, 3),
    "V15": (3, 3, 7),
}
"""The last requirement of levels 1 and 2 in each section of a chapter, ASVS 5.0.0."""
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| (.*?) \| (.+?) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
SPREADING = frozenset(
    {"kiosk/app/replication/agent.py", "sync/terminal/client.py", "sync/terminal/counts.py"}
)
"""Chance that nobody gains by guessing: pauses between rounds, the order of daily counts."""
WEAK = re.compile(r"\b(md5|sha1|MODE_ECB|ARC4|TripleDES)\b")


def required() -> set[str]:
    return {
        f"{chapter}.{section}.{number}"
        for chapter, sections in LAST.items()
        for section, last in enumerate(sections, 1)
        for number in range(1, last + 1)
    }


def rows() -> list[tuple[str, str, str]]:
    return [(found[1], found[3], found[4]) for found in ROW.finditer(TABLE.read_text("utf-8"))]


def functions(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def faults(shown_by: str, root: Path = ROOT / "tests") -> Iterator[str]:
    """Yield what is wrong with the last column of a row."""
    if re.match(r"n/a: \w", shown_by):
        return
    named = TEST.findall(shown_by)
    if not named:
        yield f"names no test: {shown_by}"
    for file, test in named:
        path = root / file
        if not path.exists() or test not in functions(path):
            yield f"there is no {file}::{test}"


def sources() -> Iterator[tuple[str, str]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def test_every_requirement_has_one_row() -> None:
    counted = Counter(requirement for requirement, _, _ in rows())
    assert set(counted) == required()
    assert {each for each, times in counted.items() if times > 1} == set()


def test_every_row_says_how_and_names_a_test_that_exists() -> None:
    wrong = [f"{requirement}: {fault}" for requirement, _, shown in rows() for fault in faults(shown)]
    assert not wrong, "\n".join(wrong)


def test_a_row_without_its_test_is_found() -> None:
    assert list(faults("`structure/test_security_table.py::test_that_nobody_wrote`"))
    assert list(faults("`structure/test_nowhere.py::test_a_row_without_its_test_is_found`"))
    assert list(faults("it is so"))
    assert not list(faults("`structure/test_security_table.py::test_a_row_without_its_test_is_found`"))


def test_no_weak_algorithm_is_asked_for() -> None:
    assert not [f"{name}: {found[0]}" for name, text in sources() if (found := WEAK.search(text))]


def test_chance_comes_from_the_system_alone() -> None:
    asking = {
        name for name, text in sources() if re.search(r"^(import random|from random )", text, re.MULTILINE)
    }
    assert asking == SPREADING


def test_an_address_and_a_body_are_read_apart() -> None:
    assert not [name for name, text in sources() if "request.values" in text]


def test_nothing_follows_a_redirect() -> None:
    fetching = {
        name: text
        for name, text in sources()
        if re.search(r"^(import|from) (requests|urllib3)\b", text, re.M)
    }
    assert fetching
    assert not [
        name for name, text in fetching.items() if not re.search(r"\b(allow_redirects|redirect)=False", text)
    ]


def test_no_object_of_a_script_takes_foreign_keys() -> None:
    """Only arrays of numbers are written by a computed key, so no prototype can be reached."""
    scripts = (ROOT / "kiosk" / "static" / "js").rglob("*.js")
    writes = [
        (path.name, found[1])
        for path in scripts
        for found in re.finditer(r"(\w+)\[[^\]\"']+\]\s*=[^=]", path.read_text("utf-8"))
    ]
    assert set(writes) == {("strokes.js", "soft"), ("strokes.js", "seen")}
