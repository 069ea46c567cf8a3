"""Guessing passwords: counted on disk before the answer, by steady time, alike for names that do not exist."""

from __future__ import annotations

import pytest

from kiosk.clock import FixedClock
from kiosk.staff import actions, rules
from kiosk.staff.actions import Entered, Locked, SignInWrong
from kiosk.tries import wait_after
from tests.hub import CHEAP, PASSWORD, Raw
from tests.staff.conftest import AddAccount

YEAR_S = 366 * 86_400


def guess(clock: FixedClock, name: str = "lina") -> Entered | SignInWrong | Locked:
    return actions.sign_in(name, "not the password", clock, CHEAP)


@pytest.mark.parametrize(
    ("wrong", "wait_s"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (60, 3600)],
)
def test_five_tries_are_free_and_then_the_wait_doubles_up_to_an_hour(wrong: int, wait_s: int) -> None:
    assert wait_after(wrong, rules.LONGEST_WAIT_S) == wait_s


@pytest.mark.parametrize("name", ["lina", "nobody"])
def test_a_known_and_an_unknown_name_are_treated_alike(
    add_account: AddAccount, clock: FixedClock, name: str
) -> None:
    add_account("lina")
    assert [guess(clock, name) for _ in range(7)] == [SignInWrong()] * 5 + [Locked(30)] * 2


def test_the_right_password_does_not_help_while_one_has_to_wait(
    add_account: AddAccount, clock: FixedClock
) -> None:
    add_account("lina")
    for _ in range(5):
        guess(clock)
    assert isinstance(actions.sign_in("lina", PASSWORD, clock, CHEAP), Locked)
    clock.advance(31)
    assert isinstance(actions.sign_in("lina", PASSWORD, clock, CHEAP), Entered)


def test_the_right_password_gives_the_free_tries_back(add_account: AddAccount, clock: FixedClock) -> None:
    add_account("lina")
    for _ in range(4):
        guess(clock)
    actions.sign_in("lina", PASSWORD, clock, CHEAP)
    assert [guess(clock) for _ in range(5)] == [SignInWrong()] * 5


def test_setting_the_wall_clock_forward_frees_nobody(add_account: AddAccount, clock: FixedClock) -> None:
    add_account("lina")
    for _ in range(5):
        guess(clock)
    steady = clock.steady
    clock.advance(YEAR_S)
    clock.steady = steady
    assert isinstance(guess(clock), Locked)


def test_a_reboot_starts_the_wait_anew_and_gives_no_tries_back(
    add_account: AddAccount, clock: FixedClock
) -> None:
    add_account("lina")
    for _ in range(6):
        guess(clock)
    clock.boot, clock.steady = "boot-2", 5.0
    assert guess(clock) == Locked(30)
    clock.steady += 29
    assert isinstance(guess(clock), Locked)
    clock.steady += 2
    assert guess(clock) == SignInWrong()
    assert guess(clock) == Locked(60)


def test_a_try_is_on_disk_before_its_password_is_looked_at(
    add_account: AddAccount, clock: FixedClock, raw: Raw
) -> None:
    """A machine switched off in the middle of an answer has counted the try."""
    add_account("lina")
    raw.execute("UPDATE staff_account SET password_hash = ?", ("$argon2id$broken",))
    assert guess(clock) == SignInWrong()
    assert raw.execute("SELECT subject, wrong FROM staff_attempt").fetchall() == [("lina", 1)]


def test_names_that_are_no_account_do_not_fill_the_disk(
    add_account: AddAccount, clock: FixedClock, raw: Raw
) -> None:
    """What somebody typed into the name field, perhaps a password, is stored nowhere."""
    guess(clock, "correct horse battery")
    subjects = [row[0] for row in raw.execute("SELECT subject FROM staff_attempt")]
    assert len(subjects) == 1
    assert len(subjects[0]) == 5
    audited = "".join(str(row) for row in raw.execute("SELECT * FROM audit"))
    assert "horse" not in audited


def test_guessing_at_an_account_stands_in_the_audit_chain(
    add_account: AddAccount, clock: FixedClock, raw: Raw
) -> None:
    add_account("lina")
    for _ in range(20):
        guess(clock)
    clock.advance(31)
    guess(clock)
    lines = raw.execute("SELECT subject, detail FROM audit WHERE act = 'staff.wrong-passwords'").fetchall()
    assert lines == [("lina", '{"wrong": 5}')]
