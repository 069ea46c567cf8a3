"""Commands about what is published: `catalogue import`, `catalogue export`, `search`."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from config.settings import HubSettings
from kiosk import blobs
from kiosk.catalogue import commands
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.feedback import outside, outside_links
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.rules import plain
from kiosk.cli.making import operator
from kiosk.clock import SystemClock, today
from kiosk.errors import Refused
from kiosk.machine import homes

SAMPLE = Path(commands.__file__).parent / "sample" / "catalogue.jsonl"


def catalogue_import(given: argparse.Namespace) -> int:
    """Imports a file at a hub; its records wait for approval unless --publish."""
    settings = homes.hub_settings(given.home)
    clock = SystemClock()
    homes.open_hub(given.home, clock)
    if not given.file.is_file():
        told = "is no file" if given.file.exists() else "is not there"
        raise Refused("no-file", f"{plain(str(given.file), 500)} {told}")
    return commands.run_import(
        given.file,
        given.home,
        Hand(operator(), clock.now()),
        sys.stdout,
        publish=given.publish,
        keep_good=given.keep_good,
        files=_files(given.home, settings, given.file),
    )


def _files(home: Path, settings: HubSettings, brought: Path) -> ImportFiles:
    """The hub's files, and the folder in which an import file lies."""
    return ImportFiles(blobs.of_home(home), settings.attachment_mb * 1_000_000, brought.parent)


def import_sample(home: Path, actor: str) -> None:
    """
    Publishes the sample catalogue at the hub whose databases are bound.

    Raises:
        Refused: "sample-refused" when it is not what this version takes.
    """
    told, files = io.StringIO(), _files(home, homes.hub_settings(home), SAMPLE)
    if commands.run_import(SAMPLE, home, Hand(actor, SystemClock().now()), told, publish=True, files=files):
        raise Refused("sample-refused", f"the sample catalogue was refused: {told.getvalue()}")


def catalogue_export(given: argparse.Namespace) -> int:
    """What is published, from a hub or a terminal: JSON Lines, or a folder that another hub imports."""
    homes.open_home(given.home)
    if given.files:
        return commands.run_export_with_files(given.files, blobs.of_home(given.home), sys.stdout)
    return commands.run_export(sys.stdout)


def check_links(given: argparse.Namespace) -> int:
    """Looks whether addresses that records name still answer; exit code 1 when some did not."""
    settings = homes.hub_settings(given.home)
    clock = SystemClock()
    homes.open_hub(given.home, clock)
    said = outside_links.check(today(clock), settings.external_links_days, given.most)
    print(", ".join(f"{how} {many}" for how, many in sorted(said.items())) or "nothing to look at now")
    return 1 if any(said.get(how) for how in (outside.GONE, outside.NO_HOST, outside.QUIET)) else 0


def search(given: argparse.Namespace) -> int:
    """The search of the pages."""
    if given.kind and given.kind not in KINDS:
        raise Refused("no-kind", f"there is no kind {plain(given.kind)}; there are {', '.join(KINDS)}")
    homes.open_home(given.home)
    typed = given.query.encode("utf-8", "replace").decode()
    return commands.run_search(
        typed, given.home, sys.stdout, kind=given.kind or "", limit=given.limit, as_json=given.json
    )
