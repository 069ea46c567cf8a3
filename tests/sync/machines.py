"""A hub and terminals with real databases, joined by a line that a test can cut, delay and repeat."""

import itertools
import json
import pickle
import runpy
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import peewee
import rfc8785
from argon2 import PasswordHasher
from peewee import EXCLUDED
from stdnum import luhn

from kiosk import db
from kiosk.db.server import PostgresServer, open_server
from kiosk.intake import numbers
from sync.carried import feed, marks
from sync.carried.feed_models import FeedDocument, FeedPosition
from sync.hub import enrolment, hub_history, statuses
from sync.hub.answering import Hub
from sync.hub.greeting import SealKey
from sync.hub.inbox import OnTaken
from sync.hub.statuses import SetStatus
from sync.statements import Database
from sync.terminal import client, outbox
from sync.terminal.enrolment import enrol, keep
from sync.terminal.models import HubLink
from sync.terminal.report import RoundReport
from sync.wire import sealing, signing
from sync.wire.channel import Channel, Identity
from sync.wire.errors import Unreachable
from sync.wire.line import HubLine
from sync.wire.protocol import StatusChange
from sync.wire.signing import Answer, Request
from sync.wire.submission import SealedSubmission

MIGRATIONS = Path(__file__).parents[2] / "kiosk" / "migrations"
STATION_FILES = (
    "station/0003_outbox.sql",
    "station/0006_side_lists.sql",
    "station/0016_status_mark.py",
)
REPLICA_FILES = ("catalogue/0001_documents.sql", "catalogue/0004_position_marks.py")
HUB_FILES = (
    *REPLICA_FILES,
    "hub/0002_sync.sql",
    "hub/0007_paper.sql",
    "hub/0008_places.sql",
    "hub/0023_releases.py",
    "hub/0028_envelopes.py",
    "hub/0030_position_chain.py",
    "hub/0037_parcels.py",
)
MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CODE = "123456789012"
CODE_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(CODE)
HUB_SEED = bytes(range(32))
PRIVATE, PUBLIC = sealing.new_key_pair()


class Ticking:
    """A clock that moves only when told."""

    def __init__(self, moment: datetime = MORNING) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


@contextmanager
def writing(database: Database) -> Iterator[None]:
    """A write transaction, as the wiring gives it to the sync."""
    if isinstance(database, PostgresServer):
        with db.writing(database, alone=False):
            yield
        return
    database.execute_sql("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute_sql("ROLLBACK")
        raise
    database.execute_sql("COMMIT")


class Store:
    """A database in memory with the tables of some migration files."""

    def __init__(self, *files: str) -> None:
        self.database: Any = peewee.SqliteDatabase(":memory:", thread_safe=False, check_same_thread=False)
        for name in files:
            self.migrate(name)

    def migrate(self, name: str) -> None:
        """Apply one migration file more."""
        path = MIGRATIONS / name
        if path.suffix == ".py":
            runpy.run_path(str(path))["up"](self)  # a migration only asks its schema to run statements
        else:
            self.database.connection().executescript(path.read_text("utf-8"))

    @contextmanager
    def writing(self) -> Iterator[Database]:
        with writing(self.database):
            yield self.database

    def run(self, sql: str, *values: Any) -> Any:
        """What happens behind the back of the code."""
        return self.database.execute_sql(sql, values)

    def one(self, sql: str, *values: Any) -> Any:
        """The first column of the first row."""
        row = self.run(sql, *values).fetchone()
        return None if row is None else row[0]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.run(sql, *values).fetchall()
        return found

    def image(self) -> bytes:
        """The whole disk, to be put back later."""
        image: bytes = self.database.connection().serialize()
        return image

    def put_back(self, image: bytes) -> None:
        self.database.connection().deserialize(image)


class ServerStore(Store):
    """The same on a PostgreSQL server, where all migrations were made."""

    def __init__(self, address: str) -> None:
        self.database = open_server(address)

    def migrate(self, name: str) -> None:
        return None

    def run(self, sql: str, *values: Any) -> Any:
        return self.database.execute_sql(sql.replace("?", "%s"), values)

    def image(self) -> bytes:
        tables = self.database.get_tables()
        return pickle.dumps({table: self.rows(f"SELECT * FROM {table}") for table in tables})

    def put_back(self, image: bytes) -> None:
        for table, rows in pickle.loads(image).items():
            self.run(f"DELETE FROM {table}")
            for row in rows:
                self.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)


def put(database: Database, doc_id: str, seq: int, record: dict[str, Any] | None, digest: str) -> None:
    """A small stand-in for the catalogue's own `put`; refuses titles that say so."""
    if record and record.get("title") == "poison":
        raise ValueError("poison")
    _put(database, doc_id, seq, record, digest)


def _put(database: Database, doc_id: str, seq: int, record: dict[str, Any] | None, digest: str) -> None:
    text = "" if record is None else rfc8785.dumps(record).decode()
    FeedDocument.insert(doc_id=doc_id, seq=seq, deleted=record is None, hash=digest, record=text).on_conflict(
        conflict_target=[FeedDocument.doc_id],
        preserve=[FeedDocument.seq, FeedDocument.deleted, FeedDocument.hash, FeedDocument.record],
        where=(FeedDocument.seq < EXCLUDED.seq),
    ).execute(database)


def publish(store: Store, doc_id: str, record: dict[str, Any] | None) -> int:
    """Put a document into the hub's feed, or withdraw it."""
    with store.writing() as database:
        [(seq,)] = (
            FeedPosition.update(seq=FeedPosition.seq + 1)
            .returning(FeedPosition.seq)
            .tuples()
            .execute(database)
        )
        digest = "" if record is None else sha256(rfc8785.dumps(record)).hexdigest()
        _put(database, doc_id, seq, record, digest)
        marks.bind(database, marks.FEED, seq, doc_id, digest)
    return int(seq)


def nothing() -> None:
    """What a hub does before it commits when nobody kills it."""


class HubBox:
    """A hub whose database is real; `taken` collects what the feature was told."""

    def __init__(self, clock: Ticking | None = None, address: str = "") -> None:
        self.clock = clock or Ticking()
        self.store = ServerStore(address) if address else Store(*HUB_FILES)
        if not address:  # of 0033_organs.py, which changes tables of other rooms too
            self.store.run("ALTER TABLE inbox ADD COLUMN came_as TEXT NOT NULL DEFAULT ''")
        self.taken: list[str] = []
        self.on_taken: OnTaken = self._note
        self.before_commit: Callable[[], None] = nothing
        with self.store.writing() as database:
            hub_history.prepare(database)
            FeedPosition.insert(one=1, epoch="feed-a", seq=0).execute(database)
        self.hub = Hub(
            seed=HUB_SEED,
            now=self.clock.now,
            database=self.store.database,
            writing=self._writing,
            seal_key=lambda _: SealKey(sealing.key_id(PUBLIC), PUBLIC),
            on_taken=lambda *taken: self.on_taken(*taken),
        )

    @contextmanager
    def _writing(self, database: Database) -> Iterator[None]:
        with writing(database):
            yield
            self.before_commit()

    def _note(self, database: Database, submission: SealedSubmission, set_status: SetStatus) -> None:
        self.taken.append(submission.key)

    def answer(self, request: Request) -> Answer:
        """What the routes do."""
        path = urlsplit(request.target).path.removeprefix("/sync/v1")
        if (request.method, path) == ("POST", "/enrol"):
            return self.hub.enrol(request)
        actions = {
            ("GET", "/hello"): self.hub.challenge,
            ("POST", "/hello"): self.hub.hello,
            ("GET", "/changes"): self.hub.changes,
            ("GET", "/statuses"): self.hub.statuses,
            ("POST", "/track"): self.hub.track,
            ("POST", "/lock"): self.hub.lock,
            ("POST", "/collect"): self.hub.collect,
            ("GET", "/lists"): self.hub.manifest,
            ("GET", "/snapshot"): self.hub.whole,
        }
        below = {"submissions": self.hub.submit, "lists": self.hub.side_list, "blobs": self.hub.piece}
        action = actions.get((request.method, path)) or below[path.split("/")[1]]
        return self.hub.serve(request, action)

    def new_code(self, name: str = "清泉街道1号机") -> str:
        with self.store.writing() as database:
            return enrolment.add_code(database, name, now=self.clock.now())

    def set_status(self, number: str, state: str) -> None:
        with self.store.writing() as database:
            statuses.set_status(
                database,
                number=number,
                state=state,
                detail={"due": "2026-12-20"},
                changed_at=self.clock.now(),
            )

    def numbers(self) -> list[str]:
        return [row[0] for row in self.store.rows("SELECT number FROM inbox ORDER BY no")]


_CHANCE = itertools.count()
"""What stands for the two random characters of a number: no two that follow one another are alike."""


@dataclass
class Wire:
    """The line between them; faults are functions that stand before or behind the hub."""

    hub: HubBox
    is_cut: bool = False
    before: Callable[[Request], None] | None = None
    behind: Callable[[Request, Answer], Answer] | None = None
    sent: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.sent.append(request)
        if self.is_cut:
            raise Unreachable("hub-unreachable")
        if self.before:
            self.before(request)
        answer = self.hub.answer(request)
        return self.behind(request, answer) if self.behind else answer


class TerminalBox:
    """An enrolled terminal; `statuses` is what its pages would show."""

    def __init__(self, hub: HubBox, name: str = "清泉街道1号机", clock: Ticking | None = None) -> None:
        self.clock = clock or hub.clock
        self.wire = Wire(hub)
        self.seed = signing.new_seed()
        self.station = Store(*STATION_FILES)
        self.catalogue = Store(*REPLICA_FILES)
        self.statuses: dict[str, str] = {}
        self.enrolment = enrol(self.wire, hub.new_code(name), seed=self.seed, now=self.clock.now())
        with self.station.writing() as database:
            keep(database, self.enrolment, self.clock.now())
        FeedPosition.insert(one=1, epoch=self.enrolment.feed_epoch, seq=0).execute(self.catalogue.database)
        self.channel = self.new_channel()
        self.terminal = client.Terminal(
            station=self.station.database,
            catalogue=self.catalogue.database,
            writing=writing,
            put=put,
            put_status=self._put_status,
            now=self.clock.now,
        )

    def refetch(
        self, terminal: client.Terminal, line: HubLine, here: feed.Position, head: feed.Position
    ) -> bool:
        """The catalogue anew, put in the old one's place when it is whole; for a terminal that is given it."""
        replica = Store(*REPLICA_FILES)
        FeedPosition.insert(one=1, epoch=head.epoch, seq=0).execute(replica.database)
        client.pull(terminal, line, replica.database)
        self.catalogue.put_back(replica.image())
        return True

    def new_channel(self) -> Channel:
        identity = Identity(self.enrolment.device, self.seed, self.enrolment.hub_key)
        return Channel(self.wire, identity, self.clock.now)

    def _put_status(self, database: Database, change: StatusChange) -> None:
        self.statuses[change.number] = change.state

    def hand_in(self, number: str | None = None, key: str | None = None) -> str:
        """A citizen hands something in; gives the number."""
        key = key or str(uuid.uuid4())
        with self.station.writing() as database:
            place = HubLink.select(HubLink.last_seq).scalar(database) + 1
            chance = next(_CHANCE) % 100
            number = number or a_number(self.enrolment.terminal, place, chance)
            outbox.add(
                database,
                key=key,
                kind="disclosure",
                number=number,
                envelope=envelope(self.clock.now()),
                sealed=sealing.seal(PUBLIC, {"name": "王某某", "query_code": CODE}),
                created_at=self.clock.now(),
            )
        return number

    def round(self) -> RoundReport:
        return client.one_round(self.terminal, self.channel)

    def states(self) -> list[str]:
        return [row[0] for row in self.station.rows("SELECT state FROM outbox ORDER BY id")]

    def documents(self) -> dict[str, Any]:
        rows = self.catalogue.rows("SELECT doc_id, record FROM document WHERE deleted = 0")
        return {doc_id: json.loads(record) for doc_id, record in rows}


def a_number(terminal: str, place: int, chance: int) -> str:
    """The number of a terminal, as a hub would take it: its check character is right."""
    body = f"{terminal}261122{place:04d}{chance:02d}"
    return numbers.written(body + luhn.calc_check_digit(body, numbers.ALPHABET))


def envelope(now: datetime) -> dict[str, Any]:
    """What a feature says in clear."""
    return {
        "key_id": sealing.key_id(PUBLIC),
        "organ": "GX-ZFB",
        "submitted_at": now.isoformat(),
        "received_on": None,
        "received_basis": "unconfirmed",
        "entry_mode": "self",
        "applicant_type": "citizen",
        "code_hash": CODE_HASH,
    }


def a_record(title: str = "关于城市低保的通知", size: int = 0) -> dict[str, Any]:
    return {"id": "x", "kind": "policy", "title": title, "body": "文" * size}
