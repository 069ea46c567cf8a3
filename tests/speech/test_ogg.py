"""Files joined into one."""

from __future__ import annotations

import pytest

from kiosk.speech import bank, ogg, rules


def sound(text: str) -> bytes:
    path = bank.Bank.load().path(rules.key(text))
    assert path is not None
    return path.read_bytes()


def test_joined_files_last_as_long_as_all_of_them() -> None:
    parts = [sound("二零二六年"), sound("十一月"), sound("二十五日")]
    joined = ogg.join(parts)
    assert ogg.read(joined).seconds == pytest.approx(sum(ogg.read(each).seconds for each in parts), abs=0.15)
    assert ogg.join(parts) == joined, "the same bytes for the same files"


def test_a_file_survives_being_taken_apart_and_written() -> None:
    stream = ogg.read(sound("元"))
    again = ogg.read(ogg.write(stream.head, stream.packets, stream.end))
    assert again == stream


@pytest.mark.parametrize("data", [b"", b"OggS", b"RIFF....WAVE", b"\x00" * 400])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ogg.NotOpus):
        ogg.read(data)


def test_a_cut_file_is_refused() -> None:
    with pytest.raises(ogg.NotOpus):
        ogg.read(sound("元")[:-5])


def test_nothing_cannot_be_joined() -> None:
    with pytest.raises(ogg.NotOpus):
        ogg.join([])
