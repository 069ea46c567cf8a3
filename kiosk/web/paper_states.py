"""
Notices about an ordered paper: one row for each state of the printer and each kind of paper, with title, sentence and
buttons; they never claim more than the printer reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l
from printers.spooler.spool import PrintJobState


class PaperHolds(StrEnum):
    """Content of a paper, which decides what the screen keeps while the paper does not come."""

    NUMBER = "number"
    """Number and query code of a submission."""
    CONTENT = "content"
    """What can be read again on the screen."""


class PaperOutcome(StrEnum):
    """State of a paper, as far as the printer reported it."""

    STUCK = "stuck"
    """It waits, and the printer cannot print."""
    COMING = "coming"
    SENT = "sent"
    PRINTED = "printed"
    UNCERTAIN = "uncertain"
    NOT_PRINTED = "not-printed"


@dataclass(frozen=True)
class PaperButton:
    """An answer of the person who waits for the paper. way: which of the addresses around a paper it is sent to."""

    way: str
    words: LazyText


@dataclass(frozen=True)
class PaperNotice:
    """One row. is_settled: nothing more happens by itself, so that the page need not look again."""

    title: LazyText
    words: LazyText
    tone: str
    icon: str
    is_settled: bool
    buttons: tuple[PaperButton, ...] = ()


TAKEN = PaperButton("taken", _l("拿到了"))
MISSING = PaperButton("again", _l("没拿到，再打一张"))
ONCE_MORE = PaperButton("again", _l("再打一张"))

_SENT = PaperNotice(
    _l("已经送到打印机"),
    _l("请看出纸口：纸出来了，就点“拿到了”；没有，就点“没拿到”。"),
    "warn",
    "printer",
    is_settled=False,
    buttons=(TAKEN, MISSING),
)
_PRINTED = PaperNotice(
    _l("打印好了"),
    _l("请从出纸口拿好。"),
    "good",
    "circle-check",
    is_settled=True,
    buttons=(MISSING,),
)
_UNCERTAIN = PaperNotice(
    _l("不知道打出来没有"),
    _l("请看出纸口。完整的一张，就点“拿到了”；没有，或者不完整，就点“没拿到”。"),
    "warn",
    "alert",
    is_settled=True,
    buttons=(TAKEN, MISSING),
)
PAPERS: Mapping[tuple[PaperOutcome, PaperHolds], PaperNotice] = {
    (PaperOutcome.STUCK, PaperHolds.NUMBER): PaperNotice(
        _l("打印机现在打不了"),
        _l(
            "编号留在屏幕上，请抄下来或者拍下来。10分钟内打印机修好会自动打印；您点“我用完了”或者走开，就不打了。"
        ),
        "bad",
        "alert",
        is_settled=False,
    ),
    (PaperOutcome.STUCK, PaperHolds.CONTENT): PaperNotice(
        _l("打印机现在打不了"),
        _l("内容还在屏幕上，可以看，也可以抄。您点“我用完了”或者走开，就不打了。"),
        "bad",
        "alert",
        is_settled=False,
    ),
    (PaperOutcome.COMING, PaperHolds.NUMBER): PaperNotice(
        _l("正在打印……"),
        _l("编号留在屏幕上。请等纸出来再离开：先走就不打了。"),
        "warn",
        "printer",
        is_settled=False,
    ),
    (PaperOutcome.COMING, PaperHolds.CONTENT): PaperNotice(
        _l("正在打印……"), _l("内容还在屏幕上。"), "warn", "printer", is_settled=False
    ),
    (PaperOutcome.SENT, PaperHolds.NUMBER): _SENT,
    (PaperOutcome.SENT, PaperHolds.CONTENT): _SENT,
    (PaperOutcome.PRINTED, PaperHolds.NUMBER): _PRINTED,
    (PaperOutcome.PRINTED, PaperHolds.CONTENT): _PRINTED,
    (PaperOutcome.UNCERTAIN, PaperHolds.NUMBER): _UNCERTAIN,
    (PaperOutcome.UNCERTAIN, PaperHolds.CONTENT): _UNCERTAIN,
    (PaperOutcome.NOT_PRINTED, PaperHolds.NUMBER): PaperNotice(
        _l("没有打印"),
        _l("编号留在屏幕上，请抄下来或者拍下来，也可以再打一张。"),
        "bad",
        "alert",
        is_settled=True,
        buttons=(ONCE_MORE,),
    ),
    (PaperOutcome.NOT_PRINTED, PaperHolds.CONTENT): PaperNotice(
        _l("没有打印"),
        _l("内容还在屏幕上，可以看，也可以再打一张。"),
        "bad",
        "alert",
        is_settled=True,
        buttons=(ONCE_MORE,),
    ),
}
_OUTCOMES = {
    PrintJobState.QUEUED: PaperOutcome.COMING,
    PrintJobState.SENDING: PaperOutcome.COMING,
    PrintJobState.SENT: PaperOutcome.SENT,
    PrintJobState.PRINTED: PaperOutcome.PRINTED,
    PrintJobState.UNCERTAIN: PaperOutcome.UNCERTAIN,
    PrintJobState.SUPERSEDED: PaperOutcome.NOT_PRINTED,
    PrintJobState.CANCELLED: PaperOutcome.NOT_PRINTED,
}
CANNOT_PRINT = ("bad", "unknown")
"""States of a printer in which a paper waits for a person."""


def outcome(job: PrintJobState, device: str) -> PaperOutcome:
    """Return the state of a paper, from the state of its job and of its printer."""
    if job is PrintJobState.QUEUED and device in CANNOT_PRINT:
        return PaperOutcome.STUCK
    return _OUTCOMES[job]
