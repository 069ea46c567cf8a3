"""The words of product code: docstrings begin with a verb, and say things in plain standard English."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOTS = ("bench", "config", "kiosk", "printers", "sync", "tools")
BOUND = "kiosk/migrations"
"""A hash binds each migration to its text, so a word in one stays for good."""
AVOIDED = re.compile(r"\b(told|stands|anew|lies|whoever|knock|shelf|gate|tear|mend)\b", re.IGNORECASE)
"""Words that a stranger has to guess at; say it in the terms of the field instead."""
NO_VERB = frozenset(
    "A All An Also And Any As At Before After Both By Each Either Every False For From How If In It Its Just Like"
    " Many More Most Much Never No None Not Nothing Of On One Only Or Other Out See Several So Some Such That The Their"
    " Then There These They This Those To True Two Under Until What When Where Whether Which Who Whose Why With Without"
    " Yes You".split()
)
ENDS_LIKE_A_CLAIM = re.compile(r"[a-z]+(?:[^s]s|ed|ing)")
VERBS_ALL_THE_SAME = frozenset("Bring Embed Feed Focus Need Ring Seed Shed Speed String Swing".split())


def modules() -> list[Path]:
    found = [path for root in ROOTS for path in (ROOT / root).rglob("*.py")]
    return sorted(path for path in found if BOUND not in path.as_posix())


def claims_instead_of_verb(docstring: str) -> bool:
    """Whether a docstring begins with what there is instead of what the function does."""
    first = re.match(r"[A-Za-z]+", docstring)
    if first is None or not docstring[0].isupper():
        return True
    word = first[0]
    claims = ENDS_LIKE_A_CLAIM.fullmatch(word.lower()) is not None and word not in VERBS_ALL_THE_SAME
    return word in NO_VERB or claims


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Docstrings, also those of constants, and comments, each with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.lineno, str(node.value.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_docstrings_of_public_functions_begin_with_a_verb() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {docstring.splitlines()[0]}"
        for path in modules()
        for function in public_functions(ast.parse(path.read_text("utf-8")))
        if (docstring := ast.get_docstring(function)) and claims_instead_of_verb(docstring)
    ]
    assert not wrong, "\n".join(wrong)


def test_docstrings_and_comments_keep_clear_of_the_words_to_avoid() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {found[0]}"
        for path in modules()
        for line, text in texts(path.read_text("utf-8"))
        if (found := AVOIDED.search(text))
    ]
    assert not wrong, "\n".join(wrong)


def named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names that our code gives: functions, classes, arguments, variables, members; each with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr


def test_names_keep_clear_of_the_words_to_avoid() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules()
        for line, name in named(ast.parse(path.read_text("utf-8")))
        if AVOIDED.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " "))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rule_knows_a_verb_from_a_claim() -> None:
    for verb in ("Return the case.", "Pass it on.", "Bring a file down.", "Refuse others.", "Press a key."):
        assert not claims_instead_of_verb(verb), verb
    for claim in (
        "The case.",
        "Whether it is.",
        "Returns the case.",
        "Sorted rows.",
        "See Link.",
        "`x` of y.",
    ):
        assert claims_instead_of_verb(claim), claim
