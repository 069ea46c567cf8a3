"""Scripts are slowed and a terminal's day is bounded, where the county sets it; nothing that was typed is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.intake.county import a_county
from tests.intake.test_kinds import BOOKINGS
from tests.intake.test_promises import BIRTH, stored


def test_a_form_that_is_handed_in_at_once_is_asked_to_look_again(tmp_path: Path) -> None:
    with a_county(tmp_path, [BOOKINGS], form_least_s=20) as county:
        citizen = county.citizen
        citizen.fill_in("book", BIRTH)
        county.clock.advance(seconds=12)
        early = citizen.send("/book/check")
        assert (early.status_code, early.headers["Retry-After"]) == (429, "8")
        assert "过8秒再交" in early.text
        assert stored() == []
        county.clock.advance(seconds=8)
        number, code = citizen.hand_in("book")
        assert citizen.hand_in_again("book") == (number, code), "what is stored is answered at any time"


def test_a_day_that_is_full_says_so_and_the_next_one_takes_the_same_form(tmp_path: Path) -> None:
    with a_county(tmp_path, [BOOKINGS], most_a_day=1) as county:
        citizen = county.citizen
        citizen.fill_in("book", BIRTH)
        first = citizen.hand_in("book")
        citizen.fill_in("book", BIRTH)
        full = citizen.send("/book/check")
        assert full.status_code == 409
        assert "这台机器今天收满了" in full.text
        assert "明年三月" in citizen.open("/book/check"), "nothing that was typed is lost"
        county.clock.moment += timedelta(days=1)
        assert citizen.hand_in("book")[0] != first[0]
        assert len(stored()) == 2


def test_without_the_settings_nobody_waits(tmp_path: Path) -> None:
    """The control of both."""
    with a_county(tmp_path, [BOOKINGS]) as county:
        for _ in range(2):
            county.citizen.fill_in("book", BIRTH)
            assert county.citizen.send("/book/check").headers["Location"] == "/book/receipt"
