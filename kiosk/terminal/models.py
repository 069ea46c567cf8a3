"""The terminal's own tables: visits a day, and the page's sign of life."""

from __future__ import annotations

from datetime import date, datetime

import peewee

from kiosk import db
from kiosk.clock import from_stamp, stamp
from kiosk.countersigned import Peer
from sync.terminal.models import HubLink
from sync.wire.heads import OF_HUB


class PageSign(db.StoreModel):
    """The page's sign of life, since a browser may freeze while its server answers. One row."""

    one = peewee.IntegerField(primary_key=True)
    seen_at = peewee.TextField()


class VisitDay(db.StoreModel):
    """How many visits ended on a Beijing calendar day; only the count."""

    day = db.DayField(primary_key=True)
    visits = peewee.IntegerField()


_COUNT_VISIT = db.Statement(
    lambda: VisitDay.insert({VisitDay.day: db.slot(VisitDay.day), VisitDay.visits: 1}).on_conflict(
        conflict_target=[VisitDay.day], update={VisitDay.visits: VisitDay.visits + 1}
    )
)


def count_visit(day: date) -> None:
    """Count the end of a visit in which something was entered; only the number is stored."""
    _COUNT_VISIT.run(db.store, day=day)


def visits(first: date) -> dict[date, int]:
    """Return visits a day from `first` on, without days that had none."""
    found = VisitDay.select(VisitDay.day, VisitDay.visits).where(VisitDay.day >= first)
    return dict(found.tuples().execute())


_NOTE_PAGE = db.Statement(
    lambda: PageSign.insert({PageSign.one: 1, PageSign.seen_at: db.slot(PageSign.seen_at)}).on_conflict(
        conflict_target=[PageSign.one], preserve=[PageSign.seen_at]
    )
)


def note_page(now: datetime) -> None:
    """Note that the page on the screen is alive."""
    _NOTE_PAGE.run(db.store, seen_at=stamp(now))


def page_seen() -> datetime | None:
    """Return when the page last gave a sign of life; None before the first one."""
    seen = PageSign.select(PageSign.seen_at).where(PageSign.one == 1).scalar()
    return from_stamp(seen) if seen else None


def hub_peer(_name: str) -> Peer | None:
    """Return the hub as the other side of the heads of the audit chains."""
    link = HubLink.select(HubLink.device, HubLink.hub_key).first(db.store)
    return None if link is None else Peer(OF_HUB, link.device, link.device, bytes(link.hub_key))
