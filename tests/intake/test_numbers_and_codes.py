"""Numbers that a terminal gives by itself, and codes that only the paper knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.intake import codes, numbers
from kiosk.intake.codes import BootKey
from tests import building

DAY = date(2026, 11, 23)


@pytest.fixture
def station(tmp_path: Path, clock: FixedClock) -> db.SqliteFile:
    return building.station(tmp_path)


def issued(station: db.SqliteFile, day: date = DAY) -> str:
    with db.writing(station):
        return numbers.issue("GX03", day)


def test_numbers_count_up_within_a_day_and_start_anew(station: db.SqliteFile) -> None:
    first, second, tomorrow = issued(station), issued(station), issued(station, date(2026, 11, 24))
    assert first.startswith("GX03-261123-0001-")
    assert second.startswith("GX03-261123-0002-")
    assert tomorrow.startswith("GX03-261124-0001-")


def test_after_9999_numbers_the_day_is_full(station: db.SqliteFile) -> None:
    with db.writing(station):
        connection = station.connection()
        connection.execute("INSERT INTO counter (name, value) VALUES ('number:2026-11-23', 9999)")
    with pytest.raises(Refused, match="numbers-used-up"):
        issued(station)


def test_a_number_is_understood_however_it_is_typed(station: db.SqliteFile) -> None:
    number = issued(station)
    plain = number.replace("-", "")
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in plain)
    for typed in (
        number.lower(),
        plain,
        f" {number} ",
        plain.replace("0", "O"),
        full_width,
        number.replace("-", "—"),
    ):
        assert numbers.parse(typed) == number


@given(st.data())
def test_one_wrong_character_is_always_noticed(data: st.DataObject) -> None:
    number = "GX03-261123-0001-K7-" + numbers.luhn.calc_check_digit("GX032611230001K7", numbers.ALPHABET)
    plain = number.replace("-", "")
    place = data.draw(st.integers(0, len(plain) - 1))
    other = data.draw(st.sampled_from(numbers.ALPHABET).filter(lambda c: c != plain[place]))
    assert numbers.parse(plain[:place] + other + plain[place + 1 :]) is None


def test_a_code_is_twelve_digits_and_only_its_hash_can_be_kept() -> None:
    code = codes.new_code()
    assert len(code.digits) == 12
    assert code.written.replace(" ", "") == code.digits
    assert codes.matches(code.hashed, code.digits)
    assert not codes.matches(code.hashed, codes.new_code().digits)
    assert code.digits not in code.hashed


@pytest.mark.parametrize(
    "typed", ["1234 5678 9012", "123456789012", "１２３４５６７８９０１２", "1234-5678-9012"]
)
def test_a_code_may_be_typed_in_any_grouping(typed: str) -> None:
    assert codes.parse(typed) == "123456789012"


@pytest.mark.parametrize("typed", ["", "1234", "1234567890123", "abcdefghijkl"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.parse(typed) is None


def test_a_sealed_code_is_lost_with_the_boot(tmp_path: Path) -> None:
    before = BootKey(tmp_path / "memory")
    blob = before.seal("1234 5678 9012")
    assert BootKey(tmp_path / "memory").open(blob) == "1234 5678 9012"
    (tmp_path / "memory" / "boot.key").unlink()
    assert BootKey(tmp_path / "memory").open(blob) is None


def test_the_boot_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    BootKey(tmp_path / "memory").seal("x")
    assert (tmp_path / "memory" / "boot.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("terminal", "change", "is_its_own"),
    [
        ("GX03", lambda number: number, True),
        ("GX04", lambda number: number, False),
        ("GX03", lambda number: number.replace("GX03", "GX04"), False),
        ("GX03", lambda number: number[:-1] + ("A" if number[-1] != "A" else "B"), False),
        ("GX03", lambda number: number.replace("-", ""), False),
        ("GX0", lambda number: number, False),
    ],
)
def test_a_number_belongs_to_the_terminal_at_its_head_and_to_its_check_character(
    terminal: str, change: Callable[[str], str], is_its_own: bool
) -> None:
    issued = numbers.another("GX03-261122-0007-K7-4")
    assert numbers.is_of(terminal, change(issued)) is is_its_own
