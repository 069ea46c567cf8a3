"""
Ogg/Opus files as bytes: their length, and several joined into one.

Only what our own files need: one stream a file, no chaining, mono or stereo. Times in seconds, granules at 48 kHz.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

RATE = 48_000
_PAGE = struct.Struct("<4sBBqIIIB")
_FIRST, _LAST = 2, 4
_MOST_SEGMENTS = 255
_FRAMES = {**dict.fromkeys((0, 4, 8), 480), **dict.fromkeys((1, 5, 9), 960), **dict.fromkeys((2, 6, 10), 1920),
           **dict.fromkeys((3, 7, 11), 2880)}  # fmt: skip
"""Samples of a frame by the configuration number of SILK (RFC 6716 §3.1); hybrid and CELT are counted below."""


class NotOpus(ValueError):
    """The bytes are not a complete Ogg file with one Opus stream."""


@dataclass(frozen=True)
class Stream:
    """A parsed file: its head, its packets of sound, the samples to skip at the beginning, all samples."""

    head: bytes
    packets: tuple[bytes, ...]
    skip: int
    end: int

    @property
    def seconds(self) -> float:
        """Return its length in seconds."""
        return (self.end - self.skip) / RATE


def read(data: bytes) -> Stream:
    """
    Return the parsed file.

    Raises:
        NotOpus: the bytes are no such file.
    """
    packets: list[bytes] = []
    open_packet = b""
    end = 0
    for granule, lacing, body in _pages(data):
        at = 0
        for length in lacing:
            open_packet += body[at : at + length]
            at += length
            if length < _MOST_SEGMENTS:
                packets.append(open_packet)
                open_packet = b""
        end = max(end, granule)
    if len(packets) < 3 or not packets[0].startswith(b"OpusHead") or not packets[1].startswith(b"OpusTags"):
        raise NotOpus("no Opus stream")
    skip = int.from_bytes(packets[0][10:12], "little")
    return Stream(packets[0], tuple(packets[2:]), skip, end)


def _pages(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at < len(data):
        if len(data) < at + _PAGE.size:
            raise NotOpus("a page is cut off")
        mark, version, _kind, granule, _serial, _number, _check, many = _PAGE.unpack_from(data, at)
        lacing = data[at + _PAGE.size : at + _PAGE.size + many]
        start = at + _PAGE.size + many
        at = start + sum(lacing)
        if mark != b"OggS" or version or len(lacing) < many or at > len(data):
            raise NotOpus("not an Ogg page")
        yield granule, lacing, data[start:at]


def samples_of(packet: bytes) -> int:
    """Return how many samples a packet holds."""
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < 12:
        frame = _FRAMES[configuration]
    elif configuration < 16:
        frame = (480, 960)[configuration & 1]
    else:
        frame = (120, 240, 480, 960)[configuration & 3]
    return frame * ((1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[code])


def join(files: Sequence[bytes]) -> bytes:
    """
    Return one file that plays all of them in order. The same files give the same bytes.

    Raises:
        NotOpus: one of them is no Opus file, or there is none.
    """
    streams = [read(each) for each in files]
    if not streams:
        raise NotOpus("nothing to join")
    packets = [packet for stream in streams for packet in stream.packets]
    return write(streams[0].head, packets)


def write(head: bytes, packets: Sequence[bytes], end: int | None = None) -> bytes:
    """
    Return a file of these packets.

    Args:
        end: All samples including those skipped at the beginning; counted if not given.
    """
    tags = b"OpusTags" + struct.pack("<I", 5) + b"kiosk" + struct.pack("<I", 0)
    out = [_page(0, _FIRST, 0, [head]), _page(0, 0, 1, [tags])]
    granule, number = 0, 2
    groups = list(_groups(packets))
    for at, group in enumerate(groups, start=1):
        granule += sum(samples_of(packet) for packet in group)
        is_last = at == len(groups)
        stamp = min(granule, end) if is_last and end else granule
        out.append(_page(stamp, _LAST if is_last else 0, number, group))
        number += 1
    return b"".join(out)


def _groups(packets: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield packets that share a page: about a second of sound, so that players can seek."""
    group: list[bytes] = []
    segments = 0
    for packet in packets:
        needs = len(packet) // _MOST_SEGMENTS + 1
        if group and (segments + needs > _MOST_SEGMENTS or len(group) >= 50):
            yield group
            group, segments = [], 0
        group.append(packet)
        segments += needs
    if group:
        yield group


def _page(granule: int, kind: int, number: int, packets: Sequence[bytes]) -> bytes:
    lacing = b"".join(
        b"\xff" * (len(each) // _MOST_SEGMENTS) + bytes([len(each) % _MOST_SEGMENTS]) for each in packets
    )
    body = b"".join(packets)
    head = _PAGE.pack(b"OggS", 0, kind, granule, 1, number, 0, len(lacing))
    check = _checksum(head + lacing + body)
    return head[:22] + struct.pack("<I", check) + head[26:] + lacing + body


def _table() -> list[int]:
    made = []
    for first in range(256):
        value = first << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        made.append(value & 0xFFFFFFFF)
    return made


_CHECKS = _table()


def _checksum(data: bytes) -> int:
    value = 0
    for each in data:
        value = ((value << 8) & 0xFFFFFFFF) ^ _CHECKS[(value >> 24) ^ each]
    return value
