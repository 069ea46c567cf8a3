"""The letters of a case at the desk: the list, writing one, its page as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from kiosk.clock import today
from kiosk.disclosure import cases, lawful, steps
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.course import Course
from kiosk.disclosure.desk.letters.letter_forms import (
    DeliveredForm,
    LetterForm,
    LetterServiceForm,
    filled,
    form_of,
    typed_fields,
    words_of,
)
from kiosk.disclosure.desk.letters.letter_words import STATES, TONES, WAYS, name_of, sentence
from kiosk.disclosure.events import CaseAct
from kiosk.disclosure.letters import (
    case_words,
    drafting,
    enclosed,
    issuing,
    letterheads,
    models,
    redaction,
    wordings,
)
from kiosk.disclosure.letters.drafting import CaseKey
from kiosk.disclosure.letters.kinds import CUT, KINDS, KindRow, To
from kiosk.disclosure.letters.models import CaseLetter, LetterState
from kiosk.disclosure.letters.page import faces
from kiosk.disclosure.letters.redaction import GROUNDS
from kiosk.disclosure.letters.step_facts import act_of
from kiosk.disclosure.outcomes import OUTCOMES
from kiosk.errors import KioskError, NotFound, Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.desk.views import Answer, work
from kiosk.seen import Seen, Shown, Touched
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.unsent import form_drafts

PDF = "application/pdf"
SOURCES = {
    "terminal": "自助终端",
    "counter": "当面",
    "signed-post": "邮寄（签收）",
    "post": "邮寄（平常信函）",
    "email": "电子邮件",
    "fax": "传真",
    "website": "政府网站",
}
"""The channel of a request as the register sheet names it."""


def add_to(pages: Blueprint) -> None:
    """Add the pages of letters below a case."""
    pages.add_url_rule("/<number>/letters", "letters", letters)
    pages.add_url_rule("/<number>/letters/new/<letter_kind>", "new_letter", new, methods=["GET", "POST"])
    pages.add_url_rule("/<number>/letters/<int:seq>", "one_letter", show)
    pages.add_url_rule("/<number>/letters/<int:seq>/edit", "edit_letter", edit, methods=["GET", "POST"])
    pages.add_url_rule("/<number>/letters/<int:seq>/preview.pdf", "letter_preview", preview)
    pages.add_url_rule("/<number>/letters/<int:seq>/letter.pdf", "letter_page", page)
    pages.add_url_rule("/<number>/letters/<int:seq>/scan", "letter_scan", scan)
    pages.add_url_rule("/<number>/letters/<int:seq>/files/<int:file>", "letter_file", file)


def letter_shown(number: str, seq: int, **_more: int) -> Shown:
    """Return a letter as its page shows it in clear."""
    try:
        found = models.letter(seq, number)
    except NotFound:
        return Shown(name=f"letter/{number}/{seq}", href=url_for(".letters", number=number))
    lines = (
        (N_("文书"), found.row.title),
        (N_("状态"), STATES[found.state]),
        (N_("文号"), found.letter_no),
        (N_("写的人"), found.written_by),
        (N_("第几稿"), str(found.version)),
    )
    return Shown(
        lines,
        f"{found.scan_sha256} {sorted(found.service.items())} {found.approved_by}",
        name=f"letter/{number}/{seq}",
        href=url_for(".one_letter", number=number, seq=seq),
        touched=lambda: Touched(found.written_by, found.written_at),
    )


def case_of(number: str) -> Case:
    """Return the case of a page, or answer that there is none."""
    try:
        found = cases.case(number)
    except NotFound:
        abort(404)
    if not access.sees(found.organ_code):
        abort(404)
    return found


def letter_of(number: str, seq: int) -> CaseLetter:
    """Return the letter of a page, or answer that there is none."""
    case_of(number)
    try:
        return models.letter(seq, number)
    except NotFound:
        abort(404)


def key_of(key_id: str) -> CaseKey | None:
    """Return the key of this session that opens a case or a letter; None when it holds none."""
    person = access.signed_in()
    assert person is not None
    return CaseKey(key_id, person.reading_keys[key_id]) if key_id in person.reading_keys else None


def letters(number: str) -> Answer:
    """Show the letters of a case, and those that may be written now."""
    access.require(Permission.SEE_REQUESTS)
    return list_page(case_of(number))


def list_page(found: Case, problem: str = "") -> str:
    """Return the list of a case's letters."""
    head = letterheads.of_organ(found.organ_code)
    return render_template(
        "disclosure/desk/letters.html",
        case=found,
        letters=models.of_case(found.number),
        groups=_groups(found) if access.may(Permission.HANDLE_REQUESTS) else [],
        head=head,
        is_standard=faces.read(hub().settings.letter_fonts).is_standard,
        holds_key=key_of(sealed.key_of(found.number)) is not None,
        may_read=access.may(Permission.READ_PERSONAL),
        may_upload=_may_upload(found),
        states=STATES,
        name_of=name_of,
        tones=TONES,
        problem=problem,
    )


def _groups(found: Case) -> Sequence[tuple[str, Sequence[tuple[KindRow, str]]]]:
    """Return the kinds that may be written now, in groups, each with what the desk calls it."""
    course = cases.course_of(found.number, hub().calendar)
    open_now = [row for row in KINDS.values() if _is_open(found.number, row, course)]
    named = [(row, name_of(row)) for row in open_now]
    groups = (
        (_("办理中的文书"), [each for each in named if not each[0].is_answer]),
        (_("答复"), [each for each in named if each[0].is_answer]),
    )
    return [group for group in groups if group[1]]


def _may_upload(found: Case) -> bool:
    """Return whether the clerk may hand over an answer that was written elsewhere."""
    is_answered = CaseAct.SERVED in lawful.allowed(
        cases.course_of(found.number, hub().calendar), today(hub().clock)
    )
    return (
        is_answered and access.may(Permission.HANDLE_REQUESTS) and models.issued_answer(found.number) is None
    )


def _is_open(number: str, row: KindRow, course: Course) -> bool:
    """Return whether a letter may be written: its step is open, or it takes the place of one that was given up."""
    act = act_of(row)
    if act is None or issuing.replaced(number, row.name, course):
        return True
    return act in lawful.allowed(course, today(hub().clock))


def new(number: str, letter_kind: str) -> Answer:
    """Ask for what a new letter says, with what the case knows filled in; store the draft."""
    person = access.require(Permission.READ_PERSONAL)
    found, row = case_of(number), KINDS.get(letter_kind)
    if row is None:
        abort(404)
    key = key_of(sealed.key_of(number))
    if key is None:
        return list_page(found, problem=sentence("reading-key-missing")), 403
    thing = f"letter/{number}/new/{row.name}"
    form = form_of(row.name)() if request.method == "POST" else _begun(found, row)
    if isinstance(form, str):
        return list_page(found, problem=form), 409
    if request.method == "GET":
        return _form_page(found, row, _taken_up(row, thing, key) or form)
    if not form.validate():
        return _form_page(found, row, form), 422
    try:
        made = drafting.write(
            found, row.name, words_of(row, form), key, now=hub().clock.now(), by=person.name
        )
    except Refused as refused:
        return _form_page(found, row, form, problem=sentence(refused.code, refused.detail)), 422
    form_drafts.end(thing)
    flash(_("草稿已保存。请看预览。"))
    return redirect(url_for(".one_letter", number=number, seq=made.seq), code=303)


def _taken_up(row: KindRow, thing: str, key: CaseKey) -> LetterForm | None:
    """Return the form as it was left, if its writer goes on with that."""
    kept = form_drafts.here(thing, key.key_id).fields
    return form_of(row.name)(formdata=kept) if kept else None


def _begun(found: Case, row: KindRow) -> LetterForm | str:
    """Return the form of a new letter; a sentence where the case cannot be opened. The opening is logged."""
    person = access.require(Permission.READ_PERSONAL)
    wired = hub()
    try:
        opened = steps.open_sealed(found.number, person.reading_keys, person.name, wired.clock.now())
    except Refused as refused:
        return sentence(refused.code)
    course = cases.course_of(found.number, wired.calendar)
    values = case_words.values(
        found,
        course,
        opened,
        organ=wired.organ_name(found.organ_code),
        channel=SOURCES.get(found.source, found.source),
        clerk=person.name,
        calendar=wired.calendar,
    )
    words = drafting.begun(row, values)
    facts = case_words.facts(row, course, models.of_case(found.number))
    return filled(row, drafting.DraftWords(words.addressee, facts, words.body, words.copies))


@acts_on(letter_shown, N_("保存草稿"), typed_fields())
def edit(number: str, seq: int, *, seen: Seen) -> Answer:
    """Change what a draft says."""
    person = access.require(Permission.READ_PERSONAL)
    found = letter_of(number, seq)
    key = key_of(found.key_id)
    if key is None:
        return show_page(found, problem=sentence("reading-key-missing")), 403
    case, thing = case_of(number), f"letter/{number}/{seq}"
    if request.method == "GET":
        if found.state is not LetterState.DRAFT:
            return show_page(found, problem=sentence("letter-not-open")), 409
        issuing.opened(found, "draft", hub().clock.now(), person.name)
        words = drafting.read(found, key)
        cut = {CUT: "\n".join(covered_lines(found, key))} if not words.facts.get(CUT, " ") else {}
        form = filled(found.row, replace(words, facts={**words.facts, **cut}))
        return _form_page(case, found.row, _taken_up(found.row, thing, key) or form, found)
    form = form_of(found.kind)()
    if not form.validate():
        return _form_page(case, found.row, form, found), 422
    try:
        drafting.rewrite(
            found, words_of(found.row, form), key, now=hub().clock.now(), by=person.name, seen=seen
        )
    except RuleBroken as broken:
        return show_page(found, problem=sentence(broken.code)), 409
    except Refused as refused:
        return _form_page(case, found.row, form, found, sentence(refused.code, refused.detail)), 422
    form_drafts.end(thing)
    flash(_("草稿已保存。请看预览。"))
    return redirect(url_for(".one_letter", number=number, seq=seq), code=303)


def covered_lines(found: CaseLetter, key: CaseKey) -> list[str]:
    """Return what is covered in the files of a letter, a line a file, as the letter lists what is not open."""
    made = []
    for kept in models.files(found.seq):
        covered = redaction.of_file(kept, key)
        if not covered.marks:
            continue
        title = covered.name or redaction.original(found, key, kept.seq)[0]
        places = "；".join(
            f"第{page}页{many}处，{GROUNDS[ground].words.source}（条例{GROUNDS[ground].article.source}）"
            for page, ground, many in redaction.by_ground(covered)
        )
        made.append(f"《{PurePath(title).stem}》遮盖：{places}。")
    return made


def _form_page(
    case: Case, row: KindRow, form: LetterForm, found: CaseLetter | None = None, problem: str = ""
) -> str:
    thing = f"letter/{case.number}/{found.seq if found else f'new/{row.name}'}"
    return render_template(
        "disclosure/desk/letter_form.html",
        case=case,
        row=row,
        form=form,
        letter=found,
        has_addressee=row.to is not To.FILE,
        outcome=OUTCOMES[row.outcome] if row.outcome else None,
        shown=letter_shown(case.number, found.seq) if found else None,
        kept=form_drafts.here(thing, found.key_id if found else sealed.key_of(case.number)),
        today=today(hub().clock),
        wording=wordings.current(row.name),
        problem=problem,
    )


def show(number: str, seq: int) -> Answer:
    """Show a letter in clear: its state, number and days, and what can be done with it."""
    access.require(Permission.SEE_REQUESTS)
    return show_page(letter_of(number, seq))


def show_page(found: CaseLetter, problem: str = "", **forms: object) -> str:
    """Return the page of a letter; `forms` come back with their faults."""
    person = access.signed_in()
    assert person is not None
    key = key_of(found.key_id)
    day = today(hub().clock)
    return render_template(
        "disclosure/desk/letter.html",
        case=case_of(found.number),
        letter=found,
        row=found.row,
        shown=letter_shown(found.number, found.seq),
        files=enclosed.listed(found, key) if key else [],
        covered=covered_lines(found, key) if key else [],
        needs_approval=issuing.needs_approval(found, letterheads.of_organ(found.organ_code)),
        head=letterheads.of_organ(found.organ_code),
        holds_key=key is not None,
        may_handle=access.may(Permission.HANDLE_REQUESTS),
        is_own=found.written_by == person.name,
        states=STATES,
        name_of=name_of,
        tones=TONES,
        ways=WAYS,
        service_form=forms.get("service_form") or LetterServiceForm(formdata=None, on=day),
        delivered_form=forms.get("delivered_form") or DeliveredForm(formdata=None, on=day),
        form=forms.get("service_form") or forms.get("delivered_form"),
        problem=problem,
    )


def preview(number: str, seq: int) -> Answer:
    """Send the page of a draft as PDF; nothing of it is kept."""
    person = access.require(Permission.READ_PERSONAL)
    found = letter_of(number, seq)
    key = key_of(found.key_id)
    if key is None or not found.is_open:
        abort(403 if key is None else 404)
    try:
        made = issuing.preview(found, key, work(), hub().settings.letter_fonts, by=person.name)
    except Refused as refused:
        return show_page(found, problem=sentence(refused.code, refused.detail)), 409
    return _sent(made, PDF, f"{number}-{seq}.pdf")


def page(number: str, seq: int) -> Answer:
    """Send the issued page."""
    return _part(number, seq, "page")


def scan(number: str, seq: int) -> Answer:
    """Send the stamped scan."""
    return _part(number, seq, "scan")


def _part(number: str, seq: int, part: str) -> Answer:
    person = access.require(Permission.READ_PERSONAL)
    found = letter_of(number, seq)
    key = key_of(found.key_id)
    if key is None:
        abort(403)
    try:
        content = issuing.page_of(found, key, part, hub().clock.now(), person.name)
    except NotFound:
        abort(404)
    except KioskError:
        abort(409)
    kind = str(found.service.get("scan_type", PDF)) if part == "scan" else PDF
    return _sent(content, kind, f"{number}-{seq}")


def file(number: str, seq: int, file: int) -> Answer:
    """Send a file of a letter."""
    person = access.require(Permission.READ_PERSONAL)
    found = letter_of(number, seq)
    key = key_of(found.key_id)
    if key is None:
        abort(403)
    try:
        one = enclosed.one(found, key, file)
    except NotFound:
        abort(404)
    except RuleBroken as broken:
        return show_page(found, problem=sentence(broken.code)), 409
    issuing.opened(found, "file", hub().clock.now(), person.name)
    return _sent(one.content, one.type, f"{number}-{seq}-{file}")


def _sent(content: bytes, kind: str, name: str) -> Response:
    """Answer with a file that no cache keeps."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f"inline; filename={name}"}
    return Response(content, content_type=kind, headers=headers)
