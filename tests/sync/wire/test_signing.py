"""Nobody between terminal and hub can change, replay or invent a message unnoticed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wire.errors import Untrusted
from sync.wire.signing import (
    Answer,
    Request,
    Signed,
    claimed_nonce,
    new_seed,
    public_key,
    sign_answer,
    sign_request,
    verify_answer,
    verify_request,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SEED, HUB_SEED = new_seed(), new_seed()
HUB_KEY = public_key(HUB_SEED)


def key_of(key_id: str) -> bytes | None:
    return public_key(SEED) if key_id == "d-1" else None


def a_request(**changes: object) -> Request:
    request = Request("PUT", "/sync/v1/submissions/abc?x=1", b'{"v":1}', {"Content-Type": "application/json"})
    sign_request(request, seed=SEED, key_id="d-1", nonce="n.1", now=NOW)
    for name, value in changes.items():
        setattr(request, name, value)
    return request


def an_answer(request: Request, seed: bytes = HUB_SEED, nonce: str = "n.1") -> Answer:
    answer = Answer(200, b'{"v":1}', "application/json")
    sign_answer(answer, request, seed=seed, nonce=nonce, now=NOW)
    return answer


def test_a_signed_request_names_its_device_and_nonce() -> None:
    assert verify_request(a_request(), key_of) == Signed("d-1", "n.1")


@pytest.mark.parametrize(
    "change",
    [
        {"method": "POST"},
        {"target": "/sync/v1/submissions/abd?x=1"},
        {"target": "/sync/v1/submissions/abc?x=2"},
        {"target": "/sync/v1/submissions/abc"},
        {"body": b'{"v":2}'},
        {"body": b""},
    ],
)
def test_a_changed_request_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Untrusted, match="signature-wrong"):
        verify_request(a_request(**change), key_of)


def test_a_request_without_a_signature_is_refused() -> None:
    with pytest.raises(Untrusted, match="signature-missing"):
        verify_request(Request("GET", "/sync/v1/hello"), key_of)


def test_a_stranger_is_told_apart_from_a_forger() -> None:
    request = Request("GET", "/sync/v1/hello")
    sign_request(request, seed=SEED, key_id="d-2", nonce="n", now=NOW)
    with pytest.raises(Untrusted, match="device-unknown"):
        verify_request(request, key_of)
    forged = Request("GET", "/sync/v1/hello")
    sign_request(forged, seed=new_seed(), key_id="d-1", nonce="n", now=NOW)
    with pytest.raises(Untrusted, match="signature-wrong"):
        verify_request(forged, key_of)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("created=", "created=1"),
        ('nonce="n.1"', 'nonce="n.2"'),
        ('tag="kiosk-sync"', 'tag="other"'),
        (' "content-digest"', ""),
        (' "@query"', ""),
        ('alg="ed25519"', 'alg="hmac-sha256"'),
        ("sync=", "other="),
    ],
)
def test_a_signature_that_covers_less_or_claims_more_is_refused(part: str, other: str) -> None:
    request = a_request()
    before = request.headers["Signature-Input"]
    request.headers["Signature-Input"] = before.replace(part, other)
    assert request.headers["Signature-Input"] != before
    with pytest.raises(Untrusted):
        verify_request(request, key_of)


@pytest.mark.parametrize("year", [1970, 2016, 2056])
def test_the_time_of_signing_is_never_judged(year: int) -> None:
    request = Request("GET", "/sync/v1/hello")
    sign_request(request, seed=SEED, key_id="d-1", nonce="n", now=datetime(year, 1, 1, tzinfo=UTC))
    assert verify_request(request, key_of).key_id == "d-1"


@given(
    st.text(st.characters(codec="latin-1"), max_size=80), st.text(st.characters(codec="latin-1"), max_size=80)
)
def test_junk_in_the_headers_is_refused_and_breaks_nothing(signature_input: str, signature: str) -> None:
    headers = {"Signature-Input": signature_input, "Signature": signature, "Content-Digest": signature}
    request = Request("PUT", "/sync/v1/hello", b"x", headers)
    claimed_nonce(request)
    with pytest.raises(Untrusted):
        verify_request(request, key_of)


def test_the_pinned_hub_is_believed_and_a_rogue_one_is_not() -> None:
    request = a_request()
    verify_answer(an_answer(request), request, hub_key=HUB_KEY, nonce="n.1")
    with pytest.raises(Untrusted, match="answer-wrong"):
        verify_answer(an_answer(request, seed=new_seed()), request, hub_key=HUB_KEY, nonce="n.1")


def change_body(answer: Answer) -> None:
    answer.body = b'{"v":2}'


def change_status(answer: Answer) -> None:
    answer.status = 404


def change_type(answer: Answer) -> None:
    answer.headers["Content-Type"] = "text/html"


def drop_digest(answer: Answer) -> None:
    del answer.headers["Content-Digest"]


@pytest.mark.parametrize("change", [change_body, change_status, change_type, drop_digest])
def test_a_changed_answer_is_refused(change: Callable[[Answer], None]) -> None:
    request = a_request()
    answer = an_answer(request)
    change(answer)
    with pytest.raises(Untrusted, match="answer-wrong"):
        verify_answer(answer, request, hub_key=HUB_KEY, nonce="n.1")


def test_an_unsigned_answer_is_refused() -> None:
    with pytest.raises(Untrusted, match="answer-unsigned"):
        verify_answer(Answer(200, b"<html>", "text/html"), a_request(), hub_key=HUB_KEY, nonce="n.1")


def test_an_answer_to_another_request_is_refused() -> None:
    first = a_request()
    second = Request("PUT", first.target, first.body)
    sign_request(second, seed=SEED, key_id="d-1", nonce="n.2", now=NOW)
    with pytest.raises(Untrusted, match="answer-wrong"):
        verify_answer(an_answer(first), second, hub_key=HUB_KEY, nonce="n.2")
    with pytest.raises(Untrusted, match="answer-wrong"):
        verify_answer(an_answer(second, nonce="n.1"), second, hub_key=HUB_KEY, nonce="n.2")


def test_the_claimed_nonce_is_read_before_anything_is_verified() -> None:
    assert claimed_nonce(a_request()) == "n.1"
    assert claimed_nonce(Request("GET", "/")) == ""
    assert claimed_nonce(Request("GET", "/", headers={"Signature-Input": "sync=1"})) == ""
