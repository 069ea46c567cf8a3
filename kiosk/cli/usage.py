"""What the commands share: groups that load a command when it is called, and common types and options."""

from __future__ import annotations

import getpass
import importlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from kiosk.cli.words import gettext as _
from kiosk.machine.county import CountyWords

Function = TypeVar("Function", bound=Callable[..., Any])
DIR = click.Path(path_type=Path)
PORT = click.IntRange(0, 65_535)
WIDEST = 110


@dataclass(frozen=True)
class CommandRow:
    """
    A command or a group by its name.

    Args:
        sentence: What it does, translated where it is shown.
        where: "module:function", imported when the command is called.
        rows: The commands of a group, by name.
    """

    sentence: str
    where: str = ""
    rows: Mapping[str, CommandRow] = field(default_factory=dict)


class CommandTable(click.Group):
    """A group made of rows: its help names them all, and imports none of them."""

    def __init__(self, name: str, rows: Mapping[str, CommandRow], sentence: str, **more: Any) -> None:
        super().__init__(name, help=sentence, no_args_is_help=False, **more)
        self._rows = rows

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = self._rows.get(cmd_name)
        if row is None:
            return None
        if row.rows:
            return CommandTable(cmd_name, row.rows, _(row.sentence))
        module, function = row.where.split(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        command.help = _(row.sentence)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("命令")):
            formatter.write_dl([(name, _(row.sentence)) for name, row in self._rows.items()])


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(_("%(given)s不是 YYYY-MM-DD 这样的日期", given=repr(value)), param, ctx)


def at_home(function: Function) -> Function:
    """Add the option that names the home directory."""
    option = click.option("--home", type=DIR, required=True, metavar="DIR", help=_("数据目录"))
    return option(function)


def county_options(
    value: Callable[[click.Context, click.Parameter, str | None], str | None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """
    Add the options that say which county this is; the command gets them as one `county`.

    Args:
        value: Finds what was not given; without it neutral words stay.
    """

    def options(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def collected(**given: Any) -> Any:
            words = {name: given.pop(name) for name in ("name", "prefix", "organ", "seal")}
            return function(
                **given, county=CountyWords(**{name: word for name, word in words.items() if word})
            )

        for add in (
            click.option("--seal", metavar="SEAL", callback=value, help=_("县里标志上的两个或四个字")),
            click.option(
                "--organ", metavar="NAME", callback=value, help=_("群众说不清找谁时受理申请的机关，全称")
            ),
            click.option(
                "--prefix", metavar="XX", callback=value, help=_("编号开头的一两个大写字母，建好后不能改")
            ),
            click.option("--county", "name", metavar="NAME", callback=value, help=_("县名")),
        ):
            collected = add(collected)
        return collected

    return options


def operator() -> str:
    """Return the account of the machine that runs this command, for the audit."""
    return f"operator:{getpass.getuser()}"


def secret(prompt: str) -> str:
    """Return one line from standard input; not shown when a person types it."""
    return getpass.getpass(prompt) if os.isatty(0) else sys.stdin.readline().rstrip("\n")
