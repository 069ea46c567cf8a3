"""Commands about the working-day calendar of a hub: `workdays import`, `workdays show`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from kiosk.app.consulting import moved_deadlines
from kiosk.calendar import actions, day_tables, models, rules
from kiosk.calendar.in_force import HubCalendar
from kiosk.cli.usage import DIR, Day, at_home, operator
from kiosk.cli.words import gettext as _
from kiosk.clock import SystemClock
from kiosk.errors import Refused
from kiosk.intake.handling import Work
from kiosk.machine import homes
from kiosk.workdays import Source, WorkCalendar, Year, calendar_of


@click.command()
@at_home
@click.argument("file", type=DIR)
@click.option("--number", default="", metavar="NUMBER", help=_("通知的文号，比如 国办发明电〔2026〕7号"))
@click.option("--issued", type=Day(), metavar="DATE", help=_("通知的印发日期"))
@click.option("--name", default="", metavar="NAME", help=_("通知的名称"))
@click.option("--url", default="", metavar="URL", help=_("从哪里来"))
def take_in(home: Path, file: Path, number: str, issued: date | None, name: str, url: str) -> int:
    """Take a year into the calendar: holiday-cn JSON, the text of a notice, or TOML; print what moved."""
    clock = SystemClock()
    homes.open_hub(home, clock)
    given = Source(name or number, number, issued, url) if number or issued else None
    year = _read(file, given)
    before = HubCalendar()()
    calendar = calendar_of(actions.proposed_years(year))
    listed = moved_deadlines.would_move(Work(clock.now(), calendar))
    many = actions.take_alone(
        year,
        now=clock.now(),
        by=operator(),
        recount=lambda by, counted: moved_deadlines.recount(by, Work(clock.now(), counted)),
    )
    for each in rules.changes(before, calendar):
        if each.day.year in before.years or each.day.year == year.year:
            print(f"{each.day} {_('上班') if each.is_workday else _('休息')} {each.name or each.was_name}")
    for deadline in listed:
        was, will = (due.day if due else "-" for due in (deadline.was, deadline.will))
        print(f"{deadline.number}: {was} → {will}")
    if missing := rules.missing(year):
        print(_("没有这些节日：%(names)s", names="、".join(missing)))
    print(
        _(
            "已导入：%(year)s，%(days)s个工作日，日历版本 %(version)s；期限变了的申请：%(many)s件",
            year=year.year,
            days=rules.workdays_in(calendar, year.year),
            version=calendar.version,
            many=many,
        )
    )
    return 0


def _read(file: Path, given: Source | None) -> Year:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Refused("no-file", f"{file}: {error.strerror}") from error
    return day_tables.year_of_file(file.name, content, given, actions.year_now)


@click.command()
@at_home
@click.argument("year", type=int, required=False)
@click.option("--json", "as_json", is_flag=True)
def show(home: Path, year: int | None, as_json: bool) -> int:
    """Print the announced years and versions, or the days and notices of one year."""
    homes.open_hub(home, SystemClock())
    calendar = HubCalendar()()
    if year is not None and year not in calendar.years:
        raise Refused("not-announced", f"{year} has no notice yet")
    if as_json:
        print(json.dumps(_as_json(calendar, year), ensure_ascii=False))
    elif year is None:
        _print_all(calendar)
    else:
        _print_year(calendar, year)
    return 0


def _as_json(calendar: WorkCalendar, only: int | None) -> dict[str, object]:
    years = [each for each in calendar.years.values() if only in (None, each.year)]
    return {
        "version": calendar.version,
        "years": [
            {
                "year": each.year,
                "workdays": rules.workdays_in(calendar, each.year),
                "off": sorted(map(str, each.off)),
                "work": sorted(map(str, each.work)),
                "notices": [source.number or source.name for source in each.sources],
            }
            for each in years
        ],
    }


def _print_all(calendar: WorkCalendar) -> None:
    for number, year in calendar.years.items():
        notices = "、".join(source.number or source.name for source in year.sources)
        print(f"{number} {rules.workdays_in(calendar, number)} {notices}")
    for each in models.versions():
        print(f"{each.version} {each.at:%Y-%m-%d} {each.year or '-'} {each.way} {each.approved_by}")


def _print_year(calendar: WorkCalendar, number: int) -> None:
    year = calendar.years[number]
    off, work = day_tables.lines_of(year)
    print(_("放假："), off, _("调休上班："), work, sep="\n")
    for source in year.sources:
        print(" ".join(filter(None, (source.name, source.number, str(source.issued_on or ""), source.url))))
