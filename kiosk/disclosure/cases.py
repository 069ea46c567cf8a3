"""
What happens to a case at the hub: taken in, opened, receipt confirmed, registered.

Each act is an event, a line of the audit chain and, where the citizen may know it, a status for the terminal,
all in the caller's transaction. Every deadline that was ever shown stands in an event.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from kiosk import audit, pins
from kiosk.clock import beijing_day, from_stamp, stamp
from kiosk.disclosure import deadlines
from kiosk.disclosure.deadlines import Act, CaseState, Event
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.errors import NotFound, Refused
from kiosk.workdays import Deadline, WorkCalendar
from sync import sealing
from sync.errors import SealBroken
from sync.protocol import Submission

KIND = "disclosure"
TERMINAL = "terminal"
SYSTEM = "system"
CONFIRMED = "confirmed"
"""`received_basis` after both sides confirmed the day (art. 31)."""
Detail = Mapping[str, str | int | bool | None]


class SetStatus(Protocol):
    """How a status reaches the terminal: `sync.server.set_status`."""

    def __call__(
        self, connection: sqlite3.Connection, *, number: str, state: str, detail: dict[str, Any], changed_at: datetime
    ) -> int | None: ...  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What every act needs: the time, the calendar, the way to the terminal, an organ's full name by its code."""

    now: datetime
    calendar: WorkCalendar
    set_status: SetStatus
    organ_name: Callable[[str], str] = str


@dataclass(frozen=True)
class Case:
    """One row of `disclosure_case`: nothing in it is personal."""

    number: str
    key: str
    organ_code: str
    applicant_type: str
    entry_mode: str
    submitted_at: datetime
    received_on: date | None
    received_basis: str
    state: CaseState
    reply_due: date | None
    is_provisional: bool
    calendar_version: str
    registered_on: date | None
    assisted_by: str
    """Staff number of whoever filled it in for the citizen; empty when nobody did."""

    @property
    def earliest_receipt(self) -> date | None:
        """Before this day nobody can have received it; None when the terminal's clock could not be trusted."""
        if self.received_basis == ReceivedBasis.CLOCK_UNVERIFIED:
            return None
        return beijing_day(self.submitted_at)


_COLUMNS = (
    "number, key, organ_code, applicant_type, entry_mode, submitted_at, received_on, received_basis, state,"
    " reply_due, due_provisional, calendar_version, registered_on, assisted_by"
)


def case(connection: sqlite3.Connection, number: str) -> Case:
    """
    The case with this number.

    Raises:
        NotFound: "no-such-case".
    """
    row = connection.execute(f"SELECT {_COLUMNS} FROM disclosure_case WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise NotFound("no-such-case", number)
    return _case(row)


def inbox(
    connection: sqlite3.Connection, *, state: CaseState | None, number: str, limit: int, offset: int
) -> list[Case]:
    """Cases in this state (or all) whose number begins so: unconfirmed first, then by due date."""
    prefix = number.strip().upper()
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM disclosure_case WHERE (? = '' OR state = ?) AND substr(number, 1, length(?)) = ?"
        " ORDER BY CASE state WHEN 'submitted' THEN 0 WHEN 'received' THEN 1 ELSE 2 END,"
        " COALESCE(reply_due, ''), submitted_at LIMIT ? OFFSET ?",
        (state or "", state or "", prefix, prefix, limit, offset),
    )
    return [_case(row) for row in rows.fetchall()]


def counts(connection: sqlite3.Connection) -> dict[CaseState, int]:
    """How many cases stand where."""
    rows = connection.execute("SELECT state, count(*) FROM disclosure_case GROUP BY state").fetchall()
    found = {CaseState(state): int(count) for state, count in rows}
    return {state: found.get(state, 0) for state in CaseState}


def events(connection: sqlite3.Connection, number: str) -> list[Event]:
    """What happened to the case, oldest first."""
    rows = connection.execute(
        "SELECT seq, at, actor, event, detail FROM disclosure_event WHERE number = ? ORDER BY seq", (number,)
    )
    return [
        Event(seq, from_stamp(at), actor, Act(act), json.loads(detail))
        for seq, at, actor, act, detail in rows.fetchall()
    ]


def take_in(connection: sqlite3.Connection, submission: Submission, work: Work) -> None:
    """
    The case of a submission that the hub stores in this transaction; submissions of other kinds are left alone.

    The day of receipt is known only when it was handed in in person (art. 31); sync never moves it.
    """
    if submission.kind != KIND:
        return
    envelope = submission.envelope
    received = _received_in_person(envelope)
    assisted_by = _staff_number(envelope)
    connection.execute(
        "INSERT INTO disclosure_case (number, key, organ_code, applicant_type, entry_mode, submitted_at,"
        " received_on, received_basis, state, assisted_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            submission.number,
            submission.key,
            _word(envelope, "organ"),
            _word(envelope, "applicant_type"),
            _word(envelope, "entry_mode"),
            stamp(from_stamp(envelope["submitted_at"])),
            received.isoformat() if received else None,
            _word(envelope, "received_basis"),
            CaseState.RECEIVED if received else CaseState.SUBMITTED,
            assisted_by,
        ),
    )
    detail: dict[str, str | int | bool | None] = {
        "terminal": submission.terminal,
        "received_basis": _word(envelope, "received_basis"),
    }
    if assisted_by:
        detail["assisted_by"] = assisted_by
    if "renumbered_from" in envelope:
        detail["renumbered_from"] = _word(envelope, "renumbered_from")
    _advance(connection, submission.number, Act.TAKEN_IN, TERMINAL, work, detail, received=received)


def confirm_receipt(connection: sqlite3.Connection, number: str, day: date, actor: str, work: Work) -> None:
    """
    Notes the day on which both sides confirmed receipt (art. 31, internet channel); the clock starts.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "receipt-known", "before-submission", "after-today".
    """
    found = case(connection, number)
    state = deadlines.next_state(found.state, Act.RECEIPT_CONFIRMED)
    deadlines.check_confirmed_day(day, earliest=found.earliest_receipt, today=beijing_day(work.now))
    connection.execute(
        "UPDATE disclosure_case SET state = ?, received_on = ?, received_basis = ? WHERE number = ?",
        (state, day.isoformat(), CONFIRMED, number),
    )
    _advance(connection, number, Act.RECEIPT_CONFIRMED, actor, work, {}, received=day)


def register(connection: sqlite3.Connection, number: str, actor: str, work: Work) -> None:
    """
    Enters the case among the organ's cases; the citizen learns it, with the date of the answer.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "receipt-not-confirmed", "already-registered".
    """
    state = deadlines.next_state(case(connection, number).state, Act.REGISTERED)
    day = beijing_day(work.now).isoformat()
    connection.execute(
        "UPDATE disclosure_case SET state = ?, registered_on = ? WHERE number = ?", (state, day, number)
    )
    _advance(connection, number, Act.REGISTERED, actor, work, {"registered_on": day})


def open_sealed(
    connection: sqlite3.Connection,
    number: str,
    reading_keys: Mapping[str, bytes],
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """
    The personal part of a case; that it was opened stands in the audit chain with it.

    Raises:
        NotFound: "no-such-case".
        Refused: "reading-key-missing" (sealed to a key that this session does not hold),
            "sealed-part-broken" (the key does not open it; the bytes are kept).
    """
    row = connection.execute(
        "SELECT envelope, sealed FROM inbox WHERE key = ?", (case(connection, number).key,)
    ).fetchone()
    if row is None:
        raise NotFound("no-such-case", number)
    key_id = json.loads(row[0]).get("key_id", "")
    if key_id not in reading_keys:
        raise Refused("reading-key-missing", key_id)
    try:
        personal = sealing.unseal(reading_keys[key_id], bytes(row[1]))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    issued = json.loads(row[0]).get("renumbered_from", number)
    if personal.pop("request_number", issued) != issued:
        raise Refused("sealed-part-broken", "belongs-to-another-number")
    _add_event(connection, number, Act.OPENED, actor, now, {})
    audit.record(at=now, actor=actor, act=audit.Act.DISCLOSURE_OPENED, subject=number)
    return personal


def sealed_with(connection: sqlite3.Connection, found: Case) -> str:
    """The id of the reading key that opens the personal part of this case."""
    row = connection.execute("SELECT envelope FROM inbox WHERE key = ?", (found.key,)).fetchone()
    return str(json.loads(row[0]).get("key_id", "")) if row else ""


def recount(connection: sqlite3.Connection, work: Work) -> int:
    """
    Counts open deadlines again after a new notice changed the calendar; the number of those that moved.

    What was shown before stays in its event; the new date is an event of its own and goes to the terminal.
    """
    moved = 0
    for number in _counted_otherwise(connection, work.calendar):
        before = case(connection, number)
        due = deadlines.reply_due(events(connection, number), work.calendar)
        assert due is not None
        if (due.on, due.is_provisional) == (before.reply_due, before.is_provisional):
            connection.execute(
                "UPDATE disclosure_case SET calendar_version = ? WHERE number = ?",
                (work.calendar.version, number),
            )
            continue
        moved += 1
        _advance(connection, number, Act.RECOUNTED, SYSTEM, work, {"before": _iso(before.reply_due)})
    return moved


def is_counted_otherwise(connection: sqlite3.Connection, calendar: WorkCalendar) -> bool:
    """Whether a deadline was counted with another calendar than this one; a cheap look."""
    return bool(_counted_otherwise(connection, calendar))


def _counted_otherwise(connection: sqlite3.Connection, calendar: WorkCalendar) -> list[str]:
    rows = connection.execute(
        "SELECT number FROM disclosure_case WHERE received_on IS NOT NULL AND calendar_version <> ?",
        (calendar.version,),
    )
    return [number for (number,) in rows.fetchall()]


AUDITED = {
    Act.TAKEN_IN: audit.Act.DISCLOSURE_TAKEN_IN,
    Act.RECEIPT_CONFIRMED: audit.Act.DISCLOSURE_RECEIPT_CONFIRMED,
    Act.REGISTERED: audit.Act.DISCLOSURE_REGISTERED,
    Act.RECOUNTED: audit.Act.DISCLOSURE_RECOUNTED,
}
"""How the log calls each step."""


def _advance(
    connection: sqlite3.Connection,
    number: str,
    act: Act,
    actor: str,
    work: Work,
    detail: Detail,
    *,
    received: date | None = None,
) -> None:
    """The event of an act with the deadline that holds after it, the audit line, and the status."""
    said = {"received_on": received.isoformat()} if received else {}
    so_far = [*events(connection, number), Event(0, work.now, actor, act, {**detail, **said})]
    due = deadlines.reply_due(so_far, work.calendar)
    if due:
        said |= {"reply_due": due.on.isoformat(), "calendar_version": work.calendar.version}
        _keep_due(connection, number, due, work.calendar)
    whole: dict[str, str | int | bool | None] = {**detail, **said}
    if due:
        whole["provisional"] = due.is_provisional
    _add_event(connection, number, act, actor, work.now, whole)
    audit.record(at=work.now, actor=actor, act=AUDITED[act], subject=number, detail=whole)
    now_stands = case(connection, number)
    work.set_status(
        connection,
        number=number,
        state=now_stands.state,
        detail=_for_citizen(now_stands, work),
        changed_at=work.now,
    )


def _keep_due(connection: sqlite3.Connection, number: str, due: Deadline, calendar: WorkCalendar) -> None:
    connection.execute(
        "UPDATE disclosure_case SET reply_due = ?, due_provisional = ?, calendar_version = ? WHERE number = ?",
        (due.on.isoformat(), int(due.is_provisional), calendar.version, number),
    )


def _add_event(
    connection: sqlite3.Connection, number: str, act: Act, actor: str, at: datetime, detail: Detail
) -> None:
    (last,) = connection.execute("SELECT COALESCE(MAX(seq), 0) FROM disclosure_event").fetchone()
    connection.execute(
        "INSERT INTO disclosure_event (seq, number, at, actor, event, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (last + 1, number, stamp(at), actor, act, json.dumps(detail, ensure_ascii=False, sort_keys=True)),
    )


def _for_citizen(found: Case, work: Work) -> dict[str, Any]:
    """What the tracking page says; nothing personal, nobody's name."""
    return {
        "organ_name": work.organ_name(found.organ_code),
        "received_on": _iso(found.received_on),
        "reply_due": _iso(found.reply_due),
        "provisional": found.is_provisional,
    }


def _received_in_person(envelope: Mapping[str, Any]) -> date | None:
    if envelope.get("received_basis") != ReceivedBasis.IN_PERSON:
        return None
    try:
        return date.fromisoformat(envelope.get("received_on") or "")
    except (TypeError, ValueError):
        return None


def _word(envelope: Mapping[str, Any], name: str) -> str:
    value = envelope.get(name)
    return value if isinstance(value, str) else ""


def _staff_number(envelope: Mapping[str, Any]) -> str:
    number = _word(envelope, "assisted_by")
    return number if pins.NUMBER_FORM.fullmatch(number) else ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _case(row: tuple[Any, ...]) -> Case:
    (
        number,
        key,
        organ,
        applicant,
        mode,
        submitted,
        received,
        basis,
        state,
        due,
        provisional,
        version,
        day,
        assisted_by,
    ) = row
    return Case(
        number=number,
        key=key,
        organ_code=organ,
        applicant_type=applicant,
        entry_mode=mode,
        submitted_at=from_stamp(submitted),
        received_on=_day(received),
        received_basis=basis,
        state=CaseState(state),
        reply_due=_day(due),
        is_provisional=bool(provisional),
        calendar_version=version,
        registered_on=_day(day),
        assisted_by=assisted_by,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
