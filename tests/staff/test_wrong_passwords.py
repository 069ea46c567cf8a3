"""Guessing passwords: counted on disk before the answer, by steady time, alike for names that do not exist."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from kiosk.clock import FixedClock
from kiosk.staff import rules
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered, Locked, SignInWrong, TriedFrom
from kiosk.staff.keys import Cost
from kiosk.tries import wait_after
from tests.hub import CHEAP, PASSWORD, Raw
from tests.staff.conftest import AddAccount

YEAR_S = 366 * 86_400


def guess(clock: FixedClock, name: str = "lina") -> Entered | SignInWrong | Locked:
    return signing_in.sign_in(name, "not the password", clock, CHEAP)


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
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP), Locked)
    clock.advance(31)
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP), Entered)


def test_the_right_password_gives_the_free_tries_back(add_account: AddAccount, clock: FixedClock) -> None:
    add_account("lina")
    for _ in range(4):
        guess(clock)
    signing_in.sign_in("lina", PASSWORD, clock, CHEAP)
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
    assert raw.execute("SELECT wrong FROM staff_attempt").fetchall() == [(1,), (1,)], "account and network"


def test_names_that_are_no_account_do_not_fill_the_disk(
    add_account: AddAccount, clock: FixedClock, raw: Raw
) -> None:
    """What somebody typed into the name field, perhaps a password, is stored nowhere."""
    guess(clock, "correct horse battery")
    subjects = [row[0] for row in raw.execute("SELECT subject FROM staff_attempt")]
    assert [len(each) for each in subjects] == [6, 6]
    assert int(max(each[1:] for each in subjects), 16) < signing_in.COUNTERS
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


KEY = b"k" * 32
HALL, ELSEWHERE = TriedFrom("203.0.113.7", key=KEY), TriedFrom("198.51.100.9", key=KEY)


def test_a_stranger_locks_nobody_but_the_own_network(add_account: AddAccount, clock: FixedClock) -> None:
    add_account("lina")
    for _ in range(40):
        signing_in.sign_in("lina", "not the password", clock, CHEAP, ELSEWHERE)
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP, ELSEWHERE), Locked)
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP, HALL), Entered)


def test_a_known_browser_has_a_budget_of_its_own(add_account: AddAccount, clock: FixedClock) -> None:
    """A stranger in the very hall of the clerk."""
    add_account("lina")
    known = replace(HALL, browser="a token")
    for _ in range(40):
        signing_in.sign_in("lina", "not the password", clock, CHEAP, HALL)
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP, HALL), Locked)
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP, known), Entered)
    answers = [signing_in.sign_in("lina", "not the password", clock, CHEAP, known) for _ in range(6)]
    assert answers == [SignInWrong()] * 5 + [Locked(30)], "and is limited all the same"


def test_one_password_tried_at_many_accounts_makes_its_network_wait(
    add_account: AddAccount, clock: FixedClock
) -> None:
    answers = [
        signing_in.sign_in(f"name{at}", "Spring 2026", clock, CHEAP, HALL)
        for at in range(signing_in.FREE_OF_NETWORK + 1)
    ]
    assert answers[-2:] == [SignInWrong(), Locked(30)]
    add_account("lina")
    assert isinstance(signing_in.sign_in("lina", PASSWORD, clock, CHEAP, ELSEWHERE), Entered)


def test_which_tries_share_a_counter_is_known_to_the_hub_alone(add_account: AddAccount) -> None:
    """Known and unknown names are counted alike, and nobody can work out a name that shares a counter."""
    other = replace(HALL, key=b"o" * 32)
    assert HALL.of_account("lina", 1) == HALL.of_account("lina", 1) != other.of_account("lina", 1)
    names = [f"name{at}" for at in range(500)]
    assert len({HALL.of_account(name, 1) for name in names}) > 495


def test_the_first_try_at_no_account_costs_what_one_at_an_account_costs(
    add_account: AddAccount, clock: FixedClock
) -> None:
    cost = Cost(memory_kib=16_384, passes=4, lanes=1)
    add_account("lina")
    signing_in.sign_in("lina", PASSWORD, clock, cost)  # moves the account to this cost

    def spent(name: str) -> float:
        signing_in._nobodys_hash.cache_clear()
        began = time.thread_time()
        signing_in.sign_in(name, "not the password", clock, cost)
        return time.thread_time() - began

    known, unknown = (min(spent(name) for _ in range(4)) for name in ("lina", "nobody"))
    assert 0.6 < unknown / known < 1.6, "twice the work tells who has an account"
