"""A record as a page shows it: the kind's schema decides what becomes rows, tables and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import segno
from flask_babel import gettext as _

from kiosk.catalogue import ways
from kiosk.catalogue.kinds import KINDS, NAMED
from kiosk.catalogue.models import Document, Related, by_ids
from kiosk.catalogue.rules import DISCLOSURE, ENDED, SUCCESSORS
from kiosk.catalogue.schema import N_, Field, Type, read_day
from kiosk.catalogue.slips import first_sentences
from kiosk.web.i18n import date_words, language

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
"""How a relation reads on the page, in the order in which they are shown."""


TALK = ["question", "answer"]
CLOSED = "closed"
"""Nobody is led to an account that was closed."""
WIDEST_TABLE = 4
"""Columns that a portrait screen shows in lines of eight characters and more."""


@dataclass(frozen=True)
class Cell:
    """One value; `href` leads to another document."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Section:
    """
    A part of the page.

    shape: pairs (label, cell), table (headings, rows), cards (a table too wide for a screen: each row is a
    card of its own under the words of the columns `heads`, which tell the rows apart), talk (rows of question,
    answer and what they rest on), list (texts) or code (one text as a QR image).
    """

    title: str
    shape: str
    pairs: tuple[tuple[str, Cell], ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    texts: tuple[str, ...] = ()
    image: str = ""
    heads: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plain:
    """说给您听: sentences in everyday words, the articles they come from, and the interpretation that says them."""

    sentences: tuple[str, ...]
    articles: tuple[str, ...]
    source: Document


def sections(record: Mapping[str, Any]) -> list[Section]:
    """The kind's own fields: first what fits into one table of facts, then lists and tables."""
    kind = KINDS[record["kind"]]
    values = record.get("fields") or {}
    titles = {found.doc_id: found.title for found in by_ids(_refs(kind.fields, values)).values()}
    facts: list[tuple[str, Cell]] = []
    further: list[Section] = []
    for field in kind.fields:
        value = values.get(field.name)
        if not field.shown or value in (None, "", [], {}):
            continue
        if field.type is Type.TEXTS:
            further.append(Section(_(field.label), "list", texts=tuple(value)))
        elif field.type is Type.QR:
            if values.get("state") != CLOSED:
                further.append(Section(_(field.label), "code", texts=(value,), image=qr_image(value)))
        elif field.type is Type.FREE_ROWS:
            further.append(_free_table(field, value, values.get("columns") or []))
        elif field.type is Type.ROWS:
            further.append(_table(field, value, titles))
        elif field.type is Type.OBJECT:
            further.append(_group(field, value, titles))
        else:
            facts.append((_(field.label), _cell(field, value, titles)))
    first = [Section("", "pairs", pairs=tuple(facts))] if facts else []
    return first + [section for section in further if section.pairs or section.rows or section.texts]


def qr_image(text: str) -> str:
    """The code as an image; a fixed mask is read as well as the best one, and spares most of the time."""
    return str(segno.make(text, error="m", mask=3).svg_data_uri(scale=6, border=4))


def line(document: Document) -> list[str]:
    """What stands under a title in the list page of its kind."""
    kind = document.described
    values = document.content.get("fields") or {}
    schema = kind.schema
    told = (
        (schema[name], _cell(schema[name], values[name], {}).text) for name in kind.line if values.get(name)
    )
    return [_labelled(field, text) for field, text in told if text]


def _labelled(field: Field, text: str) -> str:
    """A day or a number says nothing without its label."""
    if field.type in (Type.DATE, Type.INT):
        return _("%(label)s：%(value)s", label=_(field.label), value=text)
    return text


def value_words(kind: str, name: str, value: str) -> str:
    """A value of a list's choices in words."""
    field = KINDS[kind].schema.get(name)
    return _(field.codes[value]) if field and field.codes and value in field.codes else value


def money(fen: int) -> str:
    """1,234.50 for 123450 fen."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}"


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


def _group(field: Field, value: Mapping[str, Any], titles: Mapping[str, str]) -> Section:
    pairs = tuple(
        (_(member.label), _cell(member, value[member.name], titles))
        for member in field.columns
        if member.shown and value.get(member.name) not in (None, "", [])
    )
    return Section(_(field.label), "pairs", pairs=pairs)


def _table(field: Field, value: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> Section:
    cells = [_led([_cell(column, row.get(column.name), titles) for column in field.columns]) for row in value]
    columns = [replace(column, label=_(column.label)) for column in field.columns]
    shape = "talk" if [column.name for column in columns[:2]] == TALK else ""
    return _of_rows(_(field.label), columns, cells, shape)


def _led(row: list[Cell]) -> list[Cell]:
    """A link to a text whose title stands in the row already is put on that title."""
    for at, link in enumerate(row):
        twin = next(
            (other for other, cell in enumerate(row) if cell.text == link.text and not cell.href), None
        )
        if link.href and twin is not None:
            row[twin], row[at] = link, Cell("")
    return row


def _of_rows(
    title: str, columns: Sequence[Field], cells: Sequence[Sequence[Cell]], shape: str = ""
) -> Section:
    """A table without its empty columns, as cards where it is too wide."""
    used = [at for at in range(len(columns)) if any(row[at].text for row in cells)]
    return Section(
        title,
        shape or ("cards" if len(used) > WIDEST_TABLE else "table"),
        headings=tuple(columns[at].label for at in used),
        rows=tuple(tuple(row[at] for at in used) for row in cells),
        heads=_telling(columns, used, cells),
    )


def _telling(
    columns: Sequence[Field], used: Sequence[int], cells: Sequence[Sequence[Cell]]
) -> tuple[int, ...]:
    """The first text columns that together tell the rows apart; the first one alone where three do not."""
    texts = [place for place, at in enumerate(used) if columns[at].type is Type.TEXT] or [0]
    for many in (1, 2, 3):
        words = {tuple(row[used[place]].text for place in texts[:many]) for row in cells} if used else set()
        if len(words) == len(cells):
            return tuple(texts[:many])
    return (texts[0],)


def _free_table(
    field: Field, value: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, str]]
) -> Section:
    """Columns as the record names them; without names, the keys of its first row."""
    told = columns or [{"key": key, "label": key, "type": "text"} for key in value[0]]
    typed = [Field(each["key"], each.get("label") or each["key"], _type(each.get("type"))) for each in told]
    return _of_rows(
        _(field.label),
        typed,
        [[_cell(column, row.get(column.name), {}) for column in typed] for row in value],
    )


def _type(name: str | None) -> Type:
    return Type(name) if name in ("int", "date", "fen") else Type.TEXT


def _cell(field: Field, value: Any, titles: Mapping[str, str]) -> Cell:
    if value in (None, "", []):
        return Cell("")
    if field.type is Type.REF:
        return Cell(titles[value], value) if value in titles else Cell("")
    if isinstance(value, list):
        return Cell("、".join(str(item) for item in value))
    if value == 0 and field.zero and not isinstance(value, bool):
        return Cell(_(field.zero))
    if isinstance(value, bool):
        return Cell(_("是") if value else _("否"))
    if field.type is Type.FEN and isinstance(value, int):
        return Cell(_("%(amount)s元", amount=money(value)))
    if field.type is Type.DATE and read_day(str(value)):
        return Cell(date_words(str(value)))
    if field.codes:
        return Cell(_(field.codes.get(value, value)))
    return Cell(str(value))


def facts(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """The metadata table of every document (LAW.md §8), rows without a value left out."""
    told = [
        (_("文号"), record.get("doc_no", "")),
        (_("索引号"), record.get("index_no", "")),
        (_("发文机关"), "、".join(record.get("issuers", []))),
        (_("成文日期"), _date(record.get("drawn_on"))),
        (_("发布日期"), _date(record.get("published_on"))),
        (_("施行日期"), _date(record.get("effective_on"))),
        (_("有效期至"), _date(record.get("valid_until"))),
        (_("主题"), "、".join(ways.in_words("topic", each, language()) for each in record.get("topics", []))),
        (
            _("面向"),
            "、".join(ways.in_words("audience", each, language()) for each in record.get("audience", [])),
        ),
        (_("公开属性"), _(DISCLOSURE[record.get("disclosure", "proactive")])),
        (_("来源"), record.get("source", "")),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


def _date(value: str | None) -> str:
    return date_words(value) if value else ""


def relations(around: Related) -> list[tuple[str, list[Document]]]:
    """Related documents under what they are to this one, in both directions; each once, by its closest relation."""
    found: dict[str, list[Document]] = {}
    shown: set[str] = set()
    for rel in RELATIONS:
        for _rel, document in (each for each in around if each[0] == rel):
            if document.doc_id not in shown:
                shown.add(document.doc_id)
                found.setdefault(rel, []).append(document)
    return [(_(words), found[rel]) for rel, words in RELATIONS.items() if rel in found]


def plain(document: Document, around: Related) -> Plain | None:
    """The plain words for a document: its own, or those of an interpretation linked to it; never invented."""
    for source in [document, *(other for rel, other in around if rel == "interpreted_by")]:
        rows = (source.content.get("fields") or {}).get("plain")
        if rows:
            articles = tuple(dict.fromkeys(row["articles"] for row in rows if row.get("articles")))
            return Plain(tuple(row.get("text", "") for row in rows), articles, source)
    return None


MOST_EXPLAINED = 8
"""Questions and answers of an interpretation that stand beside the text; all of them are on its own page."""


def explanations(around: Related) -> list[tuple[Document, Sequence[Mapping[str, Any]]]]:
    """The interpretations of a document, each with its first questions and answers, or how it begins."""
    told: list[tuple[Document, Sequence[Mapping[str, Any]]]] = []
    for rel, document in around:
        if rel == "interpreted_by":
            content = document.content
            asked = (content.get("fields") or {}).get("qa") or []
            begins = [{"answer": sentence} for sentence in first_sentences(content["body"])]
            told.append((document, list(asked[:MOST_EXPLAINED]) or begins))
    return told


def sentences(document: Document, around: Related) -> list[str]:
    """What the slip says of a document: plain words, else its summary, else how it begins."""
    told = plain(document, around)
    if told:
        return list(told.sentences)
    record = document.content
    answer = (record.get("fields") or {}).get("answer", "") if record["kind"] == "question" else ""
    return first_sentences(answer or record.get("summary", "") or record["body"])


def successors(around: Related) -> list[Document]:
    """What took the place of a document or changed it."""
    found = {document.doc_id: document for rel, document in around if rel in SUCCESSORS}
    return list(found.values())


def changed_on(record: Mapping[str, Any]) -> str:
    """The day of the last change of validity, where the record tells it."""
    changes = (record.get("fields") or {}).get("changes") or []
    days = [change["on"] for change in changes if change.get("on")]
    return date_words(max(days)) if days else ""


def ended_sources(record: Mapping[str, Any]) -> list[Document]:
    """For an answer: the documents it rests on that are no longer in force; it must not be relied on then."""
    if record["kind"] != "question":
        return []
    rows = (record.get("fields") or {}).get("sources") or []
    ids = [row["id"] for row in rows if row.get("id")]
    ids += [link["id"] for link in record.get("links", []) if link["rel"] == "based_on"]
    return [document for document in by_ids(ids).values() if document.validity in ENDED]


def has_names(record: Mapping[str, Any]) -> bool:
    """True when the record has a list of persons that may not be shown here or now, or had one."""
    fields = record.get("fields") or {}
    return NAMED in fields or record["kind"] == "village"
