"""Tables of what the desk adds to a case: notes and scans, each sealed to the key of the case's organ."""

from __future__ import annotations

import peewee

from kiosk import db


class CaseNote(db.StoreModel):
    """An internal note."""

    no = peewee.BigIntegerField(primary_key=True)
    number = peewee.TextField(index=True)
    at = db.StampField()
    actor = peewee.TextField()
    key_id = peewee.TextField()
    sealed = peewee.BlobField()


class CaseScan(db.StoreModel):
    """A page or file that came with a request on paper, by e-mail or fax; its name is in the sealed part."""

    no = peewee.BigIntegerField(primary_key=True)
    number = peewee.TextField(index=True)
    at = db.StampField()
    actor = peewee.TextField()
    type = peewee.TextField()
    pages = peewee.IntegerField()
    size = peewee.IntegerField()
    key_id = peewee.TextField()
    name = peewee.BlobField()
    sealed = peewee.BlobField()
