"""The content of a record's page: the kind's schema decides what becomes rows, tables and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.catalogue.pages import shapes
from kiosk.catalogue.pages.shapes import Cell, Section
from kiosk.catalogue.pages.slips import first_sentences
from kiosk.catalogue.records.documents import Document, Related, by_ids
from kiosk.catalogue.records.kinds import KINDS, NAMED, Kind
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import DISCLOSURE, ENDED, SUCCESSORS
from kiosk.catalogue.records.schema import N_, Field, Type
from kiosk.catalogue.search import ways
from kiosk.catalogue.text import passages
from kiosk.catalogue.text.passages import Passage
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language

RELATIONS = {
    "replaced_by": N_("被它代替"),
    "replaces": N_("代替了"),
    "amended_by": N_("被它修改"),
    "amends": N_("修改了"),
    "repealed_by": N_("被它废止"),
    "repeals": N_("废止了"),
    "interpreted_by": N_("官方解读"),
    "interprets": N_("解读的文件"),
    "based_on": N_("依据的文件"),
    "basis_of": N_("以它为依据"),
    "published_in": N_("刊登在"),
    "contains": N_("本期刊登"),
    "part_of": N_("属于"),
    "has_part": N_("包括"),
    "result_of": N_("由它产生"),
    "led_to": N_("产生了"),
    "related": N_("相关内容"),
}
"""The words of each relation on the page, in the order in which they are shown."""


CLOSED = "closed"
"""The state of a closed account, whose address is not linked."""


@dataclass(frozen=True)
class Plain:
    """说给您听: sentences in everyday words, the articles they come from, and the interpretation that contains them."""

    sentences: tuple[str, ...]
    articles: tuple[str, ...]
    source: Document


def sections(record: Record) -> list[Section]:
    """Return the kind's own fields: first one table of short facts, then texts, lists and tables."""
    kind = KINDS[record["kind"]]
    values = record.get("fields") or {}
    titles = {found.doc_id: found.title for found in by_ids(_refs(kind.fields, values)).values()}
    facts: list[tuple[str, Cell]] = []
    further: list[Section] = []
    for field in kind.fields:
        value = values.get(field.name)
        if not field.shown or value in (None, "", [], {}) or _is_said(field, value, record, values):
            continue
        if shapes.is_fact(field):
            facts.append((_(field.label), shapes.cell(field, value, titles)))
        else:
            further.append(shapes.shaped(field, value, shapes.FieldContext(values, titles)))
    shown = shapes.joined(section for section in further if not section.is_empty)
    first = [Section("", "pairs", pairs=tuple(facts))] if facts else []
    return first + shown if not shown or shown[0].shape != "contact" else shown[:1] + first + shown[1:]


def around_text(kind: Kind, parts: list[Section]) -> tuple[list[Section], list[Section]]:
    """Return the sections before the text and those after it; an answer always comes first."""
    before = [part for part in parts if part.shape == "answer" or not kind.text_first]
    return before, [part for part in parts if part not in before]


def _is_said(field: Field, value: Any, record: Record, values: Mapping[str, Any]) -> bool:
    """Return whether the page shows this field elsewhere (in its title), or must not link it (a closed account)."""
    if field.type is Type.QR:
        return bool(values.get("state") == CLOSED)
    if field.type is Type.INT:
        return any(words.format(value) in record["title"] for words in ("{}年", "第{}期", "第{}项"))
    if field.name == "questions" and values.get("results"):
        return True  # each is shown above its results
    return field.type is Type.TEXT and not field.shape and not field.codes and value in record["title"]


def line(document: Document) -> list[Cell]:
    """Return the cells under a title in the list page of its kind."""
    return line_of(document.content)


def line_of(record: Record) -> list[Cell]:
    """Return the cells under the title of a record in the list page of its kind."""
    kind = KINDS[record["kind"]]
    values = record.get("fields") or {}
    schema = kind.schema
    cells = [(schema[name], shapes.cell(schema[name], values.get(name), {})) for name in kind.line]
    return [_labelled(field, cell) for field, cell in cells if cell.text]


def short_name(document: Document) -> str:
    """Return the short name of a document among many."""
    fields = document.content.get("fields") or {}
    return str(fields.get(document.described.short) or document.title)


def _labelled(field: Field, cell: Cell) -> Cell:
    """Return a day or a number together with its label, without which it says nothing."""
    if field.type in (Type.DATE, Type.INT):
        return Cell(_("%(label)s：%(value)s", label=_(field.label), value=cell.text))
    return cell


def value_words(kind: str, name: str, value: str) -> str:
    """Return a value of a list's choices in words."""
    field = KINDS[kind].schema.get(name)
    return _(field.codes[value]) if field and field.codes and value in field.codes else value


def _refs(fields: Iterable[Field], values: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for field in fields:
        value = values.get(field.name)
        if field.type is Type.REF and isinstance(value, str):
            found.append(value)
        elif field.type is Type.ROWS:
            for row in value or []:
                found += _refs(field.columns, row)
    return [each for each in dict.fromkeys(found) if each][:500]


@dataclass(frozen=True)
class Fact:
    """One row of the metadata table; a wide one has a line of its own."""

    label: str
    value: str
    is_wide: bool


def facts(record: Record) -> list[Fact]:
    """Return the metadata table of every document (LAW.md §8) without empty rows."""
    pairs = [
        (_("文号"), record.get("doc_no", "")),
        (_("索引号"), record.get("index_no", "")),
        (_("发文机关"), "、".join(record.get("issuers", []))),
        (_("成文日期"), _date(record.get("drawn_on"))),
        (_("发布日期"), _date(record.get("published_on"))),
        (_("施行日期"), _date(record.get("effective_on"))),
        (_("有效期至"), _date(record.get("valid_until"))),
        (
            _("主题"),
            "、".join(ways.in_words("topic", each, language().code) for each in record.get("topics", [])),
        ),
        (
            _("面向"),
            "、".join(
                ways.in_words("audience", each, language().code) for each in record.get("audience", [])
            ),
        ),
        (_("公开属性"), _(DISCLOSURE[record.get("disclosure", "proactive")])),
        (_("来源"), record.get("source", "")),
    ]
    return [Fact(label, value, shapes.is_wide(value)) for label, value in pairs if value]


@dataclass(frozen=True)
class Preview:
    """A record as citizens will see it, without what only a published one has."""

    facts: list[Fact]
    sections: list[Section]
    passages: list[Passage]


def preview(record: Record) -> Preview:
    """Return a record that nobody published yet as its page will show it."""
    return Preview(facts(record), sections(record), passages.split(record["body"]))


def _date(value: str | None) -> str:
    return date_words(value) if value else ""


def relations(document: Document, around: Related) -> list[tuple[str, list[Document]]]:
    """
    Return related documents by relation, in both directions; each once, by its closest relation.

    Documents in the directory of a gazette issue itself are left out.
    """
    found: dict[str, list[Document]] = {}
    values = document.content.get("fields") or {}
    directories = [field for field in document.described.fields if field.shape == "directory"]
    shown = set(_refs(directories, values))
    for rel in RELATIONS:
        for _rel, document in (each for each in around if each[0] == rel):
            if document.doc_id not in shown:
                shown.add(document.doc_id)
                found.setdefault(rel, []).append(document)
    return [(_(words), found[rel]) for rel, words in RELATIONS.items() if rel in found]


def plain(document: Document, around: Related) -> Plain | None:
    """Return the plain words for a document: its own, or those of a linked interpretation; never invented."""
    for source in [document, *(other for rel, other in around if rel == "interpreted_by")]:
        rows = (source.content.get("fields") or {}).get("plain")
        if rows:
            articles = tuple(dict.fromkeys(row["articles"] for row in rows if row.get("articles")))
            return Plain(tuple(row.get("text", "") for row in rows), articles, source)
    return None


MOST_EXPLAINED = 8
"""Questions and answers of an interpretation shown beside the text; all of them are on its own page."""


def explanations(around: Related) -> list[tuple[Document, Sequence[Mapping[str, Any]]]]:
    """Return the interpretations of a document, each with its first questions and answers, or its beginning."""
    found: list[tuple[Document, Sequence[Mapping[str, Any]]]] = []
    for rel, document in around:
        if rel == "interpreted_by":
            content = document.content
            asked = (content.get("fields") or {}).get("qa") or []
            begins = [{"answer": sentence} for sentence in first_sentences(content["body"])]
            found.append((document, list(asked[:MOST_EXPLAINED]) or begins))
    return found


def sentences(document: Document, around: Related) -> list[str]:
    """Return the sentences for the slip of a document: plain words, else its summary, else its beginning."""
    words = plain(document, around)
    if words:
        return list(words.sentences)
    record = document.content
    answer = (record.get("fields") or {}).get(KINDS[record["kind"]].answer, "")
    return first_sentences(answer or record.get("summary", "") or record["body"])


def successors(around: Related) -> list[Document]:
    """Return the documents that replaced or changed a document."""
    found = {document.doc_id: document for rel, document in around if rel in SUCCESSORS}
    return list(found.values())


def changed_on(record: Record) -> str:
    """Return the day of the last change of validity in words; empty if unknown."""
    day = last_change(record)
    return date_words(day) if day else ""


def last_change(record: Record) -> str:
    """Return the day of the last change of validity (2026-03-18); empty if unknown."""
    changes = (record.get("fields") or {}).get("changes") or []
    return max((change["on"] for change in changes if change.get("on")), default="")


def ended_sources(record: Record) -> list[Document]:
    """Return the documents no longer in force that an answer rests on; it must not be relied on then."""
    if not KINDS[record["kind"]].answer:
        return []
    rows = (record.get("fields") or {}).get("sources") or []
    ids = [row["id"] for row in rows if row.get("id")]
    ids += [link["id"] for link in record.get("links", []) if link["rel"] == "based_on"]
    return [document for document in by_ids(ids).values() if document.validity in ENDED]


def has_names(record: Record) -> bool:
    """Return whether the record has a list of persons that may not be shown here or now, or had one."""
    fields = record.get("fields") or {}
    return NAMED in fields or KINDS[record["kind"]].is_yearly
