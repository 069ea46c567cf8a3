"""How a hub handles requests: the hub's half of `kind.REQUEST`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint

from kiosk.disclosure.desk import dossier_pages, entering_pages, ledger, views
from kiosk.disclosure.desk.entering_pages import SOURCES
from kiosk.disclosure.events import CaseState
from kiosk.disclosure.following import follow_ups
from kiosk.disclosure.following.addition_kinds import ADDITIONS
from kiosk.disclosure.handover import release
from kiosk.disclosure.kind import REQUEST
from kiosk.disclosure.office import worklist
from kiosk.disclosure.office.worklist import Light, Sort
from kiosk.disclosure.outcomes import OUTCOMES
from kiosk.intake.handling import DeskFilter, DeskState, Handling
from kiosk.intake.office.listing import NOBODY
from kiosk.web.language.wording import lazy_gettext as _l

STATES: Mapping[str, DeskState] = {
    CaseState.SUBMITTED: DeskState(_l("待确认收到"), "warn", "inbox"),
    CaseState.RECEIVED: DeskState(_l("待登记")),
    CaseState.REGISTERED: DeskState(_l("办理中"), "good", "clipboard-list"),
    CaseState.AWAITING_CORRECTION: DeskState(_l("等待补正"), "warn", "pencil"),
    CaseState.SUSPENDED: DeskState(_l("征求意见中"), "neutral", "clock"),
    CaseState.ANSWERED: DeskState(_l("已答复待送达"), "warn", "mail"),
    CaseState.ENDED: DeskState(_l("已办结"), "good", "circle-check"),
}
STATE_WORDS = {str(name): state.words for name, state in STATES.items()}


def _more_pages(pages: Blueprint, handling: Handling) -> None:
    """Add the pages of a case, of entering one by hand, of what the desk adds to it, and the ledger."""
    for each in (entering_pages, ledger, views, dossier_pages):
        each.add_to(pages, handling)


REQUESTS = Handling(
    kind=REQUEST,
    path="requests",
    title=_l("依申请公开"),
    register=worklist,
    states=STATES,
    lights={
        Light.UNCONFIRMED_LONG: DeskState(_l("3个工作日没有确认收到"), "bad", "alert"),
        Light.UNCONFIRMED: DeskState(_l("待确认收到"), "warn", "inbox"),
        Light.OVERDUE: DeskState(_l("已超期"), "bad", "alert"),
        Light.TODAY: DeskState(_l("今天到期"), "bad", "clock"),
        Light.SOON: DeskState(_l("5个工作日内到期"), "warn", "clock"),
        Light.SUSPENDED: DeskState(_l("征求意见中"), "neutral", "pause"),
        Light.CORRECTION: DeskState(_l("等待补正"), "neutral", "pencil"),
        Light.LETTER_WAITS: DeskState(_l("文书待审核"), "warn", "file-check"),
        Light.TO_SERVE: DeskState(_l("待送达"), "neutral", "mail"),
        Light.URGED: DeskState(_l("催办"), "warn", "bell"),
        Light.UNASSIGNED: DeskState(_l("没有分派"), "neutral", "user"),
        Light.MINE: DeskState(_l("我的"), "neutral", "user-check"),
        Light.ALL: DeskState(_l("全部，含办结"), "neutral", "archive"),
    },
    filters={
        "organ": DeskFilter(_l("办理机关"), are_given=True),
        "state": DeskFilter(_l("状态"), STATE_WORDS),
        "outcome": DeskFilter(_l("处理结果"), {name.value: row.words for name, row in OUTCOMES.items()}),
        "source": DeskFilter(_l("怎么来的"), SOURCES),
        "terminal": DeskFilter(_l("终端"), are_given=True),
        "person": DeskFilter(_l("承办人"), {NOBODY: _l("没有分派")}, are_given=True),
        "since": DeskFilter(_l("提交日期")),
    },
    sorts={
        Sort.DUE: _l("先到期的在前"),
        Sort.RECEIVED: _l("先收到的在前"),
        Sort.NEWEST: _l("新提交的在前"),
        Sort.NUMBER: _l("按编号"),
    },
    heads=(_l("答复期限"), _l("办理机关"), _l("申请人和来路"), _l("承办人")),
    row="disclosure/desk/_row.html",
    tools="disclosure/desk/_tools.html",
    batch="disclosure/desk/_batch.html",
    has_ledger=True,
    subject=("name", "wanted"),
    more_pages=_more_pages,
    additions={kind.name: follow_ups.take_in for kind in ADDITIONS},
    catch_up=follow_ups.catch_up,
    collected=release.note_collected,
)
