"""Commands for those who look after a machine: deadlines, one round of sync, readiness, copies."""

from __future__ import annotations

import argparse
import json
from datetime import date

from kiosk.app import readiness
from kiosk.clock import SystemClock
from kiosk.errors import Refused
from kiosk.machine import backups, homes
from kiosk.workdays import (
    CORRECTION_WORKDAYS,
    EXTENDED_REPLY_WORKDAYS,
    REPLY_WORKDAYS,
    THIRD_PARTY_WORKDAYS,
    CalendarError,
    load_calendar,
)

COUNTED = (CORRECTION_WORKDAYS, THIRD_PARTY_WORKDAYS, REPLY_WORKDAYS, EXTENDED_REPLY_WORKDAYS)
WHY = {
    "": "",
    "year-not-announced": "a year it reaches has no notice on holidays yet",
    "next-year-not-announced": "it runs past 25 December and next year's notice is not there yet",
}


def deadline(given: argparse.Namespace) -> int:
    """The four statutory dates after a day of receipt."""
    try:
        calendar = load_calendar()
    except CalendarError as error:
        raise Refused("calendar", str(error)) from error
    start: date = given.date
    try:
        counted = [calendar.after(start, days) for days in COUNTED]
    except OverflowError as error:
        raise Refused("too-late", f"no calendar reaches far enough beyond {start}") from error
    if given.json:
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


def sync_once(given: argparse.Namespace) -> int:
    """One round; exit code 0 only when everything went up and came down."""
    from kiosk.app.replication import sentences
    from kiosk.app.replication.agent import Agent

    settings = homes.terminal_settings(given.home)
    clock = SystemClock()
    homes.open_terminal(given.home, clock)
    report = Agent(given.home, settings, clock).one_round()
    print(sentences.of_round(report))
    return 0 if report.is_complete else 1


def check(given: argparse.Namespace) -> int:
    """The readiness report; exit code 1 when something needs a person."""
    clock = SystemClock() if homes.is_hub(given.home) else SystemClock(homes.last_hub_time)
    report = readiness.of_home(given.home, clock)
    if given.paper:
        from kiosk.cli import paper as paper_commands

        paper_commands.readiness_paper(given.home, report)
    elif given.json:
        print(json.dumps([line.__dict__ for line in report], ensure_ascii=False))
    else:
        for line in report:
            print(f"{'ok ' if line.ok else 'NOT'} {line.name}: {line.words}")
    return 0 if all(line.ok for line in report) else 1


def backup(given: argparse.Namespace) -> int:
    """A consistent copy of a running home."""
    backups.backup(given.home, given.file, SystemClock())
    print(f"copied: {given.file}")
    return 0


def restore(given: argparse.Namespace) -> int:
    """A home from a copy, verified before it is put in place."""
    address, password = homes.split_address(given.database)
    backups.restore(given.file, given.home, SystemClock(), address, password)
    print(f"restored: {given.home}")
    return 0
