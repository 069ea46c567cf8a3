"""
Sealing of personal data: sealed where it is entered, opened only with the reading key; this module stores no key.

The payload is padded to whole blocks before it is sealed, so that the size of a blob does not show how much
a person wrote. The algorithm is named in the envelope (`ALG`), because a county may have to change it.
"""

import json
from hashlib import sha256
from typing import Any

import rfc8785
from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from sync.wire.errors import SealBroken

ALG = "x25519-sealedbox"
LOCK_ALG = "xsalsa20-poly1305"
"""Of files, each locked with a key of its own that travels in the sealed part of its submission."""
LOCK_BYTES = SecretBox.KEY_SIZE
BLOCK_BYTES = 256
KEY_ID_HEX = 16


def new_key_pair() -> tuple[bytes, bytes]:
    """Return a new X25519 pair: private key, public key, 32 bytes each."""
    private = PrivateKey.generate()
    return bytes(private), bytes(private.public_key)


def public_key(private_key: bytes) -> bytes:
    """Return the public half of a reading key."""
    return bytes(PrivateKey(private_key).public_key)


def key_id(public_key: bytes) -> str:
    """Return the id of a public key: the first 16 hex digits of its SHA-256."""
    return sha256(public_key).hexdigest()[:KEY_ID_HEX]


def seal(public_key: bytes, payload: dict[str, Any]) -> bytes:
    """Return the payload as a blob that only the private key opens; not even the sealer can read it back."""
    padded = sodium_pad(rfc8785.dumps(payload), BLOCK_BYTES)
    return SealedBox(PublicKey(public_key)).encrypt(padded)


def unseal(private_key: bytes, blob: bytes) -> dict[str, Any]:
    """
    Return the payload of a blob made by `seal`.

    Raises:
        SealBroken: "sealed-wrong-key" (another or rotated key, or a changed blob), "sealed-not-a-payload".
    """
    try:
        padded = SealedBox(PrivateKey(private_key)).decrypt(blob)
    except (CryptoError, ValueError, TypeError) as error:
        raise SealBroken("sealed-wrong-key") from error
    try:
        payload = json.loads(sodium_unpad(padded, BLOCK_BYTES))
    except (CryptoError, ValueError) as error:
        raise SealBroken("sealed-not-a-payload") from error
    if not isinstance(payload, dict):
        raise SealBroken("sealed-not-a-payload")
    return payload


def seal_file(public_key: bytes, content: bytes) -> bytes:
    """Return the bytes of a file as a blob that only the private key opens; its size shows that of the file."""
    return SealedBox(PublicKey(public_key)).encrypt(content)


def unseal_file(private_key: bytes, blob: bytes) -> bytes:
    """
    Return the bytes of a file sealed by `seal_file`.

    Raises:
        SealBroken: "sealed-wrong-key".
    """
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(blob)
    except (CryptoError, ValueError, TypeError) as error:
        raise SealBroken("sealed-wrong-key") from error


def public_of(private_key: bytes) -> bytes:
    """Return the public half of a private key."""
    return bytes(PrivateKey(private_key).public_key)


def lock_file(key: bytes, content: bytes) -> bytes:
    """Return the bytes of a file as a blob that opens with the same key (`LOCK_ALG`)."""
    return bytes(SecretBox(key).encrypt(content))


def unlock_file(key: bytes, blob: bytes) -> bytes:
    """
    Return the bytes of a file locked by `lock_file`.

    Raises:
        SealBroken: "sealed-wrong-key".
    """
    try:
        return SecretBox(key).decrypt(blob)
    except (CryptoError, ValueError, TypeError) as error:
        raise SealBroken("sealed-wrong-key") from error
