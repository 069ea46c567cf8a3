"""The paper of a document: who said what, whether it holds, two sentences, and where the whole text is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from kiosk.catalogue.rules import ENDED, VALIDITY
from kiosk.web.i18n import date_words
from printers.document import Block, Bullets, KeyValue, Para, Qr, Rule, Slip

KIND = "document-summary"
MOST_SENTENCES = 2
LONGEST_SENTENCE = 90
"""Characters of one sentence on 80 mm paper: about four lines."""


@dataclass(frozen=True)
class Place:
    """
    Where the paper comes from.

    address: the document's page for phones, or empty where the county has no public pages.
    as_of: the moment whose state this machine shows, in words.
    """

    place_name: str
    station_name: str
    address: str
    as_of: str
    lang: str
    large: bool


def summary(record: Mapping[str, Any], sentences: Sequence[str], place: Place) -> Slip:
    """The slip: a guide prints as a checklist, everything else as its facts and two sentences."""
    blocks: list[Block] = [Para(place.place_name, small=True), *_facts(record), Rule()]
    blocks += [Para(sentence) for sentence in sentences[:MOST_SENTENCES]]
    if record["kind"] == "guide":
        blocks += _checklist(record.get("fields") or {})
    blocks += [Rule(), *_whole_text(record, place)]
    return Slip(KIND, record["title"], tuple(blocks), lang=place.lang, large=place.large)


def _facts(record: Mapping[str, Any]) -> list[Block]:
    validity = record.get("validity", "")
    facts = [
        (_("文号"), record.get("doc_no", "")),
        (_("发文机关"), "、".join(record.get("issuers", []))),
        (_("成文日期"), _day(record.get("drawn_on"))),
        (_("发布日期"), _day(record.get("published_on"))),
        (_("有效性"), _(VALIDITY[validity]) if validity else ""),
        (_("说明"), record.get("validity_reason", "") if validity in ENDED else ""),
    ]
    return [KeyValue(label, value) for label, value in facts if value]


def _day(value: str | None) -> str:
    return date_words(value) if value else ""


def _checklist(fields: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    items = tuple(_item(row) for row in fields.get("bring", []))
    if items:
        blocks += [Para(_("要带什么"), strong=True), Bullets(items, boxes=True)]
    places = [
        "，".join(filter(None, (row.get(name, "") for name in ("place", "window", "hours", "telephone"))))
        for row in fields.get("where", [])
    ]
    if places:
        blocks += [Para(_("到哪里办"), strong=True), *(Para(place) for place in places)]
    fee = fields.get("fee") or {}
    if fee:
        blocks.append(KeyValue(_("收费"), _("不收费") if fee.get("free") else fee.get("standard", "")))
    return blocks


def _item(row: Mapping[str, Any]) -> str:
    copies = _("%(copies)s份", copies=row["copies"]) if row.get("copies") else ""
    told = "，".join(filter(None, (row.get("form", ""), copies, row.get("note", ""))))
    return f"{row.get('name', '')}（{told}）" if told else str(row.get("name", ""))


def _whole_text(record: Mapping[str, Any], place: Place) -> list[Block]:
    closing = [Para(_("这是要点，不是文件原文，办事以原文为准。"), small=True)]
    if place.as_of:
        closing.append(Para(_("资料截至%(moment)s", moment=place.as_of), small=True))
    closing.append(Para(place.station_name, small=True))
    if place.address:
        return [Qr(place.address, _("用手机看全文")), *closing]
    kept = record.get("doc_no") or record["title"]
    told = _("全文在本机：点“查一查”，输入“%(words)s”。", words=kept)
    return [Para(told), *closing]


def first_sentences(body: str) -> list[str]:
    """The first sentences of a text that say something: headings and salutations are passed over."""
    found: list[str] = []
    for line in body.splitlines():
        for sentence in line.replace("！", "。").split("。"):
            words = sentence.strip()
            if len(words) >= 12 and not words.endswith(("：", ":")):
                found.append(words[:LONGEST_SENTENCE] + ("……" if len(words) > LONGEST_SENTENCE else "。"))
                if len(found) == MOST_SENTENCES:
                    return found
    return found
