"""The shapes in which a page shows the fields of a record: facts, texts, tables, cards, timelines, opinions, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import segno

from kiosk.catalogue.records.schema import Field, Type, read_day
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _

TALK = ["question", "answer"]
WIDEST_TABLE = 4
"""Most columns that a portrait screen shows in lines of eight characters and more."""
WIDE_FACT = 13
"""Ems up to which facts are shown beside each other; a longer one needs a line of its own."""
NARROW = 0.55
"""Ems of a letter or a digit; a Chinese character is one em wide."""
LAST_NARROW = "\u2e7f"
SHORT_CELL = 6
"""Characters up to which the cells of a column are never broken."""
CONTACT_ICONS = {"telephone": "phone", "address": "map-pin", "hours": "clock"}
TONE_ICONS = {"good": "circle-check", "warn": "progress", "bad": "ban", "neutral": "info"}


def is_wide(text: str) -> bool:
    """Return whether a fact needs a line of its own."""
    return sum(1 if each > LAST_NARROW else NARROW for each in text) > WIDE_FACT


@dataclass(frozen=True)
class Cell:
    """One value. href: Links to another document. tone: The value is a state, shown with icon and colour."""

    text: str
    href: str = ""
    tone: str = ""

    @property
    def icon(self) -> str:
        """Return the icon of a state; empty for other values."""
        return TONE_ICONS.get(self.tone, "")

    @property
    def is_wide(self) -> bool:
        """Return whether it needs a line of its own among facts."""
        return is_wide(self.text)


@dataclass(frozen=True)
class Moment:
    """A step of a timeline; `is_now` marks the current one."""

    title: Cell
    when: str
    words: tuple[str, ...]
    link: Cell
    is_now: bool


@dataclass(frozen=True)
class Opinion:
    """An opinion, whether it was adopted, and the reply."""

    who: str
    words: str
    count: int
    adopted: Cell
    reply: str


@dataclass(frozen=True)
class Bar:
    """One choice of a question and how many chose it; `most` is the largest count of that question."""

    label: str
    count: int
    most: int


@dataclass(frozen=True)
class DirectoryLine:
    """A line of a directory: title, identifier, page number."""

    title: Cell
    known_by: str
    page: str


@dataclass(frozen=True)
class Section:
    """
    A part of the page.

    shape: pairs (label, cell), words or answer (one text as paragraphs), table (headings, rows), cards (a table too
    wide for a screen: each row is a card under the values of the columns `heads`, which distinguish the rows),
    talk (rows of question, answer and sources), list (texts), code (one text as a QR image),
    timeline (moments), opinions (and how many were adopted, in `pairs`), bars (for each question its choices),
    directory (for each heading its entries), contact (telephone, address, hours).
    """

    title: str
    shape: str
    pairs: tuple[tuple[str, Cell], ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    texts: tuple[str, ...] = ()
    image: str = ""
    heads: tuple[int, ...] = ()
    kept: tuple[str, ...] = ()
    """For each column: number (set flush right), short (never broken) or empty."""
    moments: tuple[Moment, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    bars: tuple[tuple[str, tuple[Bar, ...]], ...] = ()
    entries: tuple[tuple[str, tuple[DirectoryLine, ...]], ...] = ()

    @property
    def cards(self) -> list[tuple[list[Cell], list[tuple[str, Cell]]]]:
        """Return the rows as cards: the cells of the title, and the labelled rest."""
        return [
            (
                [row[at] for at in self.heads if row[at].text],
                [
                    (self.headings[at], value)
                    for at, value in enumerate(row)
                    if value.text and at not in self.heads
                ],
            )
            for row in self.rows
        ]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show."""
        held = (self.pairs, self.rows, self.texts, self.moments, self.opinions, self.bars, self.entries)
        return not any(held)


@dataclass(frozen=True)
class FieldContext:
    """The context of a field: the record's other fields, and the titles of the documents it refers to."""

    values: Mapping[str, Any]
    titles: Mapping[str, str]


def shaped(field: Field, value: Any, around: FieldContext) -> Section:
    """Return a field that is more than a fact as a section."""
    return _MAKERS[field.shape or field.type](field, value, around)


def is_fact(field: Field) -> bool:
    """Return whether a field is one short value, shown among others."""
    return not field.shape and field.type not in _MAKERS


def qr_image(text: str) -> str:
    """Return the QR code as an image; a fixed mask reads as well as the best one and saves most of the time."""
    return str(segno.make(text, error="m", mask=3).svg_data_uri(scale=6, border=4))


def money(fen: int) -> str:
    """Return an amount of fen in yuan: 1,234.50 for 123450."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def cell(field: Field, value: Any, titles: Mapping[str, str]) -> Cell:
    """Return a value in words."""
    if value in (None, "", []):
        return Cell("")
    if field.type is Type.REF:
        return Cell(titles[value], value) if value in titles else Cell("")
    if field.codes:
        return Cell(_(field.codes.get(value, value)), tone=(field.tones or {}).get(value, ""))
    return Cell(_words(field, value))


def _words(field: Field, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    if value == 0 and field.zero and not isinstance(value, bool):
        return _(field.zero)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if field.type is Type.FEN and isinstance(value, int):
        return _("%(amount)s元", amount=money(value))
    if field.type is Type.DATE and read_day(str(value)):
        return date_words(str(value))
    return str(value)


def _texts(field: Field, value: Sequence[str], around: FieldContext) -> Section:
    return Section(_(field.label), "list", texts=tuple(value))


def _code(field: Field, value: str, around: FieldContext) -> Section:
    return Section(_(field.label), "code", texts=(value,), image=qr_image(value))


def _said(field: Field, value: str, around: FieldContext) -> Section:
    """Return a text for reading, such as a letter or its answer."""
    return Section(_(field.label), field.shape, texts=tuple(filter(None, map(str.strip, value.splitlines()))))


def _contact(field: Field, value: str, around: FieldContext) -> Section:
    return Section("", "contact", pairs=((CONTACT_ICONS.get(field.name, "info"), Cell(value)),))


def joined(sections: Iterable[Section]) -> list[Section]:
    """Return the sections with those of one contact card merged."""
    found: list[Section] = []
    for each in sections:
        if found and each.shape == found[-1].shape == "contact":
            found[-1] = replace(found[-1], pairs=found[-1].pairs + each.pairs)
        else:
            found.append(each)
    return found


def _group(field: Field, value: Mapping[str, Any], around: FieldContext) -> Section:
    pairs = tuple(
        (_(member.label), cell(member, value[member.name], around.titles))
        for member in field.columns
        if member.shown and value.get(member.name) not in (None, "", [])
    )
    return Section(_(field.label), "pairs", pairs=pairs)


def _table(field: Field, value: Sequence[Mapping[str, Any]], around: FieldContext) -> Section:
    columns = [replace(column, label=_(column.label)) for column in field.columns if column.shown]
    cells = [_led([cell(column, row.get(column.name), around.titles) for column in columns]) for row in value]
    shape = "talk" if [column.name for column in columns[:2]] == TALK else ""
    return _of_rows(_(field.label), columns, cells, shape)


def _free_table(field: Field, value: Sequence[Mapping[str, Any]], around: FieldContext) -> Section:
    """Return a table with the columns that the record defines; without them, the keys of its first row."""
    columns = around.values.get("columns") or [{"key": key, "label": key, "type": "text"} for key in value[0]]
    typed = [
        Field(each["key"], each.get("label") or each["key"], _type(each.get("type"))) for each in columns
    ]
    rows = [[cell(column, row.get(column.name), {}) for column in typed] for row in value]
    return _of_rows(_(field.label), typed, rows)


def _type(name: str | None) -> Type:
    return Type(name) if name in ("int", "date", "fen") else Type.TEXT


def _led(row: list[Cell]) -> list[Cell]:
    """Return the cells of a row with the link to a document moved onto its title if the row contains it."""
    for at, link in enumerate(row):
        twin = next(
            (other for other, each in enumerate(row) if each.text == link.text and not each.href), None
        )
        if link.href and twin is not None:
            row[twin], row[at] = link, Cell("")
    return row


def _of_rows(
    title: str, columns: Sequence[Field], cells: Sequence[Sequence[Cell]], shape: str = ""
) -> Section:
    """Return a table without its empty columns, as cards if it is too wide."""
    used = [at for at in range(len(columns)) if any(row[at].text for row in cells)]
    return Section(
        title,
        shape or ("cards" if len(used) > WIDEST_TABLE else "table"),
        headings=tuple(columns[at].label for at in used),
        rows=tuple(tuple(row[at] for at in used) for row in cells),
        heads=_telling(columns, used, cells),
        kept=tuple(_kept(columns[at], [row[at] for row in cells]) for at in used),
    )


def _kept(column: Field, cells: Iterable[Cell]) -> str:
    if column.type in (Type.INT, Type.FEN):
        return "number"
    is_short = column.type is Type.DATE or all(len(each.text) <= SHORT_CELL for each in cells)
    return "short" if is_short else ""


def _telling(
    columns: Sequence[Field], used: Sequence[int], cells: Sequence[Sequence[Cell]]
) -> tuple[int, ...]:
    """Return the first text columns that together distinguish the rows; the first one alone if three do not."""
    texts = [place for place, at in enumerate(used) if columns[at].type is Type.TEXT] or [0]
    for many in (1, 2, 3):
        words = {tuple(row[used[place]].text for place in texts[:many]) for row in cells} if used else set()
        if len(words) == len(cells):
            return tuple(texts[:many])
    return (texts[0],)


def _timeline(field: Field, value: Sequence[Mapping[str, Any]], around: FieldContext) -> Section:
    """Return rows with a day or an hour in order; the last one of the record's own stage is the current one."""
    moments = [_moment(field.columns, row, around) for row in value]
    last = max((at for at, each in enumerate(moments) if each.is_now), default=-1)
    return Section(
        _(field.label),
        "timeline",
        moments=tuple(replace(each, is_now=at == last) for at, each in enumerate(moments)),
    )


def _moment(columns: Sequence[Field], row: Mapping[str, Any], around: FieldContext) -> Moment:
    texts = [cell(each, row.get(each.name), around.titles) for each in columns if each.type is Type.TEXT]
    when = [
        cell(each, row.get(each.name), {}).text for each in columns if each.type in (Type.DATE, Type.TIME)
    ]
    links = [cell(each, row.get(each.name), around.titles) for each in columns if each.type is Type.REF]
    is_now = any(each.codes and row.get(each.name) == around.values.get(each.name) for each in columns)
    words = tuple(each.text for each in texts[1:] if each.text)
    return Moment(texts[0], "".join(when), words, links[0] if links else Cell(""), is_now)


def _opinions(field: Field, value: Sequence[Mapping[str, Any]], around: FieldContext) -> Section:
    columns = {column.name: column for column in field.columns}
    said = [_opinion(columns, row) for row in value]
    many: Counter[Cell] = Counter()
    for each in said:
        many[each.adopted] += each.count or 1
    sums = tuple((words.text, replace(words, text=str(count))) for words, count in many.items() if words.text)
    return Section(_(field.label), "opinions", opinions=tuple(said), pairs=sums)


def _opinion(columns: Mapping[str, Field], row: Mapping[str, Any]) -> Opinion:
    who = " ".join(str(row[name]) for name in ("role", "name") if row.get(name))
    adopted = cell(columns["adopted"], row.get("adopted"), {})
    reply = row.get("reply") or row.get("reason") or ""
    return Opinion(who, row.get("opinion", ""), row.get("count") or 0, adopted, reply)


def _bars(field: Field, value: Sequence[Mapping[str, Any]], around: FieldContext) -> Section:
    """Return the counts of each choice under the text of their question."""
    asked = {row.get("no"): row.get("text", "") for row in around.values.get("questions") or []}
    groups: dict[Any, list[tuple[str, int]]] = {}
    for row in value:
        groups.setdefault(row.get("no"), []).append((row.get("option", ""), row.get("count") or 0))
    asked_bars = []
    for number, counted in groups.items():
        most = max(count for _option, count in counted) or 1
        asked_bars.append(
            (asked.get(number, ""), tuple(Bar(option, count, most) for option, count in counted))
        )
    return Section(_(field.label), "bars", bars=tuple(asked_bars))


def _directory(field: Field, value: Sequence[Mapping[str, Any]], around: FieldContext) -> Section:
    """Return the contents of an issue under the headings of its parts, in printed order."""
    parts: dict[str, list[DirectoryLine]] = {}
    for row in value:
        name, linked = row.get("title", ""), row.get("id", "")
        title = Cell(name, linked if linked in around.titles else "")
        page = str(row.get("page") or "")
        parts.setdefault(row.get("section", ""), []).append(DirectoryLine(title, row.get("doc_no", ""), page))
    entries = tuple((section, tuple(each)) for section, each in parts.items())
    return Section(_(field.label), "directory", entries=entries)


_MAKERS: Mapping[str, Callable[[Field, Any, FieldContext], Section]] = {
    Type.TEXTS: _texts,
    Type.QR: _code,
    Type.FREE_ROWS: _free_table,
    Type.ROWS: _table,
    Type.OBJECT: _group,
    "words": _said,
    "answer": _said,
    "timeline": _timeline,
    "opinions": _opinions,
    "bars": _bars,
    "directory": _directory,
    "contact": _contact,
}
