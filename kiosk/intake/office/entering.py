"""
At the hub: a submission that came by post, over the counter, by e-mail, fax or website, entered at the desk.

It gets a number of the hub's own register and goes through the same inbox and the same `Register.take_in` as those of
terminals, sealed before it is stored: one register counts all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from kiosk import counters, db
from kiosk.clock import beijing_day, stamp
from kiosk.errors import Refused
from kiosk.intake import numbers
from kiosk.intake.codes import QueryCode
from kiosk.intake.organs import Organ
from kiosk.intake.promises import PromisedTerms
from sync.hub import inbox
from sync.hub.device import Device
from sync.hub.enrolment import TERMINAL_CODE_PLACES
from sync.hub.greeting import SealKey
from sync.hub.inbox import OnTaken
from sync.wire import protocol, sealing, submission
from sync.wire.submission import SealedSubmission

REGISTER = "register"
"""Name of the hub's own register, in the place of a device and of its epoch; no terminal has it."""


@dataclass(frozen=True)
class HandEntry:
    """
    A submission as a person entered it.

    Args:
        key: UUIDv7 made with the form: the same key never makes two.
        clear: What may be read without a key. personal: Everything else; sealed here.
        source: Way in which it came. came_at: When it came.
        terms: The day of receipt if it is certain, with its basis.
        code: The query code; in the sealed part, and on the receipt for the applicant.
    """

    key: str
    kind: str
    organ: Organ
    clear: Mapping[str, str]
    personal: Mapping[str, Any]
    source: str
    came_at: datetime
    terms: PromisedTerms
    code: QueryCode


def register_code(prefix: str) -> str:
    """Return the head of the numbers of a hub's own register; terminals under the prefix count from 1."""
    return prefix.ljust(TERMINAL_CODE_PLACES, "0")


def take_in(entered: HandEntry, *, register: str, seal_key: SealKey, now: datetime, on_taken: OnTaken) -> str:
    """
    Store a submission with its case and return its number; a second call with the same key returns the first number.

    Args:
        register: Head of the numbers, see `register_code`.
        on_taken: Makes the case, in the name of the person who entered it.
    Raises:
        Refused: "numbers-used-up", "entry-too-large".
    """
    with db.writing(db.store):
        known = inbox.number_of(db.store, entered.key)
        if known:
            return known
        number = numbers.issue(register, beijing_day(now))
        submission = _sealed(entered, number, register, seal_key)
        desk = Device(REGISTER, REGISTER, register, REGISTER, "active")
        inbox.take_submission(db.store, desk, entered.key, submission, now=now, on_taken=on_taken)
    return number


def _sealed(entered: HandEntry, number: str, register: str, seal_key: SealKey) -> SealedSubmission:
    personal = {**entered.personal, "query_code": entered.code.digits, "request_number": number}
    sealed = sealing.seal(seal_key.public_key, personal)
    if len(sealed) > submission.MAX_SEALED_BYTES:
        raise Refused("entry-too-large")
    day = entered.terms.received_on
    envelope = {
        **entered.clear,
        "v": protocol.VERSION,
        "alg": sealing.ALG,
        "key_id": seal_key.key_id,
        "key": entered.key,
        "kind": entered.kind,
        "number": number,
        "terminal": register,
        "epoch": REGISTER,
        "seq": counters.take(REGISTER),
        "digest": sha256(sealed).hexdigest(),
        "organ": entered.organ.code,
        "source": entered.source,
        "submitted_at": stamp(entered.came_at),
        "received_on": day.isoformat() if day else None,
        "received_basis": entered.terms.received_basis,
        "code_hash": entered.code.hashed,
    }
    return SealedSubmission.read(submission.submission_body(envelope, sealed))
