"""The acts of reports, the docket and the public log: each one transaction, with its line in the log of acts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kiosk import audit, db
from kiosk.clock import beijing_day
from kiosk.disclosure import cases
from kiosk.disclosure.events import CaseAct, CaseEvent
from kiosk.disclosure.report import proceedings, report_models
from kiosk.disclosure.report.proceedings import Proceeding
from kiosk.disclosure.report.report_models import DocketEntry, LoggedRequest, Part, ReportVersion
from kiosk.errors import RuleBroken
from kiosk.seen import UNSEEN, Seen

Propose = Callable[[Mapping[str, Any], str, datetime], None]
"""Stores a record of the catalogue until another person approves it: the record, who, when."""
TakeBack = Callable[[str, str, str, datetime], None]
"""Takes a record of the catalogue back, published or not: its id, the reason, who, when."""
LONGEST_REFERENCE = 60
_KEPT = {
    Part.FIGURES: audit.Act.REPORT_FIGURES_KEPT,
    Part.TEXT: audit.Act.REPORT_TEXT_KEPT,
    Part.SUBMITTED: audit.Act.REPORT_SUBMITTED,
}


@db.writing(db.store)
def keep(
    part: Part,
    organ: str,
    year: int,
    content: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
    seen: Seen = UNSEEN,
) -> int:
    """
    Store a version of a part of a report, and return its number.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    before = report_models.latest(part, organ, year)
    version = before.version + 1 if before else 1
    ReportVersion.insert(
        part=part, organ_code=organ, year=year, version=version, content=dict(content), actor=actor, at=now
    ).execute()
    detail = {"year": year, "version": version}
    audit.record(at=now, actor=actor, act=_KEPT[part], subject=organ or "all", detail=detail)
    return version


@db.writing(db.store)
def submit(
    record: Mapping[str, Any],
    content: Mapping[str, Any],
    *,
    organ: str,
    year: int,
    propose: Propose,
    actor: str,
    now: datetime,
    seen: Seen = UNSEEN,
) -> None:
    """
    Submit a report for publication: its content is kept, and the catalogue gets a record that another person approves.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
        RuleBroken: as `propose`.
    """
    keep(Part.SUBMITTED, organ, year, content, actor=actor, now=now, seen=seen)
    propose(record, actor, now)


@db.writing(db.store)
def enter(
    found: Proceeding,
    *,
    organ: str,
    reference: str,
    actor: str,
    now: datetime,
    entry: int | None = None,
    seen: Seen = UNSEEN,
) -> int:
    """
    Enter a review or a lawsuit in the docket, or change the one with this id; return its id.

    Raises:
        RuleBroken: as `proceedings.check`; "entered-already": the same one once more.
        NotFound: "no-such-proceeding".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    proceedings.check(found, beijing_day(now))
    values = {
        "organ_code": organ,
        "kind": found.kind,
        "reference": reference[:LONGEST_REFERENCE],
        "opened_on": found.opened_on,
        "result": str(found.result or ""),
        "decided_on": found.decided_on,
        "actor": actor,
        "at": now,
    }
    if entry is None:
        if report_models.is_on_docket(organ, found.kind, reference, found.opened_on):
            raise RuleBroken("entered-already")
        entry = int(DocketEntry.insert(values).execute())
        act = audit.Act.DOCKET_ENTERED
    else:
        report_models.on_docket(entry)
        DocketEntry.update(values).where(DocketEntry.id == entry).execute()
        act = audit.Act.DOCKET_CHANGED
    detail = {"kind": found.kind.value, "result": str(found.result or "")}
    audit.record(at=now, actor=actor, act=act, subject=str(entry), detail=detail)
    return entry


def new_log_id(year: int) -> str:
    """Return an id for a record of the public log; it says nothing about the request's number."""
    return f"request-log:{year}-{secrets.token_hex(6)}"


@db.writing(db.store)
def note_opening(number: str, actor: str, now: datetime) -> None:
    """Log that the sealed part of a request was opened to compare a text with it."""
    cases.add_event(number, CaseEvent(0, now, actor, CaseAct.OPENED, {}))


@db.writing(db.store)
def publish_answer(
    number: str,
    record: Mapping[str, Any],
    *,
    organ: str,
    propose: Propose,
    actor: str,
    now: datetime,
    seen: Seen = UNSEEN,
) -> None:
    """
    Submit question and answer of a request for the public log; another person approves them in the catalogue.

    The caller has compared them with the sealed part of the request: its opening is logged here.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
        RuleBroken: as `propose`.
    """
    seen.hold()
    note_opening(number, actor, now)
    row = {
        "doc_id": record["id"],
        "organ_code": organ,
        "proposed_by": actor,
        "proposed_at": now,
        "taken_back_by": "",
        "taken_back_at": None,
    }
    LoggedRequest.insert(number=number, **row).on_conflict(
        conflict_target=[LoggedRequest.number],
        preserve=[LoggedRequest.proposed_by, LoggedRequest.proposed_at, LoggedRequest.taken_back_by,
            LoggedRequest.taken_back_at],
    ).execute()  # fmt: skip
    propose(record, actor, now)
    audit.record(at=now, actor=actor, act=audit.Act.ANSWER_LOGGED, subject=number)


@db.writing(db.store)
def take_back(
    number: str, reason: str, *, take_back: TakeBack, actor: str, now: datetime, seen: Seen = UNSEEN
) -> None:
    """
    Take a request out of the public log.

    Raises:
        RuleBroken: "reason-missing", "not-logged".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = report_models.logged(number)
    if found is None or found.taken_back_at:
        raise RuleBroken("not-logged", number)
    if not reason.strip():
        raise RuleBroken("reason-missing")
    take_back(found.doc_id, reason.strip(), actor, now)
    LoggedRequest.update(taken_back_by=actor, taken_back_at=now).where(
        LoggedRequest.number == number
    ).execute()
    audit.record(at=now, actor=actor, act=audit.Act.ANSWER_TAKEN_BACK, subject=number)
