"""Commands about what is published: import, export, links to other sites, search."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from config.settings import HubSettings
from kiosk import blobs
from kiosk.catalogue import commands
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.feedback import outside, outside_links
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.rules import plain
from kiosk.catalogue.search import county_words
from kiosk.cli.usage import DIR, at_home, operator
from kiosk.cli.words import gettext as _
from kiosk.clock import SystemClock, today
from kiosk.errors import Refused
from kiosk.machine import homes

SAMPLE = Path(commands.__file__).parent / "sample" / "catalogue.jsonl"
SAMPLE_WORDS = SAMPLE.with_name("words.tsv")
"""Organs and places of the sample county, as words of the search and of writing."""


@click.command()
@at_home
@click.argument("file", type=DIR)
@click.option("--publish", is_flag=True, help=_("整批当场批准；用您的名字记下"))
@click.option("--keep-good", is_flag=True, help=_("有的记录不合格，合格的也收下"))
def take_in(home: Path, file: Path, publish: bool, keep_good: bool) -> int:
    """Import a file at a hub; its records wait for approval unless --publish."""
    settings = homes.hub_settings(home)
    clock = SystemClock()
    homes.open_hub(home, clock)
    if not file.is_file():
        fault = "is no file" if file.exists() else "is not there"
        raise Refused("no-file", f"{plain(str(file), 500)} {fault}")
    return commands.run_import(
        file,
        home,
        Hand(operator(), clock.now()),
        sys.stdout,
        publish=publish,
        keep_good=keep_good,
        files=_files(home, settings, file),
    )


@click.command()
@at_home
@click.argument("folder", type=DIR)
def fetch(home: Path, folder: Path) -> int:
    """Take the whole catalogue at a terminal from a stick that `snapshot --stick` wrote."""
    from kiosk.machine import stick

    clock = SystemClock()
    homes.terminal_settings(home)
    homes.open_terminal(home, clock)
    taken = stick.take(home, folder, clock)
    print(_("目录已经换上：%(epoch)s-%(seq)s", epoch=taken.epoch, seq=taken.seq))
    return 0


def _files(home: Path, settings: HubSettings, brought: Path) -> ImportFiles:
    """Return the hub's files, and the folder of the import file."""
    return ImportFiles(blobs.of_home(home), settings.attachment_mb * 1_000_000, brought.parent)


def import_sample(home: Path, actor: str) -> None:
    """
    Publish the sample catalogue, and the words of its county, at the hub whose databases are bound.

    Raises:
        Refused: "sample-refused" when this version does not take it.
    """
    printed, files = io.StringIO(), _files(home, homes.hub_settings(home), SAMPLE)
    hand = Hand(actor, SystemClock().now())
    words, wrong = county_words.read_table(SAMPLE_WORDS.read_bytes())
    county_words.decide(words, hand)
    if wrong or commands.run_import(SAMPLE, home, hand, printed, publish=True, files=files):
        raise Refused("sample-refused", f"the sample catalogue was refused: {wrong} {printed.getvalue()}")


@click.command()
@at_home
@click.option(
    "--files",
    type=DIR,
    metavar="DIR",
    help=_("写成 DIR/catalogue.jsonl，附件放在旁边，供另一个县中心导入"),
)
def export(home: Path, files: Path | None) -> int:
    """Write what is published, from a hub or a terminal: JSON Lines, or a folder that another hub imports."""
    homes.open_home(home)
    if files:
        return commands.run_export_with_files(files, blobs.of_home(home), sys.stdout)
    return commands.run_export(sys.stdout)


@click.command()
@at_home
@click.option("--most", type=click.IntRange(1, 100_000), default=100, help=_("最多看多少个网址（100）"))
def check_links(home: Path, most: int) -> int:
    """Check whether addresses that records name still answer; exit code 1 when some did not."""
    settings = homes.hub_settings(home)
    clock = SystemClock()
    homes.open_hub(home, clock)
    said = outside_links.check(today(clock), settings.external_links_days, most)
    print(", ".join(f"{how} {many}" for how, many in sorted(said.items())) or "nothing to look at now")
    return 1 if any(said.get(how) for how in (outside.GONE, outside.NO_HOST, outside.QUIET)) else 0


@click.command()
@at_home
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 1_000), default=10, metavar="N", help=_("最多1000条（10）"))
@click.option("--kind", help=_("只要这一类，比如 guide 或 policy"))
@click.option("--json", "as_json", is_flag=True)
def search(home: Path, query: str, limit: int, kind: str | None, as_json: bool) -> int:
    """Search as the pages do."""
    if kind and kind not in KINDS:
        raise Refused("no-kind", f"there is no kind {plain(kind)}; there are {', '.join(KINDS)}")
    homes.open_home(home)
    typed = query.encode("utf-8", "replace").decode()
    return commands.run_search(typed, home, sys.stdout, kind=kind or "", limit=limit, as_json=as_json)
