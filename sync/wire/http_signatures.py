"""Signatures of RFC 9421 with Ed25519 by a kept library; what is signed is said in signing.py."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import http_sf
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from nacl.signing import SigningKey, VerifyKey

from sync.wire.errors import Untrusted

TAG = "kiosk-sync"
LABEL = "sync"


def sign(
    message: Any, body: bytes, parts: tuple[str, ...], *, seed: bytes, key_id: str, nonce: str, now: datetime
) -> None:
    """
    Add digest and signature to a message's headers.

    Raises:
        Untrusted: "signature-missing" when a part to be covered is missing.
    """
    signer = HTTPMessageSigner(signature_algorithm=_Ed25519, key_resolver=_Keys(lambda _: None, seed))
    try:
        signer.sign(
            message,
            key_id=key_id,
            created=now,
            nonce=nonce,
            label=LABEL,
            tag=TAG,
            covered_component_ids=parts,
            body=body,
        )
    except HTTPMessageSignaturesException as error:
        raise Untrusted("signature-missing") from error


def verified(
    message: Any, body: bytes, parts: tuple[str, ...], key_of: Callable[[str], bytes | None]
) -> Mapping[str, int | str]:
    """
    Return the parameters of a message's one signature, verified.

    Raises:
        Untrusted: "device-unknown", "signature-wrong".
    """
    keys = _Keys(key_of)
    verifier = _TimelessVerifier(signature_algorithm=_Ed25519, key_resolver=keys)
    try:
        results = verifier.verify(
            message, max_age=None, expect_tag=TAG, expect_label=LABEL, require_components=parts, body=body
        )
    except HTTPMessageSignaturesException as error:
        raise Untrusted("device-unknown" if keys.unknown else "signature-wrong") from error
    if len(results) != 1:
        raise Untrusted("signature-wrong")
    return results[0].parameters


def nonce_in(signature_input: str) -> str:
    """Return the nonce in a header's text; empty when there is none."""
    try:
        members: Any = http_sf.parse(signature_input.encode(), tltype="dictionary")
        _, parameters = members[LABEL]
        claimed = parameters.get("nonce")
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""
    return claimed if isinstance(claimed, str) else ""


class _Ed25519(HTTPSignatureAlgorithm):
    """RFC 9421 section 3.3.6 over libsodium, with raw 32-byte keys."""

    algorithm_id = "ed25519"

    def __init__(self, public_key: bytes = b"", private_key: bytes = b"") -> None:
        self._public_key = public_key
        self._private_key = private_key

    def sign(self, message: bytes) -> bytes:
        return SigningKey(self._private_key).sign(message).signature

    def verify(self, signature: bytes, message: bytes) -> None:
        VerifyKey(self._public_key).verify(message, signature)


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, public_of: Callable[[str], bytes | None], seed: bytes = b"") -> None:
        self._public_of = public_of
        self._seed = seed
        self.unknown = False

    def resolve_public_key(self, key_id: str) -> bytes | None:
        found = self._public_of(key_id)
        self.unknown = found is None
        return found

    def resolve_private_key(self, key_id: str) -> bytes:
        return self._seed


class _TimelessVerifier(HTTPMessageVerifier):
    """A verifier that ignores `created`: a terminal with a wrong clock must still get in."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        return
