"""Links, decoders, workers and states of readers: against pseudo-terminals, and against an interface that plays USB."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.readers.card_read import ASKED_S, HELD_S, CardDesk
from kiosk.readers.cards import dialogue, text_block
from kiosk.readers.cards.frames import Command, framed, request
from kiosk.readers.cards.text_block import CardPart
from kiosk.readers.code_read import FRESH_S, CodeDesk
from kiosk.readers.errors import CardFault, Garbled, LinkGone, ReaderProfileFault, Silent
from kiosk.readers.links import link_by_address, reader_profiles, usb_bulk, wedge
from kiosk.readers.links.code_stream import MOST_CODE_BYTES, CodeStream
from kiosk.readers.links.device_file import DeviceFile, serial_line
from kiosk.readers.links.reader_profiles import LinkKind, ReadsWhat, ReportLayout
from kiosk.readers.links.scan_reports import REPORT_BYTES, ReportText
from kiosk.readers.links.usb_bulk import TRANSFER, UsbBulk
from kiosk.readers.links.wedge import EVENT, KeyText
from kiosk.readers.reader_states import STALE_S, UNKNOWN, ReaderState, Readiness, StateBoard
from kiosk.readers.reader_worker import CARD, CODE, CardWorker, CodeWorker
from tools.virtual_reader import cards
from tools.virtual_reader.card_reader import CardReader
from tools.virtual_reader.ports import CardPort, Port

ALL = frozenset(CardPart)
PATIENCE_S = 10.0


class Steady:
    """A steady clock that tests turn."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until
        threading.Event().wait(0.01)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Port]:
    made = Port(tmp_path / "reader")
    yield made
    if made.here >= 0:
        made.unplug()


def a_board(folder: Path, steady: Steady | None = None, boot: str = "boot") -> StateBoard:
    return StateBoard(folder, lambda: boot, steady or Steady())


class Hurried:
    """A link whose waits and a clock whose seconds are forty times as short."""

    TIMES = 40

    def __init__(self, link: DeviceFile) -> None:
        self._link = link
        self.send, self.close = link.send, link.close

    def receive(self, wait_s: float) -> bytes:
        return self._link.receive(wait_s / self.TIMES)

    def now(self) -> float:
        return time.monotonic() * self.TIMES


def answering(port: Port, answers: list[bytes]) -> threading.Thread:
    """Lets a thread give these answers, one to each command, in pieces."""

    def run() -> None:
        for answer in answers:
            until = time.monotonic() + PATIENCE_S
            while not port.read(0.02) and time.monotonic() < until:
                continue
            port.write(answer)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


FOUND = framed(b"\0\0\x9f" + bytes(4))
SELECTED = framed(b"\0\0\x90" + bytes(8))
READ = framed(b"\0\0\x90\x01\0\x04\0" + cards.ZHANG.block() + cards.PICTURE)


def test_a_card_is_read_over_a_pseudo_terminal(port: Port) -> None:
    reader = CardReader(cards.ZHANG)
    serving, link = CardPort(port, reader), serial_line(str(port.name), 115_200)
    assert dialogue.is_ready(link)
    assert dialogue.read_card(link, ALL) == text_block.read(cards.ZHANG.block(), ALL)
    link.close()
    serving.close()
    assert None not in reader.asked  # nothing but the commands of the standard was sent


PLACES = (
    *range(len(FOUND)),
    *range(100, 100 + len(SELECTED)),
    *range(200, 225),
    *range(225, 200 + len(READ), 160),
)
"""Bytes at which the pseudo-terminal fails: of the first answer, of the second, and of the third."""


@pytest.mark.parametrize("way", ["cut", "wrong", "stray", "lost"])
def test_faults_at_bytes_of_a_pseudo_terminal(port: Port, way: str) -> None:
    whole = text_block.read(cards.ZHANG.block(), ALL)
    link = Hurried(serial_line(str(port.name), 115_200))
    for place in PLACES if os.environ.get("CI") else PLACES[::4]:
        which, at = divmod(place, 100) if place < 200 else (2, place - 200)
        answers = [FOUND, SELECTED, READ]
        one = answers[which]
        answers[which] = {
            "cut": one[:at],
            "wrong": one[:at] + bytes([one[at] ^ 0x10]) + one[at + 1 :],
            "stray": one[:at] + b"\xaa" + one[at:],
            "lost": one[:at] + one[at + 1 :],
        }[way]
        thread = answering(port, answers[: which + 1] if at or way != "stray" else answers)
        with suppress(Garbled, Silent, CardFault):
            assert dialogue.read_card(link, ALL, link.now) == whole
        thread.join()
        while port.read(0.01):
            continue
    link.close()


def test_a_device_that_is_not_there_is_gone(tmp_path: Path) -> None:
    with pytest.raises(LinkGone):
        serial_line(str(tmp_path / "nothing"), 9_600)


def test_a_device_that_another_process_has_is_gone(port: Port) -> None:
    link = serial_line(str(port.name), 9_600)
    with pytest.raises(LinkGone):
        serial_line(str(port.name), 9_600)
    link.close()


def test_a_reader_is_unplugged_and_plugged_in_again(port: Port, tmp_path: Path) -> None:
    reader, desk, board, stop = CardReader(), CardDesk(time.monotonic), a_board(tmp_path), threading.Event()
    serving = CardPort(port, reader)
    worker = CardWorker(lambda: serial_line(str(port.name), 115_200), desk, board, stop)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    eventually(lambda: board.own(CARD).readiness is Readiness.READY)
    serving.close()
    port.unplug()
    desk.ask("visit", "form", ALL)
    eventually(lambda: board.own(CARD) == ReaderState(Readiness.NOT, "gone"))
    assert desk.said("visit") == "gone"
    reader.lay("zhang")
    port.plug_in()
    serving = CardPort(port, reader)
    eventually(lambda: desk.held("visit", "form") is not None)
    assert board.own(CARD).readiness is Readiness.READY
    stop.set()
    desk.ask("visit", "form", ALL)
    thread.join(PATIENCE_S)
    serving.close()


def test_no_card_is_read_unless_somebody_waits(port: Port, tmp_path: Path) -> None:
    reader, desk, board, stop = (
        CardReader(cards.ZHANG),
        CardDesk(time.monotonic),
        a_board(tmp_path),
        threading.Event(),
    )
    serving = CardPort(port, reader)
    thread = threading.Thread(
        target=CardWorker(lambda: serial_line(str(port.name), 115_200), desk, board, stop).run, daemon=True
    )
    thread.start()
    eventually(lambda: board.own(CARD).readiness is Readiness.READY)
    assert set(reader.asked) == {Command.STATUS}
    desk.ask("visit", "form", frozenset({CardPart.NAME}))
    eventually(lambda: desk.held("visit", "form") is not None)
    held = desk.held("visit", "form")
    assert held is not None
    assert (held.text.name, held.text.number) == ("张样例", "")
    stop.set()
    desk.ask("visit", "form", ALL)
    thread.join(PATIENCE_S)
    serving.close()


def test_a_reader_that_does_not_answer_is_unknown_not_ready(port: Port, tmp_path: Path) -> None:
    desk, board, stop = CardDesk(time.monotonic), a_board(tmp_path), threading.Event()
    serving = CardPort(port, CardReader(fault="silence"))
    worker = CardWorker(lambda: serial_line(str(port.name), 115_200), desk, board, stop)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    eventually(lambda: board.own(CARD) == ReaderState(Readiness.UNKNOWN, "silent"))
    stop.set()
    desk.ask("visit", "form", ALL)
    thread.join(PATIENCE_S)
    serving.close()


def test_what_was_read_is_for_one_visit_and_one_form_and_for_a_while() -> None:
    steady = Steady()
    desk = CardDesk(steady)
    desk.ask("mine", "form", ALL)
    asked = desk.asked()
    assert asked is not None
    desk.give(asked, text_block.read(cards.ZHANG.block(), ALL))
    assert desk.held("mine", "form") is not None
    assert desk.held("other", "form") is None
    assert desk.held("mine", "another-form") is None
    steady.now += HELD_S + 1
    assert desk.held("mine", "form") is None
    assert not desk.is_in_use


def test_what_comes_after_its_visit_has_gone_is_not_held() -> None:
    steady = Steady()
    desk = CardDesk(steady)
    desk.ask("mine", "form", ALL)
    asked = desk.asked()
    assert asked is not None
    desk.keep_only(lambda _visit: False)
    desk.give(asked, text_block.read(cards.ZHANG.block(), ALL))
    assert desk.held("mine", "form") is None
    desk.ask("mine", "form", ALL)
    steady.now += ASKED_S + 1
    assert desk.asked() is None


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        ([(b"ABC\r\n", 0.0)], ["ABC"]),
        ([(b"AB", 0.0), (b"C\r", 0.01)], ["ABC"]),
        ([(b"ABC", 0.0), (b"", 0.2)], ["ABC"]),
        ([(b"A\rB\nC\r\n", 0.0)], ["A", "B", "C"]),
        ([("冠县".encode("gb18030") + b"\r", 0.0)], ["冠县"]),
        ([(b"\xff\xff\r", 0.0)], [""]),
        ([(b"x" * 4_096 + b"\rA\r", 0.0)], ["", "A"]),
        ([(b"BEGIN:VCALENDAR\r\nUID:1\r\nEND:VCALENDAR\r\n", 0.0)], ["BEGIN:VCALENDAR\nUID:1\nEND:VCALENDAR"]),
    ],
)  # fmt: skip
def test_codes_end_with_a_line_or_a_quiet_moment(sent: list[tuple[bytes, float]], codes: list[str]) -> None:
    stream = CodeStream(0.08)
    assert [code for piece, at in sent for code in stream.feed(piece, at)] == codes


@given(some.lists(some.binary(max_size=3_000), max_size=5))
def test_no_stream_is_held_beyond_its_bound(pieces: list[bytes]) -> None:
    stream = CodeStream(0.08)
    for at, piece in enumerate(pieces):
        for code in stream.feed(piece, at * 0.01):
            assert len(code) <= MOST_CODE_BYTES
    assert len(stream._held) <= MOST_CODE_BYTES


US = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./ ~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"


def pressed(text: str) -> bytes:
    """The events of a US keyboard that types a text and Enter."""
    plain = {each: code for code, each in wedge._PLAIN.items()}
    shifted = {each: code for code, each in wedge._SHIFTED.items()}
    events = []
    for each in text:
        is_shifted = each not in plain
        code = shifted[each] if is_shifted else plain[each]
        around = [(42, 1)] if is_shifted else []
        events += [*around, (code, 1), (code, 0), *[(42, 0) for _ in around]]
    events += [(28, 1), (28, 0)]
    return b"".join(EVENT.pack(0, 0, 1, code, value) + EVENT.pack(0, 0, 0, 0, 0) for code, value in events)


def test_a_wedge_types_every_character_of_a_us_keyboard() -> None:
    assert KeyText().feed(pressed(US)) == US.encode() + b"\n"


def test_events_that_come_in_pieces_are_whole_again() -> None:
    text, events = KeyText(), pressed("MX03-261122")
    found = b"".join(text.feed(events[at : at + 7]) for at in range(0, len(events), 7))
    assert found == b"MX03-261122\n"


def a_report(layout: ReportLayout, piece: bytes, *, more: bool = False) -> bytes:
    aim = b"]Q1" if layout is ReportLayout.HONEYWELL else b""
    return (bytes([2, len(piece)]) + aim + piece).ljust(REPORT_BYTES - 1, b"\0") + bytes([more])


@pytest.mark.parametrize("layout", [ReportLayout.NEWLAND, ReportLayout.HONEYWELL])
def test_reports_of_a_scanner_are_put_together(layout: ReportLayout) -> None:
    text = ReportText(layout)
    sent = a_report(layout, b"MX03-261122-", more=True) + a_report(layout, b"0007-K7-A")
    assert text.feed(sent[:50]) + text.feed(sent[50:]) == b"MX03-261122-0007-K7-A\n"
    assert ReportText(layout).feed(b"\x09" + bytes(REPORT_BYTES - 1)) == b""


def test_a_scanned_code_waits_for_a_page_and_not_for_long(port: Port, tmp_path: Path) -> None:
    steady, stop, board = Steady(), threading.Event(), a_board(tmp_path)
    desk = CodeDesk(steady)
    worker = CodeWorker(lambda: serial_line(str(port.name), 9_600), desk, board, stop, time.monotonic, 0.05)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    eventually(lambda: board.own(CODE).readiness is Readiness.READY)
    port.write(b"MX03-261122-0007-K7-A\r\n")
    eventually(lambda: bool(desk.waiting()))
    assert desk.take() == "MX03-261122-0007-K7-A"
    assert desk.take() is None
    port.write(b"once more\r")
    eventually(lambda: bool(desk.waiting()))
    steady.now += FRESH_S + 1
    assert desk.take() is None
    stop.set()
    thread.join(PATIENCE_S)


def test_states_are_unknown_when_they_are_old_or_of_another_boot(tmp_path: Path) -> None:
    steady = Steady()
    a_board(tmp_path, steady).note(CARD, ReaderState(Readiness.READY))
    assert a_board(tmp_path, steady).of(CARD) == ReaderState(Readiness.READY)
    assert a_board(tmp_path, steady, "another").of(CARD) == UNKNOWN
    steady.now += STALE_S + 1
    assert a_board(tmp_path, steady).of(CARD) == UNKNOWN


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", json.dumps({"boot": "boot", "readers": {CARD: {"at": "x"}}})]
)
def test_a_damaged_file_of_states_is_unknown(tmp_path: Path, text: str) -> None:
    (tmp_path / "readers.json").write_text(text)
    assert a_board(tmp_path).of(CARD) == UNKNOWN


def test_every_shipped_profile_opens_by_an_address_of_its_kind() -> None:
    addresses = {
        LinkKind.SERIAL: "serial:///dev/ttyS9",
        LinkKind.USB: "usb://0400:c35a",
        LinkKind.HID: "hid:///dev/hidraw9",
        LinkKind.KEYS: "keys:///dev/input/event99",
    }
    for profile in reader_profiles.load().values():
        with pytest.raises(LinkGone):
            link_by_address.opener(addresses[profile.link], profile)()
        assert (link_by_address.decoder(profile) is None) == (profile.link in (LinkKind.SERIAL, LinkKind.USB))


def test_a_profile_of_another_kind_is_refused() -> None:
    with pytest.raises(ReaderProfileFault, match="unknown for card"):
        reader_profiles.named("keyboard-wedge", ReadsWhat.CARD)
    with pytest.raises(ReaderProfileFault, match="serial://"):
        link_by_address.opener("usb://0400:c35a", reader_profiles.named("sam-serial", ReadsWhat.CARD))


def test_a_wrong_table_is_refused_with_every_mistake(tmp_path: Path) -> None:
    table = tmp_path / "readers.toml"
    table.write_text('[a]\ntitle = "A"\nreads = "palm"\nbaud = 7\nsilence_ms = 1\nmore = 2\n')
    with pytest.raises(ReaderProfileFault) as raised:
        reader_profiles.load(table)
    assert len(raised.value.faults) == 5


class PlayedUsb:
    """Plays the kernel's interface to a reader on USB: a virtual reader behind two endpoints."""

    def __init__(self, reader: CardReader) -> None:
        self.reader, self.waiting, self.claimed = reader, bytearray(), False

    def __call__(self, _file: int, asked: int, argument: bytes) -> int:
        if asked == usb_bulk.CLAIM:
            self.claimed = struct.unpack("I", argument) == (0,)
            return 0
        endpoint, length, wait_ms, address = TRANSFER.unpack(argument)
        assert wait_ms
        if endpoint == 0x02:
            for piece in self.reader.answer(ctypes.string_at(address, length)):
                self.waiting += piece
            return int(length)
        if not self.waiting:
            raise OSError(errno.ETIMEDOUT, "timed out")
        piece = bytes(self.waiting[:length])
        del self.waiting[:length]
        ctypes.memmove(address, piece, len(piece))
        return len(piece)


def test_a_card_is_read_over_usb(tmp_path: Path) -> None:
    (tmp_path / "device").touch()
    usb = PlayedUsb(CardReader(cards.LI))
    link = UsbBulk(tmp_path / "device", out=0x02, into=0x81, control=usb)
    assert dialogue.read_card(link, ALL).number == "830000198505050021"
    assert usb.claimed
    link.close()


def test_a_reader_on_usb_is_found_by_its_ids(tmp_path: Path) -> None:
    for name, vendor, number in (("1-1", "1234", "3"), ("1-2", "0400", "7")):
        (tmp_path / name).mkdir()
        for file, text in (("idVendor", vendor), ("idProduct", "c35a"), ("busnum", "1"), ("devnum", number)):
            (tmp_path / name / file).write_text(text + "\n")
    assert usb_bulk.found(0x0400, 0xC35A, tmp_path) == Path("/dev/bus/usb/001/007")
    with pytest.raises(LinkGone):
        usb_bulk.found(0x0400, 0xC35B, tmp_path)


def test_what_another_program_sends_before_the_question_is_passed_over(port: Port) -> None:
    link = serial_line(str(port.name), 115_200)
    port.write(FOUND + b"\xaa\xaa")
    reader = CardReader()
    serving = CardPort(port, reader)
    with pytest.raises(CardFault, match="no-card"):
        dialogue.read_card(link, ALL)
    link.close()
    serving.close()


def test_the_lock_of_a_device_is_free_after_a_close(port: Port) -> None:
    DeviceFile(str(port.name)).close()
    DeviceFile(str(port.name)).close()
    assert request(Command.FIND)
