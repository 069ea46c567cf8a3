"""Leases between a hub and its terminals: given before they are needed, spent without the hub, given back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.seats import actions, claim_models, leases, leasing, models
from kiosk.seats import leasing_models as rows
from kiosk.seats.rules import Seat, SeatChannel, SeatState
from sync.hub import devices, hub_history
from sync.wire.signing import public_key
from tests.seats.machines import SeatHubMachine, SeatTerminal, a_county, bound
from tests.seats.supply import LATER, NOW, a_session

County = tuple[SeatHubMachine, list[SeatTerminal]]


@pytest.fixture
def county(tmp_path: Path, clock: FixedClock) -> Iterator[County]:
    with a_county(tmp_path, clock) as (hub, terminals):
        with bound(hub.database):
            actions.open_sessions([a_session(seats=12)], clock.now())
        yield hub, terminals


def advance(county: County, **ahead: float) -> None:
    hub, terminals = county
    for clock in (hub.clock, *(each.clock for each in terminals)):
        clock.advance(timedelta(**ahead).total_seconds())


def states(hub: SeatHubMachine) -> dict[str, int]:
    with bound(hub.database):
        found = [models.owner_of(Seat("s1", no)) for no in range(1, 13)]
    words = [each[0].value for each in found if each]
    return {word: words.count(word) for word in set(words)}


def test_terminals_confirm_their_own_seats_without_the_hub_and_then_no_more(county: County) -> None:
    hub, (one, two, three) = county
    for each in (one, two, three):
        each.round()
    assert states(hub) == {"leased": 9, "free": 3}
    one.is_cut = True
    for number in ("A-1", "A-2", "A-3"):
        one.confirm(one.hold("s1", number), number, number)
    with pytest.raises(Refused, match="none-here"):
        one.hold("s1", "form-4")
    one.is_cut = False
    one.round()
    with bound(hub.database):
        assert claim_models.lost() == []
        assert all(actions.seat_of(number) for number in ("A-1", "A-2", "A-3"))


def test_one_form_has_one_seat_however_often_it_asks(county: County) -> None:
    _, (one, *_) = county
    one.round()
    assert one.hold("s1", "form-1") == one.hold("s1", "form-1")
    one.is_cut = True
    assert one.hold("s1", "form-2") == one.hold("s1", "form-2")


def test_a_hold_that_nobody_confirms_comes_back_by_the_terminals_own_word(county: County) -> None:
    hub, (one, *_) = county
    one.round()
    one.hold("s1", "form-1")
    before = states(hub)["free"]
    advance(county, minutes=4)
    one.round()
    assert states(hub)["free"] == before + 1


def test_a_form_that_takes_too_long_may_not_confirm(county: County) -> None:
    _, (one, *_) = county
    one.round()
    seat = one.hold("s1", "form-1")
    advance(county, minutes=6)
    with pytest.raises(Refused, match="hold-over"):
        one.confirm(seat, "A-1", "form-1")


def test_a_lost_answer_to_a_hold_blocks_the_seat_only_until_the_next_rounds(county: County) -> None:
    hub, (one, *_) = county
    one.round()
    one.loses_answers = True
    own = one.hold("s1", "form-1")
    assert own.lease.startswith("l")
    one.loses_answers = False
    before = states(hub)["free"]
    advance(county, minutes=20)
    one.round()
    assert states(hub)["free"] == before + 1


def test_a_lease_ends_before_its_session_and_the_seat_goes_to_walk_ins_not_to_another_booking(
    county: County,
) -> None:
    hub, (one, two, _) = county
    one.round()
    two.round()
    one.is_cut = True
    seat = one.hold("s1", "form-1")
    one.confirm(seat, "A-1", "form-1")
    advance(county, days=2, hours=21)
    with pytest.raises(Refused, match="none-here"):
        one.hold("s1", "form-2")
    two.round()
    assert states(hub)["walk-in"] >= 3
    one.is_cut = False
    one.round()
    with bound(hub.database):
        assert actions.seat_of("A-1") == Seat("s1", seat.no)


def test_a_wrong_clock_confirms_nothing_by_itself(county: County) -> None:
    _, (one, *_) = county
    one.round()
    one.is_cut, one.clock.is_trusted = True, False
    with pytest.raises(Refused, match="none-here"):
        one.hold("s1", "form-1")


def test_a_changed_lease_a_foreign_one_and_another_terminals_are_refused() -> None:
    given = leases.signed(leases.Lease("l1", "T9", a_session(), 1, NOW), b"s" * 32)
    key = public_key(b"s" * 32)
    assert leases.verified(given.text, given.signature, hub_key=key, terminal="T9") == given
    for text, terminal, hub_key in (
        (given.text.replace(b'"no":1', b'"no":2'), "T9", key),
        (given.text, "T8", key),
        (given.text, "T9", public_key(b"t" * 32)),
        (b"no lease", "T9", key),
    ):
        with pytest.raises(Refused, match="lease-wrong"):
            leases.verified(text, given.signature, hub_key=hub_key, terminal=terminal)


def test_a_closed_session_is_asked_back(county: County) -> None:
    hub, (one, *_) = county
    one.round()
    with bound(hub.database):
        actions.open_sessions([a_session(seats=12, closed=True)], NOW)
    advance(county, minutes=11)
    one.round()
    assert states(hub) == {"free": 12}
    assert one.own() == []


def test_demand_moves_seats_to_the_terminal_that_books(county: County) -> None:
    hub, (one, two, three) = county
    with bound(hub.database):
        many = [a_session(f"b{no}", seats=20, starts=540 + no) for no in range(3)]
        actions.open_sessions(many, NOW)
    for turn in range(20):
        two.confirm(two.hold(f"b{turn % 3}", f"A-{turn}"), f"A-{turn}", f"A-{turn}")
    two.round()
    with bound(hub.database):
        actions.open_sessions([a_session("later", seats=24, day=LATER + timedelta(days=3))], NOW)
    advance(county, minutes=11)
    for each in (one, two, three):
        each.round()
    with bound(hub.database):
        owners = [each.owner for each in rows.leased(["later"])]
    counts = [owners.count(each.device.terminal) for each in (one, two, three)]
    assert counts[0] == counts[2] >= 1
    assert counts[1] > 3 * counts[0]


def test_a_revoked_terminals_seats_go_to_walk_ins_and_those_not_yet_bookable_are_free(
    county: County,
) -> None:
    hub, (one, *_) = county
    with bound(hub.database):
        actions.open_sessions([a_session("far", day=NOW.date() + timedelta(days=20), seats=12)], NOW)
    one.round()
    with bound(hub.database):
        with db.writing(db.store):
            devices.revoke(db.store, one.device.id, "stolen")
        leasing.reclaim(NOW)
        far = [models.owner_of(Seat("far", no)) for no in range(1, 13)]
    assert {each[0] for each in far if each} == {SeatState.FREE}
    assert states(hub)["walk-in"] == 3


def test_a_restored_hub_gives_no_seat_until_every_terminal_has_named_its_own(county: County) -> None:
    hub, (one, two, three) = county
    hub.database.close_all()
    shutil.copyfile(hub.database.path, hub.home / "copy")
    one.round()
    two.round()
    one.is_cut = True
    mine = one.hold("s1", "form-1")
    one.confirm(mine, "A-1", "form-1")
    hub.database.close_all()
    for beside in hub.home.glob(f"{hub.database.path.name}-*"):
        beside.unlink()
    hub.database.path.write_bytes((hub.home / "copy").read_bytes())
    with bound(hub.database):
        with db.writing(db.store):
            hub_history.begin_new_epoch(db.store)
        with pytest.raises(Refused, match="full"):
            actions.hold("s1", "desk", SeatChannel.DESK, NOW)
    two.round()
    three.round()
    with pytest.raises(Refused, match="none-here"):
        three.hold("s1", "form-2")
    one.is_cut = False
    one.round()
    with bound(hub.database):
        assert actions.seat_of("A-1") == Seat("s1", mine.no)
        assert actions.hold("s1", "desk", SeatChannel.DESK, NOW).no != mine.no
    assert "unsure" not in states(hub)
