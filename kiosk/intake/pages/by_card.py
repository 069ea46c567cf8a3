"""
Filling a page with an identity card: asked for by a press, shown masked, and taken over by another press.

What was read is in the memory of this process, for this visit and form; it becomes an answer like a typed one only
when its page is sent. It shows that a card was there, never that it is valid or whose hand laid it down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.intake.begun import Begun
from kiosk.intake.form.blanks import Asking, Blank, FromCard
from kiosk.intake.questions import Question, asked_of, is_done
from kiosk.privacy import masked_address, masked_id, masked_name
from kiosk.readers.card_read import CardHeld
from kiosk.readers.cards import status_words
from kiosk.readers.cards.text_block import CardPart, Validity
from kiosk.web import context
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.web.session import SealedSession

CARD = "card"
"""Session key of the page that waits for a card; also the name of its buttons."""
READING = "card_reading"
"""Field with the name of what was read, which says nothing of it."""
READ, CLEAR, STOP = "read", "clear", "stop"
LAID_WAIT_S = 2.5
"""Seconds for which the button of a page without JavaScript waits for a card."""
PART_WORDS = {
    CardPart.NAME: _l("姓名"),
    CardPart.NUMBER: _l("证件号码"),
    CardPart.KIND: _l("证件种类"),
    CardPart.ADDRESS: _l("地址"),
}
MASKS = {CardPart.NAME: masked_name, CardPart.NUMBER: masked_id, CardPart.ADDRESS: masked_address}


@dataclass(frozen=True)
class CardPlace:
    """
    A page that a card can fill.

    Args:
        form: Key of its form. page: Its address. fills: What fills its blanks. wanted: What its whole form asks.
    """

    form: str
    page: str
    fills: Mapping[str, FromCard]
    wanted: frozenset[CardPart]


@dataclass(frozen=True, repr=False)
class CardFilled:
    """What a card fills in on one page: values by blank, and rows of words as they are shown, masked."""

    id: str
    values: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]
    notes: Sequence[str] = field(default=())


def add_to(pages: Blueprint) -> None:
    """Add the page that waits for a card."""
    pages.before_app_request(_drop_ended)
    pages.add_url_rule("/card", "card", wait)
    pages.add_url_rule("/card", "card_laid", laid, methods=["POST"])


def _drop_ended() -> None:
    wired = context.terminal()
    cards = wired.readers.cards
    if cards is not None and cards.is_in_use:
        cards.keep_only(wired.collecting.goes_on)


def of_question(form_begun: Begun, question: Question, questions: Sequence[Question], page: str) -> CardPlace:
    """Return the place of a question of a form."""
    answers = form_begun.answers
    asked = [fill for one in asked_of(questions, answers) for fill in one.card_blanks(answers).values()]
    wanted = frozenset(fill.part for fill in asked)
    return CardPlace(form_begun.key, page, question.card_blanks(answers), wanted)


def is_offered(place: CardPlace) -> bool:
    """Return whether a card can fill this page now."""
    return bool(place.fills) and context.terminal().readers.takes_cards


def pressed(place: CardPlace) -> Response | None:
    """Do what a button of the page asks: wait for a card, or clear what was read; None: another one was pressed."""
    cards, act = context.terminal().readers.cards, request.form.get(CARD)
    if cards is None or not place.fills or act not in (READ, CLEAR):
        return None
    if act == CLEAR:
        cards.drop(_visit())
        return redirect(place.page, 303)
    cards.ask(_visit(), place.form, place.wanted)
    session[CARD] = {"form": place.form, "page": place.page, "wanted": sorted(place.wanted)}
    return redirect(url_for("intake.card"), 303)


def filled(place: CardPlace, blanks: Sequence[Blank] = (), asking: Asking | None = None) -> CardFilled | None:
    """Return what was read for this page; None: nothing."""
    cards = context.terminal().readers.cards
    held = cards.held(_visit(), place.form) if cards is not None and place.fills else None
    if held is None:
        return None
    choices = {blank.name: blank for blank in blanks if blank.is_choice}
    values: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    for name, fill in place.fills.items():
        value = held.text.part(fill.part)
        words = MASKS.get(fill.part, str)(value)
        if name in choices and asking:
            words = choices[name].in_words({name: value}, asking)
        if value and words:
            values[name] = fill.shape(value)
            rows.append({"label": str(PART_WORDS[fill.part]), "value": words})
    return CardFilled(held.id, values, rows, _notes(held)) if values else None


def _notes(held: CardHeld) -> list[str]:
    day = today(context.terminal().clock)
    notes = []
    if held.text.validity(day) is Validity.OVER and held.text.until:
        until = held.text.until
        notes.append(
            _("这张证件%(year)s年%(month)s月%(day)s日到期了。可以接着办，办理机关可能要看新的证件。",
              year=until.year, month=until.month, day=until.day)
        )  # fmt: skip
    if held.text.has_rare:
        notes.append(_("姓名里有的字这台机器显示不出来，按证件上的原样提交；也可以清空，自己写。"))
    return notes


def sent(found: CardFilled | None) -> dict[str, Any]:
    """Return how a form is filled when its page was sent with what was read: that, on top of what was typed."""
    if request.method != "POST" or found is None or request.form.get(READING) != found.id:
        return {}
    fields = MultiDict(request.form)
    for name, value in found.values.items():
        fields.setlist(name, [value])
    return {"formdata": fields}


def is_gone(found: CardFilled | None) -> bool:
    """Return whether the page was sent with what was read, and that is not here any more."""
    return request.method == "POST" and bool(request.form.get(READING)) and (found is None)


def settle(form_begun: Begun, questions: Sequence[Question]) -> None:
    """Forget what was read once no question of the form waits for it."""
    cards, answers = context.terminal().readers.cards, form_begun.answers
    waits = any(
        one.card_blanks(answers) and not is_done(one, answers) for one in asked_of(questions, answers)
    )
    if cards is not None and not waits:
        cards.drop(_visit())


def wait() -> str | Response:
    """Show where to lay the card and what is read of it; `state` asks for the present words alone."""
    asked, cards = session.get(CARD), context.terminal().readers.cards
    if asked is None or cards is None:
        return redirect(url_for("terminal.home"), 303)
    is_read = cards.held(_visit(), asked["form"]) is not None
    said = cards.said(_visit())
    if request.args.get("state"):
        go = asked["page"] if is_read or not said else ""
        return cast("Response", jsonify({"go": go, "words": str(status_words.WORDS.get(said, ""))}))
    if is_read or not said:
        return redirect(asked["page"], 303)
    return render_template(
        "intake/card.html",
        words=status_words.WORDS[said],
        is_waiting=said == status_words.NOT_LAID,
        parts=[PART_WORDS[part] for part in CardPart if part in asked["wanted"]],
        back=asked["page"],
    )


def laid() -> Response:
    """Wait a moment for the card that was laid down, or stop waiting; then go on."""
    asked, cards = session.get(CARD), context.terminal().readers.cards
    if asked is None or cards is None:
        return redirect(url_for("terminal.home"), 303)
    if request.form.get(CARD) == STOP:
        cards.drop(_visit())
        return redirect(asked["page"], 303)
    cards.held(_visit(), asked["form"], LAID_WAIT_S)
    return redirect(url_for("intake.card"), 303)


def _visit() -> str:
    return cast("SealedSession", session._get_current_object()).name  # type: ignore[attr-defined]  # flask's proxy
