"""
Keys at rest: a private key wrapped by a password, by a recovery code, or sealed to a colleague.

Pure functions over bytes; nothing here is stored, logged or printed.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import hash_secret_raw
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from kiosk.errors import Refused
from sync.wire import sealing


@dataclass(frozen=True)
class Cost:
    """The cost of one password guess: memory (KiB), passes, lanes."""

    memory_kib: int
    passes: int
    lanes: int

    def hasher(self) -> PasswordHasher:
        """Return argon2-cffi's hasher at this cost."""
        return PasswordHasher(
            time_cost=self.passes, memory_cost=self.memory_kib, parallelism=self.lanes, type=Type.ID
        )


STAFF_COST = Cost(memory_kib=65_536, passes=3, lanes=1)
"""Argon2id for staff: 64 MiB, t=3. Source: RELIABILITY.md §6."""

SALT_BYTES = 16
KEY_BYTES = 32

_log = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class OwnPair:
    """An account's own X25519 pair: public in clear, private wrapped by the password."""

    salt: bytes
    public: bytes
    wrapped: bytes


def hash_password(password: str, cost: Cost) -> str:
    """Return the password's Argon2id hash with its parameters, in the usual written form."""
    return cost.hasher().hash(password)


def is_right(password_hash: str, password: str) -> bool:
    """
    Return whether the password is right; the cost is that of the stored hash.

    No password opens a damaged hash, which is logged.
    """
    try:
        return STAFF_COST.hasher().verify(password_hash, password)
    except VerifyMismatchError:
        return False
    except (VerificationError, InvalidHashError):
        _log.exception("the hash of a password is damaged: no password opens it")
        return False


def needs_rehash(password_hash: str, cost: Cost) -> bool:
    """Return whether the hash was made at another cost than the current one."""
    return cost.hasher().check_needs_rehash(password_hash)


def new_pair(password: str, cost: Cost) -> OwnPair:
    """Return a new key pair for an account."""
    return wrapped_pair(bytes(PrivateKey.generate()), password, cost)


def wrapped_pair(private: bytes, password: str, cost: Cost) -> OwnPair:
    """Return this private key under a password, with a new salt."""
    salt = secrets.token_bytes(SALT_BYTES)
    box = SecretBox(_stretched(password, salt, cost))
    return OwnPair(salt, bytes(PrivateKey(private).public_key), bytes(box.encrypt(private)))


def own_private(pair: OwnPair, password: str, password_hash: str) -> bytes | None:
    """Return the private half, or None if the password does not open it; the cost is read from the stored hash."""
    parameters = extract_parameters(password_hash)
    cost = Cost(parameters.memory_cost, parameters.time_cost, parameters.parallelism)
    try:
        return SecretBox(_stretched(password, pair.salt, cost)).decrypt(pair.wrapped)
    except CryptoError:
        return None


def _stretched(password: str, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(
        password.encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def seal_to(public: bytes, key: bytes) -> bytes:
    """Return a key sealed so that only the holder of the private half can open it."""
    return SealedBox(PublicKey(public)).encrypt(key)


def take_out(private: bytes, sealed: bytes) -> bytes | None:
    """Return the sealed key, or None if it was sealed to somebody else or changed."""
    try:
        return SealedBox(PrivateKey(private)).decrypt(sealed)
    except CryptoError:
        return None


# The recovery code: 160 random bits in Crockford's alphabet (no I, L, O, U), in groups of four; the last group
# is a check, which distinguishes a slip of the pen from the code of another key.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_WRITE = str.maketrans(_RFC4648, ALPHABET)
_READ = str.maketrans(ALPHABET, _RFC4648)
_MISREAD = str.maketrans("ILO", "110")
RECOVERY_BYTES = 20
CODE_LENGTH = 32
GROUP = 4


def new_recovery_code() -> bytes:
    """Return 160 random bits."""
    return secrets.token_bytes(RECOVERY_BYTES)


def written(code: bytes) -> str:
    """Return the code as it is printed once: nine groups of four, the last one the check."""
    letters = _letters(code) + _check(code)
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def read_code(typed: str) -> bytes:
    """
    Return the typed code, in any case, with or without hyphens, O for 0 and I or L for 1.

    Raises:
        Refused: "recovery-key-mistyped".
    """
    plain = plain_letters(typed)
    if len(plain) != CODE_LENGTH + GROUP or not set(plain) <= set(ALPHABET):
        raise Refused("recovery-key-mistyped", "the recovery key has nine groups of four characters")
    code = base64.b32decode(plain[:CODE_LENGTH].translate(_READ))
    if _check(code) != plain[CODE_LENGTH:]:
        raise Refused("recovery-key-mistyped", "a character of the recovery key is wrong")
    return code


def wrap_for_recovery(private: bytes, code: bytes) -> bytes:
    """Return the private key encrypted under the code; 160 random bits need no stretching."""
    return bytes(SecretBox(_recovery_key(code)).encrypt(private))


def open_with_recovery(wrapped: bytes, code: bytes) -> bytes | None:
    """
    Return the private key, or None if the code belongs to another key.

    The first key is encrypted under the code itself, later ones to its public half (`seal_to`), without the code.
    """
    try:
        return SecretBox(_recovery_key(code)).decrypt(wrapped)
    except CryptoError:
        return take_out(recovery_pair(code)[0], wrapped)


def recovery_pair(code: bytes) -> tuple[bytes, bytes]:
    """Return the X25519 pair of a recovery code, private and public half: copies of the hub are encrypted to it."""
    private = PrivateKey(hashlib.blake2b(code, digest_size=KEY_BYTES, person=b"kiosk copies").digest())
    return bytes(private), bytes(private.public_key)


def with_id(public: bytes) -> str:
    """Return a public half as it is stored: with its id, so that a damaged one encrypts nothing."""
    return f"{sealing.key_id(public)}.{public.hex()}"


def read_public(text: str) -> bytes | None:
    """Return a stored public half; None for none and for a damaged one."""
    name, _, written = text.partition(".")
    try:
        public = bytes.fromhex(written)
    except ValueError:
        return None
    return public if len(public) == KEY_BYTES and sealing.key_id(public) == name else None


def plain_letters(typed: str) -> str:
    """Return letters of ALPHABET as they were meant: any case and width, O for 0, I and L for 1, no separators."""
    return "".join(unicodedata.normalize("NFKC", typed).upper().replace("-", "").split()).translate(_MISREAD)


def seal_secret(secret: bytes, key: bytes) -> bytes:
    """Return a secret encrypted under a key of 32 bytes that is not in the database."""
    return bytes(SecretBox(key).encrypt(secret))


def open_secret(sealed: bytes, key: bytes) -> bytes | None:
    """Return the secret, or None if it was sealed under another key."""
    try:
        return SecretBox(key).decrypt(sealed)
    except CryptoError:
        return None


def _letters(code: bytes) -> str:
    return base64.b32encode(code).decode("ascii").translate(_WRITE)


def _check(code: bytes) -> str:
    return _letters(hashlib.sha256(b"check:" + code).digest())[:GROUP]


def _recovery_key(code: bytes) -> bytes:
    return hashlib.blake2b(code, digest_size=KEY_BYTES, person=b"kiosk recovery").digest()
