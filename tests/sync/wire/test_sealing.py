"""A sealed payload opens only with the private half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wire.errors import SealBroken
from sync.wire.sealing import BLOCK_BYTES, key_id, new_key_pair, seal, unseal

PRIVATE, PUBLIC = new_key_pair()


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=200), max_size=4))
def test_what_was_sealed_opens_unchanged(payload: dict[str, str]) -> None:
    assert unseal(PRIVATE, seal(PUBLIC, payload)) == payload


def test_another_key_opens_nothing() -> None:
    stranger, _ = new_key_pair()
    with pytest.raises(SealBroken, match="sealed-wrong-key"):
        unseal(stranger, seal(PUBLIC, {"name": "某某"}))


@pytest.mark.parametrize("blob", [b"", b"short", b"\x00" * 300])
def test_a_broken_blob_is_named_as_such(blob: bytes) -> None:
    with pytest.raises(SealBroken, match="sealed-wrong-key"):
        unseal(PRIVATE, blob)


def test_a_changed_byte_is_noticed() -> None:
    blob = bytearray(seal(PUBLIC, {"name": "某某"}))
    blob[-1] ^= 1
    with pytest.raises(SealBroken):
        unseal(PRIVATE, bytes(blob))


def test_the_size_of_a_blob_does_not_tell_how_much_was_written() -> None:
    short = seal(PUBLIC, {"wanted": "低保"})
    longer = seal(PUBLIC, {"wanted": "低保" * 20})
    assert len(short) == len(longer) == BLOCK_BYTES + 48


def test_the_plain_text_is_not_in_the_blob() -> None:
    assert "低保".encode() not in seal(PUBLIC, {"wanted": "低保"})


def test_a_key_is_named_by_its_fingerprint() -> None:
    assert key_id(PUBLIC) == key_id(PUBLIC)
    assert len(key_id(PUBLIC)) == 16
    assert key_id(PUBLIC) != key_id(new_key_pair()[1])
