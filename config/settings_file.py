"""
The settings as a TOML file, read and written.

`load` reports every fault of a file at once, so that an operator corrects it in one go.
"""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from config.checks import Check
from config.settings import HubSettings, TerminalSettings, Value


class SettingsError(Exception):
    """A settings file cannot be used; `faults` are sentences, one a fault."""

    def __init__(self, path: Path, faults: list[str], settings: dict[str, Any] | None = None) -> None:
        super().__init__(f"{path.name}: " + "; ".join(faults))
        self.path = path
        self.faults = faults
        self.settings = settings
        """Settings as read, where the file could be read at all."""


Settings = TypeVar("Settings", TerminalSettings, HubSettings)
EXAMPLES: dict[type[Any], Path] = {
    form: Path(__file__).with_name(f"{name}.example.toml")
    for form, name in ((TerminalSettings, "terminal"), (HubSettings, "hub"))
}
"""The example files: every setting of a terminal and of a hub of one county."""


def example(form: type[Settings]) -> Settings:
    """Return the settings of the example file, for demonstrations and tests."""
    return load(EXAMPLES[form], form)


def load(path: Path, form: type[Settings]) -> Settings:
    """
    Return the settings in the TOML file at `path`; keys that are absent have their defaults.

    Raises:
        SettingsError: with every fault of the file (unreadable, unknown key, wrong type, value out of range).
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(path, ["the file is not there"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path, [f"not valid TOML: {error}"]) from None
    known = {each.name: each for each in fields(form)}
    faults = [f"{name}: unknown key" for name in given if name not in known]
    values: dict[str, Value] = {}
    for name, raw in given.items():
        if name in known:
            value, fault = _read(known[name], raw)
            values[name] = value
            if fault:
                faults.append(f"{name}: {fault}")
    if faults:
        raise SettingsError(path, faults, given)
    return form(**values)  # type: ignore[arg-type]  # each value was checked against its field's default


def _read(each: Any, raw: object) -> tuple[Value, str | None]:
    default = each.default
    value: Any = raw
    if isinstance(default, tuple):
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            return default, "must be a list of texts"
        value = tuple(raw)
    elif type(raw) is not type(default):
        words = {str: "a text in quotes", int: "a whole number", bool: "true or false"}
        return default, f"must be {words[type(default)]}"
    check: Check | None = each.metadata["check"]
    return value, check(value) if check else None


def as_toml(name: str, settings: TerminalSettings | HubSettings) -> str:
    """Return the text of a settings file for these values, each with its sentence."""
    lines = [f"# {name}: every key may be left out for its default.", ""]
    for each in fields(settings):
        unit = f" In {each.metadata['unit']}." if each.metadata["unit"] else ""
        lines += [
            f"# {each.metadata['sentence']}{unit}",
            f"{each.name} = {_toml(getattr(settings, each.name))}",
            "",
        ]
    return "\n".join(lines)


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
