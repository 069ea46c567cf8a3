"""The result of a consultation at the desk: what was answered, that nobody came, an objection to that."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.consultation.booking import models, results
from kiosk.consultation.booking.desk.views import BookingDesk, shown_booking
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.results import ANSWER_LIMIT, WHY_LIMIT, ConsultationEnd
from kiosk.consultation.library import consent
from kiosk.consultation.library.desk.library_views import AnsweredCase, LibraryDesk
from kiosk.errors import Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.desk.views import refusal_words, work
from kiosk.intake.handling import Handling
from kiosk.intake.handover import parcel
from kiosk.intake.handover.answer_seal import TEXT, AnswerFile, IdentityStep
from kiosk.intake.handover.rating import SATISFIED
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from sync.hub.parcels import Parcel

Answer = str | tuple[str, int] | Response
RESULTS = {
    ConsultationEnd.ANSWERED: N_("当场答复了"),
    ConsultationEnd.ELSEWHERE: N_("不归这里管，告诉了该找谁"),
    ConsultationEnd.LATER: N_("要查一查，过后书面答复"),
}

TYPED = {
    "result": TypedField(N_("结果"), {each.value: words for each, words in RESULTS.items()}),
    "text": TypedField(N_("答复")),
}


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the acts on the result of a consultation."""
    desk = BookingDesk(handling)
    LibraryDesk(lambda number: _to_publish(desk.found(number)), "ask", results.text_of).add_to(pages)
    words = {"results": RESULTS, "longest_answer": ANSWER_LIMIT, "rating_words": SATISFIED.blanks[0].brief}
    pages.context_processor(lambda: words)

    @acts_on(
        lambda number, **_more: shown_booking(number),
        N_("记下结果"),
        {
            "result": TypedField(N_("结果"), {each.value: words for each, words in RESULTS.items()}),
            "text": TypedField(N_("答复")),
        },
    )
    def conclude(number: str, *, seen: Seen) -> Answer:
        """Keep the result; what was written is released to the citizen under number and code."""
        person = access.require(Permission.READ_PERSONAL)
        if Permission.HANDLE_REQUESTS not in person.permissions:
            abort(403)
        found = desk.found(number)
        said, text = request.form.get("result", ""), request.form.get("text", "").strip()
        if said not in {*ConsultationEnd}:
            return desk.page(found, _("请选一个结果。")), 422
        try:
            given = _parcel(number, text, person.reading_keys) if text else None
            results.conclude(
                number,
                ConsultationEnd(said),
                text,
                given,
                person.reading_keys,
                actor=person.name,
                work=work(),
                seen=seen,
            )
        except RuleBroken as broken:
            return desk.page(found, _sentence(broken.code)), 409
        except Refused as refused:
            return desk.page(found, refusal_words(refused.code)), 403
        flash(_("记下了，答复凭编号和查询码能看。") if text else _("记下了。"))
        return redirect(url_for(".case", number=number), code=303)

    @acts_on(lambda number, **_more: shown_booking(number), N_("没有来"))
    def missed(number: str, *, seen: Seen) -> Answer:
        """Note that nobody came."""
        person = access.require(Permission.HANDLE_REQUESTS)
        return _done(desk, number, lambda: results.miss(number, person.name, work(), seen))

    @acts_on(lambda number, **_more: shown_booking(number), N_("不算没有来"), {"why": TypedField(N_("理由"))})
    def excuse(number: str, *, seen: Seen) -> Answer:
        """Let a missed booking not count."""
        person, why = access.require(Permission.HANDLE_REQUESTS), request.form.get("why", "")[:WHY_LIMIT]
        return _done(desk, number, lambda: results.excuse(number, why, person.name, work(), seen))

    pages.add_url_rule("/<number>/result", "conclude", conclude, methods=["POST"])
    pages.add_url_rule("/<number>/missed", "missed", missed, methods=["POST"])
    pages.add_url_rule("/<number>/excuse", "excuse", excuse, methods=["POST"])


def _to_publish(found: Booking) -> AnsweredCase:
    """Return what can be proposed to the library of a booking; 404 for one of another organ."""
    if not access.sees(found.organ_code):
        abort(404)
    may_publish = consent.agreed(sealed.said_in_clear(found.number))
    return AnsweredCase(
        found.number, found.organ_code, may_publish, models.answer_of(found.number) is not None
    )


def _done(desk: BookingDesk, number: str, act: Callable[[], None]) -> Answer:
    found = desk.found(number)
    try:
        act()
    except RuleBroken as broken:
        return desk.page(found, _sentence(broken.code)), 409
    flash(_("记下了。"))
    return redirect(url_for(".case", number=number), code=303)


def _parcel(number: str, text: str, reading_keys: Mapping[str, bytes]) -> Parcel:
    file = AnswerFile(_("答复"), TEXT, text.encode())
    day = today(hub().clock)
    return parcel.sealed_for(
        number, (file,), reading_keys=reading_keys, identity_step=IdentityStep.NONE, day=day
    )


def _sentence(code: str) -> str:
    return {
        "booking-over": _("这个预约现在办不了这一步，请看现在的状态。"),
        "answer-too-long": _("太长了，最多4000个字。"),
        "not-yet": _("还没到时间：过了约的时间15分钟，才能记没有来。"),
        "not-missed": _("这个预约没有记没有来。"),
        "reason-missing": _("请写理由。"),
    }[code]
