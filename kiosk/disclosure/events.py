"""
The acts on a request, the events they leave, and the facts that each one needs.

Plain values; knows neither Flask nor a database. Source: 政府信息公开条例 (2019 revision), art. 29-36; LAW.md §1.4;
LETTERS.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Self, get_type_hints

from kiosk.clock import beijing_day
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.rules import ReceivedBasis


class CaseState(StrEnum):
    """The state of a case."""

    SUBMITTED = "submitted"
    """The hub has it; the day of receipt is not confirmed."""
    RECEIVED = "received"
    """The day of receipt is certain and the deadline runs."""
    REGISTERED = "registered"
    """The organ has registered it and works on it."""
    AWAITING_CORRECTION = "awaiting-correction"
    """The applicant was asked to correct the request (art. 30); the answer is counted from the corrected one."""
    SUSPENDED = "suspended"
    """An opinion is asked for and not in (art. 32, 34); its time does not count (art. 33(3))."""
    ANSWERED = "answered"
    """The answer is issued and not served: the deadline still runs."""
    ENDED = "ended"
    """Served, given up or withdrawn."""


class CaseAct(StrEnum):
    """An act on a case; the name of its event."""

    TAKEN_IN = "taken-in"
    OPENED = "opened"
    RECEIPT_CONFIRMED = "receipt-confirmed"
    RECEIPT_CORRECTED = "receipt-corrected"
    REGISTERED = "registered"
    RECOUNTED = "deadline-recounted"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed-over"
    CORRECTION_ASKED = "correction-asked"
    CORRECTED = "corrected"
    CORRECTION_LAPSED = "correction-lapsed"
    EXTENDED = "extended"
    OPINION_ASKED = "opinion-asked"
    OPINION_DELIVERED = "opinion-delivered"
    OPINION_ARRIVED = "opinion-arrived"
    OPINION_LAPSED = "opinion-lapsed"
    REASONS_ASKED = "reasons-asked"
    DELAYED = "delayed"
    FEE_ASKED = "fee-asked"
    FEE_DELIVERED = "fee-delivered"
    FEE_PAID = "fee-paid"
    FEE_LAPSED = "fee-lapsed"
    ANSWERED = "answered"
    SERVED = "served"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    REVIEW_OPENED = "review-opened"
    REVIEW_DECIDED = "review-decided"
    NOTED = "noted"
    URGED = "urged"
    LINKED = "linked"
    SCANNED = "scanned"
    RECEIPT_PRINTED = "receipt-printed"
    ARCHIVED = "archived"
    FEEDBACK = "feedback"
    PUBLICATION_ASKED = "publication-asked"


Said = str | int | bool | None
"""A value in the detail of an event: nothing personal, dates as ISO 8601."""


@dataclass(frozen=True)
class CaseEvent:
    """One event of a case, never changed afterwards."""

    seq: int
    at: datetime
    actor: str
    act: CaseAct
    detail: Mapping[str, Said]


class OpinionKind(StrEnum):
    """Whose opinion is asked for."""

    THIRD_PARTY = "third-party"
    """Art. 32: silence leaves the decision to the organ."""
    CO_MAKER = "co-maker"
    """Art. 34: an organ that made the information too; silence is consent."""
    OTHER_ORGAN = "other-organ"
    """Art. 33(3): another organ that is asked for help."""


class OpinionAnswer(StrEnum):
    """What the answer to a letter for an opinion says."""

    AGREES = "agrees"
    OBJECTS = "objects"
    PARTLY = "partly"


class ServiceWay(StrEnum):
    """How an answer is served (国办公开办函〔2016〕235号), or handed over as the applicant chose (art. 29(3))."""

    DIRECT = "direct"
    ENTRUSTED = "entrusted"
    POST = "post"
    EMAIL = "email"
    CODE = "code"


KNOWN_LATER = frozenset({ServiceWay.POST, ServiceWay.CODE})
"""Ways in which the applicant has the answer later than it is served: signed for, or collected at a terminal."""


class ReviewKind(StrEnum):
    """The three groups of table 4 of the annual report."""

    REVIEW = "review"
    SUIT = "suit"
    SUIT_AFTER_REVIEW = "suit-after-review"


class ReviewResult(StrEnum):
    """The results of table 4 of the annual report."""

    UPHELD = "upheld"
    CORRECTED = "corrected"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class StepFacts:
    """What a step needs; `on` is the day on which it happened, which may lie before the day it is noted."""

    on: date

    def detail(self) -> dict[str, Said]:
        """Return the facts as an event keeps them."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}

    @classmethod
    def read(cls, detail: Mapping[str, Said]) -> Self:
        """Return the facts that an event keeps."""
        return cls(
            **{
                name: make(detail[name])
                for name, make in _readers(cls.__name__)
                if detail.get(name) is not None
            }
        )


@cache
def _readers(name: str) -> tuple[tuple[str, Any], ...]:
    """Return what makes a value of each field of the facts with this name, of what an event keeps."""
    kind = _KINDS[name]
    hints = get_type_hints(kind)
    return tuple((each.name, _reader(hints[each.name])) for each in fields(kind))


def _reader(hint: Any) -> Any:
    if hint in (date, date | None):
        return date.fromisoformat
    return hint if isinstance(hint, type) else str


@dataclass(frozen=True, kw_only=True)
class TakenInFacts(StepFacts):
    """The request arrived on `on`; received_on: only where that day is certain without a clerk (art. 31)."""

    received_basis: str = ""
    received_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts(StepFacts):
    """The day of receipt (`on`) and its basis, one of `rules.ReceivedBasis`; reason: of a correction."""

    basis: str
    reason: str = ""

    def detail(self) -> dict[str, Said]:
        """Return the facts with the name of the day that earlier events used."""
        said = super().detail()
        return {**said, "received_on": said["on"]}


@dataclass(frozen=True, kw_only=True)
class CorrectionFacts(StepFacts):
    """A notice to correct, sent on `on` (art. 30); until: the applicant's reasonable period, as a date."""

    until: date


@dataclass(frozen=True, kw_only=True)
class CorrectedFacts(StepFacts):
    """The corrected request, received on `on`; excused: it came late for a good reason (art. 30)."""

    excused: bool = False


@dataclass(frozen=True, kw_only=True)
class ExtensionFacts(StepFacts):
    """An extension (art. 33(2)): the notice went out on `on`; the head of the office approved it."""

    workdays: int
    approved_by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpinionFacts(StepFacts):
    """A letter for an opinion, sent on `on`; party: its number in this case, 1 for the first; organ: no person."""

    kind: OpinionKind
    party: int
    organ: str = ""


@dataclass(frozen=True, kw_only=True)
class PartyFacts(StepFacts):
    """The party got the letter on `on` (delivered), or its time ended on `on` (lapsed)."""

    party: int


@dataclass(frozen=True, kw_only=True)
class OpinionAnswerFacts(StepFacts):
    """The opinion came in on `on`."""

    party: int
    answer: OpinionAnswer


@dataclass(frozen=True, kw_only=True)
class ReasonsFacts(StepFacts):
    """The applicant was asked for reasons on `on` (art. 35), to be given until a day."""

    until: date


@dataclass(frozen=True, kw_only=True)
class DelayFacts(StepFacts):
    """A reasonable later day (art. 35), in a notice of `on`: it may pass 40 working days."""

    until: date
    approved_by: str


@dataclass(frozen=True, kw_only=True)
class FeeFacts(StepFacts):
    """A notice of the fee was sent on `on` (art. 42); the amount in fen."""

    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class AnswerFacts(StepFacts):
    """The answer, issued on `on`; on_the_spot: art. 33(1)."""

    outcome: Outcome
    on_the_spot: bool = False


@dataclass(frozen=True, kw_only=True)
class ServiceFacts(StepFacts):
    """
    The service of the answer; the term is kept by `on`: signed for (direct, entrusted), posted (post), sent.

    proof: number of the registered letter, or who signed as what; no names of persons.
    """

    way: ServiceWay
    proof: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawalFacts(StepFacts):
    """The applicant withdrew the request on `on`."""

    way: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewFacts(StepFacts):
    """A review or a suit against the answer, or against none; file: its number there."""

    kind: ReviewKind
    organ: str
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewResultFacts(StepFacts):
    """
    A review or a suit was decided, and the organ got the decision or the judgment in force on `on`.

    answer_again: it takes the answer back, or finds that there is none, and orders one (复议法 64, 66; 行诉法 70, 72).
    until: the last day that it sets for that; None: it sets none.
    """

    file: str
    result: ReviewResult
    answer_again: bool = False
    until: date | None = None


FACTS: Mapping[CaseAct, type[StepFacts]] = {
    CaseAct.TAKEN_IN: TakenInFacts,
    CaseAct.RECEIPT_CONFIRMED: ReceiptFacts,
    CaseAct.RECEIPT_CORRECTED: ReceiptFacts,
    CaseAct.REGISTERED: StepFacts,
    CaseAct.CORRECTION_ASKED: CorrectionFacts,
    CaseAct.CORRECTED: CorrectedFacts,
    CaseAct.CORRECTION_LAPSED: StepFacts,
    CaseAct.EXTENDED: ExtensionFacts,
    CaseAct.OPINION_ASKED: OpinionFacts,
    CaseAct.OPINION_DELIVERED: PartyFacts,
    CaseAct.OPINION_ARRIVED: OpinionAnswerFacts,
    CaseAct.OPINION_LAPSED: PartyFacts,
    CaseAct.REASONS_ASKED: ReasonsFacts,
    CaseAct.DELAYED: DelayFacts,
    CaseAct.FEE_ASKED: FeeFacts,
    CaseAct.FEE_DELIVERED: StepFacts,
    CaseAct.FEE_PAID: StepFacts,
    CaseAct.FEE_LAPSED: StepFacts,
    CaseAct.ANSWERED: AnswerFacts,
    CaseAct.SERVED: ServiceFacts,
    CaseAct.DELIVERED: StepFacts,
    CaseAct.WITHDRAWN: WithdrawalFacts,
    CaseAct.REVIEW_OPENED: ReviewFacts,
    CaseAct.REVIEW_DECIDED: ReviewResultFacts,
    CaseAct.ARCHIVED: StepFacts,
}
"""The facts of each act that changes the course; the others change nothing in it."""

_ALL: tuple[type[StepFacts], ...] = (StepFacts, *FACTS.values())
_KINDS = {kind.__name__: kind for kind in _ALL}


def facts_of(event: CaseEvent) -> StepFacts:
    """Return the facts of an event; one of an earlier version that names no day happened when it was noted."""
    kind = FACTS.get(event.act, StepFacts)
    detail = event.detail
    received = None if event.act is CaseAct.TAKEN_IN else detail.get("received_on")
    on = detail.get("on") or received or beijing_day(event.at).isoformat()
    return kind.read({"basis": ReceivedBasis.CONFIRMED.value, **detail, "on": on})
