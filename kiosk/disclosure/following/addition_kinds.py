"""
What a citizen adds to a request, each a kind of submission: a correction (art. 30), a withdrawal, a word of
satisfaction, the suggestion to publish (art. 44).

Each names the request in clear and is sealed like it. Who corrects or withdraws is asked, besides number and query
code, what the county has set: the typed identity travels sealed and is compared in a clerk's session.
"""

from __future__ import annotations

from kiosk.disclosure.following.addition_questions import CORRECTED, IDENTITY, SUGGESTED
from kiosk.intake.attached import brought
from kiosk.intake.handover.rating import SATISFIED
from kiosk.intake.kinds import ARRIVED, SUBMITTED, StateWords, SubmissionKind
from kiosk.intake.promises import Entrance, PromisedTerms, Receipt
from kiosk.intake.receipt_paper import RECEIPT_PAPER
from kiosk.intake.slips import moment_words
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l
from printers.paper.document import Big, Block, KeyValue, Para, Rule, Slip, Title

EDITION = "2026-12"
"""Edition of the notice on personal data on the first page."""
SLIP = "disclosure-addition"


def terms(at: Entrance) -> PromisedTerms:
    """Return no date: what follows is shown with the request itself."""
    return PromisedTerms(None, "in_person" if at.is_in_person else "to_confirm")


def slip(given: Receipt) -> Slip:
    """Return the slip of an addition: it carries no query code, for the request's own one serves on."""
    place, promise = given.place, given.promise
    blocks: list[Block] = [
        Title(_("补充材料接收凭据"), above=place.place_name),
        Big(_("申请的编号"), given.about),
        KeyValue(_("这一次的编号"), promise.number),
        KeyValue(_("办理机关"), given.organ.name),
        KeyValue(_("提交时间"), moment_words(promise.submitted_at)),
        KeyValue(_("提交地点"), place.station_name),
        *(KeyValue(label, value) for label, value in given.rows),
        Rule(),
        Para(_("查进度仍用申请时的编号和查询码。"), small=True),
        Para(_("本凭据只证明已经接收，没有印章，不是答复文书。"), small=True),
    ]
    return Slip(SLIP, _("补充材料接收凭据"), tuple(blocks), lang=place.lang, large=place.large)


STATES = {
    SUBMITTED: StateWords(
        _l("已提交"),
        _l("存在这台机器里，联网后自动送到办理机关。"),
        _l("已提交，联网后自动送达"),
        is_good=False,
    ),
    ARRIVED: StateWords(_l("已送到"), _l("办理机关已经收到。"), _l("已经送到办理机关"), is_good=True),
}
_PAGES = {name: f"disclosure/added_{name}.html" for name in ("start", "receipt")}

CORRECTION = SubmissionKind(
    name="disclosure-correction",
    path="correct",
    title=_l("补正申请"),
    counted_as=_l("补正"),
    send=_l("提交补正"),
    questions=(CORRECTED, IDENTITY, brought.question(), RECEIPT_PAPER),
    notice=EDITION,
    terms=terms,
    slip=slip,
    states=STATES,
    pages=_PAGES,
    is_about=True,
)
WITHDRAWAL = SubmissionKind(
    name="disclosure-withdrawal",
    path="withdraw",
    title=_l("撤回申请"),
    counted_as=_l("撤回"),
    send=_l("撤回这件申请"),
    questions=(IDENTITY, RECEIPT_PAPER),
    notice=EDITION,
    terms=terms,
    slip=slip,
    states=STATES,
    pages=_PAGES,
    is_about=True,
)
PUBLICATION = SubmissionKind(
    name="disclosure-publication",
    path="suggest",
    title=_l("建议主动公开"),
    counted_as=_l("公开建议"),
    send=_l("提交建议"),
    questions=(SUGGESTED, RECEIPT_PAPER),
    notice=EDITION,
    terms=terms,
    slip=slip,
    states=STATES,
    pages=_PAGES,
    is_about=True,
)
SATISFACTION = SubmissionKind(
    name="disclosure-satisfaction",
    path="satisfied",
    title=_l("办得怎么样"),
    counted_as=_l("评价"),
    send=_l("提交"),
    questions=(SATISFIED,),
    notice=EDITION,
    terms=terms,
    slip=slip,
    states=STATES,
    is_about=True,
    is_walked=False,
)
ADDITIONS = (CORRECTION, WITHDRAWAL, PUBLICATION, SATISFACTION)
