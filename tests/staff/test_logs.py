"""The log of acts at the hub is compared with what has left the machine: terminals' signatures, and paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

import pytest

from kiosk import audit, countersigned, db
from kiosk.audit import Act
from kiosk.countersigned import LogFault
from kiosk.errors import Refused
from kiosk.staff import device_models, logs
from sync.carried import anchors
from sync.carried.anchors import Chain, Whose
from sync.hub import heads as at_hub
from sync.statements import Database
from sync.terminal import enrolment
from sync.terminal import heads as at_terminal
from sync.wire import signing
from sync.wire.heads import OF_HUB, ChainFault, HeadsGiven
from sync.wire.hello import Head
from tests.building import DEVICE_SEED as SEED
from tests.hub import Hub
from tests.sync.machines import STATION_FILES, Store, writing

HUB_SEED = b"h" * 32


@dataclass
class Far:
    """A terminal beside the hub: its own file, its own log of acts, one row after another."""

    hub: Hub
    store: Store = field(default_factory=lambda: Store(*STATION_FILES, "station/0014_audit_anchors.py"))
    entries: list[str] = field(default_factory=lambda: ["0" * 64])
    noted: list[tuple[Whose, ChainFault]] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = replace(self.hub.made.enrolled, hub_key=signing.public_key(HUB_SEED))
        enrolment.keep(self.store.database, known, self.hub.clock.now())

    @property
    def chain(self) -> Chain:
        return Chain(self._head, self._at, lambda _p, whose, _h, fault, _n: self.noted.append((whose, fault)))

    def _head(self, _database: Database) -> Head:
        return Head(len(self.entries) - 1, self.entries[-1])

    def _at(self, _database: Database, seq: int) -> str | None:
        return self.entries[seq] if seq < len(self.entries) else None

    def acts(self, *what: str) -> None:
        for each in what:
            self.entries.append(sha256((self.entries[-1] + each).encode()).hexdigest())

    def send(self, method: str, path: str, body: bytes = b"") -> signing.Answer:
        with db.writing(db.store):
            kept = at_hub.take_heads(
                db.store,
                countersigned.CHAIN,
                self.hub.device,
                HeadsGiven.read(body),
                seed=HUB_SEED,
                now=self.hub.clock.now(),
            )
        return signing.Answer(200, kept.body(), "application/json")

    def round(self) -> None:
        """What a round of the sync does with the heads."""
        told = at_hub.hub_head(db.store, countersigned.CHAIN, self.hub.device, HUB_SEED)
        signer = at_terminal.Signer(self.chain, SEED)
        at_terminal.exchange(self.store.database, writing, self, signer, told, self.hub.clock.now())

    def anchor(self, whose: Whose) -> anchors.AuditAnchor:
        found = anchors.kept(self.store.database, OF_HUB, whose)
        assert found is not None
        return found


@pytest.fixture
def far(hub: Hub) -> Far:
    """A terminal that has countersigned the hub's log, and the hub its."""
    far = Far(hub)
    act(hub, "first", "second", "third")
    far.acts("opened", "printed")
    far.round()
    return far


def act(hub: Hub, *subjects: str) -> None:
    for subject in subjects:
        with db.writing(db.store):
            audit.record(at=hub.clock.now(), actor="li.shili", act=Act.STAFF_SIGNED_IN, subject=subject)


def cut(hub: Hub, many: int) -> None:
    """The tail is removed, and the end of the chain made to fit: hashes alone cannot tell."""
    last, _ = audit.head()
    hub.connection.execute("DELETE FROM audit WHERE seq > ?", [last - many])
    compute_anew(hub)


def compute_anew(hub: Hub, subject: str = "") -> None:
    """Every hash is made again, as anybody with the database can."""
    before = audit.FIRST
    for *row, _ in list(audit.AuditLine.select().order_by(audit.AuditLine.seq).tuples()):
        if subject and row[0] == 2:
            row[4] = subject
        before = audit._link(before, tuple(row))
        hub.connection.execute(
            "UPDATE audit SET subject = ?, chain = ? WHERE seq = ?", [row[4], before, row[0]]
        )
    hub.connection.execute("UPDATE audit_head SET seq = (SELECT MAX(seq) FROM audit), chain = ?", [before])


def faults() -> list[LogFault]:
    return [each.fault for each in countersigned.verify(device_models.peer)]


def test_an_untouched_log_has_no_fault_and_names_who_signed_it(hub: Hub, far: Far) -> None:
    act(hub, "fourth")
    assert faults() == []
    assert logs.state().signers == 1
    assert logs.state().last == logs.state().signed_through + 1
    far.round()
    assert logs.state().last == logs.state().signed_through


def test_without_what_left_the_machine_a_cut_and_a_computed_chain_pass(hub: Hub) -> None:
    """The control: the hashes alone show neither."""
    act(hub, "first", "second", "third")
    cut(hub, 1)
    compute_anew(hub, "nobody")
    assert audit.first_break() is None
    assert faults() == []


def test_a_tail_that_was_cut_off_is_found(hub: Hub, far: Far) -> None:
    cut(hub, 1)
    assert audit.first_break() is None, "the chain alone cannot tell"
    assert faults() == [LogFault.CUT]
    assert logs.state().lost_for == (hub.device.terminal,)


def test_a_cut_tail_that_was_filled_again_is_found(hub: Hub, far: Far) -> None:
    cut(hub, 2)
    act(hub, "other", "acts", "instead")
    assert faults() == [LogFault.REWRITTEN]


def test_a_chain_computed_anew_is_found(hub: Hub, far: Far) -> None:
    compute_anew(hub, "nobody")
    assert audit.first_break() is None, "the chain alone cannot tell"
    assert faults() == [LogFault.REWRITTEN]


def test_a_rewritten_row_is_found(hub: Hub, far: Far) -> None:
    hub.connection.execute("UPDATE audit SET subject = 'nobody' WHERE seq = 2")
    assert faults() == [LogFault.BROKEN]


def test_a_forged_signature_is_found(hub: Hub, far: Far) -> None:
    cut(hub, 1)
    seq, chain = audit.head()
    hub.connection.execute("UPDATE audit_anchor SET seq = ?, chain = ? WHERE whose = 'own'", [seq, chain])
    assert faults() == [LogFault.UNSIGNED]


def test_what_the_hub_has_erased_the_terminal_remembers(hub: Hub, far: Far) -> None:
    """Whoever holds the hub's database can delete the signatures too, but not what is on the terminals."""
    cut(hub, 1)
    hub.connection.execute("DELETE FROM audit_anchor")
    assert faults() == []
    far.round()
    assert LogFault.CUT in faults()
    assert far.noted == [(Whose.OTHER, ChainFault.CUT)]
    assert far.anchor(Whose.OTHER).fault == ChainFault.CUT
    (noted,) = audit.last_of(Act.CHAIN_FAULT, 2)
    assert noted.subject == hub.device.id, "and the hub's own log says so from now on"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda far: far.entries.pop(), ChainFault.CUT),
        (lambda far: far.entries.__setitem__(slice(1, None), ["1" * 64, "2" * 64]), ChainFault.REWRITTEN),
    ],
)
def test_the_hub_finds_a_terminals_log_cut_or_computed_anew(
    hub: Hub, far: Far, change: Callable[[Far], None], fault: ChainFault
) -> None:
    change(far)
    far.round()
    (found,) = countersigned.faults_of_others(device_models.peer)
    assert (found.peer, found.fault, found.head.seq) == (hub.device.terminal, fault, 2)
    assert logs.state().faulty == (hub.device.terminal,)
    far.acts("more")
    far.round()
    assert far.anchor(Whose.OWN).seq == 2, "no further head is signed until a person has looked"


def test_what_was_found_out_is_accepted_once_and_kept_from_then_on(hub: Hub, far: Far) -> None:
    cut(hub, 1)
    far.entries.pop()
    far.round()
    logs.accept(hub.device.id, "恢复了备份", now=hub.clock.now(), by="wang.guanli")
    far.round()
    assert faults() == []
    assert countersigned.faults_of_others(device_models.peer) == []
    assert far.anchor(Whose.OTHER).fault == ""
    assert audit.last_of(Act.CHAIN_FAULT_ACCEPTED, 1)[0].actor == "wang.guanli"
    with pytest.raises(Refused, match="no-fault"):
        logs.accept(hub.device.id, "恢复了备份", now=hub.clock.now(), by="wang.guanli")
    cut(hub, 1)
    assert faults() == [LogFault.CUT], "and it is watched as before"


def test_a_terminal_cannot_invent_a_head_of_the_hub(hub: Hub, far: Far) -> None:
    made_up = anchors.Head(99, "a" * 64)
    with writing(far.store.database):
        anchors.keep(far.store.database, OF_HUB, Whose.OTHER, made_up, b"x" * 64, now=hub.clock.now())
    with pytest.raises(Exception, match="bad-held"):
        far.round()
    assert faults() == []


def test_a_head_on_paper_finds_what_no_machine_remembers(hub: Hub) -> None:
    act(hub, "first", "second", "third")
    printed = countersigned.written(countersigned.own_head())
    assert countersigned.verify(device_models.peer, printed) == []
    compute_anew(hub, "nobody")
    assert [each.fault for each in countersigned.verify(device_models.peer, printed)] == [LogFault.REWRITTEN]
    cut(hub, 1)
    assert [each.fault for each in countersigned.verify(device_models.peer, printed)] == [LogFault.CUT]
    with pytest.raises(Refused, match="head-form"):
        countersigned.verify(device_models.peer, "the last one")


def test_the_desk_shows_the_state_and_takes_the_reason(hub: Hub, far: Far) -> None:
    hub.add_account("wang.guanli", "admin")
    browser = hub.browser("wang.guanli")
    assert "1台终端签认到第" in browser.get("/desk/devices").text
    cut(hub, 3)
    far.round()
    assert "中心的操作记录少了或者改过" in browser.get("/desk/devices").text
    assert "操作记录少了或者改过" in browser.get(f"/desk/devices/{hub.device.id}").text
    page = "/desk/devices"
    browser.post("/desk/devices/log", {"device": "", "reason": " "}, on=page)
    assert "没有改动" in browser.get(page).text
    browser.post("/desk/devices/log", {"device": "", "reason": "恢复了备份"}, on=page)
    far.round()
    assert "中心的操作记录少了或者改过" not in browser.get(page).text
    assert browser.post("/desk/devices/log", {"device": "", "reason": "x"}, on=page).status_code == 409
