"""Who may import whom: the tables of the architecture, as a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "printers", "sync", "kiosk")
WIRING = {
    "app", "cli", "replication", "commands", "catalogue_commands", "upkeep", "demo", "paperwork", "readiness",
    "safekeeping", "homes", "serving", "duties", "paper_commands", "reports", "snapshots", "speaking", "limits",
    "__main__",
}  # fmt: skip
"""Modules of kiosk/, and its package `replication`, that know features; nothing below may import them."""
SHARED = {
    "clock", "db", "errors", "workdays", "privacy", "audit", "pins", "tries", "web", "blobs", "side_lists", "counters",
}  # fmt: skip
"""Words that every feature may use."""
BELOW_FEATURES = {"intake", "seats"}
FEATURES = {
    "catalogue",
    "disclosure",
    "consultation",
    "participation",
    "staff",
    "terminal",
    "writing",
    "speech",
}
LAYERS = [
    ("kinds", "schema", "numbers", "tiles"),
    ("rules",),
    ("questions",),
    ("models", "keys", "lexicon"),
    ("search",),
    ("forms",),
    ("slips",),
    ("actions", "cases"),
    ("importers", "commands"),
    ("views",),
    ("kind",),
    ("desk",),
    ("handling",),
    ("report",),
]
"""From left to right: a file imports only files to its left; files that stand nowhere here are beside all layers."""
PLACE = {name: place for place, names in enumerate(LAYERS) for name in names}
OWNERS = {
    "escpos": ("printers/drivers.py",),
    "flask": ("kiosk/app/", "kiosk/replication/", "kiosk/web/", "views.py", "desk.py", "forms.py", "slips.py"),
    "flask_wtf": ("kiosk/app/", "kiosk/web/", "forms.py", "desk.py"),
    "flask_babel": ("kiosk/web/i18n.py",),
    "requests": ("kiosk/replication/line.py",),
    "waitress": ("kiosk/serving.py",),
    "tantivy": ("kiosk/catalogue/",),
    "PIL": ("printers/", "kiosk/catalogue/attachments_reader.py"),
    "pikepdf": ("kiosk/catalogue/attachments_reader.py",),
    "pypdfium2": ("kiosk/catalogue/attachments_reader.py",),
    "olefile": ("kiosk/catalogue/attachments_reader.py",),
    "nacl": ("sync/", "kiosk/web/session.py", "kiosk/intake/codes.py", "kiosk/staff/"),
    "argon2": ("kiosk/intake/codes.py", "kiosk/staff/", "kiosk/pins.py", "sync/"),
    "http_message_signatures": ("sync/signing.py",),
    "openpyxl": ("kiosk/catalogue/",),
}  # fmt: skip
"""Third-party packages and the only places that know them."""


WIRED = REPOSITORY / "kiosk/web/context.py"
"""The wiring's typed fields: only here may a type be named whose owner must not be imported."""


def is_for_types(node: ast.stmt) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def files() -> list[Path]:
    """Every product file."""
    return sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """A file, parsed once."""
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> list[tuple[str, int]]:
    """(dotted name, line) of each import, relative ones made absolute; types of the wiring do not count."""
    return list(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    package = path.relative_to(REPOSITORY).with_suffix("").parts[:-1]
    top = tree(path)
    if path == WIRED:
        top = ast.Module([node for node in top.body if not is_for_types(node)], [])
    for node in ast.walk(top):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield each.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            for each in node.names:
                yield f"{stem}.{each.name}", node.lineno


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("package", ["config", "printers", "sync"])
def test_config_printers_and_sync_import_nothing_of_ours(package: str) -> None:
    others = set(PACKAGES) - {package}
    breaches = [
        f"{relative(path)}:{line} imports {name}"
        for path in files()
        if path.is_relative_to(REPOSITORY / package)
        for name, line in imports(path)
        if name.split(".")[0] in others
    ]
    assert not breaches


def test_nothing_below_imports_the_wiring() -> None:
    breaches = []
    for path in files():
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        if parts[0] != "kiosk" or parts[1] in WIRING:
            continue
        breaches += [
            f"{relative(path)}:{line} imports {name}"
            for name, line in imports(path)
            if name.startswith("kiosk.") and name.split(".")[1] in WIRING
        ]
    assert not breaches


def test_features_do_not_import_each_other() -> None:
    breaches = []
    for path in files():
        parts = path.relative_to(REPOSITORY).parts
        if parts[0] != "kiosk" or len(parts) < 3 or parts[1] not in FEATURES | BELOW_FEATURES | SHARED:
            continue
        allowed = {parts[1]} | SHARED | (BELOW_FEATURES if parts[1] in FEATURES else set())
        if parts[1] == "web":
            allowed = SHARED
        breaches += [
            f"{relative(path)}:{line} imports {name}"
            for name, line in imports(path)
            if name.startswith("kiosk.") and name.split(".")[1] not in allowed
        ]
    assert not breaches


def test_inside_a_feature_imports_run_only_leftward() -> None:
    breaches = []
    for path in files():
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        if parts[0] != "kiosk" or len(parts) != 3 or parts[1] not in FEATURES or parts[2] not in PLACE:
            continue
        for name, line in imports(path):
            target = name.split(".")
            is_own = target[:2] == ["kiosk", parts[1]] and len(target) > 2 and target[2] in PLACE
            if is_own and PLACE[target[2]] > PLACE[parts[2]]:
                breaches.append(f"{relative(path)}:{line} imports {name}")
    assert not breaches


def test_rules_know_neither_flask_nor_a_database() -> None:
    banned = {"flask", "peewee", "sqlite3"}
    breaches = [
        f"{relative(path)}:{line} imports {name}"
        for path in files()
        if path.name == "rules.py"
        for name, line in imports(path)
        if name.split(".")[0] in banned or name.startswith(("kiosk.db", "kiosk.web.wording"))
    ]
    assert not breaches


@pytest.mark.parametrize("package", sorted(OWNERS))
def test_third_party_packages_stay_with_their_owners(package: str) -> None:
    owners = OWNERS[package]
    breaches = [
        f"{relative(path)}:{line} imports {name}"
        for path in files()
        for name, line in imports(path)
        if name.split(".")[0] == package
        and not any(
            owner in relative(path) if owner.endswith("/") else relative(path).endswith(owner)
            for owner in owners
        )
    ]
    assert not breaches


def test_pages_desks_and_commands_know_no_database_library() -> None:
    outside = ("views.py", "desk.py", "forms.py", "slips.py", "commands.py", "cli.py")
    breaches = [
        f"{relative(path)}:{line} imports {name}"
        for path in files()
        if path.name.endswith(outside)
        for name, line in imports(path)
        if name.split(".")[0] in {"peewee", "playhouse", "psycopg"}
    ]
    assert not breaches


def test_the_wiring_is_the_one_way_to_a_collaborator() -> None:
    """No view keeps anything of its own in the application; Flask's and its extensions' keys stay theirs."""
    kept = re.compile(r"\bextensions(\[|\.update|\.setdefault|\.get\()(?!\"csrf\")|\bapp\.config\[\"STAFF")
    breaches = [
        f"{relative(path)}: {line.strip()}"
        for path in files()
        if path != WIRED
        for line in path.read_text("utf-8").splitlines()
        if kept.search(line)
    ]
    assert not breaches


def test_no_route_is_wrapped_to_carry_an_argument() -> None:
    breaches = [
        f"{relative(path)}:{node.lineno}"
        for path in files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("add_url_rule", "before_request", "after_app_request"))
        and any(isinstance(part, ast.Lambda) for part in ast.walk(node))
    ]
    assert not breaches


def test_only_the_clock_asks_for_the_time() -> None:
    banned = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time"}
    breaches = []
    for path in files():
        if relative(path) == "kiosk/clock.py":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in banned:
                breaches.append(f"{relative(path)}:{node.lineno} {ast.unparse(node)}")
    assert not breaches


def test_no_test_asks_the_machine_for_the_time() -> None:
    """All tests run on the clock of tests/clocks.py or on one that stands still."""
    banned = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "SystemClock"}
    breaches = []
    for path in sorted((REPOSITORY / "tests").rglob("*.py")):
        if path.name in ("clocks.py", "test_clock.py", "sitecustomize.py"):
            continue
        for node in ast.walk(tree(path)):
            named = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
            if named in banned:
                breaches.append(f"{relative(path)}:{node.lineno} {named}")
    assert not breaches


def test_no_sql_asks_for_the_time() -> None:
    breaches = [
        f"{relative(path)}: {word}"
        for path in [*files(), *sorted((REPOSITORY / "kiosk/migrations").rglob("*.sql"))]
        for word in ("datetime('now')", "CURRENT_TIMESTAMP", "strftime('%", "date('now')")
        if word in path.read_text("utf-8")
    ]
    assert not breaches
