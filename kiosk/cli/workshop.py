"""Commands that only a checkout has, found in `tools` by name: `demo`, `gallery`, `speech prompts`."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click

from kiosk.cli.speech import voiced
from kiosk.cli.usage import DIR, PORT
from kiosk.cli.words import gettext as _
from kiosk.errors import Refused


def _tool(name: str) -> Any:
    try:
        return importlib.import_module(f"tools.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("tools", f"tools.{name}"):
            raise
        raise Refused("no-tools", "this needs a checkout: an installed package has no tools") from error


@click.command()
@click.option("--home", type=DIR, default=Path("var/demo"), metavar="DIR", help=_("不写就是 var/demo"))
@click.option("--port", type=PORT, default=8080, help=_("终端的端口；县中心和打印机的跟着它"))
def demo(home: Path, port: int) -> int:
    """Serve a demo county."""
    code: int = _tool("demo").run(home, port)
    return code


@click.command()
@click.option("--port", type=PORT, default=8070)
def gallery(port: int) -> int:
    """Serve all components in all states."""
    code: int = _tool("gallery").serve_gallery(port)
    return code


@click.command()
@click.option("--folder", type=DIR, metavar="DIR", help=_("代替产品自己的目录"))
@voiced
def prompts(folder: Path | None, limit: int | None, voices: Path) -> int:
    """Record the product's fixed texts."""
    code: int = _tool("prompts").run(folder, limit, voices)
    return code
