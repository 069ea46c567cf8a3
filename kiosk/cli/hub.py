"""Commands of the hub: `hub`, `init-hub`, `snapshot`."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from config.settings import HubSettings
from kiosk import db
from kiosk.cli import making
from kiosk.cli.usage import DIR, PORT, at_home, county_options
from kiosk.cli.words import gettext as _
from kiosk.clock import SystemClock
from kiosk.errors import Refused
from kiosk.machine import homes, serving
from kiosk.machine.county import CountyWords

ROUND_PATIENCE_S = 5.0


MOST_BODY_BYTES = 260 * 2**20
"""An upload at the desk (LARGEST_UPLOAD) with the form around it; nginx refuses as much (config/nginx/hub.conf)."""


@click.command()
@at_home
@click.option("--host", help=_("监听的地址，代替设置里的"))
@click.option("--port", type=PORT, help=_("监听的端口，代替设置里的"))
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help=_("几个进程一起服务；多于一个要用 PostgreSQL（1）"),
)
@click.option("--listening", type=int, hidden=True)  # the supervisor's option for its workers
def serve(home: Path, host: str | None, port: int | None, workers: int, listening: int | None) -> int:
    """Serve the hub until it is stopped; its regular work on the catalogue runs beside."""
    serving.die_with_parent()
    settings = homes.hub_settings(home)
    if listening is not None:
        place = serving.taken_over(listening)
        return making.or_later(home, lambda: _work(home, settings, place))
    if workers > 1 and not settings.database:
        raise Refused("one-worker", "several workers need PostgreSQL: `init-hub --database URL`")
    place = serving.bind(host or settings.host, settings.port if port is None else port)
    with closing(place.socket):
        if workers > 1:
            return making.or_later(home, lambda: _supervise(home, settings, place, workers))
        return making.or_later(home, lambda: _work(home, settings, place, "hub"))


def _supervise(home: Path, settings: HubSettings, place: serving.BoundSocket, workers: int) -> int:
    """Migrate, so that no worker meets another's half-way, then keep the workers running."""
    homes.open_hub(home, SystemClock(), settings).close_all()
    return serving.supervise_workers(home, place, workers)


def _work(home: Path, settings: HubSettings, place: serving.BoundSocket, name: str = "") -> int:
    """Run one process that serves: alone, by its name, or where the supervisor listens."""
    with serving.kept_for_good():
        from kiosk.app import create_hub, duties

        app = create_hub(home, replace(settings, host=place.host, port=place.port))
    db.store.close()  # the connection of this thread, which asks nothing from now on
    stop = threading.Event()
    own = duties.begin(home, settings, SystemClock(), stop)
    try:
        serving.serve(
            app,
            place,
            name,
            is_behind_proxy=bool(settings.trusted_proxies),
            most_body_bytes=MOST_BODY_BYTES,
        )
    finally:
        stop.set()
        own.join(ROUND_PATIENCE_S)
    return 0


@click.command()
@at_home
@click.option(
    "--database",
    default="",
    metavar="URL",
    help=_("postgresql://user:password@host/name，代替 DIR 里的 SQLite"),
)
@county_options()
def init(home: Path, database: str, county: CountyWords) -> int:
    """Make a hub and print its recovery key."""
    address, password = homes.split_address(database)
    print(making.make_hub(home, county.at_hub(replace(HubSettings(), database=address)), password))
    print(_("请把恢复密钥写在纸上锁好：只显示这一次，工作人员丢了密码时靠它打开。"), file=sys.stderr)
    return 0


@click.command()
@at_home
@click.option("--stick", type=DIR, metavar="DIR", help=_("再签名抄到这个目录，比如U盘：给连不上县中心的终端"))
def snapshot(home: Path, stick: Path | None) -> int:
    """Make the file that terminals take the whole catalogue from; with --stick, copy it there too, signed."""
    from kiosk.app.replication.device_keys import signing_seed
    from kiosk.machine import snapshots
    from kiosk.machine import stick as sticks

    os.nice(10)
    clock = SystemClock()
    made = snapshots.make(homes.open_hub(home, clock), home, clock)
    print(
        _(
            "目录文件：%(epoch)s-%(seq)s，%(size)s MB",
            epoch=made.epoch,
            seq=made.seq,
            size=f"{made.size / 1e6:.1f}",
        )
    )
    if stick is not None:
        sticks.write(home, stick, signing_seed(home))
    return 0
