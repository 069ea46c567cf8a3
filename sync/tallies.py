"""
What comes back from terminals without persons: counts of a day, shuffled, in batches that arrive exactly once.

A tally is a kind, what it is about, and how often. Nothing tells when in the day it was, in which order or in
whose visit: rows lie sorted by their own words (WITHOUT ROWID), and a batch is shuffled before it is frozen.
Knows no feature: what a kind means, the caller decides.
"""

import random
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Protocol

from peewee import Case, fn

from sync.errors import Malformed, Refused, SyncError, Untrusted, refused
from sync.fields import read_object
from sync.hub_models import TallyTaken
from sync.protocol import OLDEST_VERSION, VERSION, write
from sync.statements import Database, Writing, rows
from sync.terminal_models import DayTally, TallyBatch

MOST_ROWS = 300
"""Rows of one day at one terminal; with the longest words a batch stays below the largest body of the hub."""
LONGEST_SUBJECT, LONGEST_WORDS = 400, 200
MOST_COUNTED = 10_000
PARKING = (400, 413, 422)
"""Refusals that concern one batch: it is set aside, the others go on."""

_WORD = re.compile(r"[a-z0-9_-]{1,40}")


class Said(Protocol):
    """What is read of an answer. Its own module, and all of signing with it, is none of a web process's business."""

    @property
    def body(self) -> bytes: ...


class Line(Protocol):
    """What sending needs of `channel.Channel`: the hub's verified answer, or a SyncError."""

    def send(self, method: str, path: str, body: bytes = b"") -> Said: ...


@dataclass(frozen=True)
class Tally:
    """
    One count. subject: what it is about; detail: one of the kind's own codes, or empty; words: what somebody
    wrote about it, or empty; many: how often.
    """

    kind: str
    subject: str
    detail: str = ""
    words: str = ""
    many: int = 1


@dataclass(frozen=True)
class Batch:
    """Terminal to hub: the counts of one Beijing calendar day, in an order that says nothing."""

    id: str
    day: date
    rows: tuple[Tally, ...]

    def body(self) -> bytes:
        rows = [asdict(each) for each in self.rows]
        return write({"v": VERSION, "id": self.id, "day": self.day.isoformat(), "rows": rows})

    @classmethod
    def read(cls, body: bytes) -> "Batch":
        """
        Raises:
            Malformed: not such a batch.
        """
        fields = read_object(body)
        if fields.number("v") < OLDEST_VERSION:
            raise Malformed("version-too-old")
        rows = tuple(
            Tally(
                kind=each.text("kind", form=_WORD),
                subject=each.text("subject", most=LONGEST_SUBJECT),
                detail=each.text("detail", form=_WORD, empty=True),
                words=each.text("words", most=LONGEST_WORDS, empty=True),
                many=each.number("many", least=1, most=MOST_COUNTED),
            )
            for each in fields.objects("rows", most=MOST_ROWS)
        )
        try:
            day = date.fromisoformat(fields.text("day", most=10))
        except ValueError as error:
            raise Malformed("bad-day") from error
        return cls(fields.text("id", most=36), day, rows)


@dataclass(frozen=True)
class Counted:
    """Hub to terminal: the batch with this digest is counted, now or long ago."""

    id: str
    digest: str

    def body(self) -> bytes:
        return write({"v": VERSION, **asdict(self)})

    @classmethod
    def read(cls, body: bytes) -> "Counted":
        fields = read_object(body)
        return cls(fields.text("id", most=36), fields.text("digest", most=64))


@dataclass(frozen=True)
class Sent:
    """What sending did: batches that the hub counted, batches that it refused for good, and what stopped it."""

    count: int = 0
    error: str | None = None
    parked: int = 0


OnCounted = Callable[[Database, date, Sequence[Tally]], None]
"""Called in the transaction that stores a new batch."""


def add(database: Database, day: date, tally: Tally, most: int = MOST_ROWS) -> bool:
    """
    Counts; inside the caller's transaction.

    Args:
        most: Different rows of this kind that a day may have; one more is not counted, and False comes back.
    """
    more = DayTally.many + tally.many
    known = DayTally.update(many=Case(None, [(more > MOST_COUNTED, MOST_COUNTED)], more)).where(
        DayTally.day == day.isoformat(),
        DayTally.kind == tally.kind,
        DayTally.subject == tally.subject,
        DayTally.detail == tally.detail,
        DayTally.words == tally.words,
    )
    if known.execute(database):
        return True
    of_kind, of_all = _rows_of(database, day, tally.kind)
    if of_kind >= most or of_all >= MOST_ROWS:
        return False
    DayTally.insert(day=day.isoformat(), **asdict(tally)).execute(database)
    return True


def _rows_of(database: Database, day: date, kind: str) -> tuple[int, int]:
    """How many rows a day has of this kind, and of all."""
    counted = DayTally.select(
        fn.COALESCE(fn.SUM(Case(None, [(DayTally.kind == kind, 1)], 0)), 0), fn.COUNT(DayTally.day)
    ).where(DayTally.day == day.isoformat())
    of_kind, of_all = counted.scalar(database, as_tuple=True)
    return int(of_kind), int(of_all)


def close_days(database: Database, today: date, chance: random.Random) -> int:
    """
    Freezes each day that is over as a shuffled batch of its own; returns how many.

    A clock that goes back only makes a second batch of the same day.
    """
    over = (
        DayTally.select(DayTally.day)
        .where(DayTally.day != today.isoformat())
        .distinct()
        .order_by(DayTally.day)
        .tuples()
        .execute(database)
    )
    days = [str(day) for (day,) in over]
    for day in days:
        found = DayTally.select(
            DayTally.kind, DayTally.subject, DayTally.detail, DayTally.words, DayTally.many
        ).where(DayTally.day == day)
        counted = rows(found, Tally, database)
        chance.shuffle(counted)
        batch = Batch(str(uuid.uuid4()), date.fromisoformat(day), tuple(counted))
        TallyBatch.insert(id=batch.id, body=batch.body()).execute(database)
        DayTally.delete().where(DayTally.day == day).execute(database)
    return len(days)


def send(
    database: Database, writing: Writing, line: Line, today: date, chance: random.Random | None = None
) -> Sent:
    """
    Sends the days that are over, each until the hub has signed that it counted them; then they are erased here.

    Nothing is asked of the hub when nothing waits. Failures are in the answer, not raised; what was not counted
    goes again, byte for byte, with the next round.
    """
    with writing(database):
        close_days(database, today, chance or random.SystemRandom())
        waiting = list(
            TallyBatch.select(TallyBatch.id, TallyBatch.body)
            .where(TallyBatch.parked_code == "")
            .order_by(TallyBatch.id)
            .tuples()
            .execute(database)
        )
    count = parked = 0
    for batch_id, body in waiting:
        try:
            is_counted = _send_one(database, writing, line, str(batch_id), bytes(body))
        except SyncError as error:
            return Sent(count, error.code, parked)
        count, parked = count + is_counted, parked + (not is_counted)
    return Sent(count, None, parked)


def _send_one(database: Database, writing: Writing, line: Line, batch_id: str, body: bytes) -> bool:
    try:
        counted = Counted.read(line.send("PUT", f"/tallies/{batch_id}", body).body)
    except Refused as error:
        if error.status not in PARKING:
            raise
        with writing(database):
            TallyBatch.update(parked_code=error.code).where(TallyBatch.id == batch_id).execute(database)
        return False
    if counted != Counted(batch_id, sha256(body).hexdigest()):
        raise Untrusted("answer-wrong")
    with writing(database):
        TallyBatch.delete().where(TallyBatch.id == batch_id).execute(database)
    return True


def take(database: Database, device: str, batch_id: str, body: bytes, on_counted: OnCounted) -> bytes:
    """
    The hub's answer to a batch, which is counted once for (device, batch, digest).

    Raises:
        Malformed: not a batch.
        Refused: "wrong-key" (the address names another batch), "digest-differs" (it was counted with other rows).
    """
    batch, digest = Batch.read(body), sha256(body).hexdigest()
    if batch.id != batch_id:
        raise refused("wrong-key")
    is_new = (
        TallyTaken.insert(device=device, id=batch_id, digest=digest)
        .on_conflict_ignore()
        .as_rowcount()
        .execute(database)
    )
    if is_new:
        on_counted(database, batch.day, batch.rows)
        return Counted(batch_id, digest).body()
    known = (
        TallyTaken.select(TallyTaken.digest)
        .where(TallyTaken.device == device, TallyTaken.id == batch_id)
        .scalar(database)
    )
    if known != digest:
        raise refused("digest-differs")
    return Counted(batch_id, digest).body()
