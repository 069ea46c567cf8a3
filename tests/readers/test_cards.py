"""Frames, status bytes and text blocks of cards. Vectors: READERS.md §1.4, computed apart from this code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.readers.cards import dialogue, status_words, text_block
from kiosk.readers.cards.frames import Command, FrameStream, check_byte, framed, request
from kiosk.readers.cards.text_block import CardKind, CardPart, CardText, Validity
from kiosk.readers.errors import CardFault, Garbled, LinkGone, ReaderFault, Silent
from tools.virtual_reader import cards
from tools.virtual_reader.card_reader import FAULTS, CardReader
from tools.virtual_reader.cards import MadeUpCard

ALL = frozenset(CardPart)
TODAY = date(2026, 12, 1)


def frame_of(card: MadeUpCard) -> bytes:
    return framed(b"\0\0\x90\x01\0\x04\0" + card.block() + cards.PICTURE)


class Wire:
    """A link to a virtual reader without time: `cut` bytes of all answers arrive, `broken` is turned round."""

    def __init__(self, reader: CardReader, cut: int = 10**6, broken: int = -1, gone: int = 10**6) -> None:
        self.reader, self.cut, self.broken, self.gone = reader, cut, broken, gone
        self.sent: list[bytes] = []
        self.waiting = bytearray()
        self.came = 0
        self.time = 0.0

    def send(self, data: bytes) -> None:
        self.sent.append(data)
        for each in b"".join(self.reader.answer(data)):
            if self.came < self.cut:
                self.waiting.append(each ^ 0x01 if self.came == self.broken else each)
            self.came += 1

    def receive(self, wait_s: float) -> bytes:
        if self.came > self.gone:
            raise LinkGone("gone")
        if not self.waiting:
            self.time += wait_s
            return b""
        piece = bytes(self.waiting[:64])
        del self.waiting[:64]
        return piece

    def close(self) -> None:
        """Nothing to let go."""

    def now(self) -> float:
        return self.time


def read(wire: Wire) -> CardText:
    return dialogue.read_card(wire, ALL, wire.now)


def test_commands_are_the_bytes_of_the_standard() -> None:
    assert request(Command.STATUS).hex(" ") == "aa aa aa 96 69 00 03 11 ff ed"
    assert request(Command.MODULE).hex(" ") == "aa aa aa 96 69 00 03 12 ff ee"
    assert request(Command.FIND).hex(" ") == "aa aa aa 96 69 00 03 20 01 22"
    assert request(Command.SELECT).hex(" ") == "aa aa aa 96 69 00 03 20 02 21"
    assert request(Command.READ).hex(" ") == "aa aa aa 96 69 00 03 30 01 32"


def test_fingerprints_are_no_command() -> None:
    assert all(each.value != (0x30, 0x10) for each in Command)


@pytest.mark.parametrize(
    ("card", "check"), [(cards.ZHANG, 0x54), (cards.LI, 0xC3), (cards.YANG_2017, 0x52), (cards.YANG_2023, 0x3F)]
)  # fmt: skip
def test_the_made_up_cards_are_the_vectors(card: MadeUpCard, check: int) -> None:
    frame = frame_of(card)
    assert (len(frame), frame[-1]) == (1295, check)


def test_the_first_vector_to_the_byte() -> None:
    assert cards.ZHANG.block()[:8] == bytes.fromhex("205F3768 8B4F2000")
    assert check_byte(cards.ZHANG.block()) == 0xCC
    assert hashlib.sha256(frame_of(cards.ZHANG)).hexdigest().startswith("3741b4abb4966607")


@pytest.mark.parametrize(
    ("card", "kind", "name", "number", "until"),
    [
        (cards.ZHANG, CardKind.RESIDENT, "张样例", "371525199001010017", None),
        (cards.LI, CardKind.TAIWAN, "李样例", "830000198505050021", date(2029, 1, 1)),
        (cards.YANG_2017, CardKind.FOREIGNER, "YANGLI, TEST", "USA370080010100", date(2030, 1, 1)),
        (cards.YANG_2023, CardKind.FOREIGNER, "YANGLI, TEST", "937840198001010012", date(2034, 1, 1)),
    ],
)
def test_each_kind_of_card_gives_name_number_and_kind(
    card: MadeUpCard, kind: CardKind, name: str, number: str, until: date | None
) -> None:
    found = text_block.read(card.block(), ALL)
    assert (found.kind, found.name, found.number, found.until) == (kind, name, number, until)
    assert found.validity(TODAY) is Validity.RUNNING


def test_a_card_of_hong_kong_is_known_by_its_number() -> None:
    block = cards.LI.block().replace("83".encode("utf-16-le"), "81".encode("utf-16-le"), 1)
    assert text_block.read(block, ALL).kind is CardKind.HK_MACAO


def test_only_what_is_asked_is_kept() -> None:
    found = text_block.read(cards.ZHANG.block(), {CardPart.NAME})
    assert (found.name, found.number, found.address) == ("张样例", "", "")
    assert text_block.read(cards.ZHANG.block(), ALL).address == "山东省冠县样例镇样例村1号"
    kept = vars(found) | vars(text_block.read(cards.ZHANG.block(), ALL))
    assert not {"sex", "nation", "birth", "issuer", "picture"} & set(kept)


def test_what_was_read_is_not_shown_by_repr() -> None:
    assert "张" not in repr(text_block.read(cards.ZHANG.block(), ALL))
    assert "0017" not in repr(text_block.read(cards.ZHANG.block(), ALL))


def test_a_card_whose_time_is_over_says_so_from_the_next_day_on() -> None:
    found = text_block.read(cards.EXPIRED.block(), ALL)
    assert found.validity(date(2020, 1, 1)) is Validity.RUNNING
    assert found.validity(date(2020, 1, 2)) is Validity.OVER


def test_a_name_with_the_issuers_own_characters_is_kept_and_marked() -> None:
    found = text_block.read(cards.RARE.block(), ALL)
    assert found.name == "赵\ue123例"
    assert found.has_rare


@pytest.mark.parametrize("letter", ["K", "9", "长"])
def test_an_unknown_kind_is_unreadable(letter: str) -> None:
    block = bytearray(cards.ZHANG.block())
    block[248:250] = letter.encode("utf-16-le")
    with pytest.raises(CardFault, match="unreadable"):
        text_block.read(bytes(block), ALL)


@given(some.binary(min_size=0, max_size=300))
def test_any_bytes_are_a_card_or_unreadable(block: bytes) -> None:
    try:
        found = text_block.read(block, ALL)
    except CardFault:
        return
    assert found.name
    assert found.number


@given(some.binary(max_size=400), some.binary(max_size=40), some.lists(some.integers(1, 70), max_size=12))
def test_a_frame_is_found_whatever_came_before_and_however_it_is_cut(
    data: bytes, stray: bytes, cuts: list[int]
) -> None:
    stream, found = FrameStream(), []
    rest = stray + framed(b"\0\0\x90" + data)
    for cut in [*cuts, len(rest)]:
        found += stream.feed(rest[:cut])
        rest = rest[cut:]
    found += stream.feed(rest) + stream.give_up()
    assert any((each.status, each.data) == (0x90, data) for each in found)


@given(some.binary(min_size=20, max_size=300), some.integers(0, 400), some.integers(0, 7))
def test_one_flipped_bit_is_no_frame(data: bytes, place: int, bit: int) -> None:
    frame = bytearray(framed(b"\0\0\x90" + data))
    place %= len(frame)
    frame[place] ^= 1 << bit
    stream = FrameStream()
    found = stream.feed(bytes(frame)) + stream.give_up()
    assert all(each.data != data for each in found)


@given(some.lists(some.binary(max_size=30), max_size=6))
def test_frames_one_after_another_are_all_found(bodies: list[bytes]) -> None:
    stream = FrameStream()
    found = stream.feed(b"".join(framed(b"\0\0\x9f" + each) for each in bodies))
    assert [each.data for each in found] == bodies
    assert not stream.has_begun


def test_after_a_lost_byte_the_next_frame_is_found() -> None:
    whole = frame_of(cards.ZHANG)
    stream = FrameStream()
    found = stream.feed(bytes.fromhex("AA00AAAA9669") + whole[:700] + whole[701:] + framed(b"\0\0\x80"))
    found += stream.give_up()
    assert [each.status for each in found] == [0x80]


@pytest.mark.parametrize("name", list(cards.CARDS))
def test_each_made_up_card_is_read(name: str) -> None:
    reader = CardReader()
    reader.lay(name)
    wire = Wire(reader)
    assert read(wire).name
    assert wire.sent == [request(Command.FIND), request(Command.SELECT), request(Command.READ)]


def test_without_a_card_nothing_is_selected() -> None:
    wire = Wire(CardReader())
    with pytest.raises(CardFault, match=status_words.NOT_LAID):
        read(wire)
    assert wire.sent == [request(Command.FIND)]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("taken-away", "taken-away"),
        ("not-a-card", "not-a-card"),
        ("broken-frame", "garbled"),
        ("silence", "silent"),
        ("wrong-check", "garbled"),
        ("flood", "garbled"),
    ],
)
def test_each_fault_has_its_words(fault: str, error: str) -> None:
    reader = CardReader(cards.ZHANG, fault)
    with pytest.raises(ReaderFault) as raised:
        read(Wire(reader))
    assert raised.value.code == error
    assert str(status_words.WORDS[error])
    assert fault in FAULTS


WHOLE = 15 + 19 + 1295


@pytest.mark.parametrize(
    "break_at",
    [lambda at, wire: setattr(wire, "cut", at), lambda at, wire: setattr(wire, "broken", at)],
    ids=["silence", "wrong-byte"],
)
def test_a_fault_at_each_byte_never_gives_anything_but_the_card(
    break_at: Callable[[int, Wire], None],
) -> None:
    whole = read(Wire(CardReader(cards.ZHANG)))
    for at in range(WHOLE):
        wire = Wire(CardReader(cards.ZHANG))
        break_at(at, wire)
        try:
            found = read(wire)
        except (CardFault, Garbled, Silent):
            continue
        assert found == whole, at
    # a flip of the two status bytes that say nothing is caught by the check byte like every other one


def test_a_reader_that_is_unplugged_half_way_is_gone() -> None:
    with pytest.raises(LinkGone):
        read(Wire(CardReader(cards.ZHANG), gone=40))


def test_every_status_byte_has_words() -> None:
    for status in range(256):
        assert status_words.fault(status).code in status_words.WORDS
