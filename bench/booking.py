"""
Bookings measured: what three policies confirm on bad lines, simulated by the product's own rules, and a busy hub.

    python -m bench.booking [--small]

The simulation has 20 terminals and 168 seats a day, bookable 10 days ahead; each terminal has its line up and down at
random in working hours. Demand is assumed: the order of the policies counts, not the decimals. The hub is real: over
HTTP, every booking one hold and one submission, 1,000 a minute.
"""

from __future__ import annotations

import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from uuid_utils import uuid7

from bench import _disk
from bench._county import county
from bench._figures import Row, cpu_s, percentile, row, say, tell
from bench.hub import CODE_HASH, Sender, enrolled
from kiosk import db
from kiosk.app.replication.http_line import http_transport
from kiosk.app.seats.asks import HOLD
from kiosk.clock import SystemClock, stamp
from kiosk.consultation.booking.rules import KIND, Appointment, Wish
from kiosk.intake import numbers
from kiosk.machine import homes
from kiosk.seats import actions, claim_models, rules
from kiosk.seats.rules import Seat, SeatSession
from sync.terminal import asking
from sync.wire import sealing
from sync.wire.channel import Channel, Identity
from sync.wire.protocol import VERSION
from sync.wire.submission import submission_body
from tests.clocks import CLOCK
from tests.world import World

TERMINALS, DAYS, HORIZON, HOURS = 20, 60, 10, 8
SLOTS, SEATS = 7, 24
SEEDS = (1, 2, 3)
LINES = ((0.95, 4, 0.8), (0.85, 24, 0.8), (0.85, 24, 1.1), (0.60, 48, 0.95))
"""Availability, mean outage in working hours, demand for each seat."""
FIRST = date(2026, 3, 2)
A_MINUTE = 1_000
SENDERS = 8


@dataclass(frozen=True)
class Wanted:
    """One citizen: when (working hour from the start), at which terminal, for which day."""

    hour: float
    terminal: int
    day: int


@dataclass
class Outcome:
    """What became of the citizens of one run."""

    confirmed: int = 0
    false: int = 0
    call_back: int = 0
    full: int = 0

    def share(self, what: str) -> float:
        """Return a share of all, in per cent."""
        return float(100 * getattr(self, what) / (self.confirmed + self.false + self.call_back + self.full))


@dataclass
class Trial:
    """One run: the citizens and the lines, the same for each policy."""

    wanted: list[Wanted]
    up: list[list[bool]]
    """Of each terminal whether its line is up, by working hour."""


def trial(availability: float, outage_h: float, load: float, seed: int, days: int) -> Trial:
    """Return the citizens and the lines of one run."""
    chance = random.Random(seed)
    weights = [chance.lognormvariate(0, 0.6) for _ in range(TERMINALS)]
    many = int(days * SLOTS * SEATS * load)
    wanted = [
        Wanted(
            chance.uniform(0, days * HOURS),
            chance.choices(range(TERMINALS), weights)[0],
            chance.randint(1, HORIZON),
        )
        for _ in range(many)
    ]
    lines = [_line(chance, availability, outage_h, days * HOURS) for _ in range(TERMINALS)]
    return Trial(sorted(wanted, key=lambda one: one.hour), lines)


def _line(chance: random.Random, availability: float, outage_h: float, hours: int) -> list[bool]:
    up_h = outage_h * availability / (1 - availability)
    found: list[bool] = []
    is_up = chance.random() < availability
    while len(found) < hours:
        found += [is_up] * max(1, round(chance.expovariate(1 / (up_h if is_up else outage_h))))
        is_up = not is_up
    return found[:hours]


def _session(day: int, slot: int) -> SeatSession:
    starts = 9 * 60 + slot * 60
    return SeatSession(
        f"{day}-{slot}", KIND, "hall", "all", FIRST + timedelta(days=day), starts, starts + 60, SEATS,
        horizon_days=HORIZON,
    )  # fmt: skip


@dataclass
class Policy:
    """How terminals confirm; `free` is the truth at the hub: seats by day and slot."""

    days: int
    name: str
    free: dict[tuple[int, int], list[int]] = field(init=False)
    seen: list[dict[tuple[int, int], int]] = field(init=False)
    """What each terminal believes is free, without the hub."""
    found: Outcome = field(default_factory=Outcome)

    def __post_init__(self) -> None:
        ahead = range(self.days + 2 * HORIZON + 2)
        self.free = {(day, slot): list(range(SEATS)) for day in ahead for slot in range(SLOTS)}
        self.seen = [{} for _ in range(TERMINALS)]

    def sync(self, terminal: int, hour: int) -> None:
        """Do what a round does for a terminal whose line is up."""
        if self.name == "optimistic":
            self.seen[terminal] = {at: len(nos) for at, nos in self.free.items()}

    def book(self, one: Wanted, is_up: bool) -> None:
        """Confirm a citizen's wish or not."""
        today = int(one.hour // HOURS)
        at = self._choice(
            self.free_at if is_up else lambda at: self.seen[one.terminal].get(at, 0), one, today
        )
        if not is_up and self.name == "online only":
            self.found.call_back += 1
        elif at is None:
            self.found.full += 1
        elif self.free[at]:
            self.free[at].pop()
            self.seen[one.terminal][at] = self.seen[one.terminal].get(at, 1) - 1
            self.found.confirmed += 1
        else:
            self.seen[one.terminal][at] -= 1
            self.found.false += 1

    def free_at(self, at: tuple[int, int]) -> int:
        """Return how many seats the hub has of a session."""
        return len(self.free[at])

    def _choice(self, left: Any, one: Wanted, today: int) -> tuple[int, int] | None:
        """Return the session that a citizen takes: of the wished day, else the next one that can be had."""
        wished = [today + one.day + ahead for ahead in range(HORIZON - one.day + 1)]
        earlier = [today + before for before in range(one.day - 1, 0, -1)]
        for day in wished + earlier:
            slots = [(day, slot) for slot in range(SLOTS) if left((day, slot)) > 0]
            if slots:
                return slots[int(one.hour * 997) % len(slots)]
        return None


@dataclass
class Leases(Policy):
    """The product: its rules size the leases, decide what may be booked and when a lease ends."""

    horizons: int = rules.LEASED_HORIZONS
    own: list[dict[tuple[int, int], int]] = field(init=False)
    demand: list[tuple[float, int]] = field(init=False)
    """Of each terminal its demand, and the day of its last booking."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.own = [{} for _ in range(TERMINALS)]
        self.demand = [(0.0, 0)] * TERMINALS

    def sync(self, terminal: int, hour: int) -> None:
        today = hour // HOURS
        shares = {str(at): rules.faded(value, today - noted) for at, (value, noted) in enumerate(self.demand)}
        shares[""] = 0.0
        now = rules.local(FIRST + timedelta(days=today), 9 * 60 + hour % HOURS * 60)
        for day in range(today, today + self.horizons * HORIZON + 1):
            self._lease_day(terminal, day, shares, now)

    def _lease_day(self, terminal: int, day: int, shares: dict[str, float], now: Any) -> None:
        own = self.own[terminal]
        slots = [slot for slot in range(SLOTS) if rules.is_leasable(_sessions(day)[slot], now)]
        ended = [slot for slot in range(SLOTS) if slot not in slots and own.get((day, slot))]
        for slot in ended:
            self._give_back(terminal, (day, slot), own[day, slot])
        free = [Seat(str(slot), no) for slot in slots for no in self.free[day, slot]]
        theirs = sum(own.get((day, slot), 0) for slot in slots)
        leased = sum(each.get((day, slot), 0) for each in self.own for slot in slots)
        lacks = rules.targets(shares, len(free) + leased).get(str(terminal), 0) - theirs
        for seat in rules.spread(free, lacks) if lacks > 0 else ():
            at = (day, int(seat.session))
            self.free[at].remove(seat.no)
            own[at] = own.get(at, 0) + 1
        for slot in slots * (lacks < 0):
            many = min(own.get((day, slot), 0), -lacks)
            self._give_back(terminal, (day, slot), many)
            lacks += many

    def _give_back(self, terminal: int, at: tuple[int, int], many: int) -> None:
        self.own[terminal][at] = self.own[terminal].get(at, 0) - many
        taken = set(self.free[at])
        self.free[at] += [no for no in range(SEATS * 2) if no not in taken][:many]

    def book(self, one: Wanted, is_up: bool) -> None:
        today, own = int(one.hour // HOURS), self.own[one.terminal]
        at = self._choice(self.free_at, one, today) if is_up else None
        if at is None or not self.free[at]:
            at = self._choice(lambda each: own.get(each, 0), one, today)
            if at is None:
                self.found.full, self.found.call_back = (
                    self.found.full + is_up,
                    self.found.call_back + (not is_up),
                )
                return
            own[at] -= 1
        else:
            self.free[at].pop()
        self.found.confirmed += 1
        value, noted = self.demand[one.terminal]
        self.demand[one.terminal] = (rules.faded(value, today - noted) + 1, today)


_MADE: dict[int, list[SeatSession]] = {}


def _sessions(day: int) -> list[SeatSession]:
    if day not in _MADE:
        _MADE[day] = [_session(day, slot) for slot in range(SLOTS)]
    return _MADE[day]


def play(policy: Policy, given: Trial) -> Outcome:
    """Return what a policy makes of a run."""
    hour = -1
    for one in given.wanted:
        while hour < int(one.hour):
            hour += 1
            for terminal in range(TERMINALS):
                if given.up[terminal][hour]:
                    policy.sync(terminal, hour)
        policy.book(one, given.up[one.terminal][int(one.hour)])
    return policy.found


def simulated(seeds: Sequence[int], days: int) -> Iterator[Row]:
    """Compare the policies on each kind of line."""
    for availability, outage_h, load in LINES:
        runs: dict[str, list[Outcome]] = {}
        for seed in seeds:
            given = trial(availability, outage_h, load, seed, days)
            policies = (
                Leases(days, "ours"),
                Leases(days, "leases for one horizon", horizons=1),
                Policy(days, "online only"),
                Policy(days, "optimistic"),
            )
            for policy in policies:
                runs.setdefault(policy.name, []).append(play(policy, given))
        line = f"availability {availability:.0%}, outage {outage_h} h, load {load}"
        for what in ("confirmed", "false", "call_back", "full"):
            shares = {
                name: statistics.mean(each.share(what) for each in found) for name, found in runs.items()
            }
            ours = shares.pop("ours")
            yield row(f"booking/{what.replace('_', ' ')}: {line}", "%", ours, shares, f"{len(seeds)} seeds")


class Booker:
    """A terminal that books at the hub."""

    def __init__(self, world: World, sender: Sender) -> None:
        identity = Identity(sender.known.device, sender.seed, sender.known.hub_key)
        self.sender, self.seq = sender, 0
        self.line = Channel(http_transport(world.hub_url, SystemClock()), identity, SystemClock().now)
        self.took: list[float] = []

    def book(self, session: SeatSession) -> None:
        """Hold a seat and send the booking, and note the milliseconds of both together."""
        began = time.perf_counter()
        answer = asking.ask(self.line, HOLD, {"session": session.id})
        held = (time.perf_counter() - began) * 1000
        lease = answer.object("lease")
        body = self._body(session, lease.text("text", most=4000))
        key = body[0]
        began = time.perf_counter()
        self.line.send("PUT", f"/submissions/{key}", body[1])
        self.took.append(held + (time.perf_counter() - began) * 1000)

    def _body(self, session: SeatSession, text: str) -> tuple[str, bytes]:
        from kiosk.seats.leases import read_lease

        lease, known, key = read_lease(text.encode()), self.sender.known, str(uuid7())
        self.seq += 1
        sealed = sealing.seal(known.seal_key, {"name": "张样例", "query_code": "123456789012"})
        facts = Appointment(
            Wish.SEAT, session.place, session.topic, session.id, lease.no, session.day, session.starts, session.ends,
            lease.id,
        ).as_facts()  # fmt: skip
        envelope: dict[str, Any] = {
            **facts,
            "v": VERSION,
            "alg": sealing.ALG,
            "key_id": known.seal_key_id,
            "terminal": known.terminal,
            "epoch": known.epoch,
            "seq": self.seq,
            "key": key,
            "kind": KIND,
            "number": numbers.another(f"{known.terminal}261123{self.seq:04d}"),
            "digest": sha256(sealed).hexdigest(),
            "code_hash": CODE_HASH,
            "organ": "GX-ZFB",
            "submitted_at": stamp(CLOCK.now()),
            "received_on": None,
            "received_basis": "booking",
            "entry_mode": "self",
        }
        return key, submission_body(envelope, sealed)


def at_the_hub(many: int) -> Iterator[Row]:
    """Book so many times, 1,000 a minute; every booking has its seat at the end."""
    with county(0) as world:
        homes.open_hub(world.hub_home, SystemClock())
        day = CLOCK.now().date() + timedelta(days=3)
        sessions = [
            SeatSession(f"bench-{no}", KIND, "hall", "all", day, 540 + no, 600 + no, 25)
            for no in range(many // 20 + 1)
        ]
        actions.open_sessions(sessions, CLOCK.now())
        bookers = [Booker(world, enrolled(world, number)) for number in range(1, SENDERS + 1)]
        before = cpu_s(world.processes["hub"].pid)
        whole = _paced(bookers, sessions, many)
        work_s = cpu_s(world.processes["hub"].pid) - before
        seated = len(claim_models.claims_of([each.id for each in sessions]))
        if seated != many:
            raise RuntimeError(f"{seated} of {many} bookings have a seat")
        took = [each for booker in bookers for each in booker.took]
        commits = {"a bare commit p99": percentile(_disk.commit_ms(world.root, 200), 0.99)}
        db.real(db.store).close_all()
    note = f"{many} bookings, {SENDERS} terminals, hub CPU {work_s * 1000 / many:.1f} ms each"
    yield row("booking/hub a minute", "bookings", 60 * many / whole, {"asked for": A_MINUTE}, note)
    yield row("booking/hub p50", "ms", percentile(took, 0.5), commits, "hold and submission together")
    yield row("booking/hub p99", "ms", percentile(took, 0.99), commits, "hold and submission together")


def _paced(bookers: Sequence[Booker], sessions: Sequence[SeatSession], many: int) -> float:
    """Start a booking each 60 ms; return the seconds for all."""
    began, turn, lock = time.perf_counter(), Counter[str](), threading.Lock()

    def work(booker: Booker) -> None:
        while True:
            with lock:
                no = turn["next"]
                turn["next"] += 1
            if no >= many:
                return
            time.sleep(max(0.0, began + no * 60 / A_MINUTE - time.perf_counter()))
            booker.book(sessions[no // 20])

    threads = [threading.Thread(target=work, args=(each,)) for each in bookers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def main() -> int:
    """Run both parts."""
    is_small = "--small" in sys.argv[1:]
    say("booking: simulating four kinds of lines")
    code = tell(simulated(SEEDS[:1] if is_small else SEEDS, 12 if is_small else DAYS))
    say("booking: a thousand bookings a minute")
    return code or tell(at_the_hub(40 if is_small else A_MINUTE))


if __name__ == "__main__":
    sys.exit(main())
