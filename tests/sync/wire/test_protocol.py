"""Messages are read strictly; whatever a stranger sends, only Malformed comes out."""

import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.carried.counts import Batch, Counted, Tally
from sync.wire import protocol, sealing, submission
from sync.wire.errors import Malformed
from sync.wire.heads import HeadsGiven, HeadsKept
from sync.wire.hello import Head, Hello, RefusedDocument, Welcome
from sync.wire.lookups import Collect, Lock, LockGiven, Track, Tracked
from sync.wire.protocol import Challenge, StatusChange, Statuses
from sync.wire.reading import read_object
from sync.wire.submission import SealedSubmission, Taken
from tests.sync.machines import CODE, CODE_HASH, MORNING, PUBLIC, envelope

KEY = "0190a5b2-0000-7000-8000-000000000001"
CHANGE = StatusChange(3, "GX03-261122-0007-K7-4", "registered", {"due": "2026-12-20"}, MORNING)
WELCOME = Welcome(MORNING, "h", "s", "active", 5, (2, 3), 1, "feed", 9, 3, PUBLIC, "k")
HEAD, SIGNED = Head(3, "a" * 64), b"s" * 64
FORMS: list[Any] = [
    Challenge("abc", MORNING, 3600),
    Hello("s", "e", 7, "feed", 12, 3, 1, 0, (RefusedDocument("文/1", 4, "hash-differs"),)),
    WELCOME,
    Taken(KEY, CHANGE.number, 1, "h", MORNING),
    Statuses((CHANGE,), 3, more=False),
    Track(CHANGE.number, CODE),
    Tracked(CHANGE),
    LockGiven(Lock("ab" * 16, "name", 70_000)),
    LockGiven(None, locked=True),
    Collect(CHANGE.number, "c" * 64, 262_144),
    HeadsGiven(HEAD, SIGNED, "b" * 64, HEAD, SIGNED, HEAD, SIGNED),
    HeadsKept("", SIGNED, is_accepted=True),
    Tracked(None, locked=True),
    Batch(KEY, MORNING.date(), (Tally("no-hit", "光伏补贴", many=3),)),
    Counted(KEY, "0" * 64),
]
READERS: list[Callable[[bytes], Any]] = [
    Challenge.read,
    Hello.read,
    Welcome.read,
    Taken.read,
    Statuses.read,
    Track.read,
    Tracked.read,
    LockGiven.read,
    Collect.read,
    SealedSubmission.read,
    Batch.read,
    Counted.read,
]


def a_submission(**changes: Any) -> bytes:
    sealed = sealing.seal(PUBLIC, {"name": "王某某"})
    full = {
        **envelope(MORNING),
        "v": 1,
        "alg": sealing.ALG,
        "terminal": "T001",
        "epoch": "e",
        "seq": 1,
        "key": KEY,
        "kind": "disclosure",
        "number": CHANGE.number,
        "digest": sha256(sealed).hexdigest(),
        **changes,
    }
    return submission.submission_body(full, sealed)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: type(form).__name__)
def test_what_is_written_is_read_back(form: Any) -> None:
    assert type(form).read(form.body()) == form


def test_a_submission_is_read_whole_with_what_this_version_does_not_know() -> None:
    body = a_submission(later="a field of tomorrow")
    read = SealedSubmission.read(body)
    assert (read.number, read.envelope["later"]) == (CHANGE.number, "a field of tomorrow")
    assert read.body() == body


@given(st.binary(max_size=60))
def test_junk_bytes_are_malformed(junk: bytes) -> None:
    for read in READERS:
        with pytest.raises(Malformed):
            read(junk)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*FORMS, None]), st.data())
def test_a_form_with_one_wrong_field_is_malformed_or_reads_the_same_type(
    form: Any, data: st.DataObject
) -> None:
    body = a_submission() if form is None else form.body()
    reader = SealedSubmission if form is None else type(form)
    values = json.loads(body)
    name = data.draw(st.sampled_from(sorted(values)))
    values[name] = data.draw(json_values)
    with suppress(Malformed):
        assert isinstance(reader.read(json.dumps(values).encode()), reader)


@pytest.mark.parametrize(
    "body",
    [
        b'{"v":1,"v":1}',
        b'{"v":NaN}',
        b"[1]",
        b"1",
        b'{"v":1',
        b"[" * 100_000,
        '{"v":"\ud800"}'.encode("utf-8", "surrogatepass"),
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="not-json"):
        read_object(body)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"digest": "0" * 64}, "bad-digest"),
        ({"seq": 0}, "bad-seq"),
        ({"seq": True}, "bad-seq"),
        ({"key": "../../etc/passwd"}, "bad-key"),
        ({"number": "x' OR 1=1"}, "bad-number"),
        ({"submitted_at": "2026-11-22T09:00:00"}, "bad-submitted_at"),
        (
            {"code_hash": "$argon2id$v=19$m=9999999,t=9,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2g"},
            "bad-code_hash",
        ),
        ({"v": 0}, "version-too-old"),
        ({"later": "x" * 20_000}, "bad-envelope"),
        ({"later": "\ud800"}, "bad-envelope"),
    ],
)
def test_an_envelope_that_must_not_be_stored_is_refused(changes: dict[str, Any], code: str) -> None:
    fields = json.loads(a_submission())
    fields["envelope"].update(changes)
    with pytest.raises(Malformed, match=code):
        SealedSubmission.read(json.dumps(fields).encode())


def test_the_largest_submission_fits_into_a_body() -> None:
    body = submission.submission_body(
        {"later": "x" * submission.MAX_ENVELOPE_BYTES}, b"\x00" * submission.MAX_SEALED_BYTES
    )
    assert len(body) <= protocol.MAX_BODY_BYTES


def test_a_query_code_is_not_shown_when_a_message_is_printed() -> None:
    assert CODE not in repr(Track(CHANGE.number, CODE))


def test_a_refusal_carries_its_code() -> None:
    assert protocol.refusal_code(protocol.refusal("seq-taken")) == "seq-taken"
    with pytest.raises(Malformed):
        protocol.refusal_code(b"<html>")


def test_the_hash_of_a_test_is_one_that_the_hub_takes() -> None:
    assert SealedSubmission.read(a_submission()).code_hash == CODE_HASH
