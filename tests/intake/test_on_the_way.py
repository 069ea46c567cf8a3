"""Words of tracking are true in every state of a submission's way to the hub: a table, tested whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.app.submissions import KINDS
from kiosk.intake.kinds import Delivery, SubmissionKind
from kiosk.intake.tracking import read_progress
from sync.terminal.models import OutboxEntry
from tests.intake.county import County, a_county
from tests.intake.test_kinds import BOOKINGS, REQUESTS, track
from tests.intake.test_promises import FORMS

HERE, ON_THE_WAY, THERE, BY_HAND, NOT_TAKEN = (
    "存在这台机器里",
    "正在送到县里",
    "已经到县里",
    "县里正在人工核对",
    "县里的系统没有收下",
)
SAYINGS = (HERE, ON_THE_WAY, THERE, "已经送到县里", BY_HAND, NOT_TAKEN)
WAYS = [
    ("waiting", None, {HERE}),
    ("sent", None, {ON_THE_WAY}),
    ("acked", None, {THERE}),
    ("parked", "seq-taken", {"已经送到县里", BY_HAND}),
    ("parked", "number-taken", {"已经送到县里", BY_HAND}),
    ("parked", "number-foreign", {"已经送到县里", BY_HAND}),
    ("parked", "digest-differs", {HERE, NOT_TAKEN}),
    ("parked", "wrong-terminal", {HERE, NOT_TAKEN}),
    ("parked", "body-too-large", {HERE, NOT_TAKEN}),
]
STORED_HERE_AND_GOES = "联网后自动"


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[County, str, str]]:
    with a_county(tmp_path_factory.mktemp("way"), [REQUESTS, BOOKINGS]) as county:
        county.citizen.fill_in("book", FORMS["book"])
        number, code = county.citizen.hand_in("book")
        yield county, number, code


@pytest.mark.parametrize(
    ("state", "parked", "said"), WAYS, ids=[f"{state} {code}" for state, code, _ in WAYS]
)
def test_the_tracking_page_says_what_is_known_and_no_more(
    handed: tuple[County, str, str], state: str, parked: str | None, said: set[str]
) -> None:
    county, number, code = handed
    OutboxEntry.update(state=state, parked_code=parked).execute(db.store)
    page = track(county, number, code)
    assert {words for words in SAYINGS if words in page} == said


def test_every_state_of_an_outbox_is_in_the_table(tmp_path: Path) -> None:
    constraint = OutboxEntry.state.constraints[0].sql
    assert {state for state, _, _ in WAYS} == set(constraint.split("'")[1::2])


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
@pytest.mark.parametrize("delivery", Delivery)
def test_only_what_waits_here_is_said_to_wait_here(kind: SubmissionKind, delivery: Delivery) -> None:
    for state in kind.states:
        words = kind.state_words(state, delivery)
        is_said = STORED_HERE_AND_GOES in f"{words.sentence}{words.brief}"
        assert not is_said or (state, delivery) == ("submitted", Delivery.WAITING)


@pytest.mark.parametrize(("kept", "delivery"), [(True, Delivery.ARRIVED), (False, Delivery.WAITING)])
def test_what_a_visit_of_an_earlier_version_keeps_is_still_read(kept: bool, delivery: Delivery) -> None:
    found = read_progress(
        {
            "number": "n",
            "kind": "k",
            "state": "submitted",
            "changed_at": "2026-11-23T01:30:00+00:00",
            "organ_name": "o",
            "has_arrived": kept,
        }
    )
    assert found
    assert found.delivery is delivery
