"""
Papers that a page orders: the sentence about each, which never claims more than the printer reported, and the
person's answers "I have it" and "I do not".

Features write what a paper holds; this module knows only its key, its state and the four addresses around it.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from flask import has_request_context, render_template, session

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.errors import Refused, StoreUnready
from kiosk.web.paper_states import PAPERS, PaperHolds, PaperNotice, outcome
from kiosk.web.session import SealedSession
from printers.errors import WrongStep
from printers.paper.document import Slip
from printers.spooler import paper_waits, spool
from printers.spooler.paper_waits import PaperWait, PaperWaitRow
from printers.spooler.spool import Job, PrintJobState

CITIZEN = "citizen"
PERSONAL_MINUTES = 2
"""Minutes after which such a paper is no longer printed: the person who ordered it has probably left."""
_log = logging.getLogger(__name__)
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Ways:
    """Addresses around a paper: its page, the fragment that checks again, and the targets of the two answers."""

    page: str
    piece: str
    again: str
    taken: str
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PaperChoice:
    """
    The page before a paper: print, print large, or no paper, three equal choices.

    action: address the choice is sent to. back: address of "no paper, thank you". once, large: words of the buttons.
    ways: other choices than these two, each as the value of its button and its words.
    """

    question: str
    action: str
    back: str
    hint: str = ""
    once: str = ""
    large: str = ""
    ways: Sequence[tuple[str, str]] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)


def choose(choice: PaperChoice) -> str:
    """Return the page of a choice, with a fresh key so that two taps order one paper."""
    return render_template("papers/choose.html", choice=choice, key=secrets.token_hex(16))


def is_key(text: str) -> bool:
    """Return whether a text has the form of a key made by `choose`."""
    return _KEY.fullmatch(text) is not None


def order(
    slip: Slip,
    *,
    request_key: str,
    kind: str,
    clock: Clock,
    minutes: int,
    device: str = spool.RECEIPT,
    source: str = "",
    is_visitors: bool = True,
) -> int:
    """
    Order a paper without personal data; return its number: the same key and kind never make two.

    Args:
        is_visitors: Whether it ends with the visit that orders it; False for a paper of the hall.
        source: Pages of a file, as the page printer's worker knows it; the slip then only names them.
    """
    now = clock.now()
    with db.writing(db.store):
        job = spool.enqueue(
            db.store,
            slip,
            request_key=request_key,
            kind=kind,
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
            device=device,
            source=source,
        )
        paper_waits.keep(db.store, job, term(clock, minutes, _visit() if is_visitors else ""))
    return job


def _visit() -> str:
    """Return the name of the visit that orders; empty outside of one, as on the command line."""
    if not has_request_context():
        return ""
    return cast("SealedSession", session._get_current_object()).name  # type: ignore[attr-defined]  # flask's proxy


def term(clock: Clock, minutes: int, visit: str) -> PaperWait:
    """Return how long a paper may wait from now on: so many minutes, and no longer than its visit."""
    now = clock.monotonic()
    return PaperWait(clock.boot_id(), now, now + minutes * 60, visit)


def order_sealed(
    slip: Slip, sealed: bytes, *, request_key: str, kind: str, clock: Clock, device: str = spool.PAGE
) -> None:
    """
    Order a paper with personal data: the spool holds it encrypted, shortly, and not beyond this visit.

    Args:
        sealed: The slip as JSON, or pages as `spool.sealed_file` writes them, encrypted under the key of this boot.
    """
    now = clock.now()
    named = Slip(slip.kind, slip.title, (), lang=slip.lang)
    with db.writing(db.store):
        job = spool.enqueue(
            db.store,
            named,
            request_key=request_key,
            kind=kind,
            created_at=now,
            expires_at=now + timedelta(minutes=PERSONAL_MINUTES),
            secret=sealed,
            device=device,
            is_sealed=True,
        )
        paper_waits.keep(db.store, job, term(clock, PERSONAL_MINUTES, _visit()))


_WAITING = db.Statement(
    lambda: PaperWaitRow.select(PaperWaitRow.job_id).where(PaperWaitRow.owner == db.slot(PaperWaitRow.owner))
)


def withdraw(visit: SealedSession, clock: Clock) -> None:
    """
    Cancel, at the end of a visit, its papers that are not being printed yet.

    On a full disk they are cancelled by the printer's worker, which finds that the visit is over.
    """
    if not visit.name or _WAITING.first(db.store, owner=visit.name) is None:
        return
    try:
        with db.writing(db.store):
            paper_waits.withdraw(db.store, visit.name, now=clock.now())
    except StoreUnready:
        _log.error("store-full: the papers of an ended visit wait for the printer's worker to cancel them")


def follow_visit(before: str, after: str) -> None:
    """Keep the papers of a visit that goes on under another name, in the transaction that stores it."""
    paper_waits.hand_on(db.store, before, after)


def kind_of(request_key: str) -> str:
    """Return the kind of the newest paper for a request; empty when none was ordered."""
    jobs = spool.jobs_of(db.store, request_key)
    return jobs[-1].kind if jobs else ""


def of(request_key: str, kind: str, holds: PaperHolds = PaperHolds.CONTENT) -> PaperNotice | None:
    """Return the notice about the newest paper of this kind for a request, or None when none was ordered."""
    job = _newest(request_key, kind)
    if job is None:
        return None
    return PAPERS[outcome(job.state, spool.device(db.store, job.device).state), holds]


def again(
    request_key: str, kind: str, clock: Clock, minutes: int, *, why: str, sealed: bytes | None = None
) -> None:
    """
    Order a reprint of the newest paper, marked as such and without the query code: the person does not have it.

    Args:
        sealed: The paper with personal data again, encrypted: the spool has erased it.
    Raises:
        Refused: "paper-on-its-way" while the printer still has it, "no-paper-ordered".
    """
    now = clock.now()
    with db.writing(db.store):
        newest = _newest(request_key, kind)
        if newest is None:
            raise Refused("no-paper-ordered")
        later = now + timedelta(minutes=PERSONAL_MINUTES if newest.is_sealed else minutes)
        try:
            copy = spool.reprint(
                db.store, newest.id, by=CITIZEN, why=why, now=now, expires_at=later, sealed=sealed
            )
        except WrongStep as step:
            raise Refused("paper-on-its-way") from step
        paper_waits.keep(
            db.store, copy, term(clock, PERSONAL_MINUTES if newest.is_sealed else minutes, _visit())
        )
        detail: dict[str, str | int | bool | None] = {"kind": kind, "copy": newest.copy + 1, "why": why}
        audit.record(at=now, actor=CITIZEN, act=Act.PAPER_REPRINTED, subject=f"slip:{copy}", detail=detail)


def taken(request_key: str, kind: str, clock: Clock) -> None:
    """
    Record that the person has the newest paper, which counts as printed; a second tap changes nothing.

    Raises:
        Refused: "paper-on-its-way" while it cannot be there yet, "no-paper-ordered".
    """
    now = clock.now()
    with db.writing(db.store):
        newest = _newest(request_key, kind)
        if newest is None:
            raise Refused("no-paper-ordered")
        if newest.state is PrintJobState.PRINTED:
            return
        try:
            spool.confirm_taken(db.store, newest.id, by=CITIZEN, now=now)
        except WrongStep as step:
            raise Refused("paper-on-its-way") from step
        audit.record(at=now, actor=CITIZEN, act=Act.PAPER_TAKEN, subject=f"slip:{newest.id}")


def _newest(request_key: str, kind: str) -> Job | None:
    jobs = [job for job in spool.jobs_of(db.store, request_key) if job.kind == kind]
    return jobs[-1] if jobs else None
