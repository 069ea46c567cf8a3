"""Commands about the accounts of a hub and its recovery key: `staff add`, `reset`, `approve`, `recovery-key`."""

from __future__ import annotations

from pathlib import Path

import click

from config.settings import HubSettings
from kiosk.app.handlings import HANDLINGS
from kiosk.catalogue.records import directory
from kiosk.cli.usage import at_home, secret
from kiosk.cli.words import gettext as _
from kiosk.clock import SystemClock
from kiosk.errors import Refused
from kiosk.intake.handling import registers
from kiosk.machine import homes
from kiosk.staff import actions, passwords, rules
from kiosk.staff.by_organ import reading_keys, wall


@click.command()
@at_home
@click.argument("name")
@click.option(
    "--role", required=True, metavar="ROLE", help=_("clerk（经办）、publisher（发布）或 admin（管理）")
)
@click.option("--organ", default="", metavar="CODE", help=_("机关代码；不写就是县政务公开机构"))
def add(home: Path, name: str, role: str, organ: str) -> int:
    """Make an account, with its password from standard input."""
    clock = SystemClock()
    settings = homes.hub_settings(home)
    homes.open_hub(home, clock)
    own = _organ(organ, settings)
    county = rules.words_of_county([*rules.names_in(settings), *directory.townships()])
    typed = secret(_("密码："))
    state = actions.add_account(name, role, typed, clock.now(), county=county, organ=own)
    print(f"{name}: {state}")
    return 0


def _organ(code: str, settings: HubSettings) -> str:
    """Return an organ as accounts and keys have it. Raises Refused("organ-unknown") for one that is not published."""
    stored = wall.stored(code, settings.office_code)
    if stored and directory.organ(stored) is None:
        raise Refused("organ-unknown", f"there is no organ {code} in the published directory")
    return stored


@click.command()
@at_home
@click.argument("organ", metavar="CODE")
def organ_key(home: Path, organ: str) -> int:
    """Make the first reading key of an organ, or a new one, with the recovery key from standard input."""
    clock = SystemClock()
    settings = homes.hub_settings(home)
    homes.open_hub(home, clock)
    own = _organ(organ, settings)
    made = reading_keys.make_key(
        own, recovery_key=secret(_("恢复密钥：")), now=clock.now(), registers=registers(HANDLINGS)
    )
    print(f"{organ}: {made.key_id}")
    return 0


@click.command()
@at_home
@click.argument("name")
def reset(home: Path, name: str) -> int:
    """Print a one-time password for an account, with the recovery key from standard input."""
    clock = SystemClock()
    homes.hub_settings(home)
    homes.open_hub(home, clock)
    print(passwords.reset_by_recovery(name, secret(_("恢复密钥：")), now=clock.now()))
    return 0


@click.command()
@at_home
@click.argument("name")
def approve(home: Path, name: str) -> int:
    """Return approve an account that reads personal data, with the recovery key from standard input."""
    clock = SystemClock()
    homes.hub_settings(home)
    homes.open_hub(home, clock)
    actions.approve(name, recovery_key=secret(_("恢复密钥：")), now=clock.now())
    print(f"{name}: active")
    return 0


@click.command()
@at_home
def recovery_key(home: Path) -> int:
    """Tell a hub of an earlier version its recovery key, from standard input: copies are encrypted to it."""
    homes.hub_settings(home)
    homes.open_hub(home, SystemClock())
    actions.note_recovery_key(secret(_("恢复密钥：")))
    print(_("记下了：以后的备份加密到这把恢复密钥"))
    return 0
