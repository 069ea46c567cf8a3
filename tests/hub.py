"""A hub for tests: a real application over a real database, with people, requests and browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.app.handlings import HANDLINGS
from kiosk.app.replication.taking_in import taker
from kiosk.clock import Clock, FixedClock, stamp
from kiosk.intake.handling import Handling, Work, registers
from kiosk.machine import homes
from kiosk.staff import actions
from kiosk.staff.by_organ import reading_keys, wall
from kiosk.staff.keys import Cost
from kiosk.staff.rules import AccountState
from kiosk.web import context, desk_acts
from kiosk.workdays import WorkCalendar, load_calendar
from sync.hub import inbox
from sync.hub.device import Device
from sync.hub.models import InboxEntry
from sync.wire import sealing
from sync.wire.submission import SealedSubmission
from tests import building
from tests.building import MADE_AT, MadeHub, enrolled_hub, hub_app, hub_settings

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
"""What a password costs in tests."""
PASSWORD = "梧桐树下 eleven"
SETTINGS = building.HUB
HOST = f"127.0.0.1:{SETTINGS.port}"
MONDAY_MORNING = MADE_AT
"""9:00 in Beijing."""
PERSONAL = {
    "wanted": "清泉街道 2025 年低保名额怎样分配",
    "supply": "paper",
    "obtain": "collect",
    "name": "张样例",
    "document": "id_card",
    "number": "372525198001010013",
    "phone": "13800001234",
    "query_code": "123456789012",
}

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Raw:
    """Statements behind the back of the code, one text for both engines: a question mark is a value's place."""

    def __init__(self, database: db.Store) -> None:
        self._database = database

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The driver's cursor."""
        own = (
            sql if self._database.param == "?" else sql.replace("%", "%%").replace("?", self._database.param)
        )
        return self._database.execute_sql(own, values)


def build_database(home: Path, clock: Clock, address: str = "") -> db.Store:
    """Open the database of a hub with one terminal: a file of `home`, or at that address."""
    enrolled_hub(home, address)
    return homes.open_hub(home, clock)


@dataclass
class Hub:
    """The hub of one test."""

    home: Path
    app: Flask
    clock: FixedClock
    made: MadeHub
    calendar: WorkCalendar
    taken: int = 0
    others: list[Device] = field(default_factory=list)

    @property
    def recovery_key(self) -> str:
        """What was said when the hub was made."""
        return self.made.recovery_key

    @property
    def device(self) -> Device:
        """Its one terminal."""
        return self.made.device

    @property
    def connection(self) -> Raw:
        """What is stored, for looking."""
        return Raw(db.real(db.store))

    def add_account(
        self, name: str, role: str = "clerk", *, approved: bool = True, organ: str = ""
    ) -> AccountState:
        """An account with the password of tests; a clerk is approved with the recovery key unless told otherwise."""
        with db.writing(db.store):
            state = actions.add_account(name, role, PASSWORD, self.clock.now(), cost=CHEAP, organ=organ)
            if approved and state is AccountState.PENDING:
                state = actions.approve(name, now=self.clock.now(), recovery_key=self.recovery_key).state
        return state

    def enrol(self, name: str) -> Device:
        """One more terminal."""
        given = building.enrol(self.app, name, self.clock)
        self.others.append(Device(given.device, name, given.terminal, given.epoch, "active"))
        return self.others[-1]

    def work(self) -> Work:
        """What acts on cases need, at this moment."""
        return Work(self.clock.now(), self.calendar)

    def give_key(self, organ: str) -> str:
        """A reading key of its own for an organ, made with the recovery key; its id."""
        made = reading_keys.make_key(
            organ, now=self.clock.now(), recovery_key=self.recovery_key, registers=registers(HANDLINGS)
        )
        return made.key_id

    def take_in(
        self, *, personal: dict[str, Any] | None = None, sealed_for: str | None = None, **envelope: Any
    ) -> str:
        """
        The number of a request that a terminal handed in just now.

        Args:
            sealed_for: The organ whose key the terminal knows; an old terminal knows the office's only ("").
        """
        self.taken += 1
        with db.writing(db.store):
            known = envelope.get("organ", "") if sealed_for is None else sealed_for
            key = wall.seal_key(known, office=SETTINGS.office_code)
            key_id, public = key.key_id, key.public_key
            sealed = sealing.seal(public, personal or PERSONAL)
            submission = self._submission(key_id, sealed, envelope)
            inbox.take_submission(
                db.store,
                self.device,
                submission.key,
                submission,
                now=self.clock.now(),
                on_taken=taker(self.clock, lambda: self.calendar, str, HANDLINGS, SETTINGS.office_code),
            )
        return submission.number

    def send_again(self, number: str, sealed: bytes, envelope: str) -> bytes:
        """The hub's answer when the terminal sends once more what it sent before."""
        (row,) = InboxEntry.select().where(InboxEntry.number == number).execute(db.store)
        again = SealedSubmission(
            key=row.key, kind=row.kind, number=number, terminal=self.device.terminal, epoch=row.epoch,
            seq=row.seq, digest=sha256(sealed).hexdigest(), code_hash=row.code_hash,
            envelope=json.loads(envelope), sealed=sealed,
        )  # fmt: skip
        with db.writing(db.store):
            return inbox.take_submission(
                db.store, self.device, row.key, again, now=self.clock.now(), on_taken=lambda *_given: None
            )

    def _submission(self, key_id: str, sealed: bytes, envelope: dict[str, Any]) -> SealedSubmission:
        number, key = (
            f"{self.device.terminal}-261123-{self.taken:04d}-K7-4",
            f"00000000-0000-7000-8000-{self.taken:012d}",
        )
        whole = {
            "key_id": key_id,
            "organ": "GX-ZFB",
            "submitted_at": stamp(self.clock.now()),
            "received_on": None,
            "received_basis": "to_confirm",
            "entry_mode": "self",
            "applicant_type": "citizen",
            **envelope,
        }
        return SealedSubmission(
            key=key, kind=whole.get("kind", "disclosure"), number=number, terminal=self.device.terminal,
            epoch=self.device.epoch, seq=self.taken, digest=sha256(sealed).hexdigest(), code_hash="",
            envelope=whole, sealed=sealed,
        )  # fmt: skip

    def browser(self, name: str | None = None) -> Browser:
        """A browser; with a name, that account is signed in."""
        browser = Browser(self.app.test_client())
        if name:
            answer = browser.post("/desk/sign-in", {"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return browser


class Browser:
    """A clerk's browser: follows nothing by itself, and sends the token of the page it looks at."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> TestResponse:
        """A page."""
        return self.client.get(path, headers={"Host": HOST})

    def post(self, path: str, form: dict[str, str] | None = None, *, on: str | None = None) -> TestResponse:
        """A form sent from page `on` (the sign-in page unless told otherwise)."""
        page = self.get(on or "/desk/sign-in").text
        found = _CSRF.search(page)
        assert found, "the page has no form"
        data = {**(form or {}), "csrf_token": found[1]}
        data.setdefault("version", self.version(path, data))
        return self.client.post(path, data=data, headers={"Host": HOST, "Origin": f"http://{HOST}"})

    def version(self, path: str, form: dict[str, str] | None = None) -> str:
        """The version of what a form acts on, as a page asked for just now would show it; empty for other forms."""
        app = self.client.application
        with app.test_request_context(path, method="POST", data=form, base_url=f"http://{HOST}"):
            act = getattr(app.view_functions.get(request.endpoint or ""), "desk_act", None)
            with suppress(NotFound):  # what is not there has no version
                return desk_acts.token(act.read(**(request.view_args or {}))) if act else ""
        return ""


def build_hub(
    home: Path,
    address: str = "",
    handlings: Sequence[Handling] = HANDLINGS,
    *,
    port: int = SETTINGS.port,
) -> Hub:
    """
    A hub with a reading key and nobody at its desk.

    Args:
        address: Of a PostgreSQL database with its tables.
        handlings: The kinds of submissions that it takes in.
    """
    clock = FixedClock(MADE_AT)
    made = enrolled_hub(home, address)
    app = hub_app(home, hub_settings(database=address, port=port), clock, handlings=handlings)
    context.give(app, replace(context.of(app), staff_cost=CHEAP))
    app.config["TESTING"] = True
    return Hub(home, app, clock, made, load_calendar())
