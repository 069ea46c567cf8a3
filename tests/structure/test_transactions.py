"""Actions own transactions: pages, desks and commands open none and write no statement."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.structure.test_imports import asks_and_answers, files, relative, tree

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|PRAGMA)\s")

QUERIES = {"select", "get_or_none", "get_by_id", "insert_many", "execute", "execute_sql"}
"""Methods of models and connections that ask or change a database."""


def of_the_store(path: Path) -> int:
    """How many transactions this file opens, and how many statements it holds or runs."""
    return sum(_is_transaction(node) or _is_statement(node) for node in ast.walk(tree(path)))


def _is_transaction(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("writing", "atomic")


def _is_statement(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in QUERIES
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(STATEMENT.match(node.value))
    )


def test_pages_desks_and_commands_open_no_transaction_and_write_no_statement() -> None:
    found = Counter({relative(path): of_the_store(path) for path in files() if asks_and_answers(path)})
    assert not {path: many for path, many in found.items() if many}, "make it an action"
