"""One entry at the hub's desk: how citizens will see it, what changes, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from kiosk import blobs
from kiosk.catalogue.attachments import store
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.desk import shown
from kiosk.catalogue.desk.forms import ApprovalForm, NoteForm
from kiosk.catalogue.feedback import problems
from kiosk.catalogue.pages import display
from kiosk.catalogue.pages.display import Fact
from kiosk.catalogue.publishing import actions, approval, entries, history, lifecycle
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records import attachment, documents
from kiosk.catalogue.records.attachment import Attachment
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.kinds import KINDS, NAMED
from kiosk.catalogue.records.models import Entry
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import DISCLOSURE, GROUNDS
from kiosk.catalogue.records.schema import N_
from kiosk.catalogue.text import passages
from kiosk.clock import today
from kiosk.errors import NotFound, RuleBroken
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response


def add_to(pages: Blueprint) -> None:
    """Add the pages of one entry."""
    pages.add_url_rule("/entries/<path:doc_id>", "entry", entry)
    for name, view in (
        ("approve", approve),
        ("refuse", refuse),
        ("withdraw", withdraw),
        ("unschedule", unschedule),
    ):
        pages.add_url_rule(f"/{name}/<path:doc_id>", name, view, methods=["POST"])


def hand(name: str) -> Hand:
    """Return the actor of a clerk's act, at this moment."""
    return Hand(name, hub().clock.now())


def may_be_alone() -> bool:
    """
    Return whether one publisher may approve their own entries: by the setting `single_approval`, while there is only
    one.
    """
    return hub().settings.single_approval and hub().how_many_publish() <= 1


def kept_files() -> ImportFiles:
    """Return the hub's files of attachments; an upload through a browser has no folder beside it."""
    return ImportFiles(blobs.of_home(hub().home), hub().settings.attachment_mb * 1_000_000)


def attached_rows(record: Record) -> list[tuple[Attachment, bool]]:
    """Return the attachments of a record, each with whether the hub has its file."""
    kept = kept_files().blobs
    return [
        (each, bool(each.sha256) and kept.path(each.sha256) is not None) for each in attachment.of(record)
    ]


def found_entry(doc_id: str) -> Entry:
    """Return the entry with this id; abort with 404 if there is none."""
    found = entries.found(doc_id)
    if found is None:
        abort(404)
    return found


def entry(doc_id: str) -> Answer:
    """Show one entry as citizens will see it, beside its published version."""
    access.require(Permission.APPROVE_CATALOGUE)
    found = found_entry(doc_id)
    return _entry_page(found, _approval_form(found), NoteForm(formdata=None))


def _approval_form(found: Entry) -> ApprovalForm:
    """Return the form of approval; nothing is preselected unless the entry says so itself."""
    return ApprovalForm(
        today=today(hub().clock),
        attribute=found.content.get("disclosure"),
        ground=found.ground or None,
        formdata=request.form if "attribute" in request.form or "publish_on" in request.form else None,
    )


def _entry_page(found: Entry, form: FlaskForm, note: NoteForm) -> str:
    record = found.content
    published = documents.one(found.doc_id)
    note.note.label.text = _("退回的理由") if found.state == "waiting" else _("撤下的理由")
    person = access.signed_in()
    return render_template(
        "catalogue/desk/entry.html",
        entry=found,
        record=record,
        kind=KINDS[found.kind],
        facts=shown_facts(record),
        names_until=((record.get("fields") or {}).get(NAMED) or {}).get("shown_until", ""),
        is_on_server=bool(hub().settings.database),
        history=history.of_entry(found),
        shown=shown.entry_shown(found),
        acts=history.ACTS,
        today=today(hub().clock),
        sections=display.sections(record),
        passages=passages.split(record["body"]),
        items=attached_rows(record),
        published=published,
        differences=_differences(found, record, published),
        is_own=person is not None and found.proposed_by == person.name,
        alone=may_be_alone(),
        disclosure=DISCLOSURE,
        grounds=GROUNDS,
        endings=lifecycle.ENDINGS,
        reported=problems.of(found.doc_id),
        whats=problems.WHATS,
        form=form if form.errors or not note.errors else note,
        approval=form,
        note=note,
    )


def shown_facts(record: Record) -> list[Fact]:
    """Return the facts shown to citizens, without an undecided attribute."""
    known = display.facts(record)
    return known if "disclosure" in record else [each for each in known if each.label != _("公开属性")]


def _differences(found: Entry, record: Record, published: Any) -> list[lifecycle.Difference]:
    if found.state != "waiting" or published is None:
        return []
    return lifecycle.differences(published.content, record)


_NOTE = TypedField(N_("理由"))


@acts_on(
    shown.entry,
    N_("通过"),
    {
        "attribute": TypedField(N_("公开属性"), DISCLOSURE),
        "ground": TypedField(N_("不予公开的依据"), GROUNDS),
        "publish_on": TypedField(N_("哪一天发布")),
    },
)
def approve(doc_id: str, *, seen: Seen) -> Answer:
    """Release one entry with its attribute, now or on a day."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    found = found_entry(doc_id)
    form = _approval_form(found)
    if not form.validate_on_submit():
        return _entry_page(found, form, NoteForm(formdata=None)), 422
    if form.attribute.data == "proactive" and store.missing(found.content, kept_files().blobs):
        return refused(RuleBroken("attachment-missing"))
    release = Release(form.attribute.data, form.ground.data or "", form.publish_on.data or "", may_be_alone())
    try:
        seq = approval.approve(doc_id, hand(person.name), release, seen)
    except RuleBroken as broken:
        return refused(broken)
    flash(_said(seq, release))
    further = (
        entries.next_waiting(found, "" if release.alone else person.name) if "next" in request.form else None
    )
    if further is not None:
        return redirect(url_for("catalogue_desk.entry", doc_id=further.doc_id), 303)
    return redirect(url_for("catalogue_desk.waiting"), 303)


def _said(seq: int | None, release: Release) -> str:
    if seq:
        return _("已发布，终端下次同步时更新。")
    if release.attribute == "proactive":
        return _("已审核，到定好的那一天发布。")
    return _("已审核。这一条不主动公开，不进入公开目录。")


@acts_on(shown.entry, N_("退回"), {"note": _NOTE})
def refuse(doc_id: str, *, seen: Seen) -> Answer:
    """Send an entry back with a note."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    return _with_note(doc_id, person.name, partial(actions.refuse, seen=seen), _("已退回。"))


@acts_on(shown.entry, N_("撤下"), {"note": _NOTE})
def withdraw(doc_id: str, *, seen: Seen) -> Answer:
    """Take a published document down."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    taken_down = _("已撤下，终端下次同步时删除。")
    return _with_note(doc_id, person.name, partial(actions.withdraw, seen=seen), taken_down)


def _with_note(doc_id: str, name: str, act: Callable[[str, str, Hand], None], said: str) -> Answer:
    found, note = found_entry(doc_id), NoteForm()
    if not note.validate_on_submit():
        return _entry_page(found, _approval_form(found), note), 422
    try:
        act(doc_id, note.note.data or "", hand(name))
    except NotFound:
        abort(404)
    except RuleBroken as broken:
        return refused(broken)
    flash(said)
    return redirect(url_for("catalogue_desk.waiting"), 303)


@acts_on(shown.entry, N_("取消定时"))
def unschedule(doc_id: str, *, seen: Seen) -> Answer:
    """Cancel a planned day."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    try:
        approval.unschedule(doc_id, hand(person.name), seen)
    except NotFound:
        abort(404)
    flash(_("已取消定时，这一条重新等待审核。"))
    return redirect(url_for("catalogue_desk.entry", doc_id=doc_id), 303)


def refused(broken: RuleBroken) -> Response:
    """Redirect to the desk with the reason in words."""
    sentences = {
        "not-waiting": _("这一条已经有人处理过了。"),
        "same-person": _("不能审核自己提交的内容，请另一位审核。"),
        "attribute-missing": _("有内容没有公开属性，先选定公开属性再通过。"),
        "ground-missing": _("不予公开要写明法律依据，请打开那一条单独审核。"),
        "not-published": _("这一条没有公开，不能这样处理。"),
        "attachment-missing": _("有附件的文件已经不在了，请重新上传再审核。"),
    }
    flash(sentences.get(broken.code, broken.code), "wrong")
    return redirect(url_for("catalogue_desk.waiting"), 303)
