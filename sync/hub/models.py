"""
Tables of the hub's side: its terminals and what it took from them.

Nothing is bound: each query is given its database. Times are stamps (`reading.stamp`), which sort as text; texts that
were signed or hashed stay as they came.
"""

from peewee import BigIntegerField, BlobField, Check, CompositeKey, IntegerField, Model, TextField


class SyncPosition(Model):
    """
    The hub's counters, one row; each is taken late in its transaction, so that a polling terminal skips nothing.
    """

    one = IntegerField(primary_key=True, default=1, constraints=[Check("one = 1")])
    hub_epoch = TextField()
    """Changes when the hub is restored from a backup."""
    inbox_no = BigIntegerField(default=0)
    status_seq = BigIntegerField(default=0)
    backed_up_through = BigIntegerField(default=0)
    """The highest inbox number that a backup holds."""
    terminal_prefix = TextField(default="T")
    terminal_no = IntegerField(default=0)

    class Meta:
        table_name = "sync_position"


class EnrolledDevice(Model):
    """An enrolled terminal: its key, its place, and what it reported with its last hello."""

    id = TextField(primary_key=True)
    name = TextField()
    terminal = TextField(unique=True)
    epoch = TextField()
    public_key = BlobField(unique=True)
    state = TextField(default="active", constraints=[Check("state IN ('active', 'quarantined', 'revoked')")])
    state_code = TextField(default="")
    session = TextField(default="")
    """Token that the device presented last."""
    session_next = TextField(default="")
    """Token that the device was given since, perhaps in a lost answer."""
    hello_nonce_at = TextField(null=True)
    enrolled_at = TextField()
    seen_at = TextField(null=True)
    issued_through = BigIntegerField(default=0)
    feed_seq = BigIntegerField(default=0)
    status_seq = BigIntegerField(default=0)
    unsent = IntegerField(default=0)
    parked = IntegerField(default=0)
    refused = TextField(default="[]")
    """Documents of the feed that it could not take, in JSON."""
    paper = TextField(default="{}")
    """Millimetres of paper used in all, by kind, in JSON."""
    release = TextField(default="")
    """Version of the product that runs on it, as it said last."""
    townships = TextField(default="[]")
    channel = TextField(default="kiosk", constraints=[Check("channel IN ('kiosk', 'web')")])

    class Meta:
        table_name = "device"


class EnrolmentCode(Model):
    """A one-time code by its first group; of the rest only a keyed hash is stored."""

    code_id = TextField(primary_key=True)
    name = TextField()
    code_hash = BlobField()
    made_at = TextField()
    expires_at = TextField()
    wrong = IntegerField(default=0)
    device = TextField(null=True)
    used_at = TextField(null=True)
    townships = TextField(default="[]")
    channel = TextField(default="kiosk", constraints=[Check("channel IN ('kiosk', 'web')")])

    class Meta:
        table_name = "enrolment_code"


class DeviceNonce(Model):
    """The highest counter seen of a nonce that the hub gave; lower ones are replays."""

    device = TextField()
    nonce = TextField()
    counter = BigIntegerField()
    expires_at = TextField()

    class Meta:
        table_name = "device_nonce"
        primary_key = CompositeKey("device", "nonce")


class InboxEntry(Model):
    """A submission, taken once; `answer` is sent again word for word for a repeated try."""

    no = BigIntegerField(primary_key=True)
    device = TextField()
    epoch = TextField()
    seq = BigIntegerField()
    key = TextField(unique=True)
    kind = TextField()
    number = TextField(unique=True)
    digest = TextField()
    code_hash = TextField()
    envelope = TextField()
    sealed = BlobField()
    received_at = TextField()
    answer = TextField()
    envelope_digest = TextField(default="")
    """sha256 of `envelope`; empty for what was taken in before it was kept."""
    came_as = TextField(default="")
    """The digest under which its terminal knows it, where it was sealed again since; empty: `digest`."""

    class Meta:
        table_name = "inbox"
        indexes = ((("device", "epoch", "seq"), True),)


class SetAside(Model):
    """An upload whose place or number another submission holds: kept for a person's decision."""

    key = TextField()
    digest = TextField()
    device = TextField()
    epoch = TextField()
    seq = BigIntegerField()
    number = TextField()
    code = TextField()
    envelope = TextField()
    sealed = BlobField()
    received_at = TextField()

    class Meta:
        table_name = "inbox_quarantine"
        primary_key = CompositeKey("key", "digest")


class NumberStatus(Model):
    """The newest state of a number; a change moves the row to a new seq. `detail` is canonical JSON."""

    seq = BigIntegerField(unique=True)
    number = TextField(primary_key=True)
    device = TextField()
    state = TextField()
    detail = TextField()
    changed_at = TextField()

    class Meta:
        table_name = "status"
        indexes = ((("device", "seq"), False),)


class TrackAttempt(Model):
    """Wrong guesses of query codes since the window began, by number and by terminal."""

    subject = TextField(primary_key=True)
    wrong = IntegerField()
    since = TextField()

    class Meta:
        table_name = "track_attempt"


class NewCode(Model):
    """The query code of a new slip, which holds in place of the first one: its hash, and itself sealed."""

    number = TextField(primary_key=True)
    code_hash = TextField()
    sealed = BlobField()
    """The code, sealed to the reading key `key_id`."""
    key_id = TextField()
    made_at = TextField()

    class Meta:
        table_name = "new_code"


class LockedParcel(Model):
    """What is collected with number and query code: ciphertext, which nothing here opens."""

    number = TextField(primary_key=True)
    salt = TextField()
    asks = TextField()
    proof_hash = TextField()
    sealed = BlobField()
    size = IntegerField()
    put_at = TextField()
    collected_at = TextField(null=True)

    class Meta:
        table_name = "parcel"


class TallyTaken(Model):
    """A batch of counts that was taken."""

    device = TextField()
    id = TextField()
    digest = TextField()

    class Meta:
        table_name = "tally_taken"
        primary_key = CompositeKey("device", "id")
