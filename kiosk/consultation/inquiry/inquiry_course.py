"""The way of an inquiry as a citizen follows it, made of the state and the detail that the hub sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kiosk.clock import beijing_day
from kiosk.consultation.inquiry.rules import FURTHER, InquiryState
from kiosk.intake.handover.detail import TIMELINE, is_ready
from kiosk.intake.kinds import SUBMITTED, DatedStep, Delivery, NextStep, OpenWay, TrackedCourse
from kiosk.intake.slips import due_words
from kiosk.intake.tracking import Progress
from kiosk.web.language.wording import gettext as _

MAY_ASK_AGAIN = "may_ask_again"
"""Member of the detail: whether the one further question is still open."""
TAKEN_IN, HANDED_OVER, ANSWERED, ASKED_AGAIN = "taken-in", "handed-over", "answered", "asked-again"
"""What happened, as the timeline of a detail says it."""


def course(seen: Progress) -> TrackedCourse:
    """Return the way of an inquiry that was looked up."""
    return TrackedCourse(_steps(seen), _next(seen), _ways(seen))


def _steps(seen: Progress) -> tuple[DatedStep, ...]:
    said = seen.detail.get(TIMELINE)
    rows = said if isinstance(said, list) else []
    steps = tuple(step for row in rows if isinstance(row, dict) and (step := _step(row)))
    if not steps and seen.submitted_at:
        return (DatedStep(_("留言"), beijing_day(seen.submitted_at)),)
    return steps


def _step(row: Mapping[str, Any]) -> DatedStep | None:
    """Return a step in words; None for one that this version does not know."""
    words = {
        TAKEN_IN: _("县里收到留言"),
        HANDED_OVER: _("转给%(organ)s", organ=row.get("organ", "")),
        ANSWERED: _("作出答复"),
        ASKED_AGAIN: _("收到您的追问"),
    }.get(str(row.get("act")))
    try:
        on = date.fromisoformat(str(row.get("on")))
    except ValueError:
        return None
    return DatedStep(words, on) if words else None


def _next(seen: Progress) -> NextStep | None:
    due = due_words(seen.due) if seen.due else ""
    why = _("按县里承诺的工作日算，周末和法定节假日不算，调休上班的算。") if due else ""
    if is_ready(seen.detail) and seen.state == InquiryState.ANSWERED:
        return NextStep(_("答复做好了，您可以在这里看、打印。"), waits_for_citizen=True)
    if seen.state == SUBMITTED and seen.delivery is not Delivery.ARRIVED:
        return NextStep(_("联网后自动送到县里，不用您再做什么。"), due, why)
    return NextStep(_("%(organ)s答复您。", organ=seen.organ_name), due, why)


def _ways(seen: Progress) -> tuple[OpenWay, ...]:
    ways = []
    if is_ready(seen.detail):
        is_new = seen.state == InquiryState.ANSWERED
        ways.append(OpenWay(_("看答复"), "answers.ask", "file-text", is_main=is_new))
    if seen.state == InquiryState.ANSWERED:
        ways.append(OpenWay(_("答得怎么样"), "answers.rate", "star"))
        if seen.detail.get(MAY_ASK_AGAIN) is True:
            ways.append(OpenWay(_("接着问一句"), f"{FURTHER}.start", "message-dots"))
    return tuple(ways)
