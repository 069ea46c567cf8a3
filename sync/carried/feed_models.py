"""
Tables of the feed: what is published at the hub, what a replica holds of it, and the position of each.

Nothing is bound: each query is given its database. A program that shows documents adds its own columns in a model
that extends `FeedDocument` (`kiosk/catalogue/records/models.py`); the feed reads only these.
"""

from peewee import AutoField, BigIntegerField, BooleanField, Check, IntegerField, Model, TextField


class FeedDocument(Model):
    """One row of the feed; `record` is canonical JSON, and empty for a tombstone."""

    id = AutoField()
    doc_id = TextField(unique=True)
    seq = BigIntegerField(unique=True)
    deleted = BooleanField(default=False)
    schema_rev = IntegerField(default=1)
    hash = TextField()
    record = TextField(default="")

    class Meta:
        table_name = "document"


class FeedPosition(Model):
    """Position of this copy of the catalogue in the hub's feed; at the hub, the feed's counter. One row."""

    one = IntegerField(primary_key=True, default=1, constraints=[Check("one = 1")])
    epoch = TextField()
    seq = BigIntegerField()
    as_of = TextField(default="")
    mark = TextField(default="")
    """Of a replica: what this position means (marks.py)."""

    class Meta:
        table_name = "feed_position"
