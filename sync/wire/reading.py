"""Strict reading of untrusted JSON: each value has the type, size and form that the caller named."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any

from sync.wire.errors import Malformed

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def stamp(moment: datetime) -> str:
    """Return a time as it travels: ISO 8601, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def b64(data: bytes) -> str:
    """Return bytes as base64 text, which `Fields.data` reads."""
    return base64.b64encode(data).decode()


def read_object(body: bytes) -> "Fields":
    """
    Return the one JSON object in `body`.

    Raises:
        Malformed: "not-json" for anything else, also for duplicate names, NaN and too deep nesting.
    """
    try:
        value = json.loads(body.decode(), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("not-json") from error
    if not isinstance(value, dict):
        raise Malformed("not-json")
    return Fields(value)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate name")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


class Fields:
    """The members of one JSON object; each getter raises Malformed("bad-<name>") when the value does not fit."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def text(
        self, name: str, *, most: int = 200, form: re.Pattern[str] | None = None, empty: bool = False
    ) -> str:
        """Return a text of one line with at most `most` characters that matches `form` in full."""
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > most or not (value or empty):
            raise _bad(name)
        if _CONTROL.search(value) or (value and form and not form.fullmatch(value)):
            raise _bad(name)
        _encoded(name, value)
        return value

    def number(self, name: str, *, least: int = 0, most: int = 2**53 - 1) -> int:
        """Return a whole number; JSON's true and 1.0 are refused."""
        value = self.values.get(name)
        if type(value) is not int or not least <= value <= most:
            raise _bad(name)
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise _bad(name)
        return value

    def time(self, name: str) -> datetime:
        """Return an aware time in UTC."""
        try:
            moment = datetime.fromisoformat(self.text(name, most=40))
            if moment.tzinfo is None:
                raise ValueError("naive")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise _bad(name) from error

    def data(self, name: str, *, most: int, exactly: int | None = None) -> bytes:
        """Return the bytes of a base64 text."""
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > most * 4 // 3 + 4:
            raise _bad(name)
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _bad(name) from error
        if len(data) > most or (exactly is not None and len(data) != exactly):
            raise _bad(name)
        return data

    def object(self, name: str) -> "Fields":
        """Return a JSON object inside this one."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise _bad(name)
        return Fields(value)

    def objects(self, name: str, *, most: int) -> list["Fields"]:
        """Return a list of JSON objects."""
        value = self.values.get(name)
        if (
            not isinstance(value, list)
            or len(value) > most
            or not all(isinstance(each, dict) for each in value)
        ):
            raise _bad(name)
        return [Fields(each) for each in value]

    def numbers(self, name: str, *, most: int) -> tuple[int, ...]:
        """Return a list of whole numbers from 0."""
        value = self.values.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise _bad(name)
        if not all(type(each) is int and 0 <= each < 2**53 for each in value):
            raise _bad(name)
        return tuple(value)


def _encoded(name: str, value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise _bad(name) from error


def _bad(name: str) -> Malformed:
    return Malformed(f"bad-{name}")
