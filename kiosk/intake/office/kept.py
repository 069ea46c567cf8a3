"""Saved views of a desk's list: a name that a person gave to light, filters and order; each sees only their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk import db
from kiosk.errors import Refused
from kiosk.intake.office import listing
from kiosk.intake.office.listing import Asked
from kiosk.intake.office.models import SavedView

MOST = 20
"""Most views of one person at one desk."""
LONGEST_NAME = 20


@dataclass(frozen=True)
class View:
    """A view as its owner sees it."""

    name: str
    asked: Asked


@dataclass(frozen=True)
class Views:
    """The views of one person at one desk."""

    person: str
    desk: str

    def all(self) -> list[View]:
        """Return the views in the order in which they were kept."""
        found = SavedView.select(SavedView.name, SavedView.asked).where(*self._own())
        rows = found.order_by(SavedView.kept_at, SavedView.name).tuples().execute(db.store)
        return [View(name, listing.read_written(asked)) for name, asked in rows]

    @db.writing(db.store)
    def keep(self, name: str, asked: Asked, now: datetime) -> None:
        """
        Store a view in place of one of the same name.

        Raises:
            Refused: "view-name", "views-full".
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME:
            raise Refused("view-name")
        others = SavedView.select().where(*self._own(), SavedView.name != name)
        if others.count(db.store) >= MOST:
            raise Refused("views-full")
        written = asked.written(at=0)
        SavedView.insert(
            person=self.person, desk=self.desk, name=name, asked=written, kept_at=now
        ).on_conflict(
            conflict_target=[SavedView.person, SavedView.desk, SavedView.name],
            preserve=[SavedView.asked, SavedView.kept_at],
        ).execute(db.store)

    @db.writing(db.store)
    def drop(self, name: str) -> None:
        """Remove a view; one that is gone already is no error."""
        SavedView.delete().where(*self._own(), SavedView.name == name).execute(db.store)

    def _own(self) -> tuple[Any, ...]:
        return SavedView.person == self.person, SavedView.desk == self.desk
