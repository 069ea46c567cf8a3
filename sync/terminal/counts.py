"""Daily counts at a terminal: kept by the day, frozen when it is over, sent until the hub has counted them."""

import random
import uuid
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from peewee import Case, fn

from sync.carried.counts import MOST_COUNTED, MOST_ROWS, Batch, Counted, Tally
from sync.statements import Database, Writing, rows
from sync.terminal.models import DayTally, TallyBatch
from sync.wire.errors import HubRefused, SyncError, Untrusted
from sync.wire.line import HubLine

PARKING = (400, 413, 422)
"""HTTP statuses that concern one batch: it is set aside, the others go on."""


@dataclass(frozen=True)
class Sent:
    """
    Result of sending: batches that the hub counted, batches that it refused for good, and the error that stopped it.
    """

    count: int = 0
    error: str | None = None
    parked: int = 0


def add(database: Database, day: date, tally: Tally, most: int = MOST_ROWS) -> bool:
    """
    Count one thing, inside the caller's transaction; return false when the day has too many different rows.

    Args:
        most: Different rows of this kind that a day may have; a further one is not counted.
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
    """Return the number of rows of a day of this kind, and of all kinds."""
    counted = DayTally.select(
        fn.COALESCE(fn.SUM(Case(None, [(DayTally.kind == kind, 1)], 0)), 0), fn.COUNT(DayTally.day)
    ).where(DayTally.day == day.isoformat())
    of_kind, of_all = counted.scalar(database, as_tuple=True)
    return int(of_kind), int(of_all)


def close_days(database: Database, today: date, chance: random.Random) -> int:
    """
    Freeze each day that is over as a shuffled batch of its own; return how many.

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
    database: Database, writing: Writing, line: HubLine, today: date, chance: random.Random | None = None
) -> Sent:
    """
    Send the days that are over until the hub has signed that it counted them; then erase them here.

    Nothing is asked of the hub when nothing waits. Failures are in the result, not raised; a batch that was not counted
    is sent again, byte for byte, with the next round.
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


def _send_one(database: Database, writing: Writing, line: HubLine, batch_id: str, body: bytes) -> bool:
    try:
        counted = Counted.read(line.send("PUT", f"/tallies/{batch_id}", body).body)
    except HubRefused as error:
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
