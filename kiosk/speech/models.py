"""The hub's recordings as tables: the file of each text, and a counter of changes."""

from __future__ import annotations

import peewee

from kiosk import db


class SpeechAudio(db.StoreModel):
    """A recording by the key of its text; terminals fetch the files by `rank`."""

    key = peewee.TextField(primary_key=True)
    sha256 = peewee.TextField(index=True)
    size = peewee.IntegerField()
    seconds = peewee.DoubleField()
    rank = peewee.IntegerField()
    made_at = db.StampField()


class SpeechChange(db.StoreModel):
    """How often the recordings changed; one row."""

    one = peewee.IntegerField(primary_key=True)
    number = peewee.BigIntegerField()
