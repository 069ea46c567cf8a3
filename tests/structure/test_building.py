"""Tests begin with what the product makes: one builder, and no row that an action writes put in by hand."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
MADE = re.compile(
    r"(?<![\w.])(?:(?:commands|making)\.make_hub|create_terminal|create_hub|TerminalSettings|HubSettings)\(|\.migrate\("
)
MAY_MAKE = {
    "building.py": "the builder",
    "config/test_settings.py": "of the defaults",
    "structure/test_county.py": "of the defaults",
    "db/": "of migrations",
    "machine/test_salvage.py": "of salvage",
    "structure/test_migrations.py": "of migrations",
    "structure/test_models.py": "of migrations",
    "structure/test_two_engines.py": "of migrations",
    "postgres.py": "the server's tables, made once and cleared between tests",
    "sync/machines.py": "`sync` without kiosk: the tables of that package alone",
    "sync/carried/test_tallies.py": "`sync` without kiosk",
}
PUT_IN = re.compile(r"\b[A-Z]\w+\.(?:insert|insert_many|create|bulk_create)\(|[\"']INSERT INTO ")
MAY_PUT_IN = {
    "db/": "of the store itself",
    "postgres.py": "copies tables",
    "sync/machines.py": "`sync` without kiosk: stands for the catalogue",
    "sync/carried/test_feed.py": "`sync` without kiosk",
    "sync/wire/test_canonical_forms.py": "`sync` without kiosk",
    "sync/carried/test_tallies.py": "a forged count",
    "sync/terminal/test_exactly_once.py": "a table of its own",
    "test_audit_and_privacy.py": "a forged line of the log",
    "intake/test_deadlines.py": "a database of an older version",
    "intake/test_numbers_and_codes.py": "9,999 numbers of a day at once",
    "cli/test_paper.py": "requests of other days, for counting alone",
    "disclosure/report/test_report_of_many.py": "5,000 requests of three years, for counting alone",
    "machine/test_safekeeping.py": "a list of names without its record",
    "machine/test_proved_copies.py": "an entry whose digest is wrong, as a damaged disk leaves it",
    "web/test_desk_acts.py": "a fault of a terminal's log, and an answer that waits for its second person",
    "app/test_readiness.py": "documents of lost files, and a state of the agent",
    "catalogue/desk/test_desk.py": "an address outside that is gone, without asking the net",
    "queue/test_machines_of_a_hall.py": "two enrolled machines of one process, without their hub",
    "browser/everything.py": "an upload that is held while its terminal goes on",
}


def found(what: re.Pattern[str], allowed: dict[str, str]) -> tuple[set[str], set[str]]:
    """Return the files in which it is although it may not be, and the entries of the list that nothing needs."""
    named = {
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if path != Path(__file__) and what.search(path.read_text("utf-8"))
    }
    needless = {head for head in allowed if not any(name.startswith(head) for name in named)}
    return {name for name in named if not name.startswith(tuple(allowed))}, needless


def test_homes_and_applications_are_made_by_the_one_builder() -> None:
    wrong, needless = found(MADE, MAY_MAKE)
    assert wrong == set(), "tests/building.py makes settings, homes and applications; use it"
    assert needless == set(), "take it off the list"


def test_no_row_is_put_in_by_hand_where_an_action_writes_it() -> None:
    wrong, needless = found(PUT_IN, MAY_PUT_IN)
    assert wrong == set(), "call the action that writes the row, or say why none can"
    assert needless == set(), "take it off the list"
