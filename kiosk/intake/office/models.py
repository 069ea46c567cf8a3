"""The table of views of a list that people keep."""

from __future__ import annotations

import peewee

from kiosk import db


class SavedView(db.StoreModel):
    """A view; `asked` as `Asked.written` writes it, without a place."""

    person = peewee.TextField()
    desk = peewee.TextField()
    name = peewee.TextField()
    asked = peewee.TextField()
    kept_at = db.StampField()

    class Meta:
        primary_key = peewee.CompositeKey("person", "desk", "name")
