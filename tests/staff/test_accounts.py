"""Accounts, roles and approval."""

from __future__ import annotations

import pytest

from kiosk import audit, db
from kiosk.clock import FixedClock
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.staff import actions, rules
from kiosk.staff.actions import Holder
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered, SignInWrong
from kiosk.staff.rules import AccountState, Role
from kiosk.web.permissions import Permission
from sync.wire import sealing
from tests.hub import CHEAP, PASSWORD, Raw
from tests.staff.conftest import AddAccount


def signed_in(name: str, clock: FixedClock, password: str = PASSWORD) -> Entered:
    entered = signing_in.sign_in(name, password, clock, CHEAP)
    assert isinstance(entered, Entered)
    return entered


def test_a_clerk_waits_for_approval_and_other_roles_do_not(add_account: AddAccount) -> None:
    assert add_account("li.na", "clerk") is AccountState.PENDING
    assert add_account("wang", "publisher") is AccountState.ACTIVE
    assert add_account("zhao", "admin") is AccountState.ACTIVE


def test_only_clerks_may_read_personal_data() -> None:
    readers = {role for role in Role if Permission.READ_PERSONAL in rules.PERMISSIONS[role]}
    assert readers == {Role.CLERK}
    assert Permission.READ_PERSONAL not in rules.permissions(Role.CLERK, AccountState.PENDING)
    assert rules.permissions(Role.CLERK, AccountState.CLOSED) == frozenset()


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("x", PASSWORD, "name-form"),
        ("li na", PASSWORD, "name-form"),
        ("lina", "short", "password-too-short"),
        ("lina", "x" * 201, "password-too-long"),
        ("lina", "my name is LiNa!", "password-holds-name"),
        ("lina", "1234567890", "password-guessable"),
        ("lina", "aaaaaaaaaa", "password-guessable"),
        ("lina", "password12", "password-guessable"),
        ("wang.shili", "ShiLi2026!", "password-guessable"),
    ],
)
def test_an_account_that_would_be_weak_is_refused(
    add_account: AddAccount, name: str, password: str, code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        add_account(name, password=password)
    assert refused.value.code == code


@pytest.mark.parametrize("words", ["zhengwugongkai2026", "tiyanquguanliyuan"])
def test_words_of_the_product_make_no_password(words: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_account("lina", words)
    assert refused.value.code == "password-guessable"


@pytest.mark.parametrize("password", ["guanxian2026", "qingquanjiedao1", "Dongguzhen888"])
def test_names_of_the_county_and_its_places_make_no_password(password: str) -> None:
    county = rules.words_of_county(["冠县", "清泉街道", "东古镇", "本县"])
    assert {"guanxian", "qingquanjiedao", "qingquanjie", "dongguzhen"} <= set(county)
    with pytest.raises(RuleBroken) as refused:
        rules.check_account("lina", password, county)
    assert refused.value.code == "password-guessable"
    rules.check_account("lina", password, rules.words_of_county(["别县"]))  # the control: of another county


def test_a_name_is_taken_however_it_is_written(add_account: AddAccount) -> None:
    add_account("lina")
    with pytest.raises(Refused) as refused:
        add_account(" ＬＩＮＡ ")
    assert refused.value.code == "name-taken"


def test_an_unknown_role_is_refused(add_account: AddAccount) -> None:
    with pytest.raises(Refused) as refused:
        add_account("lina", "director")
    assert refused.value.code == "role-unknown"


def test_a_pending_clerk_signs_in_without_a_reading_key(
    add_account: AddAccount, recovery_key: str, clock: FixedClock
) -> None:
    add_account("lina")
    assert signed_in("lina", clock).reading_keys == {}


def test_the_first_clerk_is_approved_with_the_recovery_key_as_it_was_written_down(
    add_account: AddAccount, recovery_key: str, clock: FixedClock, raw: Raw
) -> None:
    typed = recovery_key.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    add_account("lina", approved_with=typed)
    key_id, public = actions.reading_public_key()
    private = signed_in("lina", clock).reading_keys[key_id]
    assert sealing.unseal(private, sealing.seal(public, {"name": "张样例"})) == {"name": "张样例"}


def test_a_slip_of_the_pen_in_the_recovery_key_is_told_from_a_foreign_key(
    add_account: AddAccount, recovery_key: str
) -> None:
    add_account("lina")
    wrong = ("A" if recovery_key[0] != "A" else "B") + recovery_key[1:]
    with pytest.raises(Refused) as refused:
        add_account("second", approved_with=wrong)
    assert refused.value.code == "recovery-key-mistyped"


def test_the_recovery_key_of_another_hub_opens_nothing(
    add_account: AddAccount, recovery_key: str, raw: Raw, clock: FixedClock
) -> None:
    with db.writing(db.store):
        other = actions.init_reading_key(clock.now())
        Raw(db.real(db.store)).execute("DELETE FROM reading_key WHERE seq = 2")
    with pytest.raises(Refused) as refused:
        add_account("lina", approved_with=other)
    assert refused.value.code == "recovery-key-wrong"


def test_a_holder_approves_the_next_clerk(
    add_account: AddAccount, recovery_key: str, clock: FixedClock
) -> None:
    add_account("first", approved_with=recovery_key)
    add_account("second")
    holder = Holder("first", signed_in("first", clock).reading_keys)
    with db.writing(db.store):
        account = actions.approve("second", now=clock.now(), by=holder)
    assert account.state is AccountState.ACTIVE
    assert account.approved_by == "first"
    assert signed_in("second", clock).reading_keys == holder.keys


def test_nobody_approves_who_holds_no_key_and_nobody_approves_oneself(
    add_account: AddAccount, recovery_key: str, clock: FixedClock
) -> None:
    add_account("lina")
    for holder, code in (
        (Holder("other", {}), "no-reading-key-in-hand"),
        (Holder("lina", {}), "own-account"),
    ):
        with db.writing(db.store), pytest.raises(Refused) as refused:
            actions.approve("lina", now=clock.now(), by=holder)
        assert refused.value.code == code


def test_a_role_without_personal_data_has_nothing_to_approve(
    add_account: AddAccount, recovery_key: str
) -> None:
    with pytest.raises(Refused) as refused:
        add_account("zhao", "admin", approved_with=recovery_key)
    assert refused.value.code == "nothing-to-approve"


def test_an_account_that_is_not_there_cannot_be_approved(
    hub_store: db.SqliteFile, recovery_key: str, clock: FixedClock
) -> None:
    with db.writing(hub_store), pytest.raises(NotFound):
        actions.approve("nobody", now=clock.now(), recovery_key=recovery_key)


def test_a_change_of_reading_keys_leaves_approved_clerks_with_both(
    add_account: AddAccount, recovery_key: str, clock: FixedClock, raw: Raw
) -> None:
    add_account("lina", approved_with=recovery_key)
    add_account("waiting")
    old_id, old_public = actions.reading_public_key()
    with db.writing(db.store):
        second_recovery_key = actions.init_reading_key(clock.now())
    new_id, new_public = actions.reading_public_key()
    held = signed_in("lina", clock).reading_keys
    assert second_recovery_key != recovery_key
    assert set(held) == {old_id, new_id}
    assert sealing.unseal(held[old_id], sealing.seal(old_public, {"n": 1})) == {"n": 1}
    assert sealing.unseal(held[new_id], sealing.seal(new_public, {"n": 2})) == {"n": 2}
    assert signed_in("waiting", clock).reading_keys == {}


def test_a_closed_account_neither_signs_in_nor_keeps_keys(
    add_account: AddAccount, recovery_key: str, clock: FixedClock, raw: Raw
) -> None:
    add_account("lina", approved_with=recovery_key)
    with db.writing(db.store):
        actions.close_account("lina", now=clock.now(), by="zhao")
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP), SignInWrong)
    assert raw.execute("SELECT count(*) FROM reading_grant").fetchone() == (0,)
    assert raw.execute("SELECT wrapped_private FROM staff_account").fetchone() == (None,)


def test_passwords_move_to_a_dearer_cost_at_the_next_sign_in(
    add_account: AddAccount, recovery_key: str, clock: FixedClock, raw: Raw
) -> None:
    add_account("lina", approved_with=recovery_key)
    dearer = type(CHEAP)(memory_kib=128, passes=2, lanes=1)
    before = signed_in("lina", clock).reading_keys
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, dearer), Entered)
    (written,) = raw.execute("SELECT password_hash FROM staff_account").fetchone()
    assert "m=128,t=2" in written
    after = signing_in.sign_in("lina", PASSWORD, clock, dearer)
    assert isinstance(after, Entered)
    assert after.reading_keys == before


def test_every_act_on_accounts_stands_in_an_unbroken_audit_chain(
    add_account: AddAccount, recovery_key: str, clock: FixedClock, raw: Raw
) -> None:
    add_account("lina", approved_with=recovery_key)
    signed_in("lina", clock)
    acts = [row[0] for row in raw.execute("SELECT act FROM audit ORDER BY seq")]
    assert acts == ["reading-key.made", "staff.added", "staff.approved", "staff.signed-in"]
    assert audit.first_break() is None
