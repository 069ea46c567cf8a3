"""What the letters of an organ say of it, and the text of each kind: edited at the desk."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from kiosk.clock import today
from kiosk.disclosure.desk.letters.letter_forms import WORD, ConfirmForm, HeadForm, head_form, words_by_kind
from kiosk.disclosure.desk.letters.letter_words import STYLES, name_of, sentence
from kiosk.disclosure.letters import kinds, letterheads, wordings
from kiosk.disclosure.letters.kinds import KINDS, KindRow
from kiosk.disclosure.letters.letterheads import Letterhead
from kiosk.disclosure.letters.page.letter_text import HeadStyle
from kiosk.disclosure.letters.remedies import RemedyPlaces
from kiosk.errors import NotFound, Refused
from kiosk.intake.desk.views import Answer
from kiosk.seen import Seen, Shown, Touched
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

HEAD = {
    "sign": TypedField(N_("机关代字")),
    **{WORD + rows[0].name: TypedField(N_("各种文书的代字")) for rows in words_by_kind().values()},
    "contact": TypedField(N_("联系方式")),
    "style": TypedField(N_("版头"), {style.value: words for style, words in STYLES.items()}),
    "needs_approval": TypedField(N_("签发前要另一位审核")),
    "review_organ": TypedField(N_("行政复议机关")),
    "review_address": TypedField(N_("复议机关收件地址")),
    "review_online": TypedField(N_("网上提交复议申请的渠道")),
    "court": TypedField(N_("管辖法院")),
    "court_address": TypedField(N_("法院地址")),
}
CONFIRMED = {"by_whom": TypedField(N_("司法局确认人")), "on": TypedField(N_("确认日期"))}


def add_to(pages: Blueprint) -> None:
    """Add the pages of heads and wordings below the desk of requests."""
    pages.add_url_rule("/letter-heads/<organ>", "letter_head", head, methods=["GET", "POST"])
    pages.add_url_rule("/letter-heads/<organ>/confirm", "confirm_head", confirm, methods=["POST"])
    pages.add_url_rule("/letter-texts", "letter_texts", texts)
    pages.add_url_rule("/letter-texts/<letter_kind>", "letter_text", text, methods=["GET", "POST"])
    pages.add_url_rule("/letter-texts/<letter_kind>/approve", "approve_text", approve, methods=["POST"])
    pages.add_url_rule("/letter-texts/<letter_kind>/refuse", "refuse_text", refuse, methods=["POST"])


def head_shown(organ: str) -> Shown:
    """Return what an organ's letters say of it."""
    found = letterheads.of_organ(organ)
    places = found.places
    lines = (
        (N_("机关代字"), found.sign),
        (
            N_("各种文书的代字"),
            "、".join(f"{KINDS[name].title}={word}" for name, word in found.words.items()),
        ),
        (N_("联系方式"), found.contact),
        (N_("版头"), STYLES[found.style]),
        (N_("签发前要另一位审核"), N_("是") if found.needs_approval else N_("否")),
        (N_("行政复议机关"), places.review_organ),
        (N_("复议机关收件地址"), places.review_address),
        (N_("网上提交复议申请的渠道"), places.review_online),
        (N_("管辖法院"), places.court),
        (N_("法院地址"), places.court_address),
        (N_("司法局确认"), f"{places.confirmed_by} {places.confirmed_on or ''}".strip()),
    )
    return Shown(
        lines,
        name=f"letter-head/{organ}",
        href=url_for(".letter_head", organ=organ),
        touched=lambda: letterheads.touched(organ),
    )


def text_shown(letter_kind: str) -> Shown:
    """Return the text of a kind in use, and the one that waits."""
    row = _row(letter_kind)
    used, waits = wordings.current(row.name), wordings.waiting(row.name)
    lines = (
        (N_("现用文字"), used.text),
        (N_("待批准的文字"), waits.text if waits else ""),
        (N_("提出的人"), waits.proposed_by if waits else ""),
    )
    newest = waits or used
    return Shown(
        lines,
        f"{used.version}",
        name=f"letter-text/{row.name}",
        href=url_for(".letter_text", letter_kind=row.name),
        touched=lambda: Touched(
            newest.approved_by or newest.proposed_by, newest.approved_at or newest.proposed_at
        ),
    )


@acts_on(head_shown, N_("保存文书设置"), HEAD)
def head(organ: str, *, seen: Seen) -> Answer:
    """Show or store what an organ's letters say of it."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found = _head(organ)
    if request.method == "GET":
        return _head_page(found, _head_form(found))
    form = head_form()()
    if not form.validate():
        return _head_page(found, form), 422
    letterheads.change(_head_of(organ, form), now=hub().clock.now(), by=person.name, seen=seen)
    flash(_("文书设置已保存。"))
    return redirect(url_for(".letter_head", organ=organ), code=303)


@acts_on(head_shown, N_("记下司法局已确认"), CONFIRMED)
def confirm(organ: str, *, seen: Seen) -> Answer:
    """Note that the county's legal office confirmed the remedies."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, form = _head(organ), ConfirmForm()
    if not form.validate():
        return _head_page(found, _head_form(found), form), 422
    now = hub().clock.now()
    try:
        letterheads.confirm(organ, form.by_whom.data, form.on.data, now=now, by=person.name, seen=seen)
    except Refused as refused:
        return _head_page(found, _head_form(found), form, sentence(refused.code)), 409
    flash(_("已记下。"))
    return redirect(url_for(".letter_head", organ=organ), code=303)


def _head(organ: str) -> Letterhead:
    """Return what an organ's letters say of it, or answer that there is none of that code here."""
    if not access.sees(organ):
        abort(404)
    return letterheads.of_organ(organ)


def _head_form(found: Letterhead) -> HeadForm:
    places = {name: getattr(found.places, name) for name in letterheads.REMEDY_FIELDS}
    own = {"sign": found.sign, "contact": found.contact, "style": found.style.value}
    words = {
        WORD + rows[0].name: found.words.get(rows[0].name, word) for word, rows in words_by_kind().items()
    }
    return head_form()(formdata=None, data={**own, "needs_approval": found.needs_approval, **places, **words})


def _words(form: HeadForm) -> dict[str, str]:
    """Return the words of the kinds of letters that are other ones than as shipped."""
    typed = {word: _plain(form[WORD + rows[0].name].data) for word, rows in words_by_kind().items()}
    return {
        row.name: typed[word]
        for word, rows in words_by_kind().items()
        if typed[word] not in ("", word)
        for row in rows
    }


def _head_of(organ: str, form: HeadForm) -> Letterhead:
    return Letterhead(
        organ,
        _plain(form.sign.data),
        _plain(form.contact.data),
        HeadStyle(form.style.data),
        bool(form.needs_approval.data),
        _words(form),
        _places(form),
    )


def _places(form: HeadForm) -> RemedyPlaces:
    return RemedyPlaces(
        review_organ=_plain(form.review_organ.data),
        review_address=_plain(form.review_address.data),
        review_online=_plain(form.review_online.data),
        court=_plain(form.court.data),
        court_address=_plain(form.court_address.data),
    )


def _plain(typed: str | None) -> str:
    return " ".join((typed or "").split())


def _head_page(
    found: Letterhead, form: HeadForm, confirm_form: ConfirmForm | None = None, problem: str = ""
) -> str:
    return render_template(
        "disclosure/desk/letter_head.html",
        head=found,
        organ=found.organ_code,
        form=form,
        words=[
            (form[WORD + rows[0].name], _("、").join(dict.fromkeys(_(row.title) for row in rows)))
            for rows in words_by_kind().values()
        ],
        confirm_form=confirm_form or ConfirmForm(formdata=None, on=today(hub().clock)),
        shown=head_shown(found.organ_code),
        problem=problem,
    )


def texts() -> Answer:
    """List the kinds of letters with the version of their text."""
    access.require(Permission.SEE_REQUESTS)
    rows = [
        (row, name_of(row), wordings.current(row.name), wordings.waiting(row.name)) for row in KINDS.values()
    ]
    return render_template("disclosure/desk/letter_texts.html", rows=rows)


@acts_on(text_shown, N_("提出这份文字"), {"text": TypedField(N_("文字"))})
def text(letter_kind: str, *, seen: Seen) -> Answer:
    """Show the texts of a kind; propose another one."""
    person = access.require(Permission.HANDLE_REQUESTS)
    row = _row(letter_kind)
    if request.method == "GET":
        return _text_page(row, wordings.current(row.name).text)
    typed = request.form.get("text", "")
    try:
        wordings.propose(row.name, typed, now=hub().clock.now(), by=person.name, seen=seen)
    except Refused as refused:
        return _text_page(row, typed, sentence(refused.code, refused.detail)), 422
    flash(_("已提出，等另一位批准。"))
    return redirect(url_for(".letter_text", letter_kind=row.name), code=303)


@acts_on(text_shown, N_("批准这份文字"))
def approve(letter_kind: str, *, seen: Seen) -> Answer:
    """Put the waiting text into use."""
    return _decide(letter_kind, wordings.approve, seen, N_("已启用新的文字。"))


@acts_on(text_shown, N_("不用这份文字"))
def refuse(letter_kind: str, *, seen: Seen) -> Answer:
    """Withdraw or refuse the waiting text."""
    return _decide(letter_kind, wordings.refuse, seen, N_("已去掉，原来的文字照用。"))


def _decide(letter_kind: str, act: Callable[..., None], seen: Seen, words: str) -> Answer:
    person = access.require(Permission.HANDLE_REQUESTS)
    row = _row(letter_kind)
    try:
        act(row.name, now=hub().clock.now(), by=person.name, seen=seen)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _text_page(row, wordings.current(row.name).text, sentence(refused.code)), 409
    flash(_(words))
    return redirect(url_for(".letter_text", letter_kind=row.name), code=303)


def _text_page(row: KindRow, typed: str, problem: str = "") -> str:
    person = access.signed_in()
    assert person is not None
    waits = wordings.waiting(row.name)
    return render_template(
        "disclosure/desk/letter_text.html",
        row=row,
        name=name_of(row),
        typed=typed,
        used=wordings.current(row.name),
        waits=waits,
        is_own=bool(waits and waits.proposed_by == person.name),
        versions=wordings.all_of(row.name),
        places=kinds.places(row),
        shown=text_shown(row.name),
        problem=problem,
    )


def _row(letter_kind: str) -> KindRow:
    row = KINDS.get(letter_kind)
    if row is None:
        abort(404)
    return row
