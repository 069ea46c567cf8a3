"""
Collecting an answer at any terminal: number and query code were given; what the county asks besides is asked here.

The sealed answer comes from the hub at this moment, is opened in memory and shown page by page; nothing of it is
stored on this machine, and every answer of ours says no-store. Source: DESIGN.md §4.4.
"""

from __future__ import annotations

import io
from typing import Any, cast

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, session, url_for
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Field, StringField, ValidationError

from kiosk.clock import today
from kiosk.errors import Refused
from kiosk.hall import assisted
from kiosk.intake.form.blanks import FromCard
from kiosk.intake.handover import answer_seal
from kiosk.intake.handover.answer_seal import LAST_PLACES, PDF, TEXT, AnswerFile, IdentityStep, SealedLetter
from kiosk.intake.models import by_number
from kiosk.intake.pages import by_card
from kiosk.intake.pages.answers import answer_paper, one_tap
from kiosk.intake.pages.by_card import CardPlace
from kiosk.intake.pages.here import CODE, SEEN, course_of, kind_of, looked_up
from kiosk.intake.tracking import HubState, Progress, progress_of
from kiosk.readers.cards.text_block import CardPart
from kiosk.web import context, half_written
from kiosk.web.floods import limits
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.web.session import SealedSession

Page = str | BaseResponse | tuple[str, int]
ANSWER = "answer"
"""Session key of the key to the answer that this visit reads."""
AWAY = 503
WIDTHS = {1: 1_200, 2: 2_400}
"""Pixels of a page at normal size and enlarged."""
SUFFIXES = {PDF: ".pdf", TEXT: ".txt"}
FILE_POLICY = "default-src 'none'; sandbox"
"""Content security policy of a file that a browser shows instead of saving: it may do nothing."""


class IdentityForm(QuestionForm):
    """Name and end of the document's number of the person who collects."""

    person_name = StringField(_l("姓名或者单位名称"), render_kw={"data-writing": "hand"})
    person_end = StringField(_l("证件号码最后四位"), render_kw={"data-writing": "latin"})

    def validate_person_name(self, field: Field) -> None:
        """Refuse an empty name."""
        field.data = (field.data or "").strip()
        if not field.data:
            raise ValidationError(_("请填写姓名，和申请时填的一样。"))

    def validate_person_end(self, field: Field) -> None:
        """Refuse anything but four places."""
        field.data = answer_seal.plain(field.data or "")
        if len(field.data) != LAST_PLACES or not field.data.isalnum():
            raise ValidationError(_("请填写证件号码的最后四位，最后一位可能是X。"))


def blueprint() -> Blueprint:
    """Return the pages below `/progress/answer`, and what a citizen can say after it."""
    pages = Blueprint("answers", __name__, url_prefix="/progress")
    pages.before_app_request(_drop_ended)
    pages.add_url_rule("/answer", "ask", ask)
    pages.add_url_rule("/answer", "open", open_answer, methods=["POST"])
    pages.add_url_rule("/answer/read", "read", read)
    pages.add_url_rule("/answer/leaf", "leaf", leaf)
    pages.add_url_rule("/answer/file", "file", save_file)
    answer_paper.add_to(pages, of_visit)
    one_tap.add_to(pages)
    return pages


def _drop_ended() -> None:
    collecting = context.terminal().collecting
    if len(collecting.held):
        collecting.held.keep_only(collecting.goes_on)


def ask() -> Page:
    """Show what is asked before the answer is opened; the answer itself where this visit has opened it."""
    seen = looked_up()
    if seen is None or CODE not in session:
        return redirect(url_for("intake.progress"), 303)
    if ANSWER in session and session[ANSWER]["number"] == seen.number:
        return redirect(url_for("answers.read"), 303)
    return _asked(seen.number)


def _card(number: str) -> CardPlace:
    """Return the place at which a card fills in who collects."""
    fills = {
        "person_name": FromCard(CardPart.NAME),
        "person_end": FromCard(CardPart.NUMBER, shape=answer_seal.last_places),
    }
    wanted = frozenset({CardPart.NAME, CardPart.NUMBER})
    return CardPlace(f"answer:{number}", url_for("answers.ask"), fills, wanted)


def _asked(number: str) -> Page:
    """Return the page before the answer, or the one that says why it cannot be had now."""
    if "is_away" in half_written.said():
        return _away()
    try:
        given = context.terminal().collecting.ask_lock(number, session[CODE])
    except ConnectionError:
        return _away()
    if given.lock is None:
        return render_template("intake/answer_none.html"), 404
    is_typed, filled = given.lock.asks == IdentityStep.NAME, by_card.filled(_card(number))
    return render_template(
        "intake/answer_ask.html",
        form=IdentityForm() if is_typed else None,
        filled=filled if is_typed else None,
        takes_card=is_typed and by_card.is_offered(_card(number)),
        is_card_gone=half_written.said().get("is_card_gone", False),
        waits_for_staff=given.lock.asks == IdentityStep.STAFF and assisted.present() is None,
        problem=half_written.said().get("problem", ""),
    )


def _away() -> Page:
    """Return the page for a hub that went away: nothing is lost, try again."""
    return render_template("intake/answer_away.html"), AWAY


def open_answer() -> Page:
    """Derive the key, fetch and open the answer; a wrong name is counted at the hub."""
    seen = looked_up()
    if seen is None or CODE not in session:
        return redirect(url_for("intake.progress"), 303)
    collecting, number, digits = context.terminal().collecting, seen.number, session[CODE]
    if moved := by_card.pressed(_card(number)):
        limits.spare()
        return moved
    form = IdentityForm(**by_card.sent(by_card.filled(_card(number))))
    try:
        given = collecting.ask_lock(number, digits)
        if given.lock is None:
            return redirect(url_for("answers.ask"), 303)
        lock = given.lock
        if lock.asks == IdentityStep.NAME and not form.validate():
            limits.spare()
            return form.sent_back(said={"is_card_gone": by_card.is_gone(by_card.filled(_card(number)))})
        if lock.asks == IdentityStep.STAFF and assisted.present() is None:
            return redirect(url_for("answers.ask"), 303)
        asked = answer_seal.identity(lock.asks, form.person_name.data or "", form.person_end.data or "")
        keys = answer_seal.derive(number, digits, asked, lock.salt)
        sealed = collecting.fetch(number, keys.proof.hex(), lock.size)
        answer = answer_seal.opened(sealed, keys.key, number)
    except ConnectionError:
        return form.sent_back(said={"is_away": True}, status=AWAY)
    except Refused as refused:
        return form.sent_back(said={"problem": "closed" if refused.code == "proof-closed" else "wrong"})
    session[ANSWER] = {
        "number": number,
        "key": keys.key.hex(),
        "proof": keys.proof.hex(),
        "size": lock.size,
    }
    session[SEEN] = _after(seen).kept()
    collecting.held.hold(_visit(), answer)
    context.terminal().readers.forget(_visit())
    return redirect(url_for("answers.read"), 303)


def _after(seen: Progress) -> Progress:
    """Return the progress once its answer was opened: as the hub knows it now, else with what is known here."""
    wired = context.terminal()
    try:
        found = wired.ask_hub(seen.number, session[CODE])
    except ConnectionError:
        found = None
    if isinstance(found, HubState):
        return progress_of(found, by_number(seen.number))
    collected = kind_of(seen).collected
    return collected(seen, today(wired.clock), wired.calendar) if collected else seen


def of_visit() -> SealedLetter | None:
    """
    Return the answer that this visit has opened, from memory or fetched again; None: it opened none.

    Raises:
        ConnectionError: It must be fetched again, and the hub cannot be reached.
    """
    seen, kept = looked_up(), session.get(ANSWER)
    if seen is None or kept is None or kept["number"] != seen.number:
        return None
    collecting = context.terminal().collecting
    held = collecting.held.of(_visit(), seen.number)
    if held:
        return held
    try:
        sealed = collecting.fetch(seen.number, kept["proof"], kept["size"])
        answer = answer_seal.opened(sealed, bytes.fromhex(kept["key"]), seen.number)
    except Refused:  # released once more meanwhile, under another key
        session.pop(ANSWER)
        return None
    collecting.held.hold(_visit(), answer)
    return answer


def _visit() -> str:
    return cast("SealedSession", session._get_current_object()).name  # type: ignore[attr-defined]  # flask's proxy


def read() -> Page:
    """Show one page of the answer as a picture, and its words."""
    try:
        answer = of_visit()
    except ConnectionError:
        return _away()
    if answer is None:
        return redirect(url_for("answers.ask"), 303)
    at, page, zoom = _asked_place(answer)
    one, settings, seen = answer.files[at], context.terminal().settings, looked_up()
    drawn = _drawn(one, page, zoom)
    return render_template(
        "intake/answer.html",
        answer=answer,
        at=at,
        one=one,
        page=page,
        zoom=zoom,
        picture=drawn,
        link=_link(at, page, zoom),
        image=url_for("answers.leaf", file=at, page=page, zoom=zoom),
        can_save=settings.channel == "web",
        text=one.content.decode(errors="replace") if one.type == TEXT else "",
        can_print=answer_paper.can_print(one, settings),
        ways=[each for each in course_of(seen).ways if not each.is_main] if seen else [],
    )


def _asked_place(answer: SealedLetter) -> tuple[int, int, int]:
    at = min(max(request.args.get("file", 0, type=int), 0), len(answer.files) - 1)
    return at, max(request.args.get("page", 1, type=int), 1), 2 if request.args.get("zoom") == "2" else 1


def _link(at: int, page: int, zoom: int) -> Any:
    def link(**changes: int | None) -> str:
        now = {"file": at, "page": page, "zoom": zoom, **changes}
        query = "&".join(f"{name}={value}" for name, value in now.items() if value)
        return f"{url_for('answers.read')}?{query}"

    return link


def _drawn(one: AnswerFile, page: int, zoom: int) -> Any:
    """Return a page as a picture; None where it cannot be drawn."""
    if one.type != PDF:
        return None
    try:
        return context.terminal().collecting.draw(one.content, page, WIDTHS[zoom])
    except Refused:
        return None


def leaf() -> Page:
    """Show the picture of one page."""
    try:
        answer = of_visit()
    except ConnectionError:
        answer = None
    if answer is None:
        abort(404)
    at, page, zoom = _asked_place(answer)
    drawn = _drawn(answer.files[at], page, zoom)
    if drawn is None:
        abort(404)
    return Response(drawn.content, mimetype=drawn.type)


def save_file() -> Page:
    """Send a file of the answer to a telephone; 404 on a kiosk, where nothing can be saved."""
    if context.terminal().settings.channel != "web":
        abort(404)
    try:
        answer = of_visit()
    except ConnectionError:
        return _away()
    if answer is None:
        abort(404)
    at, _page, _zoom = _asked_place(answer)
    one = answer.files[at]
    end = SUFFIXES.get(one.type, "")
    name = one.name if one.name.endswith(end) else f"{one.name}{end}"
    saved = send_file(io.BytesIO(one.content), mimetype=one.type, as_attachment=True, download_name=name)
    saved.headers["Content-Security-Policy"] = FILE_POLICY
    return saved
