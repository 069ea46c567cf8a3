"""Keys by which the machines of a county recognise each other, as files of their homes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kiosk.errors import StoreDamaged
from kiosk.hall import pins
from sync.wire.signing import public_key

SIGNING_KEY_FILE, DEVICE_KEY_FILE = "signing.key", "device.key"


def signing_seed(home: Path) -> bytes:
    """Return the hub's signing seed. Raises StoreDamaged("no-signing-key")."""
    return _read(home / SIGNING_KEY_FILE, "no-signing-key")


def device_seed(home: Path) -> bytes:
    """Return the terminal's signing seed. Raises StoreDamaged("no-device-key")."""
    return _read(home / DEVICE_KEY_FILE, "no-device-key")


def hall_unlock_key(home: Path, device: str) -> bytes:
    """
    Return the key for unlocking by telephone that only hub and terminal know, derived from the hub's signing key.
    """
    return pins.unlock_key(signing_seed(home), device)


def hub_secret(home: Path, purpose: str) -> bytes:
    """Return the hub's key for one purpose, 32 bytes, derived from its signing key: it is in no database."""
    return hashlib.blake2b(
        purpose.encode(), key=signing_seed(home), digest_size=32, person=b"hub secret"
    ).digest()


def _read(path: Path, code: str) -> bytes:
    try:
        seed = bytes.fromhex(path.read_text("ascii").strip())
        public_key(seed)
    except (OSError, ValueError) as error:
        raise StoreDamaged(code, f"{path.name} is missing or damaged: put it back from a copy") from error
    return seed
