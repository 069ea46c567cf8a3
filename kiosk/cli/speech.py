"""Commands about recordings that a hub makes: `speech make`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kiosk.cli.usage import DIR, at_home
from kiosk.cli.words import gettext as _


def voiced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that records."""
    for add in (
        click.option(
            "--voices",
            type=DIR,
            default=Path("/usr/share/kiosk/voices"),
            metavar="DIR",
            help=_("放声音文件的目录（requirements-speech.txt）"),
        ),
        click.option("--limit", type=int, metavar="N", help=_("这次最多录 N 段文字")),
    ):
        function = add(function)
    return function


@click.command()
@at_home
@click.option("--again", is_flag=True, help=_("全部重录，比如改了读音之后"))
@click.option("--only-forget", is_flag=True, help=_("只删掉已经不公开的"))
@voiced
def make(home: Path, again: bool, only_forget: bool, limit: int | None, voices: Path) -> int:
    """Record what the hub has published, the most needed first."""
    from kiosk.app import speaking

    made = speaking.record_documents(home, None if only_forget else voices, limit=limit, from_scratch=again)
    minutes = f"{made.seconds / 60:.1f}"
    print(
        _(
            "录好%(recorded)s段（%(minutes)s分钟），删掉%(removed)s段，还缺%(missing)s段",
            recorded=made.recorded,
            minutes=minutes,
            removed=made.removed,
            missing=made.missing,
        )
    )
    return 0
