"""How a hub handles requests: the hub's half of `kind.REQUEST`."""

from __future__ import annotations

from kiosk.disclosure import cases
from kiosk.disclosure.desk import views
from kiosk.disclosure.events import CaseState
from kiosk.disclosure.kind import REQUEST
from kiosk.intake.handling import DeskState, Handling
from kiosk.web.language.wording import lazy_gettext as _l

REQUESTS = Handling(
    kind=REQUEST,
    path="requests",
    title=_l("依申请公开"),
    register=cases,
    states={
        CaseState.SUBMITTED: DeskState(_l("待确认收到"), "warn", "inbox"),
        CaseState.RECEIVED: DeskState(_l("待登记")),
        CaseState.REGISTERED: DeskState(_l("办理中"), "good", "clipboard-list"),
        CaseState.AWAITING_CORRECTION: DeskState(_l("等待补正"), "warn", "pencil"),
        CaseState.SUSPENDED: DeskState(_l("征求意见中"), "neutral", "clock"),
        CaseState.ANSWERED: DeskState(_l("已答复待送达"), "warn", "mail"),
        CaseState.ENDED: DeskState(_l("已办结"), "good", "circle-check"),
    },
    heads=(_l("答复期限"), _l("办理机关"), _l("种类和申请人")),
    row="disclosure/desk/_row.html",
    more_pages=views.add_to,
)
