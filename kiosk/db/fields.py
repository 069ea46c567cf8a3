"""Columns that store the same text on every engine, so that values sort and hash alike."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import peewee

from kiosk.clock import from_stamp, stamp


class StampField(peewee.TextField):
    """An aware time, stored as ISO 8601 in UTC with milliseconds (`clock.stamp`)."""

    def db_value(self, value: datetime | str | None) -> str | None:
        return stamp(value) if isinstance(value, datetime) else value

    def python_value(self, value: str | None) -> datetime | None:
        return from_stamp(value) if value else None


class DayField(peewee.TextField):
    """A Beijing calendar day, stored as ISO 8601; the empty text reads as None."""

    def db_value(self, value: date | str | None) -> str | None:
        return value.isoformat() if isinstance(value, date) else value

    def python_value(self, value: str | None) -> date | None:
        return date.fromisoformat(value) if value else None


class WordField(peewee.TextField):
    """A word from a closed list, read as its member."""

    def __init__(self, words: type[StrEnum], **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def python_value(self, value: str | None) -> StrEnum | None:
        return None if value is None else self.words(value)


class JsonField(peewee.TextField):
    """A JSON value whose text nobody signs or hashes; what is signed keeps its own text in a TextField."""

    def db_value(self, value: Any) -> str | None:
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)
