"""Commands for the upkeep of a machine: deadlines, readiness, copies."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from kiosk import countersigned
from kiosk.app import readiness
from kiosk.calendar.in_force import HeldCalendar, HubCalendar
from kiosk.cli.usage import DIR, Day, at_home, secret
from kiosk.cli.words import gettext as _
from kiosk.clock import SystemClock
from kiosk.countersigned import LogFault
from kiosk.errors import Refused
from kiosk.machine import archives, backups, homes
from kiosk.workdays import (
    CORRECTION_WORKDAYS,
    EXTENDED_REPLY_WORKDAYS,
    REPLY_WORKDAYS,
    THIRD_PARTY_WORKDAYS,
    CalendarError,
    WorkCalendar,
    load_calendar,
)

COUNTED = (CORRECTION_WORKDAYS, THIRD_PARTY_WORKDAYS, REPLY_WORKDAYS, EXTENDED_REPLY_WORKDAYS)
_FAULTS = {
    LogFault.BROKEN: _("第%(seq)s条和前一条接不上：被改过或者删过"),
    LogFault.CUT: _("缺尾：%(peer)s 签认过第%(seq)s条，现在没有了"),
    LogFault.REWRITTEN: _("被重算：第%(seq)s条和 %(peer)s 签认的不一样"),
    LogFault.UNSIGNED: _("第%(seq)s条的签认不是 %(peer)s 签的"),
}
WHY = {
    "": "",
    "year-not-announced": "a year it reaches has no notice on holidays yet",
    "next-year-not-announced": "it runs past 25 December and next year's notice is not there yet",
}


def _calendar(home: Path | None) -> WorkCalendar:
    """Return the calendar of a home, as its pages count; the shipped one without a home."""
    if home is None:
        return load_calendar()
    is_hub = homes.is_hub(home)
    homes.open_home(home)
    return HubCalendar()() if is_hub else HeldCalendar()()


@click.command()
@click.argument("start", type=Day(), metavar="DATE")
@click.option("--json", "as_json", is_flag=True)
@click.option("--home", type=DIR, metavar="DIR", help=_("数据目录：用那里的放假安排算；不写，用随程序带的"))
def deadline(start: date, as_json: bool, home: Path | None) -> int:
    """Print the four statutory dates after a day of receipt."""
    try:
        calendar = _calendar(home)
    except CalendarError as error:
        raise Refused("calendar", str(error)) from error
    try:
        counted = [calendar.after(start, days) for days in COUNTED]
    except OverflowError as error:
        raise Refused("too-late", f"no calendar reaches far enough beyond {start}") from error
    if as_json:
        rows = {
            f"+{each.workdays}": {
                "date": each.day.isoformat(),
                "provisional": each.is_provisional,
                "why": WHY[each.why],
            }
            for each in counted
        }
        print(json.dumps({"received": start.isoformat(), "calendar": calendar.version, **rows}))
        return 0
    for each in counted:
        doubt = f"  provisional: {WHY[each.why]}" if each.is_provisional else ""
        print(f"+{each.workdays:<3} {each.day.isoformat()} {each.day:%a}{doubt}")
    return 0


@click.command()
@at_home
@click.option("--json", "as_json", is_flag=True)
@click.option("--paper", is_flag=True, help=_("用这台终端的打印机打出来"))
def check(home: Path, as_json: bool, paper: bool) -> int:
    """Print the readiness report; exit code 1 when something needs a person."""
    clock = SystemClock() if homes.is_hub(home) else SystemClock(homes.last_hub_time)
    report = readiness.of_home(home, clock)
    if paper:
        from kiosk.cli import paper as paper_commands

        paper_commands.readiness_paper(home, report)
    elif as_json:
        print(json.dumps([line.__dict__ for line in report], ensure_ascii=False))
    else:
        for line in report:
            print(f"{'ok ' if line.ok else 'NOT'} {line.name}: {line.words}")
    return 0 if all(line.ok for line in report) else 1


@click.command()
@at_home
@click.option("--printed", default="", metavar="HEAD", help=_("日报上印的那一行：第几条，后面的字母数字也要"))
def verify_audit(home: Path, printed: str) -> int:
    """Verify the log of acts: its chain, the heads that the other side has signed, and one on paper."""
    is_hub = homes.is_hub(home)
    homes.open_home(home, SystemClock())
    peers = readiness.peers(is_hub)
    found = countersigned.verify(peers, printed)
    for each in found:
        print(_FAULTS[each.fault] % {"seq": each.seq, "peer": each.peer or "-"})
    for other in countersigned.faults_of_others(peers):
        print(_("%(peer)s 的操作记录丢了第%(seq)s条或者改过", peer=other.peer, seq=other.head.seq))
    for own in countersigned.signed_by_others():
        if peer := peers(own.peer):
            print(
                _("%(peer)s 已签认到第%(seq)s条（%(at)s）", peer=peer.name, seq=own.head.seq, at=own.kept_at)
            )
    print(_("最后一条：%(head)s", head=countersigned.written(countersigned.own_head())))
    return 1 if found else 0


@click.command()
@at_home
@click.argument("file", type=DIR)
def backup(home: Path, file: Path) -> int:
    """Make a consistent copy of a running home."""
    backups.backup(home, file, SystemClock())
    print(_("已备份：%(file)s", file=file))
    return 0


@click.command()
@at_home
@click.argument("file", type=DIR)
@click.option(
    "--database",
    default="",
    metavar="URL",
    help=_("县中心的空 PostgreSQL 数据库，和备份原来的不是一个时写"),
)
def restore(home: Path, file: Path, database: str) -> int:
    """Make a home from a copy, verified before it is put in place."""
    address, password = homes.split_address(database)
    key = _recovery_key() if archives.label(file).recovery_id else ""
    backups.restore(file, home, SystemClock(), address, password, key)
    print(_("已恢复：%(home)s", home=home))
    return 0


@click.command()
@click.argument("file", type=DIR)
@click.option("--open", "is_opened", is_flag=True, help=_("也解开核对里面的每个文件；恢复密钥从标准输入读"))
def verify(file: Path, is_opened: bool) -> int:
    """Compare a copy with the digests in it; nothing is restored."""
    label = backups.verify(file, _recovery_key() if is_opened else "")
    sealed_to = label.recovery_id or _("没有加密")
    print(
        _(
            "备份完好：%(file)s（%(made)s，恢复密钥 %(key)s）",
            file=file,
            made=label.made_at or "-",
            key=sealed_to,
        )
    )
    return 0


def _recovery_key() -> str:
    return secret(_("恢复密钥："))


@click.command()
@at_home
@click.argument("out", type=DIR)
def salvage(home: Path, out: Path) -> int:
    """Make a hub at OUT of what is left of the one at DIR, which is only read; print what is lost."""
    from kiosk.app.handlings import HANDLINGS
    from kiosk.app.salvaging import salvage_hub

    found = salvage_hub(home, out, SystemClock(), HANDLINGS)
    for table, many in sorted(found.rows.items()):
        if many:
            print(f"{table}: {many}")
    print(_("下次同步，各终端把这里缺的、它们还留着的再交一遍"))
    for number in found.lost:
        print(_("缺了：%(what)s（终端还留着就会再交；不然在备份里）", what=number))
    for name in found.lost_files:
        print(_("缺了：%(what)s（附件，请重新上传）", what=name))
    for remark in found.remarks:
        print(remark)
    if found.recovery_key:
        print(_("恢复密钥（写在纸上锁好，只显示这一次）：%(key)s", key=found.recovery_key))
    print(_("已取出：%(home)s", home=out))
    return 0
