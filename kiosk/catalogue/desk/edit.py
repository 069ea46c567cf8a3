"""Writing at the hub's desk: a new entry, a correction, an amendment that keeps the old text, the end of a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.catalogue.desk import draft, record_form, shown
from kiosk.catalogue.desk.draft import Draft
from kiosk.catalogue.desk.entry import Answer, found_entry, hand
from kiosk.catalogue.desk.forms import EndingForm
from kiosk.catalogue.pages import display
from kiosk.catalogue.publishing import actions, entries, lifecycle
from kiosk.catalogue.publishing.lifecycle import Ending
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.kinds import GROUPS, KINDS
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.record import changed as changed_record
from kiosk.catalogue.records.rules import DISCLOSURE, REASONS, canonical, check, digest, is_id
from kiosk.catalogue.records.schema import N_
from kiosk.catalogue.text import markup
from kiosk.clock import today
from kiosk.seen import ChangedMeanwhile, Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on, conflict
from kiosk.web.language.wording import gettext as _
from kiosk.web.unsent import form_drafts

LARGEST_FORM = 16_000_000
LARGEST_UPLOAD = 200_000_000
MOST_BOXES = 20_000
LONGEST_ASKED = 60


def add_to(pages: Blueprint) -> None:
    """Add the pages on which a record is written."""
    both = ["GET", "POST"]
    pages.add_url_rule("/new", "choose_kind", choose_kind)
    pages.add_url_rule("/new/<kind>", "new", new, methods=both)
    pages.add_url_rule("/pasted", "pasted", pasted, methods=["POST"])
    pages.add_url_rule("/edit/<path:doc_id>", "edit", edit, methods=both)
    pages.add_url_rule("/amend/<path:doc_id>", "amend", amend, methods=both)
    pages.add_url_rule("/repeal/<path:doc_id>", "repeal", repeal, methods=both)


def allow_long_texts(endpoint: str | None, _values: object) -> None:
    """Allow a publisher to submit whole documents; for everybody else the limit of all forms applies."""
    if access.may(Permission.APPROVE_CATALOGUE):
        is_upload = endpoint in ("catalogue_desk.imports", "catalogue_desk.attachments")
        request.max_content_length = LARGEST_UPLOAD if is_upload else LARGEST_FORM
        request.max_form_memory_size = LARGEST_FORM
        request.max_form_parts = MOST_BOXES


def choose_kind() -> Answer:
    """Show the choice of the new entry's kind."""
    access.require(Permission.APPROVE_CATALOGUE)
    groups = [(group, [kind for kind in KINDS.values() if kind.group == group]) for group in GROUPS]
    return render_template("catalogue/desk/choose_kind.html", groups=groups)


@acts_on(shown.new_entry, N_("保存，送审核"))
def new(kind: str, *, seen: Seen) -> Answer:
    """Show or store a new entry."""
    access.require(Permission.APPROVE_CATALOGUE)
    if kind not in KINDS:
        abort(404)
    base = lifecycle.new_record(kind)
    if lifecycle.is_new_id(kind, request.form.get("id", "")):
        base["id"] = request.form["id"]
    asked = request.args.get("asked", "").strip()[:LONGEST_ASKED]
    if asked:
        base["title"] = asked
        base["fields"] = {"asked": [asked]} if "asked" in KINDS[kind].schema else {}
    like = entries.found(request.args.get("like", ""))
    if like is not None and like.kind == kind:
        base = (
            lifecycle.next_year(base, like.content, today(hub().clock))
            if KINDS[kind].is_yearly
            else lifecycle.alike(base, like.content)
        )
    explained = request.args.get("of", "")
    if KINDS[kind].explains and is_id(explained):
        base["links"] = [{"rel": KINDS[kind].explains, "id": explained}]
    return _form(draft.begun(base, "new"), seen)


def pasted() -> Answer:
    """Return pasted HTML as text with its structure; nothing is stored."""
    access.require(Permission.APPROVE_CATALOGUE)
    return Response(markup.plain_text(request.form.get("html", "")), mimetype="text/plain")


@acts_on(shown.entry, N_("保存，送审核"))
def edit(doc_id: str, *, seen: Seen) -> Answer:
    """Show or store a correction: the document keeps its address, its old text is replaced."""
    access.require(Permission.APPROVE_CATALOGUE)
    return _form(draft.begun(found_entry(doc_id).content, "edit"), seen)


@acts_on(shown.entry, N_("保存，送审核"))
def amend(doc_id: str, *, seen: Seen) -> Answer:
    """Show or store a new version: the old text stays public as a document of its own."""
    access.require(Permission.APPROVE_CATALOGUE)
    found = found_entry(doc_id)
    if documents.one(doc_id) is None:
        abort(404)
    return _form(draft.begun(found.content, "amend"), seen)


def _form(begun: Draft, seen: Seen) -> Answer:
    if request.method == "GET":
        return _form_page(_with_draft(begun))
    written = draft.typed(begun, request.form)
    try:
        seen.hold()
        if written.faults or "preview" in request.form:
            return _form_page(written), 422 if written.faults else 200
        return _keep(written.record, written.act, written.reason, seen)
    except ChangedMeanwhile as changed:
        if written.act == "new" and _is_stored(written.record):
            return _after(written.record, written.act, is_changed=False)
        return _form_page(written, changed), 409


def _with_draft(begun: Draft) -> Draft:
    """Return what a form begins with: what was kept of it if the clerk goes on with that."""
    kept = form_drafts.here(_thing(begun.act, begun.record)).taken
    if kept is None:
        return begun
    record = begun.record
    if begun.act == "new" and lifecycle.is_new_id(begun.kind, kept.fields.get("id", "")):
        record = changed_record(record, id=kept.fields["id"])
    return replace(draft.typed(replace(begun, record=record), kept.fields), faults=())


def _thing(act: str, record: Record) -> str:
    """Return the name under which the drafts of a form are kept."""
    return f"new/{record['kind']}" if act == "new" else f"{act}/{record['id']}"


def _is_stored(record: Record) -> bool:
    """Return whether this very text waits already: the form was sent twice."""
    found = entries.found(record["id"])
    return found is not None and found.state == "waiting" and found.hash == digest(canonical(record))


def _form_page(written: Draft, changed: ChangedMeanwhile | None = None) -> str:
    """Show the form as it was filled in; `changed`: with the entry as the clerk saw it, and as it is by now."""
    controls = record_form.controls(written.kind, written.record, written.faults)
    if written.act == "edit":
        controls = [_with_file(each, written.id) for each in controls]
    return render_template(
        "catalogue/desk/form.html",
        draft=written,
        kept=form_drafts.here(_thing(written.act, written.record)),
        conflict=conflict(changed) if changed else None,
        touched=changed.now.touched() if changed else None,
        today=today(hub().clock),
        shown=shown.entry(written.id),
        kind=KINDS[written.kind],
        common=[each for each in controls if not each.name.startswith("fields.")],
        own=[each for each in controls if each.name.startswith("fields.")],
        faults=[(fault.where, REASONS.get(fault.code, fault.code)) for fault in written.faults],
        labels=record_form.labels(controls),
        disclosure=DISCLOSURE,
        preview=display.preview(written.record)
        if "preview" in request.form and not written.faults and not changed
        else None,
    )


def _with_file(control: record_form.Control, doc_id: str) -> record_form.Control:
    """Return a table control with the address of its file."""
    field = control.name.removeprefix("fields.")
    if control.shape not in ("table", "fixed") or field == control.name:
        return control
    return replace(control, href=url_for("catalogue_desk.table", field=field, doc_id=doc_id))


def _keep(record: Record, act: str, reason: str, seen: Seen) -> Answer:
    person = access.require(Permission.APPROVE_CATALOGUE)
    is_changed = actions.save(record, hand(person.name), act=act, reason=reason, seen=seen)
    return _after(record, act, is_changed=is_changed)


def _after(record: Record, act: str, *, is_changed: bool) -> Answer:
    form_drafts.end(_thing(act, record))
    flash(_("已保存，等另一位审核后发布。") if is_changed else _("没有改动。"))
    return redirect(url_for("catalogue_desk.entry", doc_id=record["id"]), 303)


@acts_on(
    shown.entry,
    N_("保存，送审核"),
    {
        "how": TypedField(N_("怎样变化"), lifecycle.ENDINGS),
        "on": TypedField(N_("从哪一天起")),
        "reason": TypedField(N_("理由")),
        "successor": TypedField(N_("代替它的文件")),
        "no_successor": TypedField(N_("没有文件代替它"), {"y": N_("是")}),
    },
)
def repeal(doc_id: str, *, seen: Seen) -> Answer:
    """
    Show or store the end of a document: how, when, why, and its replacement; it waits for approval like any change.
    """
    access.require(Permission.APPROVE_CATALOGUE)
    published = documents.one(doc_id)
    if published is None:
        abort(404)
    how = request.args.get("how")
    ends = published.content.get("valid_until", "") if how == "expired" else ""
    kept = form_drafts.here(f"repeal/{doc_id}").fields
    form = EndingForm(formdata=kept) if kept else EndingForm(how=how, on=ends)
    if request.method == "GET":
        return _repeal_page(published, form)
    seen.hold()
    if not form.validate_on_submit():
        return _repeal_page(published, form), 422
    asked = (request.form.get("meant", "") if form.successor.data else "") or form.successor.data or ""
    successor, candidates = _successor(asked, doc_id)
    if form.successor.data and not successor:
        form.successor.errors = [
            _("有几件都符合，请选一件，或者写完整的文号。") if candidates else _("没有找到已公开的这一件。")
        ]
        return _repeal_page(published, form, candidates), 422
    ending = Ending(form.how.data, form.on.data, form.reason.data.strip(), successor)
    record = lifecycle.ended(found_entry(doc_id).content, ending)
    faults = check(record)
    if faults:
        form.on.errors = [_(REASONS[faults[0].code])]
        return _repeal_page(published, form), 422
    return _keep(record, "repeal", ending.reason, seen)


def _repeal_page(published: Any, form: EndingForm, candidates: list[Any] | None = None) -> str:
    return render_template(
        "catalogue/desk/repeal.html",
        published=published,
        shown=shown.entry(published.doc_id),
        kept=form_drafts.here(f"repeal/{published.doc_id}"),
        today=today(hub().clock),
        form=form,
        candidates=candidates or [],
    )


def _successor(typed: str, doc_id: str) -> tuple[str, list[Any]]:
    """Return the id of the one published document that is meant, or the documents that may be meant."""
    found = (
        [each for each in documents.meant(typed.strip()) if each.doc_id != doc_id] if typed.strip() else []
    )
    return (found[0].doc_id, []) if len(found) == 1 else ("", found)
