"""What people enter for an annual report, reviews and lawsuits, and requests in the public log."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables."""
    schema.run(
        "CREATE TABLE report_version ("
        " part TEXT NOT NULL,"
        " organ_code TEXT NOT NULL,"
        " year INTEGER NOT NULL,"
        " version INTEGER NOT NULL,"
        " content TEXT NOT NULL,"
        " actor TEXT NOT NULL,"
        " at TEXT NOT NULL,"
        " PRIMARY KEY (part, organ_code, year, version))"
    )
    schema.run(
        "CREATE TABLE docket_entry ("
        " id IDENTITY,"
        " organ_code TEXT NOT NULL,"
        " kind TEXT NOT NULL,"
        " reference TEXT NOT NULL,"
        " opened_on TEXT NOT NULL,"
        " result TEXT NOT NULL,"
        " decided_on TEXT,"
        " actor TEXT NOT NULL,"
        " at TEXT NOT NULL)"
    )
    schema.run("CREATE INDEX docket_entry_organ_code_opened_on ON docket_entry (organ_code, opened_on)")
    schema.run(
        "CREATE TABLE logged_request ("
        " number TEXT PRIMARY KEY,"
        " doc_id TEXT NOT NULL UNIQUE,"
        " organ_code TEXT NOT NULL,"
        " proposed_by TEXT NOT NULL,"
        " proposed_at TEXT NOT NULL,"
        " taken_back_by TEXT NOT NULL,"
        " taken_back_at TEXT)"
    )
