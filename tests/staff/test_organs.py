"""Accounts, submissions and reading keys by organ, on both engines: nobody opens or sees another organ's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk import audit, db
from kiosk.app.handlings import HANDLINGS
from kiosk.audit import Act
from kiosk.clock import today
from kiosk.disclosure import cases, steps
from kiosk.disclosure.following.addition_kinds import WITHDRAWAL
from kiosk.errors import NotFound, Refused
from kiosk.intake import sealed
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import registers
from kiosk.staff import actions, key_models, models
from kiosk.staff.actions import Holder
from kiosk.staff.by_organ import mergers, reading_keys, wall
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered
from kiosk.staff.rules import OFFICE, AccountState
from sync.hub.models import InboxEntry
from sync.wire import sealing
from sync.wire.errors import SealBroken
from tests.hub import CHEAP, PASSWORD, SETTINGS, Hub

OFFICE_CODE = SETTINGS.office_code
CIVIL, LAND = "GX-MZJ", "GX-ZRZY"
"""Two organs of the county besides its office."""
REGISTERS = registers(HANDLINGS)


def holder(hub: Hub, name: str) -> Holder:
    """Somebody who has signed in just now."""
    entered = signing_in.sign_in(name, PASSWORD, hub.clock, CHEAP)
    assert isinstance(entered, Entered)
    return Holder(name, entered.reading_keys)


def with_key(hub: Hub, organ: str, clerk: str) -> Holder:
    """An organ with a key of its own, and its clerk who holds it."""
    hub.add_account(clerk, organ=organ, approved=False)
    hub.give_key(organ)
    actions.approve(clerk, now=hub.clock.now(), recovery_key=hub.recovery_key)
    return holder(hub, clerk)


def seen(hub: Hub, name: str) -> frozenset[str] | None:
    """The organs whose submissions an account sees today."""
    return wall.seen_by(name, day=today(hub.clock), office=OFFICE_CODE)


def opens(number: str, who: Holder) -> bool:
    """Whether somebody's keys open a submission."""
    try:
        return bool(sealed.read(number, who.keys).personal)
    except Refused:
        return False


def test_the_office_sees_all_while_no_organ_has_a_key_of_its_own(hub: Hub) -> None:
    hub.add_account("wang")
    number = hub.take_in(organ=CIVIL)
    assert seen(hub, "wang") is None
    assert opens(number, holder(hub, "wang"))


def test_an_organ_with_a_key_keeps_its_submissions_from_the_office_and_from_others(hub: Hub) -> None:
    hub.add_account("wang")
    civil, land = with_key(hub, CIVIL, "li"), with_key(hub, LAND, "zhao")
    number = hub.take_in(organ=CIVIL)
    assert seen(hub, "li") == {CIVIL}
    assert seen(hub, "zhao") == {LAND}
    office = seen(hub, "wang")
    assert office is not None
    assert OFFICE_CODE in office
    assert not office & {CIVIL, LAND}
    assert opens(number, civil)
    assert not opens(number, land)
    assert not opens(number, holder(hub, "wang"))


def test_nothing_that_is_stored_opens_with_the_keys_of_another_organ(hub: Hub) -> None:
    hub.add_account("wang")
    civil, land = with_key(hub, CIVIL, "li"), with_key(hub, LAND, "zhao")
    hub.take_in(organ=CIVIL)
    others = [*land.keys.values(), *holder(hub, "wang").keys.values()]
    (blob,) = (bytes(each) for (each,) in InboxEntry.select(InboxEntry.sealed).tuples().execute(db.store))
    assert sealing.unseal(next(iter(civil.keys.values())), blob)
    for key in others:
        with pytest.raises(SealBroken):
            sealing.unseal(key, blob)
    for (grant,) in hub.connection.execute("SELECT sealed FROM reading_grant WHERE name = 'li'").fetchall():
        assert all(actions.keys.take_out(key, bytes(grant)) is None for key in others)
    for (wrapped,) in hub.connection.execute("SELECT recovery_wrapped FROM reading_key").fetchall():
        assert all(actions.keys.take_out(key, bytes(wrapped)) is None for key in others)


def test_what_the_office_kept_for_an_organ_goes_to_its_first_key(hub: Hub) -> None:
    hub.add_account("wang")
    before = hub.take_in(organ=CIVIL)
    other = hub.take_in(organ=LAND)
    hub.add_account("li", organ=CIVIL, approved=False)
    wang = holder(hub, "wang")
    made = reading_keys.make_key(CIVIL, now=hub.clock.now(), registers=REGISTERS, by=wang, readers=["li"])
    li = holder(hub, "li")
    assert opens(before, li)
    assert not opens(before, wang)
    assert opens(other, wang)
    assert sealed.key_of(before) == made.key_id
    assert models.account("li").state is AccountState.ACTIVE  # type: ignore[union-attr]
    line = audit.last_about((Act.READING_KEY_MADE,), (made.key_id,))
    assert line is not None
    assert '"sealed_again":1' in line.detail.replace(" ", "")


def test_a_first_key_needs_a_reader_and_a_holder_of_the_offices(hub: Hub) -> None:
    hub.add_account("wang")
    wang = holder(hub, "wang")
    with pytest.raises(Refused, match="no-reader"):
        reading_keys.make_key(CIVIL, now=hub.clock.now(), registers=REGISTERS, by=wang)
    hub.add_account("li", organ=LAND, approved=False)
    with pytest.raises(Refused, match="other-organ"):
        reading_keys.make_key(CIVIL, now=hub.clock.now(), registers=REGISTERS, by=wang, readers=["li"])
    with pytest.raises(Refused, match="no-reading-key-in-hand"):
        reading_keys.make_key(
            LAND, now=hub.clock.now(), registers=REGISTERS, by=Holder("wang", {}), readers=["li"]
        )
    assert OFFICE_CODE in (seen(hub, "wang") or {OFFICE_CODE})
    assert not wall.own_keys()


def test_the_recovery_key_opens_every_organs_key(hub: Hub) -> None:
    civil = with_key(hub, CIVIL, "li")
    opened = actions.opened_by_recovery(hub.recovery_key)
    assert set(civil.keys) < set(opened)
    assert len(opened) == 2


def test_only_a_holder_of_an_organs_key_approves_its_clerks(hub: Hub) -> None:
    hub.add_account("wang")
    li = with_key(hub, CIVIL, "li")
    hub.add_account("sun", organ=CIVIL, approved=False)
    with pytest.raises(Refused, match="no-reading-key-in-hand"):
        actions.approve("sun", now=hub.clock.now(), by=holder(hub, "wang"))
    actions.approve("sun", now=hub.clock.now(), by=li)
    assert holder(hub, "sun").keys == li.keys


def test_roles_of_the_county_belong_to_the_office(hub: Hub) -> None:
    with pytest.raises(Refused, match="organ-for-clerks"):
        hub.add_account("chen", "admin", organ=CIVIL)


def test_an_old_terminals_submission_stays_with_the_office_until_it_hands_it_over(hub: Hub) -> None:
    hub.add_account("wang")
    li = with_key(hub, CIVIL, "li")
    number = hub.take_in(organ=CIVIL, sealed_for=OFFICE)
    added = hub.take_in(organ=CIVIL, sealed_for=OFFICE, kind=WITHDRAWAL.name, about=number)
    wang = holder(hub, "wang")
    assert cases.case(number).organ_code == OFFICE_CODE
    assert opens(number, wang)
    assert not opens(number, li)
    hand_over(hub, number, CIVIL, wang)
    assert cases.case(number).organ_code == CIVIL
    for each in (number, added):
        assert opens(each, holder(hub, "li"))
        assert not opens(each, wang)
    assert cases.events(number)[-1].detail["before"] == OFFICE_CODE
    assert audit.last_about((Act.DISCLOSURE_HANDED_OVER,), (number,)) is not None


def hand_over(hub: Hub, number: str, organ: str, by: Holder) -> None:
    """Give a case to another organ, as the desk does."""
    from kiosk.intake import register
    from kiosk.intake.handling import HandOver

    to = wall.seal_key(organ, office=OFFICE_CODE)
    given = HandOver(organ, to if to.key_id != sealed.key_of(number) else None, by.keys, by.name, "assigned")
    register.hand_over(cases, number, given, hub.work())


def test_a_hand_over_needs_the_key_and_changes_nothing_without_it(hub: Hub) -> None:
    with_key(hub, CIVIL, "li")
    number = hub.take_in(organ=LAND)
    with pytest.raises(Refused, match="reading-key-missing"):
        hand_over(hub, number, CIVIL, Holder("wang", {}))
    assert cases.case(number).organ_code == LAND
    assert organ_register.of(number) == LAND


def test_a_submission_that_was_sealed_again_is_still_the_one_its_terminal_sent(hub: Hub) -> None:
    hub.add_account("wang")
    with_key(hub, CIVIL, "li")
    number = hub.take_in(organ=LAND)
    row = InboxEntry.select().where(InboxEntry.number == number).get(db.store)
    hand_over(hub, number, CIVIL, holder(hub, "wang"))
    after = InboxEntry.select().where(InboxEntry.number == number).get(db.store)
    assert (after.came_as, after.answer) == (row.digest, row.answer)
    assert after.digest != row.digest
    hub.taken -= 1
    assert hub.send_again(number, bytes(row.sealed), row.envelope).decode() == row.answer


def test_a_key_that_is_lent_ends_with_its_last_day(hub: Hub) -> None:
    hub.add_account("wang")
    li = with_key(hub, CIVIL, "li")
    number, until = hub.take_in(organ=CIVIL), today(hub.clock) + timedelta(days=3)
    reading_keys.lend(CIVIL, "wang", until, now=hub.clock.now(), by=li)
    assert CIVIL in (seen(hub, "wang") or ())
    assert opens(number, holder(hub, "wang"))
    hub.clock.advance(timedelta(days=4).total_seconds())
    assert CIVIL not in (seen(hub, "wang") or ())
    assert not opens(number, holder(hub, "wang"))
    assert reading_keys.end_due_loans(hub.clock.now()) == 1
    assert key_models.lent() == []


def test_a_loan_is_given_by_a_holder_to_the_office_for_a_year_at_most(hub: Hub) -> None:
    hub.add_account("wang")
    li, day = with_key(hub, CIVIL, "li"), today(hub.clock)
    with_key(hub, LAND, "zhao")
    for who, until, by, code in (
        ("wang", day, Holder("wang", {}), "no-reading-key-in-hand"),
        ("zhao", day, li, "not-of-the-office"),
        ("wang", day - timedelta(days=1), li, "bad-last-day"),
        ("wang", day + timedelta(days=400), li, "bad-last-day"),
    ):
        with pytest.raises(Refused, match=code):
            reading_keys.lend(CIVIL, who, until, now=hub.clock.now(), by=by)
    reading_keys.lend(CIVIL, "wang", day, now=hub.clock.now(), by=li)
    reading_keys.end_loan(CIVIL, "wang", now=hub.clock.now(), by="li")
    assert CIVIL not in (seen(hub, "wang") or ())


def test_a_new_key_is_sealed_to_and_the_old_one_still_opens(hub: Hub) -> None:
    hub.add_account("wang")
    li = with_key(hub, CIVIL, "li")
    reading_keys.lend(CIVIL, "wang", today(hub.clock), now=hub.clock.now(), by=li)
    before = hub.take_in(organ=CIVIL)
    made = reading_keys.make_key(CIVIL, now=hub.clock.now(), registers=REGISTERS, by=li)
    after = hub.take_in(organ=CIVIL)
    assert sealed.key_of(after) == made.key_id
    for name in ("li", "wang"):
        assert opens(before, holder(hub, name)), name
        assert opens(after, holder(hub, name)), name


def test_a_clerk_who_left_has_no_key_and_those_who_stay_change_it(hub: Hub) -> None:
    li = with_key(hub, CIVIL, "li")
    hub.add_account("sun", organ=CIVIL, approved=False)
    actions.approve("sun", now=hub.clock.now(), by=li)
    actions.close_account("li", now=hub.clock.now(), by="chen")
    assert key_models.grants("li", today(hub.clock)) == {}
    with pytest.raises(Refused, match="key-is-held"):
        reading_keys.note_lost(CIVIL, "离职", now=hub.clock.now(), by="chen")
    made = reading_keys.make_key(CIVIL, now=hub.clock.now(), registers=REGISTERS, by=holder(hub, "sun"))
    assert key_models.holders_of(made.key_id) == ["sun"]


def test_a_lost_key_comes_back_with_the_recovery_key_and_else_the_office_takes_over(hub: Hub) -> None:
    hub.add_account("wang")
    with_key(hub, CIVIL, "li")
    closed = hub.take_in(organ=CIVIL)
    actions.close_account("li", now=hub.clock.now(), by="chen")
    assert reading_keys.note_lost(CIVIL, "唯一的办理员离职", now=hub.clock.now(), by="chen") == 1
    assert seen(hub, "wang") is None, "the office sees that the case is there"
    assert not opens(closed, holder(hub, "wang"))
    new = hub.take_in(organ=CIVIL)
    assert opens(new, holder(hub, "wang"))
    hub.add_account("sun", organ=CIVIL, approved=False)
    actions.approve("sun", now=hub.clock.now(), recovery_key=hub.recovery_key)
    assert opens(closed, holder(hub, "sun"))


def merge(hub: Hub, organ: str, into: str, by: Holder) -> int:
    """Merge an organ: an administrator proposes, a holder confirms."""
    mergers.propose(organ, into, now=hub.clock.now(), by="chen", office=OFFICE_CODE)
    return mergers.confirm(organ, by=by, work=hub.work(), office=OFFICE_CODE, registers=REGISTERS)


def test_a_merged_organs_key_cases_and_accounts_go_to_its_successor(hub: Hub) -> None:
    li, zhao = with_key(hub, CIVIL, "li"), with_key(hub, LAND, "zhao")
    number = hub.take_in(organ=CIVIL)
    assert merge(hub, CIVIL, LAND, li) == 1
    assert cases.case(number).organ_code == LAND
    assert opens(number, holder(hub, "zhao"))
    assert not opens(number, zhao), "what a session holds is from before"
    account = models.account("li")
    assert account is not None
    assert (account.organ, account.state) == (LAND, AccountState.PENDING)
    late = hub.take_in(organ=CIVIL, sealed_for=CIVIL)
    assert cases.case(late).organ_code == LAND
    assert opens(late, holder(hub, "zhao"))


def test_a_successor_without_a_key_goes_on_with_the_merged_organs(hub: Hub) -> None:
    li = with_key(hub, CIVIL, "li")
    number = hub.take_in(organ=CIVIL)
    merge(hub, CIVIL, LAND, li)
    assert set(wall.own_keys()) == {LAND}
    assert seen(hub, "li") == {LAND}
    assert opens(number, holder(hub, "li"))


def test_what_the_office_kept_for_a_merged_organ_is_sealed_to_the_successors_key(hub: Hub) -> None:
    hub.add_account("wang")
    with_key(hub, LAND, "zhao")
    number = hub.take_in(organ=CIVIL)
    wang = holder(hub, "wang")
    merge(hub, CIVIL, LAND, wang)
    assert opens(number, holder(hub, "zhao"))
    assert not opens(number, wang)


def test_one_person_alone_merges_nothing(hub: Hub) -> None:
    li = with_key(hub, CIVIL, "li")
    with pytest.raises(NotFound, match="not-proposed"):
        mergers.confirm(CIVIL, by=li, work=hub.work(), office=OFFICE_CODE, registers={})
    mergers.propose(CIVIL, LAND, now=hub.clock.now(), by="li", office=OFFICE_CODE)
    with pytest.raises(Refused, match="own-proposal"):
        mergers.confirm(CIVIL, by=li, work=hub.work(), office=OFFICE_CODE, registers={})
    mergers.propose(CIVIL, LAND, now=hub.clock.now(), by="chen", office=OFFICE_CODE)
    with pytest.raises(Refused, match="no-reading-key-in-hand"):
        mergers.confirm(CIVIL, by=Holder("x", {}), work=hub.work(), office=OFFICE_CODE, registers={})
    with pytest.raises(Refused, match="office-stays"):
        mergers.propose(OFFICE_CODE, LAND, now=hub.clock.now(), by="chen", office=OFFICE_CODE)
    assert set(wall.own_keys()) == {CIVIL}


def test_a_case_that_is_opened_is_opened_in_its_own_organ(hub: Hub) -> None:
    hub.add_account("wang")
    li = with_key(hub, CIVIL, "li")
    number = hub.take_in(organ=CIVIL)
    assert steps.open_sealed(number, li.keys, "li", hub.clock.now()).personal["name"] == "张样例"
    with pytest.raises(Refused, match="reading-key-missing"):
        steps.open_sealed(number, holder(hub, "wang").keys, "wang", hub.clock.now())
