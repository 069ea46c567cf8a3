"""The hub's table of what was counted in the queues of halls."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import peewee

from kiosk import db
from kiosk.db import Statement, inserted, total


class QueueCount(db.StoreModel):
    """How often something happened on a day in the queue of a hall; place: code of its service point, or empty."""

    place = peewee.TextField()
    day = db.DayField()
    topic = peewee.TextField()
    what = peewee.TextField()
    many = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("place", "day", "topic", "what")


C = QueueCount
_COUNT = Statement(
    lambda: C.insert(inserted(C.place, C.day, C.topic, C.what, C.many)).on_conflict(
        conflict_target=[C.place, C.day, C.topic, C.what],
        update={C.many: C.many + peewee.EXCLUDED.many},
    )
)


def add(place: str, day: date, topic: str, what: str, many: int) -> None:
    """Add to what was counted, in the caller's transaction."""
    _COUNT.run(db.store, place=place, day=day.isoformat(), topic=topic, what=what, many=many)


def sums(topic: str, beginning: str, first: date, final: date) -> list[tuple[str, str, int]]:
    """Return place, code and sum of what was counted on these days under codes that begin so."""
    found = C.select(C.place, C.what, total(C.many)).where(
        C.day >= first, C.day <= final, C.topic == topic, C.what.startswith(beginning)
    )
    grouped = found.group_by(C.place, C.what).order_by(C.place, C.what)
    return [(place, what, int(many)) for place, what, many in grouped.tuples().execute(db.store)]


def by_topic(codes: Collection[str], first: date, final: date) -> list[tuple[str, str, str, int]]:
    """Return place, topic, code and sum of what was counted on these days under these codes."""
    found = C.select(C.place, C.topic, C.what, total(C.many)).where(
        C.day >= first, C.day <= final, C.what.in_(list(codes))
    )
    grouped = found.group_by(C.place, C.topic, C.what).order_by(C.place, C.topic, C.what)
    return [
        (place, topic, what, int(many)) for place, topic, what, many in grouped.tuples().execute(db.store)
    ]
