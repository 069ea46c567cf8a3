"""The dialogue with a card reader: find a card, select it, read its text; each answer within its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from typing import Protocol

from kiosk.readers.cards import status_words, text_block
from kiosk.readers.cards.frames import Command, FrameStream, ModuleReply, request
from kiosk.readers.cards.status_words import DONE, FOUND
from kiosk.readers.cards.text_block import BLOCK_BYTES, CardPart, CardText
from kiosk.readers.errors import Garbled, Silent

FIND_WAIT_S, READ_WAIT_S = 0.6, 3.0
"""Seconds for which a reader may think: at 9,600 bits a second a card's text and picture take 1.35 s alone."""
MOST_BYTES = 16_384
"""Bytes of one answer after which a reader only makes noise."""
SIZES_BYTES = 4
"""Bytes before a card's text: the size of the text, and that of the picture after it."""
ID_BYTES = {Command.FIND: 4, Command.SELECT: 8, Command.MODULE: 16}
"""Data bytes of good answers."""


class ReaderLink(Protocol):
    """What carries bytes to and from a reader."""

    def send(self, data: bytes) -> None:
        """Send all bytes; raises LinkGone."""

    def receive(self, wait_s: float) -> bytes:
        """Return some bytes, or none after this time; raises LinkGone."""

    def close(self) -> None:
        """Let the device go."""


def is_ready(link: ReaderLink, now: Callable[[], float] = time.monotonic) -> bool:
    """Return whether the reader says that it works. Raises Silent, Garbled, LinkGone."""
    return _ask(link, Command.STATUS, FIND_WAIT_S, now).status == DONE


def read_card(
    link: ReaderLink, wanted: Container[CardPart], now: Callable[[], float] = time.monotonic
) -> CardText:
    """
    Return what is wanted of the card that is on the reader.

    Raises:
        CardFault: No card is there, or it cannot be read now.
        Silent, Garbled, LinkGone: The reader does not do its part.
    """
    _expect(_ask(link, Command.FIND, FIND_WAIT_S, now), FOUND)
    _expect(_ask(link, Command.SELECT, FIND_WAIT_S, now), DONE)
    found = _expect(_ask(link, Command.READ, READ_WAIT_S, now), DONE)
    return text_block.read(found.data[SIZES_BYTES : SIZES_BYTES + BLOCK_BYTES], wanted)


def _expect(reply: ModuleReply, status: int) -> ModuleReply:
    if reply.status != status:
        raise status_words.fault(reply.status)
    return reply


def _ask(link: ReaderLink, command: Command, wait_s: float, now: Callable[[], float]) -> ModuleReply:
    """Return the answer to one command; late answers to earlier ones are passed over."""
    _drain(link)
    link.send(request(command))
    stream, until, many = FrameStream(), now() + wait_s, 0
    try:
        while (left_s := until - now()) > 0 and many < MOST_BYTES:
            received = link.receive(left_s)
            many += len(received)
            for reply in stream.feed(received):
                if _fits(command, reply):
                    return reply
        for reply in stream.give_up():
            if _fits(command, reply):
                return reply
    finally:
        stream.forget()
    raise Garbled if many else Silent


def _drain(link: ReaderLink) -> None:
    """Pass over what came before the question; raises Garbled where it never ends."""
    many = 0
    while received := link.receive(0):
        many += len(received)
        if many > MOST_BYTES:
            raise Garbled


def _fits(command: Command, reply: ModuleReply) -> bool:
    """Return whether a reply can be the answer: one that is good has the data of its command, a bad one has none."""
    if command is Command.READ and reply.status == DONE:
        sizes = reply.data[:2], reply.data[2:SIZES_BYTES]
        text, picture = (int.from_bytes(each, "big") for each in sizes)
        return text == BLOCK_BYTES and len(reply.data) == SIZES_BYTES + text + picture
    if reply.status in (DONE, FOUND):
        is_good = (reply.status == FOUND) == (command is Command.FIND)
        return is_good and len(reply.data) == ID_BYTES.get(command, 0)
    return not reply.data
