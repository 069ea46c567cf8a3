"""What a round did, and what the last ones achieved, kept in the station's database for pages and readiness checks."""

from dataclasses import dataclass
from datetime import datetime

from peewee import EXCLUDED, fn

from sync.statements import Database, Statement
from sync.terminal.models import HubLink, SyncReport
from sync.terminal.outbox import Backlog, backlog
from sync.wire.reading import stamp

_LINK = Statement(
    lambda: HubLink.select(HubLink.terminal, HubLink.enrolled_at, HubLink.hub_time, HubLink.skew_s)
)
_DIRECTIONS = Statement(
    lambda: SyncReport.select(
        SyncReport.direction,
        SyncReport.tried_at,
        SyncReport.succeeded_at,
        SyncReport.count,
        SyncReport.error,
    )
)


@dataclass(frozen=True)
class Outcome:
    """One direction of one round: how many things moved, and the code of what stopped it."""

    count: int = 0
    error: str | None = None

    @property
    def is_done(self) -> bool:
        """Everything went."""
        return self.error is None


@dataclass(frozen=True)
class RoundReport:
    """What a round did; `documents` are the ids that the pull changed, the rest counts what is left."""

    hello: Outcome
    up: Outcome
    down: Outcome
    status: Outcome
    lists: Outcome
    blobs: Outcome = Outcome()
    """Files of documents: brought after the round, and no part of its success."""
    documents: tuple[str, ...] = ()
    unsent: int = 0
    parked: int = 0
    has_files: bool = False
    """The hub gives files; one of the version before does not."""
    is_cut_short: bool = False
    """More files could have come in this round."""

    @property
    def is_healthy(self) -> bool:
        """Each direction did its work."""
        return all(each.is_done for each in (self.hello, self.up, self.down, self.status, self.lists))

    @property
    def is_complete(self) -> bool:
        """Everything went up and came down."""
        return self.is_healthy and not self.unsent and not self.parked

    @property
    def may_fetch(self) -> bool:
        """Nothing that citizens wait for is left to do: files may be fetched now."""
        return self.is_healthy and self.has_files and not self.unsent

    @property
    def errors(self) -> tuple[str, ...]:
        """The codes of what went wrong, each once."""
        found = (self.hello.error, self.up.error, self.down.error, self.status.error, self.lists.error)
        return tuple(dict.fromkeys(code for code in found if code))


@dataclass(frozen=True)
class Direction:
    """The last try and the last success of "hello", "up", "down" or "status"; times as written."""

    name: str
    tried_at: str
    succeeded_at: str | None
    count: int
    error: str | None


@dataclass(frozen=True)
class SyncState:
    """All that a page may say about the sync; `directions` is empty before the first round."""

    terminal: str
    enrolled_at: str
    hub_time: str
    skew_s: int
    directions: dict[str, Direction]
    backlog: Backlog


def note(database: Database, direction: str, count: int, error: str | None, now: datetime) -> None:
    """Write one direction's outcome; an error leaves the last success standing."""
    succeeded_at = None if error else stamp(now)
    SyncReport.insert(
        direction=direction, tried_at=stamp(now), succeeded_at=succeeded_at, count=count, error=error
    ).on_conflict(
        conflict_target=[SyncReport.direction],
        preserve=[SyncReport.tried_at, SyncReport.count, SyncReport.error],
        update={
            SyncReport.succeeded_at: fn.COALESCE(EXCLUDED.succeeded_at, SyncReport.succeeded_at),
        },
    ).execute(database)


def note_round(database: Database, report: RoundReport, now: datetime) -> None:
    """Write what a round did in each of its directions."""
    for name, done in (
        ("hello", report.hello),
        ("up", report.up),
        ("down", report.down),
        ("status", report.status),
        ("lists", report.lists),
    ):
        note(database, name, done.count, done.error, now)


def state(database: Database) -> SyncState | None:
    """What is known now; None on a terminal that was never enrolled."""
    link = _LINK.first(database)
    if link is None:
        return None
    terminal, enrolled_at, hub_time, skew_s = link
    return SyncState(
        terminal=terminal,
        enrolled_at=enrolled_at,
        hub_time=hub_time,
        skew_s=skew_s,
        directions={row[0]: Direction(*row) for row in _DIRECTIONS.each(database)},
        backlog=backlog(database),
    )
