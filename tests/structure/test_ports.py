"""A server binds port 0 and says which it got: nobody looks for a free port first, which another may take."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = ("config", "printers", "sync", "kiosk", "tools", "bench", "tests")
MAKES_A_SOCKET = ("socket.socket", "socket.create_server", "socketserver", "HTTPServer")
LEAVES = (ast.Return, ast.Break)
PLUGINS = ("unused_tcp_port", "unused_tcp_port_factory", "unused_port")
ASKS_FIRST = {
    "returns the port of a socket that is closed by then": """
def some_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
""",
    "tries whether a port could be had": """
def is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
""",
    "closes the socket and keeps its number": """
def pick():
    one = socket.create_server(("", 0))
    port = one.getsockname()[1]
    one.close()
    return port
""",
    "carries the number out of the block": """
def test_it(tmp_path):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    serve(port)
""",
    "a plug-in's fixture": "def test_it(unused_tcp_port): ...",
}


def asks_first(function: ast.AST) -> bool:
    """Whether a function learns the number of a port that it does not keep."""
    if isinstance(function, ast.FunctionDef) and {each.arg for each in function.args.args} & set(PLUGINS):
        return True
    blocks = [each for each in ast.walk(function) if isinstance(each, ast.With) and _makes_a_socket(each)]
    if any(_leaves(block) or _is_used_later(function, block) for block in blocks):
        return True
    named, closed = _owners(function, "getsockname"), _owners(function, "close")
    return bool(named & closed)


def _makes_a_socket(block: ast.With) -> bool:
    return any(name in ast.unparse(item.context_expr) for item in block.items for name in MAKES_A_SOCKET)


def _leaves(block: ast.With) -> bool:
    return any(isinstance(each, LEAVES) for statement in block.body for each in ast.walk(statement))


def _is_used_later(function: ast.AST, block: ast.With) -> bool:
    """Whether a port that was learned in the block is named behind it."""
    learned = {
        ast.unparse(target)
        for each in ast.walk(block)
        if isinstance(each, ast.Assign) and "getsockname" in ast.unparse(each.value)
        for target in each.targets
    }
    after = (each for each in ast.walk(function) if isinstance(each, ast.Name) and each.id in learned)
    return any(each.lineno > (block.end_lineno or 0) for each in after)


def _owners(function: ast.AST, method: str) -> set[str]:
    """What a method of this name is called on, in a function that makes a socket and does not hold it for another."""
    if any(isinstance(each, ast.Yield) for each in ast.walk(function)):
        return set()
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call)]
    if not any(ast.unparse(each.func).startswith(MAKES_A_SOCKET) for each in calls):
        return set()
    called = (each.func for each in calls if isinstance(each.func, ast.Attribute))
    return {ast.unparse(each.value) for each in called if each.attr == method}


def functions(source: str) -> list[ast.FunctionDef]:
    if "socket" not in source and not any(name in source for name in PLUGINS):
        return []
    return [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef)]


def test_nobody_asks_for_a_free_port_first() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}: {function.name}"
        for folder in FOLDERS
        for path in (REPOSITORY / folder).rglob("*.py")
        for function in functions(path.read_text("utf-8"))
        if asks_first(function)
    ]
    assert not found, "bind port 0 in the process that serves, and let it say which it got"


@pytest.mark.parametrize("source", ASKS_FIRST.values(), ids=ASKS_FIRST.keys())
def test_each_way_of_asking_first_is_found(source: str) -> None:
    assert [asks_first(each) for each in functions(source)] == [True]
