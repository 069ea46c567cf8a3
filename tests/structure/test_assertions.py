"""A test that passes when nothing was checked is none: each one says what must hold."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
Part = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
EXPECTS = ("raises", "warns", "fail", "expect")
"""Names of pytest and Playwright that say what must hold."""


def parts_of(tree: ast.Module) -> dict[str, Part]:
    """Functions and classes of a file by name, those within others too."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, Part)}


def names_in(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr


def says_what_must_hold(node: ast.AST, parts: Mapping[str, Part], seen: frozenset[str] = frozenset()) -> bool:
    """Whether this part, or a part of the same file that it names, asserts or expects something."""
    if any(isinstance(each, ast.Assert) for each in ast.walk(node)):
        return True
    named = set(names_in(node)) - seen
    return not named.isdisjoint(EXPECTS) or any(
        says_what_must_hold(parts[name], parts, seen | named) for name in named & parts.keys()
    )


def empty_tests(source: str) -> list[str]:
    parts = parts_of(ast.parse(source))
    return [
        name
        for name, node in parts.items()
        if name.startswith("test_") and not says_what_must_hold(node, parts, frozenset({name}))
    ]


def test_each_test_says_what_must_hold() -> None:
    wrong = [
        f"{path.relative_to(TESTS)} {name}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for name in empty_tests(path.read_text("utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("source", "is_empty"),
    [
        ("def test_a(page): page.open('/')", True),
        ("def test_a(page): assert page", False),
        ("def look(page): assert page\ndef test_a(page): look(page)", False),
        ("def look(page): return page\ndef test_a(page): look(page)", True),
        ("class Offices:\n def look(self): assert self\ndef test_a(): run(Offices)", False),
        ("def test_a():\n with pytest.raises(OSError): open('')", False),
    ],
)
def test_the_rule_knows_a_test_that_checks_nothing(source: str, is_empty: bool) -> None:
    assert empty_tests(source) == (["test_a"] if is_empty else [])
