"""
The query code: 12 digits that only the paper and the sealed part contain.

The terminal keeps an Argon2id hash, and until the slip is printed or has expired an encrypted copy whose key
is in memory-backed storage of this boot. Source: DESIGN.md §4.3; parameters RELIABILITY.md §6 (OWASP).
"""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from kiosk.errors import StoreFull

DIGITS = 12
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True)
class QueryCode:
    """
    A code and its hash, made before the submission so that the submission itself is quick; the hash is empty until
    then.
    """

    digits: str
    hashed: str

    @property
    def written(self) -> str:
        """Return the code in groups of four."""
        return " ".join(self.digits[place : place + 4] for place in range(0, DIGITS, 4))


def new_digits() -> str:
    """Return the digits of a new code."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_code() -> QueryCode:
    """Return a new code; its hash takes some 30 ms."""
    return with_hash(new_digits())


def with_hash(digits: str) -> QueryCode:
    """Return a code with its hash, which takes some 30 ms."""
    return QueryCode(digits, _hasher.hash(digits))


def parse(typed: str) -> str | None:
    """Return the 12 digits that were typed, in any grouping, or None."""
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else None


def matches(hashed: str, digits: str) -> bool:
    """Return whether `digits` is the code of this hash."""
    try:
        return _hasher.verify(hashed, digits)
    except (VerificationError, InvalidHashError):
        return False


def waste_time() -> bool:
    """Take the time of one comparison, so that an unknown number answers as slowly as a wrong code; return False."""
    _hasher.hash("0" * DIGITS)
    return False


class BootKey:
    """A key that seals short texts until this boot ends: it is kept in a folder in memory."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "boot.key"

    def seal(self, text: str) -> bytes:
        """
        Return the text encrypted, readable while this boot lasts.

        Raises:
            StoreFull: the folder cannot hold the key.
        """
        return bytes(SecretBox(self._key()).encrypt(text.encode()))

    def open(self, blob: bytes) -> str | None:
        """Return the text, or None if it was sealed in another boot."""
        try:
            return SecretBox(self._key()).decrypt(blob).decode()
        except CryptoError:
            return None

    def _key(self) -> bytes:
        """Return the key; the first process that asks makes it."""
        if not self.path.exists():
            try:
                self._make()
            except OSError as error:
                raise StoreFull("memory-full", f"{self.path.parent}: {error.strerror}") from error
        return self.path.read_bytes()

    def _make(self) -> None:
        """Store a new key atomically: of several processes one succeeds, by a hard link."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = self.path.with_name(f"boot.key.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            mine.touch(mode=0o600, exist_ok=False)
            mine.write_bytes(secrets.token_bytes(SecretBox.KEY_SIZE))
            with suppress(FileExistsError):  # another process was first: its key is the one
                os.link(mine, self.path)
        finally:
            mine.unlink(missing_ok=True)
