"""How a hub handles requests: the hub's half of `kind.REQUEST`."""

from __future__ import annotations

from kiosk.disclosure import cases
from kiosk.disclosure.deadlines import CaseState
from kiosk.disclosure.desk import views
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
        CaseState.REGISTERED: DeskState(_l("已登记"), "good", "circle-check"),
    },
    heads=(_l("答复期限"), _l("办理机关"), _l("种类和申请人")),
    row="disclosure/desk/_row.html",
    more_pages=views.add_to,
)
