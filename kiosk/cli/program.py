"""
`python -m kiosk COMMAND`: what operators, scripts and the demo call.

Exit codes: 0 done, 1 refused with one clear line, 2 wrong usage. What a person can cause never shows a traceback.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from config.settings import SettingsError
from kiosk import __version__
from kiosk.errors import KioskError
from kiosk.web.language import languages

Command = Callable[[argparse.Namespace], int]
DONE, REFUSED = 0, 1
BROKEN = 70
"""A fault of ours (EX_SOFTWARE): a supervisor starts the process again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one command."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    module, function = given.run.split(":")
    command: Command = getattr(importlib.import_module(module), function)
    try:
        code = command(given)
        sys.stdout.flush()
        return code
    except SettingsError as error:
        print(f"{error.path}: {'; '.join(error.faults)}", file=sys.stderr)
    except KioskError as error:
        print(error.detail or error.code, file=sys.stderr)
    except KeyboardInterrupt:
        return DONE
    except BrokenPipeError:  # whoever read the answer has enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:
        logging.exception("unexpected")
        return BROKEN
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kiosk", description="The experience zone for open government."
    )
    parser.add_argument("--version", action="version", version=f"kiosk {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _serving(commands)
    _making(commands)
    _catalogue(commands)
    _speech(commands)
    _upkeep(commands)
    return parser


Commands = argparse._SubParsersAction  # argparse has no public name for it


def _add(
    commands: Commands[argparse.ArgumentParser],
    name: str,
    run: str,
    sentence: str,
    *,
    home: str | None = "--home",
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=sentence, description=sentence)
    parser.set_defaults(run=run)
    if home:
        parser.add_argument(home, dest="home", type=Path, required=True, metavar="DIR", help="home directory")
    return parser


def _whole(least: int, most: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number within bounds; anything else is wrong usage."""

    def read(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
        return value

    read.__name__ = "whole number"
    return read


def _serving(commands: Commands[argparse.ArgumentParser]) -> None:
    hub = _add(commands, "hub", "kiosk.cli.making:serve_hub", "serve the hub: the clerks' desk and the sync")
    hub.add_argument("--host", help="address to serve on, instead of the settings'")
    hub.add_argument("--port", type=_whole(0, 65_535), help="port to serve on, instead of the settings'")
    hub.add_argument(
        "--workers",
        type=_whole(1, 64),
        default=1,
        metavar="N",
        help="processes that serve; several need PostgreSQL (1)",
    )
    hub.add_argument("--listening", type=int, help=argparse.SUPPRESS)  # the supervisor's word to its workers
    terminal = _add(
        commands, "terminal", "kiosk.cli.making:serve_terminal", "serve a terminal: web, agent and printer"
    )
    terminal.add_argument("--port", type=_whole(0, 65_535), help="port to serve on, instead of the settings'")
    terminal.add_argument(
        "--only", help="some of web,agent,printer instead of all three under one supervisor"
    )
    demo = _add(
        commands,
        "demo",
        "tools.demo:run",
        "a hub, a terminal and a virtual printer with sample content",
        home=None,
    )
    demo.add_argument("--home", type=Path, default=Path("var/demo"), metavar="DIR", help="default: var/demo")
    demo.add_argument(
        "--port",
        type=_whole(0, 65_535),
        default=8080,
        help="the terminal's port; the hub's and printer's follow it",
    )
    gallery = _add(
        commands, "gallery", "tools.gallery:serve_gallery", "all components in all states", home=None
    )
    gallery.add_argument("--port", type=_whole(0, 65_535), default=8070)


def _making(commands: Commands[argparse.ArgumentParser]) -> None:
    hub = _add(
        commands, "init-hub", "kiosk.cli.making:init_hub", "make a hub; prints its recovery key, this once"
    )
    hub.add_argument(
        "--database",
        default="",
        metavar="URL",
        help="postgresql://user:password@host/name instead of SQLite in DIR",
    )
    _add(
        commands,
        "snapshot",
        "kiosk.cli.making:snapshot",
        "make the file that terminals take the whole catalogue from",
    )
    terminal = _add(
        commands, "init-terminal", "kiosk.cli.making:init_terminal", "make a terminal, enrolled with its hub"
    )
    terminal.add_argument("--hub", required=True, metavar="URL", help="address of the hub")
    terminal.add_argument("--code", required=True, help="one-time code from `device add`")
    _add(
        commands,
        "hall-pin",
        "kiosk.cli.making:hall_pin",
        "the PIN of a terminal's hall page, from standard input",
    )
    device = commands.add_parser("device", help="terminals of a hub").add_subparsers(required=True)
    add = _add(device, "add", "kiosk.cli.making:device_add", "a one-time code for a new terminal")
    place = _add(
        device, "place", "kiosk.cli.making:device_place", "say anew where an enrolled terminal stands"
    )
    for each in (add, place):
        each.add_argument("name", help="how the desk calls it, such as where it stands")
        each.add_argument(
            "--township", action="append", default=[], help="a township that it serves; may be repeated"
        )
        each.add_argument(
            "--channel", choices=("kiosk", "web"), default="kiosk", help="web: the public pages"
        )
    staff = commands.add_parser("staff", help="accounts of a hub").add_subparsers(required=True)
    account = _add(staff, "add", "kiosk.cli.making:staff_add", "an account; its password from standard input")
    account.add_argument("name")
    account.add_argument("--role", required=True, help="clerk, publisher or admin")
    approve = _add(
        staff,
        "approve",
        "kiosk.cli.making:staff_approve",
        "approve a reader; the recovery key from standard input",
    )
    approve.add_argument("name")


def _catalogue(commands: Commands[argparse.ArgumentParser]) -> None:
    catalogue = commands.add_parser("catalogue", help="what is published").add_subparsers(required=True)
    take = _add(catalogue, "import", "kiosk.cli.catalogue:catalogue_import", "import JSON Lines, CSV or XLSX")
    take.add_argument("file", type=Path)
    take.add_argument(
        "--publish", action="store_true", help="approve the batch at once; logged with your name"
    )
    take.add_argument(
        "--keep-good", action="store_true", help="take good records although others are refused"
    )
    give = _add(
        catalogue, "export", "kiosk.cli.catalogue:catalogue_export", "JSON Lines of what is published"
    )
    give.add_argument(
        "--files",
        type=Path,
        metavar="DIR",
        help="write DIR/catalogue.jsonl and the files of attachments beside it, for the import of another hub",
    )
    look = _add(
        catalogue,
        "check-links",
        "kiosk.cli.catalogue:check_links",
        "look whether addresses outside that records name still answer",
    )
    look.add_argument("--most", type=_whole(1, 100_000), default=100, help="addresses to look at (100)")
    search = _add(commands, "search", "kiosk.cli.catalogue:search", "the search that the pages use")
    search.add_argument("query")
    search.add_argument("--limit", type=_whole(1, 1_000), default=10, metavar="N", help="at most 1000 (10)")
    search.add_argument("--kind", help="only this kind, such as guide or policy")
    search.add_argument("--json", action="store_true")


def _speech(commands: Commands[argparse.ArgumentParser]) -> None:
    speech = commands.add_parser("speech", help="recordings of what pages say").add_subparsers(required=True)
    prompts = _add(
        speech,
        "prompts",
        "tools.prompts:run",
        "record the fixed texts that ship with the product",
        home=None,
    )
    prompts.add_argument("--folder", type=Path, metavar="DIR", help="instead of the product's own")
    make = _add(
        speech,
        "make",
        "kiosk.app.speaking:record_documents",
        "record what a hub has published, most needed first",
    )
    make.add_argument(
        "--anew", action="store_true", help="all of it, as after a change of the pronunciations"
    )
    make.add_argument("--only-forget", action="store_true", help="only remove what is no longer published")
    for each in (prompts, make):
        each.add_argument("--limit", type=int, metavar="N", help="record at most N texts now")
        each.add_argument(
            "--voices", type=Path, default=Path("/usr/share/kiosk/voices"), metavar="DIR",
            help="folder with the voice file (requirements-speech.txt)",
        )  # fmt: skip


def _papers(commands: Commands[argparse.ArgumentParser]) -> None:
    slip = _add(commands, "print", "kiosk.cli.paper:print_slip", "render a stored slip without a printer")
    slip.add_argument(
        "slip", type=_whole(1, 2**62), nargs="?", metavar="SLIP", help="its number in the spool"
    )
    slip.add_argument(
        "--self-test",
        action="store_true",
        help="the page that shows which profile fits; on paper without --as",
    )
    slip.add_argument("--profile", default="", help="of the self-test, instead of the settings'")
    day = _add(commands, "report-day", "kiosk.cli.paper:report_day", "what one day brought, in counts")
    day.add_argument("--date", type=date.fromisoformat, metavar="DATE", help="YYYY-MM-DD; default: today")
    day.add_argument("--lang", choices=tuple(languages.TABLE), default=languages.SOURCE.code)
    day.add_argument("--large", action="store_true", help="large print")
    day.add_argument("--paper", action="store_true", help="print it on this terminal's printer")
    for each, usual in ((slip, None), (day, "text")):
        each.add_argument(
            "--as", dest="form", choices=("png", "pdf", "text", "escpos", "html"), default=usual
        )
        each.add_argument("--output", type=Path, help="file to write; default: standard output")


def _upkeep(commands: Commands[argparse.ArgumentParser]) -> None:
    deadline = _add(
        commands,
        "deadline",
        "kiosk.cli.upkeep:deadline",
        "+7, +15, +20, +40 working days after DATE",
        home=None,
    )
    deadline.add_argument("date", type=date.fromisoformat, metavar="DATE", help="day of receipt, YYYY-MM-DD")
    deadline.add_argument("--json", action="store_true")
    sync = _add(
        commands,
        "sync",
        "kiosk.cli.upkeep:sync_once",
        "one round of sync; exit 0 when all went up and came down",
    )
    sync.add_argument("--once", action="store_true", required=True)
    _papers(commands)
    check = _add(
        commands, "check", "kiosk.cli.upkeep:check", "readiness: database, disk, clock, sync, printer"
    )
    check.add_argument("--json", action="store_true")
    check.add_argument("--paper", action="store_true", help="print the report on this terminal's printer")
    backup = _add(commands, "backup", "kiosk.cli.upkeep:backup", "a consistent copy while running")
    backup.add_argument("file", type=Path)
    restore = _add(commands, "restore", "kiosk.cli.upkeep:restore", "a home from a verified copy")
    restore.add_argument("file", type=Path)
    restore.add_argument(
        "--database",
        default="",
        metavar="URL",
        help="the empty PostgreSQL database of a hub, where it is not the one that the copy came from",
    )
