"""Acts on a letter at the desk: handed over, approved, given back, issued, served, given up; files and the scan."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from kiosk.disclosure import cases, steps
from kiosk.disclosure.desk import form_paper
from kiosk.disclosure.desk.dossier_pages import file_words
from kiosk.disclosure.desk.letters.letter_forms import DeliveredForm, LetterServiceForm
from kiosk.disclosure.desk.letters.letter_views import (
    case_of,
    key_of,
    letter_of,
    letter_shown,
    list_page,
    show_page,
)
from kiosk.disclosure.desk.letters.letter_words import WAYS, sentence
from kiosk.disclosure.desk.rule_words import RULES
from kiosk.disclosure.desk.rule_words import sentence as rule_sentence
from kiosk.disclosure.events import ServiceWay
from kiosk.disclosure.letters import case_file, enclosed, issuing
from kiosk.disclosure.letters.drafting import CaseKey
from kiosk.disclosure.letters.models import CaseLetter
from kiosk.errors import Refused, RuleBroken
from kiosk.intake.attached.clean_files import CleanFile
from kiosk.intake.desk.views import Answer, work
from kiosk.intake.handling import Handling
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

LONG_FORMS = frozenset({"new_letter", "edit_letter", "letter_text"})
UPLOADS = frozenset({"letter_attach", "letter_keep_scan"})
LARGEST_FORM = 4_000_000
"""Most bytes of a letter's form: each character of the longest text takes nine in a browser's form, and its facts."""
LARGEST_UPLOAD = enclosed.MOST_BYTES + 100_000
WHY = {"why": TypedField(N_("理由"))}
SERVICE = {
    "way": TypedField(N_("送达方式"), {way.value: words for way, words in WAYS.items()}),
    "on": TypedField(N_("日期")),
    "proof": TypedField(N_("邮件号码，或者签收人的身份（不写姓名）")),
}
Act = Callable[[], object]


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the acts on letters below a case."""
    pages.url_value_preprocessor(_allow_more)
    of_letter: dict[str, Callable[..., Answer]] = {
        "hand-over": hand_over,
        "approve": approve,
        "give-back": give_back,
        "issue": issue,
        "void": void,
        "serve": serve,
        "delivered": delivered,
        "attach": attach,
        "detach": detach,
        "keep-scan": keep_scan,
    }
    for path, view in of_letter.items():
        name = f"letter_{path.replace('-', '_')}"
        pages.add_url_rule(f"/<number>/letters/<int:seq>/{path}", name, view, methods=["POST"])
    case_files = CaseFiles(handling)
    pages.add_url_rule("/<number>/case-file", "case_file", case_files.make, methods=["POST"])


def _allow_more(endpoint: str | None, _values: object) -> None:
    """Allow a clerk a long letter and a large file; both stay in memory: they must be on no disk in clear."""
    name = (endpoint or "").rpartition(".")[2]
    if name not in LONG_FORMS | UPLOADS or not access.may(Permission.HANDLE_REQUESTS):
        return
    asked = request._get_current_object()  # type: ignore[attr-defined]  # flask's proxy
    asked.max_content_length = LARGEST_UPLOAD if name in UPLOADS else LARGEST_FORM
    asked.max_form_memory_size = LARGEST_FORM
    asked._get_file_stream = lambda *_size, **_kind: io.BytesIO()


def said(refused: Refused) -> str:
    """Return the sentence of a refusal, of letters, steps or files."""
    words = sentence(refused.code, refused.detail)
    if not words and refused.code in RULES:
        words = rule_sentence(refused.code)
    return words or file_words(refused.code)


def _done(found: CaseLetter, act: Act, words: str) -> Answer:
    try:
        act()
    except Refused as refused:
        return show_page(found, problem=said(refused)), 409
    flash(words)
    return redirect(url_for(".one_letter", number=found.number, seq=found.seq), code=303)


def _keyed(number: str, seq: int) -> tuple[CaseLetter, CaseKey | None, str]:
    """Return the letter, the key of this session that opens it, and who acts."""
    person = access.require(Permission.READ_PERSONAL)
    found = letter_of(number, seq)
    return found, key_of(found.key_id), person.name


def _no_key(found: CaseLetter) -> Answer:
    return show_page(found, problem=sentence("reading-key-missing")), 403


@acts_on(letter_shown, N_("送审"))
def hand_over(number: str, seq: int, *, seen: Seen) -> Answer:
    """Hand a draft over to a second person."""
    found, key, name = _keyed(number, seq)
    if key is None:
        return _no_key(found)
    now = hub().clock.now()
    return _done(
        found, lambda: issuing.hand_over(found, key, now=now, by=name, seen=seen), _("已送审，等另一位审核。")
    )


@acts_on(letter_shown, N_("审核通过"))
def approve(number: str, seq: int, *, seen: Seen) -> Answer:
    """Approve a letter as the second person."""
    found, key, name = _keyed(number, seq)
    if key is None:
        return _no_key(found)
    now = hub().clock.now()
    return _done(found, lambda: issuing.approve(found, now=now, by=name, seen=seen), _("已通过，可以签发。"))


@acts_on(letter_shown, N_("退回修改"), WHY)
def give_back(number: str, seq: int, *, seen: Seen) -> Answer:
    """Give a letter back to be written again."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, why, now = letter_of(number, seq), request.form.get("why", ""), hub().clock.now()
    return _done(
        found, lambda: issuing.give_back(found, why, now=now, by=person.name, seen=seen), _("已退回修改。")
    )


@acts_on(letter_shown, N_("签发"))
def issue(number: str, seq: int, *, seen: Seen) -> Answer:
    """Issue a letter: its number, its page and the step of its case."""
    found, key, name = _keyed(number, seq)
    if key is None:
        return _no_key(found)
    fonts = hub().settings.letter_fonts
    return _done(
        found,
        lambda: issuing.issue(found, key, work(), fonts, by=name, seen=seen),
        _("已签发。打印、盖章以后送达。"),
    )


@acts_on(letter_shown, N_("作废"), WHY)
def void(number: str, seq: int, *, seen: Seen) -> Answer:
    """Give a letter up; its number stays taken."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, why, now = letter_of(number, seq), request.form.get("why", ""), hub().clock.now()
    return _done(
        found,
        lambda: issuing.void(found, why, now=now, by=person.name, seen=seen),
        _("已作废，理由留在记录里。"),
    )


@acts_on(letter_shown, N_("记下送达"), SERVICE)
def serve(number: str, seq: int, *, seen: Seen) -> Answer:
    """Note the service of a letter."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, form = letter_of(number, seq), LetterServiceForm()
    if not form.validate():
        return show_page(found, service_form=form), 422
    way, on, proof = ServiceWay(form.way.data), _day(form), form.proof.data or ""
    if way is ServiceWay.CODE:
        return _released(found, seen)
    return _done(
        found,
        lambda: issuing.serve(found, way, on, proof, by=person.name, work=work(), seen=seen),
        _("已记下送达。"),
    )


def _released(found: CaseLetter, seen: Seen) -> Answer:
    """Seal the answer for the citizen who has number and query code, which only this session knows."""
    person = access.require(Permission.READ_PERSONAL)
    key = key_of(found.key_id)
    if key is None:
        return _no_key(found)
    collected = issuing.Collected(person.reading_keys, hub().settings.identity_step)
    return _done(
        found,
        lambda: issuing.release_by_code(found, key, collected, by=person.name, work=work(), seen=seen),
        _("已放到终端，申请人凭编号和查询码领取。"),
    )


@acts_on(letter_shown, N_("记下签收日期"), {"on": TypedField(N_("签收日期"))})
def delivered(number: str, seq: int, *, seen: Seen) -> Answer:
    """Note when a posted letter was signed for."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, form = letter_of(number, seq), DeliveredForm()
    if not form.validate():
        return show_page(found, delivered_form=form), 422
    on = _day(form)
    return _done(
        found,
        lambda: issuing.delivered(found, on, by=person.name, work=work(), seen=seen),
        _("已记下签收日期，救济期限从这天起算。"),
    )


def _day(form: LetterServiceForm | DeliveredForm) -> date:
    day = form.on.data
    assert isinstance(day, date)
    return day


@acts_on(letter_shown, N_("添加附件"))
def attach(number: str, seq: int, *, seen: Seen) -> Answer:
    """Add a file to a draft."""
    found, key, name = _keyed(number, seq)
    if key is None:
        return _no_key(found)
    given, now = request.files.get("file"), hub().clock.now()
    if given is None or not given.filename:
        return show_page(found, problem=_("请选一个文件。")), 422
    title = given.filename

    def act() -> None:
        clean = taken(given)
        enclosed.attach(found, key, title, clean.type, clean.content, now=now, by=name, seen=seen)

    return _done(found, act, _("附件已添加。"))


@acts_on(letter_shown, N_("去掉附件"))
def detach(number: str, seq: int, *, seen: Seen) -> Answer:
    """Take a file away from a draft."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, which, now = letter_of(number, seq), request.form.get("file", 0, type=int), hub().clock.now()
    if which not in {each.seq for each in enclosed.kept(found)}:
        abort(404)
    return _done(
        found, lambda: enclosed.detach(found, which, now=now, by=person.name, seen=seen), _("附件已去掉。")
    )


@acts_on(letter_shown, N_("存为正本"))
def keep_scan(number: str, seq: int, *, seen: Seen) -> Answer:
    """Keep the stamped scan of a letter as the letter of record."""
    found, key, name = _keyed(number, seq)
    if key is None:
        return _no_key(found)
    given, now = request.files.get("file"), hub().clock.now()
    if given is None or not given.filename:
        return show_page(found, problem=_("请选一个文件。")), 422

    def act() -> None:
        clean = taken(given)
        enclosed.keep_scan(found, key, clean.type, clean.content, now=now, by=name, seen=seen)

    return _done(found, act, _("盖章扫描件已存为正本。"))


def taken(given: FileStorage) -> CleanFile:
    """
    Return an uploaded file, checked, a picture made again without what a camera wrote.

    Raises:
        Refused: why it is not taken.
    """
    return hub().clean_file(given.stream, given.filename or "")


class CaseFiles:
    """The view of a case's file."""

    def __init__(self, handling: Handling) -> None:
        self.handling = handling

    def make(self, number: str) -> Answer:
        """Send the file of a case as a zip, made in memory; the making is logged on disk before."""
        person = access.require(Permission.READ_PERSONAL)
        found = case_of(number)
        now = hub().clock.now()
        try:
            opened = steps.open_sealed(number, person.reading_keys, person.name, now)
            form = form_paper.page_of(self.handling, cases.case(number), opened)
            packed = case_file.made(number, person.reading_keys, now=now, by=person.name, form=form)
        except RuleBroken:
            raise
        except Refused as refused:
            return list_page(found, problem=said(refused)), 403
        headers = {"Cache-Control": "no-store", "Content-Disposition": f"attachment; filename={number}.zip"}
        return Response(packed, content_type="application/zip", headers=headers)
