"""
Tables of the terminal's side: its hub, its outbox, and what was sent down beside the catalogue.

Nothing is bound: each query is given its database. Times are stamps (`reading.stamp`), which sort as text. Light
enough for the process that serves pages.
"""

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    Check,
    CompositeKey,
    IntegerField,
    Model,
    TextField,
)

_DIRECTIONS = "direction IN ('hello', 'up', 'down', 'status', 'lists', 'blobs')"


class HubLink(Model):
    """The hub of this terminal, one row."""

    one = IntegerField(primary_key=True, default=1, constraints=[Check("one = 1")])
    device = TextField()
    """The hub's name for this machine in signatures."""
    terminal = TextField()
    """The code at the head of each number."""
    epoch = TextField()
    """Changes when the machine is enrolled again, so that seq may start again."""
    last_seq = BigIntegerField(default=0)
    session = TextField(default="")
    """Token of the last hello; two holders of one token are clones."""
    hub_key = BlobField()
    """Ed25519, pinned at enrolment."""
    seal_key = BlobField()
    """X25519, replaced only by a signed hello."""
    seal_key_id = TextField()
    hub_epoch = TextField(default="")
    feed_epoch = TextField(default="")
    feed_head = BigIntegerField(default=0)
    """The newest seq of that feed at the last hello."""
    status_seq = BigIntegerField(default=0)
    status_mark = TextField(default="")
    """What that position means (sync/carried/marks.py)."""
    hub_time = TextField(default="")
    skew_s = IntegerField(default=0)
    """Terminal clock minus hub clock at that moment, whole seconds."""
    enrolled_at = TextField()

    class Meta:
        table_name = "hub_link"


class OutboxEntry(Model):
    """A sealed submission; `sealed` is erased only when the hub has reported a backup that holds it."""

    id = AutoField()
    epoch = TextField()
    seq = BigIntegerField()
    key = TextField(unique=True)
    kind = TextField()
    number = TextField(unique=True)
    envelope = TextField()
    """Canonical JSON, in clear, nothing personal."""
    sealed = BlobField(null=True)
    digest = TextField()
    created_at = TextField()
    state = TextField(
        default="waiting", constraints=[Check("state IN ('waiting', 'sent', 'acked', 'parked')")]
    )
    first_sent_at = TextField(null=True)
    acked_at = TextField(null=True)
    hub_no = BigIntegerField(null=True)
    hub_epoch = TextField(null=True)
    parked_code = TextField(null=True)
    erased_at = TextField(null=True)

    class Meta:
        table_name = "outbox"
        indexes = ((("epoch", "seq"), True), (("state", "seq"), False))


class SyncReport(Model):
    """Last try and last success of a direction; "synchronised" is never claimed for both at once."""

    direction = TextField(primary_key=True, constraints=[Check(_DIRECTIONS)])
    tried_at = TextField()
    succeeded_at = TextField(null=True)
    count = IntegerField(default=0)
    error = TextField(null=True)
    """The error code of the last try; none when it succeeded."""

    class Meta:
        table_name = "sync_report"


class FeedRefusal(Model):
    """A document of the feed that this terminal could not take; removed when it is replaced."""

    doc_id = TextField(primary_key=True)
    seq = BigIntegerField()
    code = TextField()
    refused_at = TextField()

    class Meta:
        table_name = "feed_refusal"


class SideList(Model):
    """A side list of this terminal, by name."""

    name = TextField(primary_key=True)
    sha256 = TextField()
    content = BlobField()
    taken_at = TextField()

    class Meta:
        table_name = "side_list"


class BlobState(Model):
    """State of the files of documents, as the agent saw it last. One row."""

    one = IntegerField(primary_key=True, default=1, constraints=[Check("one = 1")])
    noted_at = TextField()
    wanted = IntegerField()
    """Number of files that fit into the quota; `held`: those of them that are here."""
    held = IntegerField()
    missing_bytes = BigIntegerField()
    beyond = IntegerField()
    """Number of files left out for lack of room in the quota."""
    error = TextField(null=True)

    class Meta:
        table_name = "blob_state"


class DayTally(Model):
    """A count of a Beijing calendar day; its key is all its content, so that the file keeps no order of events."""

    day = TextField()
    kind = TextField()
    subject = TextField()
    detail = TextField()
    words = TextField()
    many = IntegerField()

    class Meta:
        table_name = "tally"
        primary_key = CompositeKey("day", "kind", "subject", "detail", "words")


class TallyBatch(Model):
    """A day that is over, shuffled and frozen; erased when the hub has signed that it was counted."""

    id = TextField(primary_key=True)
    body = BlobField()
    parked_code = TextField(default="")

    class Meta:
        table_name = "tally_batch"
