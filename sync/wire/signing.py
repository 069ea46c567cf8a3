"""
Signed requests and answers: RFC 9421 with Ed25519, tag `kiosk-sync`, the body covered by its RFC 9530 digest.

An answer is bound to its request: it covers the request's method, path, query and signature and repeats its
nonce. The `created` time is written and never judged, because a terminal with a wrong clock must still get in;
freshness comes from the nonce (hub/admission.py). Host and scheme are not covered, for hubs run behind proxies.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from sync.wire.errors import Untrusted

TAG = "kiosk-sync"
LABEL = "sync"
HUB_KEY_ID = "hub"
SEED_BYTES = 32

_REQUEST_PARTS = ("@method", "@path", "@query", "content-digest")
_ANSWER_PARTS = (
    "@status",
    "content-type",
    "content-digest",
    '"@method";req',
    '"@path";req',
    '"@query";req',
    f'"signature";req;key="{LABEL}"',
)


@dataclass
class Request:
    """One request as both sides see it; `target` is path and query, percent-encoded."""

    method: str
    target: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return an absolute address for the signature's parser; host and scheme are not signed."""
        return "http://hub" + self.target


@dataclass
class Answer:
    """One answer as both sides see it."""

    status: int
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


Transport = Callable[[Request], Answer]
"""Sends one request and returns the answer; raises Unreachable."""


@dataclass(frozen=True)
class Signed:
    """The signer of a request, and the nonce it used."""

    key_id: str
    nonce: str


@dataclass
class _AnswerView:
    status_code: int
    headers: dict[str, str]
    request: Request


def new_seed() -> bytes:
    """Return a new Ed25519 seed, 32 bytes."""
    return secrets.token_bytes(SEED_BYTES)


def public_key(seed: bytes) -> bytes:
    """Return the public half of a seed, 32 bytes."""
    return bytes(SigningKey(seed).verify_key)


def sign_request(request: Request, *, seed: bytes, key_id: str, nonce: str, now: datetime) -> None:
    """Add digest and signature to the request's headers."""
    _signer(seed).sign(
        request,
        key_id=key_id,
        created=now,
        nonce=nonce,
        label=LABEL,
        tag=TAG,
        covered_component_ids=_REQUEST_PARTS,
        body=request.body,
    )


def verify_request(request: Request, key_of: Callable[[str], bytes | None]) -> Signed:
    """
    Return the signer of this request, verified.

    Args:
        key_of: The public key by its id, or None.
    Raises:
        Untrusted: "signature-missing", "device-unknown", "signature-wrong".
    """
    if not any(name.lower() == "signature-input" for name in request.headers):
        raise Untrusted("signature-missing")
    keys = _Keys(key_of)
    parameters = _verified(keys, request, request.body, _REQUEST_PARTS)
    return Signed(str(parameters["keyid"]), str(parameters.get("nonce", "")))


def sign_answer(answer: Answer, request: Request, *, seed: bytes, nonce: str, now: datetime) -> None:
    """
    Add digest and signature to the answer's headers, bound to the signed request.

    Raises:
        Untrusted: "signature-missing" when the request carries none that an answer could be bound to.
    """
    view = _AnswerView(answer.status, {"Content-Type": answer.content_type}, request)
    try:
        _signer(seed).sign(
            view,
            key_id=HUB_KEY_ID,
            created=now,
            nonce=nonce,
            label=LABEL,
            tag=TAG,
            covered_component_ids=_ANSWER_PARTS,
            body=answer.body,
        )
    except HTTPMessageSignaturesException as error:
        raise Untrusted("signature-missing") from error
    answer.headers.update(view.headers)


def verify_answer(answer: Answer, request: Request, *, hub_key: bytes, nonce: str) -> None:
    """
    Check that the pinned hub gave this answer to this request.

    Raises:
        Untrusted: "answer-unsigned", "answer-wrong" (changed, another hub's, or to another request).
    """
    if not any(name.lower() == "signature-input" for name in answer.headers):
        raise Untrusted("answer-unsigned")
    view = _AnswerView(answer.status, answer.headers, request)
    try:
        parameters = _verified(_Keys(lambda _: hub_key), view, answer.body, _ANSWER_PARTS)
    except Untrusted as error:
        raise Untrusted("answer-wrong") from error
    if parameters.get("nonce") != nonce:
        raise Untrusted("answer-wrong")


def claimed_nonce(request: Request) -> str:
    """Return the nonce that a request names, verified or not: a refusal must be bound to it too."""
    for name, value in request.headers.items():
        if name.lower() == "signature-input":
            return _nonce_in(value)
    return ""


def _nonce_in(signature_input: str) -> str:
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


def _signer(seed: bytes) -> HTTPMessageSigner:
    return HTTPMessageSigner(signature_algorithm=_Ed25519, key_resolver=_Keys(lambda _: None, seed))


def _verified(
    keys: _Keys, message: Request | _AnswerView, body: bytes, parts: tuple[str, ...]
) -> Mapping[str, int | str]:
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


def sign_text(seed: bytes, text: bytes) -> bytes:
    """Return the Ed25519 signature of a text that is kept by itself; the text must name its purpose."""
    return SigningKey(seed).sign(text).signature


def is_text_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Return whether the holder of this key signed the text."""
    try:
        VerifyKey(public).verify(text, signature)
    except (BadSignatureError, ValueError):
        return False
    return True
