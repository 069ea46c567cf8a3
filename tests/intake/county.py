"""A hub and a terminal in one process, for kinds of submissions that a test makes up: from form to desk to tracking."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.app.replication.taking_in import taker
from kiosk.app.submissions import KINDS
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.intake import models, numbers
from kiosk.intake.attached.clean_files import PIECE
from kiosk.intake.handling import Handling
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages.answers.held import HeldAnswers
from kiosk.intake.pages.answers.sealed_answers import Collecting
from kiosk.intake.tracking import HubState
from kiosk.web import context
from printers.paper.document import Slip
from printers.spooler import spool
from sync.hub import inbox, parcels, progress, statuses
from sync.hub.models import InboxEntry
from sync.terminal import outbox
from sync.terminal.enrolment import keep
from sync.wire import sealing
from sync.wire.errors import HubRefused
from sync.wire.lookups import Collect, LockGiven, Track
from sync.wire.submission import SealedSubmission, submission_body
from tests.building import a_terminal, as_shown, terminal_settings
from tests.hub import Browser, Hub, build_hub

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Answers = dict[str, dict[str, str]]


class Citizen:
    """The browser of the terminal, without JavaScript."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.tokens: dict[str, str] = {}
        """Tokens of forms that are open, by where each is sent."""

    def open(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        return answer.text

    def send(self, path: str, on: str = "", **fields: str) -> TestResponse:
        """A form sent from page `on`, its own page unless told otherwise."""
        token = TOKEN.search(self.client.get(on or path).text)
        assert token, path
        return as_shown(self.client, self.client.post(path, data={**fields, "csrf_token": token[1]}))

    def token(self, page: str) -> str:
        """The token of the forms on a page."""
        found = TOKEN.search(self.client.get(page).text)
        assert found, page
        return found[1]

    def send_token(self, path: str) -> TestResponse:
        """A form without fields that was opened before."""
        return as_shown(self.client, self.client.post(path, data={"csrf_token": self.tokens[path]}))

    def fill_in(self, path: str, answers: Answers) -> str:
        """Answers every question; returns the check of answers."""
        self.send(f"/{path}/")
        for question, fields in answers.items():
            answer = self.send(f"/{path}/{question}", **fields)
            assert answer.status_code == 303, (question, answer.text)
        return self.open(f"/{path}/check")

    def hand_in(self, path: str) -> tuple[str, str]:
        """Number and query code as the receipt shows them."""
        self.tokens[path] = self.token(f"/{path}/check")
        return self.hand_in_again(path)

    def hand_in_again(self, path: str) -> tuple[str, str]:
        """The same once more, from the page that is still open."""
        sent = self.client.post(f"/{path}/check", data={"csrf_token": self.tokens[path]})
        assert sent.status_code == 303, sent.text
        page = self.open(f"/{path}/receipt")
        number = re.search(r"GX01-\d{6}-\d{4}-\w{2}-\w", page)
        code = re.search(r"\b\d{4} \d{4} \d{4}\b", page)
        assert number, page
        assert code, page
        return number[0], code[0]


@dataclass
class County:
    """Both machines; one of them at a time has the process' databases."""

    hub: Hub
    handlings: Sequence[Handling]
    citizen: Citizen
    clock: FixedClock
    at_terminal: tuple[db.Store, db.Store]
    at_hub: tuple[db.Store, db.Store]

    @contextmanager
    def hub_side(self) -> Iterator[Browser]:
        """Within it the hub works; a clerk who may read everything is signed in."""
        self._turn_to(self.at_hub)
        yield self.hub.browser("lina")
        self._turn_to(self.at_terminal)

    def _turn_to(self, side: tuple[db.Store, db.Store]) -> None:
        db.store.initialize(side[0])
        db.catalogue.initialize(side[1])

    def slip(self) -> Slip:
        """The newest receipt."""
        key = self._newest().key
        return spool.jobs_of(db.store, key)[-1].document()

    def _newest(self) -> outbox.OutgoingSubmission:
        return [entry for entry in outbox.next_batch(db.store, 50) if entry.kind != PIECE][-1]

    def carry_up(self) -> SealedSubmission:
        """What was handed in last arrives at the hub."""
        return self.carry(self._newest())

    def carry_all_up(self) -> list[SealedSubmission]:
        """All that waits arrives, in its order."""
        return [self.carry(entry) for entry in outbox.next_batch(db.store, 50)]

    def carry(self, entry: outbox.OutgoingSubmission) -> SealedSubmission:
        """One entry of the outbox arrives at the hub."""
        assert entry.sealed
        submission = SealedSubmission.read(submission_body(entry.envelope, entry.sealed))
        self._turn_to(self.at_hub)
        with db.writing(db.store):
            inbox.take_submission(
                db.store,
                self.hub.device,
                submission.key,
                submission,
                now=self.clock.now(),
                on_taken=taker(self.clock, lambda: self.hub.calendar, str, self.handlings, "GX-ZFB"),
                is_own_number=numbers.is_of,
            )
        self._turn_to(self.at_terminal)
        return submission

    def carry_down(self) -> None:
        """States come back to the terminal."""
        self._turn_to(self.at_hub)
        changes = statuses.statuses_since(db.store, self.hub.device, 0).statuses
        self._turn_to(self.at_terminal)
        with db.writing(db.store):
            for change in changes:
                models.put_state(
                    change.number, change.state, change.changed_at, change.detail, position=change.seq
                )

    def sealed_at_hub(self, number: str, key: bytes) -> dict[str, str]:
        """The sealed part as it lies there."""
        row = InboxEntry.get(InboxEntry.number == number)
        found: dict[str, str] = sealing.unseal(key, bytes(row.sealed))
        return found


def _at_terminal(kind: SubmissionKind, whole: SubmissionKind | None) -> SubmissionKind:
    """The kind of a hub with what only a terminal has of it."""
    if whole is None:
        return replace(kind, more_pages=None)
    return replace(kind, more_pages=whole.more_pages, reserve=whole.reserve)


@contextmanager
def a_county(root: Path, handlings: Sequence[Handling], **changes: object) -> Iterator[County]:
    """A hub and a terminal that take these kinds, the terminal with these settings."""
    (root / "hub").mkdir()
    (root / "terminal").mkdir()
    hub = build_hub(root / "hub", handlings=handlings)
    hub.add_account("lina")
    at_hub = (db.real(db.store), db.real(db.catalogue))
    settings = terminal_settings(
        allowed_hosts=("localhost",),
        printer="tcp://127.0.0.1:9",
        runtime_dir=str(root / "memory"),
        **changes,
    )
    whole = {kind.name: kind for kind in KINDS}
    kinds = [_at_terminal(each.kind, whole.get(each.kind.name)) for each in handlings]
    added = {name for each in handlings for name in each.additions}
    kinds += [kind for kind in KINDS if kind.name in added]
    with a_terminal(root / "terminal", hub.clock, settings, kinds) as app:
        with db.writing(db.store):
            keep(db.store, hub.made.enrolled, hub.clock.now())
        at_terminal = (db.real(db.store), db.real(db.catalogue))
        citizen = Citizen(app.test_client())
        yield County(hub, handlings, citizen, hub.clock, at_terminal, at_hub)
    at_hub[0].close()


def at_hub(county: County) -> Collecting:
    """The hub of the same process as the terminal asks it."""

    def ask_lock(number: str, code: str) -> LockGiven:
        with hub_side(county):
            return parcels.lock(db.store, db.writing, Track(number, code), county.clock.now())

    def fetch(number: str, proof: str, size: int) -> bytes:
        found = b""
        with hub_side(county):
            try:
                while len(found) < size:
                    asked = Collect(number, proof, len(found))
                    piece, is_whole = parcels.piece(db.store, db.writing, asked, county.clock.now())
                    found += piece
            except HubRefused as refused:
                raise Refused(refused.code) from refused
            if is_whole:
                county.hub.app.extensions["kiosk"].sync.on_collected(db.store, number)
        return found

    return replace(context.terminal().collecting, ask_lock=ask_lock, fetch=fetch, held=HeldAnswers())


class hub_side:
    """Within it the hub's databases are bound."""

    def __init__(self, county: County) -> None:
        self.county = county

    def __enter__(self) -> None:
        self.county._turn_to(self.county.at_hub)

    def __exit__(self, *error: object) -> None:
        self.county._turn_to(self.county.at_terminal)


def in_reach(county: County) -> None:
    """Lets the terminal ask the hub of the same process for progress and answers."""
    app = county.citizen.client.application
    with app.app_context():
        wired = context.terminal()

        def ask_hub(number: str, code: str) -> HubState | None:
            with hub_side(county):
                found = progress.track(db.store, db.writing, Track(number, code), county.clock.now()).status
            return HubState(found.number, found.state, found.changed_at, found.detail) if found else None

        context.give(app, replace(wired, ask_hub=ask_hub, collecting=at_hub(county)))
