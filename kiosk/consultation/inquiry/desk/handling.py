"""How a hub handles inquiries: the hub's half of `kind.INQUIRY`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint

from kiosk.consultation.inquiry import inquiries, inquiry_list, written_answers
from kiosk.consultation.inquiry.desk import answer_views, count_views, inquiry_views
from kiosk.consultation.inquiry.inquiry_list import InquiryLight, InquirySort
from kiosk.consultation.inquiry.kind import ADDITIONS, INQUIRY
from kiosk.consultation.inquiry.rules import InquiryState
from kiosk.consultation.library.desk.library_views import LibraryDesk
from kiosk.intake.handling import DeskFilter, DeskState, Handling
from kiosk.intake.office.listing import NOBODY
from kiosk.web.language.wording import lazy_gettext as _l

STATES: Mapping[str, DeskState] = {
    InquiryState.SUBMITTED: DeskState(_l("待答复"), "warn", "inbox"),
    InquiryState.ASKED_AGAIN: DeskState(_l("有追问，待答复"), "warn", "message-dots"),
    InquiryState.ANSWERED: DeskState(_l("已答复"), "good", "circle-check"),
}


def _more_pages(pages: Blueprint, handling: Handling) -> None:
    """Add statistics, the page of an inquiry, its answer, its proposal to the library."""
    for each in (count_views, inquiry_views, answer_views):
        each.add_to(pages, handling)
    LibraryDesk(inquiry_views.to_publish, "asked", written_answers.released_text).add_to(pages)


INQUIRIES = Handling(
    kind=INQUIRY,
    path="inquiries",
    title=_l("咨询留言"),
    register=inquiry_list,
    states=STATES,
    lights={
        InquiryLight.OVERDUE: DeskState(_l("已超期"), "bad", "alert"),
        InquiryLight.TODAY: DeskState(_l("今天到期"), "bad", "clock"),
        InquiryLight.SOON: DeskState(_l("明天到期"), "warn", "clock"),
        InquiryLight.WAITING: DeskState(_l("答复待审核"), "warn", "file-check"),
        InquiryLight.RETURNED: DeskState(_l("审核退回"), "warn", "pencil"),
        InquiryLight.ASKED_AGAIN: DeskState(_l("有追问"), "warn", "message-dots"),
        InquiryLight.UNASSIGNED: DeskState(_l("没有分派"), "neutral", "user"),
        InquiryLight.MINE: DeskState(_l("我的"), "neutral", "user-check"),
        InquiryLight.ALL: DeskState(_l("全部，含已答复"), "neutral", "archive"),
    },
    filters={
        "organ": DeskFilter(_l("单位"), are_given=True),
        "person": DeskFilter(_l("承办人"), {NOBODY: _l("没有分派")}, are_given=True),
        "since": DeskFilter(_l("提交日期")),
    },
    sorts={
        InquirySort.DUE: _l("先到期的在前"),
        InquirySort.NEWEST: _l("新提交的在前"),
        InquirySort.NUMBER: _l("按编号"),
    },
    heads=(_l("答复期限"), _l("哪方面的事"), _l("单位"), _l("承办人")),
    row="consultation/inquiry/desk/_row.html",
    tools="consultation/inquiry/desk/_tools.html",
    subject=("asked",),
    more_pages=_more_pages,
    additions={kind.name: inquiries.add for kind in ADDITIONS},
    catch_up=inquiries.catch_up,
    collected=inquiries.collected,
)
