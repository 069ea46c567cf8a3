"""
The desk's acts on terminals: location, name, quarantine, and uploads held for a decision.

The terminals themselves belong to the sync; each act of the desk has its line in the audit chain.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, ModelSelect

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import from_stamp
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import numbers
from kiosk.seen import UNSEEN, Seen
from sync.hub import devices, enrolment, inbox
from sync.hub.enrolment import TerminalPlace
from sync.hub.inbox import OnTaken
from sync.hub.models import EnrolledDevice, InboxEntry, SetAside
from sync.wire.errors import HubRefused

KIOSK, WEB = "kiosk", "web"
SEQ_TAKEN, NUMBER_TAKEN = "seq-taken", "number-taken"
MOST_TRIES = 100
LONGEST_REASON = 200
LONGEST_NAME = 60


@dataclass(frozen=True)
class HeldUpload:
    """
    An upload that the hub neither accepted nor lost. Nothing in it is personal: that part is sealed.

    code: Why it is held. is_here: The same upload arrived otherwise, so that erasing it loses nothing.
    """

    key: str
    digest: str
    number: str
    terminal: str
    device_name: str
    code: str
    organ: str
    submitted_at: datetime
    received_at: datetime
    is_here: bool


def new_code(name: str, place: TerminalPlace, *, life: timedelta, now: datetime, by: str) -> str:
    """
    Make a one-time code for a new terminal, to be shown once.

    Raises:
        Refused: "bad-name", "name-taken" by a terminal that is enrolled already.
    """
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused("bad-name", f"a terminal's name has 1 to {LONGEST_NAME} characters")
    try:
        with db.writing(db.store):
            code = enrolment.add_code(db.store, name, now=now, life=life, place=place)
            detail = {"channel": place.channel, "townships": " ".join(place.townships)}
            audit.record(at=now, actor=by, act=Act.DEVICE_CODE_MADE, subject=name, detail=detail)
    except HubRefused as refused:
        raise Refused(refused.code, f"a terminal named {name} is enrolled already") from refused
    return code


def id_of(name: str) -> str | None:
    """Return the id of the terminal enrolled under this name."""
    found = EnrolledDevice.select(EnrolledDevice.id).where(
        EnrolledDevice.name == name, EnrolledDevice.state != "revoked"
    )
    device: str | None = found.scalar(db.store)
    return device


def codes() -> list[str]:
    """Return the codes of all terminals that were ever enrolled."""
    found = EnrolledDevice.select(EnrolledDevice.terminal).order_by(EnrolledDevice.terminal)
    return [code for (code,) in found.tuples().execute(db.store)]


def name_of(terminal: str) -> str:
    """Return the name of the terminal with this code; empty when there is none."""
    found = EnrolledDevice.select(EnrolledDevice.name).where(EnrolledDevice.terminal == terminal)
    return str(found.scalar(db.store) or "")


def reinstate(device: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> bool:
    """
    Release a terminal from quarantine, after somebody went to see it; return False if it was not in quarantine.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        if not devices.reinstate(db.store, device):
            return False
        audit.record(at=now, actor=by, act=Act.DEVICE_REINSTATED, subject=device)
    return True


def revoke(device: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> bool:
    """
    Refuse a terminal from now on, in everything; return False if there is no such terminal.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        if not devices.revoke(db.store, device, "by-hand"):
            return False
        audit.record(at=now, actor=by, act=Act.DEVICE_REVOKED, subject=device)
    return True


def set_place(
    device_id: str,
    *,
    name: str,
    townships: tuple[str, ...],
    channel: str,
    now: datetime,
    by: str,
    seen: Seen = UNSEEN,
) -> None:
    """
    Change name and location of a terminal, which decide which lists of names it may show.

    Raises:
        NotFound: "no-device".
        Refused: "name-taken" by another terminal that is not revoked.
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        was = _in_use().where(EnrolledDevice.id == device_id).scalar(db.store)
        if was is None:
            raise NotFound("no-device", device_id)
        if _in_use().where(EnrolledDevice.name == name, EnrolledDevice.id != device_id).exists(db.store):
            raise Refused("name-taken", name)
        EnrolledDevice.update(name=name).where(EnrolledDevice.id == device_id).execute(db.store)
        devices.set_place(db.store, name, townships, channel)
        audit.record(
            at=now,
            actor=by,
            act=Act.DEVICE_PLACED,
            subject=name,
            detail={"was": was, "channel": channel, "townships": " ".join(townships)},
        )


def _in_use() -> ModelSelect[EnrolledDevice]:
    return EnrolledDevice.select(EnrolledDevice.name).where(EnrolledDevice.state != "revoked")


def held() -> list[HeldUpload]:
    """Return the uploads held for a decision, oldest first."""
    found = (
        SetAside.select(
            SetAside.key,
            SetAside.digest,
            SetAside.number,
            SetAside.code,
            SetAside.envelope,
            SetAside.received_at,
            EnrolledDevice.terminal,
            EnrolledDevice.name.alias("device_name"),
            InboxEntry.key.is_null(False).alias("is_here"),
        )
        .join(EnrolledDevice, on=(EnrolledDevice.id == SetAside.device))
        .join(InboxEntry, JOIN.LEFT_OUTER, on=(InboxEntry.key == SetAside.key))
        .order_by(SetAside.received_at, SetAside.key)
    )
    return db.rows(found, _held, db.store)


def _held(*, envelope: str, received_at: str, is_here: int, **others: Any) -> HeldUpload:
    given = json.loads(envelope)
    organ = given.get("organ", "")
    return HeldUpload(
        organ=organ if isinstance(organ, str) else "",
        submitted_at=from_stamp(given["submitted_at"]),
        received_at=from_stamp(received_at),
        is_here=bool(is_here),
        **others,
    )


def how_many_held() -> int:
    """Return how many uploads are held for a decision."""
    return int(SetAside.select().count(db.store))


def let_in(key: str, *, now: datetime, by: str, on_taken: OnTaken, seen: Seen = UNSEEN) -> str:
    """
    Accept a held upload as a normal request and return its number.

    It keeps its own number unless another request has it; then it gets one with other random characters, and
    somebody must tell the citizen, whose paper shows the old one.

    Raises:
        NotFound: "not-held".
        Refused: "already-here": the same upload arrived otherwise.
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        found = SetAside.select(SetAside.number, SetAside.code).where(SetAside.key == key)
        row = next(iter(found.tuples().execute(db.store)), None)
        if row is None:
            raise NotFound("not-held", key)
        (was, code) = row
        number = was if _is_free(was) else _another(was)
        if not inbox.accept_quarantined(db.store, key, now=now, on_taken=on_taken, number=number):
            raise Refused("already-here", key)
        audit.record(
            at=now,
            actor=by,
            act=Act.HELD_LET_IN,
            subject=number,
            detail={"key": key, "code": code, "was": was},
        )
    return number


def _is_free(number: str) -> bool:
    return not InboxEntry.select().where(InboxEntry.number == number).exists(db.store)


def _another(number: str) -> str:
    for _ in range(MOST_TRIES):
        made = numbers.another(number)
        if _is_free(made):
            return made
    raise Refused("numbers-used-up", number)


def discard(key: str, digest: str, reason: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Erase a held upload for good; the reason is kept in the audit chain.

    Raises:
        NotFound: "not-held".
        RuleBroken: "reason-missing", "reason-too-long".
        ChangedMeanwhile: see `Seen.hold`.
    """
    if not reason.strip():
        raise RuleBroken("reason-missing", "say why it is discarded")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken("reason-too-long", f"at most {LONGEST_REASON} characters")
    with db.writing(db.store):
        seen.hold()
        gone = SetAside.delete().where(SetAside.key == key, SetAside.digest == digest)
        gone_rows = gone.returning(SetAside.number, SetAside.code).tuples().execute(db.store)
        row = next(iter(gone_rows), None)
        if row is None:
            raise NotFound("not-held", key)
        audit.record(
            at=now,
            actor=by,
            act=Act.HELD_DISCARDED,
            subject=row[0],
            detail={"key": key, "code": row[1], "reason": reason.strip()},
        )
