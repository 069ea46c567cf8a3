"""
The feed as tables: what is published at the hub, what a replica holds of it, and where each stands.

Nothing is bound: each query is given its database. Whoever shows documents adds columns of its own by a model that
extends `FeedDocument` (`kiosk/catalogue/records/models.py`); the feed reads none but these.
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
    """Where this copy of the catalogue stands in the hub's feed; at the hub, the feed's counter. One row."""

    one = IntegerField(primary_key=True, default=1, constraints=[Check("one = 1")])
    epoch = TextField()
    seq = BigIntegerField()
    as_of = TextField(default="")

    class Meta:
        table_name = "feed_position"
