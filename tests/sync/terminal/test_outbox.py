"""What a citizen handed in stays in the outbox until the hub has signed for it."""

import pytest

from sync.terminal import outbox
from sync.wire.errors import NotEnrolled, OutboxClosed
from sync.wire.submission import MAX_SEALED_BYTES
from tests.sync.machines import MORNING, TerminalBox, envelope


def add(terminal: TerminalBox, key: str = "k1", **changes: object) -> int:
    with terminal.station.writing() as database:
        return outbox.add(
            database,
            key=key,
            kind="disclosure",
            number=f"N-{key}",
            envelope={**envelope(MORNING), **changes},
            sealed=b"sealed",
            created_at=MORNING,
        )


def test_entries_get_places_without_gaps_and_leave_in_the_order_of_their_birth(terminal: TerminalBox) -> None:
    assert [add(terminal, key) for key in ("k1", "k2", "k3")] == [1, 2, 3]
    batch = outbox.next_batch(terminal.station.database, 2)
    assert [entry.key for entry in batch] == ["k1", "k2"]


def test_the_envelope_is_completed_with_place_and_digest(terminal: TerminalBox) -> None:
    add(terminal)
    found = outbox.entry(terminal.station.database, "k1")
    assert found is not None
    assert found.envelope["seq"] == 1
    assert found.envelope["terminal"] == terminal.enrolment.terminal
    assert found.envelope["digest"] == found.digest
    assert found.envelope["organ"] == "GX-ZFB"


def test_an_envelope_that_names_another_place_is_refused(terminal: TerminalBox) -> None:
    with pytest.raises(OutboxClosed, match="envelope-conflict"):
        add(terminal, seq=7)
    assert outbox.backlog(terminal.station.database).unsent == 0


def test_a_sealed_part_that_the_hub_would_refuse_is_not_promised(terminal: TerminalBox) -> None:
    with pytest.raises(OutboxClosed, match="entry-too-large"), terminal.station.writing() as database:
        outbox.add(
            database,
            key="k1",
            kind="disclosure",
            number="N1",
            envelope={},
            sealed=b"x" * (MAX_SEALED_BYTES + 1),
            created_at=MORNING,
        )


def test_without_enrolment_nothing_is_promised(terminal: TerminalBox) -> None:
    terminal.station.run("DELETE FROM hub_link")
    with pytest.raises(NotEnrolled):
        add(terminal)


def test_a_rolled_back_transaction_gives_its_place_back(terminal: TerminalBox) -> None:
    database = terminal.station.database
    database.execute_sql("BEGIN")
    outbox.add(
        database,
        key="k1",
        kind="disclosure",
        number="N1",
        envelope=envelope(MORNING),
        sealed=b"x",
        created_at=MORNING,
    )
    database.execute_sql("ROLLBACK")
    assert add(terminal, "k2") == 1


def test_a_parked_entry_waits_for_a_person_and_can_be_released(terminal: TerminalBox) -> None:
    database = terminal.station.database
    add(terminal)
    outbox.mark_sent(database, "k1", MORNING)
    outbox.mark_parked(database, "k1", "seq-taken")
    assert outbox.next_batch(database, 5) == []
    assert outbox.backlog(database).parked == 1
    outbox.release(database, "k1")
    assert [entry.state for entry in outbox.next_batch(database, 5)] == ["sent"]
    with pytest.raises(OutboxClosed, match="entry-unknown"):
        outbox.release(database, "k1")


def test_an_acknowledged_entry_is_never_parked(terminal: TerminalBox) -> None:
    database = terminal.station.database
    add(terminal)
    outbox.mark_acked(database, "k1", hub_no=1, hub_epoch="h", now=MORNING)
    outbox.mark_parked(database, "k1", "late-answer")
    assert terminal.states() == ["acked"]


def test_only_what_the_hub_no_longer_holds_is_offered_again(terminal: TerminalBox) -> None:
    database = terminal.station.database
    for key in ("k1", "k2", "k3", "k4"):
        add(terminal, key)
        outbox.mark_acked(database, key, hub_no=1, hub_epoch="h", now=MORNING)
    epoch = terminal.enrolment.epoch
    assert outbox.offer_again(database, epoch, highest=3, missing=[1]) == 2
    assert terminal.states() == ["sent", "acked", "acked", "sent"]


def test_the_oldest_unsent_entry_is_known(terminal: TerminalBox) -> None:
    database = terminal.station.database
    assert outbox.backlog(database).oldest_unsent_at is None
    add(terminal)
    assert outbox.backlog(database).oldest_unsent_at == "2026-11-22T01:00:00.000+00:00"
