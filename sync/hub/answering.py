"""
The hub as one object that answers signed requests: identify the sender, check freshness, act, sign the answer.

It knows no web framework: the wiring turns HTTP into `Request` and `Answer` back. Every refusal is committed
together with the counters that led to it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from sync.carried import counts, feed, marks, transfer
from sync.carried.anchors import Chain
from sync.carried.snapshot import Manifest
from sync.hub import devices, greeting, heads, hub_history, inbox, parcels, statuses
from sync.hub.admission import NONCE_LIFE, Caller, forget_old_nonces, identify, new_nonce, nonce_secret, spend
from sync.hub.counts import OnCounted, take
from sync.hub.device import Device
from sync.hub.enrolment import take_enrolment
from sync.hub.greeting import SealKey
from sync.hub.inbox import IsOwnNumber, OnTaken
from sync.hub.progress import track
from sync.hub.side_lists import Lists
from sync.statements import Database, Writing
from sync.wire.errors import HTTP_STATUS, HubRefused, Malformed, SyncError, Untrusted, refused
from sync.wire.heads import HeadsGiven
from sync.wire.hello import Hello, Welcome
from sync.wire.lookups import Collect, Track
from sync.wire.protocol import (
    BLOB_TYPE,
    JSON_TYPE,
    LIST_TYPE,
    MAX_BODY_BYTES,
    PAGE_TYPE,
    VERSION,
    Challenge,
    is_key,
    refusal,
    write,
)
from sync.wire.reading import Fields, read_object
from sync.wire.signing import Answer, Request, claimed_nonce, public_key, sign_answer
from sync.wire.submission import SealedSubmission

Ask = Callable[[Database, Device, Fields], Mapping[str, Any]]
"""Answers a question of the product that a device asks, in the transaction of what it changes."""


class Action(Protocol):
    """An action that an identified device may ask for."""

    def __call__(self, caller: Caller, request: Request) -> Answer: ...


def _no_snapshot(database: Database) -> Manifest | None:
    return None


def _no_blob(database: Database, device: Device, sha256: str) -> Path | None:
    return None


def _not_counted(database: Database, day: date, rows: Sequence[counts.Tally]) -> None:
    return None


def _not_heard(database: Database, number: str) -> None:
    return None


def _not_noted(database: Database, device: Device, proof: str) -> None:
    return None


@dataclass(frozen=True)
class Hub:
    """
    The hub's side of the protocol over its database.

    Args:
        seed: Ed25519 seed that signs all answers.
        database: The hub's; used directly where no transaction is needed.
        seal_key: Returns the key that terminals seal to at present.
        on_taken: See `inbox.OnTaken`.
        lists: The side lists of its devices.
        blob: Returns the path of the file with this name, if the device may have it.
        snapshot: Returns the newest file of the present feed.
        on_counted: See `counts.OnCounted`.
        on_put_back: Called in the transaction in which a device proved, by its session or a position, that this hub was
            put back to an older state.
        on_collected: Called when a number's parcel was fetched whole for the first time.
        chain: The hub's audit chain; None: no heads are kept.
        is_own_number: See `inbox.IsOwnNumber`.
        asks: What the product answers besides, by name.
    """

    seed: bytes
    now: Callable[[], datetime]
    database: Database
    writing: Writing
    seal_key: Callable[[Database], SealKey]
    on_taken: OnTaken
    lists: Lists = field(default_factory=lambda: Lists({}))
    blob: Callable[[Database, Device, str], Path | None] = _no_blob
    snapshot: Callable[[Database], Manifest | None] = _no_snapshot
    on_counted: OnCounted = _not_counted
    on_put_back: Callable[[Database, Device, str], None] = _not_noted
    on_collected: Callable[[Database, str], None] = _not_heard
    chain: Chain | None = None
    is_own_number: IsOwnNumber = inbox.any_number
    asks: Mapping[str, Ask] = field(default_factory=dict)

    def serve(self, request: Request, action: Action) -> Answer:
        """Return the signed answer to a device's request; an unknown sender costs one look at the device table."""
        try:
            if len(request.body) > MAX_BODY_BYTES:
                raise refused("body-too-large")
            answer = action(identify(self.database, request), request)
        except (Untrusted, HubRefused, Malformed) as error:
            answer = _refusal_of(error)
        return self._signed(answer, request)

    def enrol(self, request: Request) -> Answer:
        """Enrol a new terminal that knows a one-time code."""
        try:
            with self._deciding():
                body = take_enrolment(
                    self.database,
                    request,
                    hub_key=public_key(self.seed),
                    seal_key=self.seal_key(self.database),
                    now=self.now(),
                )
            answer = Answer(200, body, JSON_TYPE)
        except (Untrusted, HubRefused, Malformed) as error:
            answer = _refusal_of(error)
        return self._signed(answer, request)

    def challenge(self, caller: Caller, request: Request) -> Answer:
        """Return a nonce and the hub's time; changes nothing, so a replay is harmless."""
        now = self.now()
        nonce = new_nonce(nonce_secret(self.database, self.seed), caller.device.id, now)
        life_s = int(NONCE_LIFE / timedelta(seconds=1))
        return Answer(200, Challenge(nonce, now, life_s).body(), JSON_TYPE)

    def hello(self, caller: Caller, request: Request) -> Answer:
        """Take a device's report; return what the hub holds of it, and what is new."""
        with self._deciding():
            given_at = self._spend(caller)
            forget_old_nonces(self.database, self.now())
            hello = Hello.read(request.body)
            session = devices.next_session(
                self.database,
                caller.device,
                hello.session,
                seed=self.seed,
                nonce_given_at=given_at,
                now=self.now(),
            )
            self._look_for_a_fork(caller.device, hello, session)
            seal_key = self.seal_key(self.database)
            welcome = greeting.welcome(
                self.database, caller.device, hello, session=session.token, now=self.now(), seal_key=seal_key
            )
            welcome = self._marked(welcome)
        digest = self.lists.all_digest(self.database, caller.device)
        audit = heads.hub_head(self.database, self.chain, caller.device, self.seed) if self.chain else None
        return Answer(200, replace(welcome, lists=digest, audit=audit).body(), JSON_TYPE)

    def _look_for_a_fork(self, device: Device, hello: Hello, session: devices.Session) -> None:
        """Begin a new epoch, as after `restore`, where a device proves that this hub was put back without it."""
        proof = "session" if session.fork == devices.Fork.HUB_PUT_BACK else self._lost_position(hello)
        if not proof:
            return
        hub_history.begin_new_epoch(self.database)
        devices.keep_session(self.database, device, hello.session, session.token)
        self.on_put_back(self.database, device, proof)

    def _lost_position(self, hello: Hello) -> str:
        """Return the name of a position that this hub gave and does not have any more; empty: there is none."""
        hub_epoch, feed_epoch = hub_history.epochs(self.database)
        shown = (
            (marks.FEED, feed_epoch, hello.feed_seq, hello.feed_mark),
            (marks.STATUS, hub_epoch, hello.status_seq, hello.status_mark),
        )
        return next(
            (
                stream
                for stream, epoch, seq, mark in shown
                if mark and marks.is_lost(self.database, self.seed, epoch, stream, seq, mark)
            ),
            "",
        )

    def _mark(self, epoch: str, stream: str, seq: int) -> str:
        return marks.mark(self.database, self.seed, epoch, stream, seq)

    def _marked(self, welcome: Welcome) -> Welcome:
        return replace(
            welcome,
            feed_mark=self._mark(welcome.feed_epoch, marks.FEED, welcome.feed_seq),
            status_mark=self._mark(welcome.hub_epoch, marks.STATUS, welcome.status_seq),
        )

    def heads(self, caller: Caller, request: Request) -> Answer:
        """Keep the device's signed heads of the audit chains; return the hub's signature."""
        if self.chain is None:
            raise refused("heads-unknown")
        with self._admitting(caller):
            kept = heads.take_heads(
                self.database,
                self.chain,
                caller.device,
                HeadsGiven.read(request.body),
                seed=self.seed,
                now=self.now(),
            )
        return Answer(200, kept.body(), JSON_TYPE)

    def submit(self, caller: Caller, request: Request) -> Answer:
        """Take a submission once; return the signed receipt."""
        key = _last(request)
        with self._admitting(caller):
            if not is_key(key):
                raise Malformed("bad-key")
            body = inbox.take_submission(
                self.database,
                caller.device,
                key,
                SealedSubmission.read(request.body),
                now=self.now(),
                on_taken=self.on_taken,
                is_own_number=self.is_own_number,
            )
        return Answer(200, body, JSON_TYPE)

    def count(self, caller: Caller, request: Request) -> Answer:
        """Take a batch of counts once."""
        key = _last(request)
        with self._admitting(caller):
            if not is_key(key):
                raise Malformed("bad-key")
            body = take(self.database, caller.device.id, key, request.body, self.on_counted)
        return Answer(200, body, JSON_TYPE)

    def ask(self, caller: Caller, request: Request) -> Answer:
        """Answer a question of the product; one that changes something is a transaction as a submission is."""
        act = self.asks.get(_last(request))
        if act is None:
            raise refused("ask-unknown")
        with self._admitting(caller):
            found = act(self.database, caller.device, read_object(request.body))
        return Answer(200, write({"v": VERSION, **found}), JSON_TYPE)

    def changes(self, caller: Caller, request: Request) -> Answer:
        """Return a page of the feed; it is read outside of the write lock."""
        self._admit_download(caller)
        epoch = _word(request, "epoch")
        page = feed.make_page(
            self.database,
            epoch=epoch,
            since=_place(request, "since"),
            now=self.now(),
            mark=lambda seq: self._mark(epoch, marks.FEED, seq),
        )
        return Answer(200, page, PAGE_TYPE)

    def statuses(self, caller: Caller, request: Request) -> Answer:
        """Return the changed states of the device's own numbers."""
        self._admit_download(caller)
        found = statuses.statuses_since(self.database, caller.device, _place(request, "since"))
        hub_epoch, _ = hub_history.epochs(self.database)
        marked = replace(found, mark=self._mark(hub_epoch, marks.STATUS, found.through))
        return Answer(200, marked.body(), JSON_TYPE)

    def whole(self, caller: Caller, request: Request) -> Answer:
        """Return the manifest of the file that holds the whole catalogue."""
        self._admit_download(caller)
        found = self.snapshot(self.database)
        if found is None:
            raise refused("snapshot-unknown")
        return Answer(200, found.body(), JSON_TYPE)

    def manifest(self, caller: Caller, request: Request) -> Answer:
        """Return the manifest of the side lists that the device should hold."""
        self._admit_download(caller)
        return Answer(200, self.lists.manifest(self.database, caller.device), JSON_TYPE)

    def side_list(self, caller: Caller, request: Request) -> Answer:
        """Return one side list of the device."""
        self._admit_download(caller)
        body = self.lists.packed(self.database, caller.device, _last(request))
        if body is None:
            raise refused("list-unknown")
        return Answer(200, body, LIST_TYPE)

    def piece(self, caller: Caller, request: Request) -> Answer:
        """Return a piece of a file that the device may have; any other file is unknown, whether it exists or not."""
        self._admit_download(caller)
        name = _last(request)
        path = self.blob(self.database, caller.device, name) if transfer.is_sha256(name) else None
        if path is None:
            raise refused("blob-unknown")
        return Answer(
            200, transfer.read_piece(path, _place(request, "from"), _place(request, "size")), BLOB_TYPE
        )

    def track(self, caller: Caller, request: Request) -> Answer:
        """Return the state of any number, for its query code."""
        self._admit_download(caller)
        found = track(self.database, self.writing, Track.read(request.body), self.now())
        return Answer(200, found.body(), JSON_TYPE)

    def lock(self, caller: Caller, request: Request) -> Answer:
        """Return how the key of a number's parcel is made, for its query code."""
        self._admit_download(caller)
        found = parcels.lock(self.database, self.writing, Track.read(request.body), self.now())
        return Answer(200, found.body(), JSON_TYPE)

    def collect(self, caller: Caller, request: Request) -> Answer:
        """Return a piece of a number's parcel, for the proof that its key was made."""
        self._admit_download(caller)
        asked = Collect.read(request.body)
        found, is_whole = parcels.piece(self.database, self.writing, asked, self.now())
        if is_whole:
            self.on_collected(self.database, asked.number)
        return Answer(200, found, BLOB_TYPE)

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        """Open a transaction that a refusal commits, so that it is remembered; any other error rolls it back."""
        decided: SyncError | None = None
        with self.writing(self.database):
            try:
                yield
            except (HubRefused, Malformed) as error:
                decided = error
        if decided:
            raise decided

    @contextmanager
    def _admitting(self, caller: Caller) -> Iterator[None]:
        """Open the same transaction after using up the request's counter."""
        with self._deciding():
            self._spend(caller)
            yield

    def _spend(self, caller: Caller) -> datetime:
        secret = nonce_secret(self.database, self.seed)
        return spend(self.database, caller, secret=secret, now=self.now())

    def _admit_download(self, caller: Caller) -> None:
        with self._admitting(caller):
            devices.require_active(caller.device)

    def _signed(self, answer: Answer, request: Request) -> Answer:
        # A request without a signature gets an unsigned refusal: there is nothing to bind an answer to.
        with suppress(Untrusted):
            sign_answer(answer, request, seed=self.seed, nonce=claimed_nonce(request), now=self.now())
        return answer


def _refusal_of(error: SyncError) -> Answer:
    status = error.status if isinstance(error, HubRefused) else HTTP_STATUS.get(error.code, 422)
    return Answer(status, refusal(error.code), JSON_TYPE)


def _last(request: Request) -> str:
    """Return the last part of the request's path."""
    return urlsplit(request.target).path.rpartition("/")[2]


def _query(request: Request, name: str) -> str:
    try:
        values = parse_qs(urlsplit(request.target).query, max_num_fields=8).get(name, [])
    except ValueError as error:
        raise Malformed("bad-query") from error
    if len(values) != 1:
        raise Malformed(f"bad-{name}")
    return values[0]


def _word(request: Request, name: str) -> str:
    word = _query(request, name)
    if not word.isascii() or len(word) > 64:
        raise Malformed(f"bad-{name}")
    return word


def _place(request: Request, name: str) -> int:
    digits = _query(request, name)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise Malformed(f"bad-{name}")
    return int(digits)
