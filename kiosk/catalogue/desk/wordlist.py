"""The words of the search at the hub's desk: reviewed, corrected, added, dropped; exported and imported as a table."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from kiosk.catalogue.desk import shown
from kiosk.catalogue.desk.entry import Answer, hand
from kiosk.catalogue.records.schema import N_
from kiosk.catalogue.search import county_words
from kiosk.catalogue.search.county_words import REVIEWED, STATUSES, WrongLine
from kiosk.catalogue.search.words import PAIR, TERM, ListedWord
from kiosk.errors import RuleBroken
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import ngettext

ROWS = 50
MOST_SHOWN = 50
LONGEST_TABLE = 4_000_000
"""Most bytes of a table of words: many times the lists of the product."""
FORMS = {PAIR: N_("同义词"), TERM: N_("词语")}
STATUS_WORDS = {"needs_review": N_("待审核"), "reviewed": N_("已审核"), "dropped": N_("不用")}
WHY = {
    "word-form": N_("只能是2到20个汉字、字母或数字。"),
    "word-itself": N_("日常说法和正式名称不能是同一个词。"),
    "meanings-missing": N_("请写正式名称。"),
    "meanings-many": N_("正式名称最多6个。"),
    "weight-wrong": N_("权重是1到100的整数。"),
    "status-wrong": N_("状态只能是 needs_review、reviewed 或 dropped。"),
    "columns-wrong": N_("应有四栏：form、word、meaning、status，用制表符隔开；form 是 pair 或 term。"),
    "word-twice": N_("这个词在表里出现了两次。"),
    "not-text": N_("这个文件不是 UTF-8 文本。"),
    "too-many-lines": N_("表太长，最多20000行。"),
    "too-large": N_("文件太大。"),
}


def add_to(pages: Blueprint) -> None:
    """Add the pages of words."""
    pages.add_url_rule("/words", "words", words)
    pages.add_url_rule("/words", "keep_word", keep_word, methods=["POST"])
    pages.add_url_rule("/words/mark", "mark_word", mark_word, methods=["POST"])
    pages.add_url_rule("/words/import", "import_words", import_words, methods=["POST"])
    pages.add_url_rule("/words.tsv", "words_table", words_table)


def _form_asked(given: str | None) -> str:
    return given if given in FORMS else PAIR


def words() -> Answer:
    """Show one list of words, by status and a piece of text; with `word`, the form to correct or add that word."""
    access.require(Permission.APPROVE_CATALOGUE)
    return _page()


def _page(typed: ListedWord | None = None, broken: str = "", wrong: list[WrongLine] | None = None) -> str:
    form = typed.form if typed else _form_asked(request.args.get("form"))
    status, part = request.args.get("status", ""), request.args.get("q", "").strip()[:20]
    every = county_words.listed(form)
    found = [
        (each, own)
        for each, own in every
        if (status not in STATUSES or each.status == status) and (part in each.word or part in each.meaning)
    ]
    asked_for = request.args.get("word", "").strip()[:20]
    if typed is None and asked_for:
        typed = county_words.one(form, asked_for) or ListedWord(form, asked_for, "", REVIEWED)
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "catalogue/desk/words.html",
        forms=FORMS,
        statuses=STATUS_WORDS,
        asked={"form": form, "status": status if status in STATUSES else "", "q": part},
        counts={name: sum(each.status == name for each, _own in every) for name in STATUSES},
        shown=found[(page - 1) * ROWS : page * ROWS],
        total=len(found),
        page=page,
        has_more=len(found) > page * ROWS,
        typed=typed,
        typed_shown=shown.word_shown(
            county_words.one(form, county_words.plain(typed.word)) if typed else None, form
        ),
        word_shown=shown.word_shown,
        list_shown=shown.word_list(),
        broken=WHY.get(broken, ""),
        wrong=(wrong or [])[:MOST_SHOWN],
        wrong_many=len(wrong or []),
        why=WHY,
    )


@acts_on(shown.word, N_("保存"), {"word": TypedField(N_("日常说法")), "meaning": TypedField(N_("正式名称"))})
def keep_word(*, seen: Seen) -> Answer:
    """Store an added or corrected word; a clerk's word counts as reviewed."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    form = _form_asked(request.form.get("form"))
    word, meaning = request.form.get("word", "")[:100], request.form.get("meaning", "")[:400]
    try:
        kept = county_words.tidy(form, word, meaning)
    except RuleBroken as broken:
        return _page(ListedWord(form, word, meaning, REVIEWED), broken.code), 422
    county_words.decide([kept], hand(person.name), seen)
    flash(_("已保存“%(word)s”，下次同步后各终端就用上。", word=kept.word))
    return redirect(url_for("catalogue_desk.words", form=form), 303)


@acts_on(shown.word, N_("改状态"), {"status": TypedField(N_("状态"), STATUS_WORDS)})
def mark_word(*, seen: Seen) -> Answer:
    """Mark a listed word as reviewed or dropped, or restore it."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    form, status = _form_asked(request.form.get("form")), request.form.get("status", "")
    if status not in STATUSES:
        return _page(), 422
    found = county_words.set_status(form, request.form.get("word", ""), status, hand(person.name), seen)
    if found is None:
        return _page(), 422
    flash(_("已记下：“%(word)s”%(status)s。", word=found.word, status=_(STATUS_WORDS[status])))
    q, shown = request.form.get("q") or None, request.form.get("shown") or None
    return redirect(url_for("catalogue_desk.words", form=form, q=q, status=shown), 303)


@acts_on(shown.word_list, N_("导入"))
def import_words(*, seen: Seen) -> Answer:
    """Import a table of words, completely or not at all."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    given = request.files.get("file")
    content = given.read(LONGEST_TABLE + 1) if given else b""
    if len(content) > LONGEST_TABLE:
        found, wrong = list[ListedWord](), [WrongLine(0, "too-large")]
    else:
        found, wrong = county_words.read_table(content)
    if wrong or not found:
        return _page(wrong=wrong or [WrongLine(0, "columns-wrong")]), 422
    many = county_words.decide(found, hand(person.name), seen)
    flash(ngettext("已导入，%(num)s个词有变化。", "已导入，%(num)s个词有变化。", many))
    return redirect(url_for("catalogue_desk.words"), 303)


def words_table() -> Answer:
    """Send all words as they hold, for a spreadsheet or another county."""
    access.require(Permission.APPROVE_CATALOGUE)
    answer = Response(county_words.export(), mimetype="text/tab-separated-values")
    answer.headers["Content-Disposition"] = "attachment; filename=words.tsv"
    return answer
