"""Statements are built from models; plain SQL stays where a file is SQLite by nature, and each such module is named."""

from __future__ import annotations

import ast

from tests.structure.test_imports import files, relative, tree

RUNS = {"execute", "execute_sql", "executemany", "executescript"}
BY_NATURE = {
    "kiosk/catalogue/search/term_writing.py": "the term table: a SQLite file derived from the catalogue",
    "kiosk/speech/known.py": "what can be heard: a SQLite file derived from catalogue and list",
    "kiosk/db/dumps.py": "copies by PostgreSQL's own tools, and the snapshot they are read in",
    "kiosk/db/engine.py": "transactions and pragmas",
    "kiosk/db/migrations.py": "the schema before any model can be trusted",
    "kiosk/db/server.py": "transactions, locks and the look at a server",
    "kiosk/db/salvage.py": "rows of any table put into a new file",
    "kiosk/db/stand_in.py": "a pragma of a database in memory",
    "kiosk/machine/catalogue_file.py": "SQLite's own check of a file that no model can be trusted with",
    "kiosk/machine/station.py": "SQLite's own check of a file that no model can be trusted with",
    "kiosk/app/salvaging.py": "a pragma while rows of a damaged file are put into a new one",
    "kiosk/machine/backups.py": "copies by SQLite's own backup",
    "kiosk/machine/proofs.py": "SQLite's own check of a file",
    "kiosk/machine/snapshots.py": "a file under construction for terminals to take whole",
    "tools/lexicon.py": "counts words of a file that no terminal has",
    "kiosk/writing/lexicon.py": "the lexicon of the writing panel: a SQLite file that is only read",
}
"""Each module with statements of its own, and why they are no models."""


def statements(source: ast.Module) -> list[int]:
    """The lines on which text is given to a database to be run."""
    return [
        node.lineno
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RUNS
        and node.args
        and isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.BinOp)
    ]


def found() -> dict[str, int]:
    """Modules with plain SQL, and how many statements each runs."""
    counted = {relative(path): len(statements(tree(path))) for path in files()}
    return {name: many for name, many in counted.items() if many}


def test_plain_sql_stays_where_it_is_named() -> None:
    assert set(found()) == set(BY_NATURE)
