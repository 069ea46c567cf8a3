"""The papers of the catalogue: main points, one passage, a guide as a checklist, an office as a telephone card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.catalogue.records import documents, kinds
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import ENDED, VALIDITY
from kiosk.catalogue.records.schema import Field, Type
from kiosk.catalogue.text import passages
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _
from printers.paper.document import Big, Block, Bullets, KeyValue, Para, Qr, Rule, Slip

KIND, PASSAGE, CHECKLIST, CARD = "document-summary", "document-passage", "guide-checklist", "telephone-card"
TEXT = "document-text"
CHARACTERS_OF_A_PAGE, LINES_OF_A_PAGE, MOST_LINES = 1_100, 32, 1_800
"""
Capacity of an A4 page: with printers/paper/a4.typ, 1,350 characters of long articles or 32 short lines (measured).
"""
MOST_SENTENCES = 2
LONGEST_FACT = 60
"""Characters up to which a field is printed with its label."""
CLOSED = "closed"
PRINTED_ROW_BY_ROW, MOST_ROWS = ("timeline", "directory"), 10
"""Shapes whose rows are short enough for paper, and how many of them are printed."""
LONGEST_SENTENCE = 90
"""Characters of one sentence on 80 mm paper: about four lines."""


@dataclass(frozen=True)
class PaperOrigin:
    """
    The origin of a paper.

    address: The document's public web page; empty if the county has no public pages.
    as_of: The time that this machine's data dates from, in words.
    """

    place_name: str
    station_name: str
    address: str
    as_of: str
    lang: str
    large: bool


def of_record(record: Record, sentences: Sequence[str], place: PaperOrigin) -> Slip:
    """Return the paper that its kind defines: a checklist, a card, or its main points."""
    wanted = KINDS[record["kind"]].paper
    if wanted is kinds.CHECKLIST:
        return checklist(record, sentences, place)
    return card(record, place) if wanted is kinds.CARD else summary(record, sentences, place)


def summary(record: Record, sentences: Sequence[str], place: PaperOrigin) -> Slip:
    """Return a document's facts, a line for each main field of its kind, and two sentences of it."""
    main: list[Block] = [*_own_facts(record), *(Para(sentence) for sentence in sentences[:MOST_SENTENCES])]
    blocks = (Para(place.place_name, small=True), *_facts(record), Rule(), *main, Rule())
    return _slip(KIND, record, (*blocks, *_whole_text(record, place)), place)


def passage(record: Record, label: str, text: str, place: PaperOrigin) -> Slip:
    """Return one article or paragraph verbatim, with its document and whether that is still in force."""
    blocks = (Para(place.place_name, small=True), *_facts(record), Rule())
    words = [Para(label, strong=True)] if label else []
    closing = [
        Rule(),
        *_where_to_read(record, place),
        *_origin(place, _("这是原文中的一段，完整内容以全文为准。")),
    ]
    return _slip(PASSAGE, record, (*blocks, *words, Para(text), *closing), place)


def whole_text(record: Record, place: PaperOrigin) -> Slip:
    """Return the whole text for A4: facts, every passage under its heading, and where it came from."""
    blocks: list[Block] = [Para(place.place_name, small=True), *_facts(record), Rule()]
    for each in passages.split(record["body"]):
        words = f"{each.label} {each.text}".strip()
        blocks.append(Para(words, strong=each.kind in ("chapter", "heading")))
    caution = _("由终端按公开目录打印，与印发的原件不一致时以原件为准。")
    blocks += [Rule(), *([Qr(place.address, _("用手机看全文"))] if place.address else [])]
    return _slip(TEXT, record, (*blocks, *_origin(place, caution)), place)


def checklist(record: Record, sentences: Sequence[str], place: PaperOrigin) -> Slip:
    """Return a service guide to tick off at home: who, what to bring, where, how, how long, the fee, the telephone."""
    first = [Para(sentence) for sentence in sentences[:1]]
    blocks = (Para(place.place_name, small=True), *first, *_checklist(record.get("fields") or {}), Rule())
    return _slip(CHECKLIST, record, (*blocks, *_whole_text(record, place)), place)


def card(record: Record, place: PaperOrigin) -> Slip:
    """Return an office's card for the wall beside the telephone: its number large, address and hours."""
    fields = record.get("fields") or {}
    blocks: list[Block] = [Big(_("电话"), fields["telephone"])] if fields.get("telephone") else []
    blocks += _pairs(
        (_("地址"), fields.get("address", "")),
        (_("办公时间"), fields.get("hours", "")),
        (_("信息公开"), fields.get("disclosure_office", "")),
    )
    duties = tuple(fields.get("duties", []))
    if duties:
        blocks += [Para(_("管什么"), strong=True), Bullets(duties)]
    blocks += [Rule(), *_where_to_read(record, place), *_origin(place, "")]
    return _slip(CARD, record, blocks, place)


def _slip(kind: str, record: Record, blocks: Iterable[Block], place: PaperOrigin) -> Slip:
    return Slip(kind, record["title"], tuple(blocks), lang=place.lang, large=place.large)


def _pairs(*pairs: tuple[str, str]) -> list[Block]:
    return [KeyValue(label, value) for label, value in pairs if value]


def _facts(record: Record) -> list[Block]:
    validity = record.get("validity", "")
    facts = [
        (_("文号"), record.get("doc_no", "")),
        (_("发文机关"), "、".join(record.get("issuers", []))),
        (_("成文日期"), _day(record.get("drawn_on"))),
        (_("发布日期"), _day(record.get("published_on"))),
        (_("有效性"), _(VALIDITY[validity]) if validity else ""),
        (_("说明"), record.get("validity_reason", "") if validity in ENDED else ""),
    ]
    return _pairs(*facts)


def _own_facts(record: Record) -> list[Block]:
    """Return the kind's own fields that fit into one line, its note, and its QR code."""
    kind, values = KINDS[record["kind"]], record.get("fields") or {}
    blocks: list[Block] = []
    for field in kind.fields:
        value = values.get(field.name)
        if not field.shown or value in (None, "", []):
            continue
        if field.type is Type.QR and values.get("state") != CLOSED:
            blocks.append(Qr(str(value), _(field.label)))
        elif field.type in (Type.TEXT, Type.DATE, Type.INT, Type.FEN) and len(str(value)) <= LONGEST_FACT:
            blocks.append(KeyValue(_(field.label), _in_a_line(field, value)))
        elif field.shape in PRINTED_ROW_BY_ROW:
            lines = (_row(field, row) for row in value[:MOST_ROWS])
            blocks += [Para(_(field.label), strong=True), Bullets(tuple(filter(None, lines)))]
    if ask := values.get("ask"):
        blocks += _pairs((_("问谁"), _joined(ask, "organ_name", "telephone")))
    return [*blocks, *([Para(_(kind.note))] if kind.note else [])]


def _in_a_line(field: Field, value: Any) -> str:
    if field.type is Type.FEN:
        return _("%(amount)s元", amount=f"{value // 100:,}.{value % 100:02}")
    if field.type is Type.DATE:
        return _day(value)
    return _(field.codes[value]) if field.codes and value in field.codes else str(value)


def _row(field: Field, row: Mapping[str, Any]) -> str:
    """Return a step with its day, or an entry with its page number."""
    shown = [each for each in field.columns if row.get(each.name) and each.type is not Type.REF]
    days = [_in_a_line(each, row[each.name]) for each in shown if each.type in (Type.DATE, Type.TIME)]
    title = next((row[each.name] for each in shown if each.name in ("title", "what")), "")
    title = title or next((_in_a_line(each, row[each.name]) for each in shown if each.type is Type.TEXT), "")
    page = _("第%(page)s页", page=row["page"]) if row.get("page") else ""
    return "　".join(filter(None, (*days, title, page)))


def _day(value: str | None) -> str:
    return date_words(value) if value else ""


def _checklist(fields: Mapping[str, Any]) -> list[Block]:
    """Return the known parts of a guide, in the order in which they are needed."""
    blocks: list[Block] = []
    for heading, items, boxes, ordered in (
        (_("谁能办"), tuple(fields.get("who", [])), False, False),
        (_("要带什么"), tuple(_item(row) for row in fields.get("bring", [])), True, False),
        (_("怎么办"), tuple(_step(row) for row in fields.get("steps", [])), False, True),
    ):
        if items:
            blocks += [Para(heading, strong=True), Bullets(items, boxes=boxes, ordered=ordered)]
    places = [row for row in fields.get("where", []) if any(row.values())]
    if places:
        blocks.append(Para(_("到哪里办"), strong=True))
    for row in places:
        blocks += [Para(_joined(row, "place", "window")), *_pairs((_("时间"), row.get("hours", "")))]
        blocks += _pairs((_("电话"), row.get("telephone", "")))
    long, fee = fields.get("how_long") or {}, fields.get("fee") or {}
    closing = _pairs(
        (_("多久办好"), _how_long(long)), (_("收费"), _fee(fee)), (_("代办"), fields.get("proxy", ""))
    )
    return [*blocks, Rule(), *closing] if closing else blocks


def _joined(row: Mapping[str, str], *names: str) -> str:
    return "，".join(row[name] for name in names if row.get(name, "").strip("—- "))


def _step(row: Mapping[str, str]) -> str:
    title, text = row.get("title", ""), row.get("text", "")
    return f"{title}：{text}" if title and text else title or text


def _how_long(long: Mapping[str, Any]) -> str:
    days = long.get("promised_workdays")
    words_of = ""
    if days is not None:
        words_of = _("%(days)s个工作日", days=days) if days else _("当场办好")
    note = long.get("note", "")
    return "，".join(part for part in (words_of, note if note != words_of else "") if part)


def _fee(fee: Mapping[str, Any]) -> str:
    return _("不收费") if fee.get("free") else str(fee.get("standard", ""))


def bring_by(doc_id: str) -> Sequence[str]:
    """Return what a guide says to bring, a line each; none where it is not published, or is no longer in force."""
    found = documents.one(doc_id) if doc_id else None
    if found is None or found.validity in ENDED or found.described.paper is not kinds.CHECKLIST:
        return ()
    rows = (found.content.get("fields") or {}).get("bring", [])
    return tuple(filter(None, map(_item, rows)))


def _item(row: Mapping[str, Any]) -> str:
    copies = _("%(copies)s份", copies=row["copies"]) if row.get("copies") else ""
    words_of = "，".join(filter(None, (row.get("form", ""), copies, row.get("note", ""))))
    return f"{row.get('name', '')}（{words_of}）" if words_of else str(row.get("name", ""))


def _whole_text(record: Record, place: PaperOrigin) -> list[Block]:
    words = _("这是要点，不是文件原文，办事以原文为准。")
    return [*_where_to_read(record, place), *_origin(place, words)]


def _where_to_read(record: Record, place: PaperOrigin) -> list[Block]:
    if place.address:
        return [Qr(place.address, _("用手机看全文"))]
    kept = record.get("doc_no") or record["title"]
    return [Para(_("全文在本机：点“查一查”，输入“%(words)s”。", words=kept))]


def _origin(place: PaperOrigin, caution: str) -> list[Block]:
    words_of = (
        caution,
        _("资料截至%(moment)s", moment=place.as_of) if place.as_of else "",
        place.station_name,
    )
    return [Para(words, small=True) for words in words_of if words]


def first_sentences(body: str) -> list[str]:
    """Return the first sentences of a text after headings and salutations."""
    found: list[str] = []
    for line in body.splitlines():
        for sentence in line.replace("！", "。").split("。"):
            words = sentence.strip()
            if len(words) >= 12 and not words.endswith(("：", ":")):
                found.append(words[:LONGEST_SENTENCE] + ("……" if len(words) > LONGEST_SENTENCE else "。"))
                if len(found) == MOST_SENTENCES:
                    return found
    return found
