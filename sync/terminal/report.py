"""Results of a round and of the last ones, stored in the station's database for pages and readiness checks."""

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
class DirectionOutcome:
    """One direction of one round: the number of things moved, and the code of the error that stopped it."""

    count: int = 0
    error: str | None = None

    @property
    def is_done(self) -> bool:
        """Return whether everything was sent or fetched."""
        return self.error is None


@dataclass(frozen=True)
class RoundReport:
    """Results of a round; `documents` are the ids that the pull changed, the rest counts what is left."""

    hello: DirectionOutcome
    up: DirectionOutcome
    down: DirectionOutcome
    status: DirectionOutcome
    lists: DirectionOutcome
    blobs: DirectionOutcome = DirectionOutcome()
    """Files of documents: fetched after the round, not part of its success."""
    documents: tuple[str, ...] = ()
    unsent: int = 0
    parked: int = 0
    has_files: bool = False
    """Whether the hub offers files; one of the version before does not."""
    fork: str = ""
    """What shows that the hub came back from an older state: "epoch", "feed", "status"; empty: nothing does."""
    is_cut_short: bool = False
    """Whether more files could have come in this round."""

    @property
    def is_healthy(self) -> bool:
        """Return whether each direction succeeded."""
        return all(each.is_done for each in (self.hello, self.up, self.down, self.status, self.lists))

    @property
    def is_complete(self) -> bool:
        """Return whether everything went up and came down."""
        return self.is_healthy and not self.unsent and not self.parked

    @property
    def may_fetch(self) -> bool:
        """Return whether files may be fetched: nothing that citizens wait for is left to do."""
        return self.is_healthy and self.has_files and not self.unsent

    @property
    def errors(self) -> tuple[str, ...]:
        """Return the codes of all errors, each once."""
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
    """State of the sync, for pages; `directions` is empty before the first round."""

    terminal: str
    enrolled_at: str
    hub_time: str
    skew_s: int
    directions: dict[str, Direction]
    backlog: Backlog


def note(database: Database, direction: str, count: int, error: str | None, now: datetime) -> None:
    """Store the result of one direction; an error keeps the last success."""
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
    """Store the results of a round, one for each direction."""
    for name, done in (
        ("hello", report.hello),
        ("up", report.up),
        ("down", report.down),
        ("status", report.status),
        ("lists", report.lists),
    ):
        note(database, name, done.count, done.error, now)


def state(database: Database) -> SyncState | None:
    """Return the state of the sync; None on a terminal that was never enrolled."""
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
