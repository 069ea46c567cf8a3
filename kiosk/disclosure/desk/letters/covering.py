"""Covering areas of a file that goes with a letter: marked by hand, by words or by keyboard, then made and proven."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DecimalField, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from kiosk.disclosure.desk.letters.letter_views import case_of, key_of, letter_of, letter_shown, show_page
from kiosk.disclosure.desk.letters.letter_words import sentence
from kiosk.disclosure.letters import issuing, models, redaction
from kiosk.disclosure.letters.drafting import CaseKey
from kiosk.disclosure.letters.models import CaseLetter, LetterState
from kiosk.disclosure.letters.redaction import GROUNDS, LONGEST_WHY, CoveredArea, Ground, Redaction
from kiosk.errors import NotFound, Refused
from kiosk.intake.desk.views import Answer
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

SHEET_WIDTH, SMALL = 1400, 60
"""Pixels of a page on which boxes are drawn; of one that only says how many pages there are."""
HUNDRED = 100
LONGEST_WORDS = 60
_TYPED = {
    "page": TypedField(N_("页")),
    "left": TypedField(N_("离左边（百分比）")),
    "top": TypedField(N_("离上边（百分比）")),
    "width": TypedField(N_("宽（百分比）")),
    "height": TypedField(N_("高（百分比）")),
    "words": TypedField(N_("要遮盖的文字")),
    "ground": TypedField(N_("依据"), {each.value: row.words.source for each, row in GROUNDS.items()}),
    "why": TypedField(N_("补充说明")),
    "name": TypedField(N_("申请人看到的文件名")),
}
"""The fields of all these forms, for a page that shows what was typed."""


class _MarkForm(FlaskForm):
    """What every mark says: its ground, and more than that where the clerk wants to."""

    ground = RadioField(
        _l("依据"),
        choices=[SelectChoice(each.value, row.words) for each, row in GROUNDS.items()],
        validators=[InputRequired(_l("请选一项依据。"))],
        default=Ground.PRIVACY.value,
    )
    why = StringField(_l("补充说明（不写被遮盖的内容，可以不填）"), validators=[Length(max=LONGEST_WHY)])


def _share(label: str) -> DecimalField:
    fault = _l("请写0到100之间的数。")
    return DecimalField(
        _l(label), places=1, validators=[InputRequired(fault), NumberRange(0, HUNDRED, fault)]
    )


class AreaForm(_MarkForm):
    """An area of a page, in percent of it."""

    page = IntegerField(_l("页"), validators=[InputRequired()])
    left = _share("离左边（百分比）")
    top = _share("离上边（百分比）")
    width = _share("宽（百分比）")
    height = _share("高（百分比）")


class WordsForm(_MarkForm):
    """Words to cover wherever a PDF says them."""

    words = StringField(
        _l("要遮盖的文字"), validators=[InputRequired(_l("请填写。")), Length(max=LONGEST_WORDS)]
    )


def add_to(pages: Blueprint) -> None:
    """Add the pages of covering below a letter."""
    path = "/<number>/letters/<int:seq>/files/<int:file>/cover"
    pages.add_url_rule(path, "cover", cover)
    pages.add_url_rule(f"{path}/<int:at>.jpg", "cover_sheet", sheet)
    pages.add_url_rule(f"{path}/original", "cover_original", original)
    for name, view in (("area", add_area), ("words", add_words), ("remove", remove), ("make", make)):
        pages.add_url_rule(f"{path}/{name}", f"cover_{name}", view, methods=["POST"])


def _keyed(number: str, seq: int) -> tuple[CaseLetter, CaseKey, str]:
    """Return the letter, the key of this session that opens it, and who acts; answer 403 without one."""
    person = access.require(Permission.READ_PERSONAL)
    access.require(Permission.HANDLE_REQUESTS)
    found = letter_of(number, seq)
    key = key_of(found.key_id)
    if key is None:
        abort(403)
    return found, key, person.name


def _original(found: CaseLetter, key: CaseKey, file: int) -> tuple[str, str, bytes]:
    try:
        return redaction.original(found, key, file)
    except NotFound:
        abort(404)


def _covered(found: CaseLetter, key: CaseKey, file: int) -> Redaction:
    kept = next((each for each in models.files(found.seq) if each.seq == file), None)
    if kept is None:
        abort(404)
    return redaction.of_file(kept, key)


def cover(number: str, seq: int, file: int) -> Answer:
    """Show a page of a file with what is marked on it; the opening is logged."""
    found, key, name = _keyed(number, seq)
    if found.state is not LetterState.DRAFT:
        return show_page(found, problem=sentence("letter-not-open")), 409
    issuing.opened(found, "file", hub().clock.now(), name)
    try:
        return _page(found, key, file, request.args.get("page", 1, type=int))
    except Refused as refused:
        return show_page(found, problem=said(refused)), 409


def sheet(number: str, seq: int, file: int, at: int) -> Answer:
    """Send a page of the original as a picture that no cache keeps."""
    found, key, _name = _keyed(number, seq)
    _title, kind, content = _original(found, key, file)
    try:
        drawn = hub().file_sheet(content, kind, at, SHEET_WIDTH)
    except Refused:
        abort(404)
    return Response(drawn.content, content_type=drawn.type, headers={"Cache-Control": "no-store"})


def original(number: str, seq: int, file: int) -> Answer:
    """Send a file as it was brought; the opening is logged."""
    found, key, name = _keyed(number, seq)
    _title, kind, content = _original(found, key, file)
    issuing.opened(found, "original", hub().clock.now(), name)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f"inline; filename={number}-{seq}-{file}"}
    return Response(content, content_type=kind, headers=headers)


@acts_on(letter_shown, N_("遮盖一处"), _TYPED)
def add_area(number: str, seq: int, file: int, *, seen: Seen) -> Answer:
    """Mark an area of a page."""
    found, key, name = _keyed(number, seq)
    form = AreaForm()
    page = form.page.data or 1
    if not form.validate():
        return _page(found, key, file, page, area_form=form), 422
    sides = [float(each.data or 0) / HUNDRED for each in (form.left, form.top, form.width, form.height)]
    width, height = min(sides[2], 1 - sides[0]), min(sides[3], 1 - sides[1])
    mark = CoveredArea(page, sides[0], sides[1], width, height, Ground(form.ground.data), form.why.data or "")
    covered = _covered(found, key, file)
    return _kept(found, key, file, page, replace(covered, marks=(*covered.marks, mark)), name, seen)


@acts_on(letter_shown, N_("遮盖文字"), _TYPED)
def add_words(number: str, seq: int, file: int, *, seen: Seen) -> Answer:
    """Mark every place where a PDF says these words."""
    found, key, name = _keyed(number, seq)
    form, page = WordsForm(), request.form.get("page", 1, type=int)
    if not form.validate():
        return _page(found, key, file, page, words_form=form), 422
    _title, kind, content = _original(found, key, file)
    covered, ground, why = _covered(found, key, file), Ground(form.ground.data), form.why.data or ""
    try:
        places = hub().find_in_file(content, kind, form.words.data)
    except Refused as refused:
        return _page(found, key, file, page, problem=said(refused)), 409
    marks = [CoveredArea(int(on), left, top, wide, high, ground, why) for on, left, top, wide, high in places]
    new = [each for each in marks if each.area not in {known.area for known in covered.marks}]
    if not new:
        words = _("没有找到新的地方。扫描件和图片里没有文字，请画框遮盖。")
        return _page(found, key, file, page, words_form=form, problem=words), 422
    return _kept(found, key, file, page, replace(covered, marks=(*covered.marks, *new)), name, seen)


@acts_on(letter_shown, N_("去掉一处遮盖"))
def remove(number: str, seq: int, file: int, *, seen: Seen) -> Answer:
    """Take one mark away."""
    found, key, name = _keyed(number, seq)
    covered, at = _covered(found, key, file), request.form.get("at", -1, type=int)
    if not 0 <= at < len(covered.marks):
        abort(404)
    page = covered.marks[at].page
    marks = (*covered.marks[:at], *covered.marks[at + 1 :])
    return _kept(found, key, file, page, replace(covered, marks=marks), name, seen)


def _kept(
    found: CaseLetter, key: CaseKey, file: int, page: int, covered: Redaction, by: str, seen: Seen
) -> Answer:
    try:
        redaction.keep(found, key, file, covered, now=hub().clock.now(), by=by, seen=seen)
    except Refused as refused:
        return _page(found, key, file, page, problem=said(refused)), 409
    words = _("现在标了%(many)s处。标完以后按“做遮盖本”。", many=len(covered.marks))
    flash(words if covered.marks else _("没有要遮盖的了，这个文件原样附上。"))
    return _back(found, file, page)


@acts_on(letter_shown, N_("做遮盖本"), _TYPED)
def make(number: str, seq: int, file: int, *, seen: Seen) -> Answer:
    """Make the copy, have it proven, and keep it: from now on it is what goes with the letter."""
    found, key, by = _keyed(number, seq)
    covered, (title, kind, content) = _covered(found, key, file), _original(found, key, file)
    name = (request.form.get("name", "") or title).strip()
    if not covered.marks:
        return _page(found, key, file, 1, problem=sentence("marks-missing")), 409
    try:
        made = hub().redacted(content, kind, [each.area for each in covered.marks])
        if any(each in "".join(name.split()) for each in made.covered):
            return _page(found, key, file, 1, problem=_("文件名里还有遮盖的文字，请改一个名称。")), 422
        named = replace(covered, name=name)
        redaction.keep_copy(found, key, file, named, made.content, now=hub().clock.now(), by=by, seen=seen)
    except Refused as refused:
        return _page(letter_of(number, seq), key, file, 1, problem=said(refused)), 409
    flash(_("遮盖本做好了，核对过：文字层、图层、批注、附件、文件属性和以前的版本都没有带出来，框里全黑。"))
    if made.elsewhere:
        numbers = "、".join(map(str, made.elsewhere))
        flash(_("请再看一遍：遮盖的文字在第%(pages)s页还有没遮的地方。", pages=numbers), "wrong")
    return _back(found, file, 1)


def said(refused: Refused) -> str:
    """Return the sentence of a refusal."""
    known = sentence(refused.code, refused.detail)
    return known or _("这个文件打不开或者太复杂，遮盖不了。请打印出来遮盖，再扫描。")


def _back(found: CaseLetter, file: int, page: int) -> Answer:
    return redirect(url_for(".cover", number=found.number, seq=found.seq, file=file, page=page), code=303)


def _page(
    found: CaseLetter,
    key: CaseKey,
    file: int,
    page: int,
    *,
    problem: str = "",
    area_form: AreaForm | None = None,
    words_form: WordsForm | None = None,
) -> str:
    title, kind, content = _original(found, key, file)
    covered = _covered(found, key, file)
    kept = next(each for each in models.files(found.seq) if each.seq == file)
    pages = hub().file_sheet(content, kind, 1, SMALL).pages
    page = min(max(page, 1), pages)
    return render_template(
        "disclosure/desk/cover.html",
        case=case_of(found.number),
        letter=found,
        row=found.row,
        file=file,
        title=title,
        name=covered.name or title,
        pages=pages,
        page=page,
        marks=list(enumerate(covered.marks)),
        grounds=GROUNDS,
        is_made=bool(kept.copy_sha256),
        has_text=kind == "application/pdf",
        area_form=area_form or AreaForm(formdata=None, page=page, prefix=""),
        words_form=words_form or WordsForm(formdata=None),
        shown=letter_shown(found.number, found.seq),
        form=area_form or words_form,
        problem=problem,
    )
