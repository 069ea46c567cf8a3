"""What both sides of an enrolment share: the form of a code, its proof, the key that a request brings."""

import base64
import binascii
import hmac
import re
from hashlib import blake2b, sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


CODE = re.compile(rf"[{ALPHABET}]{{16}}")


ID_CHARACTERS = 4
"""The first group names the code; the other 12 characters, 60 bits, are the secret."""


HEX64 = re.compile(r"[0-9a-f]{64}")


WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def read_code(typed: str) -> str | None:
    """Return the 16 characters of a code typed in any grouping, or None; O and 0, I, L and 1 are alike."""
    text = re.sub(r"[\s\-]", "", typed).upper().translate(str.maketrans("OIL", "011"))
    return text if CODE.fullmatch(text) else None


def key_id(key: bytes) -> str:
    return "new." + base64.urlsafe_b64encode(key).decode().rstrip("=")


def key_in(key_id: str) -> bytes | None:
    if not key_id.startswith("new."):
        return None
    try:
        key = base64.urlsafe_b64decode(key_id[4:] + "=")
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == 32 else None


def secret_of(code: str) -> bytes:
    return blake2b(code.encode(), digest_size=32, person=b"kiosk-enrolment").digest()


def mac(secret: bytes, content: bytes) -> str:
    return hmac.new(secret, content, sha256).hexdigest()
