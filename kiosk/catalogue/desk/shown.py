"""What the pages of the catalogue's desk show of each thing that can change: the version that an act on it names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from flask import request, url_for

from kiosk.catalogue.feedback import empty_searches, problems
from kiosk.catalogue.importing import uploads
from kiosk.catalogue.importing.importers import Report
from kiosk.catalogue.publishing import entries, sources
from kiosk.catalogue.publishing.entries import EntryFilter
from kiosk.catalogue.publishing.lifecycle import spread
from kiosk.catalogue.records import attachment
from kiosk.catalogue.records.kinds import KINDS, NAMED
from kiosk.catalogue.records.models import Entry, ImportBatch
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import COMMON, DISCLOSURE, GROUNDS
from kiosk.catalogue.records.schema import N_, Field, Type
from kiosk.catalogue.search import county_words
from kiosk.catalogue.search.words import LISTS, ListedWord
from kiosk.clock import from_stamp
from kiosk.seen import NOBODY, Lines, Shown, Touched
from kiosk.web.context import hub

STATES = {
    "waiting": N_("待审核"),
    "approved": N_("已审核"),
    "refused": N_("已退回"),
    "withdrawn": N_("已撤下"),
}
LISTED_ENTRIES = 200
"""Most entries of an import that are compared one by one by eye; all of them are compared by their hash."""


def _moment(at: str) -> datetime | None:
    return from_stamp(at) if at else None


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def entry(doc_id: str, **_further: object) -> Shown:
    """Return an entry as its pages show it."""
    found = entries.found(doc_id)
    return entry_shown(found) if found else Shown(name=f"entry/{doc_id}")


def entry_shown(found: Entry) -> Shown:
    """Return an entry as its pages show it: record, attachments, state, and who wrote and decided it when."""
    exact = (found.hash, found.act, found.proposed_at, found.decided_at, found.reviewed_on)
    return Shown(
        tuple((label, said) for label, said in _lines_of(found) if said),
        _hash(*exact),
        name=f"entry/{found.doc_id}",
        href=url_for("catalogue_desk.entry", doc_id=found.doc_id),
        touched=lambda: _last_hand(found),
    )


def _last_hand(found: Entry) -> Touched:
    at, by = max((found.proposed_at, found.proposed_by), (found.decided_at, found.decided_by))
    return Touched(by, _moment(at))


def _lines_of(found: Entry) -> Iterator[tuple[str, str]]:
    record = found.content
    yield N_("状态"), STATES[found.state]
    yield N_("公开属性"), DISCLOSURE[found.disclosure] if "disclosure" in record else N_("未定")
    yield N_("不予公开的依据"), GROUNDS.get(found.ground, found.ground)
    yield N_("定时发布"), found.publish_on
    yield N_("提交人"), found.proposed_by
    yield N_("审核人"), found.decided_by
    yield N_("理由"), found.note or found.reason
    yield from ((field.label, in_words(field, record.get(field.name))) for field in COMMON)
    yield from _own_lines(record)
    for each in attachment.of(record):
        yield N_("附件"), f"{each.at}. {each.name} {each.sha256[:12]} {each.url}".strip()


def in_words(described: Field, value: object) -> str:
    """Return a value of a record as text: a code in its words, a list a line each, money in yuan."""
    if isinstance(value, str):
        return (described.codes or {}).get(value, value)
    if described.type is Type.FEN and isinstance(value, int) and not isinstance(value, bool):
        return f"{value / 100:.2f}"
    return spread(value)


def _own_lines(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the fields of the record's kind; rows that name persons by their number and a hash."""
    fields = record.get("fields") or {}
    schema: dict[str, Field] = KINDS[record["kind"]].schema
    for name, described in schema.items():
        value = fields.get(name)
        if name == NAMED and value:
            yield described.label, f"{len(value.get('rows') or [])} · {_hash(value)[:12]}"
        else:
            yield described.label, in_words(described, value)


def new_entry(kind: str) -> Shown:
    """Return what there is under the id that a form for a new entry was given: nothing, the first time."""
    return entry(request.form.get("id", ""))


def batch() -> Shown:
    """Return the waiting entries of the import that the form names."""
    found = entries.batch(request.form.get("batch", 0, type=int))
    return batch_shown(found) if found else Shown(name="batch/")


def batch_shown(found: ImportBatch) -> Shown:
    """Return the waiting entries of an import: how many are public already, and each with its hash."""
    waiting = list(entries.stream(EntryFilter("waiting", batch=found.id)))
    sourced, others = sources.of_batch(found.id, hub().settings.public_sites)
    lines: Lines = (
        (N_("文件"), found.name),
        (N_("待审核"), str(len(waiting))),
        (N_("网站上已公开"), str(len(sourced))),
        (N_("没有公开过"), str(len(others))),
    )
    if len(waiting) <= LISTED_ENTRIES:
        lines += tuple(
            (each.title, f"{each.proposed_by} {len(attachment.of(each.content))} · {each.hash[:12]}")
            for each in waiting
        )
    return Shown(
        lines,
        _hash(*((each.doc_id, each.hash, each.act) for each in waiting)),
        name=f"batch/{found.id}",
        href=url_for("catalogue_desk.waiting", batch=found.id),
        touched=lambda: _last_of_batch(found.id),
    )


def _last_of_batch(batch_id: int) -> Touched:
    of_batch = entries.stream(EntryFilter(batch=batch_id))
    return max((_last_hand(each) for each in of_batch), key=lambda each: str(each.at), default=NOBODY)


def word() -> Shown:
    """Return the line of the word that the form names."""
    form, typed = request.form.get("form", ""), request.form.get("word", "")
    return word_shown(county_words.one(form, county_words.plain(typed)), form)


def word_shown(found: ListedWord | None, form: str) -> Shown:
    """Return the line of a word; nothing for one that is in no list yet."""
    if found is None:
        return Shown(name="word/", href=url_for("catalogue_desk.words", form=form or None))
    lines = ((N_("日常说法"), found.word), (N_("正式名称"), found.meaning), (N_("状态"), found.status))
    return Shown(
        lines,
        name=f"word/{found.form}/{found.word}",
        href=url_for("catalogue_desk.words", form=found.form, word=found.word),
        touched=lambda: _word_touched(found),
    )


def _word_touched(found: ListedWord) -> Touched:
    by, at = county_words.last_decision(found.form, found.word)
    return Touched(by, _moment(at))


def word_list() -> Shown:
    """Return all words as they hold: what an imported table changes."""
    lines = [
        (N_("词语") if form == "term" else N_("同义词"), str(len(county_words.listed(form))))
        for form in LISTS
    ]
    by, at = county_words.last_decision()
    return Shown(
        (*lines, (N_("改过"), county_words.mark())),
        county_words.mark(),
        name="words",
        href=url_for("catalogue_desk.words"),
        touched=lambda: Touched(by, _moment(at)),
    )


def search() -> Shown:
    """Return how often the words of the form were searched without a result."""
    settings = hub().settings
    typed = empty_searches.countable(request.form.get("words", ""))
    for each in empty_searches.listed(settings.silent_least, settings.silent_days):
        if each.words == typed:
            return search_shown(each)
    return Shown(name=f"search/{typed}", href=url_for("catalogue_desk.searches"))


def search_shown(found: empty_searches.EmptySearch) -> Shown:
    """Return how often words were searched without a result, on how many days, and when last."""
    lines = (
        (N_("查的词"), found.words),
        (N_("次数"), str(found.many)),
        (N_("天数"), str(found.days)),
        (N_("最近一次"), found.last),
    )
    return Shown(lines, name=f"search/{found.words}", href=url_for("catalogue_desk.searches"))


def reports(doc_id: str) -> Shown:
    """Return the open reports of a document."""
    lines = tuple(
        (problems.WHATS[each.what], f"{each.words} ×{each.many} {each.last}".strip())
        for each in problems.of(doc_id)
    )
    return Shown(
        lines,
        name=f"problem/{doc_id}",
        href=url_for("catalogue_desk.problem", doc_id=doc_id),
        touched=lambda: _settled(doc_id),
    )


def _settled(doc_id: str) -> Touched:
    for each in problems.settled(doc_id):
        return Touched(each.by, _moment(each.on))
    return NOBODY


def upload(token: str) -> Shown:
    """Return an uploaded file with the mapping chosen for it."""
    found = uploads.found(hub().home, token)
    if found is None:
        return Shown(name=f"upload/{token}", href=url_for("catalogue_desk.imports"))
    chosen = uploads.mapping(found.mapping) if found.mapping else None
    lines = ((N_("文件"), found.name), (N_("栏目对照"), found.mapping))
    return Shown(
        lines,
        _hash(chosen.as_json() if chosen else ""),
        name=f"upload/{token}",
        href=url_for("catalogue_desk.upload", token=token),
        touched=lambda: _mapping_touched(found.mapping),
    )


def import_shown(token: str, report: Report) -> Shown:
    """Return an uploaded file with what its import does to the entries as they are."""
    file = upload(token)
    counts = ((N_("新增"), report.created), (N_("改动"), report.changed), (N_("没变"), report.unchanged))
    lines = (*file.lines, *((label, str(many)) for label, many in counts))
    return replace(file, lines=lines, exact=_hash(file.exact, report.against))


def mappings(token: str) -> Shown:
    """Return an uploaded file with all saved mappings: what the page of mappings shows."""
    file, names = upload(token), uploads.mapping_names()
    kept = {name: uploads.mapping(name) for name in names}
    specs = [(name, found.as_json()) for name, found in kept.items() if found]
    lines = (*file.lines, (N_("存好的对照"), "\n".join(names)))
    return replace(file, lines=lines, exact=_hash(file.exact, specs), name=f"mappings/{token}")


def _mapping_touched(name: str) -> Touched:
    by, at = uploads.mapping_saved(name)
    return Touched(by, _moment(at))
