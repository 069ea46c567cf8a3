"""
Whatever breaks between terminals and hub, each promise is kept once: crashes, lost and late messages, restores.

The lines here leave out the signatures (test_signing.py has them) so that many histories can be tried.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sync.carried.feed_models import FeedPosition
from sync.hub import admission, hub_history
from sync.hub.statuses import SetStatus
from sync.statements import Database
from sync.terminal import client
from sync.wire.errors import HubRefused, Unreachable
from sync.wire.protocol import PREFIX
from sync.wire.signing import Answer, Request
from sync.wire.submission import SealedSubmission
from tests.sync.machines import HubBox, TerminalBox, nothing

FAULTS = (
    "fine",
    "lose-request",
    "lose-answer",
    "twice",
    "late",
    "hub-killed",
    "hub-killed-after",
    "killed-before",
    "killed-after",
)
PLANS = st.just([]) | st.lists(st.just("fine") | st.sampled_from(FAULTS), max_size=5)
"""What happens to each message of a round; half of the rounds go well, or histories would never get far."""
CASES = "CREATE TABLE promised_case (key TEXT PRIMARY KEY)"


class Killed(Exception):
    """A process ended here; no code after this line ran."""


def make_case(database: Database, submission: SealedSubmission, set_status: SetStatus) -> None:
    """The feature: a second case for one key would break the primary key."""
    database.execute_sql("INSERT INTO promised_case(key) VALUES (?)", (submission.key,))


class Lossy:
    """A line to the hub's actions that goes wrong as planned."""

    def __init__(self, hub: HubBox, device: str, plan: list[str], late: list[Callable[[], Any]]) -> None:
        self.hub, self.device, self.plan, self.late = hub, device, plan, late
        secret = admission.nonce_secret(hub.store.database, hub.hub.seed)
        self.nonce = admission.new_nonce(secret, device, hub.clock.now())
        self.counter = 0

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        self.counter += 1
        self.hub.clock.advance(milliseconds=7)
        row = self.hub.store.rows(
            "SELECT id, name, terminal, epoch, state FROM device WHERE id = ?", self.device
        )[0]
        caller = admission.Caller(admission.Device(*row), f"{self.nonce}.{self.counter}")
        request = Request(method, PREFIX + path, body)
        action: Any = {
            "hello": self.hub.hub.hello,
            "submissions": self.hub.hub.submit,
            "changes": self.hub.hub.changes,
            "statuses": self.hub.hub.statuses,
        }[path.strip("/").replace("?", "/").split("/")[0]]
        return self._through(lambda: action(caller, request), self.plan.pop(0) if self.plan else "fine")

    def _through(self, call: Callable[[], Answer], fault: str) -> Answer:
        if fault == "killed-before":
            raise Killed
        if fault == "lose-request":
            raise Unreachable("hub-unreachable")
        if fault == "late":
            self.late.append(call)
            raise Unreachable("hub-unreachable")
        if fault == "hub-killed":
            self._kill_hub(call)
        answer = call()
        if fault == "twice":
            with pytest.raises(Exception, match="nonce-"):
                call()
        if fault in ("lose-answer", "hub-killed-after"):
            raise Unreachable("hub-unreachable")
        if fault == "killed-after":
            raise Killed
        return answer

    def _kill_hub(self, call: Callable[[], Answer]) -> None:
        """The hub ends inside its transaction, when all is written and nothing committed."""

        def killed() -> None:
            raise Killed

        self.hub.before_commit = killed
        try:
            call()
        except Killed:
            raise Unreachable("hub-unreachable") from None
        finally:
            self.hub.before_commit = nothing
        raise Unreachable("hub-unreachable")


class Offices(RuleBasedStateMachine):
    """Two terminals, one hub, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.hub = HubBox()
        self.hub.on_taken = make_case
        self.hub.store.run(CASES)
        self.terminals = [TerminalBox(self.hub, name=f"第{place}号") for place in (1, 2)]
        self.promised: set[str] = set()
        self.late: list[Callable[[], Any]] = []
        self.backup: bytes | None = None

    def line(self, terminal: TerminalBox, plan: list[str]) -> Lossy:
        return Lossy(self.hub, terminal.enrolment.device, plan, self.late)

    @rule(which=st.integers(0, 1), is_killed=st.booleans())
    def hand_in(self, which: int, is_killed: bool) -> None:
        terminal = self.terminals[which]
        if not is_killed:
            self.promised.add(terminal.hand_in())
            return
        before = terminal.station.image()
        terminal.hand_in()
        terminal.station.put_back(before)  # killed before the commit: no number was shown

    @rule(which=st.integers(0, 1), plan=PLANS)
    def sync(self, which: int, plan: list[str]) -> None:
        terminal = self.terminals[which]
        try:
            client.one_round(terminal.terminal, self.line(terminal, plan))
        except Killed:
            return

    @precondition(lambda self: self.late)
    @rule(place=st.integers(0, 50))
    def deliver_late(self, place: int) -> None:
        call = self.late.pop(place % len(self.late))
        try:
            call()
        except (HubRefused, admission.Untrusted):
            return

    @rule()
    def back_up(self) -> None:
        self.backup = self.hub.store.image()
        through = self.hub.store.one("SELECT inbox_no FROM sync_position")
        with self.hub.store.writing() as database:
            hub_history.note_backup(database, through)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        assert self.backup is not None
        self.hub.store.put_back(self.backup)
        with self.hub.store.writing() as database:
            hub_history.begin_new_epoch(database)
            FeedPosition.update(epoch="feed-a").execute(database)  # the catalogue is not the subject

    @rule(place=st.integers(0, 50), state=st.sampled_from(["registered", "replied"]))
    def decide(self, place: int, state: str) -> None:
        numbers = self.hub.numbers()
        if numbers:
            self.hub.set_status(numbers[place % len(numbers)], state)

    @invariant()
    def nothing_is_invented_or_set_aside(self) -> None:
        assert set(self.hub.numbers()) <= self.promised
        assert self.hub.store.rows("SELECT state FROM device WHERE state <> 'active'") == []
        assert self.hub.store.rows("SELECT 1 FROM inbox_quarantine") == []

    @invariant()
    def what_is_erased_is_in_the_backup_or_at_the_hub(self) -> None:
        held = set(self.hub.numbers())
        for terminal in self.terminals:
            erased = terminal.station.rows("SELECT number FROM outbox WHERE sealed IS NULL")
            assert {number for (number,) in erased} <= held

    def teardown(self) -> None:
        for _ in range(3):
            for terminal in self.terminals:
                client.one_round(terminal.terminal, self.line(terminal, []))
        assert sorted(self.hub.numbers()) == sorted(self.promised)
        cases = self.hub.store.rows("SELECT key FROM promised_case ORDER BY key")
        assert cases == self.hub.store.rows("SELECT key FROM inbox ORDER BY key")
        shown = {number: state for each in self.terminals for number, state in each.statuses.items()}
        for number, state in self.hub.store.rows("SELECT number, state FROM status"):
            assert shown[number] == state
        for terminal in self.terminals:
            assert set(terminal.states()) <= {"acked"}


THOROUGH = os.environ.get("KIOSK_SLOW") == "1"
HISTORIES = settings(
    max_examples=3000 if THOROUGH else 80,
    stateful_step_count=50 if THOROUGH else 30,
    derandomize=not THOROUGH,
    database=None,
    deadline=None,
)
FIND_ONE = settings(HISTORIES, phases=[Phase.generate], report_multiple_bugs=False)
"""For machines that must fail: the first failure is enough, its shortest form is not looked for."""


def test_each_promise_is_kept_exactly_once() -> None:
    run_state_machine_as_test(Offices, settings=HISTORIES)


def test_the_same_histories_find_a_hub_that_forgets_keys() -> None:
    """The negative control: without the look at the key, a repeated try becomes a second case or a conflict."""

    class Forgetful(Offices):
        @rule()
        def forget(self) -> None:
            self.hub.store.run("UPDATE inbox SET key = lower(hex(randomblob(16)))")

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Forgetful, settings=FIND_ONE)


def test_the_same_histories_find_a_terminal_that_erases_too_early() -> None:
    """The negative control of the restore: what was acknowledged but is in no backup would be lost."""

    class Hasty(Offices):
        def __init__(self) -> None:
            super().__init__()
            self.back_up()

        @invariant()
        def erase(self) -> None:
            for terminal in self.terminals:
                terminal.station.run("UPDATE outbox SET sealed = NULL WHERE state = 'acked'")

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Hasty, settings=FIND_ONE)
