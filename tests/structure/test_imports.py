"""Who may import whom: the tables of the architecture, as a test."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "printers", "sync", "kiosk", "tools")
PLACES = Path(__file__).with_name("places.txt")
"""The order of the house: a line a room, its modules after it. Each imports only what stands before it."""
APART = (
    ("config", "printers", "sync", "kiosk"),
    ("sync/hub", "sync/terminal"),
    (
        "kiosk/catalogue",
        "kiosk/consultation",
        "kiosk/disclosure",
        "kiosk/queue",
        "kiosk/speech",
        "kiosk/terminal",
        "kiosk/writing",
    ),
)
"""Rooms of one line never import each other."""
MAY_CROSS = {
    "kiosk": ("config", "printers", "sync"),  # they know nothing of it
    "kiosk/consultation": ("kiosk/queue",),  # the hub shows what halls counted beside what was booked
}
PAGES = ("kiosk/app/", "kiosk/web/", "/pages/", "/desk/", "views.py", "_desk.py", "forms.py", "slips.py")
DATABASE = (
    "models.py",
    "kiosk/db/",
    "sync/",
    "printers/spooler/",
    "kiosk/app/replication/arrivals.py",
    "kiosk/app/salvaging.py",
    "kiosk/audit.py",
    "kiosk/catalogue/attachments/store.py",
    "kiosk/catalogue/feedback/empty_searches.py",
    "kiosk/catalogue/feedback/outside_links.py",
    "kiosk/catalogue/feedback/problems.py",
    "kiosk/catalogue/feedback/reasons.py",
    "kiosk/catalogue/publishing/approval.py",
    "kiosk/catalogue/publishing/entries.py",
    "kiosk/catalogue/publishing/sources.py",
    "kiosk/catalogue/records/documents.py",
    "kiosk/catalogue/records/listings.py",
    "kiosk/catalogue/records/feed.py",
    "kiosk/catalogue/records/named.py",
    "kiosk/catalogue/search/county_words.py",
    "kiosk/catalogue/search/indexing.py",
    "kiosk/consultation/booking/booking_list.py",
    "kiosk/consultation/inquiry/inquiry_list.py",
    "kiosk/counters.py",
    "kiosk/disclosure/cases.py",
    "kiosk/disclosure/letters/letterheads.py",
    "kiosk/disclosure/letters/wordings.py",
    "kiosk/disclosure/office/worklist.py",
    "kiosk/disclosure/report/case_counts.py",
    "kiosk/hall/accounts.py",
    "kiosk/intake/attached/arrived_pieces.py",
    "kiosk/intake/by_organ/organ_register.py",
    "kiosk/intake/by_organ/resealing.py",
    "kiosk/intake/register.py",
    "kiosk/intake/tracking.py",
    "kiosk/machine/backups.py",
    "kiosk/machine/proofs.py",
    "kiosk/speech/published.py",
    "kiosk/staff/terminals.py",
    "kiosk/terminal/replica.py",
    "kiosk/web/unsent/desk_drafts.py",
    "kiosk/web/session.py",
    "kiosk/web/visit_rows.py",
    "tools/gallery.py",
)
"""What asks a database: layers by name, and each module beside them."""
OWNERS = {
    "escpos": ("printers/device/drivers.py",),
    "click": ("kiosk/cli/",),
    "flask": (*PAGES, "kiosk/hall/assisted.py", "tools/gallery.py"),
    "flask_wtf": ("kiosk/app/", "kiosk/web/", "forms.py", "/desk/", "_desk.py", "tools/gallery.py"),
    "wtforms": (
        *PAGES,
        "questions.py",
        "kiosk/intake/form/blanks.py",
        "kiosk/intake/form/asked_forms.py",
        "tools/gallery.py",
    ),
    "werkzeug": (
        *PAGES,
        "kiosk/machine/serving.py",
        "kiosk/catalogue/importing/uploads.py",
        "tools/gallery.py",
    ),
    "flask_babel": ("kiosk/web/language/i18n.py",),
    "babel": (
        "kiosk/web/language/",
        "tools/fixed_texts.py",
        "tools/translate.py",
    ),
    "jinja2": ("kiosk/web/language/templates.py",),
    "markupsafe": ("kiosk/web/language/", "kiosk/speech/stretches.py", "kiosk/writing/views.py"),
    "requests": ("kiosk/app/replication/http_line.py",),
    "urllib3": (
        "kiosk/app/replication/http_line.py",
        "kiosk/catalogue/feedback/outside.py",
        "kiosk/intake/notices/calling.py",
    ),
    "waitress": ("kiosk/machine/serving.py",),
    "peewee": DATABASE,
    "playhouse": ("kiosk/db/server.py",),
    "psycopg": ("kiosk/db/server.py",),
    "tantivy": ("kiosk/catalogue/search/index.py",),
    "rjieba": ("kiosk/catalogue/text/tokens.py", "kiosk/web/language/typography.py", "tools/lexicon.py"),
    "pypinyin": (
        "kiosk/catalogue/search/term_writing.py",
        "kiosk/speech/kokoro.py",
        "kiosk/staff/rules.py",
        "tools/lexicon.py",
    ),
    "opencc": ("kiosk/catalogue/text/tokens.py",),
    "nh3": ("kiosk/catalogue/text/markup.py",),
    "PIL": (
        "printers/paper/fonts.py",
        "printers/paper/gbk.py",
        "printers/paper/pdf.py",
        "printers/paper/raster.py",
        "kiosk/catalogue/attachments/drawing.py",
        "kiosk/catalogue/attachments/redacting.py",
        "tools/virtual_printer/",
    ),
    "typst": (
        "printers/paper/pdf.py",
        "kiosk/disclosure/letters/page/faces.py",
        "kiosk/disclosure/letters/page/typeset.py",
        "kiosk/disclosure/report/report_pdf.py",
    ),
    "pylopdf_fonts_zh_cn": ("printers/paper/fonts.py",),
    "segno": (
        "kiosk/catalogue/pages/shapes.py",
        "kiosk/consultation/booking/pages/views.py",
        "kiosk/intake/pages/receipt.py",
        "kiosk/staff/entry/factor_views.py",
        "kiosk/terminal/phone_views.py",
    ),
    "barcode": ("tools/virtual_printer/roll.py",),
    "pikepdf": ("kiosk/catalogue/attachments/pdf_check.py", "kiosk/catalogue/attachments/redacting.py"),
    "pypdfium2": (
        "kiosk/catalogue/attachments/redaction_proof.py",
        "kiosk/catalogue/attachments/redacting.py",
        "kiosk/catalogue/attachments/drawing.py",
        "kiosk/disclosure/letters/page/proof.py",
    ),
    "olefile": ("kiosk/catalogue/attachments/old_office_check.py",),
    "openpyxl": ("kiosk/catalogue/importing/sheet_reader.py", "kiosk/disclosure/report/xlsx.py"),
    "nacl": (
        "sync/wire/sealing.py",
        "sync/wire/http_signatures.py",
        "sync/wire/signing.py",
        "kiosk/web/unsent/desk_drafts.py",
        "kiosk/web/visit_rows.py",
        "kiosk/intake/codes.py",
        "kiosk/staff/keys.py",
        "kiosk/intake/handover/answer_seal.py",
        "kiosk/machine/archives.py",
    ),
    "argon2": (
        "kiosk/intake/codes.py",
        "kiosk/staff/keys.py",
        "kiosk/hall/pins.py",
        "sync/hub/progress.py",
        "kiosk/intake/handover/answer_seal.py",
    ),
    "stdnum": ("kiosk/disclosure/rules.py", "kiosk/intake/numbers.py"),
    "zxcvbn": ("kiosk/staff/rules.py",),
    "pyotp": ("kiosk/staff/entry/factors.py",),
    "uuid_utils": ("kiosk/intake/begun.py",),
    "http_message_signatures": ("sync/wire/http_signatures.py",),
    "http_sf": ("sync/wire/http_signatures.py",),
    "rfc8785": (
        "sync/wire/protocol.py",
        "sync/wire/sealing.py",
        "sync/carried/feed.py",
        "sync/wire/submission.py",
        "sync/terminal/outbox.py",
    ),
    "zstandard": (
        "sync/carried/feed.py",
        "sync/carried/lists.py",
        "sync/hub/side_lists.py",
        "kiosk/machine/snapshots.py",
        "kiosk/writing/word_tables.py",
    ),
    **dict.fromkeys(("jieba", "misaki", "numpy", "onnxruntime", "soundfile"), ("kiosk/speech/kokoro.py",)),
}
"""Third-party packages and the only modules that know them: a folder, a path, or a layer by its name."""

TERMINAL, HUB = "kiosk/app/terminal.py", "kiosk/app/hub.py"
NOT_OF_A_TERMINAL = (
    "/desk/",
    "kiosk/disclosure/letters/",
    "sync/hub/",
    "kiosk/staff/",
    "kiosk/hall/accounts.py",
)
NOT_OF_A_HUB = ("/pages/", "sync/terminal/", "kiosk/terminal/", "kiosk/writing/")
LOADED_BY_A_HUB = {
    "kiosk/catalogue/pages/display.py": "the desk shows a record as citizens will see it",
    "kiosk/catalogue/pages/shapes.py": "what the record's page is made of",
    "kiosk/catalogue/pages/slips.py": "what the record's page offers to print",
    "sync/terminal/models.py": "homes.py opens both kinds of home and reads the last time that a hub signed",
    "sync/terminal/counts.py": "a feature that counts adds at a terminal and takes at the hub, in one module",
    "sync/terminal/held_lists.py": "a side list is made at the hub and read at a terminal, in one module",
    "sync/terminal/client.py": "snapshots.py makes the file at the hub and takes it at a terminal",
    "sync/terminal/outbox.py": "of client.py",
    "sync/terminal/heads.py": "of client.py",
    "sync/terminal/report.py": "of client.py",
}
"""What a hub's application reaches of the citizens' side, and why."""


WIRED = REPOSITORY / "kiosk/web/context.py"
"""The wiring's typed fields: only here may a type be named whose owner must not be imported."""


def is_for_types(node: ast.stmt) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def dotted(node: ast.expr) -> str:
    """A name with what it is taken from (`datetime.now`); what is no name counts as a question mark."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


@cache
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


@cache
def places() -> dict[str, int]:
    """The rank of each module that has a place, by its path."""
    ranks: dict[str, int] = {}
    for line in PLACES.read_text("utf-8").splitlines():
        room, *names = line.split()
        for name in names:
            ranks[f"{room}/{name}.py"] = len(ranks)
    return ranks


@cache
def lines_for_types(path: Path) -> set[int]:
    """The lines that only the type checker reads."""
    return {
        line
        for node in ast.walk(tree(path))
        if isinstance(node, ast.stmt) and is_for_types(node)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


@cache
def imported_modules(path: Path) -> list[tuple[str, int]]:
    """(path, line) of each module of ours that a file imports to run."""
    return list(_imported_modules(path))


def _imported_modules(path: Path) -> Iterator[tuple[str, int]]:
    ranks = places()
    types = lines_for_types(path)
    for name, line in imports(path):
        if line in types:
            continue
        module = name.replace(".", "/")
        for candidate in (f"{module}.py", f"{module.rpartition('/')[0]}.py"):
            if candidate in ranks:
                yield candidate, line
                break


def test_every_module_has_a_place() -> None:
    there = {
        relative(path)
        for path in files()
        if path.name != "__init__.py" and "migrations/" not in relative(path)
    }
    known = places().keys()
    assert there - known == set(), f"say in {PLACES.name} in which room, and after what it imports"
    assert known - there == set(), f"{PLACES.name} names what is gone"


def test_a_module_imports_only_what_stands_before_it() -> None:
    ranks = places()
    breaches = [
        f"{relative(path)}:{line} imports {module}"
        for path in files()
        if relative(path) in ranks
        for module, line in imported_modules(path)
        if ranks[module] > ranks[relative(path)]
    ]
    assert not breaches


def room_of(module: str, among: tuple[str, ...]) -> str | None:
    """Which of these rooms holds a module."""
    return next((room for room in among if module.startswith(f"{room}/")), None)


@pytest.mark.parametrize("rooms", APART, ids=lambda rooms: " ".join(rooms))
def test_rooms_stay_apart(rooms: tuple[str, ...]) -> None:
    breaches = []
    for path in files():
        own = room_of(relative(path), rooms)
        for module, line in imported_modules(path):
            other = room_of(module, rooms)
            if own and other and own != other and other not in MAY_CROSS.get(own, ()):
                breaches.append(f"{relative(path)}:{line} imports {module}")
    assert not breaches


def test_no_room_has_more_than_some_fifteen_modules() -> None:
    rooms = Counter(module.rpartition("/")[0] for module in places())
    assert {room: many for room, many in rooms.items() if many > 16} == {}


def test_no_public_class_has_the_name_of_another() -> None:
    homes: dict[str, list[str]] = {}
    for path in files():
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(f"{relative(path)}:{node.lineno}")
    twice = {name: where for name, where in homes.items() if len(where) > 1}
    assert twice == {}, "a name means one thing: give the newer class the field's own word"


def reached(start: str) -> dict[str, str]:
    """Each module that a program loads sooner or later, with the module that imports it."""
    importer, waiting = {start: ""}, [start]
    while waiting:
        current = waiting.pop(0)
        for module, _line in imported_modules(REPOSITORY / current):
            if module not in importer:
                importer[module] = current
                waiting.append(module)
    return importer


def way_to(module: str, importer: dict[str, str]) -> str:
    """How a program comes to a module, for a person to find the import to cut."""
    way = [module]
    while importer[way[-1]]:
        way.append(importer[way[-1]])
    return " < ".join(way)


def test_a_terminal_loads_nothing_of_a_hub() -> None:
    importer = reached(TERMINAL)
    assert not [
        way_to(module, importer)
        for module in sorted(importer)
        if any(part in module for part in NOT_OF_A_TERMINAL)
    ]


def test_a_hub_loads_nothing_of_a_terminal_but_what_is_named() -> None:
    importer = reached(HUB)
    found = {module for module in importer if any(part in module for part in NOT_OF_A_HUB)}
    assert not [way_to(module, importer) for module in sorted(found - LOADED_BY_A_HUB.keys())]
    assert LOADED_BY_A_HUB.keys() - found == set(), "named and not needed any more"


def test_every_third_party_package_has_an_owner() -> None:
    """A package that product code imports stands in OWNERS; one that nobody imports leaves it."""
    imported = {name.split(".")[0] for path in files() for name, _line in imports(path)}
    foreign = imported - sys.stdlib_module_names - set(PACKAGES) - {"__future__"}
    assert foreign - OWNERS.keys() == set(), "say in OWNERS which modules may know it"
    assert OWNERS.keys() - foreign == {"escpos"}  # loaded by its name when a printer is opened


LAYERS = {
    "__init__", "__main__", "actions", "commands", "counts", "enrolment", "errors", "forms", "handling", "heads",
    "kind", "kinds", "models", "questions", "rules", "shown", "slips", "views",
}  # fmt: skip
"""File names that mean the same in every room: a layer, or the two ends of one exchange in `sync`."""
ONE_THING_TWICE = {
    "devices": "the hub's terminals: their rows in sync, their commands in cli",
    "hub": "the hub: put together in app, its commands in cli",
    "terminal": "a terminal: put together in app, its commands in cli",
    "words": "the words that the search knows; the texts of the command line",
    "feed": "the records that travel, in sync; what a feature stores of them, in the catalogue",
    "lexicon": "the writing lexicon, and the tool that builds it",
    "side_lists": "one thing: sync's lists of a device, and the names of the product's",
}


def test_two_files_share_a_name_only_for_one_meaning() -> None:
    named = Counter(Path(module).stem for module in places())
    twice = {name for name, many in named.items() if many > 1} - LAYERS
    assert twice - ONE_THING_TWICE.keys() == set(), "name the newer file for what only it does"
    assert ONE_THING_TWICE.keys() - twice == set()


def test_rules_know_neither_flask_nor_a_database() -> None:
    banned = {"flask", "peewee", "sqlite3"}
    breaches = [
        f"{relative(path)}:{line} imports {name}"
        for path in files()
        if path.name == "rules.py"
        for name, line in imports(path)
        if name.split(".")[0] in banned or name.startswith(("kiosk.db", "kiosk.web.language.wording"))
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


def asks_and_answers(path: Path) -> bool:
    """Whether a module is a page, a desk or a command: what it does is an action that it calls."""
    name = relative(path)
    return (
        any(part in name for part in ("/pages/", "/desk/", "kiosk/cli/"))
        or name.endswith(("views.py", "_desk.py", "forms.py", "slips.py", "commands.py", "demo.py"))
    ) and name not in AT_THE_DESK


AT_THE_DESK = {"kiosk/disclosure/desk/handling.py"}
"""Rows that name pages, and are no page."""


def test_pages_desks_and_commands_know_no_database_library() -> None:
    breaches = [
        f"{relative(path)}:{line} imports {name}"
        for path in files()
        if asks_and_answers(path)
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
            if isinstance(node, ast.Attribute) and dotted(node) in banned:
                breaches.append(f"{relative(path)}:{node.lineno} {dotted(node)}")
    assert not breaches


def test_no_test_asks_the_machine_for_the_time() -> None:
    """All tests run on the clock of tests/clocks.py or on one that stands still."""
    banned = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "SystemClock"}
    breaches = []
    for path in sorted((REPOSITORY / "tests").rglob("*.py")):
        if path.name in ("clocks.py", "test_clock.py", "sitecustomize.py"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute | ast.Name) and (named := dotted(node)) in banned:
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
