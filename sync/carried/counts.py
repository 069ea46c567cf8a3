"""
Daily counts of a terminal, without persons: shuffled batches that the hub counts exactly once.

A tally is a kind, a subject and a number. Nothing records when in the day it was, in which order or in
whose visit: rows are sorted by their own words (WITHOUT ROWID), and a batch is shuffled before it is frozen.
Knows no feature: the caller decides what a kind means.
"""

import re
from dataclasses import asdict, dataclass
from datetime import date

from sync.wire.errors import Malformed
from sync.wire.protocol import OLDEST_VERSION, VERSION, write
from sync.wire.reading import read_object

MOST_ROWS = 300
"""Rows of one day at one terminal; even with the longest words a batch stays below the hub's largest body."""
LONGEST_SUBJECT, LONGEST_WORDS = 400, 200
MOST_COUNTED = 10_000

_WORD = re.compile(r"[a-z0-9_-]{1,40}")


@dataclass(frozen=True)
class Tally:
    """
    One count. subject: what was counted; detail: one of the kind's own codes, or empty; words: what a person wrote
    about it, or empty; many: how often.
    """

    kind: str
    subject: str
    detail: str = ""
    words: str = ""
    many: int = 1


@dataclass(frozen=True)
class Batch:
    """Terminal to hub: the counts of one Beijing calendar day, in random order."""

    id: str
    day: date
    rows: tuple[Tally, ...]

    def body(self) -> bytes:
        rows = [asdict(each) for each in self.rows]
        return write({"v": VERSION, "id": self.id, "day": self.day.isoformat(), "rows": rows})

    @classmethod
    def read(cls, body: bytes) -> "Batch":
        """
        Return the batch in `body`.

        Raises:
            Malformed: The body is no such batch.
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
    """Hub to terminal: the batch with this digest is counted, now or earlier."""

    id: str
    digest: str

    def body(self) -> bytes:
        return write({"v": VERSION, **asdict(self)})

    @classmethod
    def read(cls, body: bytes) -> "Counted":
        fields = read_object(body)
        return cls(fields.text("id", most=36), fields.text("digest", most=64))
