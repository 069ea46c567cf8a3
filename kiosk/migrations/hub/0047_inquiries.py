"""Inquiries, their answers, what citizens add to them, and answers proposed to the question-and-answer library."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables."""
    schema.run(
        "CREATE TABLE inquiry ("
        " number TEXT PRIMARY KEY,"
        " key TEXT NOT NULL UNIQUE,"
        " organ_code TEXT NOT NULL,"
        " topic TEXT NOT NULL,"
        " submitted_at TEXT NOT NULL,"
        " taken_at TEXT NOT NULL,"
        " state TEXT NOT NULL,"
        " due TEXT,"
        " due_provisional BOOLEAN NOT NULL,"
        " due_why TEXT NOT NULL,"
        " workdays INTEGER NOT NULL,"
        " may_publish BOOLEAN NOT NULL,"
        " assigned_to TEXT NOT NULL,"
        " asked_again_at TEXT,"
        " answered_at TEXT,"
        " first_answered_at TEXT,"
        " collected_at TEXT,"
        " rating TEXT NOT NULL,"
        " moved_at TEXT)"
    )
    schema.run("CREATE INDEX inquiry_state_due ON inquiry (state, due)")
    schema.run("CREATE INDEX inquiry_organ_code_state ON inquiry (organ_code, state)")
    schema.run(
        "CREATE TABLE inquiry_answer ("
        " no INTEGER PRIMARY KEY,"
        " number TEXT NOT NULL,"
        " turn INTEGER NOT NULL,"
        " state TEXT NOT NULL,"
        " version INTEGER NOT NULL,"
        " sealed BLOB NOT NULL,"
        " key_id TEXT NOT NULL,"
        " written_by TEXT NOT NULL,"
        " written_at TEXT NOT NULL,"
        " settled_by TEXT NOT NULL,"
        " settled_at TEXT,"
        " why TEXT NOT NULL,"
        " UNIQUE (number, turn))"
    )
    schema.run("CREATE INDEX inquiry_answer_state_number ON inquiry_answer (state, number)")
    schema.run(
        "CREATE TABLE inquiry_addition ("
        " number TEXT PRIMARY KEY,"
        " key TEXT NOT NULL UNIQUE,"
        " about TEXT NOT NULL,"
        " kind TEXT NOT NULL,"
        " rating TEXT NOT NULL,"
        " taken_at TEXT NOT NULL,"
        " is_done BOOLEAN NOT NULL)"
    )
    schema.run("CREATE INDEX inquiry_addition_about ON inquiry_addition (about)")
    schema.run(
        "CREATE TABLE library_proposal ("
        " number TEXT PRIMARY KEY,"
        " doc_id TEXT NOT NULL UNIQUE,"
        " organ_code TEXT NOT NULL,"
        " proposed_by TEXT NOT NULL,"
        " proposed_at TEXT NOT NULL,"
        " taken_back_by TEXT NOT NULL,"
        " taken_back_at TEXT)"
    )
