"""
Seats through partitions, lost answers, restarts, wrong clocks, cancelled bookings, a disk or a hub put back.

What must hold at every moment: a seat has one living booking; whoever was given a confirmation has exactly that seat,
unless the machine that printed it had forgotten what it had confirmed before, which the hub cannot know until that
machine comes back. Even then nobody is lost: the booking has another seat of the same session, or a person calls.
`SEAT_EXAMPLES=2000` looks longer than each run does.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.seats import actions, claim_models, leasing, models
from kiosk.seats import leasing_models as rows
from kiosk.seats.rules import Seat, SeatChannel, SeatState
from sync.hub import hub_history
from tests.seats.machines import SeatTerminal, a_county, bound
from tests.seats.supply import NOW, a_session

EXAMPLES, STEPS = int(os.environ.get("SEAT_EXAMPLES", "10")), 40
SESSIONS = ("near", "far")
SEATS = 6
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None

which = st.integers(0, 2)
sessions = st.sampled_from(SESSIONS)


@dataclass(frozen=True)
class Paper:
    """A confirmation that somebody has: by which machine (None: the desk), for which seat."""

    number: str
    terminal: int | None
    seat: Seat
    is_strict: bool = True


class SeatMachine(RuleBasedStateMachine):
    """A hub and three terminals, with everything that goes wrong between them."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
        self.clock = FixedClock(NOW)
        self.hub, self.terminals = self.stack.enter_context(a_county(self.folder, self.clock))
        self.papers: dict[str, Paper] = {}
        self.cancelled: set[str] = set()
        self.forms: list[tuple[int, str, Seat]] = []
        self.copies: dict[int, set[str]] = {}
        self.forgetful: set[int] = set()
        self.hub_copy: tuple[set[str], set[str]] | None = None
        self.count = 0

    @initialize(fault=st.sampled_from(["none", "disk", "hub"]))
    def open(self, fault: str) -> None:
        self.fault = fault
        near, far = (a_session(name, seats=SEATS, kept=1) for name in SESSIONS)
        with bound(self.hub.database):
            actions.open_sessions([near, replace(far, day=near.day + timedelta(days=5))], NOW)
        for terminal in self.terminals:
            terminal.round()

    def number(self) -> str:
        self.count += 1
        return f"A-{self.count:04}"

    @rule(at=which)
    def round(self, at: int) -> None:
        terminal = self.terminals[at]
        if terminal.is_cut:
            return
        if at in self.forgetful:
            terminal.device = replace(terminal.device, state="quarantined")
        terminal.round()
        if at in self.forgetful and not terminal.loses_answers:
            self.forgetful.discard(at)
            terminal.device = replace(terminal.device, state="active")

    @rule(at=which, is_cut=st.booleans())
    def line(self, at: int, is_cut: bool) -> None:
        self.terminals[at].is_cut = is_cut

    @rule(at=which, loses=st.booleans())
    def answers(self, at: int, loses: bool) -> None:
        self.terminals[at].loses_answers = loses

    @rule(at=which, session=sessions)
    def begin_form(self, at: int, session: str) -> None:
        key = f"form-{self.number()}"
        try:
            seat = self.terminals[at].hold(session, key)
        except Refused:
            return
        self.forms.append((at, key, seat))

    @precondition(lambda self: self.forms)
    @rule(data=st.data(), taps=st.integers(1, 2))
    def confirm_form(self, data: st.DataObject, taps: int) -> None:
        at, key, seat = self.forms.pop(data.draw(st.integers(0, len(self.forms) - 1)))
        for _ in range(taps):
            number = self.number()
            try:
                spent = self.terminals[at].confirm(seat, number, key)
            except Refused:
                continue
            paper = Paper(number, at, Seat(spent.session, spent.no), is_strict=at not in self.forgetful)
            self.papers[number] = paper

    @rule(session=sessions)
    def book_at_the_desk(self, session: str) -> None:
        number = self.number()
        with bound(self.hub.database), db.writing(db.store):
            try:
                seat = actions.book(session, number, SeatChannel.DESK, self.clock.now())
            except Refused:
                return
        self.papers[number] = Paper(number, None, seat)

    @precondition(lambda self: self.papers)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.papers)))
        with bound(self.hub.database):
            if actions.seat_of(number) is None:
                return
            actions.give_back(number, self.clock.now())
        self.cancelled.add(number)

    @rule(minutes=st.sampled_from([1, 4, 15, 60, 24 * 60]))
    def wait(self, minutes: int) -> None:
        for clock in (self.clock, *(each.clock for each in self.terminals)):
            clock.advance(minutes * 60)

    @rule(at=which, hours=st.integers(-100, 100), is_noticed=st.booleans())
    def wrong_clock(self, at: int, hours: int, is_noticed: bool) -> None:
        clock = self.terminals[at].clock
        clock.moment, clock.is_trusted = self.clock.moment + timedelta(hours=hours), not is_noticed

    @rule(at=which)
    def set_clock(self, at: int) -> None:
        self.terminals[at].clock.moment, self.terminals[at].clock.is_trusted = self.clock.moment, True

    @rule(at=which)
    def restart(self, at: int) -> None:
        clock = self.terminals[at].clock
        clock.boot, clock.steady = f"{clock.boot}+", 1.0

    @precondition(lambda self: self.fault == "disk")
    @rule(at=which)
    def copy_disk(self, at: int) -> None:
        terminal = self.terminals[at]
        _save(terminal.database.path)
        terminal.database.close_all()
        self.copies[at] = set(self.papers)

    @precondition(lambda self: self.copies)
    @rule(data=st.data())
    def put_disk_back(self, data: st.DataObject) -> None:
        at = data.draw(st.sampled_from(sorted(self.copies)))
        terminal = self.terminals[at]
        terminal.database.close_all()
        _load(terminal.database.path)
        self.restart(at)
        self.forgetful.add(at)
        terminal.device = replace(terminal.device, state="active")
        for number in self.papers.keys() - self.copies[at] - self.hub.taken:
            if self.papers[number].terminal == at:  # it went with the disk, as any submission would
                del self.papers[number]

    @precondition(lambda self: self.fault == "hub")
    @rule()
    def copy_hub(self) -> None:
        self.hub.database.close_all()
        _save(self.hub.database.path)
        self.hub_copy = (set(self.hub.taken), set(self.papers))

    @precondition(lambda self: self.hub_copy is not None)
    @rule()
    def restore_hub(self) -> None:
        assert self.hub_copy is not None
        self.hub.database.close_all()
        _load(self.hub.database.path)
        self.hub.taken = set(self.hub_copy[0])
        with bound(self.hub.database):
            with db.writing(db.store):
                hub_history.begin_new_epoch(db.store)
            for number in sorted(self.cancelled):  # they come again, as every submission does
                actions.give_back(number, self.clock.now())
        for number in self.papers.keys() - self.hub_copy[1]:
            if self.papers[number].terminal is None:  # the desk's own work since the copy is lost
                del self.papers[number]
        self.hub.taken |= self.cancelled

    @invariant()
    def a_seat_has_one_living_booking(self) -> None:
        with bound(self.hub.database):
            taken = claim_models.claims_of(SESSIONS)
            for seat, number in taken.items():
                state = models.owner_of(seat)
                assert state is not None
                assert state[:2] == (SeatState.TAKEN, number)
        assert len(set(taken.values())) == len(taken)

    @invariant()
    def every_confirmation_has_its_seat(self) -> None:
        strict = [each for each in self._valid() if each.is_strict]
        assert len({each.seat for each in strict}) == len(strict)
        with bound(self.hub.database):
            called = {number for number, _ in claim_models.lost()}
            for paper in self._valid():
                if paper.terminal is not None and paper.number not in self.hub.taken:
                    continue
                seat = actions.seat_of(paper.number)
                if paper.is_strict:
                    assert seat == paper.seat, paper
                else:
                    assert (seat and seat.session == paper.seat.session) or paper.number in called

    def _valid(self) -> list[Paper]:
        return [each for number, each in self.papers.items() if number not in self.cancelled]

    def teardown(self) -> None:
        try:
            if hasattr(self, "fault"):
                self._heal()
        finally:
            self.stack.close()

    def _heal(self) -> None:
        for at, terminal in enumerate(self.terminals):
            terminal.is_cut = terminal.loses_answers = False
            self.set_clock(at)
        for _ in range(4):
            self.wait(15)
            for at in range(len(self.terminals)):
                self.round(at)
        self.every_confirmation_has_its_seat()
        assert {each.number for each in self._valid() if each.terminal is not None} <= self.hub.taken
        with bound(self.hub.database):
            assert self._states().isdisjoint({SeatState.UNSURE})
        for terminal in self.terminals:
            self._agrees(terminal)

    def _states(self) -> set[SeatState]:
        seats = (Seat(session, no) for session in SESSIONS for no in range(1, SEATS + 1))
        return {found[0] for seat in seats if (found := models.owner_of(seat))}

    def _agrees(self, terminal: SeatTerminal) -> None:
        here = {each["lease"] for each in terminal.own() if each["state"] in ("free", "held")}
        with bound(self.hub.database):
            there = {seat.lease for seat, _, _ in rows.leased_to(terminal.device.terminal)}
        assert here == there


def _save(path: Path) -> None:
    database = db.open_sqlite(path)
    database.checkpoint()
    database.close_all()
    shutil.copyfile(path, path.with_suffix(".copy"))


def _load(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(path.with_suffix(".copy").read_bytes())


def look(examples: int) -> None:
    run_state_machine_as_test(
        SeatMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="SEAT_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_seat_is_given_twice_and_no_confirmation_is_without_one() -> None:
    look(EXAMPLES)


def test_a_hub_that_trusts_the_clock_instead_of_the_terminals_word_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: leases that ended are booked again, though their terminal has said nothing."""

    def reclaim(now: datetime) -> int:
        for seat in rows.overdue(now):
            actions.free(seat, SeatState.LEASED)
        return 0

    monkeypatch.setattr(leasing, "reclaim", reclaim)
    machine = SeatMachine()
    try:
        with pytest.raises(AssertionError):
            _late_report(machine)
    finally:
        machine.stack.close()


def _late_report(machine: SeatMachine) -> None:
    """Let a terminal confirm without the hub, and say so only after its lease has ended."""
    machine.open("none")
    machine.line(0, is_cut=True)
    seat = machine.terminals[0].hold("near", "form-1")
    machine.terminals[0].confirm(seat, "A-1", "form-1")
    machine.papers["A-1"] = Paper("A-1", 0, Seat(seat.session, seat.no))
    machine.clock.moment = machine.terminals[1].clock.moment = a_session().start - timedelta(minutes=5)
    machine.round(1)
    for _ in range(SEATS):
        machine.book_at_the_desk("near")
    machine.line(0, is_cut=False)
    machine.round(0)
    machine.every_confirmation_has_its_seat()
