"""
A terminal's signed connection to its hub: fetches nonces, counts, signs each request, trusts only the pinned key.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync.wire.errors import HubRefused, Malformed, Unreachable, Untrusted
from sync.wire.protocol import JSON_TYPE, PREFIX, Challenge, refusal_code
from sync.wire.signing import Answer, Request, Transport, sign_request, verify_answer


@dataclass(frozen=True)
class Identity:
    """Identity of this machine at its hub, and the hub's key pinned at enrolment."""

    device: str
    seed: bytes
    hub_key: bytes


class Channel:
    """
    One conversation with the hub; keep it between rounds, for its nonce serves many requests.

    Not for two threads: each takes its own channel, and the hub gives each its own nonce.
    """

    def __init__(self, transport: Transport, identity: Identity, now: Callable[[], datetime]) -> None:
        self._transport = transport
        self._identity = identity
        self._now = now
        self._nonce = ""
        self._counter = 0

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """
        Send a signed request; return the hub's signed answer of status 200.

        Args:
            path: Below /sync/v1, with its query.
        Raises:
            Unreachable: No answer, or one of a server in trouble.
            Untrusted: "answer-unsigned", "answer-wrong": not from our hub, or not to this request.
            HubRefused: The hub refused, and signed it.
        """
        if not self._nonce:
            self._ask_for_nonce()
        try:
            return self._counted(method, path, body)
        except HubRefused as refused:
            if refused.code not in ("nonce-stale", "nonce-replayed"):
                raise
        self._ask_for_nonce()
        return self._counted(method, path, body)

    def _counted(self, method: str, path: str, body: bytes) -> Answer:
        self._counter += 1
        return self._exchange(method, path, body, f"{self._nonce}.{self._counter}")

    def _ask_for_nonce(self) -> None:
        answer = self._exchange("GET", "/hello", b"", secrets.token_urlsafe(16))
        try:
            self._nonce = Challenge.read(answer.body).nonce
        except Malformed as error:
            raise Untrusted("answer-wrong") from error
        self._counter = 0

    def _exchange(self, method: str, path: str, body: bytes, nonce: str) -> Answer:
        request = Request(method, PREFIX + path, body)
        if body:
            request.headers["Content-Type"] = JSON_TYPE
        identity = self._identity
        sign_request(request, seed=identity.seed, key_id=identity.device, nonce=nonce, now=self._now())
        answer = self._transport(request)
        if answer.status >= 500:
            raise Unreachable("hub-in-trouble")
        verify_answer(answer, request, hub_key=identity.hub_key, nonce=nonce)
        if answer.status != 200:
            raise _refused(answer)
        return answer


def _refused(answer: Answer) -> HubRefused:
    try:
        return HubRefused(refusal_code(answer.body), answer.status)
    except Malformed as error:
        raise Untrusted("answer-wrong") from error
