"""
Signed requests and answers: RFC 9421 with Ed25519, tag `kiosk-sync`, the body covered by its RFC 9530 digest.

An answer is bound to its request: it covers the request's method, path, query and signature and repeats its
nonce. The `created` time is written and never judged, because a terminal with a wrong clock must still get in;
freshness comes from the nonce (hub/admission.py). Host and scheme are not covered, for hubs run behind proxies.
The library of RFC 9421 is loaded with the first message (http_signatures.py): no page of a terminal waits for it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from sync.wire.errors import Untrusted

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
    '"signature";req;key="sync"',
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
    from sync.wire import http_signatures

    http_signatures.sign(
        request, request.body, _REQUEST_PARTS, seed=seed, key_id=key_id, nonce=nonce, now=now
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
    from sync.wire import http_signatures

    parameters = http_signatures.verified(request, request.body, _REQUEST_PARTS, key_of)
    return Signed(str(parameters["keyid"]), str(parameters.get("nonce", "")))


def sign_answer(answer: Answer, request: Request, *, seed: bytes, nonce: str, now: datetime) -> None:
    """
    Add digest and signature to the answer's headers, bound to the signed request.

    Raises:
        Untrusted: "signature-missing" when the request carries none that an answer could be bound to.
    """
    from sync.wire import http_signatures

    view = _AnswerView(answer.status, {"Content-Type": answer.content_type}, request)
    http_signatures.sign(view, answer.body, _ANSWER_PARTS, seed=seed, key_id=HUB_KEY_ID, nonce=nonce, now=now)
    answer.headers.update(view.headers)


def verify_answer(answer: Answer, request: Request, *, hub_key: bytes, nonce: str) -> None:
    """
    Check that the pinned hub gave this answer to this request.

    Raises:
        Untrusted: "answer-unsigned", "answer-wrong" (changed, another hub's, or to another request).
    """
    if not any(name.lower() == "signature-input" for name in answer.headers):
        raise Untrusted("answer-unsigned")
    from sync.wire import http_signatures

    view = _AnswerView(answer.status, answer.headers, request)
    try:
        parameters = http_signatures.verified(view, answer.body, _ANSWER_PARTS, lambda _: hub_key)
    except Untrusted as error:
        raise Untrusted("answer-wrong") from error
    if parameters.get("nonce") != nonce:
        raise Untrusted("answer-wrong")


def claimed_nonce(request: Request) -> str:
    """Return the nonce that a request names, verified or not: a refusal must be bound to it too."""
    from sync.wire import http_signatures

    for name, value in request.headers.items():
        if name.lower() == "signature-input":
            return http_signatures.nonce_in(value)
    return ""


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
